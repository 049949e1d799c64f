"""A page of an answer: labelled lines, wrapped to the terminal's width, coloured where that is wanted."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, field

WIDTH, NARROWEST, LABEL = 80, 40, 13
COLOURS = {"red": "31", "green": "32", "yellow": "33"}


def width() -> int:
    import shutil

    return max(NARROWEST, min(WIDTH, shutil.get_terminal_size((WIDTH, 24)).columns))


def colours() -> bool:
    """Colours on a terminal only, and never with NO_COLOR (https://no-color.org)."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def signs() -> bool:
    """Whether the output can hold mathematical signs."""
    return (getattr(sys.stdout, "encoding", None) or "utf-8").lower().replace("-", "") in ("utf8", "utf16")


@dataclass
class Page:
    """Lines being collected.

    >>> page = Page(coloured=False)
    >>> page.field("holds", "everywhere")
    >>> page.text
    'holds        everywhere'
    """

    coloured: bool = field(default_factory=colours)
    lines: list[str] = field(default_factory=list)

    def style(self, text: str, fg: str = "", bold: bool = False, dim: bool = False) -> str:
        codes = [code for code, on in ((COLOURS.get(fg), fg), ("1", bold), ("2", dim)) if on]
        if not self.coloured or not codes:
            return text
        return "".join(f"\033[{code}m" for code in codes) + text + "\033[0m"

    def gap(self) -> None:
        if self.lines and self.lines[-1]:
            self.lines.append("")

    def answer(self, text: str) -> None:
        """A line of its own, emphasised."""
        self.lines += [self.style(line, bold=True) for line in wrapped(text, width(), 4)]

    def field(self, label: str, text: str, fg: str = "", bold: bool = False) -> None:
        """``label        text``, further lines under the text."""
        room = width() - LABEL
        lines = [line for part in text.split("\n") for line in wrapped(part, room, 2)] or [""]
        shown = [self.style(line, fg, bold) for line in lines]
        self.lines.append((self.style(label.ljust(LABEL), dim=True) + shown[0]).rstrip())
        self.lines += [" " * LABEL + line for line in shown[1:]]

    def fields(self, label: str, texts: tuple[str, ...] | list[str]) -> None:
        """Several texts under one label, each on its own line."""
        for k, text in enumerate(texts):
            self.field(label if k == 0 else "", text)

    def block(self, label: str, lines: list[str]) -> None:
        """Lines that are not wrapped, under one label."""
        for k, line in enumerate(lines):
            self.lines.append((self.style(("" if k else label).ljust(LABEL), dim=True) + line).rstrip())

    @property
    def text(self) -> str:
        return "\n".join(self.lines)


def wrapped(text: str, room: int, indent: int) -> list[str]:
    """Lines of at most ``room`` characters, broken at spaces; what has no space stays whole.

    In the second half of a line the break that stands in the fewest brackets is taken, the last of those.

    >>> wrapped("A*x + B*y + C*(u - v) + D", 18, 2)
    ['A*x + B*y', '  + C*(u - v) + D']
    """
    lines, rest, lead = list[str](), " ".join(text.split()), ""
    while len(lead) + len(rest) > room:
        cut = _break(rest, room - len(lead))
        if cut is None:
            break
        lines.append(lead + rest[:cut].rstrip())
        rest, lead = rest[cut:].lstrip(), " " * indent
    return [*lines, lead + rest] if rest else lines


def _break(text: str, room: int) -> int | None:
    """Where to end the line: never behind an operator that stands between spaces."""
    depth, best, least = 0, None, 0
    for place, sign in enumerate(text):
        depth += (sign in "([{") - (sign in ")]}")
        if sign != " " or text[:place].endswith(OPERATORS):
            continue
        if place > room:
            return place if best is None else best
        if best is None or best < room // 2 or depth <= least:
            best, least = place, depth
    return best


OPERATORS = (" +", " -", " −", " ⊙", " =")
