"""A small number added to keep a quotient finite stays as it was typed, in roots, quotients and their derivatives."""

import pytest

import closedform as cf


@pytest.mark.parametrize(
    ("typed", "gradient"),
    [
        ("sum(v./sqrt(x.^2/n + 1/100000))", "-v.*x./(1/100000 + x.^2/n).^(3/2)/n"),
        ("log(x'*x + 1e-3)", "2*x/(1/1000 + x'*x)"),
        ("1/(x'*x + 0.0001)", "-2*x/(1/10000 + x'*x)^2"),
        ("1/(2*x'*x + 0.002)", "-x/(1/1000 + x'*x)^2"),
        ("1/(1 + 25*x'*x)", "-50*x/(1 + 25*x'*x)^2"),
        ("sum(sqrt(x.^2 + 1/100))", "x./sqrt(1/100 + x.^2)"),
        ("sqrt((x'*x + v'*v)/4)", "x/(2*sqrt(x'*x + v'*v))"),
        ("sqrt(2*x'*x + 2*v'*v)", "sqrt(2)*x/sqrt(x'*x + v'*v)"),
    ],
)
def test_gradient(typed: str, gradient: str) -> None:
    g = cf.formula(typed, "x in R^n, v in R^n").grad("x")
    assert g.text == gradient and g.check().level == "A"
    assert cf.formula(g.text, g.where)._node is g._node


def test_multiples_are_still_the_same_formula() -> None:
    assert cf.formula("(x'*x + 0.001)/(1000*x'*x + 1)", "x in R^n").simplify().text == "1/1000"
