"""Functions of matrices in a prime field, by eigenvalues that lie in it.

Points are drawn until the characteristic polynomial of each matrix falls into different linear factors. An eigenvalue
is then a root of it, carried along by Newton's iteration; which one is chosen is the same each time, and is no order.
An analytic function of a matrix is the polynomial that has its values
at the eigenvalues, and its derivatives there as far as truncated numbers need them.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from operator import or_

import flint

from closedform.check.core.evaluate import Evaluator, Rule
from closedform.check.core.jet import Jet, Redraw, Unfit, like
from closedform.check.core.operations import CORE, matrix_power, place
from closedform.check.core.scalars import HALF
from closedform.expr.node import Node

LARGEST = 6


def eigenvalues(a: Jet) -> list[int]:
    """Different roots of the characteristic polynomial, in the order of their numbers; Redraw where there are fewer."""
    n, p = a.shape[0], a.first.modulus()
    if n > LARGEST:
        raise Unfit(f"eigenvalues of {n} rows in a field")
    _, factors = flint.nmod_poly([int(c) for c in a.first.charpoly().coeffs()], p).factor()
    if len(factors) < n or any(f.degree() > 1 for f, _ in factors):
        raise Redraw("eigenvalues outside the field")
    return sorted(int(-f[0] / f[1]) for f, _ in factors)


def number(a: Jet, v: int) -> Jet:
    return Jet({0: like(a.first, 1, 1, [v])})


def eigenvalue(ev: Evaluator, a: Jet, v: int) -> Jet:
    """The root near v of det(tI - A)."""
    t, n = number(a, v), a.shape[0]
    for _ in range(max(a.c).bit_length()):
        det, adj = (a.eye(n) * t - a).det_adj()
        t = t - det * ev.f("recip", adj.trace())
    return t


def all_eigenvalues(ev: Evaluator, a: Jet) -> list[Jet]:
    return [eigenvalue(ev, a, v) for v in eigenvalues(a)]


def stacked(parts: list[Jet]) -> Jet:
    """Columns beside each other, or numbers below each other."""
    rows, down = parts[0].shape[0], parts[0].count == 1
    shape = (len(parts), 1) if down else (rows, len(parts))
    placed = [place(p, shape, k if down else 0, 0 if down else k) for k, p in enumerate(parts)]
    return sum(placed[1:], start=placed[0])


def unit_vector(ev: Evaluator, a: Jet, t: Jet) -> Jet:
    """A unit vector of the kernel of tI - A."""
    adj = (a.eye(a.shape[0]) * t - a).det_adj()[1]
    v = adj.pick(a.shape[0], 1, lambda i, _: (i, 0))
    return v * ev.f("recip", ev.f("root2", (v * v).sum()))


def analytic(ev: Evaluator, name: str, a: Jet) -> Jet:
    """f(A) by Newton's form of the polynomial that interpolates f at each eigenvalue, 1, 2 or 3 times."""
    times, n = reduce(or_, a.c).bit_count() + 1, a.shape[0]
    nodes = [v for v in eigenvalues(a) for _ in range(times)]
    slopes = differences(ev, name, a, nodes, times)
    out, basis = a.eye(n) * slopes[0], a.eye(n)
    for v, slope in zip(nodes, slopes[1:], strict=False):
        basis = basis @ (a - a.eye(n) * number(a, v))
        out = out + basis * slope
    return out


def differences(ev: Evaluator, name: str, a: Jet, nodes: list[int], times: int) -> list[Jet]:
    """Divided differences; at equal nodes the derivatives, over 1 and 2."""
    values = {v: taylor(ev, name, a, v) for v in nodes}
    row, out = [values[v][0] for v in nodes], list[Jet]()
    for k in range(len(nodes)):
        out.append(row[0])
        new = []
        for i in range(len(row) - 1):
            low, high = nodes[i], nodes[i + k + 1]
            gap = number(a, high - low)
            new.append(values[low][k + 1] if low == high else (row[i + 1] - row[i]) * ev.f("recip", gap))
        row = new
    return out


def taylor(ev: Evaluator, name: str, a: Jet, v: int) -> list[Jet]:
    """f, f' and f''/2 at a number."""
    one = number(a, 1).first
    found = ev.f(name, Jet({0: number(a, v).first, 1: one, 2: one}))
    zero = one * 0
    return [Jet({0: found.first}), Jet({0: found.c.get(1, zero)}), Jet({0: found.c.get(3, zero)}) * HALF]


def frechet(name: str) -> Rule:
    def rule(ev: Evaluator, node: Node, x: Jet, e: Jet) -> Jet:
        """The part of f(X + tE) that t multiplies, by the block of f([X, E; 0, X]): as truncated numbers."""
        used = max([*x.c, *e.c]).bit_length()
        if used > 1:
            raise Unfit("a second derivative of the derivative of a matrix function")
        bit = 1 << used
        both = dict(x.c)
        for s, m in e.c.items():
            both[s | bit] = m
        found = analytic(ev, name, Jet(both))
        return Jet({s & ~bit: m for s, m in found.c.items() if s & bit})

    return rule


def any_power(ev: Evaluator, node: Node, a: Jet, e: Jet) -> Jet:
    exponent = ev.exponent(e)
    if abs(exponent) != HALF:
        return matrix_power(ev, a, e)
    root = analytic(ev, "root2", a)
    return root if exponent > 0 else root.inverse()


def cholesky(ev: Evaluator, node: Node, x: Jet) -> Jet:
    """The lower factor, column by column."""
    n = x.shape[0]
    low: dict[tuple[int, int], Jet] = {}
    for j in range(n):
        for i in range(j, n):
            rest = x.entry(i, j)
            for k in range(j):
                rest = rest - low[i, k] * low[j, k]
            low[i, j] = ev.f("root2", rest) if i == j else rest * ev.f("recip", low[j, j])
    parts = [place(part, (n, n), i, j) for (i, j), part in low.items()]
    return sum(parts[1:], start=parts[0])


def gram(x: Jet) -> Jet:
    return x @ x.T if x.shape[0] <= x.shape[1] else x.T @ x


def one_of(k: int) -> Callable[[Evaluator, Jet], Jet]:
    return lambda ev, a: eigenvalue(ev, a, eigenvalues(a)[k])


def top_vectors(ev: Evaluator, x: Jet) -> tuple[Jet, Jet, Jet]:
    """A singular value with its unit vectors; the same for X as for its transpose."""
    square = one_of(-1)(ev, gram(x))
    value = ev.f("root2", square)
    left = unit_vector(ev, x @ x.T, square)
    return value, left, (x.T @ left) * ev.f("recip", value)


def nuclear(ev: Evaluator, node: Node, x: Jet) -> Jet:
    roots = [ev.f("root2", t) for t in all_eigenvalues(ev, gram(x))]
    return sum(roots[1:], start=roots[0])


def polar(ev: Evaluator, node: Node, x: Jet) -> Jet:
    """The orthogonal factor, X(X'X)^(-1/2)."""
    root = analytic(ev, "root2", gram(x)).inverse()
    return root @ x if x.shape[0] <= x.shape[1] else x @ root


SPECTRAL: dict[str, Rule] = {
    "expm": lambda ev, n, a: analytic(ev, "exp", a),
    "expm_frechet": frechet("exp"),
    "sqrtm": lambda ev, n, a: analytic(ev, "root2", a),
    "logm": lambda ev, n, a: analytic(ev, "log", a),
    "logm_frechet": frechet("log"),
    "chol": cholesky,
    "eigvals": lambda ev, n, a: stacked(all_eigenvalues(ev, a)),
    "eigvecs": lambda ev, n, a: stacked([unit_vector(ev, a, t) for t in all_eigenvalues(ev, a)]),
    "lambda_max": lambda ev, n, a: one_of(-1)(ev, a),
    "lambda_min": lambda ev, n, a: one_of(0)(ev, a),
    "eigvec_max": lambda ev, n, a: unit_vector(ev, a, one_of(-1)(ev, a)),
    "eigvec_min": lambda ev, n, a: unit_vector(ev, a, one_of(0)(ev, a)),
    "norm_op": lambda ev, n, x: top_vectors(ev, x)[0],
    "leftvec_max": lambda ev, n, x: top_vectors(ev, x)[1],
    "rightvec_max": lambda ev, n, x: top_vectors(ev, x)[2],
    "norm_nuc": nuclear,
    "polar": polar,
}
RULES: dict[str, Rule] = {**CORE, **SPECTRAL, "mpow": any_power}
