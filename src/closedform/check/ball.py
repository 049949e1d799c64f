"""Real numbers in high precision: ball arithmetic, and the matrix functions that a field cannot have."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise
from math import isqrt
from random import Random
from typing import Any

import flint
from flint import arb, arb_mat

from closedform.check.core.field import LARGEST, ORDERS
from closedform.check.core.jet import Jet, Mat, Redraw, Unfit

METHOD: dict[str, Callable[[Any], Any]] = {
    "exp": arb.exp, "sin": arb.sin, "cos": arb.cos, "asin": arb.asin, "acos": arb.acos, "atan": arb.atan,
    "erf": arb.erf, "gamma": lambda u: positive(u).gamma(), "loggamma": lambda u: positive(u).lgamma(),
    "log": lambda u: positive(u).log(),
    "recip": lambda u: 1 / nonzero(u), "turn": lambda u: arb(1 if nonzero(u) > 0 else -1),
    "normcdf": lambda u: (1 + (u / arb(2).sqrt()).erf()) / 2,
}  # fmt: skip


class Singular(Redraw):
    """A number is 0: at general points it seldom is, unless it always is."""


def nonzero(u: Any) -> Any:
    if u.contains(0):
        raise Singular("0")
    return u


def positive(u: Any) -> Any:
    if not u > 0:
        raise Redraw("not positive")
    return u


class Ball:
    """Numbers of ``flint.ctx.prec`` bits, drawn from (-2, 2); ``small`` draws integers, to show to people."""

    max_entries = 1_000
    ordered = True

    def __init__(self, rng: Random, small: bool = False) -> None:
        self.rng, self.small = rng, small
        self.pi = Jet({0: arb_mat(1, 1, [arb.pi()])})
        self.orders: list[tuple[Jet, ...]] = []

    def random(self, rows: int, cols: int, positive: bool = False) -> Jet:
        draws = [self.draw() for _ in range(rows * cols)]
        return Jet({0: arb_mat(rows, cols, [abs(d) if positive else d for d in draws])})

    def side(self, det: int) -> int:
        return det

    def fraction(self, u: Jet) -> Fraction | None:
        """The small rational that a 1×1 is."""
        for k in range(1, ORDERS + 1):
            top = (u.first[0, 0] * k).unique_fmpz()
            if top is not None and abs(top) <= LARGEST:
                return Fraction(int(top), k)
        return None

    def draw(self) -> Any:
        if self.small:
            return arb(self.rng.choice([-3, -2, -1, 1, 2, 3]))
        return arb((self.rng.getrandbits(200) | 1) - (1 << 199)) / (1 << 198)

    def base(self, name: str, u: Jet) -> Jet:
        rows, cols = u.shape
        return Jet({0: arb_mat(rows, cols, [self.scalar(name, e) for e in u.first.entries()])})

    def scalar(self, name: str, u: Any) -> Any:
        if name.startswith("root"):
            return positive(u).root(int(name[4:]))
        if name.startswith("polygamma"):
            out = polygamma(int(name[9:]), positive(u))
        elif name in METHOD:
            out = METHOD[name](u)
        else:
            raise Unfit(f"the checker does not know {name}")
        if not out.is_finite():
            raise Redraw("outside the domain")
        return out


def polygamma(k: int, u: Any) -> Any:
    if k == 0:
        return u.digamma()
    return (-1) ** (k + 1) * arb(k).fac() * arb(k + 1).zeta(u)


def eigen(s: Mat) -> tuple[list[Any], list[list[Any]]]:
    """Eigenvalues ascending, and unit eigenvectors whose largest entry is positive, of a symmetric matrix."""
    n = s.nrows()
    values, right = flint.acb_mat(s.mid()).eig(right=True, algorithm="approx")
    vectors = []
    for k in range(n):
        column = [right[i, k] for i in range(n)]
        pivot = max(column, key=lambda x: abs(x).mid())
        vectors.append(unit([(x / pivot).real for x in column]))
    places = sorted(range(n), key=lambda k: values[k].real.mid())
    return [values[k].real.mid() for k in places], [vectors[k] for k in places]


def apart(values: list[Any], place: int | None) -> None:
    """Of ascending eigenvalues the lowest (0) or the highest (-1) has to be simple, or all (None)."""
    gaps = [b - a for a, b in pairwise(values)]
    near = gaps if place is None else [gaps[place]] if gaps else []
    least = max((abs(v) for v in values), key=key) * arb(2) ** (-flint.ctx.prec // 8)
    if not all(gap > least for gap in near):
        raise Singular("an eigenvalue is not simple")


def unit(v: list[Any]) -> list[Any]:
    norm = sum((x * x for x in v), start=arb(0)).sqrt()
    return [(x / norm).mid() for x in v]


def singular_values(x: Mat) -> list[Any]:
    """Ascending, as many as the smaller side."""
    gram = x * x.transpose() if x.nrows() <= x.ncols() else x.transpose() * x
    return [positive(v).sqrt().mid() for v in eigen(gram)[0]]


def top_singular(x: Mat) -> tuple[Any, list[Any], list[Any]]:
    """The largest singular value with its unit vectors; the largest entry of the left one is positive."""
    squares, vectors = eigen(x * x.transpose())
    left = vectors[-1]
    right = unit((x.transpose() * arb_mat(len(left), 1, left)).entries())
    return positive(squares[-1]).sqrt().mid(), left, right


def polar(x: Mat) -> Mat:
    """The orthogonal polar factor of a matrix of full rank."""
    if x.nrows() < x.ncols():
        return polar(x.transpose()).transpose()
    return (x * sqrtm(x.transpose() * x).inv()).mid()


def sqrtm(x: Mat) -> Mat:
    """The principal square root by the Denman-Beavers iteration."""
    values = flint.acb_mat(x.mid()).eig(algorithm="approx")
    if any(key(v.real) <= 0 and abs(key(v.imag)) < 1e-30 for v in values):
        raise Redraw("an eigenvalue is negative")
    return denman_beavers(x.mid())


def denman_beavers(x: Mat) -> Mat:
    y, z = x, eye(x.nrows())
    for _ in range(200):
        new = ((y + z.inv()) * (arb(1) / 2)).mid()
        z = ((z + y.inv()) * (arb(1) / 2)).mid()
        gap, y = magnitude(new - y), new
        if gap < arb(2) ** (40 - flint.ctx.prec) * (1 + magnitude(y)):
            return y
    raise Redraw("no square root")


def logm(x: Mat) -> Mat:
    """By repeated square roots and log Y = 2 atanh((Y - I)(Y + I)⁻¹), after division by the mean eigenvalue in size."""
    one = eye(x.nrows())
    scale = abs(nonzero(x.det())).root(x.nrows()).mid()
    y, k = (x / scale).mid(), 0
    while not norm_bound(y - one) < arb(2) ** -2:
        y, k = denman_beavers(y) if k else sqrtm(y), k + 1
        if k > 80:
            raise Redraw("no logarithm")
    z = ((y - one) * (y + one).inv()).mid()
    terms = [arb(1) / (2 * j + 1) for j in range(flint.ctx.prec // 5 + 2)]
    return (z * polynomial((z * z).mid(), terms)).mid() * (arb(2) ** (k + 1)) + one * scale.log()


def polynomial(z: Mat, coefficients: list[Any]) -> Mat:
    """By Horner's rule on blocks of powers (Paterson and Stockmeyer, SIAM J. Comput. 2, 1973)."""
    step = isqrt(len(coefficients))
    powers = [eye(z.nrows())]
    for _ in range(step):
        powers.append((powers[-1] * z).mid())
    out = powers[0] * 0
    for start in reversed(range(0, len(coefficients), step)):
        out = (out * powers[step]).mid()
        for power, c in zip(powers, coefficients[start : start + step], strict=False):
            out = out + power * c
    return out


def norm_bound(m: Mat) -> Any:
    """An upper bound of the norm of Frobenius."""
    return sum((e.upper() ** 2 for e in (abs(e) for e in m.entries())), start=arb(0)).sqrt().upper()


def chol(x: Mat) -> Mat:
    """The lower factor."""
    n = x.nrows()
    low = [[arb(0)] * n for _ in range(n)]
    for j in range(n):
        for i in range(j, n):
            rest = x[i, j] - sum((a * b for a, b in zip(low[i][:j], low[j][:j], strict=True)), start=arb(0))
            low[i][j] = positive(rest).sqrt() if i == j else rest / low[j][j]
    return arb_mat(low)


def pivots(x: Mat) -> list[int]:
    """Columns that are a basis of all: by elimination, where it is clear which pivots are zero."""
    rows, chosen = [[e.mid() for e in r] for r in x.tolist()], list[int]()
    unit = magnitude(x)
    while rows:
        sizes = {(i, j): abs(key(e)) for i, r in enumerate(rows) for j, e in enumerate(r)}
        i, j = max(sizes, key=sizes.__getitem__)
        if abs(rows[i][j]) <= unit * arb(2) ** (-5 * flint.ctx.prec // 8):
            break
        if abs(rows[i][j]) < unit * arb(2) ** (-flint.ctx.prec // 4):
            raise Redraw("the rank is not clear")
        chosen.append(j)
        pivot = rows.pop(i)
        rows = [[(a - r[j] / pivot[j] * b).mid() for a, b in zip(r, pivot, strict=True)] for r in rows]
    return sorted(chosen)


def eye(n: int) -> Mat:
    return arb_mat(n, n, [int(i == j) for i in range(n) for j in range(n)])


def key(x: Any) -> float:
    return float(x.mid())


def magnitude(m: Mat) -> Any:
    """An upper bound of the largest entry."""
    return max((abs(e).upper() for e in m.entries()), default=arb(0))


def descending(m: Mat) -> list[int]:
    """Places of the entries, largest first; numbers beyond those of float64 too."""
    e = m.entries()
    return sorted(range(len(e)), key=lambda k: e[k].mid(), reverse=True)
