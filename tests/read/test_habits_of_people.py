"""What people type without thinking of the language, and the reading that it has."""


import pytest
from timing import seconds

from closedform.errors import ClosedformError, LimitError
from closedform.formula import formula

SAME = [  # typed, meant, declarations of what is meant, a note
    ("log det(X)", "logdet(X)", "", "log det(X) is read as logdet(X)."),
    ("log det X + tr(X)", "logdet(X) + tr(X)", "", "log det X is read as logdet(X)."),
    ("log|X|", "log(det(X))", "", "|X| is read as the determinant of X."),
    ("sum(log|A*x|)", "sum(log(abs(A*x)))", "", "log|A*x| is read as log(|A*x|)."),
    ("log||x||", "log(norm(x))", "", "log||x|| is read as log(||x||)."),
    ("lambda (1 - sum(x))", "lam*(1 - sum(x))", "", "lambda(…) is read as a product."),
    ("sum(e^x)", "sum(exp(x))", "", "e^… is read as exp(…)."),
    ("tr(AXBX^T)", "tr(A*X*B*X')", "", "AXBX is read as A*X*B*X."),
    ("1/2||A*x-b||^2", "1/2*||A*x-b||^2", "", "What follows /2 is not divided by."),
    ("$$f(x) = x^TAx + b^Tx + c$$", "x'*A*x + b'*x + c", "c in R",
     "What stands right of the sign = is read: x^TAx + b^Tx + c."),
    (r"\[x^\top A x\]", "x'*A*x", "", "x ∈ ℝⁿ"),
    ("1/n*||X*w - y||^2", "1/n*||X*w - y||^2", "X in R^(n×m)", "n is the number of rows of X"),
    (r"\frac{1}{2n}\|Xw - y\|^2", "1/(2*n)*||X*w - y||^2", "X in R^(n×m)", "n is the number of rows of X"),
    ("(X*w - y)'*(X*w - y)/n", "(X*w - y)'*(X*w - y)/n", "X in R^(n×m)", "n is the number of rows of X"),
    ("1/n*sum(log(1+exp(-y.*(X*w))))", "1/n*sum(log(1+exp(-y.*(X*w))))", "y in R^n", "n is the length of y"),
    (r"(x-\mu)^\top\Sigma^{-1}(x-\mu)", "(x-mu)'*Sigma^-1*(x-mu)", "mu in R^n", "mu ∈ ℝⁿ"),
    ("||x - mu||^2", "||x - mu||^2", "mu in R^n", "mu ∈ ℝⁿ"),
    (r"a^\top(x + \boldsymbol{\mu})", "a'*(x + mu)", "mu in R^n", "mu ∈ ℝⁿ"),
    ("sum((x - mu).^2)", "sum((x - mu).^2)", "mu in R", "mu is a number, subtracted from every entry of x."),
]


@pytest.mark.parametrize(("typed", "meant", "where", "note"), SAME, ids=[c[0] for c in SAME])
def test_read_as_meant(typed: str, meant: str, where: str, note: str) -> None:
    found = formula(typed)
    assert formula(found.text, found.where)._node is formula(meant, where or found.where)._node
    assert note in found.assumed


PLAIN = {
    "Q symmetric": "Q in Sym(n)", "Q is symmetric": "Q in Sym(n)", "Q = Q'": "Q in Sym(n)", "Q^T = Q": "Q in Sym(n)",
    "Q is skew-symmetric": "Q in Skew(n)", "Q = -Q'": "Q in Skew(n)", "Q diagonal": "Q in Diag(n)",
    "Q is an orthogonal matrix": "Q in Orth(n)", "Q'*Q = I": "Q in Orth(n)", "Q positive definite": "Q in PD(n)",
    "Q is positive semidefinite": "Q in PSD(n)", "Q lower triangular": "Q in Lower(n)",
    "Q is upper triangular": "Q in Upper(n)", "Q invertible": "Q in Inv(n)", "Q square": "Q in R^(n×n)",
}  # fmt: skip


@pytest.mark.parametrize(("said", "declared"), PLAIN.items())
def test_properties_in_plain_words(said: str, declared: str) -> None:
    assert formula("x'*Q*x", said).where == formula("x'*Q*x", declared + ", x in R^n").where.replace(
        declared + ", x in R^n", "x in R^n, " + declared
    )


def test_plain_words_of_several_names_and_of_numbers() -> None:
    assert formula("A*B", "A, B symmetric").grad is not None
    assert "A in Sym(n)" in formula("A*B", "A, B symmetric").where
    assert formula("sum(log(x))", "x positive").where == formula("sum(log(x))", "x > 0").where
    with pytest.raises(ClosedformError, match="not square"):
        formula("Q*x", "Q in R^(2×3), Q symmetric")


def test_properties_in_latex() -> None:
    for where in (r"Q^\top = Q", "Q symmetric"):
        assert formula(r"x^\top Q x", where).grad("x").text == "2*Q*x"
    assert formula(r"x^\top Q x \text{ where } Q \text{ is symmetric}").grad("x").text == "2*Q*x"


@pytest.mark.parametrize(("opening", "closing"), [("x^{", "}"), ("x^(", ")")])
def test_a_tower_of_exponents_is_refused_at_once(opening: str, closing: str) -> None:
    def ask() -> None:
        with pytest.raises(LimitError, match="limit: exponents"):
            formula(opening * 3000 + "x" + closing * 3000)

    assert seconds(ask, 2) < 2


def test_a_tower_of_indices_with_marks_is_refused_at_once() -> None:
    def ask() -> None:
        with pytest.raises(ClosedformError):
            formula("x_{" * 2000 + "x" + "}^l" * 2000)

    assert seconds(ask, 2) < 2


@pytest.mark.parametrize("text", ["W2*tanh(W1*x + b1) + b2", "W1*x + W_1*x", "x1*x[1]*x", "alpha1*x12", "dX1 + X1"])
def test_a_letter_with_a_number_reads_back_from_latex(text: str) -> None:
    where = {"x1*x[1]*x": "x1 in R, x in R^n", "W1*x + W_1*x": "W1 in R^(m×n), W_1 in R^(m×n)"}.get(text)
    found = formula(text, where)
    assert formula(found.latex, found.where, "latex")._raw is formula(found.text, found.where)._raw
    assert ("mathrm" in found.latex) == ("W_1" in text)


def test_arguments_stand_as_they_were_typed() -> None:
    f = formula("1/2*||A*x - b||^2 + lam*||x||^2")
    assert f.grad("x").variables == f.variables == ["A", "x", "b", "lam"]
    assert f.grad("x").code().startswith("def f(A, x, b, lam):")
    slope = f.hessian("x").compile()
    assert slope.arguments == ("A", "lam")
    assert slope(A=[[1.0, 2.0]], lam=0.5, x=[9.0, 9.0], b=[7.0]).tolist() == [[2.0, 2.0], [2.0, 5.0]]
    assert len(repr(slope)) < 120
