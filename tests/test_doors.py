"""The public class: every door a person may take, and what is said where there is none."""

from __future__ import annotations

import doctest

import numpy as np
import pytest

import closedform as cf
from closedform import formula as module_function

X = np.array([[2.0, 1.0, 0.3], [0.5, 3.0, -0.4], [0.2, 0.1, 4.0]])
DX = np.array([[1.0, 2.0, -1.0], [3.0, 5.0, 0.5], [0.7, -0.2, 1.5]])
CERTIFIED = ("A", "B", "C")


def test_the_examples_of_the_documentation() -> None:
    import importlib

    module = importlib.import_module("closedform.formula")
    assert module_function("x'*x") == module.formula("x'*x")
    found = doctest.testmod(module)
    assert found.attempted >= 10
    assert found.failed == 0


GIVEN = {
    "gradient": (lambda: cf.formula("1/2*||A*x - b||^2").grad("x"), "A'*(A*x - b)"),
    "Jacobian": (lambda: cf.formula("A*x").jacobian("x"), "A"),
    "denominator layout": (lambda: cf.formula("A*x").jacobian("x", layout="denominator"), "A'"),
    "Jacobian by a scalar": (lambda: cf.formula("A + t^2*B").jacobian("t"), "2*t*B"),
    "curve of inverses": (
        lambda: cf.formula("inv(A + t*B)").jacobian("t"), "-M*B*M where M = (A + t*B)^-1"),
    "Hessian": (lambda: cf.formula("x'*A*x").hessian("x"), "A + A'"),
    "Hessian by a scalar": (lambda: cf.formula("s^3").hessian("s"), "6*s"),
    "Hessian that is zero": (lambda: cf.formula("a'*x").hessian("x"), "zeros(n,n)"),
    "Hessian by a matrix": (lambda: cf.formula("logdet(X)").hessian("X"), "-X^-T*dX1'*X^-T"),
    "Hessian of a vector": (lambda: cf.formula("x.^3").hessian("x"), "6*diag(dx1.*x)"),
    "second derivative of a matrix": (lambda: cf.formula("X*X").hessian("X"), "dX1*dX + dX*dX1"),
    "mixed": (lambda: cf.formula("y'*A*x").hessian("x", "y"), "A'"),
    "mixed, turned": (lambda: cf.formula("y'*A*x").hessian("y", "x"), "A"),
    "mixed with a matrix": (lambda: cf.formula("y'*A*x").hessian("x", "A"), "dA1'*y"),
    "mixed with a scalar": (lambda: cf.formula("s*x'*x", "s in R").hessian("x", "s"), "2*x"),
    "linear map": (lambda: cf.formula("inv(X)").derivative("X"), "-X^-1*dX*X^-1"),
    "linear map by a scalar": (lambda: cf.formula("sin(s)*x", "s in R").derivative("s"), "ds*cos(s)*x"),
    "third order": (lambda: cf.formula("sum(x.^4)").hessian("x").derivative("x"), "24*diag(dx.*x)"),
    "symmetric": (lambda: cf.formula("tr(A*X)", "X in Sym(n)").grad("X"), "(A + A')/2"),
    "symmetric, free": (
        lambda: cf.formula("tr(A*X)", "X in Sym(n)").grad("X", symmetric="free"), "A + A' - diag(diag(A))"),
    "positive definite": (lambda: cf.formula("logdet(X)", "X in PD(n)").grad("X"), "X^-1"),
    "diagonal": (lambda: cf.formula("tr(A*X)", "X in Diag(n)").grad("X"), "diag(diag(A))"),
    "lower": (lambda: cf.formula("tr(A'*X)", "X in Lower(n)").grad("X"), "tril(A)"),
    "skew": (lambda: cf.formula("tr(A'*X)", "X in Skew(n)").grad("X"), "(A - A')/2"),
    "orthogonal": (lambda: cf.formula("tr(A*X)", "X in Orth(n)").grad("X"), "A'"),
    "orthogonal in a product": (lambda: cf.formula("tr(A*X'*X)", "X in Orth(n)").grad("X"), "X*(A + A')"),
    "diagonal Hessian": (lambda: cf.formula("tr(A*X*X)", "X in Diag(n)").hessian("X"), "diag(diag(dX1*(A + A')))"),
    "lower Hessian": (lambda: cf.formula("tr(X'*X)", "X in Lower(n)").hessian("X"), "2*dX1"),
    "family": (lambda: cf.formula("sum(i, (a[i]'*x - b[i])^2)").grad("x"), "2*a'*(a*x - b)"),
    "abstract function": (lambda: cf.formula("f(A*x + b)", "f: R^n -> R").grad("x"), "A'*grad[f](A*x + b)"),
}  # fmt: skip


@pytest.mark.parametrize(("ask", "text"), GIVEN.values(), ids=GIVEN.keys())
def test_answers(ask: object, text: str) -> None:
    assert callable(ask)
    answer = ask()
    assert answer.text == text
    assert answer.check().level in CERTIFIED
    back = cf.formula(answer.text, where=answer.where)
    assert back._node is answer._node


def test_notes_say_which_convention_was_taken() -> None:
    said = {
        "X in Sym(n)": "the gradient is the one in the space of symmetric matrices",
        "X in Lower(n)": "the gradient is the one in the space of lower triangular matrices",
        "X in Orth(n)": "the gradient by X is the one in the ambient space: X varies freely, and that it "
        "is orthogonal only shortens the answer",
    }
    for where, note in said.items():
        assert note in cf.formula("tr(A*X)", where).grad("X").assumed
    turned = cf.formula("A*x").jacobian("x", layout="denominator")
    assert "denominator layout: the transpose of the Jacobian" in turned.assumed


def test_gradients_by_every_variable() -> None:
    g = cf.formula("y'*A*x + s*x'*x", "s in R").grad()
    assert {name: one.text for name, one in g.items()} == {
        "y": "A*x", "A": "y*x'", "x": "A'*y + 2*s*x", "s": "x'*x",
    }  # fmt: skip
    assert all(one.check().ok for one in g.values())
    assert list(cf.formula("y'*x", "y in {-1,1}^n").grad()) == ["x"]


def test_blocks_of_a_hessian() -> None:
    blocks = cf.formula("x'*A*y + s*x'*x", "s in R").hessians("x", "y", "s")
    assert len(blocks) == 9
    assert blocks["x", "x"].text == "2*s*eye(n)"
    assert (blocks["x", "y"].text, blocks["y", "x"].text) == ("A", "A'")
    assert blocks["s", "s"].text == "0"
    assert all(block.check().ok for block in blocks.values())


def test_block_hessians_without_names_are_by_all() -> None:
    f = cf.formula("x'*y + s*x'*x", "s in R")
    assert {pair: g.text for pair, g in f.hessians().items()} == {
        pair: g.text for pair, g in f.hessians("x", "y", "s").items()
    }


def test_the_forms_of_a_linear_map() -> None:
    D = cf.formula("X^2*A*X").derivative("X")
    values = {"X": X, "A": DX @ X}
    assert D.direction == "dX"
    moved = D(dX=DX, **values)
    array = D.array(**values)
    assert array.shape == (3, 3, 3, 3)
    assert np.allclose(np.einsum("ijkl,kl->ij", array, DX), moved)
    kron = D.kron(**values)
    assert np.allclose((kron @ DX.T.ravel()).reshape(3, 3).T, moved)
    step = 1e-6
    f = cf.formula("X^2*A*X")
    slope = (f(X=X + step * DX, A=values["A"]) - f(X=X - step * DX, A=values["A"])) / (2 * step)
    assert np.allclose(slope, moved, rtol=1e-7)


def test_the_kronecker_form_of_a_rectangular_transpose() -> None:
    D = cf.formula("A*X'*B").derivative("X")
    rng = np.random.default_rng(3)
    A, B, V = rng.normal(size=(2, 4)), rng.normal(size=(3, 5)), rng.normal(size=(3, 4))
    values = {"A": A, "B": B}
    assert np.allclose((D.kron(**values) @ V.T.ravel()).reshape(5, 2).T, A @ V.T @ B)


def test_substitution() -> None:
    f = cf.formula("x'*x")
    assert f.substitute(x="A*z - b").text == "||A*z - b||^2"
    assert f.substitute(x="A*z - b").grad("z").text == "2*A'*(A*z - b)"
    assert cf.formula("x'*A*x").substitute(A=cf.formula("B'*B")).grad("x").text == "2*B'*B*x"
    assert cf.formula("s^2*x'*x", "s in R").substitute(s=3).grad("x").text == "18*x"
    assert cf.formula("x'*S*x", "S in Sym(n)").substitute(x="y").grad("y").text == "2*S*y"
    assert cf.formula("lam*x").substitute(lam="mu^2").simplify().text == "mu^2*x"


def test_substitution_keeps_what_a_size_means() -> None:
    f = cf.formula("1/n*sum(x)", "x in R^n")
    g = f.substitute(x="A*y")
    A, y = np.arange(6.0).reshape(3, 2), np.array([1.0, 2.0])
    assert g(A=A, y=y) == pytest.approx(np.mean(A @ y))
    assert g.grad("y").check().ok


def test_equality_is_that_of_normal_forms() -> None:
    sizes = "A in R^(m×n), B in R^(n×m)"
    assert cf.formula("x'*A*x") == cf.formula("x'*A'*x")
    assert cf.formula("tr(A*B)", sizes) == cf.formula("tr(B*A)", sizes)
    assert cf.formula("x'*A*x") != cf.formula("x'*A*x + 1")
    assert (cf.formula("x'*x") == 3) is False


def test_a_wrong_answer_is_not_certified() -> None:
    from dataclasses import replace

    from closedform.check.certify import certify

    claim = cf.formula("x'*A*x").grad("x").claim()
    assert certify(claim).ok
    assert not certify(replace(claim, answer=cf.formula("2*A*x", "A in R^(n×n)")._raw)).ok


REFUSED = {
    "gradient of a vector": (
        lambda: cf.formula("A*x").grad("x"), cf.ShapeError,
        "a gradient is of a scalar; this is a vector (m×1): ask for the Jacobian or the derivative"),
    "Jacobian of a matrix": (
        lambda: cf.formula("X*X").jacobian("X"), cf.ShapeError,
        "a Jacobian is of a vector by a vector; this is n×n by n×n: ask for the derivative, which is a linear map"),
    "unknown variable": (
        lambda: cf.formula("A*x").jacobian("q"), cf.DeclarationError,
        "there is no variable q in this formula; it has A, x"),
    "unknown variable replaced": (
        lambda: cf.formula("x'*x").substitute(q="z"), cf.DeclarationError,
        "there is no variable q in this formula; it has x"),
    "discrete variable": (
        lambda: cf.formula("y'*x", "y in {-1,1}^n").grad("y"), cf.DeclarationError,
        "y is in {-1, 1}: there is no derivative by it"),
    "layout": (
        lambda: cf.formula("A*x").jacobian("x", layout="odd"), cf.ClosedformError,
        'layout is "numerator" or "denominator"'),
    "convention": (
        lambda: cf.formula("tr(A*X)").grad("X", symmetric="odd"), cf.ClosedformError,
        'symmetric is "projected" or "free"'),
    "certificate of what was typed": (
        lambda: cf.formula("x'*x").check(), cf.ClosedformError,
        "this formula was typed; a certificate is for a derivative"),
    "no string": (lambda: cf.formula(3), cf.ClosedformError, "a formula is a string, or a function; this is a int"),
    "matrix power by its exponent": (
        lambda: cf.formula("tr(A^k)", "k in R").grad("k"), cf.MissingRule,
        "the derivative of a matrix power by its exponent is not known to this library"),
}  # fmt: skip


@pytest.mark.parametrize(("ask", "kind", "words"), REFUSED.values(), ids=REFUSED.keys())
def test_refusals(ask: object, kind: type[cf.ClosedformError], words: str) -> None:
    assert callable(ask)
    with pytest.raises(kind) as found:
        ask()
    assert found.value.message == words
