"""Functions of one matrix commute with it: one order, in products, scalar chains, diagonals and traces."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

import closedform as cf
from closedform.rewrite.normal.normal import normal
from closedform.rewrite.steps import recorded

ZERO = [
    ("expm(t*A)*A", "A*expm(t*A)"),
    ("expm(t*A)*A^2*expm(-A)", "A*expm(t*A - A)*A"),
    ("tr(A*B*expm(A))", "tr(expm(A)*A*B)"),
    ("tr(expm(A)*B*A)", "tr(A*expm(A)*B)"),
    ("tr(A*B*expm(A)*A)", "tr(A^2*expm(A)*B)"),
    ("x'*A*expm(A)*y", "y'*expm(A')*A'*x"),
    ("x'*expm(A)*A^2*y", "y'*A'*expm(A')*A'*x"),
    ("diag(A*expm(A))", "diag(expm(A')*A')"),
    ("expm(A)*expm(-A)", "eye(n)"),
    ("sqrtm(A)*A", "A*sqrtm(A)"),
    ("expm_frechet(A, B)'", "expm_frechet(A', B')"),
    ("det(expm(A))", "exp(tr(A))"),
]
SIZES = "A in R^(n×n), B in R^(n×n), x in R^n, y in R^n, t in R"


@pytest.mark.parametrize(("first", "second"), ZERO)
def test_what_commutes_is_one(first: str, second: str) -> None:
    assert cf.formula(f"{first} - ({second})", SIZES).simplify().text in ("0", "zeros(n)", "zeros(n,n)")
    assert cf.equal(first, second, SIZES).right


APART = ["expm(A)*B - B*expm(A)", "expm(A + B)*A - A*expm(A + B)", "expm(A)*expm(B) - expm(A + B)"]


@pytest.mark.parametrize("text", APART)
def test_what_does_not_commute_is_kept_apart(text: str) -> None:
    assert "zeros" not in cf.formula(text, SIZES).simplify().text


FACTORS = ["A", "expm(A)", "B", "expm(t*A')", "sqrtm(A)"]


@pytest.mark.parametrize("around", ["tr({})", "x'*{}*y", "diag({})", "{}"])
def test_normal_forms_are_normal_and_have_the_same_value(around: str) -> None:
    """Every order of some factors: the normal form made anew is itself, and has the value of what was typed."""
    rng = np.random.default_rng(4)
    square = {name: rng.normal(size=(3, 3)) / 2 for name in "AB"}
    square["A"] = square["A"] @ square["A"].T + np.eye(3) + np.triu(square["A"]) / 9
    data = {**square, "x": rng.normal(size=3), "y": rng.normal(size=3), "t": 0.3}
    for chosen in itertools.permutations(FACTORS, 3):
        f = cf.formula(around.format("*".join(chosen)), SIZES)
        with recorded():
            assert normal(f._node) is f._node
        given = {k: v for k, v in data.items() if k in f.variables}
        short = cf.Formula(f._reading, f._node)
        assert np.allclose(f(given), short(given), rtol=1e-9)


SHORT = [
    ("||expm(t*A)*x - y||^2", "t", "2*(expm(t*A)*x - y)'*A*expm(t*A)*x"),
    ("||expm(t*A)*x - y||^2", "A", "2*t*expm_frechet(t*A', (expm(t*A)*x - y)*x')"),
    ("log(prod(x))", "x", "1./x"),
    ("sum(p.*log(p)) where p = softmax(x)", "x", "softmax(x).*(x - x'*softmax(x))"),
    ("||relu(x)||^2", "x", "2*relu(x)"),
    ("sum(x.^2.*step(x)/2 + x.*relu(x))", "x", None),
    ("sum(log(diag(chol(P))))", "P", "P^-1/2"),
    ("sum(log(eigvals(P)))", "P", "P^-1"),
    ("prod(i, w[i]^(x[i]))", "w", "prod(w.^x)*x./w"),
]


@pytest.mark.parametrize(("text", "by", "answer"), SHORT)
def test_gradients_as_short_as_in_books(text: str, by: str, answer: str | None) -> None:
    where = {"P": "P in PD(n)", "x": "x in R^n"}.get(by)
    g = cf.formula(text, where).grad(by)
    assert answer is None or g.text == answer
    assert g.check().ok


ENTRIES = [
    ("x.*prod_others(x)", "prod(x)*ones(n)"),
    ("x'*prod_others(x)", "n*prod(x)"),
    ("sum(softmax(x))", "1"),
    ("step(x).*relu(x)", "relu(x)"),
    ("x.*step(x)", "relu(x)"),
    ("prod_others(x)/prod(x)", "1./x"),
]


@pytest.mark.parametrize(("text", "short"), ENTRIES)
def test_entries_put_together(text: str, short: str) -> None:
    f = cf.formula(text, "x in R^n")
    assert f.simplify().text == short
    assert cf.equal(text, short, "x in R^n").right
    x = np.array([0.5, -2.0, 3.0])
    value = f.simplify()
    want = f({"x": x, "n": 3} if "n" in f.variables else {"x": x})
    assert np.allclose(value({k: v for k, v in {"x": x, "n": 3}.items() if k in value.variables}), want)


def test_products_of_all_but_one_keep_their_value_at_zeros() -> None:
    x = np.array([2.0, 0.0, 3.0])
    for text in ("x.*prod_others(x)", "x'*prod_others(x)", "prod(x)^2*sum(prod_others(x))"):
        f = cf.formula(text, "x in R^n")
        short = f.simplify()
        given = {k: v for k, v in {"x": x, "n": 3}.items() if k in short.variables}
        assert np.allclose(short(given), f({"x": x}))
    assert cf.formula("prod(x)", "x in R^n").grad("x")(x=x).tolist() == [0.0, 6.0, 0.0]


def test_the_determinant_of_a_singular_matrix_keeps_its_gradient() -> None:
    f = cf.formula("det(X)^(n + 1)*y'*adj(X)*y", "X in R^(n×n), y in R^n")
    assert "X^-1" not in f.simplify().text
