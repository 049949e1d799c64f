"""Block matrices: multiplied, added and transposed block by block where their partitions fit."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from closedform.expr.node import Node, make
from closedform.expr.op import Shape
from closedform.expr.size import ONE, size
from closedform.functions import rearrange
from closedform.functions.algebra import ADD, SCALE
from closedform.functions.sizes import as_size
from closedform.rewrite.normal.engine import (
    constructor,
    is_zero,
    nmul,
    nscale,
    nsum,
    ntr,
    ntranspose,
    number,
    nzero,
    terms_of,
)

BLOCK = rearrange.BLOCK
SUB = rearrange.SUB
Grid = list[list[Node]]


def grid(a: Node) -> Grid | None:
    """The blocks by rows, where every row has the same column widths; else None."""
    lengths: tuple[int, ...] = a.params[0]
    if len(set(lengths)) != 1:
        return None
    n = lengths[0]
    rows = [list(a.args[k : k + n]) for k in range(0, len(a.args), n)]
    widths = [b.cols for b in rows[0]]
    fits = all(b.cols is w for row in rows for b, w in zip(row, widths, strict=True))
    return rows if fits else None


def as_grid(a: Node) -> Grid | None:
    """The blocks of a block matrix; any other matrix is one block."""
    return grid(a) if a.op is BLOCK else [[a]]


def nblock(rows: Grid) -> Node:
    """The normal node of blocks by rows."""
    parts = tuple(b for row in rows for b in row)
    params = (tuple(len(row) for row in rows),)
    return build_block(parts, params, rearrange.block(rows).shape)


@constructor(BLOCK)
def build_block(args: tuple[Node, ...], params: tuple[Any, ...], shape: Shape) -> Node:
    """Blocks; one alone is itself, all zero is zero."""
    if len(args) == 1:
        return args[0]
    if all(is_zero(a) for a in args):
        return nzero(shape)
    return make(BLOCK, args, params, shape)


def block_product(a: Node, b: Node) -> Node | None:
    """The product block by block, where the partitions fit."""
    left, right = as_grid(a), as_grid(b)
    if left is None or right is None or len(left[0]) != len(right):
        return None
    if any(p.cols is not row[0].rows for p, row in zip(left[0], right, strict=True)):
        return None
    return nblock([[_entry(row, column) for column in zip(*right, strict=True)] for row in left])


def _entry(row: list[Node], column: tuple[Node, ...]) -> Node:
    parts = [(1, nmul(p, q)) for p, q in zip(row, column, strict=True) if not (is_zero(p) or is_zero(q))]
    return nsum(parts, (row[0].rows, column[0].cols))


def join_blocks(terms: dict[Node, Fraction]) -> None:
    """Add block matrices of one partition, in place."""
    kinds: dict[tuple[Any, ...], list[Node]] = {}
    for a in terms:
        if a.op is BLOCK and terms[a]:
            kinds.setdefault((a.params, tuple(b.shape for b in a.args)), []).append(a)
    for same in kinds.values():
        if len(same) < 2:
            continue
        pairs = [(terms.pop(a), a) for a in same]
        parts = tuple(
            nsum([(c, a.args[k]) for c, a in pairs], same[0].args[k].shape) for k in range(len(same[0].args))
        )
        whole = build_block(parts, same[0].params, same[0].shape)
        if not is_zero(whole):
            terms[whole] = terms.get(whole, Fraction(0)) + 1


@constructor(SUB)
def build_sub(args: tuple[Node, ...], params: tuple[Any, ...], shape: Shape) -> Node:
    """A part of a block matrix that is one of its blocks; a part of zeros."""
    a = args[0]
    if a.shape == shape and all(number(p) == 1 for p in args[1:]):
        return a
    if is_zero(a):
        return nzero(shape)
    if a.rows is ONE and a.cols is not ONE:
        return ntranspose(build_sub((ntranspose(a), args[2], args[1]), params, (shape[1], shape[0])))
    if a.op is ADD:
        return nsum([(c, build_sub((b, *args[1:]), params, shape)) for c, b in terms_of(a)], shape)
    if a.op is SCALE:
        return nscale(a.args[0], build_sub((a.args[1], *args[1:]), params, shape))
    rows = grid(a) if a.op is BLOCK else None
    if rows is not None:
        top = as_size(args[1])
        left = as_size(args[2])
        here = size(1)
        for row in rows:
            there = size(1)
            for b in row:
                if here is top and there is left and b.shape == shape:
                    return b
                there = there + b.cols
            here = here + row[0].rows
    return make(SUB, args, params, shape)


def trace_of_blocks(a: Node) -> Node | None:
    """tr of a block matrix whose diagonal blocks are square."""
    rows = grid(a)
    if rows is None or len(rows) != len(rows[0]) or any(not row[k].is_square for k, row in enumerate(rows)):
        return None
    return nsum([(1, ntr(row[k])) for k, row in enumerate(rows)], (ONE, ONE))

