"""A prime field in which exp(a + b) = exp(a)exp(b): for claims that follow from that law, at level B.

exp(u) is g^(u mod q) for an element g of the prime order q, u being carried modulo q beside p. Circles likewise, where
-1 is a square.
"""

from __future__ import annotations

from random import Random

import flint

from closedform.check.core.field import BITS, CLASSES, MIRROR, SMALL, Field, prime
from closedform.check.core.jet import Jet

EXPONENT_BITS = 36


class Beside(Field):
    """GF(q), where exponents live."""

    def choose(self) -> int:
        return prime(self.rng, EXPONENT_BITS, SMALL, self.rng.choice(CLASSES))


class Exponents(Field):
    """GF(p), with GF(q) for exponents."""

    def __init__(self, rng: Random, roots: bool, trig: bool) -> None:
        self.trig, self.beside, self.g = trig, Beside(rng, True), 0
        self.turn = rng.getrandbits(30)
        super().__init__(rng, roots)
        self.g = self.power_of(self.beside.p)
        self.i = self.power_of(4) if self.p % 4 == 1 else 0

    def choose(self) -> int:
        step, rest = (SMALL, self.rng.choice(CLASSES)) if self.roots else (4, 1 if self.trig else 3)
        q, up = self.beside.p, step * self.beside.p
        return prime(self.rng, BITS, up, (rest * q * pow(q, -1, step) + step * pow(step, -1, q)) % up)

    def power_of(self, order: int) -> int:
        """An element of the prime order given (or of order 4)."""
        while True:
            g = pow(self.rng.randrange(2, self.p), (self.p - 1) // order, self.p)
            if g != 1 and (order != 4 or g != self.p - 1):
                return g

    def forget(self, lenient: bool = False) -> None:
        super().forget(lenient)
        self.beside.forget(lenient)
        self.pairs: dict[tuple[str, int], tuple[int, int]] = {("exp", 0): (1, 1), ("log", 1): (0, 0)}

    def both(self, rows: int, cols: int, pairs: list[tuple[int, int]]) -> Jet:
        beside = flint.nmod_mat(rows, cols, [b % self.beside.p for _, b in pairs], self.beside.p)
        return Jet(self.jet(rows, cols, [a for a, _ in pairs]).c, beside)

    def free(self) -> tuple[int, int]:
        return self.rng.randrange(self.p), self.rng.randrange(self.beside.p)

    def random(self, rows: int, cols: int, positive: bool = False) -> Jet:
        """General entries; positive ones are squares, and powers of g with known logarithms."""
        pairs = [self.free() for _ in range(rows * cols)]
        if positive and self.g:
            powers = [(int(flint.nmod(self.g, self.p) ** b), b) for _, b in pairs]
            for a, b in powers:
                self.note_log(a, self.rng.randrange(self.p), b)
            pairs = [(a, self.rng.randrange(1, self.beside.p)) for a, _ in powers]
        elif positive:
            pairs = [(a * a % self.p, b * b % self.beside.p) for a, b in pairs]
            self.squares.update(a for a, _ in pairs)
        return self.both(rows, cols, pairs)

    def base(self, name: str, u: Jet) -> Jet:
        second = [0] * u.count if u.q is None else [int(e) for e in u.q.entries()]
        values = [int(e) for e in u.first.entries()]
        return self.both(*u.shape, [self.pair_of(name, a, b) for a, b in zip(values, second, strict=True)])

    def pair_of(self, name: str, v: int, w: int) -> tuple[int, int]:
        if name == "recip":
            return self.scalar(name, v), self.beside.scalar(name, w)
        if name == "turn":
            sign = self.sign(v)
            return sign, sign
        if name.startswith("root"):
            out = self.root(int(name[4:]), v), self.beside.root(int(name[4:]), w)
            self.spoiled |= self.beside.spoiled
            return out
        if (name, v) not in self.pairs:
            self.learn_pair(name, v, w)
        return self.pairs[name, v]

    def learn_pair(self, name: str, v: int, w: int) -> None:
        value, beside = self.free()
        if name == "exp":
            value = int(flint.nmod(self.g, self.p) ** w)
            self.pairs["exp", v] = value, beside
            self.pairs.setdefault(("log", value), (v, w))
        elif name == "log":
            self.note_log(v, value, beside)
        elif name in ("sin", "cos") and self.i:
            e = pow(self.g, w * self.turn, self.p)
            half, back = pow(2, -1, self.p), pow(e, -1, self.p)
            self.mirror("cos", v, (e + back) * half, beside)
            self.mirror("sin", v, (e - back) * half * pow(self.i, -1, self.p), self.free()[1])
        else:
            self.mirror(name, v, self.scalar(name, v), beside)

    def mirror(self, name: str, v: int, value: int, beside: int) -> None:
        self.note(name, v, value)
        self.pairs[name, v] = self.known[name, v], beside
        if name in MIRROR:
            self.pairs[name, -v % self.p] = self.known[name, -v % self.p], MIRROR[name](beside)

    def note_log(self, v: int, value: int, beside: int) -> None:
        p, back = self.p, int(1 / flint.nmod(v, self.p))
        self.pairs["log", v] = value, beside
        self.pairs["log", back] = -value % p, -beside
        self.pairs.setdefault(("exp", value), (v, self.free()[1]))
        self.pairs.setdefault(("exp", -value % p), (back, self.free()[1]))
