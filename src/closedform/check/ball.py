"""Real numbers in high precision: ball arithmetic, and the matrix functions that a field cannot have."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from random import Random
from typing import Any

import flint
from flint import arb, arb_mat

from closedform.check.field import Redraw, Unfit
from closedform.check.jet import Jet, Mat, like

METHOD: dict[str, Callable[[Any], Any]] = {
    "exp": arb.exp, "sin": arb.sin, "cos": arb.cos, "asin": arb.asin, "acos": arb.acos, "atan": arb.atan,
    "erf": arb.erf, "gamma": arb.gamma, "loggamma": lambda u: arb.lgamma(positive(u)), "log": lambda u: positive(u).log(),
    "recip": lambda u: 1 / nonzero(u), "sign": lambda u: arb(1 if nonzero(u) > 0 else -1),
    "normcdf": lambda u: (1 + (u / arb(2).sqrt()).erf()) / 2,
}  # fmt: skip


def nonzero(u: Any) -> Any:
    if u.contains(0):
        raise Redraw("0")
    return u


def positive(u: Any) -> Any:
    if not u > 0:
        raise Redraw("not positive")
    return u


class Ball:
    """Numbers of ``flint.ctx.prec`` bits, drawn from (-2, 2); ``small`` draws integers, to be shown to people."""

    def __init__(self, rng: Random, small: bool = False) -> None:
        self.rng, self.small = rng, small
        self.pi = Jet([arb_mat(1, 1, [arb.pi()])])

    def constant(self, rows: int, cols: int, entries: list[int]) -> Jet:
        return Jet([arb_mat(rows, cols, entries)])

    def number(self, value: Fraction) -> Jet:
        return Jet([arb_mat(1, 1, [flint.fmpq(value.numerator, value.denominator)])])

    def random(self, rows: int, cols: int, kind: str = "") -> Jet:
        draws = [self.draw() for _ in range(rows * cols)]
        return Jet([arb_mat(rows, cols, [abs(d) if kind == "pos" else d for d in draws])])

    def draw(self) -> Any:
        if self.small:
            return arb(self.rng.choice([-3, -2, -1, 1, 2, 3]))
        return arb((self.rng.getrandbits(200) | 1) - (1 << 199)) / (1 << 198)

    def base(self, name: str, u: Jet) -> Jet:
        rows, cols = u.shape
        return Jet([arb_mat(rows, cols, [self.scalar(name, e) for e in u.c[0].entries()])])

    def scalar(self, name: str, u: Any) -> Any:
        if name.startswith("root"):
            return positive(u).root(int(name[4:]))
        if name.startswith("polygamma"):
            k = int(name[9:])
            sign = -1 if k % 2 == 0 else 1
            out = u.digamma() if k == 0 else arb(positive(u)).zeta(k + 1) * 0 if False else polygamma(k, positive(u), sign)
        else:
            if name not in METHOD:
                raise Unfit(f"{name} is not known to the checker")
            out = METHOD[name](u)
        if not out.is_finite():
            raise Redraw("outside the domain")
        return out


def polygamma(k: int, u: Any, sign: int) -> Any:
    if k == 0:
        return u.digamma()
    return sign * arb(k).fac() * arb(k + 1).zeta(u)


def eigen(s: Mat) -> tuple[list[Any], list[list[Any]]]:
    """Eigenvalues ascending and unit eigenvectors of a symmetric matrix."""
    n = s.nrows()
    values, right = flint.acb_mat(s.mid()).eig(right=True, algorithm="approx")
    order = sorted(range(n), key=lambda k: float(values[k].real.mid()))
    vectors = []
    for k in order:
        column = [right[i, k].real.mid() for i in range(n)]
        pivot = max(range(n), key=lambda i: abs(float(abs(right[i, k]).mid())))
        turn = right[pivot, k]
        column = [(right[i, k] / turn).real.mid() for i in range(n)]
        norm = sum((x * x for x in column), start=arb(0)).sqrt()
        vectors.append([(x / norm).mid() for x in column])
    return [values[k].real.mid() for k in order], vectors


def singular(x: Mat) -> tuple[list[Any], list[list[Any]], list[list[Any]]]:
    """Singular values descending with right and left unit vectors, for the smaller side's rank."""
    wide = x.ncols() > x.nrows()
    a = x.transpose() if wide else x
    values, vectors = eigen(a.transpose() * a)
    sigma = [positive(v).sqrt().mid() for v in reversed(values)]
    right = list(reversed(vectors))
    n = a.ncols()
    left = [(a * arb_mat(n, 1, v) * (1 / s)).entries() for v, s in zip(right, sigma, strict=True)]
    return (sigma, left, right) if wide else (sigma, right, left)


def rational_eigen(x: Mat) -> None:
    """Placeholder for real spectra."""


def sqrtm(x: Mat) -> Mat:
    """The principal square root by the Denman-Beavers iteration."""
    n = x.nrows()
    y, z = x.mid(), eye(n)
    for _ in range(200):
        new = ((y + z.inv()) * (arb(1) / 2)).mid()
        z = ((z + y.inv()) * (arb(1) / 2)).mid()
        gap, y = size(new - y), new
        if gap < arb(2) ** (40 - flint.ctx.prec) * (1 + size(y)):
            return y
    raise Redraw("no square root")


def logm(x: Mat) -> Mat:
    """By repeated square roots and the series of log(1 + E)."""
    n, k, y = x.nrows(), 0, x.mid()
    while not size(y - eye(n)) < arb(2) ** -30:
        y, k = sqrtm(y), k + 1
        if k > 80:
            raise Redraw("no logarithm")
    e = y - eye(n)
    term, out = e, e
    for j in range(2, flint.ctx.prec // 29 + 2):
        term = term * e
        out = out + term * (arb((-1) ** (j + 1)) / j)
    return out.mid() * (arb(2) ** k)


def chol(x: Mat) -> Mat:
    """The lower factor."""
    n = x.nrows()
    low = [[arb(0)] * n for _ in range(n)]
    for j in range(n):
        low[j][j] = positive(x[j, j] - sum((v * v for v in low[j][:j]), start=arb(0))).sqrt()
        for i in range(j + 1, n):
            low[i][j] = (x[i, j] - sum((a * b for a, b in zip(low[i][:j], low[j][:j], strict=True)), start=arb(0))) / low[j][j]
    return arb_mat(low)


def eye(n: int) -> Mat:
    return arb_mat(n, n, [int(i == j) for i in range(n) for j in range(n)])


def size(m: Mat) -> Any:
    return max((abs(e) for e in m.entries()), key=lambda e: float(e.mid()))


def order(u: Jet) -> list[int]:
    """Places of the entries, largest first."""
    e = u.c[0].entries()
    return sorted(range(len(e)), key=lambda k: -float(e[k].mid()))


def like_vector(m: Mat, entries: list[Any]) -> Mat:
    return like(m, len(entries), 1, entries)
