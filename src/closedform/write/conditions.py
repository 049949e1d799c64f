"""Conditions in words: ``x ≠ 0``, ``A*x ≠ b``, ``X invertible``."""

from __future__ import annotations

from closedform.expr.node import Node
from closedform.expr.op import Condition
from closedform.expr.walk import leaves
from closedform.functions.algebra import ADD, ONES, SYM, num, total
from closedform.rewrite.display.context import Context
from closedform.write.render import Form, render

RELATION = {"positive": "> 0", "nonneg": "≥ 0", "nonzero": "≠ 0", "notzero": "≠ 0"}
WORDS = {
    "invertible": "{} invertible",
    "pd": "{} positive definite",
    "simple-top": "the largest eigenvalue of {} simple",
    "simple-bottom": "the smallest eigenvalue of {} simple",
    "simple-top-singular": "the largest singular value of {} positive and simple",
    "distinct": "the eigenvalues of {} distinct",
    "distinct-singular": "the singular values of {} positive and distinct",
    "full-rank": "the rank of {} locally constant",
    "unique-max": "the largest entry of {} unique",
    "unique-min": "the smallest entry of {} unique",
    "below-one": "|{}| < 1",
    "no-negative-eigenvalue": "no eigenvalue of {} real and nonpositive",
}


def condition_text(condition: Condition, context: Context, form: Form = "unicode") -> str:
    """One condition for people.

    >>> from closedform.functions.algebra import sym
    >>> condition_text(Condition("notzero", sym("x", "n")), Context())
    'x ≠ 0'
    """
    expr = condition.expr
    entries = "" if expr.is_scalar or condition.kind == "notzero" else "every entry of "
    if condition.kind in RELATION:
        sides = _two_sides(expr, context) if condition.kind in ("nonzero", "notzero") else None
        if sides is not None:
            left, right = (render(side, context, form) for side in sides)
            return f"{left} ≠ {right}" + (" in every entry" if entries else "")
        return f"{entries}{_plain(expr, context, form)} {RELATION[condition.kind]}"
    words = WORDS.get(condition.kind, condition.kind + " {}")
    return words.format(_plain(expr, context, form))


def _plain(expr: Node, context: Context, form: Form) -> str:
    return render(expr, context, form)


def _two_sides(expr: Node, context: Context) -> tuple[Node, Node] | None:
    """a ≠ b where the expression is a - b; what was typed first stands on the left."""
    if expr.op is not ADD or len(expr.args) != 2:
        return None
    (c, k), (a, b) = expr.params[0], expr.args
    if (c > 0) == (k > 0):
        return None
    if (a.op is ONES, _first(a, context)) > (b.op is ONES, _first(b, context)):
        c, k, a, b = k, c, b, a
    sign = 1 if c > 0 else -1
    return total([(sign * c, a)]), total([(-sign * k, num(1) if b.op is ONES else b)])


def _first(side: Node, context: Context) -> int:
    return min((context.rank(n.params[0]) for n in leaves(side) if n.op is SYM), default=0)
