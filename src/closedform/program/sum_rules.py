"""How sums and multiples become steps: numbers on the shortest factor, diagonal terms on the diagonal."""

from __future__ import annotations

from fractions import Fraction

from closedform.expr.node import Node
from closedform.expr.size import ONE
from closedform.functions.algebra import (
    ADD,
    EYE,
    MUL,
    POW,
    SCALE,
)
from closedform.functions.table import extras
from closedform.program.ir import Ref, rank
from closedform.program.planner import Planner, rule
from closedform.program.products import KRON, multiplied
from closedform.program.sums import added, diagonal_of, diagonal_sum, number_step
from closedform.rewrite.normal.engine import number
from closedform.rewrite.normal.split import outer_parts


@rule(ADD)
def _add(plan: Planner, node: Node) -> Ref:
    terms = list(zip(node.params[0], node.args, strict=True))
    if rank(node.shape) < 2:
        return added(plan, [(c, plan.value(a)) for c, a in terms], node.shape)
    whole = [(c, a) for c, a in terms if diagonal_of(a) is None]
    if not whole:
        return plan.emit("diag", (diagonal_sum(plan, terms),), node.shape)
    out = added(plan, [term(plan, c, a) for c, a in whole], node.shape)
    on_diagonal = [(c, a) for c, a in terms if diagonal_of(a) is not None]
    return plan.emit("add_diag", (out, diagonal_sum(plan, on_diagonal)), node.shape) if on_diagonal else out


def term(plan: Planner, c: Fraction, a: Node) -> tuple[Fraction, Ref]:
    """One matrix term; the number of an outer product goes onto the shorter of its vectors."""
    if c not in (1, -1) and ((a.op is MUL and outer_parts(a) is not None) or a.op is KRON):
        sign = 1 if c > 0 else -1
        return Fraction(sign), scaled_product(plan, number_step(plan, abs(c)), a)
    return c, plan.value(a)


@rule(SCALE)
def _scale(plan: Planner, node: Node) -> Ref:
    s, a = node.args
    if a.op in (MUL, KRON) and rank(a.shape) == 2:
        return scaled_product(plan, plan.value(s), a)
    divisor = _reciprocal(s)
    if divisor is not None:
        return plan.emit("div", (plan.value(a), plan.value(divisor)), node.shape)
    return plan.emit("mul", (plan.value(s), plan.value(a)), node.shape)


def _reciprocal(s: Node) -> Node | None:
    return s.args[0] if s.op is POW and number(s.args[1]) == -1 else None


def scaled_product(plan: Planner, s: Ref, a: Node) -> Ref:
    """A scalar times a product of matrices: on a vector of an outer product, a factor of kron, else on the result."""
    if a.op is KRON and rank(a.args[0].shape) == rank(a.args[1].shape) == 2:
        left, right = a.args if a.args[1].op is EYE else (a.args[1], a.args[0])
        small = plan.emit("mul", (s, plan.value(left)), left.shape)
        both = (small, plan.value(right)) if left is a.args[0] else (plan.value(right), small)
        return plan.emit("fn", both, a.shape, a.op.name, *extras(a), tuple(b.shape for b in a.args))
    parts = outer_parts(a) if a.op is MUL else None
    if parts is None:
        return plan.emit("mul", (s, plan.value(a)), a.shape)
    u, v = (plan.value(p) for p in parts)
    m, n = plan.dims(a.shape)
    if m <= n:
        u = plan.emit("mul", (s, u), plan.shape(u))
    else:
        v = plan.emit("mul", (s, v), plan.shape(v))
    return multiplied(plan, u, v, ONE, a.shape)
