"""Derivations with and without a planted slip. Those that were written by hand stand in text files:

``=== title``, the derivation, and for each slip ``--- name @line: what stands in that line instead``. Those of
``undecided.txt`` are right and not yet understood.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

DATA = Path(__file__).parents[1] / "data" / "judge"


class Derivation(NamedTuple):
    title: str
    style: str
    text: str
    line: int = 0
    """The line of the slip; 0 where there is none."""
    slip: str = ""


def written(pattern: str = "written_*.txt") -> Iterator[Derivation]:
    for path in sorted(DATA.glob(pattern)):
        for block in path.read_text("utf-8").split("=== ")[1:]:
            title, _, rest = block.partition("\n")
            body, *slips = re.split(r"^--- ", rest, flags=re.MULTILINE)
            text, style = body.rstrip("\n"), path.stem.removeprefix("written_")
            yield Derivation(title, style, text)
            for slip in slips:
                found = re.match(r"(.*?) @(\d+): ?(.*)", slip)
                assert found, slip
                lines = text.split("\n")
                lines[int(found[2]) - 1] = found[3]
                yield Derivation(title, style, "\n".join(lines), int(found[2]), found[1])


def from_records() -> Iterator[Derivation]:
    """Of the corpus, and as people write them, each slip with what follows from it."""
    for name in ("from_corpus.json", "by_people.json"):
        for record in json.loads((DATA / name).read_text("utf-8")):
            yield Derivation(**record)


DERIVATIONS = [*written(), *from_records()]
RIGHT = [d for d in DERIVATIONS if not d.line]
WRONG = [d for d in DERIVATIONS if d.line]
UNDECIDED = [*written("undecided.txt")]
