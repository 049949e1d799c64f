"""Looking into products: where a chain of factors falls apart."""

from __future__ import annotations

from closedform.expr.node import Node, make
from closedform.expr.size import ONE
from closedform.functions.algebra import MUL


def outer_parts(a: Node) -> tuple[Node, Node] | None:
    """The column and the row of an outer product; None where the product is none."""
    for k in range(1, len(a.args)):
        if a.args[k - 1].cols is ONE:
            return chain(a.args[:k]), chain(a.args[k:])
    return None


def chain(factors: tuple[Node, ...]) -> Node:
    """The node of factors that are already in normal form together."""
    return factors[0] if len(factors) == 1 else make(MUL, factors)
