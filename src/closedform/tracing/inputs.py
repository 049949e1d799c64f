"""The arguments of one call: bound to names, flattened, each leaf a variable of the formula or static."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from closedform.errors import ClosedformError, MissingRule, ShapeError
from closedform.read.declarations import Declarations, declare_all
from closedform.read.lexer import lex
from closedform.tracing.names import Names
from closedform.tracing.pytrees import Path, Tree, flat, library

PLAIN = (int, bool, str, type(None), float)


@dataclass(frozen=True)
class Leaf:
    """One leaf: which argument it is of, its path there, what it is of."""

    argument: int
    path: Path
    value: Any
    kind: str  # numpy, jax, torch, number, static, module; symbol: its number of axes is the value
    name: str = ""


@dataclass(frozen=True)
class Call:
    """The arguments of a call, apart."""

    names: tuple[str, ...]
    trees: tuple[Tree, ...]
    leaves: tuple[Leaf, ...]
    bound: inspect.BoundArguments | None
    spread: tuple[bool, ...] = ()

    def arguments(self, leaves: Sequence[Any]) -> tuple[list[Any], dict[str, Any]]:
        """Positional and keyword arguments, with these leaves in their places."""
        values, at = [], 0
        for tree in self.trees:
            values.append(tree.filled(list(leaves[at : at + tree.count])))
            at += tree.count
        if self.bound is None:
            return values, {}
        self.bound.arguments.clear()
        self.bound.arguments.update(zip(self.names, values, strict=True))
        return list(self.bound.args), dict(self.bound.kwargs)

    @property
    def style(self) -> str:
        """The library whose arrays are given; NumPy where there are numbers alone."""
        kinds = {leaf.kind for leaf in self.leaves} - {"number", "static", "symbol"}
        kinds = {"torch" if k == "module" else k for k in kinds}
        if len(kinds) > 1 and kinds - {"numpy"} == {"jax"}:
            return "jax"
        if len(kinds) > 1:
            raise ClosedformError(f"arrays of {' and '.join(sorted(kinds))} are given in one call; give those of one")
        return kinds.pop() if kinds else "numpy"


def declared(where: str | None) -> Declarations:
    """What a where-string says."""
    said = Declarations()
    if where:
        declare_all(lex(where), 0, said)
    return said


def signature_of(fn: Callable[..., Any]) -> inspect.Signature | None:
    try:
        return inspect.signature(fn)
    except (TypeError, ValueError):
        return None


def bound(fn: Callable[..., Any], args: tuple[Any, ...], kwargs: Mapping[str, Any], moving: frozenset[int]) -> Call:
    """The arguments by name, defaults put in; ``moving``: the arguments that are differentiated by."""
    signature = signature_of(fn)
    if signature is None:
        given, arguments = None, {f"x{k}" if len(args) > 1 else "x": v for k, v in enumerate(args)}
    else:
        given = signature.bind(*args, **kwargs)
        given.apply_defaults()
        arguments = dict(given.arguments)
    trees, leaves = [], list[Leaf]()
    for k, (name, value) in enumerate(arguments.items()):
        some, tree = flat(value, (name,))
        trees.append(tree)
        leaves += [_leaf(k, path, x, k in moving) for path, x in some]
    return Call(tuple(arguments), tuple(trees), _named(leaves), given)


def _leaf(k: int, path: Path, x: Any, moving: bool) -> Leaf:
    kind = library(x)
    if kind == "static" and moving and isinstance(x, int) and not isinstance(x, bool):
        kind = "number"
    if kind == "static" and type(x).__module__.split(".")[0] != "builtins" and hasattr(x, "named_parameters"):
        kind = "module"
    if kind not in ("static", "number", "module") and len(x.shape) > 2:
        raise ShapeError(f"{'.'.join(path)} has {len(x.shape)} axes; arrays of one and two axes are read")
    if kind == "numpy" and np.asarray(x).dtype.kind not in "fiub":
        if np.asarray(x).dtype.kind == "c":
            raise MissingRule(f"{'.'.join(path)} has complex entries; formulas here are over the real numbers")
        kind = "static"
    return Leaf(k, path, x, kind)


def _named(leaves: list[Leaf]) -> tuple[Leaf, ...]:
    """Each variable by the shortest end of its path that is no other's."""
    names, out = Names(), []
    ends = [leaf.path[-1] for leaf in leaves if leaf.kind not in ("static", "module")]
    for leaf in leaves:
        if leaf.kind in ("static", "module"):
            out.append(leaf)
            continue
        end = leaf.path[-1]
        alone = len(leaf.path) == 1 or (ends.count(end) == 1 and not end.isdigit())
        out.append(Leaf(leaf.argument, leaf.path, leaf.value, leaf.kind, names.of(end if alone else "_".join(leaf.path))))
    return tuple(out)


def statics_of(call: Call) -> tuple[Any, ...]:
    """What of a call is no number: the ones among lengths, and the values of static arguments."""
    return tuple(
        (leaf.path, leaf.kind, str(getattr(leaf.value, "dtype", ""))[-5:], tuple(k == 1 for k in getattr(leaf.value, "shape", ())))
        if leaf.name
        else (leaf.path, leaf.kind, look(leaf.value))
        for leaf in call.leaves
    )  # fmt: skip


def look(x: Any) -> Any:
    if hasattr(x, "dtype") and hasattr(x, "shape"):
        return (x.__class__, tuple(x.shape), x.dtype)
    if x.__class__ is float:
        return float
    return (x.__class__, x) if isinstance(x, PLAIN) else (x.__class__, id(x))
