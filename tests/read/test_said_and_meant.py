"""What a newcomer types and means otherwise: read as it is meant with a note, or refused by name with a mend."""

from __future__ import annotations

import numpy as np
import pytest

import closedform as cf
from closedform.errors import ClosedformError
from closedform.read.read import read

X = np.array([[1.0, -2.0, 0.5], [3.0, 0.25, -1.0]])


@pytest.mark.parametrize("typed", ["1'*X*v", "1ᵀX v", "1^T*X*v"])
def test_a_transposed_one_is_the_vector_of_ones(typed: str) -> None:
    v = np.array([2.0, -1.0, 4.0])
    f = cf.formula(typed, "X in R^(m×n), v in R^n")
    assert float(f(X=X, v=v)) == pytest.approx((X @ v).sum())
    assert "1' is read as the transpose of the vector of ones." in f.assumed
    assert f.grad("v")(X=X, v=v) == pytest.approx(X.sum(axis=0))


@pytest.mark.parametrize("typed", ["X*1", "x'*1", "1*1'"])
def test_a_one_that_may_be_a_vector_is_asked_about(typed: str) -> None:
    with pytest.raises(ClosedformError, match="1 may be the number or the vector of ones") as caught:
        read(typed)
    assert "ones(n)" in str(caught.value)


@pytest.mark.parametrize("where", ["W'*W = I, W in R^(n×k)", "W in R^(n×k), W'*W = I", "W in Stiefel(n,k)"])
def test_orthonormal_columns_say_what_to_leave_out(where: str) -> None:
    with pytest.raises(ClosedformError) as caught:
        read("tr(W'*A*W)", where)
    assert "the gradient is then the one in the ambient space" in str(caught.value)


def test_a_positive_matrix_is_said_to_be_read_entry_by_entry() -> None:
    assert any("A in PD(n)" in note and "every entry" in note for note in read("tr(A)", "A > 0").assumed)
    assert any("A in PSD(n)" in note for note in read("tr(A)", "A >= 0").assumed)
    assert not any("every entry" in note for note in read("sum(x)", "x > 0").assumed)


def test_families_inside_softmax_are_found() -> None:
    f = cf.formula("1/n*sum(i, logsumexp(W*x[i]) - y[i]'*W*x[i])")
    rng = np.random.default_rng(7)
    W, x, y = rng.standard_normal((3, 2)), rng.standard_normal((5, 2)), rng.standard_normal((5, 3))
    z = x @ W.T
    by_hand = (np.log(np.exp(z).sum(axis=1)) - (y * z).sum(axis=1)).mean()
    assert float(f(W=W, x=x, y=y)) == pytest.approx(by_hand)


@pytest.mark.parametrize("where", ["A in R^(3x4)", "A in R^(m×n)"])
def test_a_quadratic_form_of_a_rectangle_names_the_sizes(where: str) -> None:
    with pytest.raises(ClosedformError, match="inner sizes"):
        read("x'*A*x", where)


@pytest.mark.parametrize(
    ("formula", "where", "mend"),
    [
        ("x'*A*x", "A symetric", "Did you mean A symmetric?"),
        ("x'*A*x", "A in sym(n)", "Did you mean Sym(n)?"),
        ("x'*A*x", "A in SPD(k+1)", "Did you mean PD(k+1)?"),
        ("A\\b", "", "For the solution of A*x = b write A^-1*b."),
        ("log p(x)", "", "Write log(p(x))."),
        ("1½*x'*x", "", "Write 3/2."),
        ("log(x'*x + eps)", "", "eps in R (a number)"),
        ("loss(x)", "", "loss: R^n -> R"),
        ("(1 - tanh(W*x).^2).*W", "W in R^(m×n), x in R^n", "To scale the rows write diag(1 - tanh(W*x).^2)*W."),
        ("W.*x", "W in R^(m×n), x in R^n", "To scale the columns write W*diag(x)."),
    ],
)
def test_mends(formula: str, where: str, mend: str) -> None:
    with pytest.raises(ClosedformError) as caught:
        cf.formula(formula, where, "auto")
    assert mend in str(caught.value)


def test_the_fractions_that_pages_print_are_read() -> None:
    assert float(cf.formula("½ x'*x")(x=[3.0, 1.0])) == 5.0
    assert float(cf.formula("s^½ + ¾", "s > ½")(s=4.0)) == 2.75


@pytest.mark.parametrize(
    ("typed", "p"), [("||x||_3", 3), ("||x||_5", 5), ("norm(x, 3)", 3), ("norm(x, 1)", 1), ("norm(x, 2)", 2)]
)
def test_norms_of_any_order(typed: str, p: int) -> None:
    x = np.array([1.5, -2.0, 0.25])
    f = cf.formula(typed)
    assert float(f(x=x)) == pytest.approx(np.linalg.norm(x, p))
    assert float(cf.formula(f.text, f.where)(x=x)) == pytest.approx(np.linalg.norm(x, p))
