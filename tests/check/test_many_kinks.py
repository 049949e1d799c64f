"""What is not 0 in one order of many numbers alone, or on a short piece of a line; abstract functions beside kinks."""

from __future__ import annotations

from itertools import pairwise
from random import Random

import pytest
from flint import arb

import closedform as cf
from closedform.check.climbing import climbed, symbols
from closedform.check.kinks import Kink, Sight
from closedform.functions.algebra import sym

TRIES = 12
WHERE = "x in R^n, s,t,u,v,p,q in R"
SELDOM = [
    "max(x)*step(s-t)*step(t-u)*step(u-v)*step(v-p)*step(p-q)",
    "max(x)*step(s^3-3*s-1.9999)*step(-s)",
    "max(x)*relu(t-s)*relu(u-t)*relu(v-u)*relu(p-v)",
]


@pytest.mark.parametrize("claimed", SELDOM)
def test_what_is_seldom_not_zero_is_found(claimed: str) -> None:
    assert not all(cf.equal(claimed, "0", WHERE).right for _ in range(TRIES))


@pytest.mark.parametrize("claimed", [
    "max(x)*step(s-t)*step(t-u)*step(u-v)*step(v-s)", "max(x)*step(s-1)*step(t-s)*step(-t)",
])  # fmt: skip
def test_what_is_zero_in_every_order_is_right(claimed: str) -> None:
    assert cf.equal(claimed, "0", WHERE).right


def test_an_order_of_numbers_is_climbed_to() -> None:
    names = "stuvpq"
    kinks = {Kink(left - right, -1, ""): 1 for left, right in pairwise(map(sym, names))}

    def look(factors: dict[str, arb]) -> tuple[Sight, bool]:
        sight = Sight(kinks)
        for kink in kinks:
            left, right = (factors[n] for n in sorted(symbols(kink.node), key=names.index))
            sight.values[kink, 0] = [left - right]
        return sight, True

    found = climbed(look, kinks, list(names), set(), Random(1))
    assert found is not None and all(found[a] > found[b] for a, b in pairwise(names))


def test_an_abstract_function_is_no_single_wave() -> None:
    def fifth(s: str) -> str:
        return f"(f({s}+5) - 5*f({s}+4) + 10*f({s}+3) - 10*f({s}+2) + 5*f({s}+1) - f({s}))"

    first, second = (f"({fifth(f's+{k + 1}')} + {fifth(f's+{k - 1}')})*{fifth(f's+{3 - k}')}" for k in (1, 2))
    assert not cf.equal(f"max(x)*{first}", f"max(x)*{second}", "f: R -> R, s in R, x in R^n").right
