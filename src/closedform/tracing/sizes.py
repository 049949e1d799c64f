"""Sizes that are found by unifying: every axis begins with a size of its own, and what must be equal becomes one."""

from __future__ import annotations

from typing import Any

from closedform.errors import ShapeError
from closedform.expr.node import Node, make
from closedform.expr.size import ONE, Size, size
from closedform.expr.walk import postorder
from closedform.tracing.place import refuse

MARK = "?"
"""The names of unknown sizes begin so; no typed name does."""


class Sizes:
    """The unknown sizes of one trace, what they were found to be, and the numbers they have in this call."""

    def __init__(self) -> None:
        self.found: dict[str, Size] = {}
        self.numbers: dict[str, int] = {}
        self.pinned: set[str] = set()
        self.version = 0
        self._count = 0
        self._renamed: dict[Node, Node] = {}

    def fresh(self, number: int | None = None) -> Size:
        """A new unknown size. An axis of length one is one: it broadcasts, and others do not."""
        if number == 1:
            return ONE
        self._count += 1
        name = f"{MARK}{self._count}"
        if number is not None:
            self.numbers[name] = number
        return size(name)

    def now(self, n: Size) -> Size:
        return n.put(self.found)

    def number(self, n: Size) -> int | None:
        """The number that a size is in this call, where it is known."""
        n = self.now(n)
        if n.number is not None:
            return n.number
        return n.value(self.numbers) if n.names <= self.numbers.keys() else None

    def same(self, a: Size, b: Size, what: str) -> Size:
        """Make two sizes one; ShapeError where they cannot be."""
        a, b = self.now(a), self.now(b)
        if a is b:
            return a
        one, two = self.number(a), self.number(b)
        if one is not None and two is not None and one != two:
            refuse(f"{what}: sizes {one} and {two} do not match", kind=ShapeError)
        for name, other in ((a.name, b), (b.name, a)):
            if name is not None and name.startswith(MARK) and name not in other.names:
                return self._bind(name, other)
        if one is None or one != two:
            refuse(f"{what}: sizes {a} and {b} do not match", kind=ShapeError)
        self.fix(a)
        self.fix(b)
        return size(one)

    def _bind(self, name: str, other: Size) -> Size:
        if name in self.pinned:
            self.pinned |= {n for n in other.names if n.startswith(MARK)}
        if other.name is not None and name in self.numbers:
            self.numbers.setdefault(other.name, self.numbers[name])
        self.found = {k: v.put({name: other}) for k, v in self.found.items()}
        self.found[name] = other
        self.version += 1
        self._renamed = {}
        return other

    def fix(self, n: Size) -> None:
        """Let every unknown in a size be the number it has in this call."""
        for name in sorted(self.now(n).names):
            if name.startswith(MARK) and name in self.numbers:
                self._bind(name, size(self.numbers[name]))

    def pin(self, n: Size, what: str) -> int:
        """The number of a size that Python itself needs; the formula may then hold for that number alone."""
        n = self.now(n)
        number = self.number(n)
        if number is None:
            refuse(
                f"{what} needs the length of an axis as a number, and the function is read without values",
                "Give it arrays, or declare the size as a number: where=\"x in R^5\".",
            )
        self.pinned |= n.names
        return number

    def node(self, root: Node) -> Node:
        """The node with all sizes as they are known by now."""
        done = self._renamed
        if root in done or not self.found:
            return done.get(root, root)
        for node in postorder(root, lambda n: n in done):
            if node not in done:
                done[node] = self._one(node, tuple(done[a] for a in node.args))
        return done[root]

    def _one(self, node: Node, args: tuple[Node, ...]) -> Node:
        params = tuple(p.put(self.found) if isinstance(p, Size) else p for p in node.params)
        shape = (node.rows.put(self.found), node.cols.put(self.found))
        return make(node.op, args, params, shape)


def renamed(root: Node, names: dict[str, Size]) -> Node:
    """The node with sizes replaced."""
    sizes = Sizes()
    sizes.found = names
    return sizes.node(root)


def as_number(value: Any) -> int | None:
    """A whole number that Python gives, or None."""
    plain = isinstance(value, int) or (hasattr(value, "__index__") and not hasattr(value, "size"))
    return int(value) if plain else None
