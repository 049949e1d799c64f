"""Entries chosen: whole numbers, slices, lists of whole numbers and of truth values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from closedform.errors import ShapeError
from closedform.expr.node import Node
from closedform.expr.size import ONE, Size, size
from closedform.functions import rearrange as r
from closedform.functions.algebra import had, mul, num, size_number, transpose, unit
from closedform.functions.vectors import rowsum
from closedform.tracing.ops import stacks
from closedform.tracing.ops.shape import expanded, joined, squeezed
from closedform.tracing.place import refuse
from closedform.tracing.value import Value, shape_of


def item(x: Value, key: Any) -> Value:
    """``x[key]`` for whole numbers, slices of step one, None and ``...``."""
    keys = list(key) if isinstance(key, tuple) else [key]
    spent = sum(1 for k in keys if k is not None and k is not Ellipsis)
    if spent > x.rank:
        refuse(f"{spent} indices for an array of {x.rank} axes", kind=ShapeError)
    full: list[Any] = [slice(None)] * (x.rank - spent)
    places = [n for n, k in enumerate(keys) if k is Ellipsis]
    keys = [*keys[: places[0]], *full, *keys[places[0] + 1 :]] if places else [*keys, *full]
    fancy = [k for k in keys if isinstance(k, list | np.ndarray)]
    if fancy:
        return _chosen(x, keys)
    out, axis = x, 0
    dropped: list[int] = []
    real = [k for k in keys if k is not None]
    for axis, k in enumerate(real):
        out, gone = _along(out, axis, k)
        dropped += [axis] if gone else []
    out = _without(out, dropped)
    for at, k in enumerate(k for k in keys if not _is_place(k)):
        if k is None:
            out = expanded(out, at)
    return out


def _is_place(k: Any) -> bool:
    return k is not None and not isinstance(k, slice)


def _along(x: Value, axis: int, k: Any) -> tuple[Value, bool]:
    """Along one axis, all axes kept; whether the axis goes."""
    n = x.dims[axis]
    if isinstance(k, slice):
        return _slice(x, axis, k, n), False
    at = _place(x, k, n)
    if n is ONE:
        return x, True
    if x.rank == 3:
        return stacks.picked(x, axis, at), True
    e = unit(at, n)
    node = mul(transpose(e), x.node) if axis == 0 else mul(x.node, e)
    return x.trace.value(node, (*x.dims[:axis], ONE, *x.dims[axis + 1 :]), x.kind), True


def _without(x: Value, axes: Sequence[int]) -> Value:
    return squeezed(x, tuple(axes)) if axes else x


def _place(x: Value, k: Any, n: Size) -> Node:
    """The index from one."""
    if hasattr(k, "size") and isinstance(k.size, Size):
        return size_number(k.size + ONE)
    if isinstance(k, bool | np.bool_) or not isinstance(k, int | np.integer):
        refuse(f"an index of {type(k).__name__} is not read", "Whole numbers and slices are.")
    number = x.trace.sizes.number(n)
    if number is not None and not -number <= k < number:
        refuse(f"index {k} is out of bounds for an axis of {number}", kind=ShapeError)
    return num(int(k) + 1) if k >= 0 else size_number(n + size(int(k) + 1))


def _slice(x: Value, axis: int, k: slice, n: Size) -> Value:
    if k == slice(None) or (k.start in (None, 0) and k.stop is None and k.step in (None, 1)):
        return x
    if k.step not in (None, 1):
        if k.step == -1 and k.start is None and k.stop is None:
            return _reversed(x, axis, n)
        number = x.trace.sizes.pin(n, "a slice with a step")
        places = np.arange(number)[k]
        if not places.size:
            refuse("an empty slice", kind=ShapeError)
        return _taken(x, axis, places)
    low, high = _bound(x, k.start, n, size(0)), _bound(x, k.stop, n, n)
    length = high - low
    if length.number is not None and length.number < 1:
        refuse("an empty slice", kind=ShapeError)
    if x.rank == 3:
        return stacks.part(x, axis, low, length)
    dims = (*x.dims[:axis], length, *x.dims[axis + 1 :])
    at = (low + ONE, ONE) if axis == 0 else (ONE, low + ONE)
    return x.trace.value(r.sub(x.node, *at, *shape_of(dims)), dims, x.kind)


def cut(x: Value, axis: int, low: Size | int, high: Size | int | None) -> Value:
    """The part from one place up to another along an axis; counted from 0."""
    n = x.dims[axis]
    begin = low if isinstance(low, Size) else size(low)
    end = n if high is None else high if isinstance(high, Size) else size(high)
    length = end - begin
    number = x.trace.sizes.number(length)
    if x.rank == 3:
        one = number == 1
        return stacks.picked(x, axis, size_number(begin + ONE)) if one else stacks.part(x, axis, begin, length)
    if number == 1 and length.number is None:
        e = unit(size_number(begin + ONE), n)
        node = mul(transpose(e), x.node) if axis == 0 else mul(x.node, e)
        return x.trace.value(node, (*x.dims[:axis], ONE, *x.dims[axis + 1 :]), x.kind)
    if length is ONE:
        return _along(x, axis, begin.number if begin.number is not None else -1)[0]
    dims = (*x.dims[:axis], length, *x.dims[axis + 1 :])
    at = (begin + ONE, ONE) if axis == 0 else (ONE, begin + ONE)
    return x.trace.value(r.sub(x.node, *at, *shape_of(dims)), dims, x.kind)


def _bound(x: Value, k: Any, n: Size, default: Size) -> Size:
    if k is None:
        return default
    if hasattr(k, "size") and isinstance(k.size, Size):
        return x.trace.sizes.now(k.size)
    number = x.trace.sizes.number(n)
    if number is not None and k > number:
        return n
    return size(int(k)) if k >= 0 else n + size(int(k))


def _reversed(x: Value, axis: int, n: Size) -> Value:
    number = x.trace.sizes.pin(n, "reversing an axis")
    x.trace.sizes.fix(n)
    return _taken(x, axis, np.arange(number)[::-1])


def _chosen(x: Value, keys: list[Any]) -> Value:
    """A list of whole numbers or of truth values along one axis."""
    fancy = [(axis, k) for axis, k in enumerate(keys) if isinstance(k, list | np.ndarray)]
    count = x.trace.sizes.number(x.dims[0])
    if len(fancy) == 2 == x.rank == len(keys) and count and np.array_equal(fancy[0][1], np.arange(count)):
        return one_of_each_row(x, np.asarray(fancy[1][1]))
    if len(fancy) > 1 or any(k is None or (_is_place(k) and not isinstance(k, list | np.ndarray)) for k in keys):
        refuse("an index with several lists is not read", "Choose along one axis at a time.")
    axis, places = fancy[0][0], np.asarray(fancy[0][1])
    out = x
    for other, k in enumerate(keys):
        if isinstance(k, slice):
            out, _ = _along(out, other, k)
    if places.dtype.kind == "b":
        number = x.trace.sizes.pin(x.dims[axis], "choosing by truth values")
        if len(places) != number:
            refuse(f"{len(places)} truth values for an axis of {number}", kind=ShapeError)
        places = np.flatnonzero(places)
    if places.ndim != 1 or places.dtype.kind not in "iu" or not places.size:
        refuse("an index of several axes is not read")
    return _taken(out, axis, places)


def selected(x: Value, places: Any) -> Value:
    """Entries by their numbers in the array: of a vector, whole rows and columns, or one of each row."""
    numbers = tuple(x.trace.sizes.pin(d, "choosing entries") for d in x.dims)
    if x.rank == 1 and places.ndim == 1 and places.size:
        return _taken(x, 0, places)
    if not places.size or places.ndim > 2 or x.rank > 2 or not x.rank:
        refuse("entries chosen of an array of three axes, or none, are not read")
    rows, cols = (places // numbers[-1], places % numbers[-1]) if x.rank == 2 else (places * 0, places)
    if places.ndim < 2 and x.rank == 2:
        if places.ndim == 1 and np.array_equal(rows, np.arange(numbers[0])):
            return one_of_each_row(x, cols)
        flat = (rows,) * 2 if places.ndim == 0 else (rows, cols)
        if places.ndim == 0 or len(set(rows.tolist())) == 1:
            row = _along(x, 0, int(np.ravel(flat[0])[0]))[0]
            return _reshaped_entries(_taken(row, 1, np.ravel(cols)), places.ndim)
        refuse("entries chosen one by one are read one of each row")
    if places.shape[1:] == (1,) and x.rank == 2 and np.array_equal(rows[:, 0], np.arange(numbers[0])):
        return expanded(one_of_each_row(x, cols[:, 0]), 1)
    if places.ndim == 2 and x.rank == 2 and (rows == rows[:, :1]).all() and (cols == cols[:1]).all():
        return _taken(_taken(x, 0, rows[:, 0]), 1, cols[0])
    if x.rank == 1 and places.ndim == 0:
        return squeezed(_taken(x, 0, np.ravel(places)))
    refuse("entries are chosen here that are no whole rows and columns")


def _reshaped_entries(row: Value, rank: int) -> Value:
    return row.trace.value(transpose(row.node) if rank else row.node, row.dims[1:] if rank else (), row.kind)


def one_of_each_row(x: Value, cols: Any) -> Value:
    """Of each row the entry that stands at a given place, by a matrix of zeros and ones."""
    number = x.trace.sizes.pin(x.dims[1], "choosing by a list")
    x.trace.sizes.fix(x.dims[0])
    x.trace.sizes.fix(x.dims[1])
    if np.any((cols >= number) | (cols < -number)):
        refuse(f"an index is out of bounds for an axis of {number}", kind=ShapeError)
    hot = x.trace.constant(1.0 * (np.asarray(cols)[:, None] % number == np.arange(number)))
    for mine, other in zip(x.dims, hot.dims, strict=True):
        x.trace.sizes.same(mine, other, "choosing by a list")
    return x.trace.value(rowsum(had(hot.node, x.node)), x.dims[:1])


def _taken(x: Value, axis: int, places: Any) -> Value:
    """Rows or columns by number: the units of them as the rows of a matrix."""
    n = x.dims[axis]
    number = x.trace.sizes.pin(n, "choosing by a list")
    if np.any((places >= number) | (places < -number)):
        refuse(f"an index is out of bounds for an axis of {number}", kind=ShapeError)
    x.trace.sizes.fix(n)
    parts = [_along(x, axis, int(k) % number)[0] for k in places]
    return joined(parts, axis)

