"""A matrix and its transpose in one spelling: transposes stand at the leaves, so that the two can be compared."""

from __future__ import annotations

from collections.abc import Callable

from closedform.expr.node import Node, make
from closedform.expr.walk import postorder
from closedform.functions import algebra as a

Spelled = tuple[Node, Node]
PASSED = (a.ADD, a.SCALE, a.HAD, a.POW, a.MPOW)
"""Transposed where their arguments are; of a product the order turns, and functions of entries say it themselves."""


def both_ways(root: Node, symmetric: Callable[[Node], bool]) -> Spelled:
    """A node and its transpose; ``symmetric`` says of what is no sum, product or function of entries that it is."""
    for node in postorder(root, stop=lambda n: "both ways" in n.memo):
        if "both ways" not in node.memo:
            node.memo["both ways"] = _both(node, [a.memo["both ways"] for a in node.args], symmetric)
    found: Spelled = root.memo["both ways"]
    return found


def _both(node: Node, args: list[Spelled], symmetric: Callable[[Node], bool]) -> Spelled:
    if node.is_scalar:
        return node, node
    if node.op is a.TRANSPOSE:
        plain, turned = args[0]
        return turned, plain
    back = (node.cols, node.rows)
    if node.op in PASSED or node.op.elementwise or node.op is a.MUL:
        order = slice(None, None, -1) if node.op is a.MUL else slice(None)
        plain = make(node.op, tuple(x for x, _ in args), node.params, node.shape)
        return plain, make(node.op, tuple(y for _, y in args[order]), node.params, back)
    if node.op is a.ONES or node.op is a.ZERO:
        return node, make(node.op, (), node.params, back)
    return node, node if node.is_square and symmetric(node) else make(a.TRANSPOSE, (node,), (), back)

