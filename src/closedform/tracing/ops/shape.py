"""Entries chosen and moved about: indexing, transposes, reshaping, putting together."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from closedform.errors import ShapeError
from closedform.expr.size import ONE, Size, size
from closedform.functions import rearrange as r
from closedform.functions.algebra import diagm, diagv, transpose, zeros
from closedform.functions.matrix import tril, triu
from closedform.functions.sizes import quotient
from closedform.tracing.ops import stacks
from closedform.tracing.ops.basic import minus, spread, times
from closedform.tracing.place import refuse
from closedform.tracing.sizes import Sizes
from closedform.tracing.value import Dims, Value, shape_of


def transposed(x: Value, axes: Sequence[int] | None = None) -> Value:
    """``x.T``; a vector stays."""
    if axes is not None and [int(k) % max(x.rank, 1) for k in axes] == list(range(x.rank)):
        return x
    if x.rank < 2:
        return x
    if x.rank == 3:
        return stacks.permuted(x, (2, 1, 0) if axes is None else axes)
    return x.trace.value(transpose(x.node), x.dims[::-1], x.kind)


def turned(x: Value) -> Value:
    """The last two axes exchanged: a matrix transposed, or each of a stack."""
    return exchanged(x, x.rank - 2, x.rank - 1) if x.rank > 1 else x


def exchanged(x: Value, i: int, j: int) -> Value:
    """Two axes exchanged."""
    order = list(range(x.rank))
    order[i], order[j] = order[j], order[i]
    return transposed(x, order)


def raveled(x: Value) -> Value:
    """All entries, row by row."""
    if x.rank == 1:
        return x
    if x.rank == 3:
        x = stacks.flat(x)
    if x.is_one:
        return x.trace.value(x.node, (ONE,), x.kind)
    rows, cols = x.dims
    node = x.node if cols is ONE else transpose(x.node) if rows is ONE else r.vec(transpose(x.node))
    return x.trace.value(node, (rows * cols,), x.kind)


def reshaped(x: Value, shape: Sequence[Size | int], order: str = "C") -> Value:
    """The entries in another shape; one length may be -1."""
    if order not in ("C", "F"):
        refuse(f"reshape with order={order!r} is not read")
    if order == "F":
        turned = reshaped(transposed(x), [*shape][::-1])
        return transposed(turned)
    wanted = _wanted(x, shape)
    if len(wanted) > 3:
        refuse(f"reshape to {len(wanted)} axes: arrays of one, two and three axes are read")
    sizes = x.trace.sizes
    if len(wanted) == x.rank and all(sizes.now(a) is sizes.now(b) for a, b in zip(wanted, x.dims, strict=True)):
        return x
    if len(wanted) == 3 or x.rank == 3:
        return _restacked(x, wanted)
    flat = raveled(x)
    sizes.same(flat.dims[0], _product(wanted), "reshape")
    wanted = tuple(map(sizes.now, wanted))
    if not wanted or all(d is ONE for d in wanted) or len(wanted) == 1:
        return x.trace.value(flat.node, wanted, x.kind)
    rows, cols = wanted
    if cols is ONE:
        return x.trace.value(flat.node, wanted, x.kind)
    if rows is ONE:
        return x.trace.value(transpose(flat.node), wanted, x.kind)
    if x.rank == 2 and x.dims == wanted:
        return x
    return x.trace.value(transpose(r.unvec(flat.node, cols, rows)), wanted, x.kind)


def _restacked(x: Value, wanted: Dims) -> Value:
    """From or to a stack: its rows are the rows of a matrix, in order."""
    two = stacks.flat(x) if x.rank == 3 else x
    if len(wanted) < 3:
        return reshaped(two, wanted)
    rows, cols = shape_of(wanted)
    last = x.trace.sizes.number(cols)
    if two.rank == 2 and (two.dims[1] is cols or (last is not None and last == x.trace.sizes.number(two.dims[1]))):
        x.trace.sizes.same(two.dims[1], cols, "reshape")
        x.trace.sizes.same(two.dims[0], rows, "reshape")
        done = two
    else:
        done = reshaped(two, (rows, cols))
    return done.trace.value(done.node, tuple(map(x.trace.sizes.now, wanted)), x.kind)


def _product(dims: Sequence[Size]) -> Size:
    out = ONE
    for d in dims:
        out = out * d
    return out


def _wanted(x: Value, shape: Sequence[Size | int]) -> Dims:
    sizes = x.trace.sizes
    whole = _product(x.dims)
    out: list[Size | None] = [None if n == -1 else n if isinstance(n, Size) else sizes_of(sizes, n) for n in shape]
    if out.count(None) > 1:
        refuse("reshape: one length may be -1", kind=ShapeError)
    if None in out:
        known = _product([n for n in out if n is not None])
        left = quotient(whole, sizes.now(known))
        if left is None:
            number, by = sizes.number(whole), sizes.number(known)
            if number is None or by is None or number % by:
                refuse(f"reshape: {whole} entries do not fill rows of {known}", kind=ShapeError)
            sizes.fix(whole)
            sizes.fix(known)
            left = size(number // by)
        out[out.index(None)] = left
    return tuple(sizes.now(n) for n in out if n is not None)


def sizes_of(sizes: Sizes, n: int) -> Size:
    """A whole number that stands in the code as a length."""
    return size(n)


def expanded(x: Value, axis: int) -> Value:
    """A further axis of length one."""
    at = axis + x.rank + 1 if axis < 0 else axis
    dims = (*x.dims[:at], ONE, *x.dims[at:])
    if len(dims) > 3:
        refuse("an array of four axes: arrays of one, two and three axes are read")
    if len(dims) == 3:
        return stacks.stacked_up(x, at)
    row = x.rank == 1 and at == 0 and not x.is_one
    return x.trace.value(transpose(x.node) if row else x.node, dims, x.kind)


def squeezed(x: Value, axis: object = None) -> Value:
    """Without the axes of length one."""
    chosen = None if axis is None else {int(k) % x.rank for k in (axis if isinstance(axis, tuple) else (axis,))}
    drop = [k for k, d in enumerate(x.dims) if d is ONE and (chosen is None or k in chosen)]
    if x.rank == 3:
        return squeezed(stacks.squeezed_one(x, drop[-1]), tuple(drop[:-1])) if drop else x
    dims = tuple(d for k, d in enumerate(x.dims) if k not in drop)
    node = transpose(x.node) if x.rank == 2 and len(dims) == 1 and x.dims[0] is ONE else x.node
    return x.trace.value(node, dims, x.kind)


def broadcast_to(x: Value, dims: Dims) -> Value:
    """Repeated along axes of length one."""
    sizes = x.trace.sizes
    for mine, want in zip(x.dims[::-1], dims[::-1], strict=False):
        if mine is not ONE:
            sizes.same(mine, want, "broadcast_to")
    dims = tuple(map(sizes.now, dims))
    return x.trace.value(spread(x, dims), dims, x.kind)


def diagonal(x: Value) -> Value:
    if x.rank != 2:
        refuse("a diagonal is of a matrix", kind=ShapeError)
    x.trace.sizes.same(x.dims[0], x.dims[1], "diagonal")
    return x.trace.value(diagv(x.node), x.dims[:1], x.kind)


def diag(x: Value) -> Value:
    """``np.diag``: the matrix of a vector, the vector of a matrix."""
    return x.trace.value(diagm(x.node), (*x.dims, *x.dims), x.kind) if x.rank == 1 else diagonal(x)


def triangle(x: Value, lower: bool, k: int = 0) -> Value:
    """The lower or upper triangle; other ones than those at the diagonal of a square matrix by a mask."""
    sizes = x.trace.sizes
    square = sizes.number(x.dims[0]) == sizes.number(x.dims[1])
    if not square or k not in (0, -1 if lower else 1):
        m, n = (sizes.pin(d, "a triangle") for d in x.dims)
        sizes.fix(x.dims[0])
        sizes.fix(x.dims[1])
        mask = x.trace.named("mask", np.tri(m, n, k) if lower else 1 - np.tri(m, n, k - 1))
        return times(x, mask)
    sizes.same(x.dims[0], x.dims[1], "a triangle")
    whole = x.trace.value((tril if lower else triu)(x.node), x.dims, x.kind)
    return whole if k == 0 else minus(whole, diag(diagonal(x)))


def joined(parts: Sequence[Value], axis: int) -> Value:
    """Arrays beside or below each other."""
    rank = parts[0].rank
    if rank == 3 and all(p.rank == 3 for p in parts):
        return _joined_stacks(parts, axis % 3)
    if any(p.rank != rank for p in parts) or not rank:
        refuse("arrays of different numbers of axes are put together", kind=ShapeError)
    axis = axis % rank
    sizes = parts[0].trace.sizes
    for other in parts[1:]:
        if rank == 2:
            sizes.same(parts[0].dims[1 - axis], other.dims[1 - axis], "concatenate")
    nodes = [p.node for p in parts]
    node = r.block([nodes] if axis == 1 else [[n] for n in nodes]) if len(nodes) > 1 else nodes[0]
    whole = sizes.now(_summed([p.dims[axis] for p in parts]))
    dims = (whole,) if rank == 1 else (whole, parts[0].dims[1]) if axis == 0 else (parts[0].dims[0], whole)
    return parts[0].trace.value(node, dims)


def _joined_stacks(parts: Sequence[Value], axis: int) -> Value:
    """Stacks put together: below each other along the first axis, beside each other along the last."""
    sizes = parts[0].trace.sizes
    for other in parts[1:]:
        for k in range(3):
            if k != axis:
                sizes.same(parts[0].dims[k], other.dims[k], "concatenate")
    if axis == 1:
        return stacks.rows_exchanged(_joined_stacks([stacks.rows_exchanged(p) for p in parts], 0))
    whole = sizes.now(_summed([p.dims[axis] for p in parts]))
    dims = (*parts[0].dims[:axis], whole, *parts[0].dims[axis + 1 :])
    nodes = [p.node for p in parts]
    node = r.block([nodes] if axis == 2 else [[n] for n in nodes]) if len(nodes) > 1 else nodes[0]
    return parts[0].trace.value(node, dims)


def _summed(lengths: Sequence[Size]) -> Size:
    out = lengths[0]
    for n in lengths[1:]:
        out = out + n
    return out


def stacked(parts: Sequence[Value], axis: int = 0) -> Value:
    """Arrays along a new axis."""
    return joined([expanded(p, axis) for p in parts], axis)


def beside_diagonal(parts: Sequence[Value]) -> Value:
    """Matrices as the blocks of the diagonal, zeros elsewhere."""
    if any(p.rank != 2 for p in parts):
        refuse("block_diag is read of matrices")
    rows = [joined([p if q is p else _nothing(p, q) for q in parts], 1) for p in parts]
    return joined(rows, 0)


def _nothing(p: Value, q: Value) -> Value:
    """Zeros in the rows of one and the columns of another."""
    return p.trace.value(zeros(p.dims[0], q.dims[1]), (p.dims[0], q.dims[1]))
