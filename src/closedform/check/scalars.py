"""The checker's own table of scalar functions: most are written with a few, and those state their derivative.

``f(name, u)`` applies a function to each entry of a jet. The table is tested against 60-digit arithmetic.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any, Protocol

from closedform.check.jet import Jet, Redraw, join, power, split

HALF = Fraction(1, 2)
Apply = Callable[..., Jet]


class Numbers(Protocol):
    """What a number system offers: a prime field or real balls."""

    pi: Jet

    def base(self, name: str, u: Jet) -> Jet: ...
    def constant(self, rows: int, cols: int, entries: list[int]) -> Jet: ...
    def number(self, value: Fraction) -> Jet: ...
    def random(self, rows: int, cols: int, kind: str = "") -> Jet: ...


DERIVATIVE: dict[str, Callable[[Apply, Any, Jet], Jet]] = {
    "recip": lambda f, pi, u: -(f("recip", u) * f("recip", u)),
    "exp": lambda f, pi, u: f("exp", u),
    "log": lambda f, pi, u: f("recip", u),
    "sign": lambda f, pi, u: u * 0,
    "sin": lambda f, pi, u: f("cos", u),
    "cos": lambda f, pi, u: -f("sin", u),
    "asin": lambda f, pi, u: f("recip", f("root2", 1 - u * u)),
    "acos": lambda f, pi, u: -f("recip", f("root2", 1 - u * u)),
    "atan": lambda f, pi, u: f("recip", u * u + 1),
    "erf": lambda f, pi, u: f("exp", -(u * u)) * f("recip", f("root2", pi)) * 2,
    "normcdf": lambda f, pi, u: f("normpdf", u),
    "gamma": lambda f, pi, u: f("gamma", u) * f("polygamma0", u),
    "loggamma": lambda f, pi, u: f("polygamma0", u),
}
"""The derivatives of functions that are not written with others; ``root`` and ``polygamma`` have an order."""

COMPOSED: dict[str, Callable[..., Jet]] = {
    "abs": lambda f, pi, u: u * f("sign", u),
    "step": lambda f, pi, u: (side(f("sign", u)) + 1) * HALF,
    "relu": lambda f, pi, u: u * f("step", u),
    "sqrt": lambda f, pi, u: f("root2", u),
    "tan": lambda f, pi, u: f("sin", u) * f("recip", f("cos", u)),
    "sinh": lambda f, pi, u: (f("exp", u) - f("exp", -u)) * HALF,
    "cosh": lambda f, pi, u: (f("exp", u) + f("exp", -u)) * HALF,
    "tanh": lambda f, pi, u: f("sinh", u) * f("recip", f("cosh", u)),
    "sigmoid": lambda f, pi, u: f("recip", f("exp", -u) + 1),
    "softplus": lambda f, pi, u: f("log", f("exp", u) + 1),
    "normpdf": lambda f, pi, u: f("exp", u * u * -HALF) * f("recip", f("root2", pi * 2)),
    "digamma": lambda f, pi, u: f("polygamma0", u),
    "trigamma": lambda f, pi, u: f("polygamma1", u),
    "log1p": lambda f, pi, u: f("log", u + 1),
    "expm1": lambda f, pi, u: f("exp", u) - 1,
    "max2": lambda f, pi, a, b: a + f("relu", b - a),
    "min2": lambda f, pi, a, b: a - f("relu", a - b),
    "clip": lambda f, pi, x, low, high: clip(f, x, low, high),
    "huber": lambda f, pi, z, d: f("clip", z, -d, d) * (z - f("clip", z, -d, d) * HALF),
    "power": lambda f, pi, b, e: f("exp", e * f("log", b)),
}


ZEROS = {"abs", "relu", "sign", "root2", "root4"}
"""Functions that are 0 where their argument is 0 at every point near: ‖x - x‖ has the derivative 0."""


def clip(f: Apply, x: Jet, low: Jet, high: Jet) -> Jet:
    """x, or the limit that it is beyond. Points at which the order of the three is impossible will not do."""
    above, below, apart = (f("sign", u) for u in (x - low, high - x, high - low))
    for a, b, c in zip(*(value_entries(u) for u in (above, below, apart)), strict=True):
        if c != 1 or (a != 1 and b != 1):
            raise Redraw("the limits are not in order")
    inside, over, under = (above + 1) * (below + 1) * Fraction(1, 4), (1 - below) * HALF, (1 - above) * HALF
    return x * inside + high * over + low * under


def side(sign: Jet) -> Jet:
    if any(e == 0 for e in value_entries(sign)):
        raise Redraw("0 at a step")
    return sign


def value_entries(u: Jet) -> list[Any]:
    entries: list[Any] = u.part(0).entries()
    return entries


class Scalars:
    """The functions above over one number system."""

    def __init__(self, numbers: Numbers) -> None:
        self.numbers = numbers

    def __call__(self, name: str, *args: Jet) -> Jet:
        zeros = args[0].zeros() if name in ZEROS else []
        if any(zeros):
            there = self.numbers.constant(*args[0].shape, zeros)
            return self(name, args[0] + there) * (1 - there)
        rule = COMPOSED.get(name)
        if rule is not None:
            return rule(self, self.numbers.pi, *args)
        (u,) = args
        if len(u.c) == 1:
            return self.numbers.base(name, u)
        low, high = split(u)
        value = self(name, low)
        return value if high is None else join(value, self.derivative(name, low) * high, len(u.c) // 2)

    def derivative(self, name: str, u: Jet) -> Jet:
        if name.startswith("root"):
            return self(name, u) * self("recip", u) * Fraction(1, int(name[4:]))
        if name.startswith("polygamma"):
            return self(f"polygamma{int(name[9:]) + 1}", u)
        return DERIVATIVE[name](self, self.numbers.pi, u)

    def rational_power(self, u: Jet, exponent: Fraction) -> Jet:
        """u^(m/k) by repeated products, the reciprocal and the root of order k."""
        base = u if exponent.denominator == 1 else self(f"root{exponent.denominator}", u)
        if exponent < 0:
            base = self("recip", base)
        k = abs(exponent.numerator)
        return power(base, k, Jet.__mul__) if k else u.value * 0 + 1
