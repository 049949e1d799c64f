"""Sums: terms with their numbers, diagonal terms added onto the diagonal."""

from __future__ import annotations

from fractions import Fraction

from closedform.expr.node import Node
from closedform.expr.op import Shape
from closedform.expr.size import ONE
from closedform.functions.algebra import DIAGM, EYE, SCALE
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


def diagonal_of(a: Node) -> Node | None:
    """The matrix I or diag(v) that a term is a multiple of."""
    core = a.args[1] if a.op is SCALE else a
    return core if core.op in (EYE, DIAGM) else None


def diagonal_sum(plan: Planner, terms: list[tuple[Fraction, Node]]) -> Ref:
    """The diagonal of Σ cᵢ·tᵢ: a number where all are multiples of I."""
    columns, numbers = [], []
    for c, a in terms:
        core = diagonal_of(a)
        assert core is not None
        s = plan.value(a.args[0]) if a.op is SCALE else None
        if core.op is EYE:
            numbers.append((c, number_step(plan, Fraction(1)) if s is None else s))
        else:
            d = plan.value(core.args[0])
            columns.append((c, d if s is None else plan.emit("mul", (s, d), plan.shape(d))))
    parts = [added(plan, numbers, (ONE, ONE))] if numbers else []
    parts += [added(plan, columns, plan.shape(columns[0][1]))] if columns else []
    return parts[0] if len(parts) == 1 else plan.emit("add", (parts[1], parts[0]), plan.shape(parts[1]))
