"""Implicit functions: against roots found by Newton's method and moved by a small step, certified, and refused."""

import numpy as np
import pytest
from scipy.optimize import fsolve

from closedform.check.certificate import Claim
from closedform.check.certify import certify
from closedform.errors import ClosedformError, DeclarationError, MissingRule, ShapeError
from closedform.formula import formula

F = "F: R^n × R^m -> R^m"
ANSWERS = [
    ("F(x, y)", F, "y", "x", "-jac2[F](x, y)^-1*jac1[F](x, y)", ("jac2[F](x, y) is invertible",)),
    ("f(s, t)", "f: R, R -> R, s in R, t in R", "t", "s", "-diff1[f](s, t)/diff2[f](s, t)", ("diff2[f](s, t) ≠ 0",)),
    ("f(x, t)", "f: R^n, R -> R", "t", "x", "-grad1[f](x, t)/diff2[f](x, t)", ("diff2[f](x, t) ≠ 0",)),
    ("F(s, y)", "F: R, R^m -> R^m", "y", "s", "-jac2[F](s, y)^-1*diff1[F](s, y)", ("jac2[F](s, y) is invertible",)),
    ("F(X, y)", "F: R^(n×k), R^m -> R^m", "y", "X", "-jac2[F](X, y)^-1*jac1[F](X, y)*vec(dX)",
     ("jac2[F](X, y) is invertible",)),
    ("A*y + sin(x)", None, "y", "x", "-A^-1*diag(cos(x))", ("A is invertible",)),
    ("A*y + A*x", "A in R^(n×n)", "y", "x", "-I", ("A is invertible",)),
    ("S*y + x", "S in PD(n)", "y", "S", "-S^-1*dS*y", ()),
    ("A'*(A*y - b) + lam*y", None, "y", "b", "(A'*A + lam*I)^-1*A'", ("AᵀA + λ I is invertible",)),
    ("A'*(A*y - b) + lam*y", None, "y", "lam", "-(A'*A + lam*I)^-1*y", ("AᵀA + λ I is invertible",)),
    ("grad[f](y) + lam*y", "f: R^n -> R", "y", "lam", "-(hess[f](y) + lam*I)^-1*y",
     ("hess[f](y) + λ I is invertible",)),
    ("r^2 + s^2 - 1", "r in R, s in R", "s", "r", "-r/s", ("s ≠ 0",)),
]  # fmt: skip


@pytest.mark.parametrize(("source", "where", "of", "by", "text", "conditions"), ANSWERS)
def test_answers(source, where, of, by, text, conditions):
    found = formula(source, where).implicit(of, by)
    assert found.text in (text, text.replace("-I", "-eye(n)"))
    assert found.conditions == conditions
    assert found.check().level == "A"
    assert formula(found.latex, found.where, "latex") == found
    assert found.derivation().certified


A = np.array([[2.0, 0.3, -0.4], [0.1, 1.7, 0.6], [-0.5, 0.2, 2.4]])
B = np.array([[0.4, -1.2], [0.8, 0.5], [-0.3, 0.9]])
x = np.array([0.6, -0.35])
NUMERIC = [
    ("A*y + exp(y) - B*x", "y", "x", {"A": A, "B": B, "x": x},
     lambda v, y: v["A"] @ y + np.exp(y) - v["B"] @ v["x"], 3),
    ("A*y + tanh(s*y) - B*x where s in R", "y", "s", {"A": A, "B": B, "x": x, "s": 0.8},
     lambda v, y: v["A"] @ y + np.tanh(v["s"] * y) - v["B"] @ v["x"], 3),
    ("A*y + y.^3 - B*x", "y", "B", {"A": A, "B": B, "x": x}, lambda v, y: v["A"] @ y + y**3 - v["B"] @ v["x"], 3),
    ("x'*M*x + exp(t) - 4 where t in R", "t", "x", {"M": A[:2, :2], "x": x},
     lambda v, t: v["x"] @ v["M"] @ v["x"] + np.exp(t) - 4, 1),
    ("x'*M*x + exp(t) - 4 where t in R", "t", "M", {"M": A[:2, :2], "x": x},
     lambda v, t: v["x"] @ v["M"] @ v["x"] + np.exp(t) - 4, 1),
]  # fmt: skip


def root(equation, values, count):
    found = fsolve(lambda y: np.ravel(equation(values, y if count > 1 else y[0])), np.zeros(count), xtol=1e-13)
    return found if count > 1 else found[0]


def slope(equation, values, by, place, count):
    step, ends = 1e-5, []
    for sign in (1, -1):
        moved = np.array(values[by], float)
        moved[place] += sign * step
        ends.append(root(equation, {**values, by: moved}, count))
    return (ends[0] - ends[1]) / (2 * step)


@pytest.mark.parametrize(("source", "of", "by", "values", "equation", "count"), NUMERIC)
def test_against_roots_that_move(source, of, by, values, equation, count):
    found = formula(source).implicit(of, by)
    assert found.check().ok
    given = {**values, of: root(equation, values, count)}
    array = found.array if by == "B" else found
    got = array({k: v for k, v in given.items() if k in found.variables})
    places = list(np.ndindex(np.shape(values[by])))
    wanted = np.stack([slope(equation, values, by, p, count) for p in places], axis=-1)
    np.testing.assert_allclose(np.reshape(got, wanted.shape), wanted, rtol=1e-6, atol=1e-7)


SECOND = [
    ("r^2 + s^2 - 1", "r in R, s in R", "s", "r", "-r^2/s^3 - 1/s"),
    ("A'*(A*y - b) + lam*y", None, "y", "lam", "2*(A'*A + lam*I)^-2*y"),
    ("f(s, t)", "f: R, R -> R, s in R, t in R", "t", "s", None),
    ("f(x, t)", "f: R^n, R -> R", "t", "x", None),
    ("F(s, y)", "F: R, R^m -> R^m", "y", "s", None),
    ("x'*A*x + exp(t) - t", "t in R", "t", "x", None),
]


@pytest.mark.parametrize(("source", "where", "of", "by", "text"), SECOND)
def test_second_derivatives(source, where, of, by, text):
    found = formula(source, where).implicit(of, by, 2)
    assert text in (None, found.text)
    assert found.check().level == "A"
    assert found.derivation().certified


def test_the_circle_bends_as_it_should():
    found = formula("r^2 + s^2 - 1", "r in R, s in R").implicit("s", "r", 2)
    assert found(r=0.6, s=0.8) == pytest.approx(-1 / 0.8**3)


WRONG = [
    ("F(x, y)", F, "y", "x", "jac2[F](x, y)^-1*jac1[F](x, y)"),
    ("F(x, y)", F, "y", "x", "-jac2[F](x, y)^-T*jac1[F](x, y)"),
    ("A*y + exp(y) - B*x", "A in R^(n×n)", "y", "x", "(A + diag(y))^-1*B"),
    ("f(x, t)", "f: R^n, R -> R", "t", "x", "-grad1[f](x, t)*diff2[f](x, t)"),
]


@pytest.mark.parametrize(("source", "where", "of", "by", "answer"), WRONG)
def test_wrong_answers_are_refused(source, where, of, by, answer):
    f = formula(source, where)
    claim = f.implicit(of, by).claim()
    wrong = formula(answer, f.where)._raw
    found = certify(Claim(claim.kind, claim.function, wrong, claim.variable, claim.second))
    assert found.level == "X" and found.decided


def test_a_wrong_second_derivative_is_refused():
    f = formula("r^2 + s^2 - 1", "r in R, s in R")
    claim = f.implicit("s", "r", 2).claim()
    wrong = formula("-r^2/s^3 + 1/s", f.where)._raw
    found = certify(Claim(claim.kind, claim.function, wrong, claim.variable, claim.second))
    assert found.level == "X" and found.decided


def test_a_singular_equation_has_no_certificate():
    f = formula("u*u'*(y + x)", "y in R^n")
    assert not f.implicit("y", "x").check().ok


REFUSED = [
    ("x'*y", "y", "x", ShapeError, "as many equations as unknowns"),
    ("A*y - b where A in R^(m×n)", "y", "b", ShapeError, "as many equations as unknowns"),
    ("A*Y - B", "Y", "B", MissingRule, "Y is n×k"),
    ("y - x", "y", "y", DeclarationError, "a function of itself"),
    ("A*x", "y", "x", DeclarationError, "no variable y"),
    ("A*x where y in R^n", "y", "x", DeclarationError, "does not define it"),
    ("y - y + x", "y", "x", DeclarationError, "does not stand in the equation"),
]


@pytest.mark.parametrize(("source", "of", "by", "error", "message"), REFUSED)
def test_refusals(source, of, by, error, message):
    with pytest.raises(error, match=message):
        formula(source).implicit(of, by)


def test_orders_that_are_refused():
    with pytest.raises(MissingRule, match="second derivative of an implicit function is given for"):
        formula("F(x, y)", F).implicit("y", "x", 2)
    with pytest.raises(ClosedformError, match="once or twice"):
        formula("F(x, y)", F).implicit("y", "x", 3)
