"""Shared parts get names: ``A'*(diag(p) - p*p')*A where p = softmax(A*x + b)``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from closedform.expr.node import Node, make
from closedform.expr.size import ONE
from closedform.functions.algebra import ADD, SUMOVER, SYM, TRANSPOSE, total, transpose
from closedform.functions.known_facts import facts_of
from closedform.rewrite.display.build import cost, structure
from closedform.rewrite.display.context import PLAIN, Context
from closedform.rewrite.display.parts import Part, bound, candidates, nodes_of, paths, put

SMALL = 250
"""Up to so many nodes every promising part is tried; beyond, one pass names what is used more than once."""
TRIES = 60
VECTORS = "pquvwrgzhyxbac"
MATRICES = "MPGBKNQSTHWVUCRZ"
SCALARS = "strcghkwzquvpa"
BY_FUNCTION = {"softmax": "p", "sigmoid": "s", "softmax_rows": "P", "exp": "w", "tanh": "t"}


@dataclass(frozen=True)
class Shared:
    """An answer with named parts: ``bindings`` in an order in which each uses earlier ones only."""

    node: Node
    bindings: tuple[tuple[str, Node], ...] = ()


def share(node: Node, context: Context = PLAIN) -> Shared:
    """Name the parts whose naming makes the print shorter."""
    nodes = nodes_of([node])
    if len(nodes) < 4:
        return Shared(node)
    names = Names(nodes, context)
    return _one_pass(node, nodes, names) if len(nodes) > SMALL else _greedy(node, names)


class Names:
    """Fresh names by habit."""

    def __init__(self, nodes: list[Node], context: Context) -> None:
        self.taken = set(context.taken) | set(context.order) | {"e", "i", "j", "d", context.whole}
        for n in nodes:
            self.taken |= {p for p in n.params if isinstance(p, str)}
            self.taken |= n.rows.names | n.cols.names
            if n.op is SYM:
                self.taken.add("d" + n.params[0])
            if n.op is SUMOVER:
                self.taken |= n.params[1].names | n.params[2].names

    def fresh(self, node: Node) -> str:
        """A name for this part; it stays free until ``take``."""
        habit = BY_FUNCTION.get(node.op.name, "")
        if node.op is ADD and node.is_column and not node.is_scalar:
            habit = "r"
        pool = SCALARS if node.is_scalar else VECTORS if node.is_column else MATRICES
        return next(n for n in _spelled(habit + pool) if n not in self.taken)

    def take(self, name: str) -> None:
        self.taken.add(name)


def _spelled(pool: str) -> Iterator[str]:
    yield from pool
    k = 1
    while True:
        yield from (f"{pool[0]}{k}",)
        k += 1


def symbol_for(name: str, node: Node) -> Node:
    """The variable that stands for a part; it remembers what the printer may know of it."""
    facts = ["bound:"]
    if node.is_square and not node.is_scalar and "sym" in facts_of(node):
        facts.append("sym")
    return make(SYM, (), (name, tuple(facts)), node.shape)


def _greedy(node: Node, names: Names) -> Shared:
    roots, found = [node], list[str]()
    before, tries = cost(node), 0
    failed: set[tuple[Node, ...]] = set()
    while tries < TRIES:
        step = None
        for part in _promising(roots, failed):
            tries += 1
            name = names.fresh(part.node)
            after, new = min(_named(roots, part, name), key=lambda way: way[0])
            if after < before:
                step = name, new, after
                break
            failed.add(part.piece)
            if tries >= TRIES:
                break
        if step is None:
            break
        name, roots, before = step
        names.take(name)
        found.append(name)
    return Shared(roots[0], _sorted(found, roots[1:]))


def _named(roots: list[Node], part: Part, name: str) -> Iterator[tuple[int, list[Node]]]:
    """The roots with the part named, or its negative where its sign can be turned; each with its length."""
    symbol = symbol_for(name, part.node)
    ways = [(symbol, part.node)]
    if part.node.op is ADD and structure(part.node).mixed:
        ways.append((total([(-1, symbol)]), _negative(part.node)))
    for shown, definition in ways:
        new = [*put(roots, part, shown), definition]
        yield sum(map(cost, new)) + 2 * (len(new) - 1), new


def _negative(node: Node) -> Node:
    return make(ADD, node.args, (tuple(-c for c in node.params[0]),), node.shape)


def _promising(roots: list[Node], failed: set[tuple[Node, ...]]) -> list[Part]:
    """Parts whose naming may pay, the best first."""
    nodes = nodes_of(roots)
    ranked = []
    for part in candidates(nodes, paths(nodes, roots)):
        if part.piece not in failed and part.node not in roots[1:]:
            c = cost(part.node)
            gain = (part.times - 1) * (c - 1) - 3
            if gain > -3:
                ranked.append((-gain, part.node.key, part))
    ranked.sort(key=lambda r: r[:2])
    return [part for _, _, part in ranked]


def _sorted(found: list[str], definitions: list[Node]) -> tuple[tuple[str, Node], ...]:
    """Each binding after those it uses."""
    uses = {n: _symbols(d) & set(found) for n, d in zip(found, definitions, strict=True)}
    by_name = dict(zip(found, definitions, strict=True))
    out: list[tuple[str, Node]] = []
    done: set[str] = set()
    while len(out) < len(found):
        name = next(n for n in found if n not in done and uses[n] <= done)
        out.append((name, by_name[name]))
        done.add(name)
    return tuple(out)


def _symbols(node: Node) -> set[str]:
    return {n.params[0] for n in nodes_of([node]) if n.op is SYM}


def _one_pass(root: Node, nodes: list[Node], names: Names) -> Shared:
    """Name every part that is used more than once and long enough, bottom up."""
    uses = dict.fromkeys(nodes, 0)
    for n in nodes:
        for a in n.args:
            uses[a] += 1
    inside = bound(nodes)
    new: dict[Node, Node] = {}
    bindings: list[tuple[str, Node]] = []
    for n in nodes:
        args = tuple([new[a] for a in n.args])
        kept = all(a is b for a, b in zip(args, n.args, strict=True))
        out = n if kept else make(n.op, args, n.params, n.shape)
        if n.args and n.op is not TRANSPOSE and n not in inside and (uses[n] - 1) * (cost(out) - 1) > 3:
            row = n.rows is ONE and n.cols is not ONE
            definition = transpose(out) if row else out
            name = names.fresh(definition)
            names.take(name)
            bindings.append((name, definition))
            out = symbol_for(name, definition)
            out = transpose(out) if row else out
        new[n] = out
    return Shared(new[root], tuple(bindings))
