"""What reads the ufuncs of NumPy and of scipy.special, sums, means and norms."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from closedform.errors import ReadError
from closedform.tracing import branches
from closedform.tracing.numbers import plain_number
from closedform.tracing.numpy_array import HANDLERS, Array, lift
from closedform.tracing.ops import basic, products, reduce, shape
from closedform.tracing.place import refuse
from closedform.tracing.value import Trace, Value

Handler = Callable[..., Any]


def reads(*functions: Any) -> Callable[[Handler], Handler]:
    def keep(handler: Handler) -> Handler:
        for function in functions:
            HANDLERS[function] = handler
        return handler

    return keep


def simple(function: Any, build: Callable[..., Value], count: int = 1, views: bool = False) -> None:
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
    "radians": "deg2rad", "rad2deg": "rad2deg", "degrees": "rad2deg", "arcsinh": "arcsinh", "arccosh": "arccosh",
    "arctanh": "arctanh",
    "conjugate": "positive", "expit": "sigmoid", "erf": "erf", "erfc": "erfc", "gammaln": "gammaln", "gamma": "gamma",
    "psi": "digamma", "ndtr": "ndtr", "log_ndtr": "log_ndtr", "logit": "logit", "log_expit": "logsigmoid",
    "entr": "entr", "softplus": "softplus", "conj": "positive",
}  # fmt: skip
TWO = ("add", "subtract", "multiply", "divide", "power", "maximum", "minimum", "logaddexp", "hypot", "xlogy")
SAME = {"float_power": "power", "fmax": "maximum", "fmin": "minimum"}


def _ufunc_one(name: str) -> Handler:
    def handler(trace: Trace, x: Any) -> Array:
        v = lift(trace, x)
        if name == "reciprocal" and v.whole:
            refuse("np.reciprocal of whole numbers is a whole number", "Write 1 / x.")
        return Array(basic.unary(name, v))

    return handler


def _ufunc_two(build: Callable[[Value, Value], Value]) -> Handler:
    return lambda trace, a, b: Array(build(lift(trace, a), lift(trace, b)))


for _ufunc, _mine in UFUNCS.items():
    HANDLERS[(_ufunc, "__call__")] = _ufunc_one(_mine)
for _ufunc in (*TWO, *SAME):
    HANDLERS[(_ufunc, "__call__")] = _ufunc_two(basic.BINARY[SAME.get(_ufunc, _ufunc)])
for _ufunc, _build in (
    ("matmul", products.matmul), ("vecdot", products.rowdot), ("logical_and", branches.both),
    ("logical_or", branches.either), ("bitwise_and", branches.both), ("bitwise_or", branches.either),
):  # fmt: skip
    HANDLERS[(_ufunc, "__call__")] = _ufunc_two(_build)
for _ufunc in branches.COMPARE:
    HANDLERS[(_ufunc, "__call__")] = _ufunc_two(lambda a, b, name=_ufunc: branches.compare(name, a, b))  # type: ignore[misc]
for _ufunc in ("logical_not", "invert"):
    HANDLERS[(_ufunc, "__call__")] = lambda trace, x: Array(branches.negated(lift(trace, x)))
HANDLERS[("negative", "__call__")] = lambda trace, x: Array(basic.negative(lift(trace, x)))
HANDLERS[("heaviside", "__call__")] = lambda trace, x, h: Array(_heaviside(lift(trace, x), lift(trace, h)))


HANDLERS[("logaddexp2", "__call__")] = lambda trace, a, b: Array(_logaddexp2(lift(trace, a), lift(trace, b)))
HANDLERS[("cbrt", "__call__")] = lambda trace, x: Array(basic.unary("cbrt", lift(trace, x)))


def _logaddexp2(a: Value, b: Value) -> Value:
    log2 = basic.unary("log", a.trace.number(2))
    return basic.divide(basic.logaddexp(basic.times(log2, a), basic.times(log2, b)), log2)


def _outer(name: str) -> Handler:
    def handler(trace: Trace, a: Any, b: Any) -> Array:
        x, y = lift(trace, a), lift(trace, b)
        if x.rank + y.rank > 3:
            refuse(f"np.{name}.outer of arrays of {x.rank} and {y.rank} axes has more than three")
        for _ in range(y.rank):
            x = shape.expanded(x, x.rank)
        return Array(basic.BINARY[name](x, y))

    return handler


for _ufunc in TWO[:7]:
    HANDLERS[(_ufunc, "outer")] = _outer(_ufunc)


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


@reads(np.ptp)
def _ptp(trace: Trace, a: Any) -> Array:
    x = lift(trace, a)
    return Array(basic.minus(_largest(x, None, False), _smallest(x, None, False)))


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
