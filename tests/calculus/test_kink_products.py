"""Kinks beside factors that vanish there: a condition is left out only where the derivative is continuous."""

from __future__ import annotations

import itertools
import random

import numpy as np
import pytest

import closedform as cf

PRINTED = "in the form printed; elsewhere that is NaN, and the derivative its limit"
SHARP = [
    ("relu(r)^2", "r in R", "r", 1, []),
    ("sum(relu(r).^2)", "", "r", 1, []),
    ("relu(r)^2", "r in R", "r", 2, ["r ≠ 0"]),
    ("sign(x)*x^2", "x in R", "x", 1, []),
    ("sign(x)*x^2", "x in R", "x", 2, ["x ≠ 0"]),
    ("sum(sign(x).*x.^2)", "", "x", 1, []),
    ("sign(x)*x", "x in R", "x", 1, ["x ≠ 0"]),
    ("step(x)*x^2", "x in R", "x", 1, []),
    ("step(x)*x", "x in R", "x", 1, ["x ≠ 0"]),
    ("abs(x)*x", "x in R", "x", 1, []),
    ("x'*x/(1 + ||x||)", "", "x", 1, []),
    ("x'*x/(1 + ||x||)", "", "x", 2, [f"x ≠ 0 {PRINTED}"]),
    ("(1 + ||x||)^2", "", "x", 1, ["x ≠ 0"]),
    ("y'*x*||x||", "", "x", 1, [f"x ≠ 0 {PRINTED}"]),
    ("||X||_F*tr(X'*X)", "X in R^(m×n)", "X", 1, []),
    ("sum(sign(x))*sum(x.^2)", "", "x", 1, ["every entry of x ≠ 0"]),
    ("sum(relu(A)'.*A)", "A in R^(n×n)", "A", 1, ["every entry of A ≠ 0"]),
    ("sum(relu(A).*A)", "A in R^(n×n)", "A", 1, []),
    ("sum(relu(A*x).*(A*x))", "", "x", 1, []),
    ("x*relu(x)^2 + relu(x)", "x in R", "x", 1, ["x ≠ 0"]),
    ("relu(x)*relu(x - 1)", "x in R", "x", 1, ["x ≠ 0", "1 ≠ x"]),
    ("||x||*||x - y||", "", "x", 1, ["x ≠ 0", "x ≠ y"]),
    ("w'*h/(||w||*sqrt((w'*h)^2 + s^2*w'*w))", "s in R", "w", 1, ["(wᵀh)² + s²wᵀw ≠ 0"]),
    ("sum((A*relu(x)).*x)", "A in R^(n×n)", "x", 1, ["every entry of x ≠ 0"]),
    ("sum(relu(x).*x)^2*sum(abs(x).*x)", "", "x", 1, []),
    ("sum(X./(rowsum(X)*ones(1,n))) + sum(1./rowsum(X))", "X in R^(m×n)", "X", 1, ["every entry of rowsum(X) ≠ 0"]),
    ("sum(log(rowsum(X)*ones(1,n)))", "X in R^(m×n)", "X", 1, ["every entry of rowsum(X) > 0"]),
]


@pytest.mark.parametrize(("text", "where", "by", "order", "conditions"), SHARP)
def test_conditions_at_kinks(text: str, where: str, by: str, order: int, conditions: list[str]) -> None:
    f = cf.formula(text, where or None)
    found = f.grad(by) if order == 1 else f.hessian(by)
    assert sorted(found.conditions) == sorted(conditions)


def test_the_rank_of_a_difference_is_said_once() -> None:
    found = cf.formula("y'*pinv(A*W - B)*x + ||B - A*W||_*").grad("W").conditions
    assert len([c for c in found if "locally constant" in c]) == 1


FACTORS = ["sign(x)", "step(x)", "relu(x)", "abs(x)", "x", "x^2", "abs(x)^3", "relu(x)^2", "exp(x)", "(2 + relu(x))^-1"]


@pytest.mark.parametrize("seed", range(40))
def test_where_zero_is_not_left_out_the_derivative_is_continuous(seed: int) -> None:
    rng = random.Random(seed)
    text = " + ".join("*".join(rng.choices(FACTORS, k=rng.randint(1, 4))) for _ in range(rng.randint(1, 2)))
    f = cf.formula(text, "x in R")
    for order, g in ((1, f.grad("x")), (2, f.hessian("x"))):
        if any(c.startswith("x ≠ 0") and PRINTED not in c for c in g.conditions):
            continue
        below = f if order == 1 else f.grad("x")
        for h in (1e-4, 1e-6):
            sides = [g(x=h), g(x=-h), (below(x=h) - below(x=0.0)) / h, (below(x=0.0) - below(x=-h)) / h]
            assert np.ptp(sides) < 40 * h


def test_some_of_these_are_shown_and_some_are_not() -> None:
    found = [
        cf.formula("*".join(pair), "x in R").grad("x").conditions for pair in itertools.combinations(FACTORS, 2)
    ]
    assert sum(c == () for c in found) > 15
    assert sum("x ≠ 0" in c for c in found) > 8
