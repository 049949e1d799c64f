"""Which variables of a derivation move, and which with which: ``dx`` and ``dy`` in one line move together."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress

from closedform.errors import ClosedformError
from closedform.expr.walk import postorder
from closedform.functions.algebra import SYM
from closedform.judging.book import Book, Moving
from closedform.judging.chains import Chain
from closedform.judging.lexed import Lexed
from closedform.judging.names import bare, is_differential
from closedform.judging.relations import Member
from closedform.read.vocabulary import is_function

_APART = re.compile(
    r"\b(?:similarly|analogously|likewise|same way|fixed|fixing|hold|holding|constant|symmetry"
    r"|also|only|alone|varies|vary|varying)\b",
    re.IGNORECASE,
)
"""Words that say that one variable moves while others stay."""


class Movement:
    """The variables whose differentials stand in each expression, and what moves by them in a chain."""

    def __init__(self, lexed: Lexed, book: Book) -> None:
        self.lexed, self.book, self.outline = lexed, book, lexed.outline
        self.groups: list[set[str]] = []
        self.own: dict[int, set[str]] = {}
        for chain in self.outline.chains:
            for member in chain.members:
                found = self._bases(member)
                self.own[id(member)] = found
                if found:
                    self.groups.append(found)
        self.book.constant = set(self.outline.constant)
        every = [v for group in self.groups for v in sorted(group)]
        self.book.variables = list(dict.fromkeys(every))
        self.book.variables = list(dict.fromkeys([*every, *self._named_variables()]))

    def _named_variables(self) -> Iterator[str]:
        """What derivatives are taken by."""
        for atom in self.lexed.atoms.found.values():
            if atom.sign != "d":
                try:
                    yield self.book.function_and_variable(atom)[1].params[0]
                except ClosedformError:
                    continue

    def _bases(self, member: Member) -> set[str]:
        found = {n[1:] for n in self.lexed.names(member) if is_differential(n)}
        found |= {v for n in self.lexed.names(member) if (v := self._alone_in(n))}
        return {v for v in found if self._is_variable(v)}

    def _alone_in(self, name: str) -> str:
        """The one variable of ``d(X^-1)``."""
        atom = self.lexed.atoms.found.get(name.removeprefix("d"))
        if atom is None or atom.sign != "d":
            return ""
        with suppress(ClosedformError):
            names = {t.text for t in self.lexed.shared.tokens(atom.of).tokens if t.kind == "name"}
            names = {n for n in names if not is_function(n)}
            return names.pop() if len(names) == 1 else ""
        return ""

    def _is_variable(self, name: str) -> bool:
        reading, atoms = self.lexed.shared.reading, self.lexed.atoms
        known = reading is not None and name in reading.names
        return known and not any(name in k for k in (self.book.defined, atoms.found, self.outline.constant))

    def moving(self, chain: Chain) -> Moving:
        """The variables that move in a chain: those whose differentials stand in it, or in all of the derivation."""
        own = set().union(*(self.own[id(m)] for m in chain.members))
        if own:
            for group in self.groups:
                if group & own:
                    own |= group
            if not _APART.search(self.outline.document.said):
                apart = set().union(*self.groups)
                also = {v for v in self._named_variables() if self._is_variable(v) and v not in apart}
                own |= also if not own <= self._arguments() else also & self._arguments()
            return frozenset(own)
        every = [v for v in self.book.variables if self._is_variable(v)]
        through = self._through(chain)
        if through:
            grouped = set().union(*self.groups)
            every = [v for v in every if v in grouped or v in through]
        if not every and self.lexed.shared.reading is not None:
            every = [n for n in self.lexed.shared.reading.names if self._is_variable(n)]
            every = [n for n in every if n in through] or every
        return frozenset(every)

    def _arguments(self) -> set[str]:
        """What functions were defined to be of: the mu of ``D(x) = (x - mu)'S(x - mu)`` stays where x moves."""
        return {bare(x) for listed in self.outline.functions.values() for x in listed.split(",")}

    def _through(self, chain: Chain) -> set[str]:
        """The variables of what is defined and moves on the right sides: ``dh`` of ``dL = e'*V*dh``."""
        names = {t.text for m in chain.members[1:] if (found := self.lexed.tokens.get(id(m))) for t in found.tokens}
        moved = [self.book.defined[n[1:]] for n in names if is_differential(n) and n[1:] in self.book.defined]
        with suppress(ClosedformError):
            return {n.params[0] for node in moved for n in postorder(self.book.full(node)) if n.op is SYM}
        return set()
