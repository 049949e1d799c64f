"""Sizes as exponents and angles: a claim may hold but where 5 divides one; sizes hidden in functions of matrices."""

from __future__ import annotations

import pytest

import closedform as cf

ROOT3, ROOT5 = "[0,-1;1,-1]", "[0,0,0,-1;1,0,0,-1;0,1,0,-1;0,0,1,-1]"
ROOT7 = "[0,0,0,0,0,-1;1,0,0,0,0,-1;0,1,0,0,0,-1;0,0,1,0,0,-1;0,0,0,1,0,-1;0,0,0,0,1,-1]"
"""Matrices whose third, fifth and seventh power is I; 1 + tr is 0 for the powers between."""
WHERE = "x in R^n, y in R^m, z in R^k"


def divides(root: str, size: str) -> str:
    """A number that is not 0 where the order of the root divides a size."""
    return f"(1 + tr({root}^({size})))"


def turning(order: int, size: str) -> str:
    return "(1 + " + " + ".join(f"2*cos({2 * k}*pi*{size}/{order})" for k in range(1, order // 2 + 1)) + ")"


ONE, TWO, THREE = "x'*x", "(x'*x + y'*y)", "(x'*x + y'*y + z'*z)"
FALSE = [
    divides(ROOT5, "n") + "*" + ONE, divides(ROOT7, "n") + "*" + divides(ROOT5, "n") + "*" + ONE,
    divides(ROOT3, "n") + "*" + divides(ROOT3, "m") + "*" + TWO,
    divides(ROOT3, "n+1") + "*" + divides(ROOT3, "m+2") + "*" + TWO,
    divides(ROOT3, "n") + "*" + divides(ROOT3, "m") + "*(n - m)*" + TWO,
    "*".join(divides(ROOT5, size) for size in "nmk") + "*" + THREE,
    divides(ROOT7, "n") + "*(n-7)*(n-14)*(n-21)*(n-28)*(n-35)*(n-42)*" + ONE,
    "*".join(f"(1 - (-1)^({s}*({s}-1)/2))*(1 + (-1)^{s})" for s in "nmk") + "*" + THREE,
    turning(7, "n") + "*" + ONE, turning(5, "n") + "*" + turning(7, "m") + "*" + TWO,
]  # fmt: skip


@pytest.mark.parametrize("claimed", FALSE)
def test_a_claim_false_at_one_remainder_of_a_size_is_refused(claimed: str) -> None:
    assert not any(cf.equal(claimed, "0", WHERE).right for _ in range(5))


@pytest.mark.parametrize(("first", "second", "level"), [
    (f"(tr({ROOT3}^n) - 2)*(tr({ROOT3}^n) + 1)*x'*x", "0", "A"), ("det(s*X)", "s^n*det(X)", "A"),
    ("adj(-X)", "(-1)^(n-1)*adj(X)", "A"), ("[1,1;0,1]^n", "[1,n;0,1]", "A"), ("cos(pi*n)*x'*x", "(-1)^n*x'*x", "BC"),
])  # fmt: skip
def test_what_holds_for_all_remainders_is_certified(first: str, second: str, level: str) -> None:
    found = cf.equal(first, second, "x in R^n, X in R^(n×n), s in R")
    assert found.right and found.certificate is not None and found.certificate.level in level


@pytest.mark.parametrize("size", ["tr(expm(X)*expm(-X))", "sum(polar(X).^2)", "tr(sqrtm(P)*inv(sqrtm(P)))"])
def test_a_size_in_functions_of_matrices_is_looked_at_beyond_the_numbers_of_a_claim(size: str) -> None:
    claimed = "*".join(f"({size} - {k})" for k in range(1, 11))
    assert not cf.equal(claimed, "0", "X in R^(n×n), P in PD(n)").right
