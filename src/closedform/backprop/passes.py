"""What each row gives its arguments backward, and takes from them forward, in closed form."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from closedform.backprop.graph import Graph, Row
from closedform.calculus.adjoint import adjoint
from closedform.calculus.derive import Derived, shortest
from closedform.calculus.differential import differential
from closedform.calculus.spaces import project
from closedform.expr.node import Node
from closedform.expr.walk import rebuild
from closedform.functions.algebra import sym
from closedform.rewrite.normal.engine import is_zero
from closedform.rewrite.normal.normal import normal
from closedform.rewrite.simplify import simplify


@dataclass(frozen=True)
class Part:
    """A summand of an adjoint or a tangent: what it comes through, and what that gives."""

    through: Node
    node: Node


Sums = dict[Node, list[Part]]
"""For each symbol, the summands of its adjoint (or tangent)."""


def backward(graph: Graph, wanted: Iterable[Node]) -> Sums:
    """The adjoint of every symbol that depends on a wanted variable: the sum over the rows that use it."""
    variables = list(wanted)
    active = graph.active(variables)
    out: Sums = {}
    for row in reversed(graph.rows):
        moved = [a for a in row.uses if a in active]
        if not moved or row.symbol not in active:
            continue
        seed = sym(graph.names.bar(row.name), row.symbol.rows, row.symbol.cols)
        for a, node in _pulled(row, moved, seed).items():
            if not is_zero(node):
                out.setdefault(a, []).append(Part(row.symbol, node))
    return {a: [Part(p.through, _in_space(p.node, a, variables)) for p in reversed(parts)] for a, parts in out.items()}


def forward(graph: Graph, wanted: Iterable[Node]) -> Sums:
    """The tangent of every row that depends on a wanted variable: the sum over what it uses."""
    active = graph.active(wanted)
    out: Sums = {}
    for row in graph.rows:
        for a in row.uses:
            if a not in active:
                continue
            dot = sym(graph.names.dot(str(a.params[0])), a.rows, a.cols)
            found = _ask(row, lambda node, a=a, dot=dot: {a: simplify(differential(node, {a: dot}))})  # type: ignore[misc]
            if not is_zero(found[a]):
                out.setdefault(row.symbol, []).append(Part(a, found[a]))
    return out


def _pulled(row: Row, moved: list[Node], seed: Node) -> dict[Node, Node]:
    directions = {a: sym(f"d {a.params[0]}", a.rows, a.cols) for a in moved}

    def ask(node: Node) -> dict[Node, Node]:
        back = adjoint(differential(node, directions), directions.values(), seed)
        return {a: simplify(back[d]) for a, d in directions.items()}

    return _ask(row, ask)


def _ask(row: Row, ask: Callable[[Node], dict[Node, Node]]) -> dict[Node, Node]:
    """Derivatives of a row, its own value put in where it stands in them."""
    found = shortest(row.own, lambda node: {a: Derived("part", n) for a, n in ask(node).items()})
    value = normal(row.own)
    put = {normal(value.T): normal(row.symbol.T), value: row.symbol}
    if not value.args:
        put = {}
    return {a: _put(f.node, put) for a, f in found.items()}


def _put(node: Node, put: dict[Node, Node]) -> Node:
    after = rebuild(node, lambda n, _: put.get(n))
    return node if after is node else simplify(normal(after))


def _in_space(node: Node, a: Node, variables: list[Node]) -> Node:
    return simplify(project(node, a)) if a in variables else node
