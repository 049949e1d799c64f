"""Balls that need not hold their value say nothing by not meeting: no counterexample is made of their rounding."""

from types import SimpleNamespace
from typing import Any

import flint

from closedform.check.real import apart


def test_what_differs_by_rounding_alone_is_shown_only_where_the_balls_are_sure() -> None:
    ev: Any = SimpleNamespace(symbols={})
    with flint.ctx.workprec(1000):
        one = flint.arb_mat([[1]])
        near, other = one + flint.arb_mat([[flint.arb(10) ** -130]]), one + flint.arb_mat([[flint.arb(10) ** -90]])
        assert apart({}, ev, [(near, one)]) is None
        assert apart({}, ev, [(near, one)], sure=True) is not None
        assert apart({}, ev, [(near, one), (other, one)])["claimed"][0][0].startswith("1.000")  # type: ignore[index]
