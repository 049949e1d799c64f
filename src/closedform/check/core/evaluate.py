"""The value of a raw node, entry by entry, from the definition of each operation. No rule of calculus."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from math import inf
from time import thread_time
from typing import Any

from closedform.check.core.jet import Jet, Mat, Unfit, stack
from closedform.check.core.scalars import COMPOSED, DEFINED, DERIVATIVE, PRIMITIVE, SHAPED, Scalars
from closedform.expr.node import Node, make
from closedform.expr.op import registered
from closedform.expr.walk import rebuild, steps

Rule = Callable[..., Jet]
Partial = tuple[int, ...]
"""An output of an abstract function and the variables it is differentiated by."""
MAX_DEPTH, MAX_TERMS, MAX_PARTIALS = 8, 1000, 20_000


class OutOfTime(Exception):
    """The time for a check is over."""


class Evaluator:
    """One point: numbers for sizes, symbols, indices and abstract functions. ``symbols`` may be replaced."""

    def __init__(
        self, numbers: Any, sizes: Mapping[str, int], rules: Mapping[str, Rule], deadline: float = inf
    ) -> None:
        self.numbers, self.sizes, self.rules, self.deadline = numbers, sizes, rules, deadline
        self.f, self.depth = Scalars(numbers), 0
        self.one: Jet = numbers.pi.fixed(1, 1, 1)
        self.indices: dict[str, int] = {}
        self.symbols: dict[str, Jet] = {}
        self.unknown: dict[tuple[str, ...], dict[tuple[int, ...], Jet]] = {}

    def evaluate(self, root: Node) -> Jet:
        """The value of ``root``; symbols keep what they have, all else is computed anew."""
        self.memo: dict[Node, Jet] = {}
        return self.run(root)

    def run(self, root: Node) -> Jet:
        for node in steps(root, "sumover"):
            if node not in self.memo:
                if thread_time() > self.deadline:
                    raise OutOfTime
                self.memo[node] = self.step(node)
        return self.memo[root]

    def step(self, node: Node) -> Jet:
        name = "own" if node.op.own else node.op.name
        if name == "sumover":
            return self.sum_over(node)
        args = [self.memo[a] for a in node.args]
        if name in self.rules:
            return self.rules[name](self, node, *args)
        if name in COMPOSED or name in DERIVATIVE:
            return self.f(name, *(self.spread(a, node) for a in args))
        if name not in DEFINED and name not in PRIMITIVE:
            raise Unfit(f"the checker does not know {node.op.text}")
        return self.f(name, *args, ones=self.constant(node, 1) if name in SHAPED else None)

    def shape(self, node: Node) -> tuple[int, int]:
        return node.rows.value(self.sizes), node.cols.value(self.sizes)

    def constant(self, node: Node, entry: int | Callable[[int, int], int]) -> Jet:
        return self.one.fixed(*self.shape(node), entry)

    def spread(self, a: Jet, node: Node) -> Jet:
        """A value in the shape of a node, each entry the same where it was a scalar."""
        return a if a.shape == self.shape(node) else self.constant(node, 1) * a

    def sum_over(self, node: Node) -> Jet:
        """The sum of the terms, each with a number for the index."""
        name, low, high = node.params
        places, total = range(low.value(self.sizes), high.value(self.sizes) + 1), self.constant(node, 0)
        if len(places) > MAX_TERMS or self.depth >= MAX_DEPTH:
            raise Unfit(f"a sum has over {MAX_TERMS} terms, or is nested deeper than {MAX_DEPTH} (limit: sums checked)")
        self.depth += 1
        for k in places:
            total = total + self.run(put(node.args[0], name, k))
        self.depth -= 1
        return total

    def derivative(self, function: Node, ways: Sequence[Mapping[str, Jet]]) -> Mat:
        """The derivative along one or two ways to move symbols, read off truncated numbers."""
        base = self.symbols
        self.symbols = dict(base)
        for k, (name, v) in ((k, move) for k, way in enumerate(ways) for move in way.items()):
            self.symbols[name] = Jet({**self.symbols[name].c, 1 << k: v.first}, self.symbols[name].q)
        value = self.evaluate(function)
        self.symbols = base
        return value.c.get((1 << len(ways)) - 1, value.first * 0)

    def exponent(self, u: Jet) -> Fraction:
        found: Fraction | None = self.numbers.fraction(u)
        if found is None:
            raise Unfit("an exponent, order or place that is no number, or over 1000 (limit: exponents checked)")
        return found

    def expanded(self, function: str, names: Sequence[Partial], u: Jet) -> Jet:
        """Partial derivatives of an unknown function, one below the other: F(a + εb) = F(a) + Σ F_k(a)·εb_k."""
        low, rest = u.split()
        if rest is None:
            return self.partials(function, names, u)
        if len(names) * u.count > MAX_PARTIALS:
            raise Unfit("an abstract function of so many variables")
        slopes = self.expanded(function, [(*name, k) for name in names for k in range(u.count)], low)
        return self.expanded(function, names, low) + slopes.reshape(len(names), u.count) @ rest

    def partials(self, function: str, names: Sequence[Partial], u: Jet) -> Jet:
        """At a value: free numbers, the same each time, equal for mixed derivatives that are."""
        known = self.unknown.setdefault((function, *map(str, u.first.entries())), {})
        keys = [(output, *sorted(by)) for output, *by in names]
        known.update((key, self.numbers.random(1, 1)) for key in dict.fromkeys(keys) if key not in known)
        return stack([known[key] for key in keys])


def put(root: Node, index: str, k: int) -> Node:
    """The node with a number for an index, but where a sum has an index of that name for itself."""

    def replaced(node: Node, args: tuple[Node, ...]) -> Node | None:
        if node.op.name == "index" and node.params[0] == index:
            return make(registered()["num"], (), (Fraction(k),), node.shape)
        return node if node.op.name == "sumover" and node.params[0] == index else None

    return rebuild(root, replaced)
