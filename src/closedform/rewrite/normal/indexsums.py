"""Sums over an index: matrix expressions where they have one, else nodes that do not depend on the letter."""

from __future__ import annotations

from typing import Any

from closedform.errors import LimitError
from closedform.expr.node import Node, make
from closedform.expr.op import Shape
from closedform.expr.size import ONE, Size
from closedform.functions.algebra import (
    ADD,
    DIAGM,
    DIAGV,
    HAD,
    INDEX,
    MUL,
    SCALE,
    SUMOVER,
    TR,
    TRANSPOSE,
    UNIT,
    index,
    size_number,
)
from closedform.rewrite.normal.engine import (
    UNITY,
    constructor,
    keeping_sums,
    nhad,
    nmul,
    nscale,
    nsum,
    ntranspose,
    nzero,
    terms_of,
)
from closedform.rewrite.normal.normal import normal
from closedform.rewrite.vectorise.batch import Batch
from closedform.rewrite.vectorise.chains import Unfit
from closedform.rewrite.vectorise.indices import bound_indices, free_indices, nesting, replace_index
from closedform.rewrite.vectorise.total import linear_argument, total, with_argument

MAX_NESTING = 12
MAX_DEPTH = 60
ASIDE = "#"
"""A name for a moment, when an index is renamed past another that has the name it shall get."""


@constructor(SUMOVER)
def build_sumover(args: tuple[Node, ...], params: tuple[Any, ...], shape: Shape) -> Node:
    """The sum of a normal body over an index."""
    body = args[0]
    name, low, high = params
    count = high - low + ONE
    if count.number is not None and count.number <= 0:
        return nzero(shape)
    if count is ONE and name in free_indices(body):
        return normal(replace_index(body, name, size_number(low)))
    if nesting(body) >= MAX_NESTING:
        raise LimitError(f"sums over an index are nested deeper than {MAX_NESTING} (limit: nested sums)")
    return _Sum(name, low, high).of(body, 0)


class _Sum:
    """One index and its range."""

    def __init__(self, name: str, low: Size, high: Size) -> None:
        self.name, self.low, self.high = name, low, high
        self.batch = Batch(name, high)
        self.count = high - low + ONE

    def of(self, body: Node, depth: int) -> Node:
        """Σ body: what does not hold the index outside, what is linear inside, then one of the two forms."""
        if depth > MAX_DEPTH:
            raise LimitError(f"the body of a sum is nested deeper than {MAX_DEPTH} (limit: body of a sum)")
        if not self.batch.depends(body):
            return nscale(self._number_of_terms(), body)
        if body.rows is ONE and body.cols is not ONE:
            return ntranspose(self.of(ntranspose(body), depth + 1))
        if body.op is ADD:
            return nsum([(c, self.of(a, depth + 1)) for c, a in terms_of(body)], body.shape)
        if self.low is ONE and (known := self._vectorised(body)) is not None:
            return known
        peeled = self._peeled(body, depth)
        return peeled if peeled is not None else self._node(body, depth)

    def _number_of_terms(self) -> Node:
        """The range's length; a sum of ones where the range may be empty by more than one (3..n at n = 1)."""
        growing = all(c > 0 for names, c in self.count.terms if names)
        if growing and self.count.value(dict.fromkeys(self.count.names, 1)) >= 0:
            return size_number(self.count)
        return make(SUMOVER, (UNITY,), (_canonical(1), self.low, self.high), (ONE, ONE))

    def _vectorised(self, body: Node) -> Node | None:
        """The matrix form; with sums kept, only where Σ sᵢ·I[:,i] says what entry i of a vector is."""
        if keeping_sums() and not _is_placing(body):
            return None
        try:
            return total(self.batch, body)
        except Unfit:
            return None

    def _peeled(self, body: Node, depth: int) -> Node | None:
        """The sum with one layer that does not hold the index, or that is linear, taken outside."""
        if body.op is MUL:
            return self._product(body, depth)
        if body.op is HAD:
            return self._hadamard(body, depth)
        if body.op is SCALE:
            return self._multiple(body, depth)
        at = linear_argument(self.batch, body)
        if at is None or not (body.op in (TR, DIAGM, DIAGV) or at in body.op.adjoint):
            return None
        return with_argument(body, at, self.of(body.args[at], depth + 1))

    def _product(self, body: Node, depth: int) -> Node | None:
        whole = all(f.op is UNIT or f.op is TRANSPOSE for f in body.args if self.batch.depends(f))
        first, end = self._moving(body.args, apart=whole)
        if end - first == len(body.args):
            return None
        inside = nmul(*body.args[first:end])
        return nmul(*body.args[:first], self.of(inside, depth + 1), *body.args[end:])

    def _moving(self, factors: tuple[Node, ...], apart: bool = False) -> tuple[int, int]:
        """Where the factors that hold the index begin and end; ``A'*I[:,i]`` is A[i,:] unless taken apart."""
        moving = [k for k, f in enumerate(factors) if self.batch.depends(f)]
        first, last = moving[0], moving[-1]
        if not apart and factors[first].op is UNIT:
            first = max(first - 1, 0)
        if not apart and factors[last].op is TRANSPOSE and factors[last].args[0].op is UNIT:
            last = min(last + 1, len(factors) - 1)
        return first, last + 1

    def _hadamard(self, body: Node, depth: int) -> Node | None:
        still = [a for a in body.args if not self.batch.depends(a)]
        if not still:
            return None
        moving = nhad(*(a for a in body.args if self.batch.depends(a)))
        return nhad(*still, self.of(moving, depth + 1))

    def _multiple(self, body: Node, depth: int) -> Node | None:
        s, a = body.args
        if not self.batch.depends(s):
            return nscale(s, self.of(a, depth + 1))
        if not self.batch.depends(a):
            return nscale(self.of(s, depth + 1), a)
        factors = s.args if s.op is HAD else (s,)
        still = [f for f in factors if not self.batch.depends(f)]
        if still:
            moving = nhad(*(f for f in factors if self.batch.depends(f)))
            return nscale(nhad(*still), self.of(nscale(moving, a), depth + 1))
        first, end = self._moving(a.args) if a.op is MUL else (0, len(a.args))
        if end - first == len(a.args):
            return None
        inside = nscale(s, nmul(*a.args[first:end]))
        return nmul(*a.args[:first], self.of(inside, depth + 1), *a.args[end:])

    def _node(self, body: Node, depth: int) -> Node:
        """The sum as a node, its index named by how many sums stand inside."""
        level = nesting(body) + 1
        while _canonical(level) in free_indices(body) - {self.name}:
            level += 1
        name = _canonical(level)
        if name == self.name:
            return make(SUMOVER, (body,), (name, self.low, self.high), body.shape)
        if name in bound_indices(body):
            name = ASIDE
        renamed = normal(replace_index(body, self.name, index(name)))
        return _Sum(name, self.low, self.high).of(renamed, depth + 1)


def _is_placing(body: Node) -> bool:
    """Whether the sum puts what stands beside I[:,i] (or I[:,i]') in place i."""
    core = body.args[1] if body.op is SCALE else body
    first, last = (core.args[0], core.args[-1]) if core.op is MUL else (core, core)
    return body.op is INDEX or first.op is UNIT or (last.op is TRANSPOSE and last.args[0].op is UNIT)


def _canonical(level: int) -> str:
    return f"#{level}"
