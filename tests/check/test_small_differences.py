"""Differences that are small, or seen at few points: balls that do not meet differ, numbers that are computed have a
magnitude, an abstract function is no polynomial, and many signs may all be the same."""

from __future__ import annotations

import pytest

import closedform as cf

FIFTH = "(f(s+5) - 5*f(s+4) + 10*f(s+3) - 10*f(s+2) + 5*f(s+1) - f(s))"
FALSE = [
    ("max(x) + 10^(-200)*max(x)", "max(x)", "x in R^n"), ("max(x) + 10^(-150)", "max(x)", "x in R^n"),
    ("expm(X)*(1 + 10^(-150))", "expm(X)", "X in R^(n×n)"), ("logdet(S) + 10^(-130)", "logdet(S)", "S in PD(n)"),
    ("exp(-exp(20))", "0", ""), ("exp(-10^12*(s-1)^2)", "0", "s in R"),
    ("tanh(10^50*s)", "sign(s)", "s in R"), ("tanh(2^500*s)", "sign(s)", "s in R"),
    ("normcdf(exp(300)*s)", "step(s)", "s in R"), ("logsumexp(10^30*x)/10^30", "max(x)", "x in R^n"),
    (f"max(x)*{FIFTH}", "0", "f: R -> R, s in R, x in R^n"),
    ("*".join(f"step({v})" for v in "stuvwpqr"), "0", "s,t,u,v,w,p,q,r in R"), ("prod(relu(x))", "0", "x in R^12"),
    ("prod(step(x)) + prod(step(-x))", "0", "x in R^25"), ("prod(step(x - cumsum(ones(8))))", "0", "x in R^8"),
]  # fmt: skip
TRUE = [
    ("max(x)*f(s+t)", "max(x)*f(t+s)", "f: R -> R, s,t in R, x in R^n"),
    ("max(x)*hess[f](y)", "max(x)*hess[f](y)'", "f: R^m -> R, x in R^n, y in R^m"),
    ("cos(pi/7)*cos(2*pi/7)*cos(3*pi/7)", "1/8", ""), ("4*atan(1/5) - atan(1/239)", "pi/4", ""),
    ("max(x)*log(exp(s))", "max(x)*s", "s in R, x in R^n"), ("acos(s) + asin(s)", "pi/2", "s in R"),
    ("prod(relu(x))", "prod(abs(x))*prod(step(x))", "x in R^12"),
    ("logdet(S)", "2*sum(log(diag(chol(S))))", "S in PD(n)"),
    ("||x||_inf", "max(max(x), -min(x))", "x in R^n"),
    ("expm(A + B)", "expm(A)*expm(B)", "A,B in R^(n×n), A*B=B*A"),
]  # fmt: skip


@pytest.mark.parametrize(("first", "second", "where"), FALSE)
def test_a_small_difference_is_one(first: str, second: str, where: str) -> None:
    assert not cf.equal(first, second, where or None).right


@pytest.mark.parametrize(("first", "second", "where"), TRUE)
def test_what_agrees_to_all_digits_is_right(first: str, second: str, where: str) -> None:
    assert cf.equal(first, second, where or None).right


def test_slopes_of_an_abstract_function_are_its_own() -> None:
    assert cf.check("max(x)*f(y)", "max(x)*hess[f](y)", "f: R^m -> R, y in R^m, x in R^n", by="y", op="hessian").right
