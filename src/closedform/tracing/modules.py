"""Modules of PyTorch among the arguments: their parameters are arguments, by name."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from closedform.tracing.pytrees import LEAF, Path, Tree

READING = threading.RLock()
"""Held while functions are read: modules have traced tensors for parameters meanwhile."""


def is_module(x: Any) -> bool:
    """Whether it is a module of PyTorch."""
    return hasattr(x, "named_parameters") and hasattr(x, "get_submodule")


@dataclass(frozen=True)
class Taken:
    """A module with its parameters taken out."""

    module: Any
    names: tuple[str, ...]
    own: tuple[Any, ...]

    def filled(self, parts: Sequence[Any]) -> Any:
        """What stands in its place in a call: itself, or itself with other parameters."""
        if all(a is b for a, b in zip(parts, self.own, strict=True)):
            return self.module
        return Filled(self.module, dict(zip(self.names, parts, strict=True)))


@dataclass(frozen=True)
class Filled:
    """A module that is to be called with these parameters."""

    module: Any
    parameters: Mapping[str, Any]


def taken(module: Any, argument: str) -> tuple[list[tuple[Path, Any]], Tree, Taken]:
    """The parameters with their paths, the tree that makes a dictionary of them, and the module apart."""
    with READING:
        named = {name: p.detach() for name, p in module.named_parameters()}
    names = tuple(named)
    tree = Tree(lambda parts: dict(zip(names, parts, strict=True)), (LEAF,) * len(names), len(names))
    return [((argument, n), p) for n, p in named.items()], tree, Taken(module, names, tuple(named.values()))
