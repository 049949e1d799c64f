"""What a function reads from around it besides its arguments, as it was when it was read: whether that has changed."""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property, partial
from types import (
    CellType,
    CodeType,
    FunctionType,
    MemberDescriptorType,
    MethodType,
    ModuleType,
)  # fmt: skip
from typing import Any

import numpy as np

from closedform.tracing.modules import is_module
from closedform.tracing.place import LIBRARIES

ROWS = (list, tuple, set, deque)
MOST = 20000
"""So many things are watched; what lies behind a larger heap of objects is read once."""
MISSING = object()
CALLED = {"__call__", "__getattr__", "__getattribute__", "__getitem__"}
"""What Python calls by itself."""
ANY_NAME = {"getattr", "vars", "__dict__", "attrgetter", "__getattr__", "__getattribute__"}
"""Where code names these, an attribute may be read that it does not name."""
PASSING = {"_backward_hooks", "_backward_pre_hooks", "_state_dict_hooks", "_version", "__weakref__", "__dict__"}


class Around:
    """The names, containers, attributes and arrays that some functions and modules can see.

    ``live`` are arrays, by identity, that programs read at each call: what is written into them is no change.
    Attributes are watched where some code that is reached names them; those of PyTorch's modules all.
    """

    def __init__(self, roots: Sequence[Any], live: frozenset[int]) -> None:
        self._roots, self._live = list(roots), live
        self._names = set[str]()
        before = -1
        while len(self._names) != before:
            before = len(self._names)
            self._places: list[tuple[Any, Any, Any]] = []
            self._cells: list[tuple[CellType, Any]] = []
            self._rows: list[tuple[Any, tuple[Any, ...]]] = []
            self._arrays: list[tuple[Any, Any]] = []
            self._walk()

    def changed(self) -> bool:
        """Whether anything of it is something else by now."""
        for holder, key, value in self._places:
            if holder.get(key, MISSING) is not value:
                return True
        for cell, value in self._cells:
            if _inside(cell) is not value:
                return True
        for row, seen in self._rows:
            if len(row) != len(seen) or any(a is not b for a, b in zip(row, seen, strict=True)):
                return True
        return any(not _same(array, seen) for array, seen in self._arrays)

    def _walk(self) -> None:
        seen, todo = dict[int, Any](), list(self._roots)
        while todo and len(seen) < MOST:
            x = todo.pop()
            if id(x) in seen or isinstance(x, int | float | str | bytes | type(None)):
                continue
            seen[id(x)] = x
            todo += self._of(x)

    def _of(self, x: Any) -> Iterator[Any]:
        """What is seen through one thing; it is noted on the way."""
        if _is_array(x):
            if id(x) not in self._live:
                self._arrays.append((x, _copy(x)))
        elif isinstance(x, FunctionType):
            if not _is_library(x.__module__):
                yield from self._function(x)
        elif isinstance(x, MethodType):
            yield from (x.__func__, x.__self__)
        elif isinstance(x, partial):
            yield from (x.func, x.args, x.keywords)
        elif isinstance(x, property | cached_property):
            yield x.fget if isinstance(x, property) else x.func
        elif isinstance(x, staticmethod | classmethod):
            yield x.__func__
        elif isinstance(x, ModuleType):
            if not _is_library(x.__name__):
                yield from self._keys(vars(x), [n for n in vars(x) if n in self._names])
        elif isinstance(x, Mapping):
            self._rows.append((x, tuple(x)))
            yield from self._keys(x, list(x))
        elif isinstance(x, ROWS):
            self._rows.append((x, tuple(x)))
            yield from tuple(x)
        elif isinstance(x, type):
            if not _is_library(x.__module__):
                self._names |= CALLED & vars(x).keys()
            yield from self._keys(vars(x), [n for n in vars(x) if n in self._names or n in CALLED])
        else:
            yield from self._object(x)

    def _object(self, x: Any) -> Iterator[Any]:
        yield from (base for base in type(x).__mro__ if not _is_library(base.__module__))
        own = getattr(x, "__dict__", None)
        own = own if isinstance(own, dict) else {}
        yield own.get("__wrapped__")
        if is_module(x):
            self._names.add("forward")
            yield from self._keys(own, [n for n in own if n not in PASSING])
        elif not _is_library(type(x).__module__) or type(x).__module__ == "types":
            every = self._names & ANY_NAME
            names = self._names.union(own) if every else self._names
            yield from self._keys(own, [n for n in names if n in own or _of_class(x, n)])
            slots = [n for n in _members(type(x)) if every or n in self._names]
            yield from self._keys(Slots(x), slots)

    def _function(self, fn: FunctionType) -> Iterator[Any]:
        names = list(_names(fn.__code__))
        self._names.update(names)
        yield from self._keys(fn.__globals__, [n for n in names if n in fn.__globals__])
        for cell in fn.__closure__ or ():
            value = _inside(cell)
            self._cells.append((cell, value))
            yield value
        yield from (fn.__defaults__, fn.__kwdefaults__, getattr(fn, "__wrapped__", None))

    def _keys(self, holder: Any, keys: list[Any]) -> Iterator[Any]:
        for key in keys:
            value = holder.get(key, MISSING)
            self._places.append((holder, key, value))
            yield value


class Slots:
    """The attributes of an object that has slots, as a mapping."""

    def __init__(self, of: Any) -> None:
        self._of = of

    def get(self, name: str, default: Any) -> Any:
        return getattr(self._of, name, default)


def _members(kind: type) -> Iterator[str]:
    for base in kind.__mro__:
        yield from (n for n, d in vars(base).items() if isinstance(d, MemberDescriptorType))


def _of_class(x: Any, name: str) -> bool:
    return any(name in vars(base) for base in type(x).__mro__)


def _names(code: CodeType) -> Iterator[str]:
    todo = [code]
    while todo:
        one = todo.pop()
        yield from one.co_names
        todo += [c for c in one.co_consts if isinstance(c, CodeType)]


def _inside(cell: CellType) -> Any:
    try:
        return cell.cell_contents
    except ValueError:
        return MISSING


def _is_library(module: str | None) -> bool:
    home = str(module).split(".")[0]
    return home in LIBRARIES or (home in sys.stdlib_module_names and home != "__main__")


def _is_array(x: Any) -> bool:
    return isinstance(x, np.ndarray) or (hasattr(x, "detach") and hasattr(x, "shape") and not isinstance(x, type))


def _copy(x: Any) -> Any:
    return x.detach().clone() if hasattr(x, "detach") else x.copy()


def _same(x: Any, seen: Any) -> bool:
    """Whether an array is what it was, entry by entry; no number is one too."""
    if x.shape != seen.shape or x.dtype != seen.dtype:
        return False
    if hasattr(x, "detach"):
        return bool(((x.detach() == seen) | ((x.detach() != x.detach()) & (seen != seen))).all())
    return bool(np.array_equal(x, seen, equal_nan=x.dtype.kind in "fc"))
