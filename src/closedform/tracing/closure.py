"""What a function closes over: arrays that get its names for them, and functions that do not dispatch by themselves."""

from __future__ import annotations

import builtins
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import BuiltinFunctionType, CellType, CodeType, FunctionType, MethodType, ModuleType
from typing import Any

import numpy as np

from closedform.tracing.modules import is_module
from closedform.tracing.numpy_array import Array
from closedform.tracing.value import kind_of

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


def libraries(fn: Callable[..., Any]) -> set[str]:
    """The libraries whose names a function uses."""
    homes = set[str]()
    for v in closed_over(fn).values():
        named = isinstance(v, FunctionType | BuiltinFunctionType | type)
        told = v.__name__ if isinstance(v, ModuleType) else v.__module__ if named else type(v).__module__
        homes.add(str(told).split(".")[0].replace("jaxlib", "jax"))
    return homes & {"numpy", "scipy", "jax", "torch"}


def style_of(fn: Callable[..., Any]) -> str:
    """The library that a function is written with."""
    homes = libraries(fn)
    return next((style for style in ("torch", "jax") if style in homes), "numpy")


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
UNDISPATCHED: dict[tuple[str, str], Callable[..., Any]] = {}
"""By home and name: what reads functions of SciPy, which do not ask their arguments. ``scipy_functions`` fills it."""


def _asking(original: Callable[..., Any], reader: Callable[..., Any]) -> Callable[..., Any]:
    """A function that asks its arguments first; without traced ones it is the original."""

    def ask(*args: Any, **options: Any) -> Any:
        traced = next((x for x in (*args, *options.values()) if isinstance(x, Array)), None)
        return original(*args, **options) if traced is None else reader(traced._value.trace, *args, **options)

    return ask


def _asking_ones(space: dict[str, Any], names: list[str]) -> dict[str, Any]:
    found = {}
    for name in names:
        x = space.get(name)
        home = str(getattr(x, "__module__", "")).split(".")
        reader = UNDISPATCHED.get((".".join(home[:2]), str(getattr(x, "__name__", ""))))
        if reader is not None and home[0] == "scipy":
            found[name] = _asking(space[name], reader)
    return found


@contextmanager
def patched(fn: Callable[..., Any]) -> Iterator[None]:
    """While a function is read, ``len`` in its module is one that knows traced arrays; others it serves as ever."""
    inside = plain(fn)
    if inside is None:
        yield
        return
    space = inside.__globals__
    with _lock:
        added = {name: x for name, x in REPLACED.items() if name not in space}
        asking = _asking_ones(space, _global_names(inside.__code__))
        before = {name: space[name] for name in asking}
        space.update({**added, **asking})
        try:
            yield
        finally:
            space.update(before)
            for name in added:
                del space[name]


def narrow(fn: Callable[..., Any]) -> list[str]:
    """The names of the arrays of whole numbers of less than 64 bits that a function closes over."""
    return [name for name, x in closed_over(fn).items() if is_narrow(x)]


@contextmanager
def widened(fn: Callable[..., Any]) -> Iterator[None]:
    """While it lasts, those arrays are of whole numbers with room for what is computed of them."""
    inside = plain(fn)
    assert inside is not None
    space, cells = inside.__globals__, inside.__closure__ or ()
    with _lock:
        before = {n: space[n] for n in _global_names(inside.__code__) if n in space and is_narrow(space[n])}
        held = [(cell, cell.cell_contents) for cell in cells if _is_filled(cell) and is_narrow(cell.cell_contents)]
        space.update({n: wide(x) for n, x in before.items()})
        for cell, x in held:
            cell.cell_contents = wide(x)
        try:
            yield
        finally:
            space.update(before)
            for cell, x in held:
                cell.cell_contents = x


def _is_filled(cell: CellType) -> bool:
    try:
        return cell.cell_contents is not None
    except ValueError:
        return False


def is_narrow(x: Any) -> bool:
    if not isinstance(x, np.ndarray | np.generic) and not _foreign(x):
        return False
    kind = kind_of(x)
    return kind not in ("f", "b", "int64", "uint64")


def wide(x: Any) -> Any:
    """Whole numbers with room for what is computed of them."""
    return x.long() if hasattr(x, "detach") else x.astype(int)


def arrays(found: dict[str, Any]) -> dict[int, tuple[str, Any]]:
    """The arrays among them, by identity."""
    own = {id(v): (name, v) for name, v in found.items() if isinstance(v, np.ndarray) or _foreign(v)}
    for v in found.values():
        if is_module(v):
            own.update((id(p), (name, p)) for name, p in v.named_parameters())
    return own


def _foreign(v: Any) -> bool:
    return type(v).__module__.split(".")[0] in ("jax", "jaxlib", "torch") and hasattr(v, "shape")

