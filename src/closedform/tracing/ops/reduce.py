"""Sums, means, norms and the like, over all entries or along an axis."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import reduce as fold
from math import inf
from typing import Any

from closedform.errors import ShapeError
from closedform.expr.node import Node
from closedform.expr.size import ONE, Size
from closedform.functions.algebra import num, power, scale, size_number, sub, transpose
from closedform.functions.norms import norm1, norm2, norm_inf, norm_nuc, norm_op, normF
from closedform.functions.piecewise import absolute, argmax, argmin, maxentry, minentry
from closedform.functions.rearrange import vec
from closedform.functions.vectors import (
    colsum,
    cumsum,
    logsumexp,
    logsumexp_rows,
    mean,
    prod,
    rowsum,
    softmax,
    softmax_rows,
    total,
)
from closedform.tracing.ops import stacks
from closedform.tracing.ops.basic import minus, times, unary
from closedform.tracing.ops.whole import ROOMY, as_floats, kept
from closedform.tracing.place import refuse
from closedform.tracing.value import Dims, Value

Axis = int | None
Axes = int | tuple[int, ...] | None
HALF = Fraction(1, 2)


def axis_of(x: Value, axis: Any) -> Any:
    """The one axis that is reduced, two of a stack; None for all of them."""
    if axis is None:
        return None
    many = [axis] if not isinstance(axis, tuple | list) else list(axis)
    whole = sorted({int(k) + x.rank if int(k) < 0 else int(k) for k in many})
    if any(not 0 <= k < max(x.rank, 1) for k in whole):
        refuse(f"axis {axis} of an array of {x.rank} axes", kind=ShapeError)
    if len(whole) == x.rank or x.rank == 0:
        return None
    if len(whole) == 2 and x.rank == 3:
        return tuple(whole)
    if len(whole) != 1:
        refuse(f"axes {axis} of an array of {x.rank} axes are not read")
    return whole[0]


def reduced(
    x: Value, axis: Axis, keepdims: bool, all_of: Callable[[Node], Node], rows: Callable[[Node], Node]
) -> Value:
    """``all_of`` of every entry, or ``rows`` of each row (of each column of the transpose) as a column."""
    if axis is None:
        return x.trace.value(all_of(x.node), (ONE,) * x.rank if keepdims else ())
    node = rows(x.node if axis == 1 else transpose(x.node))
    return placed(x, node, axis, keepdims)


def placed(x: Value, column: Node, axis: int, keepdims: bool) -> Value:
    """A column with an entry for each row (axis 1) or column (axis 0), as the reduced array."""
    rest: Size = x.dims[1 - axis]
    if not keepdims:
        return x.trace.value(column, (rest,))
    dims: Dims = (rest, ONE) if axis == 1 else (ONE, rest)
    return x.trace.value(column if axis == 1 else transpose(column), dims)


def last_axis(x: Value) -> Axis:
    """The axis of the entries of a row."""
    return x.rank - 1 if x.rank > 1 else None


def by_rows(x: Value, axis: Axes, keepdims: bool, build: Callable[[Value, Axis, bool], Value], what: str) -> Value:
    """A stack reduced along one axis, by what reduces the rows of a matrix."""
    if axis is None:
        out = build(stacks.flat(x), None, False)
        return x.trace.value(out.node, (ONE,) * 3) if keepdims else out
    if isinstance(axis, tuple):
        refuse(f"{what} along two axes of a stack is not read")
    back = {0: (2, 0, 1), 1: (0, 2, 1), 2: (0, 1, 2)}[axis]
    turned = stacks.permuted(x, {0: (1, 2, 0), 1: (0, 2, 1), 2: (0, 1, 2)}[axis])
    out = stacks.restacked(build(stacks.flat(turned), 1, True), (*turned.dims[:2], ONE))
    if axis == 2 and not keepdims:
        return stacks.squeezed_one(out, 2)
    out = stacks.permuted(out, back)
    return out if keepdims else stacks.squeezed_one(out, axis)


def count(x: Value, axis: Axes) -> Size:
    """How many entries are reduced."""
    chosen = range(x.rank) if axis is None else axis if isinstance(axis, tuple) else (axis,)
    return fold(lambda a, b: a * b, (x.dims[k] for k in chosen), ONE)


def sum_of(x: Value, axis: Axes = None, keepdims: bool = False) -> Value:
    if x.rank == 3 and axis == (0, 1):
        return stacks.summed_rows(x, keepdims)
    if x.rank == 3 and axis is not None:
        for k in sorted(axis, reverse=True) if isinstance(axis, tuple) else (axis,):
            x = stacks.summed(x, k, keepdims) if x.rank == 3 else sum_of(x, k, keepdims)
        return x
    assert not isinstance(axis, tuple)
    if axis == 0:
        return placed(x, colsum(x.node), 0, keepdims)
    return reduced(x, axis, keepdims, _total, rowsum)


def _total(x: Node) -> Node:
    return x if x.is_scalar else total(x)


def mean_of(x: Value, axis: Axes = None, keepdims: bool = False) -> Value:
    if axis is None:
        return reduced(x, axis, keepdims, lambda v: v if v.is_scalar else mean(v), rowsum)
    return _over(sum_of(x, axis, keepdims), size_number(count(x, axis)))


def _over(x: Value, n: Node) -> Value:
    return times(x.trace.value(power(n, -1), ()), x)


def var_of(x: Value, axis: Axes = None, keepdims: bool = False, ddof: int = 0) -> Value:
    """The mean of squares about the mean; ``ddof`` is taken off the number of entries."""
    centred = minus(x, mean_of(x, axis, True))
    n = size_number(count(x, axis))
    squares = sum_of(unary("square", centred), axis, keepdims)
    return _over(squares, sub(n, num(ddof)) if ddof else n)


def std_of(x: Value, axis: Axes = None, keepdims: bool = False, ddof: int = 0) -> Value:
    return unary("sqrt", var_of(x, axis, keepdims, ddof))


def prod_of(x: Value, axis: Axes = None, keepdims: bool = False) -> Value:
    if x.rank == 3:
        return by_rows(x, axis, keepdims, prod_of, "a product")
    assert not isinstance(axis, tuple)
    if axis is not None and x.rank == 2:
        refuse("a product along an axis of a matrix has no closed form here")
    out = reduced(x, None, keepdims, lambda v: v if v.is_scalar else prod(as_vector(v)), rowsum)
    out.kind = ROOMY if x.whole else "f"
    return kept(out)


def as_vector(x: Node) -> Node:
    return x if x.is_column else transpose(x) if x.rows is ONE else vec(x)


def extreme(x: Value, axis: Axis, keepdims: bool, largest: bool) -> Value:
    """The largest or smallest entry. Along an axis of a matrix: a symbol that must turn out not to matter.

    So it is where scores are shifted by their largest before ``exp``; ``finish`` shows it, or refuses.
    """
    of = maxentry if largest else minentry
    if x.rank == 3:
        return by_rows(x, axis, keepdims, lambda v, k, keep: extreme(v, k, keep, largest), "the largest entry")
    if x.is_one:
        return x.trace.value(x.node, (ONE,) * x.rank if keepdims else ())
    if axis is None and not largest:
        return reduced(x, axis, keepdims, lambda v: of(as_vector(v)), rowsum)
    dims = (x.dims[1 - axis],) if axis is not None else ()
    top = x.trace.symbol(x.trace.names.of("top" if largest else "bottom"), dims)
    x.trace.tops[top.node] = x if axis is None else x.trace.value(x.node, x.dims, "rows")
    if axis is None:
        return x.trace.value(top.node, (ONE,) * x.rank if keepdims else ())
    return placed(x, top.node, axis, keepdims)


def place_of_extreme(x: Value, largest: bool) -> Value:
    """One at the place of the largest entry, zero elsewhere: what an argmax becomes as an index."""
    return x.trace.value((argmax if largest else argmin)(x.node), x.dims)


def logsumexp_of(x: Value, axis: Axes = None, keepdims: bool = False) -> Value:
    if x.rank == 3:
        return by_rows(x, axis, keepdims, logsumexp_of, "logsumexp")
    assert not isinstance(axis, tuple)
    return reduced(x, axis, keepdims, lambda v: v if v.is_scalar else logsumexp(as_vector(v)), logsumexp_rows)


def softmax_of(x: Value, axis: Axis) -> Value:
    if x.rank == 1:
        return x.trace.value(softmax(x.node), x.dims)
    if x.rank == 3 and axis is not None:
        order = {0: (1, 2, 0), 1: (0, 2, 1), 2: (0, 1, 2)}[axis]
        turned = stacks.permuted(x, order)
        done = stacks.restacked(softmax_of(stacks.flat(turned), 1), turned.dims)
        return stacks.permuted(done, {0: (2, 0, 1), 1: (0, 2, 1), 2: (0, 1, 2)}[axis])
    if x.rank != 2 or axis is None:
        refuse("softmax here is of a vector, or of a matrix along an axis", kind=ShapeError)
    if axis == 1:
        return x.trace.value(softmax_rows(x.node), x.dims)
    return x.trace.value(transpose(softmax_rows(transpose(x.node))), x.dims)


def log_softmax_of(x: Value, axis: Axis) -> Value:
    return minus(x, logsumexp_of(x, None if x.rank == 1 else axis, True))


def cumsum_of(x: Value, axis: Axis) -> Value:
    if x.rank != 1:
        refuse("cumsum here is of a vector")
    return x.trace.value(cumsum(x.node), x.dims)


def norm_of(x: Value, order: object, axis: Axes, keepdims: bool, *, entries: bool = False) -> Value:
    """Norms of vectors and matrices; ``entries``: of the entries, whatever the number of axes."""
    x = as_floats(x)
    if x.rank == 3 and axis is None:
        if order is not None and not (entries and order == 2):
            refuse(f"a norm of order {order!r} of a stack is not read")
        return by_rows(x, None, keepdims, lambda v, k, keep: norm_of(v, None, None, keep, entries=True), "a norm")
    if isinstance(axis, tuple):
        if order not in (None, "fro"):
            refuse(f"norms of order {order!r} of the matrices of a stack are not read")
        return unary("sqrt", sum_of(unary("square", x), axis, keepdims))
    if x.rank == 3 and axis is not None:
        return _norm_rows(x, order, axis, keepdims)
    if axis is not None and x.rank == 2:
        return _norm_rows(x, order, axis, keepdims)
    if x.rank == 2 and not entries:
        return reduced(x, None, keepdims, lambda v: _matrix_norm(v, order), rowsum)
    return reduced(x, None, keepdims, lambda v: _vector_norm(v, order), rowsum)


def _vector_norm(x: Node, order: object) -> Node:
    if order in (None, 2, "fro"):
        return absolute(x) if x.is_scalar else norm2(x) if x.is_column else normF(x)
    x = as_vector(x)
    if order == 1:
        return norm1(x)
    if order == inf:
        return norm_inf(x)
    if isinstance(order, int | float) and order > 0:
        p = Fraction(order).limit_denominator(1000)
        return power(total(power(absolute(x), num(p))), num(1 / p))
    refuse(f"a norm of order {order!r} is not read")


def _matrix_norm(X: Node, order: object) -> Node:
    known: dict[object, Callable[[Node], Node]] = {
        None: normF, "fro": normF, 2: norm_op, "nuc": norm_nuc,
        1: lambda A: maxentry(colsum(absolute(A))), inf: lambda A: maxentry(rowsum(absolute(A))),
    }  # fmt: skip
    if order not in known:
        refuse(f"a matrix norm of order {order!r} is not read")
    return known[order](X)


def _norm_rows(x: Value, order: object, axis: int, keepdims: bool) -> Value:
    if order in (None, 2):
        return unary("sqrt", sum_of(unary("square", x), axis, keepdims))
    if order == 1:
        return sum_of(unary("abs", x), axis, keepdims)
    if isinstance(order, int | float) and 0 < order < inf:
        p = Fraction(order).limit_denominator(1000)
        powers = to_power(unary("abs", x), p)
        return to_power(sum_of(powers, axis, keepdims), 1 / p)
    refuse(f"norms of order {order!r} along an axis are not read")


def to_power(x: Value, p: Fraction) -> Value:
    """Every entry to a power."""
    return x.trace.value(power(x.node, num(p)), x.dims)


def average(x: Value, axis: Any, weights: Value | None) -> Value:
    """The mean, or that with weights: sum(w x)/sum(w)."""
    if weights is None:
        return mean_of(x, axis)
    if weights.rank == 1 and x.rank == 2 and axis == 0:
        weights = weights.trace.value(weights.node, (weights.dims[0], ONE))
    total_weight = sum_of(weights)
    return times(sum_of(times(x, weights), axis), total_weight.trace.value(power(total_weight.node, -1), ()))


def mean_of_many(parts: Sequence[Value]) -> Value:
    """Used where a list is averaged."""
    first = parts[0]
    return first.trace.value(scale(num(Fraction(1, len(parts))), first.node), first.dims)

