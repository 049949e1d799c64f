"""A scalar beside a matrix: ``exp(z)/sum(exp(z))`` is ``softmax(z)``, ``adj(X)/det(X)`` is ``X^-1``."""

from __future__ import annotations

from closedform.expr.node import Node
from closedform.functions import elementwise, matrix, vectors
from closedform.functions.algebra import DIAGM, HAD, MPOW, MUL, ONES, POW, TR, TRANSPOSE
from closedform.functions.sizes import is_whole
from closedform.rewrite.normal.engine import (
    UNITY,
    build,
    nhad,
    nmpow,
    npow,
    ntr,
    ntranspose,
    number,
    plus,
)
from closedform.rewrite.normal.engine import nmul as product

EXP = elementwise.exp.op
SOFTMAX = vectors.softmax.op
DET = matrix.det.op
ADJ = matrix.adj.op
PROD, PROD_OTHERS = vectors.prod.op, vectors.prod_others.op


def join_pair(s: Node, a: Node) -> tuple[Node, Node] | None:
    """Scalar and matrix (or scalar chain) rewritten together, or None where no law acts."""
    factors = s.args if s.op is HAD else (s,)
    for k, factor in enumerate(factors):
        base, e = (factor.args[0], factor.args[1]) if factor.op is POW else (factor, UNITY)
        value = number(e)
        joined = None
        if value is not None and value < 0 and value.denominator == 1:
            joined = _softmax(base, a)
        if joined is None and base.op is DET and _excludes_zero(e):
            joined = adjugate_as_inverse(base.args[0], a)
        if joined is None and base.op is PROD and _excludes_zero(e):
            joined = _others_as_quotient(base.args[0], a)
        if joined is not None:
            rest = [f for i, f in enumerate(factors) if i != k]
            return nhad(npow(base, plus(e, UNITY)), *rest), joined
    return None


def _excludes_zero(e: Node) -> bool:
    """Whether a power with this exponent has a value only where its base is not zero."""
    value = number(e)
    return not is_whole(e) if value is None else value < 0


def _others_as_quotient(x: Node, a: Node) -> Node | None:
    """prod_others(x) made 1./x, where its product with prod(x)^-1 stands."""
    return _replaced(a, lambda f: npow(x, -1) if f.op is PROD_OTHERS and f.args[0] is x else None)


def _softmax(base: Node, a: Node) -> Node | None:
    z = summed_exponential(base)
    if z is None:
        return None
    return _replaced(a, lambda f: build(SOFTMAX, (z,), (), z.shape) if f.op is EXP and f.args[0] is z else None)


def summed_exponential(a: Node) -> Node | None:
    """z where ``a`` is sum(exp(z)), else None."""
    if a.op is not MUL or len(a.args) != 2 or not a.is_scalar:
        return None
    row, column = a.args
    left = row.args[0] if row.op is TRANSPOSE else row
    if left.op is ONES and column.op is EXP:
        return column.args[0]
    return left.args[0] if left.op is EXP and column.op is ONES else None


def inverse_as_adjugate(x: Node, a: Node) -> Node | None:
    """One inverse of x in ``a`` made an adjugate."""

    def turn(f: Node) -> Node | None:
        if f.op is not MPOW:
            return None
        k = number(f.args[1])
        same = f.args[0] is x or f.args[0] is ntranspose(x)
        if not same or k is None or k >= 0:
            return None
        return product(build(ADJ, (f.args[0],), (), f.shape), nmpow(f.args[0], plus(f.args[1], UNITY)))

    return _replaced(a, turn)


def adjugate_as_inverse(x: Node, a: Node) -> Node | None:
    """One adjugate of x in ``a`` made an inverse."""

    def turn(f: Node) -> Node | None:
        if f.op is ADJ and (f.args[0] is x or f.args[0] is ntranspose(x)):
            return nmpow(f.args[0], -1)
        return None

    return _replaced(a, turn)


def _replaced(a: Node, turn: object) -> Node | None:
    """``a`` with the first factor that ``turn`` changes replaced."""
    assert callable(turn)
    if a.op is TR:
        inner = _replaced(a.args[0], turn)
        return ntr(inner) if inner is not None else None
    factors = a.args if a.op in (MUL, HAD) else (a,)
    for k, f in enumerate(factors):
        inside = f.args[0] if f.op in (TRANSPOSE, DIAGM) else f
        new = turn(inside)
        if new is None:
            continue
        if inside is not f:
            new = build(f.op, (new,), (), f.shape)
        parts = (*factors[:k], new, *factors[k + 1 :])
        return nhad(*parts) if a.op is HAD else product(*parts)
    return None
