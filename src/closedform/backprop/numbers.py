"""The numbers of a table at given arrays: each row from the rows before, each adjoint from its summands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from closedform.backprop.lines import Passes
from closedform.backprop.passes import Part
from closedform.errors import ValueProblem
from closedform.expr.node import Node
from closedform.expr.walk import postorder, rebuild
from closedform.functions.algebra import SYM, sym
from closedform.run.arrays import as_matrix
from closedform.run.values import prepared, shaped, value

Numbers = dict[str, Any]
"""A float, a 1-d or a 2-d array for each name: rows, adjoints, tangents, variables."""


def numbers(passes: Passes, given: Mapping[str, Any], unused: list[str]) -> Numbers:
    """The values, adjoints and tangents at these arrays. A seed and directions are given by the names of theirs.

    Raises ValueProblem where an array does not fit, as a formula that is called.
    """
    names, root = passes.names, passes.graph.rows[-1]
    extra = [names.bar(root.name), *(names.dot(str(x.params[0])) for x in passes.wanted)]
    seeds = {inside: given[typed] for inside in extra if (typed := names.written(inside, "text")) in given}
    plain = {n: a for n, a in given.items() if n not in {names.written(s, "text") for s in seeds}}
    functions = [n for n, a in plain.items() if callable(a)]
    env, sizes = prepared(root.part, plain, [*unused, *functions], {})
    known: Numbers = {x.params[0]: shaped(env[x.params[0]], x.shape) for x in passes.graph.inputs}
    known |= {n: plain[n] for n in functions}
    known |= {n: a for n, a in plain.items() if n not in known and n not in sizes}
    at = _At(known, dict(sizes))
    for row in passes.graph.rows:
        known[row.name] = at.value(row.own)
    _adjoints(passes, at, seeds)
    _tangents(passes, at, seeds)
    return known


class _At:
    """Evaluation of small expressions in names that have values."""

    def __init__(self, known: Numbers, sizes: dict[str, int]) -> None:
        self.known, self.sizes = known, sizes

    def value(self, node: Node) -> Any:
        free = rebuild(node, lambda n, _: sym(n.params[0], n.rows, n.cols) if n.op is SYM else None)
        given = {n.params[0]: self.known[n.params[0]] for n in postorder(free) if n.op is SYM}
        more = {n: a for n, a in {**self.sizes, **self.known}.items() if n not in given}
        return value(free, {**given, **more}, list(more))

    def total(self, parts: list[Part], like: Node) -> Any:
        if not parts:
            return 0 * self.known[str(like.params[0])]
        return sum(self.value(p.node) for p in parts[1:]) + self.value(parts[0].node)


def _adjoints(passes: Passes, at: _At, seeds: Mapping[str, Any]) -> None:
    *rows, root = (row.symbol for row in passes.graph.rows)
    bar = passes.names.bar
    seed = seeds.get(bar(str(root.params[0])), 1.0 if root.is_scalar else None)
    if seed is None:
        return
    at.known[bar(str(root.params[0]))] = _like(at, root, seed, passes.names.written(bar(str(root.params[0])), "text"))
    for symbol in (*reversed(rows), *passes.wanted):
        if symbol in passes.active:
            at.known[bar(str(symbol.params[0]))] = at.total(passes.adjoints.get(symbol, []), symbol)


def _tangents(passes: Passes, at: _At, seeds: Mapping[str, Any]) -> None:
    dot, alone = passes.names.dot, len(passes.wanted) == 1
    for x in passes.wanted:
        name = dot(str(x.params[0]))
        seed = seeds.get(name, 1.0 if alone and x.is_scalar else None)
        if seed is None:
            return
        at.known[name] = _like(at, x, seed, passes.names.written(name, "text"))
    for row in passes.graph.rows:
        if row.symbol in passes.active:
            at.known[dot(row.name)] = at.total(passes.tangents.get(row.symbol, []), row.symbol)


def _like(at: _At, symbol: Node, seed: Any, name: str) -> Any:
    """A seed or a direction, which has the shape of its value."""
    array = shaped(as_matrix(name, seed, symbol.shape), symbol.shape)
    if np.shape(array) != np.shape(at.known[str(symbol.params[0])]):
        have, want = np.shape(array), np.shape(at.known[str(symbol.params[0])])
        raise ValueProblem(f"{name} has shape {have}; that of {symbol.params[0]} is wanted, {want}")
    return array


def shown(found: Any, digits: int = 6) -> str:
    """A number or an array in a cell: small ones in full, large ones by shape and norm.

    >>> shown(np.array([1.0, 0.25])), shown(np.ones((30, 2)))
    ('[1, 0.25]', '30×2, norm 7.74597')
    """
    array = np.asarray(found, float)
    if array.ndim == 0:
        return f"{float(array):.{digits}g}"
    if array.size > LARGE:
        return f"{'×'.join(map(str, array.shape))}, norm {float(np.linalg.norm(array)):.{digits}g}"
    rows = [", ".join(f"{x:.{digits}g}" for x in row) for row in np.atleast_2d(array)]
    return f"[{'; '.join(rows)}]"


LARGE = 6
