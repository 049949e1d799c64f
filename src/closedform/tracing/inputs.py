"""The arguments of one call: bound to names, flattened, each leaf a variable of the formula or static."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from closedform.errors import ClosedformError, DeclarationError, MissingRule, ShapeError
from closedform.read.alphabet import canonical
from closedform.read.declarations import Declarations, declare_all
from closedform.read.lexer import lex
from closedform.tracing.modules import Taken, is_module, taken
from closedform.tracing.names import chosen
from closedform.tracing.pytrees import Path, Tree, flat, library

PLAIN = (int, bool, str, type(None), float)


@dataclass(frozen=True)
class Leaf:
    """One leaf: which argument it is of, its path there, what it is of."""

    argument: int
    path: Path
    value: Any
    kind: str  # numpy, jax, torch, number, static; symbol: its number of axes is the value
    name: str = ""


Slot = tuple[str, int | str | None]
"""A parameter, and for ``*args`` and ``**options`` which of its values."""


@dataclass(frozen=True)
class Call:
    """The arguments of a call, apart."""

    names: tuple[str, ...]
    trees: tuple[Tree, ...]
    leaves: tuple[Leaf, ...]
    bound: inspect.BoundArguments | None
    modules: Mapping[int, Taken] = field(default_factory=dict)
    slots: tuple[Slot, ...] = ()

    def arguments(self, leaves: Sequence[Any]) -> tuple[list[Any], dict[str, Any]]:
        """Positional and keyword arguments, with these leaves in their places."""
        values, at = [], 0
        for k, tree in enumerate(self.trees):
            mine = list(leaves[at : at + tree.count])
            values.append(self.modules[k].filled(mine) if k in self.modules else tree.filled(mine))
            at += tree.count
        if self.bound is None:
            return values, {}
        together: dict[str, Any] = {}
        for (name, key), value in zip(self.slots, values, strict=True):
            if key is None:
                together[name] = value
            elif isinstance(key, int):
                together[name] = (*together.get(name, ()), value)
            else:
                together.setdefault(name, {})[key] = value
        made = inspect.BoundArguments(self.bound.signature, together)
        return list(made.args), dict(made.kwargs)

    @property
    def renamed(self) -> dict[str, str]:
        """Arguments by their names in the code, with those in the formula."""
        return {leaf.path[0] if len(leaf.path) == 1 else leaf.name: leaf.name for leaf in self.leaves if leaf.name}

    @property
    def style(self) -> str:
        """The library whose arrays are given; NumPy where there are numbers alone."""
        kinds = {leaf.kind for leaf in self.leaves} - {"number", "static", "symbol"}
        if len(kinds) > 1 and kinds - {"numpy"} == {"jax"}:
            return "jax"
        if len(kinds) > 1:
            raise ClosedformError(f"arrays of {' and '.join(sorted(kinds))} are given in one call; give those of one")
        return kinds.pop() if kinds else "numpy"


def declared(where: str | None, names: Mapping[str, str]) -> Declarations:
    """What a where-string says; ``names``: the arguments as the formula names them."""
    said = Declarations()
    if where:
        declare_all(lex(where), 0, said)
        _all_there(said, names)
    for own, name in names.items():
        if canonical(own) != name:
            said.shapes |= {name: said.shapes.pop(own)} if own in said.shapes else {}
            said.facts |= {name: said.facts.pop(own)} if own in said.facts else {}
    return said


def _all_there(said: Declarations, names: Mapping[str, str]) -> None:
    """Refuse what is declared of no argument."""
    known = {*names.values(), *map(canonical, names)}
    for name in (*said.shapes, *said.facts):
        if name not in known:
            raise DeclarationError(
                f"{name} is declared, and the function has no argument {name}",
                hint=f"Its arguments are {', '.join(names) or 'none that hold numbers'}.",
            )


def signature_of(fn: Callable[..., Any]) -> inspect.Signature | None:
    try:
        return inspect.signature(fn)
    except (TypeError, ValueError):
        return None


def bound(fn: Callable[..., Any], args: tuple[Any, ...], kwargs: Mapping[str, Any], moving: frozenset[int]) -> Call:
    """The arguments by name, defaults put in; ``moving``: the arguments that are differentiated by."""
    signature = signature_of(fn)
    if signature is None:
        given = None
        slots: list[tuple[Slot, Any]] = [((f"x{k + 1}" if len(args) > 1 else "x", None), v) for k, v in enumerate(args)]
    else:
        given = signature.bind(*args, **kwargs)
        given.apply_defaults()
        slots = list(_slots(given))
    names = tuple(_slot_name(slot) for slot, _ in slots)
    trees, leaves, modules = [], list[Leaf](), dict[int, Taken]()
    for k, (name, (_, value)) in enumerate(zip(names, slots, strict=True)):
        if is_module(value):
            some, tree, modules[k] = taken(value, name)
        else:
            some, tree = flat(value, (name,))
        trees.append(tree)
        leaves += [_leaf(k, path, x, k in moving) for path, x in some]
    return Call(names, tuple(trees), _named(leaves), given, modules, tuple(slot for slot, _ in slots))


def _slot_name(slot: Slot) -> str:
    name, key = slot
    return name if key is None else f"{name}_{key + 1}" if isinstance(key, int) else key


def _slots(given: inspect.BoundArguments) -> Iterator[tuple[Slot, Any]]:
    """Every argument with the parameter it is for; those of ``*args`` and ``**options`` one by one."""
    kinds = {p.name: p.kind for p in given.signature.parameters.values()}
    for name, value in given.arguments.items():
        if kinds[name] is inspect.Parameter.VAR_POSITIONAL:
            yield from (((name, k), v) for k, v in enumerate(value))
        elif kinds[name] is inspect.Parameter.VAR_KEYWORD:
            yield from (((name, key), v) for key, v in value.items())
        else:
            yield (name, None), value


def _leaf(k: int, path: Path, x: Any, moving: bool) -> Leaf:
    kind = library(x)
    if kind == "static" and moving and isinstance(x, int) and not isinstance(x, bool):
        kind = "number"
    if kind not in ("static", "number") and len(x.shape) > 3:
        raise ShapeError(f"{'.'.join(path)} has {len(x.shape)} axes; arrays of one, two and three axes are read")
    if kind == "numpy" and np.asarray(x).dtype.kind not in "fiub":
        if np.asarray(x).dtype.kind == "c":
            raise MissingRule(f"{'.'.join(path)} has complex entries; formulas here are over the real numbers")
        kind = "static"
    return Leaf(k, path, x, kind)


def _named(leaves: list[Leaf]) -> tuple[Leaf, ...]:
    """Each variable by the shortest end of its path that is no other's."""
    moving = [leaf for leaf in leaves if leaf.kind != "static"]
    ends = [leaf.path[-1] for leaf in moving]
    names = iter(chosen([_wish(leaf, ends) for leaf in moving]))
    return tuple(leaf if leaf.kind == "static" else replace(leaf, name=next(names)) for leaf in leaves)


def _wish(leaf: Leaf, ends: Sequence[str]) -> str:
    end = leaf.path[-1]
    alone = len(leaf.path) == 1 or (ends.count(end) == 1 and not end.isdigit())
    return end if alone else "_".join(leaf.path)


def statics_of(call: Call) -> tuple[Any, ...]:
    """What of a call is no number: the ones among lengths, and the values of static arguments."""
    return (*map(_static, call.leaves), modules_of(call))


def modules_of(call: Call) -> tuple[int, ...]:
    """Which modules are given: each has settings of its own besides its parameters."""
    return tuple(id(part.module) for part in call.modules.values())


def _static(leaf: Leaf) -> tuple[Any, ...]:
    if not leaf.name:
        return leaf.path, leaf.kind, look(leaf.value)
    ones = tuple(k == 1 for k in getattr(leaf.value, "shape", ()))
    return leaf.path, leaf.kind, str(getattr(leaf.value, "dtype", ""))[-5:], ones


def look(x: Any) -> Any:
    if hasattr(x, "dtype") and hasattr(x, "shape"):
        return (x.__class__, tuple(x.shape), x.dtype)
    if x.__class__ is float:
        return float
    return (x.__class__, x) if isinstance(x, PLAIN) else (x.__class__, id(x))
