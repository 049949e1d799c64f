"""Answers for stacked columns or rows, and how a verdict is printed."""

import numpy as np
import pytest

import closedform as cf
from closedform.answers.instance import instance


@pytest.mark.parametrize(
    ("function", "answer", "words"),
    [
        ("A*X*B", "kron(B', A)", "columns stacked"),
        ("A*X*B", "kron(A, B')", "rows stacked"),
        ("A*X*B", "kron(B, A')", "columns stacked (the Kronecker form), of the map in dX, transposed"),
        ("X*x", "kron(x', I)", "columns stacked"),
        ("X'", "comm(m, n)", "columns stacked"),
        ("tr(A*X)", "vec(A')", "columns stacked into one vector"),
        ("tr(A*X)", "vec(A)", "rows stacked into one vector"),
        ("tr(A*X)", "vec(A')'", "columns stacked into one vector"),
    ],
)
def test_the_matrix_of_vec_is_a_convention(function: str, answer: str, words: str) -> None:
    where = "X in R^(m×n)" if function == "X'" else None
    verdict = cf.check(function, answer, where, by="X")
    assert verdict.kind == "convention"
    assert words in verdict.remark


def test_the_kronecker_form_is_the_one_numpy_has() -> None:
    rng = np.random.default_rng(3)
    A, X, B = rng.normal(size=(2, 3)), rng.normal(size=(3, 4)), rng.normal(size=(4, 5))
    columns, rows = np.kron(B.T, A) @ X.ravel("F"), np.kron(A, B.T) @ X.ravel()
    assert np.allclose(columns, (A @ X @ B).ravel("F"))
    assert np.allclose(rows, (A @ X @ B).ravel())


@pytest.mark.parametrize("answer", ["2*kron(B', A)", "kron(B', A) + kron(B', A)*comm(n, k)"])
def test_a_wrong_matrix_of_vec_is_wrong(answer: str) -> None:
    verdict = cf.check("A*X*B", answer, "X in R^(n×k), A in R^(m×n), B in R^(k×p)", by="X")
    assert verdict.kind == "wrong"
    assert verdict.kron is not None
    assert verdict.kron.text == "kron(B', A)"


def test_a_verdict_prints_a_table() -> None:
    text = str(cf.check("x'*A*x", "3*A*x + sin(x)", by="x"))
    assert "Wrong: this is not the gradient by x." in text
    assert "[['" not in text
    line = next(line for line in text.splitlines() if line.startswith("for instance"))
    assert "A = " in line
    assert "x = " in line
    assert "your answer is" in text
    assert max(map(len, text.splitlines())) <= 80


@pytest.mark.parametrize("room", [40, 67])
def test_no_line_of_a_table_is_too_wide(room: int) -> None:
    matrix = [["-3.00000000000", "2.5", "1"] for _ in range(3)]
    found = {"point": {"A": matrix, "B": matrix, "C": matrix, "x": [["1"]]}, "claimed": matrix, "true": [["2"]]}
    lines = instance(found, ("your answer is", "right is"), room)
    assert lines
    assert max(map(len, lines)) <= room
    assert sum("-3" in line for line in lines) >= 3


def test_formulas_are_taken_as_well_as_texts() -> None:
    f = cf.formula("1/2*||A*x - b||^2")
    assert cf.check(f, f.grad("x"), by="x").right
    assert cf.equal(f.grad("x"), "A'*A*x - A'*b").right
    assert cf.check(r"\mathrm{tr}(\Sigma X)", r"\Sigma^\top", by="X").right
    assert cf.formula(r"\mathrm{tr}(\Sigma X)").grad(r"\Sigma").text == "X'"
