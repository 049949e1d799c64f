"""The types of floats that a call computes in and answers in: as the library of the user's function has them.

NumPy computes with int64 and float32 in float64, PyTorch and JAX in float32. A gradient is of the type of its
argument. Where whole numbers of 32 or 64 bits are combined with each other, which the libraries do without rounding,
the program computes in float64, and the answer is of the same type.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

LONG = ("int32", "int64", "uint32", "uint64")
"""Whole numbers that float32 does not hold exactly."""


def type_name(x: Any) -> str:
    return str(getattr(x, "dtype", "")).rpartition(".")[2]


def is_float(x: Any) -> bool:
    return "float" in type_name(x)


def common(style: str, arrays: Sequence[Any], *, wide: bool) -> Any:
    """The type in which a call computes with these arrays; None where none of them says one."""
    typed = [x for x in arrays if getattr(x, "dtype", None) is not None]
    if style == "numpy":
        kinds = [np.dtype(x.dtype) for x in typed]
        short = all(k == np.float32 or (k.kind in "iub" and k.itemsize < 4 and not wide) for k in kinds)
        return np.dtype(np.float32 if short and any(k.kind == "f" for k in kinds) else np.float64)
    floats = [x for x in typed if is_float(x)]
    return _torch(floats, wide) if style == "torch" else _jax(floats, wide)


def _torch(floats: Iterable[Any], wide: bool) -> Any:
    """Numbers in tensors without axes give way to tensors with axes."""
    import torch

    floats = list(floats)
    if wide or not floats:
        return torch.float64
    said = [x for x in floats if x.ndim] or floats
    found = said[0].dtype
    for x in said[1:]:
        found = torch.promote_types(found, x.dtype)
    return found


def _jax(floats: Iterable[Any], wide: bool) -> Any:
    import jax.numpy as jnp

    floats = list(floats)
    return jnp.result_type(float) if wide or not floats else jnp.result_type(*[x.dtype for x in floats])


def answered(style: str, like: Any) -> Any:
    """The type of the derivative by an argument, or of a value like this one; None where it says none."""
    if not is_float(like):
        return None
    if style == "jax":
        import jax.numpy as jnp

        return jnp.result_type(like.dtype)
    return like.dtype if style == "torch" or np.dtype(like.dtype) in (np.float32, np.float64) else None


def cast(x: Any, dtype: Any) -> Any:
    """An array as one of this type; itself where it is of it."""
    if dtype is None or getattr(x, "dtype", None) == dtype:
        return x
    if hasattr(x, "detach"):
        return x.to(dtype)
    return x.astype(dtype) if hasattr(x, "astype") else np.asarray(x, dtype)[()]
