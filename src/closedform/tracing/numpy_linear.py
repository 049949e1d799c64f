"""What reads NumPy's products of arrays and numpy.linalg."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from closedform.tracing.numpy_array import Array, lift
from closedform.tracing.numpy_functions import reads, simple
from closedform.tracing.ops import linear, products, reduce, repeat, shape
from closedform.tracing.place import refuse
from closedform.tracing.value import Trace

simple(np.dot, products.dot, 2)
simple(np.vdot, lambda a, b: products.matmul(shape.raveled(a), shape.raveled(b)), 2)
simple(np.inner, products.inner_product, 2)
simple(np.outer, lambda a, b: products.outer(shape.raveled(a), shape.raveled(b)), 2)
simple(np.linalg.outer, products.outer, 2)
simple(np.linalg.matmul, products.matmul, 2)
simple(np.linalg.vecdot, products.rowdot, 2)
simple(np.kron, products.kron, 2)
simple(np.cross, linear.cross_product, 2)
simple(np.linalg.cross, linear.cross_product, 2)


@reads(np.einsum)
def _einsum(trace: Trace, text: Any, *operands: Any, optimize: Any = False) -> Array:
    if not isinstance(text, str):
        refuse("einsum with lists of axes is not read", 'Write the labels as text: np.einsum("ij,j->i", A, x).')
    labels, out = products.subscripts(text, len(operands))
    return Array(products.einsum(labels, out, [lift(trace, x) for x in operands]))


@reads(np.tensordot, np.linalg.tensordot)
def _tensordot(trace: Trace, a: Any, b: Any, axes: Any = 2) -> Array:
    x, y = lift(trace, a), lift(trace, b)
    left, right = (range(x.rank - axes, x.rank), range(axes)) if isinstance(axes, int) else axes
    left, right = ([k] if isinstance(k, int) else list(k) for k in (left, right))
    both = [[k % v.rank for k in ks] for ks, v in ((left, x), (right, y))]
    return Array(products.tensordot(x, y, *both))


@reads(np.linalg.multi_dot)
def _multi_dot(trace: Trace, arrays: Sequence[Any]) -> Array:
    out = lift(trace, arrays[0])
    for other in arrays[1:]:
        out = products.matmul(out, lift(trace, other))
    return Array(out)


# linear algebra

simple(np.linalg.inv, lambda x: linear.of_square("inv", x))
simple(np.linalg.det, linear.det)
simple(np.linalg.solve, linear.solve, 2)
simple(np.linalg.eigvalsh, linear.eigvalsh)
simple(np.linalg.matrix_transpose, shape.turned, views=True)


@reads(np.linalg.pinv)
def _pinv(trace: Trace, a: Any) -> Array:
    return Array(linear.pinv(lift(trace, a)))


@reads(np.linalg.slogdet)
def _slogdet(trace: Trace, a: Any) -> Any:
    sign, log = linear.slogdet(lift(trace, a))
    return SlogdetResult(Array(sign), Array(log))


class SlogdetResult(tuple[Array, Array]):
    """``sign, logabsdet`` by place and by name."""

    def __new__(cls, sign: Array, logabsdet: Array) -> SlogdetResult:
        return super().__new__(cls, (sign, logabsdet))

    sign = property(lambda self: self[0])
    logabsdet = property(lambda self: self[1])


@reads(np.linalg.eigh)
def _eigh(trace: Trace, a: Any) -> tuple[Array, Array]:
    values, vectors = linear.eigh(lift(trace, a))
    return Array(values), Array(vectors)


@reads(np.linalg.cholesky)
def _cholesky(trace: Trace, a: Any, upper: bool = False) -> Array:
    return Array(linear.cholesky(lift(trace, a), upper))


@reads(np.linalg.lstsq)
def _lstsq(trace: Trace, a: Any, b: Any, rcond: Any = None) -> tuple[Any, ...]:
    return (Array(linear.least_squares(lift(trace, a), lift(trace, b))), None, None, None)


@reads(np.linalg.matrix_power)
def _matrix_power(trace: Trace, a: Any, n: int) -> Array:
    return Array(linear.matrix_power(lift(trace, a), n))


@reads(np.trace, np.linalg.trace)
def _trace(trace: Trace, a: Any, offset: int = 0) -> Array:
    x = lift(trace, a)
    return Array(products.trace_of(x) if offset == 0 else reduce.sum_of(repeat.diagonal_at(x, offset)))
