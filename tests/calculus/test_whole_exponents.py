"""A power whose exponent is a whole number for its meaning (a size, an index) needs no positive base."""

from __future__ import annotations

import numpy as np
import pytest

import closedform as cf
from closedform.answers import equal
from closedform.calculus.ranges import range_of

PRINTED = "in the form printed; elsewhere that is NaN, and the derivative its limit"
GRADIENTS = [
    ("c^n*x'*x", "c in R, x in R^n", "c", []),
    ("c^(n - 1)*x'*x", "c in R, x in R^n", "c", [f"c ≠ 0 {PRINTED}"]),
    ("c^(m + n)*sum(A)", "A in R^(m×n), c in R", "c", []),
    ("c^(m*n)*sum(A)", "A in R^(m×n), c in R", "c", []),
    ("c^(-n)*sum(x)", "x in R^n, c in R", "c", ["c ≠ 0"]),
    ("c^(n/2)*sum(x)", "x in R^n, c in R", "c", ["c > 0"]),
    ("c^k", "k in R, c in R", "c", ["c > 0"]),
    ("sum(x.^n)", "x in R^n", "x", []),
    ("sum(i, x[i]^i)", "", "x", []),
    ("sum(i, x[i]^(i - 3))", "", "x", ["x[i] ≠ 0"]),
]


@pytest.mark.parametrize(("text", "where", "by", "conditions"), GRADIENTS)
def test_conditions_of_whole_exponents(text: str, where: str, by: str, conditions: list[str]) -> None:
    g = cf.formula(text, where or None).grad(by)
    assert list(g.conditions) == conditions
    assert g.check().ok


def test_the_derivative_at_negative_bases_is_the_slope() -> None:
    f = cf.formula("c^n*sum(x) + c^(n - 1)*x'*x", "c in R, x in R^n")
    x, c, h = np.array([0.5, -1.0, 2.0]), -1.3, 1e-5
    slope = (f(c=c + h, x=x) - f(c=c - h, x=x)) / (2 * h)
    assert abs(f.grad("c")(c=c, x=x) - slope) < 1e-7
    g = cf.formula("sum(i, x[i]^i)").grad("x")
    assert np.allclose(g(x=x), [1.0, 2 * x[1], 3 * x[2] ** 2])


@pytest.mark.parametrize(
    ("first", "second", "where"),
    [
        ("det(-A)", "(-1)^n*det(A)", ""),
        ("det(c*A)", "c^n*det(A)", "c in R"),
        ("det(adj(A))", "det(A)^(n - 1)", "A in R^(n×n)"),
        ("c^(n - 1)*c", "c^n", "c in R, x in R^n"),
    ],
)
def test_powers_of_any_number_are_equal_everywhere(first: str, second: str, where: str) -> None:
    verdict = equal(first, second, where or None)
    assert verdict.right
    assert verdict.conditions == ()


def test_a_wrong_power_is_refused() -> None:
    assert not equal("det(-A)", "(-1)^(n + 1)*det(A)").right


@pytest.mark.parametrize(
    ("text", "where", "low"),
    [("n - 1", "x in R^n", 0), ("m*n + 2", "A in R^(m×n)", 3), ("2*n - 3", "x in R^n", -1), ("cumsum(ones(n))", "", 1)],
)
def test_bounds_of_sizes(text: str, where: str, low: int) -> None:
    assert range_of(cf.formula(text, where or None)._node).low == low


def test_a_difference_of_sizes_has_no_bound() -> None:
    assert range_of(cf.formula("m - n + 0*sum(A)", "A in R^(m×n)")._raw).low is None
