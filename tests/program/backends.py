"""Values for the libraries that programs are written for, and back."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

import numpy as np

Array = Any
LIKE: dict[str, Callable[[Any], Any]] = {"numpy": lambda v: v}
"""How a NumPy array is given to each library that is installed."""

if find_spec("jax"):
    import jax

    jax.config.update("jax_enable_x64", True)
    LIKE["jax"] = lambda v: jax.numpy.asarray(v) if isinstance(v, np.ndarray) else v

if find_spec("torch"):
    import torch

    LIKE["torch"] = lambda v: torch.as_tensor(v) if isinstance(v, np.ndarray) else v

TARGETS = tuple(LIKE)


def called(compiled: Any, values: dict[str, Any]) -> Any:
    """What a compiled formula says of NumPy arrays, as NumPy arrays."""
    like = LIKE[compiled.target]
    with np.errstate(all="ignore"):
        found = compiled(*(like(values[n]) for n in compiled.arguments))
    return tuple(map(np.asarray, found)) if isinstance(found, tuple) else np.asarray(found)


def relative(got: Array, want: Array) -> float:
    """The largest difference of entries over the largest entry."""
    assert got.shape == want.shape
    return float(np.max(np.abs(got - want), initial=0) / max(np.max(np.abs(want), initial=0), 1e-300))
