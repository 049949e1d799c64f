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
from closedform.tracing.ops.shape import expanded, joined, raveled, reshaped, squeezed
from closedform.tracing.place import refuse
from closedform.tracing.value import Value, shape_of

MOST_PARTS = 12
"""Runs of chosen rows that are put together one by one; more are chosen by a matrix."""


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
    return _taken(x, axis, np.arange(number)[::-1])


def _chosen(x: Value, keys: list[Any]) -> Value:
    """Lists of whole numbers or of truth values; several are read together, entry by entry."""
    keys = _without_truths(x, keys)
    fancy = [axis for axis, k in enumerate(keys) if isinstance(k, np.ndarray)]
    if any(k is None for k in keys):
        refuse("None beside a list in an index is not read", "Choose first, then add the axis.")
    if len(keys) == 2 and not any(isinstance(k, slice) for k in keys):
        return _at_pairs(x, *keys)
    if len(fancy) > 1 or any(_is_place(k) and not isinstance(k, np.ndarray) for k in keys):
        refuse("an index with several lists is read of matrices", "Choose along one axis at a time.")
    axis, places = fancy[0], keys[fancy[0]]
    out = x
    for other, k in enumerate(keys):
        if isinstance(k, slice):
            out, _ = _along(out, other, k)
    out = _taken(out, axis, np.ravel(places))
    if places.ndim == 1:
        return out
    return reshaped(out, [*out.dims[:axis], *map(size, places.shape), *out.dims[axis + 1 :]])


def _without_truths(x: Value, keys: list[Any]) -> list[Any]:
    """Truth values as the places where they are true; those of a whole matrix as rows and columns."""
    out: list[Any] = []
    for k in keys:
        places = np.asarray(k) if isinstance(k, list | np.ndarray) else None
        if places is None:
            out.append(k)
        elif places.dtype.kind == "b":
            for n, length in zip(x.dims[len(out) :], places.shape, strict=False):
                number = x.trace.sizes.pin(n, "choosing by truth values")
                if length != number:
                    refuse(f"{length} truth values for an axis of {number}", kind=ShapeError)
            out += np.nonzero(places)
        else:
            out.append(places)
        if places is not None and (places.dtype.kind not in "iub" or not places.size or not out[-1].size):
            refuse("an index that chooses nothing, or by other than whole numbers")
    return out[: x.rank] if len(keys) <= x.rank else out


def _at_pairs(x: Value, rows: Any, cols: Any) -> Value:
    """Entries of a matrix by their rows and columns."""
    for axis, k in enumerate((rows, cols)):
        number = x.trace.sizes.pin(x.dims[axis], "choosing entries")
        if np.any((np.asarray(k) >= number) | (np.asarray(k) < -number)):
            refuse(f"an index is out of bounds for an axis of {number}", kind=ShapeError)
    m, n = (x.trace.sizes.pin(d, "choosing entries") for d in x.dims)
    try:
        places = np.asarray(rows) % m * n + np.asarray(cols) % n
    except ValueError:
        refuse("two lists of different lengths in one index", "Use np.ix_ for all rows by all columns.", ShapeError)
    return selected(x, places)


def selected(x: Value, places: Any) -> Value:
    """Entries by their numbers in the array: whole rows and columns, one of each row, or any."""
    numbers = tuple(x.trace.sizes.pin(d, "choosing entries") for d in x.dims)
    places = np.asarray(places)
    if not places.size or places.ndim > 3 or not x.rank:
        refuse("no entry is chosen here, or an array of four axes is made")
    two = raveled(x) if x.is_one else stacks.flat(x) if x.rank == 3 else x
    if two.rank == 1:
        return _shaped(_taken(two, 0, places.ravel()), places.shape)
    rows, cols = places // numbers[-1], places % numbers[-1]
    if places.ndim == 0:
        return item(two, (int(rows), int(cols)))
    if places.ndim > 1 and (rows == rows[..., :1]).all() and (cols == cols.reshape(-1, cols.shape[-1])[0]).all():
        first = cols.reshape(-1, cols.shape[-1])[0]
        return _shaped(_taken(_taken(two, 0, rows[..., 0].ravel()), 1, first), places.shape)
    return _shaped(_entries(two, rows.ravel(), cols.ravel()), places.shape)


def _shaped(x: Value, shape: tuple[int, ...]) -> Value:
    if len(shape) == x.rank:
        return x
    return reshaped(x, [ONE if k == 1 else size(k) for k in shape])


def _entries(x: Value, rows: Any, cols: Any) -> Value:
    """Entries of a matrix by row and column."""
    if len(set(rows.tolist())) == 1:
        return squeezed(_taken(_along(x, 0, int(rows[0]))[0], 1, cols), 0)
    if len(set(cols.tolist())) == 1:
        return squeezed(_taken(_along(x, 1, int(cols[0]))[0], 0, rows), 1)
    return one_of_each_row(_taken(x, 0, rows), cols)


def one_of_each_row(x: Value, cols: Any) -> Value:
    """Of each row the entry that stands at a given place, by a matrix of zeros and ones."""
    number = x.trace.sizes.pin(x.dims[1], "choosing by a list")
    x.trace.sizes.fix(x.dims[0])
    x.trace.sizes.fix(x.dims[1])
    hot = x.trace.named("picked", 1.0 * (np.asarray(cols)[:, None] == np.arange(number)))
    for mine, other in zip(x.dims, hot.dims, strict=True):
        x.trace.sizes.same(mine, other, "choosing by a list")
    return x.trace.value(rowsum(had(hot.node, x.node)), x.dims[:1])


def _taken(x: Value, axis: int, places: Any) -> Value:
    """Rows or columns by number: runs of neighbours as slices, many single ones by a matrix of zeros and ones."""
    n = x.dims[axis]
    number = x.trace.sizes.pin(n, "choosing by a list")
    if np.any((places >= number) | (places < -number)):
        refuse(f"an index is out of bounds for an axis of {number}", kind=ShapeError)
    x.trace.sizes.fix(n)
    places = np.asarray(places) % number
    runs = np.split(places, np.flatnonzero(np.diff(places) != 1) + 1)
    repeated = len(runs) > 2 and len(set(places.tolist())) < len(places)
    if (len(runs) > MOST_PARTS or repeated) and x.rank < 3:
        return _by_matrix(x, axis, places, number)
    parts = [_along(x, axis, int(k[0]) if len(k) == 1 else slice(int(k[0]), int(k[-1]) + 1))[0] for k in runs]
    return joined(parts, axis)


def _by_matrix(x: Value, axis: int, places: Any, number: int) -> Value:
    hot = x.trace.named("chosen", 1.0 * (places[:, None] == np.arange(number)))
    x.trace.sizes.same(hot.dims[1], x.dims[axis], "choosing by a list")
    node = mul(hot.node, x.node) if axis == 0 else mul(x.node, transpose(hot.node))
    return x.trace.value(node, (*x.dims[:axis], hot.dims[0], *x.dims[axis + 1 :]), x.kind)
