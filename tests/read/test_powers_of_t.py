"""``^T`` is the transpose, but of a number the power, where T is also the name of something."""

import numpy as np
import pytest

import closedform as cf

NUMBERS = "C in R, F in R, r in R"


@pytest.mark.parametrize("source", [
    r"\sum_{t=1}^{T} \frac{C}{(1+r)^t} + \frac{F}{(1+r)^T}",
    r"\sum_{t=1}^{T} \frac{C}{(1+r)^t} + \frac{F}{(1+r)^{T}}",
    r"\sum_{t=1}^{T} C (1+r)^{-t} + F (1+r)^{-T}",
    "sum(t=1..T, C/(1 + r)^t) + F/(1 + r)^T",
    "sum(t=1..T, C/(1 + r)^t) + F*(1 + r)^{-T}",
])  # fmt: skip
def test_the_price_of_a_bond(source: str) -> None:
    f = cf.formula(source, NUMBERS)
    C, F, r, T = 3.0, 100.0, 0.07, 6
    slope = sum(-t * C * (1 + r) ** (-t - 1) for t in range(1, T + 1)) - T * F * (1 + r) ** (-T - 1)
    assert np.isclose(f.grad("r")(C=C, F=F, r=r, T=T), slope, rtol=1e-12)
    assert f.grad("r").check().level == "A"
    assert any("is read as the power" in said for said in f.assumed)


@pytest.mark.parametrize(("source", "where", "text"), [
    (r"\sum_{t=1}^T x_t^T A x_t", "", "x*(A + A')"), ("sum(t=1..T, x[t]^T*A*x[t])", "", "x*(A + A')"),
])  # fmt: skip
def test_of_vectors_it_is_the_transpose(source: str, where: str, text: str) -> None:
    assert cf.formula(source, where).grad("x").text == text


@pytest.mark.parametrize(("source", "where"), [
    (r"x^{T} A x", "x in R^n, T in R"), ("A^T", "T in R, A in R^(n×n)"), ("x'*x*s^T", "T in R"),
    ("T'*x*s^T", "s in R, T in R^n"),
])  # fmt: skip
def test_what_is_not_clear_is_asked(source: str, where: str) -> None:
    with pytest.raises(cf.ClosedformError, match="power"):
        cf.formula(source, where)


@pytest.mark.parametrize("source", [
    "x^t A x", "x^t*A*x", "x^t x", "b^t x", "(A x - b)^t (A x - b)", "log(det(A^t*A))", "tr(A^t*B)",
])  # fmt: skip
def test_a_small_t_is_asked_about_in_text_too(source: str) -> None:
    with pytest.raises(cf.ReadError, match="transpose or a power") as found:
        cf.formula(source)
    assert found.value.span is not None and source[slice(*found.value.span)] == "^t"


@pytest.mark.parametrize(("source", "where"), [
    ("x^t", ""), ("t*x^t + 1", ""), ("g^t*r", "r in R"), ("A*x*s^t", "t in R"), ("sum(t=1..T, C/(1 + r)^t)", NUMBERS),
])  # fmt: skip
def test_a_small_t_is_a_power_where_it_can_be_nothing_else(source: str, where: str) -> None:
    assert "'" not in cf.formula(source, where).text
