"""What the simplifier minimises: printed tokens first, then how often names occur."""

from __future__ import annotations

from closedform.expr.node import Node
from closedform.expr.walk import postorder
from closedform.functions.algebra import SYM
from closedform.rewrite.display.build import cost

CAP = 4095
"""Occurrences counted; tokens weigh more than all of them."""


def measure(node: Node) -> int:
    """Tokens, with ties broken in favour of the form that names its variables less often (the factored one)."""
    return cost(node) * (CAP + 1) + occurrences(node)


def occurrences(node: Node) -> int:
    """How often variables occur in a node written out as a tree, up to a cap."""
    known: int | None = node.memo.get("occurrences")
    if known is None:
        for n in postorder(node, stop=lambda m: "occurrences" in m.memo):
            if "occurrences" not in n.memo:
                n.memo["occurrences"] = min(CAP, (n.op is SYM) + sum(a.memo["occurrences"] for a in n.args))
        known = node.memo["occurrences"]
    assert known is not None
    return known
