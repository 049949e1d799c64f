"""Conditions that a shorter form does not show: simplified, equated and evaluated formulas say where they hold."""

from __future__ import annotations

import numpy as np
import pytest

import closedform as cf
from closedform.answers import check, equal

SIMPLIFIED = [
    ("x/x", "x in R", "1", ["x ≠ 0"]),
    ("sqrt(x)^2", "x in R", "x", ["x ≥ 0"]),
    ("exp(log(x))", "x in R", "x", ["x > 0"]),
    ("X^-1*X", "", "eye(n)", ["X is invertible"]),
    ("1/sign(x)", "x in R", "sign(x)", ["x ≠ 0"]),
    ("1/step(x)", "x in R", "1/step(x)", ["x > 0"]),
    ("sum(x./x)", "", "n", ["every entry of x ≠ 0"]),
    ("||x||^2/||x||", "", "||x||", ["x ≠ 0"]),
    ("sqrt(x^2)", "x in R", "abs(x)", []),
    ("x'*A*x + x'*B*x", "", "x'*(A + B)*x", []),
]


@pytest.mark.parametrize(("text", "where", "short", "conditions"), SIMPLIFIED)
def test_what_is_simplified_says_where_it_was_defined(text: str, where: str, short: str, conditions: list[str]) -> None:
    f = cf.formula(text, where or None)
    found = f.simplify()
    assert found.text == short
    assert list(found.conditions) == conditions
    assert found.simplify().conditions == found.conditions
    assert f.conditions == found.conditions


def test_a_derivative_of_what_was_simplified_holds_where_the_formula_did() -> None:
    short = cf.formula("sum(exp(log(x)))").simplify()
    assert short.text == "sum(x)"
    assert short.grad("x").conditions == ("every entry of x > 0",)


def test_a_simplified_formula_is_evaluated_and_knows_what_it_violates() -> None:
    short = cf.formula("x/x", "x in R").simplify()
    assert short(x=3.0) == 1.0
    assert short.violated(x=0.0) == ("x ≠ 0",)
    with pytest.raises(cf.ClosedformError, match="x ≠ 0"):
        short(x=0.0, strict=True)


EQUAL = [
    ("x/x", "1", "x in R", ["x ≠ 0"]),
    ("step(x) + step(-x)", "ones(n)", "", ["every entry of x ≠ 0"]),
    ("sign(x)^2", "1", "x in R", ["x ≠ 0"]),
    ("sign(x)*abs(x)", "x", "x in R", []),
    ("argmax(x)", "argmin(-x)", "", ["the largest entry of x is unique"]),
    ("argmax(x)", "argmax(2*x)", "", ["the largest entry of x is unique"]),
    ("P*pinv(P)", "eye(n)", "P in PSD(n)", ["P is invertible"]),
    ("P*pinv(P)", "eye(n)", "P in PD(n)", []),
    ("pinv(A*B)", "pinv(B)*pinv(A)", "A in R^(n×n), B in R^(n×n)", ["A is invertible", "B is invertible"]),
    ("pinv(A)", "(A'*A)^-1*A'", "", ["AᵀA is invertible"]),
    ("pinv(A)'", "pinv(A')", "", []),
    ("max(x, y)", "(x + y + abs(x - y))/2", "", []),
    ("(A*B)^-1", "B^-1*A^-1", "", ["A is invertible", "B is invertible"]),
    ("tr(A*B)", "tr(B*A)", "", []),
]


@pytest.mark.parametrize(("first", "second", "where", "conditions"), EQUAL)
def test_a_verdict_says_where_both_are_defined_and_where_they_jump(
    first: str, second: str, where: str, conditions: list[str]
) -> None:
    verdict = equal(first, second, where or None)
    assert verdict.right
    assert sorted(verdict.conditions) == sorted(conditions)


def test_the_places_that_are_left_out_are_those_where_it_is_false() -> None:
    """The conditions are needed: the two sides differ where they fail."""
    f = cf.formula("step(x) + step(-x)")
    assert f(x=[0.0, 2.0]).tolist() == [0.0, 1.0]
    singular = np.array([[1.0, 0.0], [0.0, 0.0]])
    assert np.allclose(cf.formula("P*pinv(P)", "P in PSD(n)")(P=singular), singular)
    A, B = np.array([[1.0, 1.0], [0.0, 0.0]]), np.array([[1.0, 0.0], [0.0, 0.0]])
    left = cf.formula("pinv(A*B)", "A in R^(n×n), B in R^(n×n)")(A=A, B=B)
    right = cf.formula("pinv(B)*pinv(A)", "A in R^(n×n), B in R^(n×n)")(A=A, B=B)
    assert not np.allclose(left, right)


def test_a_judged_gradient_says_the_rank() -> None:
    verdict = check("tr(P*pinv(P)*A)", "eye(n)", "P in PSD(n)", by="A")
    assert verdict.right
    assert verdict.conditions == ("P is invertible",)
    assert check("tr(P*pinv(P)*A)", "pinv(P)*P", "P in PSD(n)", by="A").conditions == ()
    assert check("sum(sign(x).^2.*y)", "ones(n)", by="y").conditions == ("every entry of x ≠ 0",)


def test_where_the_printed_form_has_no_value_is_violated() -> None:
    h = cf.formula("||x||^3").hessian("x")
    assert h.violated(x=[0.0, 0.0]) == h.conditions
    assert len(h.conditions) == 1
    assert h.violated(x=[0.0, 1.0]) == ()
    with pytest.raises(cf.ClosedformError, match=r"x ≠ 0$"):
        h(x=[0.0, 0.0], strict=True)


@pytest.mark.parametrize("text", [
    "sum(i, sum(k, y[i,k]*log(P[i,k])))", "sum(i, sum(k, y[i,k]*sqrt(P[k,i])))", "sum(i, log(P[i,1]))",
])  # fmt: skip
def test_what_holds_for_every_pair_of_indices_is_said_once(text: str) -> None:
    (said,) = cf.formula(text, where="P in R^(m×n)").grad("P").conditions
    assert said.endswith("> 0")
