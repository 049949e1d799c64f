"""The checker's own table of scalar functions: most are written with a few, and those state their derivative.

``f(name, u)`` applies a function to each entry of a jet. The table is tested against 60-digit arithmetic.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import reduce
from typing import Any

from closedform.check.core.jet import Jet, Redraw, join, split

HALF = Fraction(1, 2)
DERIVATIVE: dict[str, Callable[[Any, Any, Jet], Jet]] = {
    "recip": lambda f, pi, u: -(f("recip", u) * f("recip", u)),
    "exp": lambda f, pi, u: f("exp", u),
    "log": lambda f, pi, u: f("recip", u),
    "turn": lambda f, pi, u: u * 0,
    "sin": lambda f, pi, u: f("cos", u),
    "cos": lambda f, pi, u: -f("sin", u),
    "asin": lambda f, pi, u: f("recip", f("root2", -(u * u) + 1)),
    "acos": lambda f, pi, u: -f("recip", f("root2", -(u * u) + 1)),
    "atan": lambda f, pi, u: f("recip", u * u + 1),
    "erf": lambda f, pi, u: f("exp", -(u * u)) * f("recip", f("root2", pi)) * 2,
    "normcdf": lambda f, pi, u: f("normpdf", u),
    "gamma": lambda f, pi, u: f("gamma", u) * f("polygamma0", u),
    "loggamma": lambda f, pi, u: f("polygamma0", u),
}
"""The derivatives of functions that are not written with others; ``root`` and ``polygamma`` have an order."""

COMPOSED: dict[str, Callable[..., Jet]] = {
    "abs": lambda f, pi, u: u * f("sign", u),
    "sign": lambda f, pi, u: f("turn", u),
    "step": lambda f, pi, u: (f("turn", u) + 1) * HALF,
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


def clip(f: Scalars, x: Jet, low: Jet, high: Jet) -> Jet:
    """x, or the limit that it is beyond. Points at which the order of the three is impossible will not do."""
    gaps = x - low, high - x, high - low
    above, below, apart = (f("turn", u) for u in gaps)
    for a, b, c in zip(*(u.first.entries() for u in (above, below, apart)), strict=True):
        if c != 1 or (a != 1 and b != 1):
            raise Redraw("the limits are not in order")
    f.numbers.orders.append(gaps)
    inside, over, under = (above + 1) * (below + 1) * (HALF * HALF), (-below + 1) * HALF, (-above + 1) * HALF
    return x * inside + high * over + low * under


class Scalars:
    """The functions above over one number system."""

    def __init__(self, numbers: Any) -> None:
        self.numbers = numbers

    def __call__(self, name: str, *args: Jet) -> Jet:
        u = args[0]
        if name in ZEROS:
            zeros = [all(e == 0 for e in entry) for entry in zip(*(m.entries() for m in u.c.values()), strict=True)]
            if any(zeros):
                there = u.fixed(*u.shape, lambda i, j: zeros[i * u.shape[1] + j])
                return self(name, u + there) * (-there + 1)
        if name in COMPOSED:
            return COMPOSED[name](self, self.numbers.pi, *args)
        low, high, last = split(u)
        if high is None:
            value: Jet = self.numbers.base(name, low)
            return value
        return join(self(name, low), self.derivative(name, low) * high, last)

    def derivative(self, name: str, u: Jet) -> Jet:
        if name.startswith("root"):
            return self(name, u) * self("recip", u) * Fraction(1, int(name[4:]))
        if name.startswith("polygamma"):
            return self(f"polygamma{int(name[9:]) + 1}", u)
        return DERIVATIVE[name](self, self.numbers.pi, u)

    def rational_power(self, u: Jet, exponent: Fraction) -> Jet:
        """u^(m/k) by repeated products, the reciprocal and the root of order k."""
        base = u if exponent.denominator == 1 else self(f"root{exponent.denominator}", u)
        base = self("recip", base) if exponent < 0 else base
        return reduce(Jet.__mul__, [base] * abs(exponent.numerator)) if exponent else u.fixed(*u.shape, 1)
