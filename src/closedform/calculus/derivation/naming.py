"""Long lines: shared parts get names, the same in every line, so that each line can be read at a glance."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from closedform.errors import LimitError
from closedform.expr.node import Node, make
from closedform.functions.algebra import ADD, SYM, D, total
from closedform.rewrite.display.build import cost
from closedform.rewrite.display.context import Context
from closedform.rewrite.display.parts import Part, bound, nodes_of, paths, put
from closedform.rewrite.display.sharing import Names, share, symbol_for

LONGEST = 100
MOST = 200
"""A line in which no name shortens anything may be so long."""
PIECE = 60
Binding = tuple[str, Node]


@dataclass
class Naming:
    """The names given so far, and those that the answer itself gives to its parts."""

    context: Context
    names: Names
    offered: list[Binding]
    given: list[Binding] = field(default_factory=list)

    @classmethod
    def of(cls, nodes: list[Node], answer: Node, context: Context) -> Naming:
        """Names for the lines ``nodes``; those that the printed answer uses come first."""
        offered = list(share(answer, context).bindings)
        names = Names(nodes_of(nodes), context)
        names.taken |= {name for name, _ in offered}
        return cls(context, names, offered)

    def shown(self, node: Node, length: Callable[[Node], int] = cost) -> tuple[Node, list[Binding]]:
        """The line with its named parts in place, and the names that are new in it."""
        for name, definition in self.given:
            node = named(node, name, definition)
        new: list[Binding] = []
        after, used = self._offered(node)
        if used and length(after) + sum(cost(part) + 2 for _, part in used) < length(node):
            node, new = after, used
        node = self._cut(node, new, length)
        self.given += new
        return node, new

    def _cut(self, node: Node, new: list[Binding], length: Callable[[Node], int]) -> Node:
        """The line with parts named until it is short; each name must shorten it, so there is an end."""
        tokens = length(node)
        while tokens > LONGEST:
            binding = self._piece(node)
            after = named(node, *binding) if binding is not None else node
            before, tokens = tokens, length(after)
            if binding is None or tokens >= before:
                _require_readable(before)
                break
            node = after
            self.names.take(binding[0])
            new.append(binding)
        return node

    def whole(self, node: Node, bindings: tuple[Binding, ...]) -> list[Binding]:
        """For the answer, which has its names already: those that no line before it has introduced."""
        new = [b for b in bindings if b not in self.given]
        self.given += new
        return new

    def _offered(self, node: Node) -> tuple[Node, list[Binding]]:
        """The line with the names of the answer's parts that stand in it."""
        used: list[Binding] = []
        for binding in self.offered:
            if binding in self.given:
                continue
            after = named(node, *binding)
            if after is not node or any(_uses(part, binding[0]) for _, part in self.offered):
                used.append(binding)
            node = after
        held = {n.params[0] for n in nodes_of([node]) if n.op is SYM}
        return node, reached(used, held)

    def _piece(self, node: Node) -> Binding | None:
        """The part of the line whose name shortens it most."""
        nodes = nodes_of([node])
        count = paths(nodes, [node])
        inside = bound(nodes)
        best, gain = None, 0
        for n in nodes:
            if n is node or not n.args or n in inside or n.op is D or (n.rows.number == 1 and n.cols.number != 1):
                continue
            size = cost(n)
            saves = count[n] * (size - 1)
            if size <= PIECE and saves > gain and not _moves(n):
                best, gain = n, saves
        return None if best is None else (self.names.fresh(best), best)


def _require_readable(tokens: int) -> None:
    if tokens > MOST:
        raise LimitError(f"a line of the derivation has over {MOST} printed tokens (limit: line length)")


def _moves(node: Node) -> bool:
    """Whether a differential stands in the node: such parts get no name."""
    return any(n.op is D or (n.op is SYM and n.params[0][:1] == "d" and len(n.params[0]) > 1) for n in nodes_of([node]))


def reached(bindings: list[Binding], held: set[str]) -> list[Binding]:
    """Those of the bindings that are needed for the names that an expression holds."""
    out: list[Binding] = []
    for name, part in reversed(bindings):
        if name in held:
            out.insert(0, (name, part))
            held = held | {n.params[0] for n in nodes_of([part]) if n.op is SYM}
    return out


def _uses(definition: Node, name: str) -> bool:
    return any(n.op is SYM and n.params[0] == name for n in nodes_of([definition]))


def named(node: Node, name: str, definition: Node) -> Node:
    """The node with a name in place of the part that it stands for, or of its negative."""
    symbol = symbol_for(name, definition)
    for part, shown in _forms(definition, symbol):
        node = put([node], part, shown)[0]
    return node


def _forms(definition: Node, symbol: Node) -> Iterator[tuple[Part, Node]]:
    piece = definition.args if definition.op.name == "mul" else (definition,)
    yield Part(piece, definition, 1), symbol
    if definition.op is ADD and len(definition.args) > 1:
        other = make(ADD, definition.args, (tuple(-c for c in definition.params[0]),), definition.shape)
        yield Part((other,), other, 1), total([(-1, symbol)])
