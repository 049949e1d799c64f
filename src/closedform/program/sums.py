"""Sums: terms with their numbers, diagonal terms added onto the diagonal."""

from __future__ import annotations

from fractions import Fraction

from closedform.expr.op import Shape
from closedform.expr.size import ONE
from closedform.program.ir import Ref
from closedform.program.planner import Planner


def number_step(plan: Planner, value: Fraction) -> Ref:
    return plan.emit("number", (), (ONE, ONE), value)


def scaled(plan: Planner, c: Fraction, ref: Ref, shape: Shape) -> Ref:
    """c times a value."""
    if c == 1:
        return ref
    if c == -1:
        return plan.emit("neg", (ref,), shape)
    if c.denominator != 1 and abs(c.numerator) == 1:
        whole = ref if c > 0 else plan.emit("neg", (ref,), shape)
        return plan.emit("div", (whole, number_step(plan, Fraction(c.denominator))), shape)
    return plan.emit("mul", (number_step(plan, c), ref), shape)


def added(plan: Planner, terms: list[tuple[Fraction, Ref]], shape: Shape) -> Ref:
    """Σ cᵢ·tᵢ, a positive term first."""
    ranked = sorted(terms, key=lambda t: t[0] < 0)
    c, first = ranked[0]
    out = scaled(plan, c, first, shape)
    for c, ref in ranked[1:]:
        term = scaled(plan, abs(c), ref, shape)
        out = plan.emit("sub" if c < 0 else "add", (out, term), shape)
    return out
