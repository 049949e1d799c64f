"""The way of a call that repeats the shapes of the last one: a few comparisons, then the program."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from closedform.program.load import load

Function = Callable[..., Any]


def guarded(ready: Function, other: Function, values: tuple[Any, ...], sizes: tuple[bool, ...]) -> Function:
    """``ready`` for arguments of the types, shapes and dtypes of these, and the same ``sizes``; ``other`` for else."""
    kinds = tuple("array" if hasattr(v, "shape") else "size" if s else "" for v, s in zip(values, sizes, strict=True))
    seen = [part for v, kind in zip(values, kinds, strict=True) for part in _parts(v, kind)]
    guard: Function = load(_text(kinds), "make")(ready, other, *seen)
    return guard


def _parts(value: Any, kind: str) -> tuple[Any, ...]:
    if kind == "array":
        return type(value), value.shape, value.dtype
    return (type(value), value) if kind else (type(value),)


@lru_cache(256)
def _text(kinds: tuple[str, ...]) -> str:
    given = ", ".join(f"a{k}" for k in range(len(kinds)))
    words = {"array": ("t", "s", "d"), "size": ("t", "v"), "": ("t",)}
    seen = [f"{word}{k}" for k, kind in enumerate(kinds) for word in words[kind]]
    same = [f"type(a{k}) is t{k}" for k in range(len(kinds))]
    same += [f"a{k} == v{k}" for k, kind in enumerate(kinds) if kind == "size"]
    same += [f"a{k}.shape == s{k}" for k, kind in enumerate(kinds) if kind == "array"]
    same += [f"a{k}.dtype is d{k}" for k, kind in enumerate(kinds) if kind == "array"]
    lines = [f"def make({', '.join(['ready', 'other', *seen])}):", f"    def call({given}):"]
    lines += [f"        if {' and '.join(same)}:", f"            return ready({given})"] if same else []
    lines += [f"        return {'other' if same else 'ready'}({given})", "    return call"]
    return "\n".join(lines) + "\n"
