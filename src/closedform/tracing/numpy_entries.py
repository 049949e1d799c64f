"""What reads NumPy's functions of the entries: choices, differences, arrays like others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from closedform.functions.algebra import ones, zeros
from closedform.tracing import branches
from closedform.tracing.numpy_array import HANDLERS, Array, lift
from closedform.tracing.numpy_functions import Handler, reads
from closedform.tracing.ops import basic, indexing, moments, shape
from closedform.tracing.place import refuse
from closedform.tracing.value import Trace, Value, shape_of


@reads(np.diff)
def _diff(trace: Trace, a: Any, n: int = 1, axis: int = -1) -> Array:
    return Array(moments.differences(lift(trace, a), n, axis))


@reads(np.ediff1d)
def _ediff1d(trace: Trace, a: Any) -> Array:
    return Array(moments.differences(shape.raveled(lift(trace, a)), 1, -1))


@reads(np.trapezoid)
def _trapezoid(trace: Trace, y: Any, x: Any = None, dx: Any = 1.0, axis: int = -1) -> Array:
    v = lift(trace, y)
    return Array(moments.trapezoid(v, None if x is None else lift(trace, x), lift(trace, dx), axis % v.rank))


@reads(np.cov)
def _cov(trace: Trace, m: Any, y: Any = None, rowvar: bool = True, bias: bool = False, ddof: Any = None) -> Array:
    if y is not None:
        refuse("np.cov of two arrays is not read", "Put them together: np.cov(np.vstack([x, y])).")
    return Array(moments.covariance(lift(trace, m), rowvar, int(not bias) if ddof is None else ddof))


@reads(np.corrcoef)
def _corrcoef(trace: Trace, x: Any, y: Any = None, rowvar: bool = True) -> Array:
    if y is not None:
        refuse("np.corrcoef of two arrays is not read", "Put them together: np.corrcoef(np.vstack([x, y])).")
    return Array(moments.correlation(lift(trace, x), rowvar))


@reads(np.select)
def _select(trace: Trace, conditions: Any, choices: Any, default: Any = 0) -> Array:
    return Array(_first_true(trace, conditions, choices, default))


def _first_true(trace: Trace, conditions: Any, choices: Any, default: Any) -> Value:
    out = lift(trace, default)
    for test, choice in zip(reversed(conditions), reversed(choices), strict=True):
        out = branches.where(lift(trace, test), lift(trace, choice), out)
    return out


@reads(np.piecewise)
def _piecewise(trace: Trace, x: Any, conditions: Any, functions: Any) -> Array:
    pieces = [f(x) if callable(f) else f for f in functions]
    rest = pieces.pop() if len(pieces) > len(conditions) else 0
    return Array(_first_true(trace, conditions, pieces, rest))


@reads(np.where)
def _where(trace: Trace, test: Any, *sides: Any) -> Array:
    if len(sides) != 2:
        refuse("np.where with a condition alone is not read", "Give both values: np.where(test, a, b).")
    mask = None if isinstance(test, Array) else lambda: np.asarray(test)
    return Array(branches.chosen(lift(trace, test), *sides, lambda x: lift(trace, x), mask))


@reads(np.clip)
def _clip(trace: Trace, a: Any, a_min: Any = None, a_max: Any = None, min: Any = None, max: Any = None) -> Array:
    low, high = a_min if min is None else min, a_max if max is None else max
    return Array(basic.clip(lift(trace, a), *(None if v is None else lift(trace, v) for v in (low, high))))


@reads(np.polyval)
def _polyval(trace: Trace, p: Any, x: Any) -> Array:
    c = lift(trace, p)
    count = trace.sizes.pin(c.dims[0], "np.polyval")
    return Array(basic.polynomial([indexing.item(c, k) for k in range(count)], lift(trace, x)))


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
