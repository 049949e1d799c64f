"""Ranges of expressions: numbers of any size, and infinity."""

from fractions import Fraction
from math import inf

from closedform.check.bounded import linear, plus, product

HUGE = Fraction(10) ** 400


def test_numbers_beyond_floats() -> None:
    assert product(HUGE, inf) == inf and product(-HUGE, inf) == -inf and product(Fraction(0), inf) == 0
    assert plus(HUGE, -inf) == -inf and plus(inf, HUGE) == inf and plus(HUGE, HUGE) == 2 * HUGE
    assert linear([(HUGE, (Fraction(-1), inf)), (Fraction(-1, 3), (HUGE, inf))]) == (-inf, inf)
    assert linear([(2, (Fraction(1), Fraction(3))), (-1, (Fraction(0), Fraction(5)))]) == (-3, 6)
