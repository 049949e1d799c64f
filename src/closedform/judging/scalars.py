"""Functions that are differentiated are numbers: names of which nothing is said are taken for numbers to make them so.

``L = -y log(p) - (1-y) log(1-p)`` with a vector y is a vector of losses; with a number y it is one loss.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from closedform.errors import ClosedformError
from closedform.expr.walk import postorder
from closedform.functions.algebra import SYM
from closedform.judging.names import bare
from closedform.judging.records import Judgement
from closedform.judging.section import Section

MAX_TRIED = 4


@dataclass(frozen=True)
class Numbers:
    """Names to take for numbers, so that a function is one."""

    function: str
    names: tuple[str, ...]
    why: str = "by which is differentiated"
    kind: str = "in R"

    @property
    def where(self) -> str:
        return ", ".join(f"{name} {self.kind}" for name in self.names)

    def fits(self, sections: list[Section]) -> bool:
        """Whether the function has become a number."""
        if not self.function:
            return True
        own = [s.book.defined[self.function] for s in sections if self.function in s.book.defined]
        return bool(own) and all(node.is_scalar for node in own)

    def told(self, found: Judgement) -> Judgement:
        said = f"{' and '.join(self.names)} {'are numbers' if len(self.names) > 1 else 'is a number'}"
        why = f"so that {self.function} is one" if self.function else self.why
        if self.kind == "is a vector":
            said, why = f"{self.names[0]} is a vector", f"so that {self.function} is a number"
        return Judgement(found.steps, (*found.assumed, f"{said}, {why}"))


def as_numbers(sections: list[Section]) -> list[Numbers]:
    """What might be taken for numbers where a function is a vector only because a name was taken for one."""
    found = [numbers for section in sections for numbers in _of_section(section)]
    return found[:MAX_TRIED]


def _of_section(section: Section) -> Iterator[Numbers]:
    by = {bare(atom.by) or atom.by for atom in section.atoms.found.values() if atom.by}
    by |= set(section.book.variables)
    declared = set(re.findall(r"(\w+)(?:\[\w+\])?\s+(?:in|is)\b", ", ".join(section.outline.where)))
    sizes = sorted(name for name in by if re.fullmatch("[a-z]", name) and section.book.symbol(name) is None)
    if sizes and not section.book.defined.keys() & set(sizes):
        yield Numbers("", tuple(sizes))
    if section.shared.unclear:
        yield Numbers("", tuple(sorted(section.shared.unclear)), "as it is not said of what it is the size")
    for name in _differentiated(section):
        own = section.book.defined.get(name)
        if own is not None and not own.is_scalar:
            few = {n for n in postorder(own) if n.op is SYM and n.is_scalar and n.params[0] in by - declared}
            yield from (Numbers(name, (str(n.params[0]),), kind="is a vector") for n in few)
        if own is None or own.is_scalar or not own.is_column:
            continue
        try:
            here = [n for n in postorder(section.book.full(own)) if n.op is SYM and n.is_column and not n.is_scalar]
        except ClosedformError:
            continue
        free = [str(n.params[0]) for n in here if n.params[0] not in by | declared and n.rows is own.rows]
        free = list(dict.fromkeys(free))
        if free:
            yield Numbers(name, tuple(sorted(free)))


def _differentiated(section: Section) -> list[str]:
    """Names of what derivatives are taken of."""
    tokens = {t.text for found in section.tokens.values() for t in found.tokens}
    atoms = {bare(atom.of) for atom in section.atoms.found.values()}
    return [name for name in section.book.defined if name in atoms or f"d{name}" in tokens]
