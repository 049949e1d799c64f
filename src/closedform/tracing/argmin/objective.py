"""A function as read at one call, as an argmin problem: its variable, one array or several, and its values by name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from closedform.argmin.problem import Problem
from closedform.errors import ClosedformError, LimitError, MissingRule, ShapeError
from closedform.expr.node import Node
from closedform.expr.size import Size
from closedform.expr.walk import postorder, rebuild
from closedform.functions.algebra import SYM, mul, sym, transpose
from closedform.functions.rearrange import unvec
from closedform.functions.vectors import dot
from closedform.tracing.asking import Asked
from closedform.tracing.inputs import Call
from closedform.tracing.plans import Program, Wanted, numbers_of
from closedform.tracing.reading import Read
from closedform.tracing.value import looked

Array = Any
MOST = 3000
"""Entries of several arrays together that are minimised over."""
TOGETHER, ENTRIES = "variables_of_argmin", "entries_of_argmin"


@dataclass(eq=False)
class Objective:
    """``over`` are the places among the leaves that are minimised over, ``by`` those of the parameters."""

    read: Read
    call: Call
    over: tuple[int, ...]
    by: tuple[int, ...]
    programs: dict[Any, Program | None] = field(default_factory=dict)
    """Those made before, of the same reading at the same shapes."""

    @classmethod
    def of(cls, read: Read, call: Call, programs: dict[Any, Program | None]) -> Objective:
        """The first argument is minimised over."""
        if not read.formula._raw.is_scalar:
            dims = ", ".join(map(str, read.dims))
            raise ShapeError(f"an argmin is of a scalar; this function gives an array of shape ({dims})")
        over = tuple(k for k, leaf in enumerate(call.leaves) if leaf.argument == 0)
        bad = next((call.leaves[k] for k in over if not call.leaves[k].name), None)
        if bad is not None:
            raise ClosedformError(f"{'.'.join(bad.path)} is {bad.value!r}: it cannot be minimised over")
        by = tuple(k for k, leaf in enumerate(call.leaves) if leaf.argument > 0 and leaf.name)
        return cls(read, call, over, by, programs)

    @property
    def names(self) -> list[str]:
        return [self.call.leaves[k].name for k in self.over]

    def shapes(self, leaves: Sequence[Any]) -> list[tuple[int, ...]]:
        return [tuple(getattr(leaves[k], "shape", ())) for k in self.over]

    def split(self, flat: Array, leaves: Sequence[Any]) -> list[Array]:
        """The arrays of the variable, of a flat one."""
        shapes = self.shapes(leaves)
        ends = np.cumsum([0, *(int(np.prod(s, dtype=int)) for s in shapes)])
        return [flat[a:b].reshape(s) for a, b, s in zip(ends, ends[1:], shapes, strict=False)]

    def values(self, leaves: Sequence[Any]) -> dict[str, Any]:
        """Arrays of NumPy by name, in the shapes that the formula gives them."""
        read, numbers = self.read, numbers_of(self.read, leaves)
        have = {name: looked(leaves[place]) for name, place in read.places.items()}
        have |= {name: looked(x) for name, x in read.constants.items()}
        made = {name: np.asarray(make(have, numbers), float) for name, make in read.derived.items()}
        symbols = _symbols(read.formula._raw)
        found = {name: _shaped(x, symbols[name]) for name, x in {**have, **made}.items() if name in symbols}
        return {**read.numbers, **numbers, **found}

    def problem(self, leaves: Sequence[Any]) -> Problem:
        """The problem at these arrays; the leaves of the variable are where a search starts."""
        values = self.values(leaves)
        flat = np.concatenate([np.asarray(looked(leaves[k]), float).reshape(-1) for k in self.over])
        f, x, more = self.packed(leaves)
        skip = {*self.names, *more}
        here = _symbols(f)
        parameters = {n: here[n] for n, v in values.items() if n in here and n not in skip and _moves(v)}
        held = {n: v for n, v in values.items() if n not in self.names}
        start = float(flat[0]) if x.is_scalar else flat if x.is_column else values[self.names[0]]
        return Problem(f, x, parameters, {**held, **more}, (), self.exact, start)

    def packed(self, leaves: Sequence[Any]) -> tuple[Node, Node, dict[str, Array]]:
        """The formula in one variable: the array itself, or a column that holds the entries of several."""
        f = self.read.formula._raw
        symbols = {n: self._symbol(n) for n in self.names}
        if len(self.over) == 1:
            return f, symbols[self.names[0]], {}
        counts = [int(np.prod(s, dtype=int)) for s in self.shapes(leaves)]
        total, at = sum(counts), 0
        if total > MOST:
            raise LimitError(f"the variable has {total} entries in {len(counts)} arrays; {MOST} at most (limit: size)")
        z, put, more = sym(TOGETHER, ENTRIES), dict[Node, Node](), dict[str, Array]()
        for name, count, shape in zip(self.names, counts, self.shapes(leaves), strict=True):
            x, key = symbols[name], f"place_of_{name}"
            rows = np.arange(at, at + count).reshape(shape).reshape(-1, order="F")
            more[key], at = np.eye(total)[rows], at + count
            if x.is_scalar:
                more[key] = more[key][0]
            put[x] = _taken(x, key, z)
        return rebuild(f, lambda n, _: put.get(n)), z, more

    def _symbol(self, name: str) -> Node:
        f = self.read.formula
        found = next((n for n in postorder(f._raw) if n.op is SYM and n.params[0] == name), None)
        if found is None:
            raise ClosedformError(f"the function does not depend on {self.read.labels[name]}: it has no argmin over it")
        return found

    # programs of the library that the function is written with

    def program(self, op: str, leaves: Sequence[Any]) -> Program | None:
        """The gradient or the Hessian by the variable, as a function of the leaves; None where it has no program."""
        key = (op, id(self.read), *(look(x) for x in leaves))
        if key not in self.programs:
            try:
                self.programs[key] = self._program(op, leaves)
            except MissingRule:
                if op == "grad":
                    raise
                self.programs[key] = None
        found = self.programs[key]
        return None if found is None or found.maps else found

    def _program(self, op: str, leaves: Sequence[Any]) -> Program:
        asked = Asked.of(op, self.read, self.call, (0,), True)
        return Program(self.read, asked.wanted(leaves, numbers_of(self.read, leaves)), leaves, {})

    @cached_property
    def exact(self) -> dict[str, Any]:
        """The derivatives of a closed form of x*, where the Hessian is 0 at it, by parameter."""
        if len(self.over) != 1:
            return {}
        here = _symbols(self.read.formula._raw)
        by = [self.call.leaves[k].name for k in self.by]
        parameters = {name: here[name] for name in by if name in here}
        return self.read.formula.argmin(self.names[0])._exact(parameters)

    def check_path(self, leaves: Sequence[Any]) -> None:
        """The branches taken when it was read must be those at x*."""
        if not (self.read.guards or self.read.looked_at):
            return
        program = Program(self.read, [Wanted(self.read.formula)], leaves, {})
        if not program.holds(leaves):
            raise MissingRule(
                "the function takes another path at x* than at the start: what was minimised is not this function",
                hint="Give a start nearer to the minimum, or write the branch with where, maximum or abs.",
            )


def _taken(x: Node, key: str, z: Node) -> Node:
    """The part of z that is x."""
    k: Any = z.rows
    if x.is_scalar:
        return dot(sym(key, ENTRIES), z)
    rows: Size = x.rows * x.cols
    part = mul(sym(key, rows, k), z)
    if x.is_column:
        return part
    return unvec(part, x.rows, x.cols) if x.cols.number != 1 and x.rows.number != 1 else transpose(part)


def _symbols(f: Node) -> dict[str, Node]:
    return {str(n.params[0]): n for n in postorder(f) if n.op is SYM}


def look(x: Any) -> Any:
    """What must be the same for a program to be used again."""
    if hasattr(x, "dtype"):
        return tuple(x.shape), str(x.dtype)
    return x if isinstance(x, int | str | bool | None) else float if isinstance(x, float) else id(x)


def _moves(v: Any) -> bool:
    return np.asarray(v).dtype.kind == "f"


def _shaped(x: Array, symbol: Node) -> Any:
    """An array in the shape of its symbol: axes of length 1 left out."""
    flat = np.asarray(x, float)
    if symbol.is_scalar:
        return float(flat.reshape(()))
    if symbol.is_column:
        return flat.reshape(-1)
    if flat.ndim == 2:
        return flat
    raise ClosedformError(f"{symbol.params[0]} has shape {flat.shape}, its symbol is {symbol.rows}×{symbol.cols}")
