"""A random prime field, with the scalar functions in it.

Each transcendental value is a random element, the same for the same argument, and follows known ones by the laws of
logarithms: what agrees is true whatever the function, up to the bound. Square roots are those that are squares, and
signs Legendre symbols, so that √(y²) = |y|.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import gcd
from random import Random

import flint

from closedform.check.core.jet import Jet, Redraw, Unfit

SMALL = 8 * 3 * 5 * 7 * 11 * 13
SQUARE = {3: (2,), 5: (4,), 7: (3, 5, 6), 11: (2, 6, 7, 8, 10), 13: (3, 4, 9, 10, 12)}
CLASSES = [r for r in range(7, SMALL, 8) if all(r % q in rests for q, rests in SQUARE.items())]
"""Remainders of p for which 2 … 13 are squares, -1 is not, and roots of odd order up to 13 are unique."""
MIRROR: dict[str, Callable[[int], int]] = {
    **dict.fromkeys(("erf", "asin", "atan", "sin"), lambda y: -y),
    "cos": lambda y: y,
    "normcdf": lambda y: 1 - y,
}
"""f(-x) as a function of f(x)."""
TWICE_AT_ZERO = {"exp": 2, "cos": 2, "normcdf": 1, **dict.fromkeys(("erf", "asin", "atan", "sin"), 0)}
BITS, LAWS, LARGEST, ORDERS, MET = 63, 16, 1000, 13, 6


SMOOTH = frozenset(k for k in range(1, 101) if (2 * 3 * 5 * 7 * 11 * 13) ** 6 % k == 0)
"""Small products of the primes that are squares in a field with roots."""


def prime(rng: Random, bits: int, step: int, rest: int) -> int:
    """A random prime of that many bits, equal to ``rest`` modulo ``step``."""
    while True:
        p = (1 << bits - 1) + rng.getrandbits(bits - 1)
        p += (rest - p) % step
        if p >> bits == 0 and flint.fmpz(p).is_probable_prime():
            return p


class Field:
    """GF(p) for a random p of 63 bits. ``seen`` holds the signs and squares met at the present point."""

    ordered = False

    def __init__(self, rng: Random, roots: bool) -> None:
        self.rng, self.roots, self.constants = rng, roots, {1}
        self.p = self.choose()
        self.half, self.smooth = (self.p - 1) // 2, set[int]()
        self.forget()
        self.pi = self.random(1, 1, positive=True)
        self.constants |= {int(self.pi.first[0, 0]) * k % self.p for k in (1, 2, self.half + 1)}
        self.forget()

    def choose(self) -> int:
        return prime(self.rng, BITS, SMALL, self.rng.choice(CLASSES)) if self.roots else prime(self.rng, BITS, 4, 3)

    def forget(self, lenient: bool = False) -> None:
        """Start anew at another point."""
        self.known = {("log", 1): 0} | {(f, 0): twice * (self.half + 1) % self.p for f, twice in TWICE_AT_ZERO.items()}
        self.logs, self.squares = list[tuple[int, int]](), set(self.constants)
        self.seen: dict[tuple[str, int], int] = {}
        self.lenient, self.spoiled, self.related = lenient, False, False

    def jet(self, rows: int, cols: int, entries: list[int]) -> Jet:
        return Jet({0: flint.nmod_mat(rows, cols, entries, self.p)})

    def random(self, rows: int, cols: int, positive: bool = False) -> Jet:
        """General entries, or general squares."""
        entries = [self.rng.randrange(self.p) for _ in range(rows * cols)]
        if positive:
            entries = [v * v % self.p for v in entries]
            self.squares.update(entries)
        return self.jet(rows, cols, entries)

    def fraction(self, u: Jet) -> Fraction | None:
        """The small rational that a 1×1 is: exponents and indices are such."""
        for k in range(1, ORDERS + 1):
            top = (int(u.first[0, 0]) * k + LARGEST) % self.p - LARGEST
            if top <= LARGEST:
                return Fraction(top, k)
        return None

    def base(self, name: str, u: Jet) -> Jet:
        """A scalar function of each entry of a value."""
        return self.jet(*u.shape, [self.scalar(name, int(e)) for e in u.first.entries()])

    def scalar(self, name: str, v: int) -> int:
        if name == "recip":
            return int(1 / flint.nmod(v, self.p))
        if name == "turn":
            return self.sign(v)
        if name.startswith("root"):
            return self.root(int(name[4:]), v)
        if (name, v) not in self.known:
            self.learn(name, v, self.rng.randrange(self.p))
        return self.known[name, v]

    def side(self, det: int) -> int:
        """A determinant that was chosen is a sign that was met; its argument is told from others, and is 1 here."""
        return self.seen.setdefault(("sign", 1 + self.p * len(self.seen)), det)

    def symbol(self, v: int) -> int:
        """1 for a square, -1 for others."""
        if v == 0:
            raise Redraw("0 at a kink")
        return 1 if int(flint.nmod(v, self.p) ** self.half) == 1 else -1

    def sign(self, v: int) -> int:
        sign = self.symbol(v)
        known = v in self.squares or self.p - v in self.squares or ("sign", min(v, self.p - v)) in self.seen
        if not known and not (self.roots and (self.follows(v) or self.follows(self.p - v))):
            self.seen.setdefault(("sign", min(v, self.p - v)), sign)
        return sign

    def root(self, order: int, v: int) -> int:
        """The root that is a square where v is, and the negative of one where it is not.

        An even root of what is no square is none: another point, at once or (``lenient``) after all that is met has
        been noted.
        """
        sign = self.symbol(v)
        if order % 2 == 0 and v not in self.squares and (("root", v) in self.seen or not self.follows(v)):
            self.seen.setdefault(("root", v), sign)
            self.spoiled |= sign < 0
            if self.spoiled and not self.lenient:
                raise Redraw("not a square")
        if gcd(order, self.half) > 1:
            raise Unfit(f"roots of order {order}")
        return sign * int(flint.nmod(sign * v % self.p, self.p) ** pow(order, -1, self.half))

    def follows(self, v: int) -> bool:
        """Whether v is a quotient of products of 2 … 13, which are squares, times one or two numbers met before."""
        if not self.smooth:
            back = [int(1 / flint.nmod(k, self.p)) for k in SMOOTH]
            self.smooth = {k * b % self.p for k in SMOOTH for b in back}
        met = [a for _, a in self.seen][:MET]
        both = [[a, int(1 / flint.nmod(a, self.p))] for a in met]
        pairs = (a * b % self.p for k, one in enumerate(both) for other in both[:k] for a in one for b in other)
        return any(v * a % self.p in self.smooth for a in (1, *(a for one in both for a in one), *pairs))

    def learn(self, name: str, v: int, value: int) -> None:
        """A new value of a transcendental function: what known ones say, or a random one; and what follows from it."""
        if name == "exp":
            self.pair(v, self.near(name, v) or value)
        elif name == "log":
            found = self.near(name, v)
            self.pair(value if found is None else found, v)  # ZeroDivisionError: 0 has no logarithm
            self.logs.append((v, self.known["log", v]))
        elif name in ("sin", "cos"):
            below = int(1 / flint.nmod(1 + value * value, self.p))
            self.note("cos", v, (1 - value * value) * below)
            self.note("sin", v, 2 * value * below)
        else:
            self.note(name, v, value)

    def note(self, name: str, v: int, value: int) -> None:
        self.known[name, v] = value % self.p
        if name in MIRROR:
            self.known[name, -v % self.p] = MIRROR[name](value) % self.p

    def pair(self, exponent: int, power: int) -> None:
        """That exp(exponent) = power, with the reciprocal."""
        for e, v in ((exponent, power), (-exponent % self.p, int(1 / flint.nmod(power, self.p)))):
            self.known.setdefault(("exp", e), v)
            self.known.setdefault(("log", v), e)

    def near(self, name: str, v: int) -> int | None:
        """What follows from known logarithms, for exp of v ± k·log b, and for log of a product, power or root.

        The laws of log hold where all logarithms have a value, so it is to be seen that there is such a point
        (``related``).
        """
        p, exp = self.p, name == "exp"
        for b, log in self.logs[:LAWS]:
            for k in (1, -1, 2, -2, 3):
                rest = self.known.get((name, (v - k * log) % p if exp else v * pow(b, -k, p) % p))
                if rest is not None:
                    self.related |= not exp
                    return rest * pow(b, k, p) % p if exp else (rest + k * log) % p
            if not exp and v * v % p == b:
                self.related = True
                return log * (p + 1) // 2 % p
        return None
