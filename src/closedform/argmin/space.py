"""Where x lives: its sizes, the free components of a structured matrix, and a first point."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from closedform.argmin.system import Block, System
from closedform.errors import ValueProblem
from closedform.expr.node import Node
from closedform.functions.known_facts import facts_of
from closedform.run.fitting import Equation, solve_sizes

Array = Any


def shape_at(x: Node, sizes: Mapping[str, int], start: Any) -> tuple[int, int]:
    """The rows and columns of x, from the start or from the sizes that other arrays show."""
    if start is not None:
        given = np.shape(start)
        if x.is_scalar and int(np.prod(given, dtype=int)) == 1:
            return 1, 1
        if x.is_column and len(given) == 1:
            return given[0], 1
        if len(given) == 2 and not x.is_scalar:
            return given[0], given[1]
        raise ValueProblem(f"the start has shape {given}; {x.params[0]} is {x.rows}×{x.cols}")
    missing = sorted((x.rows.names | x.cols.names) - set(sizes))
    if missing:
        raise ValueProblem(f"the size {missing[0]} of {x.params[0]} is not known: give a start")
    return x.rows.value(sizes), x.cols.value(sizes)


def sizes_of(symbols: Mapping[str, Node], values: Mapping[str, Any]) -> dict[str, int]:
    """The numbers of sizes, from the arrays given and from sizes given by name."""
    equations = []
    for name, v in values.items():
        if name not in symbols:
            continue
        x, shape = symbols[name], np.shape(v)
        wanted = [] if x.is_scalar else [x.rows] if x.is_column and len(shape) == 1 else [x.rows, x.cols]
        equations += [Equation(s, h, f"{name} is {shape}") for s, h in zip(wanted, shape, strict=False)]
    known = {k: int(v) for k, v in values.items() if k not in symbols and np.ndim(v) == 0 and float(v) % 1 == 0}
    sizes = {name for x in symbols.values() for s in x.shape for name in s.names}
    if small := next((k for k, n in known.items() if n < 1 and k in sizes), None):
        raise ValueProblem(f"{small} is {known[small]}; a whole number of 1 or more is wanted (it is a size)")
    return solve_sizes(equations, known)


def basis_of(x: Node, rows: int, cols: int) -> Array | None:
    """A basis of the linear space that x is declared in, entries row by row in the columns; None for all."""
    facts = facts_of(x)
    if x.is_scalar or rows != cols or not facts & {"diag", "lower", "upper", "sym", "skew"}:
        return None
    whole = np.eye(rows * cols)
    units = [(i, j) for i in range(rows) for j in range(cols)]
    if "diag" in facts:
        return whole[:, [i * cols + i for i in range(rows)]]
    if "lower" in facts or "upper" in facts:
        keep = [i * cols + j for i, j in units if (i >= j if "lower" in facts else i <= j)]
        return whole[:, keep]
    sign = 1.0 if "sym" in facts else -1.0
    pairs = [(i, j) for i, j in units if i < j or (i == j and sign > 0)]
    columns = [whole[:, i * cols + j] + (sign * whole[:, j * cols + i] if i != j else 0.0) for i, j in pairs]
    return np.array(columns).T


def start_of(system: System, block: Block, defined: Callable[[Array], bool] | None = None) -> Array:
    """A point at which f and its gradient have values: 0, the identity, all ones, …"""
    x, (rows, cols) = block.symbol, system.shape(block.symbol)
    eye = block.free(np.eye(rows, cols).reshape(-1))
    rng = np.random.default_rng(11)
    n = block.width
    tries = [np.zeros(n), eye, np.ones(n), np.full(n, 0.5), np.full(n, 1.0 / n), -np.ones(n)]
    tries += [rng.standard_normal(n) for _ in range(10)]
    if {"pd", "psd", "pos"} & set(facts_of(x)):
        tries = tries[1:]
    defined = defined or (lambda z: np.isfinite(system.value(z)) and np.isfinite(system.gradient(z)).all())
    for z in tries:
        if defined(z):
            return z
    raise ValueProblem(f"f has no value at any point tried for {x.params[0]}: give a start")
