"""A NumPy function read: called with traced arrays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from closedform.tracing import numpy_entries, numpy_functions, numpy_linear, numpy_shapes, scipy_functions
from closedform.tracing.closure import patched
from closedform.tracing.dims import Dim
from closedform.tracing.numpy_array import Array, lift
from closedform.tracing.refused import no_array
from closedform.tracing.value import Trace, Value

TABLES = (numpy_functions, numpy_linear, numpy_shapes, numpy_entries, scipy_functions)


def wrap(value: Value) -> Array:
    return Array(value, fresh=False)


def call(trace: Trace, fn: Callable[..., Any], args: list[Any], kwargs: dict[str, Any]) -> Any:
    """What the function gives for traced arguments."""
    trace.wrap = wrap
    with patched(fn):
        return fn(*args, **kwargs)


def result(trace: Trace, out: Any) -> Value:
    """The value of what came back."""
    if isinstance(out, Array | Dim | int | float | np.ndarray | np.generic):
        return lift(trace, out)
    no_array(out)

