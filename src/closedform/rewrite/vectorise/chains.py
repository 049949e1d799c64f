"""Products over an index: factors multiplied to a column that is constant or moves with the index."""

from __future__ import annotations

from typing import Protocol

from closedform.expr.node import Node
from closedform.expr.size import ONE
from closedform.functions.algebra import ADD, DIAGM, MUL, SCALE, TRANSPOSE
from closedform.rewrite.normal.engine import ndiagm, ndiagv, nhad, nmul, nscale, nsum, ntranspose, terms_of

DEEPEST = 40


class Unfit(Exception):
    """The expression has no matrix form over the index."""


class Arrays(Protocol):
    """What a product asks of the arrays over the index (``Batch``)."""

    def depends(self, node: Node) -> bool: ...
    def array(self, root: Node) -> Node: ...
    def repeated(self, node: Node) -> Node: ...


class Column:
    """A column while factors are multiplied to it: constant, or (``moving``) the rows of an array."""

    def __init__(self, batch: Arrays, array: Node, moving: bool) -> None:
        self.batch, self.array, self.moving = batch, array, moving

    def _become(self, array: Node, moving: bool = True) -> Column:
        return Column(self.batch, array, moving)

    def times(self, a: Node, turned: bool, depth: int = 0) -> Column:
        """The column ``a*self`` (``a'*self`` if turned)."""
        if depth > DEEPEST:
            raise Unfit
        if not self.batch.depends(a):
            if self.moving:
                return self._become(nmul(self.array, a if turned else ntranspose(a)))
            return self._become(nmul(ntranspose(a) if turned else a, self.array), False)
        if ONE in a.shape:
            return self._times_vector(a, turned)
        if a.op is DIAGM:
            V = self.batch.array(a.args[0])
            return self._become(nhad(V, self.array) if self.moving else nmul(V, ndiagm(self.array)))
        if a.op is TRANSPOSE:
            return self.times(a.args[0], not turned, depth + 1)
        if a.op is ADD:
            parts = [(c, self.times(b, turned, depth + 1)) for c, b in terms_of(a)]
            return self._become(nsum([(c, p.rows()) for c, p in parts], parts[0][1].rows().shape))
        if a.op is SCALE:
            return self.times(a.args[1], turned, depth + 1)._scaled(a.args[0])
        if a.op is MUL:
            state = self
            for f in a.args if turned else reversed(a.args):
                state = state.times(f, turned, depth + 1)
            return state
        raise Unfit

    def rows(self) -> Node:
        return self.array if self.moving else self.batch.repeated(self.array)

    def _scaled(self, s: Node) -> Column:
        if not self.batch.depends(s):
            return self._become(nscale(s, self.array), self.moving)
        v = self.batch.array(s)
        return self._become(nmul(ndiagm(v), self.array) if self.moving else nmul(v, ntranspose(self.array)))

    def _times_vector(self, a: Node, turned: bool) -> Column:
        V = self.batch.array(a)
        if a.is_column is turned:  # a row that meets the column
            both = self.moving
            return self._become(ndiagv(nmul(V, ntranspose(self.array))) if both else nmul(V, self.array))
        return self._become(nmul(ndiagm(self.array), V) if self.moving else nscale(self.array, V))
