"""A page: the statement of a law or a function, when it holds, why, an example, a source."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from closedform.explain.example import Example
from closedform.explain.statement import Statement

_MARKS = re.compile(r"(?<![\w)\]}'])\*(\w[^*]*)\*(?![\w(])|`([^`]*)`|\[([^\]]*)\]\([^)]*\)")


@dataclass(frozen=True)
class Page:
    """What is known of a law or a function; ``str()`` is for reading, ``markdown`` for a notebook.

    >>> from closedform.explain import explain
    >>> page = explain("product rule")
    >>> page.statements[0].unicode
    'd(XY) = dX Y + X dY'
    """

    name: str
    title: str
    statements: tuple[Statement, ...]
    words: str
    when: str
    why: str
    examples: tuple[Example, ...]
    sources: tuple[str, ...]
    see: tuple[str, ...] = ()
    file: str = ""

    @property
    def unicode(self) -> str:
        """The page as plain text."""
        return "\n\n".join(f"{label}\n{text}" if label else text for label, text in self.sections() if text)

    @property
    def markdown(self) -> str:
        """The page in Markdown, formulas in LaTeX."""
        stated = [f"- {s.name}: ${s.latex}$" if s.latex else f"- {s.name}" for s in self.statements]
        ran = [f"```text\n$ {e.command}\n{e.text}\n```" for e in self.examples]
        parts = [f"# {self.title}", "\n".join(stated), self.words, _section("When it holds", self.when)]
        parts += [_section("Why", self.why), _section("Example", "\n\n".join(ran))]
        parts += [_section("Source", "\n".join(f"- {source}" for source in self.sources))]
        return "\n\n".join(part for part in parts if part) + "\n"

    def _repr_markdown_(self) -> str:
        return self.markdown

    def sections(self) -> list[tuple[str, str]]:
        """Labels and texts, plain, in the order of the page."""
        stated = [f"{s.name}: {s.unicode}" if s.unicode else s.name for s in self.statements]
        ran = [f"$ {e.command}\n{e.text}" for e in self.examples]
        return [
            ("", self.title), ("states", "\n".join(stated)), ("", plain(self.words)), ("holds", plain(self.when)),
            ("why", plain(self.why)), ("example", "\n\n".join(ran)),
            ("source", "\n".join(map(plain, self.sources))), ("see also", ", ".join(self.see)),
        ]  # fmt: skip

    def record(self) -> dict[str, Any]:
        """The page as data, its examples run."""
        return {
            "name": self.name, "title": self.title, "statements": [vars(s) for s in self.statements],
            "words": self.words, "when": self.when, "why": self.why,
            "examples": [{"command": e.command, "text": e.text, "level": e.level} for e in self.examples],
            "sources": list(self.sources), "see": list(self.see),
        }  # fmt: skip

    def __str__(self) -> str:
        return self.unicode


def _section(title: str, body: str) -> str:
    return f"## {title}\n\n{body}" if body else ""


def plain(markdown: str) -> str:
    """Words without the marks of Markdown; a paragraph is one line.

    >>> plain("A *book*, and `x'*A*x`\\nhere")
    "A book, and x'*A*x here"
    """
    words = _MARKS.sub(lambda m: m[1] or m[2] or m[3] or "", markdown).replace(r"\*", "*")
    return re.sub(r"(?<!\n)\n(?!\n)", " ", words)
