"""Powers of numbers that are numbers: 4^(1/2) is 2."""

from __future__ import annotations

from fractions import Fraction

from closedform.expr.node import Node, make
from closedform.functions.algebra import POW, num

MAX_DIGITS = 2000


def number_power(base: Node, e: Fraction) -> Node:
    """The power of a number, where it is one that is not too long; else as it stands."""
    value: Fraction = base.params[0]
    if value == 1:
        return base
    if value == 0 and e > 0:
        return base
    if e.denominator == 1 and value != 0 and _digits(value) * abs(e.numerator) <= MAX_DIGITS:
        return num(value**e.numerator)
    if value > 0 and abs(e.numerator) < 1000 and e.denominator < 1000 and (root := _exact_root(value, e)) is not None:
        return num(root)
    return make(POW, (base, num(e)), (), base.shape)


def _digits(value: Fraction) -> int:
    return (value.numerator.bit_length() + value.denominator.bit_length()) // 3 + 1


def _exact_root(value: Fraction, e: Fraction) -> Fraction | None:
    roots = []
    for part in (value.numerator, value.denominator):
        root = round(part ** (1 / e.denominator)) if part < 10**15 else 0
        if root**e.denominator != part:
            return None
        roots.append(root)
    return Fraction(roots[0], roots[1]) ** e.numerator
