"""How each operation becomes steps: the structural ones here, a function as one step of its own name."""

from __future__ import annotations

from fractions import Fraction
from math import prod

from closedform.expr.node import Node, make
from closedform.expr.size import ONE, Size
from closedform.functions import elementwise, matrix, rearrange, vectors
from closedform.functions.algebra import (
    ADD,
    CALL,
    CONST,
    DIAGM,
    DIAGV,
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
    TR,
    TRANSPOSE,
    UNIT,
    ZERO,
)
from closedform.functions.known_facts import facts_of
from closedform.functions.table import extras
from closedform.program.ir import Ref, rank
from closedform.program.planner import LAZY, RULES_FOR_FUNCTIONS, Planner, refuse, rule
from closedform.program.products import KRON, Chain, Leaf, factor, formed, leaves, multiplied, spd, times, transposed
from closedform.program.sums import added, diagonal_of, diagonal_sum, number_step, scaled
from closedform.rewrite.normal.engine import UNITY, content, ntranspose, number
from closedform.rewrite.normal.split import chain, outer_parts

LAZY |= {ADD, MUL, SCALE, TRANSPOSE, DIAGM, MPOW, EYE, KRON}
SQRT = elementwise.sqrt
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


@rule(ADD)
def _add(plan: Planner, node: Node) -> Ref:
    terms = list(zip(node.params[0], node.args, strict=True))
    if rank(node.shape) < 2:
        return added(plan, [(c, plan.value(a)) for c, a in terms], node.shape)
    whole = [(c, a) for c, a in terms if diagonal_of(a) is None]
    if not whole:
        return plan.emit("diag", (diagonal_sum(plan, terms),), node.shape)
    out = added(plan, [_term(plan, c, a) for c, a in whole], node.shape)
    on_diagonal = [(c, a) for c, a in terms if diagonal_of(a) is not None]
    return plan.emit("add_diag", (out, diagonal_sum(plan, on_diagonal)), node.shape) if on_diagonal else out


def _term(plan: Planner, c: Fraction, a: Node) -> tuple[Fraction, Ref]:
    """One matrix term; the number of an outer product goes onto the shorter of its vectors."""
    if c not in (1, -1) and ((a.op is MUL and outer_parts(a) is not None) or a.op is KRON):
        sign = 1 if c > 0 else -1
        return Fraction(sign), _scaled_product(plan, number_step(plan, abs(c)), a)
    return c, plan.value(a)


@rule(SCALE)
def _scale(plan: Planner, node: Node) -> Ref:
    s, a = node.args
    if a.op in (MUL, KRON) and rank(a.shape) == 2:
        return _scaled_product(plan, plan.value(s), a)
    divisor = _reciprocal(s)
    if divisor is not None:
        return plan.emit("div", (plan.value(a), plan.value(divisor)), node.shape)
    return plan.emit("mul", (plan.value(s), plan.value(a)), node.shape)


def _reciprocal(s: Node) -> Node | None:
    return s.args[0] if s.op is POW and number(s.args[1]) == -1 else None


def _scaled_product(plan: Planner, s: Ref, a: Node) -> Ref:
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
    return _term_by_term(plan, node, apart)


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


def _term_by_term(plan: Planner, node: Node, k: int) -> Ref:
    total, terms = node.args[k], []
    for c, t in zip(total.params[0], total.args, strict=True):
        s, inner = (t.args[0], t.args[1]) if t.op is SCALE else (None, t)
        middle = inner.args if inner.op is MUL else () if inner.op is EYE else (inner,)
        product = chain((*node.args[:k], *middle, *node.args[k + 1 :]))
        if s is None:
            terms.append(_term(plan, c, product) if rank(node.shape) == 2 else (c, plan.value(product)))
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


@rule(DIAGM)
def _diag(plan: Planner, node: Node) -> Ref:
    return plan.emit("diag", (plan.value(node.args[0]),), node.shape)


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
