"""A product written with entries: a letter for each inner index, shared across identities and diagonals."""

from __future__ import annotations

from typing import Protocol

from closedform.calculus.coordinates.tree import UNIT, Entry, Index, delta, fresh, product, summation
from closedform.expr.node import Node
from closedform.expr.size import ONE, Size
from closedform.functions import algebra
from closedform.functions.algebra import DIAGM, EYE, MUL, NUM, TRANSPOSE

Place = tuple[Node, ...]
Scope = frozenset[Node]
MAX_POWER = 4


class Entries(Protocol):
    """What a product asks of the writer: an entry of one factor."""

    def entry(self, node: Node, at: Place, scope: Scope) -> Index: ...


def place_of(node: Node, i: Node, j: Node) -> Place:
    """The indices that a node has: none along a side of length 1."""
    return (() if node.rows is ONE else (i,)) + (() if node.cols is ONE else (j,))


def at_both(node: Node, at: Place) -> tuple[Node | None, Node | None]:
    """Row and column index of a place, None along a side of length 1."""
    rest = iter(at)
    row = None if node.rows is ONE else next(rest)
    return row, None if node.cols is ONE else next(rest)


def flat(node: Node) -> list[Node]:
    """The factors of a product, products inside it and transposed ones taken apart."""
    if node.op is MUL:
        return [f for a in node.args for f in flat(a)]
    if node.op is TRANSPOSE and node.args[0].op in (MUL, TRANSPOSE):
        inner = node.args[0]
        if inner.op is TRANSPOSE:
            return flat(inner.args[0])
        return [f for a in reversed(inner.args) for f in flat(a.T)]
    return [node]


def copies(node: Node) -> int:
    """How many equal factors a matrix power is, 0 where it is not written out."""
    e = node.args[1]
    n = e.params[0] if e.op is NUM else 0
    return int(n) if n in range(1, MAX_POWER + 1) else 0


class Chain:
    """The factors of one product and the letters between them."""

    def __init__(self, writer: Entries, factors: list[Node], scope: Scope) -> None:
        self.writer, self.factors, self.scope = writer, factors, scope

    def entry(self, first: Node | None, last: Node | None) -> Index:
        n = len(self.factors)
        letters: list[Node | None] = [None] * (n + 1)
        letters[0], letters[n] = first, last
        deltas: list[Index] = []
        same = self._fixed(letters, deltas)
        summed: list[tuple[Node, Size]] = []
        scope = self.scope
        for k in range(1, n):
            if letters[same[k]] is None and self.factors[k].rows is not ONE:
                new = fresh(scope)
                letters[same[k]] = new
                summed.append((new, self.factors[k].rows))
                scope |= {new}
        resolved = [letters[same[k]] for k in range(n + 1)]
        found = [self._factor(f, resolved[k], resolved[k + 1], scope) for k, f in enumerate(self.factors)]
        out = product(*deltas, *found)
        for letter, count in reversed(summed):
            out = summation(letter, ONE, count, out)
        return out

    def _fixed(self, letters: list[Node | None], deltas: list[Index]) -> list[int]:
        """Which places share a letter (identities and diagonals have one index), unit vectors put in."""
        n = len(self.factors)
        same = list(range(n + 1))
        for k, f in enumerate(self.factors):
            a, b = same[k], k + 1
            if f.op in (EYE, DIAGM) and f.rows is not ONE:
                if letters[b] is not None and letters[a] is not None:
                    deltas.append(delta(letters[a], letters[b], f.rows))  # type: ignore[arg-type]
                elif letters[b] is not None:
                    letters[a] = letters[b]
                else:
                    same[b] = a
            elif f.op is algebra.UNIT:
                self._fix(letters, a, f.args[0], f.rows, deltas)
            elif f.op is TRANSPOSE and f.args[0].op is algebra.UNIT:
                self._fix(letters, b, f.args[0].args[0], f.cols, deltas)
        return same

    def _fix(self, letters: list[Node | None], place: int, at: Node, count: Size, deltas: list[Index]) -> None:
        there = letters[place]
        if there is None:
            letters[place] = at
        else:
            deltas.append(delta(there, at, count))

    def _factor(self, f: Node, i: Node | None, j: Node | None, scope: Scope) -> Index:
        if f.op is EYE or f.op is algebra.UNIT or (f.op is TRANSPOSE and f.args[0].op is algebra.UNIT):
            return UNIT
        if f.op is MUL:
            return Entry(f, place_of(f, i, j))  # type: ignore[arg-type]
        if f.op is DIAGM:
            return self.writer.entry(f.args[0], place_of(f.args[0], i, i), scope)  # type: ignore[arg-type]
        return self.writer.entry(f, place_of(f, i, j), scope)  # type: ignore[arg-type]
