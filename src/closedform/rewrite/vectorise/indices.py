"""Indices below a node: which occur free, how deep sums are nested, and one index put in place of another."""

from __future__ import annotations

from closedform.expr.node import Node, make
from closedform.expr.walk import postorder
from closedform.functions.algebra import INDEX, SUMOVER

NOTHING: frozenset[str] = frozenset()


def free_indices(node: Node) -> frozenset[str]:
    """The indices that occur below ``node`` and that no sum below it binds."""
    return _known(node)[0]


def bound_indices(node: Node) -> frozenset[str]:
    """The indices that sums below ``node`` bind."""
    return _known(node)[1]


def nesting(node: Node) -> int:
    """How many sums stand inside each other, at most."""
    return _known(node)[2]


def _known(node: Node) -> tuple[frozenset[str], frozenset[str], int]:
    if "indices" not in node.memo:
        for n in postorder(node, stop=lambda n: "indices" in n.memo):
            if "indices" not in n.memo:
                n.memo["indices"] = _of(n)
    found: tuple[frozenset[str], frozenset[str], int] = node.memo["indices"]
    return found


def _of(node: Node) -> tuple[frozenset[str], frozenset[str], int]:
    if node.op is INDEX:
        return frozenset([node.params[0]]), NOTHING, 0
    below = [a.memo["indices"] for a in node.args]
    free = NOTHING.union(*(b[0] for b in below))
    bound = NOTHING.union(*(b[1] for b in below))
    depth = max((b[2] for b in below), default=0)
    if node.op is SUMOVER:
        name = node.params[0]
        return free - {name}, bound | {name}, depth + 1
    return free, bound, depth


def replace_index(root: Node, name: str, by: Node) -> Node:
    """``root`` with the index replaced where it is free (a raw node); ``by`` holds no index bound below."""
    new: dict[Node, Node] = {}
    for node in postorder(root, stop=lambda n: name not in free_indices(n)):
        if name not in free_indices(node):
            new[node] = node
        elif node.op is INDEX:
            new[node] = by
        else:
            new[node] = make(node.op, (new[a] for a in node.args), node.params, node.shape)
    return new[root]
