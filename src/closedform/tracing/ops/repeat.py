"""Entries repeated and moved round: repeat, tile, roll, pad; and any rearrangement told by where entries go."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from closedform.expr.size import ONE, Size, size
from closedform.functions.algebra import ones, transpose, zeros
from closedform.functions.rearrange import kron
from closedform.tracing.ops import shape
from closedform.tracing.ops.basic import raised
from closedform.tracing.ops.indexing import item, selected
from closedform.tracing.ops.shape import expanded, joined, raveled, reshaped, transposed
from closedform.tracing.place import refuse
from closedform.tracing.value import Value, shape_of


def rearranged(x: Value, build: Callable[[Any], Any], what: str) -> Value:
    """What moves entries about: the same is done to their numbers, which tells where each comes from."""
    shape = tuple(x.trace.sizes.pin(d, what) for d in x.dims)
    return selected(x, np.asarray(build(np.arange(int(np.prod(shape))).reshape(shape))))


def repeated(x: Value, times: Any, axis: int | None) -> Value:
    """Every entry, row or column so many times, one after the other."""
    if axis is None:
        x, axis = raveled(x), 0
    if not isinstance(times, int | Size):
        return rearranged(x, lambda places: np.repeat(places, times, axis), "repeat")
    if x.rank > 2:
        refuse("repeat is read of vectors and matrices", "Write np.broadcast_to for a stack of matrices.")
    row, times = x.rank == 2 and axis % x.rank == 1, size(times)
    node = kron(x.node, transpose(ones(times)) if row else ones(times))
    dims = (x.dims[0], x.dims[1] * times) if row else (x.dims[0] * times, *x.dims[1:])
    return x.trace.value(node, dims, x.kind)


def tiled(x: Value, times: Sequence[Size | int]) -> Value:
    """The whole array so many times along each axis."""
    while x.rank < len(times):
        x = expanded(x, 0)
    if x.rank > 2 or not times:
        refuse("tile is read to vectors and matrices", "Write np.broadcast_to for a stack of matrices.")
    counts = [*(ONE,) * (x.rank - len(times)), *map(size, times)]
    node = kron(ones(*shape_of(tuple(counts))), x.node)
    return x.trace.value(node, tuple(n * k for n, k in zip(x.dims, counts, strict=True)), x.kind)


def rolled(x: Value, shift: int, axis: int) -> Value:
    """Moved round along one axis."""
    number = x.trace.sizes.pin(x.dims[axis], "roll")
    first = -shift % number
    if not first:
        return x
    before: tuple[Any, ...] = (slice(None),) * axis
    return joined([item(x, (*before, slice(first, None))), item(x, (*before, slice(None, first)))], axis)


def moved(x: Value, source: Any, target: Any) -> Value:
    """Axes moved to other places, the rest in order."""
    ones_, others = ([k] if isinstance(k, int) else list(k) for k in (source, target))
    order = [k for k in range(x.rank) if k not in [i % x.rank for i in ones_]]
    for to, of in sorted(zip((k % x.rank for k in others), (k % x.rank for k in ones_), strict=True)):
        order.insert(to, of)
    return transposed(x, order)


def padded(x: Value, widths: Sequence[tuple[int, int]]) -> Value:
    """With zeros around."""
    if x.rank > 2:
        refuse("pad is read of vectors and matrices")
    if any(min(width) < 0 for width in widths):
        refuse("pad by less than nothing is not read", "Take a slice.")
    for axis, (before, after) in enumerate(widths):
        parts = [_nothing(x, axis, before), x, _nothing(x, axis, after)]
        x = joined([p for p in parts if p is not None], axis)
    return x


def _nothing(x: Value, axis: int, count: int) -> Value | None:
    if not count:
        return None
    dims = (*x.dims[:axis], size(int(count)), *x.dims[axis + 1 :])
    return x.trace.value(zeros(*shape_of(dims)), dims)


def parts(x: Value, sections: Any, axis: int, even: bool) -> list[Value]:
    """The array cut along an axis, into so many parts or at these places."""
    number = x.trace.sizes.pin(x.dims[axis], "split")
    if isinstance(sections, int) and even and number % sections:
        refuse(f"{number} entries are not split into {sections} equal parts", "Use np.array_split.")
    if isinstance(sections, int):
        lengths = [number // sections + (k < number % sections) for k in range(sections)]
        sections = np.cumsum(lengths)[:-1].tolist()
    ends = [0, *(int(k) % number if k < 0 else min(int(k), number) for k in sections), number]
    before: tuple[Any, ...] = (slice(None),) * axis
    return [item(x, (*before, slice(a, b))) for a, b in pairwise(ends)]


def unflattened(x: Value, axis: int, lengths: Sequence[Size | int]) -> Value:
    """One axis as several."""
    return reshaped(x, [*x.dims[:axis], *lengths, *x.dims[axis + 1 :]])


def diagonal_at(x: Value, k: int) -> Value:
    """``np.diag(x, k)``: the entries beside the diagonal, or a vector as the matrix that has them there."""
    if k == 0:
        return shape.diag(x)
    if x.rank == 2:
        return rearranged(x, lambda places: np.diag(places, k), "diag")
    return padded(shape.diag(x), [(max(-k, 0), max(k, 0)), (max(k, 0), max(-k, 0))])


def powers(x: Value, count: int | None, increasing: bool) -> Value:
    """``vander``: the powers of the entries as columns."""
    n = x.trace.sizes.pin(x.dims[0], "vander") if count is None else int(count)
    columns = [raised(x, x.trace.number(k)) for k in range(n)]
    return shape.stacked(columns if increasing else columns[::-1], 1)
