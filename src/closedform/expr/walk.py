"""Walks over a graph of nodes: each node once, no recursion on the Python stack."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache

from closedform.expr.node import Node, make


def postorder(roots: Node | Iterable[Node], stop: Callable[[Node], bool] | None = None) -> Iterator[Node]:
    """Every node below ``roots`` once, arguments before the nodes that use them.

    ``stop(node)`` true: the node is given, its arguments are not visited through it.
    """
    todo: list[tuple[Node, bool]] = [(r, False) for r in ([roots] if isinstance(roots, Node) else list(roots))]
    todo.reverse()
    seen: set[Node] = set()
    while todo:
        node, ready = todo.pop()
        if ready:
            yield node
            continue
        if node in seen:
            continue
        seen.add(node)
        if not node.args or (stop is not None and stop(node)):
            yield node
            continue
        todo.append((node, True))
        todo.extend([(a, False) for a in reversed(node.args) if a not in seen])


@lru_cache(64)
def steps(root: Node, closed: str) -> tuple[Node, ...]:
    """The nodes below ``root`` in order, none that stands in an operation of the name ``closed`` alone."""
    return tuple(postorder(root, stop=lambda n: n.op.name == closed))


def rebuild(root: Node, replace: Callable[[Node, tuple[Node, ...]], Node | None]) -> Node:
    """The graph with ``replace(node, new_args)`` for each node, bottom up; None means the node itself on new args."""
    new: dict[Node, Node] = {}
    for node in postorder(root):
        args = tuple(new[a] for a in node.args)
        out = replace(node, args)
        if out is None:
            out = node if all(a is b for a, b in zip(args, node.args, strict=True)) else _remake(node, args)
        new[node] = out
    return new[root]


def _remake(node: Node, args: tuple[Node, ...]) -> Node:
    same = all(a.shape == b.shape for a, b in zip(args, node.args, strict=True))
    return make(node.op, args, node.params, node.shape if same else None)


def leaves(root: Node) -> list[Node]:
    """The nodes without arguments, in order of first appearance."""
    return [n for n in postorder(root) if not n.args]


def count(root: Node) -> int:
    """How many distinct nodes the graph has."""
    return sum(1 for _ in postorder(root))


def depth(root: Node) -> int:
    """How many nodes deep the graph is nested."""
    deep: dict[Node, int] = {}
    for node in postorder(root):
        deep[node] = 1 + max((deep[a] for a in node.args), default=0)
    return deep[root]
