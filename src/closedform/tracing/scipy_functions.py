"""What reads functions of SciPy that do not ask their arguments, where the user's module has them by name."""

from __future__ import annotations

from typing import Any

from closedform.tracing.closure import UNDISPATCHED
from closedform.tracing.numpy_array import Array, lift
from closedform.tracing.ops import linear, reduce
from closedform.tracing.value import Trace


def _logsumexp(trace: Trace, a: Any, axis: Any = None, *, keepdims: bool = False) -> Array:
    x = lift(trace, a)
    return Array(reduce.logsumexp_of(x, reduce.axis_of(x, axis), keepdims))


def _softmax(trace: Trace, x: Any, axis: Any = None) -> Array:
    v = lift(trace, x)
    return Array(reduce.softmax_of(v, reduce.axis_of(v, axis)))


def _log_softmax(trace: Trace, x: Any, axis: Any = None) -> Array:
    v = lift(trace, x)
    return Array(reduce.log_softmax_of(v, reduce.axis_of(v, axis)))


def _of_square(name: str) -> Any:
    return lambda trace, a: Array(linear.of_square(name, lift(trace, a)))


UNDISPATCHED.update({
    ("scipy.special", "logsumexp"): _logsumexp,
    ("scipy.special", "softmax"): _softmax,
    ("scipy.special", "log_softmax"): _log_softmax,
    ("scipy.linalg", "expm"): _of_square("expm"),
    ("scipy.linalg", "logm"): _of_square("logm"),
    ("scipy.linalg", "sqrtm"): _of_square("sqrtm"),
    ("scipy.linalg", "inv"): _of_square("inv"),
    ("scipy.linalg", "det"): lambda trace, a: Array(linear.det(lift(trace, a))),
    ("scipy.linalg", "solve"): lambda trace, a, b: Array(linear.solve(lift(trace, a), lift(trace, b))),
})  # fmt: skip
