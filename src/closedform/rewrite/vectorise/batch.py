"""All values of an index at once: a scalar that depends on i is a vector, a column the rows of a matrix.

Row i of ``Batch.array(node)`` is the value at i (N×k for a column or row of length k, N×1 for a scalar);
``Unfit`` is raised where no matrix expression without the index is known.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import product

from closedform.errors import ShapeError
from closedform.expr.node import Node
from closedform.expr.op import Op
from closedform.expr.size import ONE, Size
from closedform.expr.walk import postorder
from closedform.functions.algebra import (
    ADD,
    DIAGM,
    DIAGV,
    HAD,
    INDEX,
    MUL,
    POW,
    SCALE,
    SUMOVER,
    TRANSPOSE,
    UNIT,
)
from closedform.functions.vectors import cumsum, logsumexp, logsumexp_rows, softmax, softmax_rows
from closedform.rewrite.normal.engine import (
    build,
    ndiagm,
    neye,
    nhad,
    nmul,
    nones,
    npow,
    nscale,
    nsum,
    ntranspose,
    number,
    terms_of,
)
from closedform.rewrite.vectorise.chains import DEEPEST, Column, Unfit
from closedform.rewrite.vectorise.indices import free_indices

MAX_TERMS = 64
ROWWISE = {softmax.op: softmax_rows.op, logsumexp.op: logsumexp_rows.op}


class Batch:
    """The arrays over one index that runs from 1 to ``count``."""

    def __init__(self, name: str, count: Size) -> None:
        self.name, self.count = name, count
        self.arrays: dict[Node, Node | None] = {}
        self.depth = 0

    def depends(self, node: Node) -> bool:
        return self.name in free_indices(node)

    def array(self, root: Node) -> Node:
        """The array of a scalar, column or row that depends on the index."""
        if root not in self.arrays:
            for node in postorder(root, stop=lambda n: n in self.arrays or not self.depends(n)):
                if node not in self.arrays and self.depends(node) and ONE in node.shape:
                    self.arrays[node] = self._attempt(node)
        found = self.arrays.get(root)
        if found is None:
            raise Unfit
        return found

    def _attempt(self, node: Node) -> Node | None:
        self.depth += 1
        try:
            return self._compute(node) if self.depth < DEEPEST else None
        except Unfit:
            return None
        finally:
            self.depth -= 1

    def _compute(self, node: Node) -> Node:
        rule = RULES.get(node.op)
        if rule is not None:
            return rule(self, node)
        if node.op in ROWWISE:
            V = self.array(node.args[0])
            return build(ROWWISE[node.op], (V,), (), V.shape if node.op is softmax.op else (self.count, ONE))
        if node.op.elementwise:
            return self._elementwise(node)
        raise Unfit

    def repeated(self, node: Node) -> Node:
        """The array of a scalar, column or row, the same for each index where it does not depend on it."""
        if self.depends(node):
            return self.array(node)
        every = nones(self.count)
        if node.is_scalar:
            return nscale(node, every)
        return nmul(every, ntranspose(node) if node.is_column else node)

    def wide(self, node: Node, k: Size) -> Node:
        """Like ``repeated``; a scalar fills a row of ``k``."""
        V = self.repeated(node)
        return nmul(V, ntranspose(nones(k))) if node.is_scalar and k is not ONE else V

    def _index(self, _: Node) -> Node:
        return build(cumsum.op, (nones(self.count),), (), (self.count, ONE))

    def _unit(self, node: Node) -> Node:
        if node.args[0].op is INDEX and node.rows is self.count:
            return neye(self.count)
        raise Unfit

    def _sum(self, node: Node) -> Node:
        k = _length(node)
        return nsum([(c, self.repeated(a)) for c, a in terms_of(node)], (self.count, k))

    def _scale(self, node: Node) -> Node:
        s, a = node.args
        if not self.depends(s):
            return nscale(s, self.array(a))
        if not self.depends(a):
            return nmul(self.array(s), ntranspose(a) if a.is_column else a)
        return nmul(ndiagm(self.array(s)), self.array(a))

    def _hadamard(self, node: Node) -> Node:
        moving = [self.repeated(a) for a in node.args if self.depends(a) or not a.is_scalar]
        out = nhad(*moving)
        for a in node.args:
            if a.is_scalar and not self.depends(a):
                out = nscale(a, out)
        return out

    def _power(self, node: Node) -> Node:
        base, e = node.args
        k = number(e)
        if _mixed_product(base) and (k is None or k.denominator != 1 or k < 0):
            raise Unfit  # the distances would be differences of large numbers under a root
        if k == 2 and (expanded := self._separated(base)) is not None:
            return self.array(expanded)
        exponent = e if e.is_scalar and not self.depends(e) else self.wide(e, _length(node))
        return npow(self.wide(base, _length(node)), exponent)

    def _separated(self, base: Node) -> Node | None:
        """The square of a sum in which no term depends on this index and another one, written out."""
        if base.op is not ADD or not base.is_scalar or not self._mixed(base) or len(base.args) > 8:
            return None
        if not all(self._apart(a) for a in base.args):
            return None
        terms = terms_of(base)
        return nsum([(c * d, nhad(a, b)) for (c, a), (d, b) in product(terms, terms)], base.shape)

    def _apart(self, term: Node) -> bool:
        factors = term.args if term.op is HAD else (term,)
        return not any(self._mixed(f) for f in factors)

    def _mixed(self, node: Node) -> bool:
        return self.depends(node) and len(free_indices(node)) > 1

    def _elementwise(self, node: Node) -> Node:
        k = _length(node)
        loose = tuple(a if a.is_scalar and not self.depends(a) else self.wide(a, k) for a in node.args)
        for args in (loose, tuple(self.wide(a, k) for a in node.args)):
            try:
                shape = node.op.shape(args, node.params)
            except ShapeError:
                continue
            if shape == (self.count, k):
                return build(node.op, args, node.params, shape)
        raise Unfit

    def _diagonal(self, node: Node) -> Node:
        """diag(P*diag(v)*Q) is (P.*Q')*v."""
        a = node.args[0]
        factors = a.args if a.op is MUL else (a,)
        moving = [k for k, f in enumerate(factors) if self.depends(f)]
        if len(moving) != 1 or factors[moving[0]].op is not DIAGM:
            raise Unfit
        at = moving[0]
        n = node.rows
        P = nmul(*factors[:at]) if at else neye(n)
        Q = nmul(*factors[at + 1 :]) if at + 1 < len(factors) else neye(n)
        return nmul(self.array(factors[at].args[0]), ntranspose(nhad(P, ntranspose(Q))))

    def _summation(self, node: Node) -> Node:
        V = self.array(node.args[0])
        return build(SUMOVER, (V,), node.params, V.shape)

    def _product(self, node: Node) -> Node:
        if node.is_scalar and (expanded := self._distributed(node)) is not None:
            return self.array(expanded)
        factors = list(node.args)
        turned = not node.is_column
        if not turned:
            factors.reverse()
        column = ntranspose(factors[0]) if turned and not self.depends(factors[0]) else factors[0]
        moving = self.depends(column)
        state = Column(self, self.array(column) if moving else column, moving)
        for a in factors[1:]:
            state = state.times(a, turned)
        return state.array

    def _distributed(self, node: Node) -> Node | None:
        """(u - v)'*M*(u - v) written out where u and v have different indices: no matrix holds all u - v."""
        first, last = node.args[0], node.args[-1]
        if not (_is_mixed_sum(first) or _is_mixed_sum(last)):
            return None
        left = terms_of(first) if _is_mixed_sum(first) else [(Fraction(1), first)]
        right = terms_of(last) if _is_mixed_sum(last) else [(Fraction(1), last)]
        if len(left) * len(right) > MAX_TERMS:
            raise Unfit
        inside = node.args[1:-1]
        return nsum([(c * d, nmul(a, *inside, b)) for (c, a), (d, b) in product(left, right)], node.shape)


def _length(node: Node) -> Size:
    return node.rows if node.is_column else node.cols


def _is_mixed_sum(node: Node) -> bool:
    return node.op is ADD and len(free_indices(node)) > 1


def _mixed_product(node: Node) -> bool:
    return node.op is MUL and (_is_mixed_sum(node.args[0]) or _is_mixed_sum(node.args[-1]))


RULES: dict[Op, Callable[[Batch, Node], Node]] = {
    INDEX: Batch._index,
    UNIT: Batch._unit,
    TRANSPOSE: lambda batch, node: batch.array(node.args[0]),
    ADD: Batch._sum,
    SCALE: Batch._scale,
    HAD: Batch._hadamard,
    POW: Batch._power,
    MUL: Batch._product,
    DIAGV: Batch._diagonal,
    SUMOVER: Batch._summation,
}
