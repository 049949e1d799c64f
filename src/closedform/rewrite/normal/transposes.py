"""Transposes pushed to the leaves: of a sum termwise, of a product reversed, of a row built as its column."""

from __future__ import annotations

from typing import Any

from closedform.expr.node import Node, make
from closedform.expr.op import Shape
from closedform.expr.size import ONE
from closedform.functions.algebra import (
    ADD,
    DIAGM,
    EYE,
    HAD,
    MPOW,
    MUL,
    POW,
    SCALE,
    SUMOVER,
    SYM,
    TRANSPOSE,
    ZERO,
)
from closedform.functions.known_facts import facts_of
from closedform.functions.rearrange import SUB
from closedform.rewrite.normal.blocks import BLOCK, grid, nblock
from closedform.rewrite.normal.engine import build, constructor, nhad, nmpow, nmul, npow, nscale, nsum, nzero
from closedform.rewrite.steps import recorder, unrecorded

INSIDE = frozenset({"expm", "sqrtm", "logm", "adj", "pinv", "kron", "sym", "expm_frechet", "logm_frechet"})
"""Functions of matrices with f(X)' = f(X'), or f(X, E)' = f(X', E')."""


@constructor(TRANSPOSE)
def build_transpose(args: tuple[Node, ...], params: tuple[Any, ...], shape: Shape) -> Node:
    """The transpose, memoised on the node; no recursion however deep sums and products are nested."""
    if recorder() is not None:
        with unrecorded():
            return build_transpose(args, params, shape)
    todo = [args[0]]
    while todo:
        a = todo[-1]
        if "T" in a.memo:
            todo.pop()
            continue
        missing = [b for b in _needs(a) if "T" not in b.memo]
        if missing:
            todo += missing
            continue
        out = _transposed(a)
        a.memo["T"] = out
        out.memo.setdefault("T", a)
        todo.pop()
    out = args[0].memo["T"]
    assert isinstance(out, Node)
    return out


def _inner(a: Node) -> bool:
    """True where the transpose goes into the arguments."""
    if a.is_scalar or a.op in (TRANSPOSE, SYM, EYE, DIAGM, ZERO):
        return False
    if a.op in (ADD, MUL, SCALE, MPOW, SUB):
        return True
    if a.op is BLOCK:
        return grid(a) is not None
    matrix = a.cols is not ONE and a.rows is not ONE
    return matrix and (a.op in (HAD, POW, SUMOVER) or a.op.elementwise or a.op.name in INSIDE)


def _needs(a: Node) -> tuple[Node, ...]:
    if not _inner(a):
        return ()
    if a.op in (MUL, ADD, HAD, BLOCK) or a.op.elementwise or a.op.name in INSIDE:
        return a.args
    if a.op is SCALE:
        return (a.args[1],)
    if a.op is POW:
        return tuple(b for b in a.args if not b.is_scalar)
    return (a.args[0],)


def _t(a: Node) -> Node:
    if a.is_scalar:
        return a
    out = a.memo["T"]
    assert isinstance(out, Node)
    return out


def _transposed(a: Node) -> Node:
    shape = (a.cols, a.rows)
    if a.is_scalar or a.op in (EYE, DIAGM):
        return a
    if a.op is TRANSPOSE:
        return a.args[0]
    if a.op is ZERO:
        return nzero(shape)
    if a.op is not MPOW and a.is_square and "sym" in facts_of(a) and not _inner(a):
        return a
    if a.op is SYM and "skew" in facts_of(a):
        return nsum([(-1, a)], shape)
    if not _inner(a):
        return make(TRANSPOSE, (a,))
    return _pushed(a, shape)


def _pushed(a: Node, shape: Shape) -> Node:
    if a.op is ADD:
        return nsum(zip(a.params[0], map(_t, a.args), strict=True), shape)
    if a.op is MUL:
        return nmul(*(_t(f) for f in reversed(a.args)))
    if a.op is SCALE:
        return nscale(a.args[0], _t(a.args[1]))
    if a.op is MPOW:
        return nmpow(_t(a.args[0]), a.args[1])
    if a.op is HAD:
        return nhad(*map(_t, a.args))
    if a.op is POW:
        return npow(_t(a.args[0]), _t(a.args[1]))
    if a.op is SUMOVER:
        return build(SUMOVER, (_t(a.args[0]),), a.params, shape)
    if a.op is BLOCK:
        rows = grid(a)
        assert rows is not None
        return nblock([[_t(b) for b in column] for column in zip(*rows, strict=True)])
    if a.op is SUB:
        return _other_corner(a, shape)
    return build(a.op, tuple(map(_t, a.args)), a.params, shape)


def _other_corner(a: Node, shape: Shape) -> Node:
    """A part of a symmetric matrix, transposed: the part on the other side of the diagonal."""
    whole, i, j = a.args
    return build(SUB, (whole, j, i), a.params, shape) if _t(whole) is whole else make(TRANSPOSE, (a,))
