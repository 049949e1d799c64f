"""Jets: matrices over the truncated numbers a + ε₁b + ε₂c + ε₁ε₂d, each ε squaring to nothing.

``c[S]`` holds the coefficient of the product of the ε in the bit set S, and nothing where that is zero; ``q`` the value
alone in a second field, for those who calculate in two. Coefficients are flint matrices, over
a prime field or of balls.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from functools import reduce
from itertools import product
from typing import Any

import flint

Mat = Any
"""A ``flint.nmod_mat`` or ``flint.arb_mat``."""
MAX_DET = 64


class Redraw(Exception):
    """The point drawn does not serve: draw another."""


class Unfit(Exception):
    """Something that these numbers do not have."""


def like(m: Mat, rows: int, cols: int, entries: list[Any]) -> Mat:
    """The matrix with these entries over the numbers of ``m``."""
    return type(m)(rows, cols, entries, *([m.modulus()] if isinstance(m, flint.nmod_mat) else []))


class Jet:
    """A matrix of truncated numbers. ``*`` is elementwise (a 1×1 factor scales), ``@`` the matrix product."""

    __slots__ = ("c", "count", "first", "q", "shape")

    def __init__(self, c: Mapping[int, Mat], q: Mat | None = None) -> None:
        some = next(iter(c.values()))
        self.c, self.q = c, q
        self.first: Mat = c.get(0)
        self.shape: tuple[int, int] = (some.nrows(), some.ncols())
        self.count = self.shape[0] * self.shape[1]

    @property
    def value(self) -> Jet:
        """Without infinitesimals; ``first`` is the matrix of it."""
        return Jet({0: self.first}, self.q)

    def split(self) -> tuple[Jet, Jet | None]:
        """What is without the last ε, and the multiple of it, whose square is nothing; None where there is no ε."""
        last = 1 << max(self.c).bit_length() >> 1
        low, high = ({s: m for s, m in self.c.items() if (s < (last or 1)) == part} for part in (True, False))
        return Jet(low, self.q), Jet(high, self.q and self.q * 0) if last else None

    def linear(self, f: Callable[[Mat], Mat]) -> Jet:
        return Jet({s: f(m) for s, m in self.c.items()}, None if self.q is None else f(self.q))

    def bilinear(self, other: Jet, f: Callable[[Mat, Mat], Mat]) -> Jet:
        """The product ``f`` of matrices, carried to truncated numbers by its definition."""
        out: dict[int, Mat] = {}
        for (s, x), (t, y) in product(self.c.items(), other.c.items()):
            if not s & t:
                out[s | t] = out[s | t] + f(x, y) if s | t in out else f(x, y)
        return Jet(out, None if self.q is None or other.q is None else f(self.q, other.q))

    def __add__(self, other: Jet | int) -> Jet:
        if isinstance(other, int):
            other = self.fixed(*self.shape, other)
        out = dict(self.c)
        for s, m in other.c.items():
            out[s] = out[s] + m if s in out else m
        return Jet(out, None if self.q is None or other.q is None else self.q + other.q)

    __radd__ = __add__

    def __sub__(self, other: Jet | int) -> Jet:
        return self + -other

    def __neg__(self) -> Jet:
        return self.linear(lambda m: -m)

    def __mul__(self, other: Jet | int | Fraction) -> Jet:
        if isinstance(other, Jet):
            return self.bilinear(other, entrywise)
        return self.linear(lambda m: m * other.numerator / other.denominator)

    def __matmul__(self, other: Jet) -> Jet:
        return self.bilinear(other, lambda x, y: x * y)

    @property
    def T(self) -> Jet:
        return self.linear(lambda m: m.transpose())

    def fixed(self, rows: int, cols: int, entry: int | Callable[[int, int], int]) -> Jet:
        """A matrix of integers, over the same numbers: each the same, or by row and column."""
        places = product(range(rows), range(cols))
        entries = [int(entry(*at)) for at in places] if callable(entry) else [entry] * (rows * cols)
        return self.value.linear(lambda m: like(m, rows, cols, entries))

    def eye(self, n: int) -> Jet:
        return self.fixed(n, n, lambda i, j: i == j)

    def pick(self, rows: int, cols: int, place: Callable[[int, int], tuple[int, int] | None]) -> Jet:
        """The matrix whose entry i, j is the one at ``place(i, j)``, and 0 where that is None."""
        wide, found = self.shape[1], [place(i, j) for i in range(rows) for j in range(cols)]
        where = [None if at is None else at[0] * wide + at[1] for at in found]

        def moved(m: Mat) -> Mat:
            e = m.entries()
            return like(m, rows, cols, [0 if k is None else e[k] for k in where])

        return self.linear(moved)

    def reshape(self, rows: int, cols: int) -> Jet:
        """The same entries, row by row, in another shape."""
        return self.linear(lambda m: like(m, rows, cols, m.entries()))

    def sum(self) -> Jet:
        return self.linear(lambda m: like(m, 1, 1, [sum(m.entries())]))

    def entry(self, i: int, j: int) -> Jet:
        return self.pick(1, 1, lambda *_: (i, j))

    def trace(self) -> Jet:
        return self.pick(self.shape[0], 1, lambda i, _: (i, i)).sum()

    def row_products(self) -> Jet:
        n = self.shape[1]
        return reduce(Jet.__mul__, (self @ unit(self, n, k) for k in range(n)))

    def zeros(self) -> set[tuple[int, int]]:
        """The places of entries that are 0 at every point near."""
        entries = zip(*(m.entries() for m in self.c.values()), strict=True)
        return {divmod(k, self.shape[1]) for k, entry in enumerate(entries) if all(e == 0 for e in entry)}

    def inverse(self) -> Jet:
        """By Newton's iteration from the inverse of the value: each step doubles the order to which it is right."""
        out = self.value.linear(lambda m: m.inv())
        for _ in range(max(self.c).bit_length()):
            out = out @ (self.eye(self.shape[0]) * 2 - self @ out)
        return out

    def det_adj(self) -> tuple[Jet, Jet]:
        """Determinant and adjugate by Faddeev-LeVerrier: products and traces alone, right where singular."""
        n, eye = self.shape[0], self.eye(self.shape[0])
        turned, c = self * 0, self.fixed(1, 1, 1)
        if n > MAX_DET:
            raise Unfit(f"a determinant of {n} rows")
        for k in range(1, n + 1):
            adj = turned + eye * c
            turned = self @ adj
            c = turned.trace() * Fraction(-1, k)
        return c * (-1) ** n, adj * (-1) ** (n - 1)


def entrywise(x: Mat, y: Mat) -> Mat:
    """Entry by entry; a 1×1 against a matrix scales it."""
    if y.nrows() == 1 == y.ncols():
        return x * y[0, 0]
    if x.nrows() == 1 == x.ncols():
        return y * x[0, 0]
    return like(x, x.nrows(), x.ncols(), [a * b for a, b in zip(x.entries(), y.entries(), strict=True)])


def unit(numbers: Jet, n: int, k: int) -> Jet:
    """The column of 0 but for 1 in row k."""
    return numbers.fixed(n, 1, lambda i, _: i == k)


def stack(parts: Sequence[Jet]) -> Jet:
    """One below the other."""
    rows, cols = sum(part.shape[0] for part in parts), parts[0].shape[1]

    def below(matrices: Sequence[Mat]) -> Mat:
        return like(matrices[0], rows, cols, [e for m in matrices for e in m.entries()])

    bits, second = {s for part in parts for s in part.c}, [part.q for part in parts]
    c = {s: below([part.c.get(s, part.first * 0) for part in parts]) for s in sorted(bits)}
    return Jet(c, None if None in second else below(second))
