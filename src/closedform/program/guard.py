"""The way of a call that repeats the shapes of the last one: a few comparisons, then the program."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from closedform.program.load import load

Function = Callable[..., Any]


def guarded(ready: Function, other: Function, values: tuple[Any, ...]) -> Function:
    """``ready`` for arguments of the types, shapes and dtypes of these, ``other`` for all else."""
    make = load(_text(tuple(hasattr(v, "shape") for v in values)), "make")
    seen = [part for v in values for part in ((type(v), v.shape, v.dtype) if hasattr(v, "shape") else (type(v),))]
    guard: Function = make(ready, other, *seen)
    return guard


@lru_cache(256)
def _text(arrays: tuple[bool, ...]) -> str:
    names = [f"a{k}" for k in range(len(arrays))]
    seen = [word for k, array in enumerate(arrays) for word in ((f"t{k}", f"s{k}", f"d{k}") if array else (f"t{k}",))]
    same = [f"type({a}) is t{k}" for k, a in enumerate(names)]
    same += [f"{a}.shape == s{k}" for k, a in enumerate(names) if arrays[k]]
    same += [f"{a}.dtype is d{k}" for k, a in enumerate(names) if arrays[k]]
    given = ", ".join(names)
    lines = [f"def make({', '.join(['ready', 'other', *seen])}):", f"    def call({given}):"]
    lines += [f"        if {' and '.join(same)}:", f"            return ready({given})"] if same else []
    lines += [f"        return {'other' if same else 'ready'}({given})", "    return call"]
    return "\n".join(lines) + "\n"
