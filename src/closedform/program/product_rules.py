"""How products, powers, traces and diagonals of products become steps."""

from __future__ import annotations

from fractions import Fraction
from math import prod

from closedform.expr.node import Node, make
from closedform.functions import elementwise
from closedform.functions.algebra import (
    ADD,
    DIAGM,
    DIAGV,
    EYE,
    HAD,
    MPOW,
    MUL,
    NUM,
    SCALE,
    TR,
)
from closedform.functions.known_facts import facts_of
from closedform.program.ir import Ref, rank
from closedform.program.planner import Planner, rule
from closedform.program.products import Chain, Leaf, formed, leaves, times, transposed
from closedform.program.sum_rules import term
from closedform.program.sums import added, scaled
from closedform.rewrite.normal.engine import UNITY, content, ntranspose, number
from closedform.rewrite.normal.split import chain

SQRT = elementwise.sqrt


@rule(MUL)
def _mul(plan: Planner, node: Node) -> Ref:
    c, factors = without_numbers(node.args)
    if c != 1:
        return scaled(plan, c, plan.value(chain(factors)), node.shape)
    half = half_of_gram(node)
    if half is not None and rank(node.shape) == 2:
        return _gram(plan, node, *half)
    apart = cheaper_apart(plan, node.args)
    if apart is None:
        return times(plan, leaves(node.args))
    return _term_byterm(plan, node, apart)


def without_numbers(factors: tuple[Node, ...]) -> tuple[Fraction, tuple[Node, ...]]:
    """The factors with the numbers of diagonal ones taken out."""
    c, out = Fraction(1), []
    for f in factors:
        k, core = numbers_apart(f.args[0]) if f.op is DIAGM else (Fraction(1), f)
        c *= k
        out.append(make(DIAGM, (core,)) if f.op is DIAGM and k != 1 else f)
    return c, tuple(out)


def numbers_apart(a: Node) -> tuple[Fraction, Node]:
    """A number times a node that is no multiple."""
    c = Fraction(1)
    while True:
        if a.op is ADD and len(a.args) == 1:
            c, a = c * a.params[0][0], a.args[0]
        elif a.op is HAD and any(b.op is NUM or (b.op is ADD and len(b.args) == 1) for b in a.args):
            parts = [numbers_apart(b) for b in a.args]
            c *= prod(k for k, _ in parts)
            rest = tuple(b for _, b in parts if number(b) is None)
            a = make(HAD, rest) if len(rest) > 1 else rest[0] if rest else UNITY
        elif a.op is SCALE and a.args[0].op is NUM:
            c, a = c * a.args[0].params[0], a.args[1]
        else:
            k, core = content(a)
            return c * k, core


def cheaper_apart(plan: Planner, factors: tuple[Node, ...]) -> int | None:
    """The place of a sum over which a product is better distributed, as in ``A'*(diag(p) - p*p')*A``."""
    places = [k for k, f in enumerate(factors) if f.op is ADD and rank(f.shape) == 2]
    for k in places:
        whole = _cost(plan, leaves(factors))
        apart = 0.0
        for t in factors[k].args:
            inner = t.args[1] if t.op is SCALE else t
            middle = inner.args if inner.op is MUL else (inner,)
            apart += _cost(plan, leaves((*factors[:k], *middle, *factors[k + 1 :])))
        if apart < whole:
            return k
    return None


def _cost(plan: Planner, parts: list[Leaf]) -> float:
    one = Chain(plan, parts)
    one.order()
    return one.cost(0, len(parts) - 1) if parts else 0.0


def _term_byterm(plan: Planner, node: Node, k: int) -> Ref:
    total, terms = node.args[k], []
    for c, t in zip(total.params[0], total.args, strict=True):
        s, inner = (t.args[0], t.args[1]) if t.op is SCALE else (None, t)
        middle = inner.args if inner.op is MUL else () if inner.op is EYE else (inner,)
        product = chain((*node.args[:k], *middle, *node.args[k + 1 :]))
        if s is None:
            terms.append(term(plan, c, product) if rank(node.shape) == 2 else (c, plan.value(product)))
        else:
            terms.append((c, plan.value(make(SCALE, (s, product)))))
    return added(plan, terms, node.shape)


def half_of_gram(node: Node) -> tuple[tuple[Node, ...], Node | None] | None:
    """H and w of ``H'*H`` or ``H'*diag(w)*H`` with w known to be nonnegative."""
    n = len(node.args)
    middle = node.args[n // 2] if n % 2 else None
    if middle is not None and (middle.op is not DIAGM or "nonneg" not in facts_of(middle.args[0])):
        return None
    half = node.args[(n + 1) // 2 :]
    if not half or any(ntranspose(h) is not g for h, g in zip(reversed(half), node.args, strict=False)):
        return None
    return half, middle.args[0] if middle is not None else None


def _gram(plan: Planner, node: Node, half: tuple[Node, ...], weights: Node | None) -> Ref:
    """A symmetric product, of which half the work suffices."""
    columns = plan.dims(node.shape)[0]
    inner = plan.dims(half[0].shape)[0]
    if columns < 2 or (len(half) > 1 and inner > columns):
        return times(plan, leaves(node.args))
    below = times(plan, leaves(half))
    if weights is not None:
        below = plan.emit("rows", (plan.value(SQRT(weights)), below), plan.shape(below))
    if plan.rank(below) != 2:
        return times(plan, leaves(node.args))
    return plan.emit("gram", (below,), node.shape)


@rule(MPOW)
def _matrix_power(plan: Planner, node: Node) -> Ref:
    k = number(node.args[1])
    if k is None or k.denominator != 1:
        return plan.emit("power", (plan.value(node.args[0]), plan.value(node.args[1])), node.shape)
    parts = leaves((node,))
    if len(parts) == 1 and parts[0].kind == "inverse":
        return formed(plan, parts[0])
    if any(p.node is node for p in parts):
        return plan.emit("matrix_power", (plan.value(node.args[0]),), node.shape, int(k))
    return _squared(plan, node.args[0], int(k)) if k > 1 else times(plan, parts)


def _squared(plan: Planner, base: Node, k: int) -> Ref:
    """X^k by repeated squaring."""
    square, out, value = plan.value(base), None, k
    while value:
        if value % 2:
            out = square if out is None else plan.emit("matmul", (out, square), base.shape)
        value //= 2
        square = plan.emit("matmul", (square, square), base.shape) if value else square
    assert out is not None
    return out


@rule(DIAGV)
def _diagonal(plan: Planner, node: Node) -> Ref:
    a = node.args[0]
    parts = two_halves(plan, a)
    if parts is None:
        return plan.emit("diagonal", (plan.value(a),), node.shape)
    left, right = parts
    return plan.emit("row_inner", (left, transposed(plan, right)), node.shape)


@rule(TR)
def _trace(plan: Planner, node: Node) -> Ref:
    a = node.args[0]
    parts = two_halves(plan, a)
    if parts is None:
        return plan.emit("trace", (plan.value(a),), node.shape)
    left, right = parts
    if plan.rank(left) < 2 or plan.rank(right) < 2:
        return plan.emit("matmul", (right, left), node.shape)
    return plan.emit("inner", (left, transposed(plan, right)), node.shape)


def two_halves(plan: Planner, a: Node) -> tuple[Ref, Ref] | None:
    """The two factors of a product whose trace or diagonal is wanted, cut where that is cheapest."""
    if a.op is not MUL:
        return None
    parts = leaves(a.args)
    if len(parts) < 2:
        return None
    cyclic = Chain(plan, parts)
    cyclic.order()
    n = len(parts) - 1
    k = min(range(n), key=lambda k: cyclic.cost(0, k) + cyclic.cost(k + 1, n))
    return cyclic.build(0, k), cyclic.build(k + 1, n)
