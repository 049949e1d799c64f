"""What reads NumPy's functions that move entries about, put arrays together and choose of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from closedform.tracing.dims import Dim
from closedform.tracing.numpy_array import HANDLERS, Array, lift, size_of
from closedform.tracing.numpy_functions import reads, simple
from closedform.tracing.ops import indexing, labels, repeat, shape
from closedform.tracing.place import refuse
from closedform.tracing.value import Trace, Value


@reads(np.transpose)
def _transpose(trace: Trace, a: Any, *axes: Any) -> Array:
    chosen = axes[0] if len(axes) == 1 and (axes[0] is None or isinstance(axes[0], tuple | list)) else axes or None
    return _view(trace, a, lambda x: shape.transposed(x, chosen))


def _view(trace: Trace, a: Any, build: Callable[[Value], Value]) -> Array:
    if isinstance(a, Array):
        a._fresh = False
    return Array(build(lift(trace, a)), fresh=False)


@reads(np.swapaxes)
def _swapaxes(trace: Trace, a: Any, i: int, j: int) -> Array:
    return _view(trace, a, lambda x: shape.exchanged(x, i % x.rank, j % x.rank))


@reads(np.reshape)
def _reshape(trace: Trace, a: Any, *new: Any, order: str = "C", shape: Any = None) -> Array:
    wanted = new[0] if len(new) == 1 and isinstance(new[0], tuple | list) else new if new else shape
    return _view(trace, a, lambda x: reshape_to(x, [size_of(trace, n) for n in wanted], order))


reshape_to = shape.reshaped


@reads(np.ravel)
def _ravel(trace: Trace, a: Any, order: str = "C") -> Array:
    return _view(trace, a, lambda x: shape.raveled(shape.transposed(x) if order == "F" else x))


@reads(np.squeeze)
def _squeeze(trace: Trace, a: Any, axis: Any = None) -> Array:
    return _view(trace, a, lambda x: shape.squeezed(x, axis))


@reads(np.expand_dims)
def _expand(trace: Trace, a: Any, axis: int) -> Array:
    return _view(trace, a, lambda x: shape.expanded(x, axis))


@reads(np.broadcast_to)
def _broadcast(trace: Trace, a: Any, new: Any) -> Array:
    dims = tuple(shape.sizes_of(trace.sizes, n) if isinstance(n, int) else n.size for n in new)
    return Array(shape.broadcast_to(lift(trace, a), dims))




@reads(np.diag)
def _diag(trace: Trace, v: Any, k: int = 0) -> Array:
    return Array(repeat.diagonal_at(lift(trace, v), k))


@reads(np.diagonal, np.linalg.diagonal)
def _diagonal(trace: Trace, a: Any, offset: int = 0) -> Array:
    x = lift(trace, a)
    return Array(shape.diagonal(x) if offset == 0 else repeat.diagonal_at(x, offset), fresh=False)


@reads(np.vander)
def _vander(trace: Trace, x: Any, N: Any = None, increasing: bool = False) -> Array:
    return Array(repeat.powers(lift(trace, x), N, increasing))


simple(np.atleast_1d, lambda x: _with_axes(x, 1), views=True)
simple(np.atleast_2d, lambda x: _with_axes(x, 2), views=True)
simple(np.matrix_transpose, shape.turned, views=True)


def _with_axes(x: Value, rank: int) -> Value:
    while x.rank < rank:
        x = shape.expanded(x, 0)
    return x


@reads(np.tril)
def _tril(trace: Trace, a: Any, k: int = 0) -> Array:
    return Array(shape.triangle(lift(trace, a), True, k))


@reads(np.triu)
def _triu(trace: Trace, a: Any, k: int = 0) -> Array:
    return Array(shape.triangle(lift(trace, a), False, k))


@reads(np.concatenate)
def _concatenate(trace: Trace, arrays: Any, axis: int = 0) -> Array:
    return Array(shape.joined([lift(trace, x) for x in arrays], axis))


@reads(np.stack)
def _stack(trace: Trace, arrays: Any, axis: int = 0) -> Array:
    return Array(shape.stacked([lift(trace, x) for x in arrays], axis))


@reads(np.vstack)
def _vstack(trace: Trace, arrays: Any) -> Array:
    parts = [lift(trace, x) for x in arrays]
    return Array(shape.joined([shape.expanded(p, 0) if p.rank == 1 else p for p in parts], 0))


@reads(np.hstack)
def _hstack(trace: Trace, arrays: Any) -> Array:
    parts = [lift(trace, x) for x in arrays]
    parts = [shape.expanded(p, 0) if p.rank == 0 else p for p in parts]
    return Array(shape.joined(parts, 0 if parts[0].rank == 1 else 1))


@reads(np.column_stack)
def _column_stack(trace: Trace, arrays: Any) -> Array:
    parts = [lift(trace, x) for x in arrays]
    return Array(shape.joined([shape.expanded(p, 1) if p.rank == 1 else p for p in parts], 1))


@reads(np.block)
def _block(trace: Trace, rows: Any) -> Array:
    if not all(isinstance(row, list) for row in rows):
        refuse("np.block is read with rows that are lists")
    return Array(shape.joined([shape.joined([lift(trace, x) for x in row], 1) for row in rows], 0))


@reads(np.roll)
def _roll(trace: Trace, a: Any, shift: Any, axis: Any = None) -> Array:
    x = lift(trace, a)
    if isinstance(shift, int) and (isinstance(axis, int) or (axis is None and x.rank == 1)):
        return Array(repeat.rolled(x, shift, 0 if axis is None else axis % x.rank))
    return Array(repeat.rearranged(x, lambda places: np.roll(places, shift, axis), "np.roll"))


@reads(np.append)
def _append(trace: Trace, a: Any, b: Any) -> Array:
    return Array(shape.joined([shape.raveled(lift(trace, x)) for x in (a, b)], 0))


@reads(np.take)
def _take(trace: Trace, a: Any, places: Any, axis: Any = None) -> Array:
    x = lift(trace, a)
    x, axis = (shape.raveled(x), 0) if axis is None else (x, axis % x.rank)
    return Array(indexing.item(x, (*[slice(None)] * axis, places)))


@reads(np.flip)
def _flip(trace: Trace, a: Any, axis: Any = None) -> Array:
    x = lift(trace, a)
    chosen = range(x.rank) if axis is None else [k % x.rank for k in ([axis] if isinstance(axis, int) else axis)]
    key = tuple(slice(None, None, -1) if k in chosen else slice(None) for k in range(x.rank))
    return Array(indexing.item(x, key))


HANDLERS[np.fliplr] = lambda trace, a: _flip(trace, a, 1)
HANDLERS[np.flipud] = lambda trace, a: _flip(trace, a, 0)


def _rearranged(function: Any) -> None:
    """What is done to the numbers of the entries tells where each comes from."""
    name = f"np.{function.__name__}"

    def handler(trace: Trace, a: Any, *args: Any, **options: Any) -> Array:
        return Array(repeat.rearranged(lift(trace, a), lambda places: function(places, *args, **options), name))

    HANDLERS[function] = handler


for _moving in (np.rot90, np.delete, np.resize):
    _rearranged(_moving)


@reads(np.compress)
def _compress(trace: Trace, condition: Any, a: Any, axis: Any = None) -> Array:
    return Array(repeat.rearranged(lift(trace, a), lambda places: np.compress(condition, places, axis), "np.compress"))


@reads(np.take_along_axis)
def _take_along(trace: Trace, a: Any, places: Any, axis: Any = -1) -> Array:
    x = lift(trace, a)
    x, at = (shape.raveled(x), 0) if axis is None else (x, axis % x.rank)
    if isinstance(places, Array):
        return Array(labels.picked_along(x, places._value, at))
    return Array(repeat.rearranged(x, lambda p: np.take_along_axis(p, places, at), "np.take_along_axis"))


@reads(np.repeat)
def _repeat(trace: Trace, a: Any, repeats: Any, axis: Any = None) -> Array:
    times = size_of(trace, repeats) if isinstance(repeats, int | np.integer | Dim) else repeats
    return Array(repeat.repeated(lift(trace, a), times, axis))


@reads(np.tile)
def _tile(trace: Trace, a: Any, reps: Any) -> Array:
    many = [reps] if isinstance(reps, int | np.integer | Dim) else list(reps)
    return Array(repeat.tiled(lift(trace, a), [size_of(trace, n) for n in many]))


@reads(np.moveaxis)
def _moveaxis(trace: Trace, a: Any, source: Any, destination: Any) -> Array:
    return _view(trace, a, lambda x: repeat.moved(x, source, destination))


@reads(np.pad)
def _pad(trace: Trace, a: Any, pad_width: Any, mode: str = "constant", *, constant_values: Any = 0) -> Array:
    x = lift(trace, a)
    if mode != "constant" or constant_values != 0:
        refuse("np.pad is read with zeros", "Write np.concatenate.")
    return Array(repeat.padded(x, [tuple(w) for w in np.broadcast_to(pad_width, (x.rank, 2)).tolist()]))


def _cut(function: Any, axis: int | None, even: bool) -> None:
    def handler(trace: Trace, a: Any, sections: Any, axis: int = axis or 0) -> list[Array]:
        x = lift(trace, a)
        at = 0 if x.rank == 1 else axis % x.rank
        if isinstance(a, Array):
            a._fresh = False
        return [Array(p, fresh=False) for p in repeat.parts(x, sections, at, even)]

    HANDLERS[function] = handler


for _cutting, _axis, _even in (
    (np.split, 0, True), (np.array_split, 0, False), (np.vsplit, 0, True), (np.hsplit, 1, True),
):  # fmt: skip
    _cut(_cutting, _axis, _even)
