"""How each operation becomes steps: the structural ones here, a function as one step of its own name."""

from __future__ import annotations

from fractions import Fraction

from closedform.expr.node import Node
from closedform.expr.size import Size
from closedform.functions import elementwise, matrix, rearrange, vectors
from closedform.functions.algebra import (
    ADD,
    CALL,
    CONST,
    DIAGM,
    EYE,
    HAD,
    INDEX,
    MPOW,
    MUL,
    NUM,
    ONES,
    POW,
    SCALE,
    SIZE,
    SUMOVER,
    SYM,
    TRANSPOSE,
    UNIT,
    ZERO,
)
from closedform.functions.table import extras
from closedform.program import dense, product_rules, sum_rules
from closedform.program.ir import Ref
from closedform.program.planner import LAZY, RULES_FOR_FUNCTIONS, Planner, refuse, rule
from closedform.program.product_rules import numbers_apart
from closedform.program.products import KRON, factor, spd, transposed
from closedform.program.sums import number_step, scaled
from closedform.rewrite.normal.engine import number

LAZY |= {ADD, MUL, SCALE, TRANSPOSE, DIAGM, MPOW, EYE, KRON}
LAID_OUT = {rearrange.BLOCK, rearrange.SUB, KRON, rearrange.kron_left.op, rearrange.kron_right.op}
"""Functions for which a row is not what a column is: their steps keep the shapes of the arguments."""
ROWWISE = {vectors.softmax_rows.op, vectors.logsumexp_rows.op}


@rule(SYM)
def _symbol(plan: Planner, node: Node) -> Ref:
    return plan.input(node.params[0], node.shape)


@rule(NUM)
def _number(plan: Planner, node: Node) -> Ref:
    return number_step(plan, node.params[0])


@rule(CONST)
def _constant(plan: Planner, node: Node) -> Ref:
    return plan.emit("pi", (), node.shape)


@rule(SIZE)
def _size(plan: Planner, node: Node) -> Ref:
    return plan.emit("size", (), node.shape, node.params[0])


@rule(INDEX)
def _index(plan: Planner, node: Node) -> Ref:
    return plan.index(node.params[0])


@rule(EYE, ONES, ZERO)
def _filled(plan: Planner, node: Node) -> Ref:
    return plan.emit({EYE: "eye", ONES: "ones", ZERO: "zeros"}[node.op], (), node.shape)


@rule(UNIT)
def _unit(plan: Planner, node: Node) -> Ref:
    return plan.emit("unit", (plan.value(node.args[0]),), node.shape)


@rule(TRANSPOSE)
def _transpose(plan: Planner, node: Node) -> Ref:
    return transposed(plan, plan.value(node.args[0]))


@rule(SUMOVER)
def _sum_over(plan: Planner, node: Node) -> Ref:
    return plan.loop(node)


@rule(CALL)
def _call(plan: Planner, node: Node) -> Ref:
    raise refuse(node)


@rule(DIAGM)
def _diag(plan: Planner, node: Node) -> Ref:
    return plan.emit("diag", (plan.value(node.args[0]),), node.shape)


@rule(HAD)
def _elementwise_product(plan: Planner, node: Node) -> Ref:
    """Factors over divisors; roots below the line together."""
    above, below, sign = [], [], 1
    for a in slopes_first(node.args):
        if number(a) == -1:
            sign = -1
            continue
        e = number(a.args[1]) if a.op is POW else None
        if e is not None and e < 0:
            below.append(plan.value(a.args[0] ** Node.algebra.lift(-e)) if e != -1 else plan.value(a.args[0]))
        else:
            above.append(plan.value(a))
    out = above[0] if above else number_step(plan, Fraction(1))
    for b in above[1:]:
        out = plan.emit("mul", (out, b), node.shape)
    if below:
        divisor = below[0]
        for b in below[1:]:
            divisor = plan.emit("mul", (divisor, b), node.shape)
        out = plan.emit("div", (out, divisor), node.shape)
    return scaled(plan, Fraction(sign), out, node.shape)


def slopes_first(factors: tuple[Node, ...]) -> list[Node]:
    """The factors with each ``sigmoid(z)`` beside its ``sigmoid(-z)``: together they are one function."""
    factors = tuple(f.args[0] if f.op is ADD and f.params[0] == (1,) else f for f in factors)
    have = {numbers_apart(f.args[0]): f for f in factors if f.op is elementwise.sigmoid.op}
    first = [g for (c, z), f in have.items() if c > 0 and (-c, z) in have for g in (f, have[-c, z])]
    return first + [f for f in factors if f not in first]


@rule(POW)
def _power(plan: Planner, node: Node) -> Ref:
    base, exponent = node.args
    e = number(exponent)
    if e is None:
        return plan.emit("pow", (plan.value(base), plan.value(exponent)), node.shape)
    return _number_power(plan, plan.value(base), e, node.shape)


def _number_power(plan: Planner, base: Ref, e: Fraction, shape: tuple[Size, Size]) -> Ref:
    if e < 0:
        below = _number_power(plan, base, -e, shape)
        return plan.emit("div", (number_step(plan, Fraction(1)), below), shape)
    if e == 1:
        return base
    if e == Fraction(1, 2):
        return plan.emit("fn", (base,), shape, "sqrt")
    if e in (2, 3):
        square = plan.emit("mul", (base, base), shape)
        return square if e == 2 else plan.emit("mul", (square, base), shape)
    return plan.emit("pow", (base, number_step(plan, e)), shape)


@rule(matrix.logdet.op, matrix.det.op)
def _determinant(plan: Planner, node: Node) -> Ref:
    a = node.args[0]
    kind = node.op.name
    if spd(a):
        return plan.emit(f"{kind}_chol", (factor(plan, a),), node.shape)
    if plan.look(("factor", a)) is not None:
        return plan.emit(f"{kind}_lu", (factor(plan, a),), node.shape)
    return plan.emit("fn", (plan.value(a),), node.shape, kind)


def _function(plan: Planner, node: Node) -> Ref:
    """A function of the table, as one step."""
    if node.op.structural:
        raise refuse(node)
    if node.op.means is not None and node.op.numeric is None:
        return plan.value(node.op.means(*node.args))
    if node.op in ROWWISE and node.args[0].is_column:
        return plan.value(node.args[0]) if node.op is vectors.logsumexp_rows.op else plan.emit("ones", (), node.shape)
    shapes = (tuple(a.shape for a in node.args),) if node.op in LAID_OUT else ()
    values = tuple(plan.value(a) for a in node.args)
    return plan.emit("fn", values, node.shape, node.op.name, *extras(node), *shapes)


RULES_FOR_FUNCTIONS.append(_function)

__all__ = ["dense", "product_rules", "sum_rules"]
