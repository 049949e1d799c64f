"""What a function closes over: arrays that get its names for them, and functions that do not dispatch by themselves."""

from __future__ import annotations

import builtins
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import CodeType, FunctionType, MethodType
from typing import Any

import numpy as np

from closedform.tracing.dims import Dim
from closedform.tracing.numpy_array import Array
from closedform.tracing.value import Value

_lock = threading.RLock()


def plain(fn: Any) -> FunctionType | None:
    """The Python function behind a callable."""
    while True:
        if isinstance(fn, FunctionType):
            return fn
        if isinstance(fn, MethodType):
            fn = fn.__func__
        elif hasattr(fn, "func"):
            fn = fn.func
        elif hasattr(fn, "__wrapped__"):
            fn = fn.__wrapped__
        else:
            return None


def closed_over(fn: Callable[..., Any]) -> dict[str, Any]:
    """The names that a function takes from around it, with what they stand for now."""
    inside = plain(fn)
    if inside is None:
        return {}
    found: dict[str, Any] = {}
    for name in _global_names(inside.__code__):
        if name in inside.__globals__:
            found[name] = inside.__globals__[name]
    for name, cell in zip(inside.__code__.co_freevars, inside.__closure__ or (), strict=True):
        try:
            found[name] = cell.cell_contents
        except ValueError:
            continue
    return found


def _global_names(code: CodeType) -> list[str]:
    todo, names = [code], list[str]()
    while todo:
        one = todo.pop()
        names += one.co_names
        todo += [c for c in one.co_consts if isinstance(c, CodeType)]
    return names


def _length(x: Any) -> Any:
    """len() that keeps the name of a length."""
    if isinstance(x, Array) and x.ndim:
        return x.shape[0]
    return builtins.len(x)


REPLACED: dict[str, Callable[..., Any]] = {"len": _length}


@contextmanager
def patched(fn: Callable[..., Any]) -> Iterator[None]:
    """While a function is read, ``len`` in its module is one that knows traced arrays; others it serves as ever."""
    inside = plain(fn)
    if inside is None:
        yield
        return
    space = inside.__globals__
    with _lock:
        added = [name for name in REPLACED if name not in space]
        for name in added:
            space[name] = REPLACED[name]
        try:
            yield
        finally:
            for name in added:
                del space[name]


def arrays(found: dict[str, Any]) -> dict[int, tuple[str, Any]]:
    """The arrays among them, by identity."""
    return {id(v): (name, v) for name, v in found.items() if isinstance(v, np.ndarray) or _foreign(v)}


def _foreign(v: Any) -> bool:
    return type(v).__module__.split(".")[0] in ("jax", "jaxlib", "torch") and hasattr(v, "shape")


__all__ = ["Dim", "Value"]
