"""Jets: matrices over the truncated numbers a + ε₁b + ε₂c + ε₁ε₂d, each ε squaring to nothing.

``c[S]`` holds the coefficient of the product of the ε in the bit set S (None is zero); ``q`` the value
alone in a second field, where exponents live. Coefficients are flint matrices, over a prime field or of
real balls.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from typing import Any

import flint

Mat = Any
"""A ``flint.nmod_mat`` or ``flint.arb_mat``."""


MAX_SIDE, MAX_DET = 400, 64


class Redraw(Exception):
    """The point drawn does not serve: draw another."""


class Unfit(Exception):
    """Something that these numbers do not have."""


class Rough(Exception):
    """A function that is known at points alone: its derivative is taken by differences."""


class OutOfTime(Exception):
    """The time for a check is over."""


def like(m: Mat, rows: int, cols: int, entries: list[Any]) -> Mat:
    """The matrix with these entries over the numbers of ``m``."""
    if isinstance(m, flint.nmod_mat):
        return flint.nmod_mat(rows, cols, entries, m.modulus())
    return flint.arb_mat(rows, cols, entries)


def number(m: Mat, value: Fraction | int) -> Any:
    """A rational as a number of the kind that ``m`` is made of. ZeroDivisionError where p divides below."""
    if isinstance(m, flint.nmod_mat):
        p = m.modulus()
        return flint.nmod(value.numerator % p, p) / flint.nmod(value.denominator % p, p)
    return flint.arb(flint.fmpq(value.numerator, value.denominator))


class Jet:
    """A matrix of truncated numbers. ``*`` is elementwise (a 1×1 factor scales), ``@`` the matrix product."""

    __slots__ = ("c", "q")

    def __init__(self, c: Sequence[Mat | None], q: Mat | None = None) -> None:
        self.c = tuple(c)
        self.q = q

    @property
    def shape(self) -> tuple[int, int]:
        m = next(m for m in self.c if m is not None)
        return m.nrows(), m.ncols()

    @property
    def count(self) -> int:
        return self.shape[0] * self.shape[1]

    @property
    def value(self) -> Jet:
        return Jet(self.c[:1], self.q)

    def part(self, s: int) -> Mat:
        """The coefficient at ``s``, a matrix of zeros where there is none."""
        m = self.c[s] if s < len(self.c) else None
        return self.first * 0 if m is None else m

    @property
    def first(self) -> Mat:
        """The value, without infinitesimals."""
        return self.c[0]

    def zeros(self) -> list[int]:
        """1 for each entry that is 0 with all its derivatives, else 0."""
        parts = [m.entries() for m in self.c if m is not None]
        return [int(all(e == 0 for e in entry)) for entry in zip(*parts, strict=True)]

    def linear(self, f: Callable[[Mat], Mat]) -> Jet:
        return Jet([None if m is None else f(m) for m in self.c], None if self.q is None else f(self.q))

    def bilinear(self, other: Jet, f: Callable[[Mat, Mat], Mat]) -> Jet:
        """The product ``f`` of matrices, carried to truncated numbers by its definition."""
        a, b = self.c, other.c
        out: list[Mat | None] = [None] * max(len(a), len(b))
        for s, x in enumerate(a):
            for t, y in enumerate(b):
                if not s & t and x is not None and y is not None:
                    term, have = f(x, y), out[s | t]
                    out[s | t] = term if have is None else have + term
        q = None if self.q is None or other.q is None else f(self.q, other.q)
        return Jet(out, q)

    def __add__(self, other: Jet | int) -> Jet:
        if isinstance(other, int):
            rows, cols = self.shape
            return self + self.value.linear(lambda m: like(m, rows, cols, [other] * (rows * cols)))
        if len(self.c) < len(other.c):
            self, other = other, self
        tail = self.c[len(other.c) :]
        out = [y if x is None else (x if y is None else x + y) for x, y in zip(self.c, other.c, strict=False)]
        return Jet([*out, *tail], None if self.q is None or other.q is None else self.q + other.q)

    __radd__ = __add__

    def __sub__(self, other: Jet | int) -> Jet:
        return self + (-other)

    def __rsub__(self, other: int) -> Jet:
        return -self + other

    def __neg__(self) -> Jet:
        return self.linear(lambda m: -m)

    def __mul__(self, other: Jet | int | Fraction) -> Jet:
        if isinstance(other, Jet):
            return self.bilinear(other, entrywise)
        return self if other == 1 else self.linear(lambda m: m * number(m, other))

    __rmul__ = __mul__

    def __matmul__(self, other: Jet) -> Jet:
        return self.bilinear(other, lambda x, y: x * y)

    @property
    def T(self) -> Jet:
        return self.linear(lambda m: m.transpose())

    def gather(self, rows: int, cols: int, places: Iterable[int | None]) -> Jet:
        """The matrix whose entries are those at ``places`` (row by row), 0 at None."""
        where = list(places)

        def pick(m: Mat) -> Mat:
            e = m.entries()
            return like(m, rows, cols, [0 if k is None else e[k] for k in where])

        return self.linear(pick)

    def entry(self, k: int) -> Jet:
        return self.gather(1, 1, (k,))

    def sum(self) -> Jet:
        return self.linear(lambda m: like(m, 1, 1, [sum(m.entries(), start=number(m, 0))]))

    def trace(self) -> Jet:
        n = self.shape[0]
        return self.gather(n, 1, (i * n + i for i in range(n))).sum()

    def fill(self, rows: int, cols: int) -> Jet:
        """A 1×1 in every entry of the shape."""
        return self.gather(rows, cols, [0] * (rows * cols))

    def inverse(self) -> Jet:
        return self.analytic(lambda m: m.inv())

    def analytic(self, f: Callable[[Mat], Mat]) -> Jet:
        """An analytic function of matrices: truncated numbers are block triangular matrices, and so is f of them."""
        n, size = self.shape[0], len(self.c)
        if n * size > MAX_SIDE:
            raise Unfit(f"a function of a matrix of {n} rows")
        if size == 1:
            return Jet([f(self.first)], None if self.q is None else f(self.q))
        parts = [None if m is None else m.tolist() for m in self.c]
        big = [[0] * (n * size) for _ in range(n * size)]
        for s in range(size):
            for t in range(size):
                block = parts[t ^ s] if s & t == s else None
                for i in range(n if block else 0):
                    big[s * n + i][t * n : t * n + n] = block[i]  # type: ignore[index]
        done = f(like(self.first, n * size, n * size, [x for row in big for x in row]))
        top = [[done[i, j] for j in range(n * size)] for i in range(n)]
        out = [
            like(self.first, n, n, [x for row in top for x in row[t * n : t * n + n]]) for t in range(size)
        ]
        return Jet(out, None if self.q is None else f(self.q))

    def det_adj(self) -> tuple[Jet, Jet]:
        """Determinant and adjugate by Faddeev-LeVerrier: products and traces alone, right where singular."""
        n = self.shape[0]
        if n > MAX_DET:
            raise Unfit(f"a determinant of {n} rows")
        eye = self.value.linear(lambda m: like(m, n, n, [int(i == j) for i in range(n) for j in range(n)]))
        adj = eye
        for k in range(1, n + 1):
            turned = self @ adj
            c = turned.trace() * Fraction(-1, k)
            if k < n:
                adj = turned + eye * c
        sign = -1 if n % 2 == 0 else 1
        return c * -sign, adj * sign


def power(base: Jet, k: int, times: Callable[[Jet, Jet], Jet]) -> Jet:
    """The product of k > 0 equal factors."""
    out: Jet | None = None
    while True:
        if k & 1:
            out = base if out is None else times(out, base)
        k >>= 1
        if not k:
            assert out is not None
            return out
        base = times(base, base)


def entrywise(x: Mat, y: Mat) -> Mat:
    """Entry by entry; a 1×1 against a matrix scales it."""
    rows, cols = x.nrows(), x.ncols()
    if y.nrows() == 1 == y.ncols():
        return x * y[0, 0]
    if rows == 1 == cols:
        return y * x[0, 0]
    return like(x, rows, cols, [a * b for a, b in zip(x.entries(), y.entries(), strict=True)])


def split(u: Jet) -> tuple[Jet, Jet | None]:
    """``u`` as a + εb for the last ε; b None where it is zero."""
    half = len(u.c) // 2
    low, high = u.c[:half], u.c[half:]
    return Jet(low, u.q), (None if all(m is None for m in high) else Jet(high))


def join(low: Jet, high: Jet, half: int) -> Jet:
    """a + εb, with ``half`` coefficients before those of ε."""
    a, b = ([*u.c, *[None] * (half - len(u.c))] for u in (low, high))
    return Jet([*a, *b], low.q)
