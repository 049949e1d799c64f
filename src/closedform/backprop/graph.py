"""The computation graph of a formula as it was typed: one row an operation, or one a part that has a name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from closedform.backprop.names import Names
from closedform.expr.facts import close
from closedform.expr.node import Node
from closedform.expr.walk import postorder, rebuild
from closedform.functions.algebra import HAD, INDEX, NUM, ONES, POW, SCALE, SUMOVER, SYM, TRANSPOSE, UNIT, sym
from closedform.functions.known_facts import facts_of

GRAINS = ("operations", "named")
NORMS = ("norm2", "normF")


@dataclass(frozen=True)
class Row:
    """One value of the forward pass: ``symbol = own``, where ``own`` is written in ``uses``; ``part`` as typed."""

    symbol: Node
    own: Node
    part: Node
    uses: tuple[Node, ...]

    @property
    def name(self) -> str:
        return str(self.symbol.params[0])


@dataclass(frozen=True)
class Graph:
    """Rows in the order in which they can be computed, the last of them the formula; ``inputs`` its variables."""

    rows: tuple[Row, ...]
    inputs: tuple[Node, ...]
    names: Names

    def active(self, wanted: Iterable[Node]) -> set[Node]:
        """The symbols whose value depends on a wanted variable."""
        found = set(wanted)
        for row in self.rows:
            if any(a in found for a in row.uses):
                found.add(row.symbol)
        return found


def graph(root: Node, names: Names, named: Mapping[str, Node], grain: str) -> Graph:
    """The rows of a raw node; ``named`` are parts that the person gave names."""
    title = next((name for name, node in named.items() if node is root), "")
    wish = {node: name for name, node in reversed(list(named.items())) if node.args and node is not root}
    inside = [n for n in postorder(root) if n in wish]
    parts = inside if grain == "named" else _operations(root, wish)
    put: dict[Node, Node] = {}
    rows = list[Row]()
    for part in [*parts, root]:
        own = _in_terms_of(part, put)
        name = names.root(title) if part is root else names.row(len(rows) + 1, wish.get(part))
        symbol = sym(name, part.rows, part.cols, _facts(part))
        uses = [n for n in postorder(own) if n.op is SYM]
        rows.append(Row(symbol, own, part, tuple(dict.fromkeys(uses))))
        put[part] = symbol
    inputs = tuple(n for n in postorder(root) if n.op is SYM)
    return Graph(tuple(rows), inputs, names)


def _in_terms_of(part: Node, put: Mapping[Node, Node]) -> Node:
    return rebuild(part, lambda n, args: put.get(n) if n is not part else None)


def _facts(part: Node) -> list[str]:
    """What is known of the value, without what follows from the rest."""
    known = [f for f in facts_of(part) if f != "square"]
    return [f for f in known if not any(f in close([g]) for g in known if g != f)]


def _operations(root: Node, wish: Mapping[Node, str]) -> list[Node]:
    """The parts below the root that are rows: all operations but those that only arrange others."""
    order = list(postorder(root))
    parents: dict[Node, list[Node]] = {}
    for n in order:
        for a in n.args:
            parents.setdefault(a, []).append(n)
    moves, free = _with_variables(order), _free_indices(order)
    summed = {n.params[0] for n in order if n.op is SUMOVER}
    out = []
    for n in order:
        if n is root or not n.args or n not in moves or free[n] & summed:
            continue
        if n in wish or not _arranges(n, parents[n]):
            out.append(n)
    return out


def _arranges(n: Node, parents: list[Node]) -> bool:
    """Whether the operation is written as part of those that use it: a transpose, a divisor, a squared norm."""
    if n.op in (TRANSPOSE, UNIT) or (n.op is SCALE and n.args[1].op is ONES):
        return True
    if n.op is POW and n.args[1].op is NUM and n.args[1].params[0] == -1:
        return all(p.op in (HAD, SCALE) for p in parents)
    squared = n.op.name in NORMS and all(p.op is POW and p.args[1].op is NUM for p in parents)
    return squared and all(p.args[1].params[0] == 2 for p in parents)


def _with_variables(order: list[Node]) -> set[Node]:
    found: set[Node] = set()
    for n in order:
        if n.op is SYM or any(a in found for a in n.args):
            found.add(n)
    return found


def _free_indices(order: list[Node]) -> dict[Node, frozenset[str]]:
    free: dict[Node, frozenset[str]] = {}
    for n in order:
        names = frozenset(n.params) if n.op is INDEX else frozenset[str]().union(*(free[b] for b in n.args))
        free[n] = names - {n.params[0]} if n.op is SUMOVER else names
    return free
