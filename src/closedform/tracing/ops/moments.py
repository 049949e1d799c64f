"""Covariances and correlations, and the trapezoid rule."""

from __future__ import annotations

from closedform.errors import ShapeError
from closedform.functions.algebra import diagv, num, size_number, sub
from closedform.tracing.ops import basic, indexing, products, reduce, shape
from closedform.tracing.place import refuse
from closedform.tracing.value import Value


def covariance(x: Value, rowvar: bool, ddof: int) -> Value:
    """Of the rows of a matrix (of its columns, without ``rowvar``), or the variance of a vector."""
    if x.rank == 1:
        return reduce.var_of(x, ddof=ddof)
    if x.rank != 2:
        refuse("a covariance is of a vector or a matrix", kind=ShapeError)
    X = x if rowvar else shape.transposed(x)
    centred = basic.minus(X, reduce.mean_of(X, 1, True))
    count = sub(size_number(X.dims[1]), num(ddof)) if ddof else size_number(X.dims[1])
    return basic.divide(products.matmul(centred, shape.transposed(centred)), x.trace.value(count, ()))


def correlation(x: Value, rowvar: bool) -> Value:
    S = covariance(x, rowvar, 0)
    if S.rank < 2:
        refuse("a correlation is of the rows of a matrix", kind=ShapeError)
    spread = basic.unary("sqrt", x.trace.value(diagv(S.node), S.dims[:1]))
    return basic.divide(S, products.outer(spread, spread))


def trapezoid(y: Value, x: Value | None, dx: Value, axis: int) -> Value:
    """The sum of the areas under straight lines."""
    before, after = (indexing.item(y, (*(slice(None),) * axis, s)) for s in (slice(None, -1), slice(1, None)))
    if x is not None:
        if x.rank != 1:
            refuse("np.trapezoid is read with a vector of places", kind=ShapeError)
        dx = basic.minus(indexing.item(x, slice(1, None)), indexing.item(x, slice(None, -1)))
        if y.rank == 2 and axis == 0:
            dx = shape.expanded(dx, 1)
    area = basic.times(dx, basic.plus(before, after))
    return basic.divide(reduce.sum_of(area, reduce.axis_of(area, axis)), y.trace.number(2))


def differences(x: Value, times: int, axis: int) -> Value:
    """Of neighbours along an axis, again and again."""
    for _ in range(times):
        ends = [[slice(None)] * x.rank, [slice(None)] * x.rank]
        ends[0][axis], ends[1][axis] = slice(1, None), slice(None, -1)
        x = basic.minus(*(indexing.item(x, tuple(e)) for e in ends))
    return x
