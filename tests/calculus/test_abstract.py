"""Abstract functions of one and of several arguments: their derivatives as text, against differences, and certified."""

import numpy as np
import pytest

from closedform.check.certificate import Claim
from closedform.check.certify import certify
from closedform.errors import ClosedformError, MissingRule, ShapeError
from closedform.formula import formula

WHERE = (
    "L: R^m, R^p -> R, y: R^n -> R^m, z: R^(n×k), R^k, R^n -> R^n, s: R, R^n -> R, M: R^(n×k), R -> R, "
    "f: R^n -> R, g: R^n -> R^m, h: R^k -> R^n, r: R -> R^n, tau in R, B in R^(n×k)"
)
GRADIENTS = [
    ("L(y(z(W, x, b)), t)", "t", "grad2[L](y(z(W, x, b)), t)"),
    ("L(y(z(W, x, b)), t)", "x", "(jac[y](z(W, x, b))*jac2[z](W, x, b))'*grad1[L](y(z(W, x, b)), t)"),
    ("L(y(z(W, x, b)), t)", "b", "(jac[y](z(W, x, b))*jac3[z](W, x, b))'*grad1[L](y(z(W, x, b)), t)"),
    ("L(y(z(W, x, b)), t)", "W", "unvec((jac[y](z(W, x, b))*jac1[z](W, x, b))'*grad1[L](y(z(W, x, b)), t), n, k)"),
    ("M(X, tau)", "X", "grad1[M](X, tau)"),
    ("f(r(tau))", "tau", "diff[r](tau)'*grad[f](r(tau))"),
    ("s(tau, r(tau))", "tau", "diff1[s](tau, r(tau)) + diff[r](tau)'*grad2[s](tau, r(tau))"),
    ("f(B*u + c)", "u", "B'*grad[f](B*u + c)"),
]
SECOND = [
    ("f(B*u + c)", "u", "u", "B'*hess[f](B*u + c)*B"),
    ("L(a, t)", "a", "t", "hess12[L](a, t)"),
    ("L(a, t)", "t", "a", "hess12[L](a, t)'"),
    ("L(a, t)", "a", "a", "hess11[L](a, t)"),
    ("s(tau, x)", "x", "tau", "grad12[s](tau, x)"),
    ("s(tau, x)", "tau", "tau", "diff11[s](tau, x)"),
    ("M(X, tau)", "X", "X", "unvec(hess11[M](X, tau)*vec(dX1), n, k)"),
    ("f(h(u))", "u", "u", "jac[h](u)'*hess[f](h(u))*jac[h](u) + kron(grad[f](h(u))', eye(k))*hess[h](u)"),
]


def certified(derived):
    assert derived.check().level == "A"
    assert formula(derived.unicode, derived.where) == derived
    assert formula(derived.latex, derived.where, "latex") == derived
    assert derived.derivation().certified


@pytest.mark.parametrize(("source", "by", "text"), GRADIENTS)
def test_gradients(source, by, text):
    derived = formula(source, WHERE).grad(by)
    assert derived.text == text
    certified(derived)


@pytest.mark.parametrize(("source", "by", "and_by", "text"), SECOND)
def test_second_derivatives(source, by, and_by, text):
    derived = formula(source, WHERE).hessian(by, and_by)
    assert derived.text == text
    certified(derived)


def test_jacobian_of_a_composition():
    derived = formula("g(h(u))", WHERE).jacobian("u")
    assert derived.text == "jac[g](h(u))*jac[h](u)"
    certified(derived)


@pytest.mark.parametrize("layer", [5, 60])
def test_long_chains(layer):
    source = "y(" * layer + "x" + ")" * layer
    derived = formula(f"c'*{source}", "y: R^n -> R^n").grad("x")
    assert derived.text.count("jac[y]") == layer


X = np.arange(12.0).reshape(4, 3) / 10 - 0.4


def sigma(u):
    return np.tanh(u)


def slope(u):
    return 1 - np.tanh(u) ** 2


Q = np.arange(20.0).reshape(5, 4) / 7 - 1
VALUES = {
    "W": X, "x": np.array([0.3, -0.2, 0.9]), "b": np.array([0.1, 0.5, -0.4, 0.2]), "t": np.array([0.7, -1.1]),
}  # fmt: skip
FUNCTIONS = {
    "z": lambda W, x, b: sigma(W @ x + b),
    "jac1[z]": lambda W, x, b: np.kron(x, np.diag(slope(W @ x + b))),
    "jac2[z]": lambda W, x, b: slope(W @ x + b)[:, None] * W,
    "jac3[z]": lambda W, x, b: np.diag(slope(W @ x + b)),
    "y": lambda z: Q @ z**3,
    "jac[y]": lambda z: Q * (3 * z**2),
    "L": lambda y, t: np.sin(y[0]) * t[0] + y @ y * t[1] ** 2,
    "grad1[L]": lambda y, t: np.cos(y[0]) * t[0] * np.eye(5)[0] + 2 * y * t[1] ** 2,
    "grad2[L]": lambda y, t: np.array([np.sin(y[0]), 2 * t[1] * (y @ y)]),
}


@pytest.mark.parametrize("by", ["W", "x", "b", "t"])
def test_against_differences(by):
    f = formula("L(y(z(W, x, b)), t)", WHERE)
    derived = f.grad(by)
    found = derived({n: ({**VALUES, **FUNCTIONS})[n] for n in derived.variables})
    step, base = 1e-6, VALUES[by]
    wanted = np.empty_like(base)
    for place in np.ndindex(base.shape):
        ends = []
        for sign in (1, -1):
            moved = base.copy()
            moved[place] += sign * step
            ends.append(f({n: ({**VALUES, **FUNCTIONS, by: moved})[n] for n in f.variables}))
        wanted[place] = (ends[0] - ends[1]) / (2 * step)
    np.testing.assert_allclose(found, wanted, rtol=1e-7, atol=1e-8)


WRONG = [
    ("L(a, t)", "a", None, "grad1[L](a, 2*t)"),
    ("L(a, t)", "a", "t", "2*hess12[L](a, t)"),
    ("s(tau, x)", "x", None, "diff1[s](tau, x)*x"),
    ("f(h(u))", "u", "u", "jac[h](u)'*hess[f](h(u))*jac[h](u)"),
    ("f(h(u))", "u", "u", "hess[f](h(u)) + kron(grad[f](h(u))', eye(k))*hess[h](u)"),
]


@pytest.mark.parametrize(("source", "by", "and_by", "answer"), WRONG)
def test_wrong_answers_are_refused(source, by, and_by, answer):
    f = formula(source, WHERE if "hess[f](h" not in answer[:10] else WHERE.replace("R^k -> R^n", "R^n -> R^n"))
    answer = answer.replace("eye(k)", "eye(n)") if "R^n -> R^n" in f.where else answer
    truth = f.hessian(by, and_by) if and_by else f.grad(by)
    claim = truth.claim()
    wrong = formula(answer, f.where)._raw
    found = certify(Claim(claim.kind, claim.function, wrong, claim.variable, claim.second))
    assert found.level == "X" and found.decided


def test_mixed_blocks_of_one_size_are_not_symmetric():
    f = formula("L(a, t)", "L: R^n, R^n -> R, a in R^n, t in R^n")
    assert f.hessian("t", "a").text == "hess12[L](a, t)'"
    claim = f.hessian("t", "a").claim()
    turned = formula("hess12[L](a, t)", f.where)._raw
    assert certify(Claim("hessian", claim.function, turned, claim.variable, claim.second)).level == "X"


SAME = [
    ("hess21[L](a, t)", "hess12[L](a, t)'"),
    ("jac1[L](a, t)", "grad1[L](a, t)'"),
    ("hess[f](x)'", "hess[f](x)"),
    ("grad21[s](tau, x)", "grad12[s](tau, x)"),
    ("hess12[s](tau, x)", "grad12[s](tau, x)'"),
    ("jac1[M](X, tau)", "vec(grad1[M](X, tau))'"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_each_derivative_has_one_name(one, other):
    a, b = formula(one, WHERE), formula(other, WHERE)
    assert a._node is b._node
    assert certify(Claim("equal", a._raw, b._raw)).ok


REFUSED = [
    ("grad[L](a, t)", ShapeError, "grad takes the numbers of 1 argument of 2"),
    ("hess13[L](a, t)", ShapeError, "hess13 takes the numbers"),
    ("diff1[L](a, t)", ShapeError, "diff takes a function of a scalar in argument 1"),
    ("grad1[f](x)", ShapeError, "takes no number"),
    ("L(a)", ShapeError, "L takes 2 arguments; it was given 1"),
    ("L(t, t) where t in R^p", ShapeError, "argument 1 of L is declared on m×1"),
]


@pytest.mark.parametrize(("source", "error", "message"), REFUSED)
def test_refusals(source, error, message):
    with pytest.raises(error, match=message):
        formula(source, WHERE)


def test_third_derivatives_are_refused_by_name():
    with pytest.raises(MissingRule, match="the derivative of the Hessian of f has no name"):
        formula("hess[f](x)*v", WHERE).jacobian("x")


DECLARED = [
    "L: R^n, R^m -> R", "L: R^n x R^m -> R", "L: R^n × R^m -> R", "L: (R^n, R^m) -> R", "t in R, L: R^n, R^m -> R",
]  # fmt: skip


@pytest.mark.parametrize("where", DECLARED)
def test_declarations_of_several_arguments(where):
    assert "L: R^n × R^m -> R" in formula("L(u, v)", where).where


def test_declarations_in_latex():
    where = r"L: \mathbb{R}^n \times \mathbb{R}^{m \times n} \to \mathbb{R}"
    assert formula("L(u, V)", where, "latex").where.endswith("L: R^n × R^(m×n) -> R")


TOO_MANY = ", ".join(["L: R^n", *9 * ["R"]]) + " -> R"


@pytest.mark.parametrize("where", ["L: PD(n) -> R", "L: R^n -> R, L: R^n, R^n -> R", TOO_MANY])
def test_declarations_that_are_refused(where):
    with pytest.raises(ClosedformError, match=r"whole spaces|declared twice|limit: 9"):
        formula("x'*x", where)


def test_two_functions_are_declared_together() -> None:
    where = "f, g: R^n -> R, x,y in R^n"
    assert formula("f(x)*g(y)", where).grad("x").text == "g(y)*grad[f](x)"
    swapped = Claim("equal", formula("f(x)*g(y)", where)._raw, formula("g(x)*f(y)", where)._raw)
    assert certify(swapped).level == "X"
    with pytest.raises(ClosedformError, match="no name of a function"):
        formula("g(s)", "f[i], g: R -> R")
