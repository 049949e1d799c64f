"""A random prime field, with the scalar functions in it.

Two readings. *Free*: each transcendental value is a random element, the same for the same argument: what
agrees is true whatever the function, up to the bound. *Homomorphic*: exp is g^(u mod q) for an element g
of prime order q, u being carried modulo q beside p, so that exp(a + b) = exp(a)exp(b). Square roots are
those that are squares, and signs Legendre symbols, so that √(y²) = |y|.
"""

from __future__ import annotations

from fractions import Fraction
from random import Random

import flint

from closedform.check.jet import Jet, Redraw, Unfit, like

SMALL = 8 * 3 * 5 * 7 * 11 * 13
CLASSES = [
    r
    for r in range(119, SMALL, 120)
    if r % 7 in (3, 5, 6) and r % 11 in (2, 6, 7, 8, 10) and r % 13 in (3, 4, 9, 10, 12)
]
"""Remainders of p for which 2 … 13 are squares, -1 is not, and roots of odd order up to 13 are unique."""
ODD = {"erf", "asin", "atan"}


def prime(rng: Random, bits: int, step: int = 2, rest: int = 1) -> int:
    """A random prime of that many bits, equal to ``rest`` modulo ``step``."""
    while True:
        p = (1 << bits - 1) + rng.getrandbits(bits - 1)
        p += (rest - p) % step
        if p >> bits == 0 and flint.fmpz(p).is_probable_prime():
            return p


def power(base: int, exponent: int, p: int) -> int:
    return int(flint.nmod(base, p) ** exponent)


class Field:
    """GF(p), with GF(q) for exponents when ``homomorphic``."""

    max_entries = 10_000

    def __init__(self, rng: Random, roots: bool, trig: bool, homomorphic: bool) -> None:
        step, rest = (4, 1) if trig and homomorphic else (4, 3)
        if roots:
            step, rest = SMALL, rng.choice(CLASSES)
        self.q = 0
        if homomorphic:
            self.q = prime(rng, 36, SMALL, rng.choice(CLASSES))
            up = step * self.q
            rest = (rest * self.q * pow(self.q, -1, step) + step * pow(step, -1, self.q)) % up
            step = up
        self.p = prime(rng, 63, step, rest)
        self.roots, self.rng = roots, rng
        self.g = self.power_of(self.q) if homomorphic else 0
        self.i = self.power_of(4) if self.p % 4 == 1 and homomorphic else 0
        self.related = False
        self.turn = rng.getrandbits(30)
        self.forget()
        pi = [x * x for x in self.random_entry()]
        self.pi = self.jet(1, 1, [(pi[0], pi[1])])
        self.squares = {1, pi[0] % self.p, 2 * pi[0] % self.p, pow(2, -1, self.p) * pi[0] % self.p}

    def forget(self, lenient: bool = False) -> None:
        """Start anew at another point."""
        self.known: dict[tuple[str, int], tuple[int, int]] = {("exp", 0): (1, 1), ("log", 1): (0, 0)}
        self.logs: list[tuple[int, int]] = []
        self.seen: dict[tuple[str, int], int] = {}
        self.lenient, self.spoiled = lenient, False

    def power_of(self, order: int) -> int:
        """An element of the prime order given (or of order 4)."""
        while True:
            g = power(self.rng.randrange(2, self.p), (self.p - 1) // order, self.p)
            if g != 1 and (order != 4 or g != self.p - 1):
                return g

    def random_entry(self) -> tuple[int, int]:
        return self.rng.randrange(self.p), self.rng.randrange(self.q) if self.q else 0

    def jet(self, rows: int, cols: int, pairs: list[tuple[int, int]]) -> Jet:
        first = flint.nmod_mat(rows, cols, [a % self.p for a, _ in pairs], self.p)
        if not self.q:
            return Jet([first])
        return Jet([first], flint.nmod_mat(rows, cols, [b % self.q for _, b in pairs], self.q))

    def constant(self, rows: int, cols: int, entries: list[int]) -> Jet:
        return self.jet(rows, cols, [(k, k) for k in entries])

    def number(self, value: Fraction) -> Jet:
        return self.constant(1, 1, [value.numerator]) * Fraction(1, value.denominator)

    def random(self, rows: int, cols: int, kind: str = "") -> Jet:
        """General entries; ``pos``: squares, powers of g where exponents are carried."""
        pairs = [self.random_entry() for _ in range(rows * cols)]
        if kind == "pos" and self.q:
            powers = [(power(self.g, b, self.p), b) for _, b in pairs]
            for a, b in powers:
                self.remember_log(a, self.rng.randrange(self.p), b)
            pairs = [(a, self.rng.randrange(1, self.q)) for a, _ in powers]
        elif kind == "pos":
            pairs = [(a * a % self.p, 0) for a, _ in pairs]
            self.squares.update(a for a, _ in pairs)
        return self.jet(rows, cols, pairs)

    def base(self, name: str, u: Jet) -> Jet:
        """A scalar function of each entry of a value."""
        rows, cols = u.shape
        if name == "recip":
            return u.linear(lambda m: like(m, rows, cols, [1 / e for e in m.entries()]))
        first = [int(e) for e in u.first.entries()]
        second = [int(e) for e in u.q.entries()] if u.q is not None else [0] * len(first)
        return self.jet(rows, cols, [self.scalar(name, a, b) for a, b in zip(first, second, strict=True)])

    def scalar(self, name: str, v: int, w: int) -> tuple[int, int]:
        if name.startswith("root"):
            return self.root(int(name[4:]), v, w)
        if name == "sign":
            s = self.symbol(v)
            if v not in (1, self.p - 1):
                self.seen.setdefault(("sign", min(v, self.p - v)), s)
            return s, s
        if (name, v) not in self.known:
            self.learn(name, v, w)
        return self.known[name, v]

    def symbol(self, v: int) -> int:
        if v == 0:
            raise Redraw("0 at a kink")
        return 1 if power(v, (self.p - 1) // 2, self.p) == 1 else -1

    def root(self, order: int, v: int, w: int) -> tuple[int, int]:
        """The root of an order with odd part prime to p - 1; the square root that is a square itself.

        Where there is none: another point, at once or (``lenient``) after all that is met has been noted.
        """
        if order % 2 == 0 and v not in self.squares:
            self.seen.setdefault(("root", v), self.symbol(v))
        out = []
        for x, p in ((v, self.p), (w, self.q)):
            k, r = order, x
            while k % 2 == 0 and p:
                if p % 4 != 3 or r == 0:
                    raise Redraw("no square root")
                if power(r, (p - 1) // 2, p) != 1:
                    self.spoiled = True
                    if not self.lenient:
                        raise Redraw("not a square")
                k, r = k // 2, power(r, (p + 1) // 4, p)
            if k > 1 and p and (p - 1) % k == 0:
                raise Unfit(f"roots of order {k}")
            out.append(power(r, pow(k, -1, p - 1), p) if k > 1 and p else r)
        return out[0], out[1]

    def learn(self, name: str, v: int, w: int) -> None:
        """A new value of a transcendental function, and those that follow from it."""
        p, known = self.p, self.known
        value, beside = self.random_entry()
        if name == "log":
            if v == 0:
                raise ZeroDivisionError
            self.remember_log(v, self.log_near(v) or value, beside)
        elif name == "exp":
            value = power(self.g, w, p) if self.q else self.exp_near(v) or value
            known["exp", v] = value, beside
            known.setdefault(("log", value), (v, w))
            if not self.q:
                known["exp", p - v] = pow(value, -1, p), 0
                known.setdefault(("log", pow(value, -1, p)), (p - v, 0))
        elif name in ("sin", "cos"):
            c, s = self.circle(value, w)
            e, f = self.random_entry(), self.random_entry()
            known["cos", v] = known["cos", -v % p] = c, e[1]
            known["sin", v], known["sin", -v % p] = (s, f[1]), (-s, -f[1])
        else:
            known[name, v] = value, beside
            if name in ODD:
                known[name, -v % p] = -value, -beside
            if name == "normcdf":
                known[name, -v % p] = 1 - value, 1 - beside

    def remember_log(self, v: int, value: int, beside: int) -> None:
        p = self.p
        self.known["log", v] = value, beside
        self.known["log", pow(v, -1, p)] = -value % p, -beside
        self.known.setdefault(("exp", value), (v, self.random_entry()[1]))
        self.known.setdefault(("exp", -value % p), (pow(v, -1, p), self.random_entry()[1]))
        self.logs.append((v, value))

    def exp_near(self, v: int) -> int:
        """exp(v) from a known exp(v ± k·log b), for powers with a symbolic exponent. 0 where there is
        none."""
        for b, log in self.logs[:16]:
            for k in (1, -1, 2, -2):
                found = self.known.get(("exp", (v - k * log) % self.p))
                if found:
                    return found[0] * pow(b, k, self.p) % self.p
        return 0

    def log_near(self, v: int) -> int:
        """log(v) from known logarithms, where v is their product, quotient, square or root; else 0.

        These laws hold where all logarithms have a value, so it is to be seen that there is such a point.
        """
        p = self.p
        for b, log in self.logs[: 0 if self.q else 16]:
            powers = [k * log for k in (2, 3, 4) if v == pow(b, k, p)]
            roots = [log * pow(2, -1, p)] if v * v % p == b else []
            rests = [(k * log, self.known.get(("log", v * pow(b, -k, p) % p))) for k in (1, -1)]
            for value in [*powers, *roots, *(part + rest[0] for part, rest in rests if rest)]:
                self.related = True
                return value % p
        return 0

    def circle(self, t: int, w: int) -> tuple[int, int]:
        """A point (cos, sin): a power of one point where -1 is a square, else any."""
        p = self.p
        if self.i:
            e = power(self.g, w * self.turn, p)
            half, back = pow(2, -1, p), pow(e, -1, p)
            return (e + back) * half % p, (e - back) * half * pow(self.i, -1, p) % p
        below = pow(1 + t * t, -1, p)
        return (1 - t * t) * below % p, 2 * t * below % p
