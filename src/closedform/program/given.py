"""What a compiled formula takes: the values of its arguments as its library computes with them, or a clear error."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any

import numpy as np

from closedform.errors import ValueProblem
from closedform.program.arguments import Argument, shape_note
from closedform.program.ir import rank
from closedform.run.arrays import as_matrix, is_sparse

Array = Any
FLOATS = (np.dtype(np.float64), np.dtype(np.float32))


def kept(value: Any) -> Any:
    """The value where it cannot be written into, else a copy: what is fixed stays when its owner's array changes."""
    if isinstance(value, np.ndarray):
        return value.copy("K")
    return value.clone() if _library(value) == "torch" and hasattr(value, "clone") else value


def cleaned(target: str, arguments: Sequence[Argument], values: Sequence[Any], like: Any = None) -> tuple[Any, ...]:
    """The values for a program of ``target`` (``"mesh"``: JAX over devices), each itself where it is right as it is."""
    take = TAKERS[target]
    out = [
        _whole(a, v) if a.is_size or a.is_index else take(a, v) for a, v in zip(arguments, values, strict=True)
    ]
    return _one_kind(arguments, out, like) if target == "torch" else tuple(out)


def _whole(argument: Argument, value: Any) -> Any:
    """A size or an index as an int; an index being traced by JAX as it is."""
    if argument.is_index and _library(value) == "jax" and not value.ndim and value.dtype.kind in "iu":
        return value
    number = -1
    if isinstance(value, float) and value.is_integer():
        number = int(value)
    elif (hasattr(value, "__index__") and not isinstance(value, bool | np.ndarray)) or np.ndim(value) == 0:
        with suppress(TypeError):
            number = operator.index(value)
    if number < 1 or isinstance(value, bool):
        why = "it is a size" if argument.is_size else "an index counts from 1"
        raise ValueProblem(f"{argument.name} is {value!r}; a whole number of 1 or more is wanted ({why})")
    return value if type(value) is int else number


def numpy_value(argument: Argument, value: Any) -> Any:
    """An array of one, two or no axes, float32 or float64; the value itself where it is one already."""
    axes = rank(argument.shape)
    if type(value) is np.ndarray and value.dtype in FLOATS and value.ndim == axes and value.size:
        return value if axes else value[()]
    if axes == 0 and type(value) in (float, np.float64, np.float32):
        return value
    if is_sparse(value):
        raise ValueProblem(f"{argument.name} is sparse; compiled programs take dense arrays",
                           hint=f"Give {argument.name}.toarray(), or call the formula itself.")  # fmt: skip
    array = as_matrix(argument.name, value, argument.shape)
    kept = getattr(value, "dtype", None)
    array = array.astype(kept if kept in FLOATS else float)
    return array.reshape(-1)[0] if axes == 0 else array.reshape(-1) if axes == 1 else array


def placed_value(argument: Argument, value: Any) -> Any:
    """A JAX array where it is, all else as NumPy takes it, on no device yet."""
    value = float(value) if isinstance(value, float) else value  # JAX marks plain numbers with their dtype
    if _library(value) not in ("jax", "jaxlib"):
        _no_stranger(argument, value, "jax")
        return numpy_value(argument, value)
    import jax.numpy as jnp

    _right_axes(argument, value)
    if jnp.issubdtype(value.dtype, jnp.floating):
        return value
    if jnp.issubdtype(value.dtype, jnp.complexfloating):
        raise ValueProblem(f"{argument.name} has complex entries; formulas here are over the real numbers")
    return value.astype(float)


def jax_value(argument: Argument, value: Any) -> Any:
    """A JAX array of floats; numbers, lists and NumPy arrays become one."""
    import jax.numpy as jnp

    found = placed_value(argument, value)
    if _library(found) in ("jax", "jaxlib"):
        return found
    return float(found) if rank(argument.shape) == 0 else jnp.asarray(found)


def torch_value(argument: Argument, value: Any) -> Any:
    """A tensor of floats; for a scalar a number too."""
    axes = rank(argument.shape)
    if axes == 0 and isinstance(value, int | float | np.generic) and np.asarray(value).dtype.kind in "biuf":
        return float(value)
    if _library(value) != "torch" or not hasattr(value, "is_floating_point"):
        _no_stranger(argument, value, "torch")
        raise ValueProblem(f"{argument.name} is {_said(value)}; this program takes tensors of torch",
                           hint=f"Give torch.as_tensor({argument.name}).")  # fmt: skip
    if value.layout.__repr__() != "torch.strided":
        raise ValueProblem(f"{argument.name} is sparse; compiled programs take dense tensors")
    _right_axes(argument, value)
    if not value.is_floating_point():
        raise ValueProblem(f"{argument.name} has entries of {value.dtype}; a tensor of floats is wanted",
                           hint=f"Give {argument.name}.double().")  # fmt: skip
    return value


def _one_kind(arguments: Sequence[Argument], values: list[Any], like: Any) -> tuple[Any, ...]:
    """Numbers as tensors of the kind of the others, which must be of one dtype and device."""
    tensors = [(a, v) for a, v in zip(arguments, values, strict=True) if not isinstance(v, int | float)]
    arrays = [(a, v) for a, v in tensors if v.ndim] or tensors
    first: Any = like if like is not None else arrays[0][1] if arrays else None
    for a, v in arrays:
        if (v.dtype, v.device) != (first.dtype, first.device):
            have = f"{v.dtype} on {v.device}, another argument is {first.dtype} on {first.device}"
            raise ValueProblem(f"{a.name} is {have}; all have to be of one kind")
    return tuple(_tensor(v, first) if type(v) is float else v for v in values)


def _tensor(value: float, first: Any) -> Any:
    import torch

    return torch.tensor(value, dtype=torch.float64) if first is None else first.new_tensor(value)


def _no_stranger(argument: Argument, value: Any, target: str) -> None:
    library = _library(value)
    if library in ("jax", "jaxlib", "torch"):
        raise ValueProblem(f"{argument.name} is an array of {library}; this program is for {target}")


def _right_axes(argument: Argument, value: Any) -> None:
    if value.ndim != rank(argument.shape):
        want = shape_note(argument)
        flat = rank(argument.shape) == 1 and value.ndim > 1 and sorted(value.shape)[-2] == 1
        hint = f"Give {argument.name}.reshape(-1)." if flat else ""
        raise ValueProblem(f"{argument.name} has shape {tuple(value.shape)}; {want} is wanted", hint=hint)
    if 0 in value.shape:
        raise ValueProblem(f"{argument.name} is empty: it has shape {tuple(value.shape)}")


def _library(value: Any) -> str:
    return type(value).__module__.split(".")[0]


def _said(value: Any) -> str:
    return "an array of NumPy" if isinstance(value, np.ndarray) else type(value).__name__


TAKERS: Mapping[str, Callable[[Argument, Any], Any]] = {
    "numpy": numpy_value, "jax": jax_value, "torch": torch_value, "mesh": placed_value,
}  # fmt: skip
