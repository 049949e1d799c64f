"""Arguments as trees of arrays: lists, tuples, dictionaries, dataclasses, modules; leaves with their paths."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any

from closedform.errors import LimitError

Path = tuple[str, ...]
MAX_DEPTH = 64
BUILTIN = (list, tuple, dict, int, float, str, bytes, bool, type(None))


@dataclass(frozen=True)
class Tree:
    """How leaves are put together again."""

    build: Callable[[list[Any]], Any]
    parts: tuple[Tree, ...] = ()
    count: int = 1

    def filled(self, leaves: list[Any]) -> Any:
        """The tree with these leaves."""
        if not self.parts and self.count == 1:
            return self.build(leaves)
        out, at = [], 0
        for part in self.parts:
            out.append(part.filled(leaves[at : at + part.count]))
            at += part.count
        return self.build(out)


LEAF = Tree(lambda leaves: leaves[0])


def flat(x: Any, path: Path = (), depth: int = 0) -> tuple[list[tuple[Path, Any]], Tree]:
    """The leaves of an argument with their paths, and how to put it together again."""
    if depth > MAX_DEPTH:
        raise LimitError(f"an argument is nested over {MAX_DEPTH} deep (limit: depth)")
    inside = _parts(x)
    if inside is None:
        return [(path, x)], LEAF
    names, values, build = inside
    found = [flat(v, (*path, n), depth + 1) for n, v in zip(names, values, strict=True)]
    leaves = [leaf for some, _ in found for leaf in some]
    return leaves, Tree(build, tuple(t for _, t in found), len(leaves))


def _parts(x: Any) -> tuple[list[str], list[Any], Callable[[list[Any]], Any]] | None:
    """Names and values inside, and how to make such a thing again; None for a leaf."""
    known = _registered(x)
    if known is not None:
        return known
    if isinstance(x, Mapping):
        keys = list(x)
        return [str(k) for k in keys], list(x.values()), lambda parts: type(x)(zip(keys, parts, strict=True))  # type: ignore[call-arg]
    if isinstance(x, tuple) and hasattr(x, "_fields"):
        return list(x._fields), list(x), lambda parts: type(x)(*parts)
    if isinstance(x, list | tuple):
        return [str(k) for k in range(len(x))], list(x), type(x)
    if is_dataclass(x) and not isinstance(x, type):
        names = [f.name for f in fields(x) if f.init]
        return names, [getattr(x, n) for n in names], lambda parts: replace(x, **dict(zip(names, parts, strict=True)))
    return None


def _registered(x: Any) -> tuple[list[str], list[Any], Callable[[list[Any]], Any]] | None:
    """What JAX knows as a tree of arrays: modules of Equinox, parameters of Flax."""
    jax = sys.modules.get("jax")
    if jax is None or isinstance(x, BUILTIN) or hasattr(x, "dtype"):
        return None
    found, tree = jax.tree_util.tree_flatten_with_path(x, is_leaf=lambda y: y is not x)
    if len(found) == 1 and found[0][1] is x:
        return None
    names = [jax.tree_util.keystr(path).strip("[]'\".") for path, _ in found]
    return names, [v for _, v in found], tree.unflatten


def library(leaf: Any) -> str:
    """What a leaf is an array of: numpy, jax, torch; number for a float; else static."""
    home = type(leaf).__module__.split(".")[0]
    if home in ("jax", "jaxlib") and hasattr(leaf, "shape"):
        return "jax"
    if home == "torch" and hasattr(leaf, "shape"):
        return "torch"
    if home == "numpy" and hasattr(leaf, "shape"):
        return "numpy"
    if hasattr(leaf, "detach") and hasattr(leaf, "shape"):
        return "torch"
    return "number" if type(leaf) is float else "static"
