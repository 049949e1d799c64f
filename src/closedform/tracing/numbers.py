"""Numbers in code as exact ones: 0.1 is a tenth, 2*np.pi is 2π; others are the decimal they print as."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction

from closedform.expr.node import Node
from closedform.functions.algebra import const, had, num, power
from closedform.functions.elementwise import log
from closedform.tracing.place import refuse

SIMPLE = 10_000
HALF = Fraction(1, 2)


def _two_pi() -> Node:
    return had(num(2), const("pi"))


KNOWN: tuple[tuple[float, Callable[[], Node]], ...] = (
    (math.pi, lambda: const("pi")),
    (math.log(2 * math.pi), lambda: log(_two_pi())),
    (math.sqrt(2 * math.pi), lambda: power(_two_pi(), HALF)),
    (math.sqrt(math.pi), lambda: power(const("pi"), HALF)),
    (math.sqrt(2 / math.pi), lambda: power(had(num(2), power(const("pi"), -1)), HALF)),
    (math.log(2), lambda: log(num(2))),
    (math.sqrt(2), lambda: power(num(2), HALF)),
    (1 / math.pi, lambda: power(const("pi"), -1)),
    (1 / math.sqrt(2), lambda: power(num(2), -HALF)),
)
"""Constants that code writes as floats: those, and simple multiples of them, are read as what they are."""


def simple(value: float) -> Fraction | None:
    """The fraction of small numbers that a float is, or None."""
    near = Fraction(value).limit_denominator(SIMPLE)
    return near if float(near) == value else None


def number(value: float | int) -> Node:
    """A number of the user's code."""
    if isinstance(value, int):
        return num(value)
    if not math.isfinite(value):
        refuse(f"{value} is a number in this function, and formulas have finite ones")
    plain = simple(value)
    if plain is not None:
        return num(plain)
    for known, build in KNOWN:
        times = Fraction(value / known).limit_denominator(64)
        if times and math.isclose(float(times) * known, value, rel_tol=4e-16):
            return build() if times == 1 else had(num(times), build())
    return num(Fraction(repr(value)))


def plain_number(node: Node) -> Fraction | None:
    """The number that a node is, where it is one."""
    if node.op.name == "num":
        found: Fraction = node.params[0]
        return found
    return None
