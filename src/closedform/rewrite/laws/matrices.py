"""Laws of functions of matrices: determinants of products and inverses, norms of outer products."""

from __future__ import annotations

from collections.abc import Callable

from closedform.expr.node import Node
from closedform.expr.size import ONE
from closedform.functions.algebra import (
    DIAGM,
    EYE,
    MPOW,
    MUL,
    SCALE,
    ZERO,
    diagm,
    eye,
    inner,
    inv,
    mpow,
    num,
    power,
    sym,
    tr,
    transpose,
    zeros,
)
from closedform.functions.define import Function
from closedform.functions.eigen import lambda_max
from closedform.functions.elementwise import exp, log
from closedform.functions.known_facts import facts_of
from closedform.functions.matrix import adj, det, logdet, lyap, pinv, tril, triu
from closedform.functions.matrix_functions import expm, expm_frechet, logm, logm_frechet, polar
from closedform.functions.norms import norm_nuc, norm_op
from closedform.functions.piecewise import absolute
from closedform.functions.rearrange import vec
from closedform.functions.vectors import prod
from closedform.rewrite.laws.law import acts, law
from closedform.rewrite.normal.engine import content, ntranspose, number
from closedform.rewrite.normal.split import outer_parts, transposes

X, Y = sym("X", "n", "n"), sym("Y", "n", "n")
P = sym("P", "n", "n", ["pd"])
u, v = sym("u", "m"), sym("v", "n")
HALF = num("1/2")


def _upright(f: Function) -> Callable[[Node], Node | None]:
    """f(A') is f(A): of a matrix and its transpose, the one with fewer transposes is held."""

    def act(a: Node) -> Node | None:
        turned = ntranspose(a)
        return f(turned) if (transposes(turned), turned.key) < (transposes(a), a.key) else None

    return act


acts("determinant of a transpose", det(transpose(X)))(_upright(det))
acts("log det of a transpose", logdet(transpose(X)))(_upright(logdet))
law("determinant of an exponential", det(expm(X)), exp(tr(X)))
law("log det of an exponential", logdet(expm(X)), tr(X))
law("log of det is log det", log(det(X)), logdet(X))
law("upper triangle of a triangle", triu(triu(X)), triu(X))
law("lower triangle of a triangle", tril(tril(X)), tril(X))
law("pinv of an invertible", pinv(X), inv(X), X="inv")
law("lower triangle of a lower triangular", tril(X), X, X="lower")
law("upper triangle of an upper triangular", triu(X), X, X="upper")
law("nuclear norm of a positive semidefinite", norm_nuc(X), tr(X), X="psd")
law("spectral norm of an orthogonal matrix", norm_op(X), num(1), X="orth")
law("nuclear norm of an orthogonal matrix", norm_nuc(X), tr(eye("n")), X="orth")
law("polar factor of an orthogonal matrix", polar(X), X, X="orth")
law("logm undoes expm", logm(expm(X)), X, X="sym")
law("expm undoes logm", expm(logm(X)), X)


@acts("determinant of a product", det(X @ Y))
def _det_product(a: Node) -> Node | None:
    if a.op is MUL and all(f.is_square for f in a.args):
        out = det(a.args[0])
        for f in a.args[1:]:
            out = out * det(f)
        return out
    return None


@acts("determinant of a power", det(mpow(X, -1)))
def _det_power(a: Node) -> Node | None:
    k = number(a.args[1]) if a.op is MPOW else None
    return power(det(a.args[0]), k) if k is not None else None


@acts("determinant of a diagonal matrix", det(diagm(v)))
def _det_diagonal(a: Node) -> Node | None:
    if a.op is EYE:
        return num(1)
    return prod(a.args[0]) if a.op is DIAGM else None


@acts("log det of an inverse", logdet(mpow(X, -1)))
def _logdet_power(a: Node) -> Node | None:
    """For odd powers: det(X) has the sign of det(X^k)."""
    k = number(a.args[1]) if a.op is MPOW else None
    if k is None or (k % 2 == 0 and "pd" not in facts_of(a.args[0])):
        return num(0) if a.op is EYE else None
    return k * logdet(a.args[0])


@acts("log det of a product of positive definite matrices", logdet(P @ sym("Q", "n", "n", ["pd"])))
def _logdet_product(a: Node) -> Node | None:
    if a.op is not MUL or not all(f.is_square for f in a.args):
        return None
    known = [f for f in a.args if "pd" in facts_of(f)]
    rest = [f for f in a.args if f not in known]
    if not known or len(rest) > 1:
        return None
    out = logdet(known[0])
    for f in known[1:] + rest:
        out = out + logdet(f)
    return out


@acts("adjugate of an inverse", adj(mpow(X, -1)))
def _adj_inverse(a: Node) -> Node | None:
    if a.op is EYE:
        return a
    if a.op is MPOW and number(a.args[1]) == -1:
        return a.args[0] * power(det(a.args[0]), -1)
    return None


@acts("vec of a column", vec(v))
def _vec_column(a: Node) -> Node | None:
    return a if a.is_column else ntranspose(a) if a.rows is ONE else None


def _norms(a: Node) -> Node | None:
    """Of an outer product u*v', the only singular value is |u||v|."""
    if a.is_column:
        return power(inner(a, a), HALF)
    if a.rows is ONE:
        return power(inner(ntranspose(a), ntranspose(a)), HALF)
    parts = outer_parts(a) if a.op is MUL else None
    if parts is None:
        return None
    column, row = parts[0], ntranspose(parts[1])
    return power(inner(column, column), HALF) * power(inner(row, row), HALF)


acts("spectral norm of an outer product", norm_op(u @ transpose(v)))(_norms)
acts("nuclear norm of an outer product", norm_nuc(u @ transpose(v)))(_norms)


def _norm_multiple(f: Function) -> Callable[[Node], Node | None]:
    def act(a: Node) -> Node | None:
        c, core = content(a)
        if core.op is SCALE:
            return abs(c) * absolute(core.args[0]) * f(core.args[1])
        return abs(c) * f(core) if c not in (0, 1) else None

    return act


acts("spectral norm of a multiple", norm_op(num(-2) * X))(_norm_multiple(norm_op))
acts("nuclear norm of a multiple", norm_nuc(num(-2) * X))(_norm_multiple(norm_nuc))


@acts("largest eigenvalue of an outer product", lambda_max(v @ transpose(v)))
def _largest_of_outer(a: Node) -> Node | None:
    """v*v' has the eigenvalue v'*v, and 0 for all that is orthogonal to v."""
    parts = outer_parts(a) if a.op is MUL else None
    return inner(parts[0], parts[0]) if parts is not None and ntranspose(parts[1]) is parts[0] else None


def _scaled_power(a: Node) -> tuple[Node, Node]:
    """The base of which a normal node is a scalar times a power (the identity has any base)."""
    _, core = content(a)
    core = core.args[1] if core.op is SCALE else core
    return (core.args[0], core) if core.op is MPOW else (core, core)


def _commute(a: Node, d: Node) -> bool:
    """Whether ``d`` is plainly a scalar times a power of what ``a`` is one of."""
    x, y = _scaled_power(a), _scaled_power(d)
    return y[1].op is EYE or x[0] is y[0]


@acts("exponential of zero", expm(zeros("n", "n")))
def _expm_zero(a: Node) -> Node | None:
    return eye(a.rows) if a.op is ZERO else None


@acts("derivative of expm along a commuting direction", expm_frechet(X, eye("n")))
def _expm_frechet(a: Node, d: Node) -> Node | None:
    return expm(a) @ d if _commute(a, d) else None


@acts("derivative of logm along a commuting direction", logm_frechet(X, eye("n")))
def _logm_frechet(a: Node, d: Node) -> Node | None:
    return inv(a) @ d if _commute(a, d) else None


@acts("Lyapunov equation of the identity", lyap(X, eye("n")))
def _lyap(a: Node, q: Node) -> Node | None:
    """A*Y + Y*A = I has one solution where it has any, and A^-1/2 is one."""
    return HALF * inv(a) if q.op is EYE else None
