"""Conditions in words: ``x ≠ 0``, ``A*x ≠ b``, ``X is invertible``."""

from __future__ import annotations

from dataclasses import replace

from closedform.expr.node import Node
from closedform.expr.op import Condition
from closedform.expr.walk import leaves, rebuild
from closedform.functions.algebra import ADD, INDEX, ONES, SUMOVER, SYM, index, num, sumover, total
from closedform.rewrite.display.context import Context
from closedform.rewrite.display.sharing import share
from closedform.write.render import Form, render

RELATION = {"positive": "> 0", "nonneg": "≥ 0", "nonzero": "≠ 0", "notzero": "≠ 0"}
WORDS = {
    "invertible": "{} is invertible",
    "pd": "{} is positive definite",
    "simple-top": "the largest eigenvalue of {} is simple",
    "simple-bottom": "the smallest eigenvalue of {} is simple",
    "simple-top-singular": "the largest singular value of {} is positive and simple",
    "distinct": "the eigenvalues of {} are distinct",
    "distinct-singular": "the singular values of {} are positive and distinct",
    "full-rank": "the rank of {} is locally constant",
    "unique-max": "the largest entry of {} is unique",
    "unique-min": "the smallest entry of {} is unique",
    "below-one": "|{}| < 1",
    "no-negative-eigenvalue": "no eigenvalue of {} is real and nonpositive",
}


def condition_text(condition: Condition, context: Context, form: Form = "unicode") -> str:
    """One condition for people.

    >>> from closedform.functions.algebra import sym
    >>> condition_text(Condition("notzero", sym("x", "n")), Context())
    'x ≠ 0'
    """
    expr = _with_letters(condition.expr, context)
    entries = "" if expr.is_scalar or condition.kind == "notzero" else "every entry of "
    if condition.kind in RELATION:
        sides = _two_sides(expr, context) if condition.kind in ("nonzero", "notzero") else None
        if sides is not None:
            left, right = (render(side, replace(context, naming=False), form) for side in sides)
            return f"{left} ≠ {right}" + (" in every entry" if entries else "")
        return _said(f"{entries}{{}} {RELATION[condition.kind]}", expr, context, form)
    words = WORDS.get(condition.kind, condition.kind + " {}")
    return _said(words, expr, context, form)


def _with_letters(expr: Node, context: Context) -> Node:
    """The indices that a sum has no typed name for, by letters: ``x[i]`` for ``x[#1]``."""
    indices = {n.params[0] for n in leaves(expr) if n.op is INDEX}
    numbered = sorted(name for name in indices if name.startswith("#"))
    if not numbered:
        return expr
    taken = indices | {*context.taken, *context.order}
    free = [letter for letter in "ijklrs" if letter not in taken]
    named = dict(zip(numbered, free, strict=False))

    def renamed(node: Node, args: tuple[Node, ...]) -> Node | None:
        if node.op is SUMOVER and node.params[0] in named:
            name, *ends = node.params
            return sumover(named[name], *ends, *args)
        return index(named[node.params[0]]) if node.op is INDEX and node.params[0] in named else None

    return rebuild(expr, renamed)


def _said(words: str, expr: Node, context: Context, form: Form) -> str:
    """Words about an expression; what its shared parts stand for comes behind them."""
    if not context.naming:
        return words.format(render(expr, context, form))
    shared = share(expr, context)
    known = replace(context, naming=False, taken=context.taken | {name for name, _ in shared.bindings})
    said = words.format(render(shared.node, known, form))
    where = ", ".join(f"{name} = {render(part, known, form)}" for name, part in shared.bindings)
    return f"{said}, where {where}" if where else said


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
