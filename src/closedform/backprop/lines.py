"""The lines of the tables: what is computed, in which order, from what."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from closedform.backprop.graph import Graph
from closedform.backprop.names import Names
from closedform.backprop.passes import Part, Sums, backward, forward
from closedform.expr.node import Node
from closedform.expr.walk import postorder
from closedform.functions.algebra import EYE, UNIT
from closedform.functions.declare import shape_words
from closedform.rewrite.display.context import Context
from closedform.write.render import Form, render


@dataclass(frozen=True)
class Line:
    """``left = right`` in every form: a value, an adjoint or a tangent.

    ``name`` is how it is typed, ``of`` the row or variable it belongs to, ``shape`` in words; ``through`` are the rows
    that the summands come through.
    """

    name: str
    of: str
    shape: str
    left: Mapping[Form, str]
    right: Mapping[Form, str]
    through: tuple[str, ...] = ()

    def written(self, form: Form) -> str:
        """The line as an equation."""
        return f"{self.left[form]} = {self.right[form]}"


FORMS: tuple[Form, ...] = ("text", "unicode", "latex")
GIVEN: dict[Form, str] = {"text": "given", "unicode": "given", "latex": r"\text{given}"}


@dataclass(frozen=True)
class Passes:
    """Forward and backward pass of a graph, by the wanted variables, as sums and as lines."""

    graph: Graph
    wanted: tuple[Node, ...]
    context: Context

    @cached_property
    def adjoints(self) -> Sums:
        return backward(self.graph, self.wanted)

    @cached_property
    def tangents(self) -> Sums:
        return forward(self.graph, self.wanted)

    @cached_property
    def active(self) -> set[Node]:
        return self.graph.active(self.wanted)

    @property
    def names(self) -> Names:
        return self.graph.names

    def value_lines(self) -> Iterator[Line]:
        for row in self.graph.rows:
            right = {form: self._spelled(row.own, form, as_written=True) for form in FORMS}
            yield self._line(row.name, row.symbol, right)

    def adjoint_lines(self) -> Iterator[Line]:
        """The adjoint of the formula, of the rows backwards, of the variables."""
        *rows, root = (row.symbol for row in self.graph.rows)
        right = dict.fromkeys(FORMS, "1") if root.is_scalar else GIVEN
        yield self._line(self.names.bar(str(root.params[0])), root, right)
        for symbol in (*reversed(rows), *self.wanted):
            if symbol in self.active:
                yield self._sum(self.names.bar, symbol, self.adjoints.get(symbol, []))

    def tangent_lines(self) -> Iterator[Line]:
        for x in self.wanted:
            yield self._line(self.names.dot(str(x.params[0])), x, GIVEN)
        for row in self.graph.rows:
            if row.symbol in self.active:
                yield self._sum(self.names.dot, row.symbol, self.tangents.get(row.symbol, []))

    def _sum(self, marked: Callable[[str], str], symbol: Node, parts: list[Part]) -> Line:
        right = {form: joined([self._spelled(p.node, form) for p in parts]) for form in FORMS}
        through = tuple(self.names.written(str(p.through.params[0]), "text") for p in parts)
        return self._line(marked(str(symbol.params[0])), symbol, right, through)

    def _line(self, inside: str, symbol: Node, right: Mapping[Form, str], through: tuple[str, ...] = ()) -> Line:
        left = {form: self.names.written(inside, form) for form in FORMS}
        own = self.names.written(str(symbol.params[0]), "text")
        return Line(left["text"], own, shape_words(symbol.shape), left, right, through)

    def _spelled(self, node: Node, form: Form, as_written: bool = False) -> str:
        sized = not as_written and any(n.op in (EYE, UNIT) for n in postorder(node))
        context = replace(self._own_context, as_written=as_written, sized=sized)
        return self.names.rewrite(render(node, context, form), form)

    @cached_property
    def _own_context(self) -> Context:
        """Adjoints stand before the values of rows, those before the variables."""
        rows = [row.name for row in self.graph.rows]
        everything = [*rows, *(str(x.params[0]) for x in self.graph.inputs)]
        marked = [self.names.bar(n) for n in everything] + [self.names.dot(n) for n in everything]
        variables = sorted(self.context.order, key=self.context.order.__getitem__)
        order = {name: rank for rank, name in enumerate([*marked, *rows, *variables])}
        return replace(self.context, order=order, taken=self.context.taken | set(order), naming=False)


def joined(parts: list[str]) -> str:
    """The summands as one sum; nothing is ``0``.

    >>> joined(["x", "-y", "z"])
    'x - y + z'
    """
    if not parts:
        return "0"
    out = parts[0]
    for part in parts[1:]:
        sign = part[0] if part[0] in "-−" else ""
        out += f" {sign} {part[1:].lstrip()}" if sign else f" + {part}"
    return out
