"""What reads the functions and ufuncs of NumPy, and the ufuncs of scipy.special."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from closedform.errors import ReadError
from closedform.functions.algebra import ones, zeros
from closedform.tracing import branches
from closedform.tracing.numbers import plain_number
from closedform.tracing.numpy_array import HANDLERS, Array, lift, size_of
from closedform.tracing.ops import basic, linear, products, reduce, shape
from closedform.tracing.place import refuse
from closedform.tracing.value import Trace, Value, shape_of

Handler = Callable[..., Any]


def reads(*functions: Any) -> Callable[[Handler], Handler]:
    def keep(handler: Handler) -> Handler:
        for function in functions:
            HANDLERS[function] = handler
        return handler

    return keep


def _simple(function: Any, build: Callable[..., Value], count: int = 1, views: bool = False) -> None:
    def handler(trace: Trace, *args: Any) -> Array:
        if len(args) != count:
            refuse(f"{len(args)} arguments, not {count}, for np.{function.__name__}", kind=ReadError)
        return Array(build(*(lift(trace, a) for a in args)), fresh=not views)

    HANDLERS[function] = handler


# ufuncs

UFUNCS = {
    "exp": "exp", "log": "log", "sqrt": "sqrt", "sin": "sin", "cos": "cos", "tan": "tan", "arcsin": "arcsin",
    "arccos": "arccos", "arctan": "arctan", "sinh": "sinh", "cosh": "cosh", "tanh": "tanh", "absolute": "abs",
    "fabs": "abs", "sign": "sign", "square": "square", "reciprocal": "reciprocal", "log1p": "log1p", "expm1": "expm1",
    "log2": "log2", "log10": "log10", "exp2": "exp2", "positive": "positive", "deg2rad": "deg2rad",
    "radians": "deg2rad", "rad2deg": "rad2deg", "degrees": "rad2deg", "arcsinh": "arcsinh", "arctanh": "arctanh",
    "conjugate": "positive", "expit": "sigmoid", "erf": "erf", "erfc": "erfc", "gammaln": "gammaln", "gamma": "gamma",
    "psi": "digamma", "ndtr": "ndtr", "log_ndtr": "log_ndtr", "logit": "logit", "log_expit": "logsigmoid",
    "entr": "entr", "softplus": "softplus",
}  # fmt: skip
TWO = ("add", "subtract", "multiply", "divide", "power", "maximum", "minimum", "logaddexp", "hypot", "xlogy")
SAME = {"float_power": "power", "fmax": "maximum", "fmin": "minimum"}


def _ufunc_one(name: str) -> Handler:
    return lambda trace, x: Array(basic.unary(name, lift(trace, x)))


def _ufunc_two(build: Callable[[Value, Value], Value]) -> Handler:
    return lambda trace, a, b: Array(build(lift(trace, a), lift(trace, b)))


for _ufunc, _mine in UFUNCS.items():
    HANDLERS[(_ufunc, "__call__")] = _ufunc_one(_mine)
for _ufunc in (*TWO, *SAME):
    HANDLERS[(_ufunc, "__call__")] = _ufunc_two(basic.BINARY[SAME.get(_ufunc, _ufunc)])
for _ufunc, _build in (
    ("matmul", products.matmul), ("vecdot", products.matmul), ("logical_and", branches.both),
    ("logical_or", branches.either), ("bitwise_and", branches.both), ("bitwise_or", branches.either),
):  # fmt: skip
    HANDLERS[(_ufunc, "__call__")] = _ufunc_two(_build)
for _ufunc in branches.COMPARE:
    HANDLERS[(_ufunc, "__call__")] = _ufunc_two(lambda a, b, name=_ufunc: branches.compare(name, a, b))  # type: ignore[misc]
for _ufunc in ("logical_not", "invert"):
    HANDLERS[(_ufunc, "__call__")] = lambda trace, x: Array(branches.negated(lift(trace, x)))
HANDLERS[("negative", "__call__")] = lambda trace, x: Array(basic.negative(lift(trace, x)))
HANDLERS[("heaviside", "__call__")] = lambda trace, x, h: Array(_heaviside(lift(trace, x), lift(trace, h)))


def _heaviside(x: Value, at_zero: Value) -> Value:
    if plain_number(at_zero.node) != 0:
        refuse("heaviside is read with the value 0 at 0")
    return basic.unary("step", x)


# reductions


def _reduction(build: Callable[..., Value]) -> Handler:
    def handler(trace: Trace, a: Any, axis: Any = None, dtype: Any = None, keepdims: bool = False) -> Array:
        x = lift(trace, a)
        return Array(build(x, reduce.axis_of(x, axis), keepdims))

    return handler


def _ufunc_reduce(build: Callable[..., Value]) -> Handler:
    def handler(trace: Trace, a: Any, axis: Any = 0, dtype: Any = None, keepdims: bool = False) -> Array:
        x = lift(trace, a)
        return Array(build(x, reduce.axis_of(x, axis), keepdims))

    return handler


def _largest(x: Value, axis: Any, keepdims: bool) -> Value:
    return reduce.extreme(x, axis, keepdims, True)


def _smallest(x: Value, axis: Any, keepdims: bool) -> Value:
    return reduce.extreme(x, axis, keepdims, False)


for _functions, _reduce in (
    ((np.sum,), reduce.sum_of), ((np.mean,), reduce.mean_of), ((np.prod,), reduce.prod_of),
    ((np.max, np.amax), _largest), ((np.min, np.amin), _smallest),
):  # fmt: skip
    for _function in _functions:
        HANDLERS[_function] = _reduction(_reduce)
for _ufunc, _reduce in (
    ("add", reduce.sum_of), ("multiply", reduce.prod_of), ("maximum", _largest), ("minimum", _smallest),
):  # fmt: skip
    HANDLERS[(_ufunc, "reduce")] = _ufunc_reduce(_reduce)


@reads(np.var)
def _var(trace: Trace, a: Any, axis: Any = None, ddof: int = 0, keepdims: bool = False) -> Array:
    x = lift(trace, a)
    return Array(reduce.var_of(x, reduce.axis_of(x, axis), keepdims, ddof))


@reads(np.std)
def _std(trace: Trace, a: Any, axis: Any = None, ddof: int = 0, keepdims: bool = False) -> Array:
    x = lift(trace, a)
    return Array(reduce.std_of(x, reduce.axis_of(x, axis), keepdims, ddof))


@reads(np.average)
def _average(trace: Trace, a: Any, axis: Any = None, weights: Any = None) -> Array:
    x = lift(trace, a)
    return Array(reduce.average(x, reduce.axis_of(x, axis), None if weights is None else lift(trace, weights)))


@reads(np.cumsum)
def _cumsum(trace: Trace, a: Any, axis: Any = None) -> Array:
    return Array(reduce.cumsum_of(lift(trace, a), axis))


@reads(np.linalg.norm)
def _norm(trace: Trace, x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Array:
    v = lift(trace, x)
    entries = v.rank == 2 and axis is None and ord is None
    return Array(reduce.norm_of(v, ord, None if axis is None else reduce.axis_of(v, axis), keepdims, entries=entries))


@reads(np.linalg.vector_norm)
def _vector_norm(trace: Trace, x: Any, axis: Any = None, keepdims: bool = False, ord: Any = 2) -> Array:
    v = lift(trace, x)
    return Array(reduce.norm_of(v, ord, None if axis is None else reduce.axis_of(v, axis), keepdims, entries=True))


@reads(np.linalg.matrix_norm)
def _matrix_norm(trace: Trace, x: Any, keepdims: bool = False, ord: Any = "fro") -> Array:
    return Array(reduce.norm_of(lift(trace, x), ord, None, keepdims))


# products

_simple(np.dot, products.dot, 2)
_simple(np.vdot, lambda a, b: products.matmul(shape.raveled(a), shape.raveled(b)), 2)
_simple(np.inner, products.inner_product, 2)
_simple(np.outer, lambda a, b: products.outer(shape.raveled(a), shape.raveled(b)), 2)
_simple(np.linalg.outer, products.outer, 2)
_simple(np.linalg.matmul, products.matmul, 2)
_simple(np.linalg.vecdot, products.matmul, 2)
_simple(np.kron, products.kron, 2)
_simple(np.cross, linear.cross_product, 2)
_simple(np.linalg.cross, linear.cross_product, 2)


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

_simple(np.linalg.inv, lambda x: linear.of_square("inv", x))
_simple(np.linalg.det, linear.det)
_simple(np.linalg.solve, linear.solve, 2)
_simple(np.linalg.eigvalsh, linear.eigvalsh)
_simple(np.linalg.matrix_transpose, shape.turned, views=True)


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
def _trace(trace: Trace, a: Any) -> Array:
    return Array(products.trace_of(lift(trace, a)))


# shapes


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


_simple(np.diag, shape.diag)
_simple(np.diagonal, shape.diagonal, views=True)
_simple(np.linalg.diagonal, shape.diagonal, views=True)
_simple(np.atleast_1d, lambda x: x if x.rank else shape.expanded(x, 0), views=True)


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


@reads(np.diff)
def _diff(trace: Trace, a: Any, n: int = 1, axis: int = -1) -> Array:
    x = lift(trace, a)
    for _ in range(n):
        ends = [[slice(None)] * x.rank, [slice(None)] * x.rank]
        ends[0][axis], ends[1][axis] = slice(1, None), slice(None, -1)
        x = basic.minus(*(shape.item(x, tuple(e)) for e in ends))
    return Array(x)


@reads(np.roll)
def _roll(trace: Trace, a: Any, shift: int, axis: Any = None) -> Array:
    x = lift(trace, a)
    if not isinstance(shift, int) or not (isinstance(axis, int) or (axis is None and x.rank == 1)):
        refuse("np.roll is read by a whole number, along one axis")
    at = 0 if axis is None else axis % x.rank
    number = trace.sizes.pin(x.dims[at], "np.roll")
    places = np.roll(np.arange(number), shift)
    return Array(shape.item(x, (*[slice(None)] * at, places)))


@reads(np.append)
def _append(trace: Trace, a: Any, b: Any) -> Array:
    return Array(shape.joined([shape.raveled(lift(trace, x)) for x in (a, b)], 0))


@reads(np.ptp)
def _ptp(trace: Trace, a: Any) -> Array:
    x = lift(trace, a)
    return Array(basic.minus(_largest(x, None, False), _smallest(x, None, False)))


@reads(np.take)
def _take(trace: Trace, a: Any, places: Any, axis: Any = None) -> Array:
    x = lift(trace, a)
    x, axis = (shape.raveled(x), 0) if axis is None else (x, axis % x.rank)
    return Array(shape.item(x, (*[slice(None)] * axis, places)))


@reads(np.flip)
def _flip(trace: Trace, a: Any, axis: Any = None) -> Array:
    x = lift(trace, a)
    chosen = range(x.rank) if axis is None else [axis % x.rank]
    key = tuple(slice(None, None, -1) if k in chosen else slice(None) for k in range(x.rank))
    return Array(shape.item(x, key))


# entry by entry


@reads(np.where)
def _where(trace: Trace, test: Any, *sides: Any) -> Array:
    if len(sides) != 2:
        refuse("np.where with a condition alone is not read", "Give both values: np.where(test, a, b).")
    return Array(branches.where(*(lift(trace, x) for x in (test, *sides))))


@reads(np.clip)
def _clip(trace: Trace, a: Any, a_min: Any = None, a_max: Any = None, min: Any = None, max: Any = None) -> Array:
    low, high = a_min if min is None else min, a_max if max is None else max
    return Array(basic.clip(lift(trace, a), *(None if v is None else lift(trace, v) for v in (low, high))))


@reads(np.polyval)
def _polyval(trace: Trace, p: Any, x: Any) -> Array:
    c = lift(trace, p)
    count = trace.sizes.pin(c.dims[0], "np.polyval")
    return Array(basic.polynomial([shape.item(c, k) for k in range(count)], lift(trace, x)))


def _like(build: Callable[..., Any]) -> Handler:
    def handler(trace: Trace, a: Any, dtype: Any = None) -> Array:
        x = lift(trace, a)
        return Array(trace.value(build(*shape_of(x.dims)), x.dims))

    return handler


HANDLERS[np.zeros_like] = _like(zeros)
HANDLERS[np.ones_like] = _like(ones)


@reads(np.full_like)
def _full_like(trace: Trace, a: Any, fill: Any, dtype: Any = None) -> Array:
    x = lift(trace, a)
    return Array(trace.value(basic.spread(lift(trace, fill), x.dims), x.dims))


@reads(np.shape)
def _shape(trace: Trace, a: Any) -> Any:
    return a.shape


@reads(np.ndim)
def _ndim(trace: Trace, a: Any) -> int:
    return int(a.ndim)


@reads(np.size)
def _size(trace: Trace, a: Any, axis: Any = None) -> Any:
    return a.size if axis is None else a.shape[axis]


@reads(np.copy)
def _copy(trace: Trace, a: Any) -> Array:
    return Array(lift(trace, a))


@reads(np.any)
def _any(trace: Trace, a: Any, axis: Any = None) -> Array:
    x = lift(trace, a)
    return Array(branches.some(x))


@reads(np.all)
def _all(trace: Trace, a: Any, axis: Any = None) -> Array:
    x = lift(trace, a)
    return Array(branches.every(x))

