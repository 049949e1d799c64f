"""What holds of an answer only off the kinks, used where the conditions of the derivative exclude them."""

from __future__ import annotations

from collections.abc import Iterable

from closedform.calculus.implied import implies
from closedform.expr.node import Node
from closedform.expr.op import Condition
from closedform.expr.walk import postorder, rebuild
from closedform.functions.algebra import NUM, POW
from closedform.functions.piecewise import sign
from closedform.rewrite.normal.engine import npow
from closedform.rewrite.normal.normal import normal
from closedform.rewrite.simplify import simplify

NONE_BELOW = "no square of a sign below"


def squares_of_signs(answer: Node) -> list[Node]:
    """The even powers of signs in an answer: 1 but where the argument is zero, and 0 there."""
    seen = list(postorder(answer, stop=lambda n: NONE_BELOW in n.memo))
    found = [n for n in seen if n.op is POW and n.args[0].op is sign.op and _even(n.args[1])]
    if not found:  # what answers share is looked through once
        for n in seen:
            n.memo[NONE_BELOW] = True
    return found


def _even(e: Node) -> bool:
    return e.op is NUM and e.params[0].denominator == 1 and e.params[0] % 2 == 0


def off_kinks(answer: Node, known: Iterable[Condition]) -> Node:
    """The answer with those squares of signs as ones that the known conditions keep from zero."""
    known = tuple(known)
    ones = {
        n: npow(n.args[0].args[0], 0)
        for n in squares_of_signs(answer)
        if implies(known, Condition("nonzero", simplify(n.args[0].args[0])))
    }
    return simplify(normal(rebuild(answer, lambda n, _: ones.get(n)))) if ones else answer
