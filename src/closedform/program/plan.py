"""The door of the planner: several forms of a formula are planned, the one that costs least is taken."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from closedform.expr.node import Node, make
from closedform.expr.walk import postorder, rebuild
from closedform.functions.algebra import ADD, DIAGM, MUL, SIZE, SUMOVER
from closedform.functions.vectors import softmax
from closedform.program import rules
from closedform.program.block_columns import apart
from closedform.program.costs import total_cost
from closedform.program.ir import Program
from closedform.program.planner import Planner
from closedform.rewrite.normal.engine import ntranspose
from closedform.run.stable import stable

TYPICAL = 1000
"""The size that code is planned for where no arrays are given; sizes differ, so that orders are decided."""
__all__ = ["plan", "rules", "typical_sizes"]


def typical_sizes(nodes: tuple[Node, ...]) -> dict[str, int]:
    """Sizes to plan for where none are known: different ones, of the usual magnitude."""
    names: set[str] = set()
    for root in nodes:
        for node in postorder(root):
            own = node.params if node.op is SIZE else node.params[1:] if node.op is SUMOVER else ()
            names |= {n for s in (*node.shape, *own) for n in s.names}
    return {name: TYPICAL + 100 * k for k, name in enumerate(sorted(names))}


def plan(nodes: tuple[Node, ...], sizes: Mapping[str, int], fixed: frozenset[str] = frozenset()) -> Program:
    """The program of several formulas, for these sizes; what depends on ``fixed`` variables alone is free."""
    whole = tuple(rebuild(stable(n), _opened) for n in nodes)
    forms = dict.fromkeys((whole, tuple(rebuild(n, apart) for n in whole)))
    return min((Planner(sizes, fixed).program(roots) for roots in forms), key=lambda p: total_cost(p).ns)


def _opened(node: Node, args: tuple[Node, ...]) -> Node | None:
    """``diag(p) - p*p'`` as a sum again, which a product is distributed over."""
    if node.op.name != "run.softmax_spread":
        return None
    p = softmax(args[0])
    return make(ADD, (make(DIAGM, (p,)), make(MUL, (p, ntranspose(p)))), ((Fraction(1), Fraction(-1)),))
