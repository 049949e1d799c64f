"""The hand-written pages: Markdown files beside this module, read into their parts."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

PAGES = Path(__file__).with_name("pages")
_HEAD = re.compile(r"^(laws|functions|also|see): (.*)$", re.MULTILINE)
_COMMAND = re.compile(r"^closedform .*$", re.MULTILINE)


@dataclass(frozen=True)
class Source:
    """A file: its title, what it covers, its sections. Lists in the head are separated by semicolons."""

    file: str
    title: str
    laws: tuple[str, ...]
    functions: tuple[str, ...]
    also: tuple[str, ...]
    see: tuple[str, ...]
    words: str
    when: str
    why: str
    commands: tuple[str, ...]
    sources: tuple[str, ...]


def parsed(text: str, file: str = "") -> Source:
    """The parts of a page.

    >>> page = parsed("# T\\n\\nlaws: a; b\\n\\nWords.\\n\\n## Why\\n\\nBecause.\\n")
    >>> page.title, page.laws, page.words, page.why
    ('T', ('a', 'b'), 'Words.', 'Because.')
    """
    head, *rest = re.split(r"^## ", text, flags=re.MULTILINE)
    parts = {name.strip(): body.strip() for name, _, body in (part.partition("\n") for part in rest)}
    title, _, words = head.partition("\n")
    lists = {key: tuple(x.strip() for x in found.split(";")) for key, found in _HEAD.findall(words)}
    laws, functions, also, see = (lists.get(key, ()) for key in ("laws", "functions", "also", "see"))
    return Source(
        file, title.removeprefix("#").strip(), laws, functions, also, see,
        _HEAD.sub("", words).strip(), parts.get("When it holds", ""), parts.get("Why", ""),
        tuple(_COMMAND.findall(parts.get("Example", ""))),
        tuple(line.removeprefix("- ") for line in parts.get("Source", "").splitlines() if line),
    )  # fmt: skip


@cache
def sources() -> tuple[Source, ...]:
    """All pages, by file name."""
    return tuple(parsed(path.read_text("utf-8"), path.name) for path in sorted(PAGES.glob("*.md")))
