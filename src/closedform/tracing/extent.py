"""How large a formula becomes in which loops are unrolled, before anything is done with it."""

from __future__ import annotations

from collections.abc import Iterable

from closedform.errors import LimitError
from closedform.expr.node import Node
from closedform.expr.walk import postorder
from closedform.functions.algebra import ADD, MUL, NUM, SCALE

MOST_TERMS = 10_000
"""A loop of n steps that each add to what was carried over has sums of n²/2 terms: this is about 140 steps."""
MOST_NODES, DEEPEST = 20_000, 2_000
MOST_CUT = 20_000
"""The squares of the numbers of factors of all products: a filter of three states has about 1,500 a step."""


def within_limits(root: Node) -> None:
    """LimitError where the formula has too many operations, or its sums too many terms, once they are flat."""
    terms, deep, total = dict[Node, int](), dict[Node, int](), 0
    for node in postorder(root):
        deep[node] = 1 + max((deep[a] for a in node.args), default=0)
        terms[node] = 1
        if node.op is ADD:
            terms[node] = sum(terms[a] for a in node.args)
            total += terms[node]
        elif node.op is SCALE and node.args[0].op is NUM:
            terms[node] = terms[node.args[1]]
    if len(terms) > MOST_NODES:
        raise _over(f"{len(terms)} operations", f"{MOST_NODES} operations")
    if deep[root] > DEEPEST:
        raise _over(f"{deep[root]} operations one inside the other", f"depth {DEEPEST}")
    if total > MOST_TERMS:
        raise _over(f"sums of {total} terms together", f"{MOST_TERMS} terms")


def answers_within_limits(roots: Iterable[Node]) -> None:
    """LimitError where the products of what is to be computed are too many and too long to be put in order."""
    products = {n for root in roots for n in postorder(root) if n.op is MUL}
    cut = sum(len(n.args) ** 2 for n in products)
    if cut > MOST_CUT:
        factors = sum(len(n.args) for n in products)
        raise _over(f"a derivative with {len(products)} products of {factors} factors", f"{MOST_CUT} pairs of factors")


def _over(has: str, limit: str) -> LimitError:
    return LimitError(
        f"with its loops unrolled, this function has {has} (limit: {limit})",
        hint="Take fewer steps, or the derivative of one step, and chain them by the vjp of each.",
    )
