"""Nodes: immutable, checked, interned. Equal expressions are the same object; compare with ``is``.

A node is an operation, its arguments, its parameters (numbers, names, sizes) and a shape ``(rows, cols)``. Vectors
are n×1, scalars 1×1. Constructors check shapes and simplify nothing; the normal form is made by ``rewrite``.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from hashlib import blake2b
from typing import Any, Protocol
from weakref import WeakValueDictionary

from closedform.errors import LimitError
from closedform.expr.op import Op, Shape
from closedform.expr.size import ONE, Size


class Algebra(Protocol):
    """The operations behind ``+ - * @ / **`` on nodes; ``functions.algebra`` provides them."""

    def add(self, a: Node, b: Node, sign: int) -> Node: ...
    def times(self, a: Node, b: Node) -> Node: ...
    def matmul(self, a: Node, b: Node) -> Node: ...
    def divide(self, a: Node, b: Node) -> Node: ...
    def power(self, a: Node, b: Node) -> Node: ...
    def transpose(self, a: Node) -> Node: ...
    def lift(self, value: Any) -> Node: ...


class Node:
    """One expression. Make nodes with :func:`make` or the builders of ``functions``."""

    __slots__ = ("__weakref__", "args", "cols", "key", "memo", "op", "params", "rows")
    op: Op
    args: tuple[Node, ...]
    params: tuple[Any, ...]
    rows: Size
    cols: Size
    key: bytes
    memo: dict[str, Any]
    algebra: Algebra  # class attribute, set once by functions.algebra

    @property
    def shape(self) -> Shape:
        return self.rows, self.cols

    @property
    def is_scalar(self) -> bool:
        return self.rows is ONE and self.cols is ONE

    @property
    def is_column(self) -> bool:
        return self.cols is ONE

    @property
    def is_square(self) -> bool:
        return self.rows is self.cols

    @property
    def T(self) -> Node:
        return self.algebra.transpose(self)

    def __add__(self, other: Any) -> Node:
        return self.algebra.add(self, self.algebra.lift(other), 1)

    def __radd__(self, other: Any) -> Node:
        return self.algebra.add(self.algebra.lift(other), self, 1)

    def __sub__(self, other: Any) -> Node:
        return self.algebra.add(self, self.algebra.lift(other), -1)

    def __rsub__(self, other: Any) -> Node:
        return self.algebra.add(self.algebra.lift(other), self, -1)

    def __neg__(self) -> Node:
        return self.algebra.times(self.algebra.lift(-1), self)

    def __mul__(self, other: Any) -> Node:
        return self.algebra.times(self, self.algebra.lift(other))

    def __rmul__(self, other: Any) -> Node:
        return self.algebra.times(self.algebra.lift(other), self)

    def __matmul__(self, other: Node) -> Node:
        return self.algebra.matmul(self, other)

    def __truediv__(self, other: Any) -> Node:
        return self.algebra.divide(self, self.algebra.lift(other))

    def __rtruediv__(self, other: Any) -> Node:
        return self.algebra.divide(self.algebra.lift(other), self)

    def __pow__(self, other: Any) -> Node:
        return self.algebra.power(self, self.algebra.lift(other))

    def __repr__(self) -> str:
        inside = ", ".join([*(repr(p) for p in self.params), *(_short(a) for a in self.args)])
        return f"{self.op.name}({inside})"

    def __copy__(self) -> Node:
        return self

    def __deepcopy__(self, memo: Any) -> Node:
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        return remade, (_rows(self),)


def _rows(root: Node) -> tuple[tuple[Any, ...], ...]:
    """The graph as a list, arguments by their place in it: pickle, which recurses, meets no depth."""
    places: dict[Node, int] = {}
    rows: list[tuple[Any, ...]] = []
    todo = [root]
    while todo:
        node = todo[-1]
        missing = [a for a in node.args if a not in places]
        if missing:
            todo.extend(missing)
            continue
        todo.pop()
        if node not in places:
            places[node] = len(rows)
            rows.append((node.op, tuple(places[a] for a in node.args), node.params, node.shape))
    return tuple(rows)


def remade(rows: tuple[tuple[Any, ...], ...]) -> Node:
    """The node that was pickled: the same object as every equal one."""
    nodes: list[Node] = []
    for op, args, params, shape in rows:
        nodes.append(make(op, (nodes[k] for k in args), params, shape))
    return nodes[-1]


def _short(node: Node) -> str:
    return repr(node) if not node.args else f"{node.op.name}(…)"


_table: WeakValueDictionary[tuple[Any, ...], Node] = WeakValueDictionary()
_lock = threading.Lock()
MAX_NODES = 2_000_000


def make(op: Op, args: Iterable[Node] = (), params: tuple[Any, ...] = (), shape: Shape | None = None) -> Node:
    """The node for ``op`` of ``args``; the same object each time. Raises ShapeError where shapes do not fit."""
    args = tuple(args)
    if shape is None:
        shape = op.shape(args, params)
    identity = (op, args, params, shape)
    found = _table.get(identity)
    if found is not None:
        return found
    node = object.__new__(Node)
    node.op, node.args, node.params = op, args, params
    node.rows, node.cols = shape
    node.memo = {}
    node.key = _digest(node)
    with _lock:
        other = _table.get(identity)
        if other is not None:
            return other
        if len(_table) > MAX_NODES:
            raise LimitError(f"the expression has over {MAX_NODES} nodes (limit: nodes)")
        _table[identity] = node
    return node


def _digest(node: Node) -> bytes:
    h = blake2b(digest_size=12)
    h.update(f"{node.op.name}|{node.params!r}|{node.rows.text},{node.cols.text}|".encode())
    for a in node.args:
        h.update(a.key)
    return h.digest()
