"""Equations: what is set to zero, what solves it, and lines that can only be read with others."""

import pytest

from closedform.judging import judge

OPTIMUM = "f(x) = 1/2 x'Ax - b'x, A symmetric\ngrad f = Ax - b\n"
LEAST_SQUARES = r"$f(w) = \|Xw-y\|^2$. Then $\nabla f = 2X^T(Xw-y)$. Setting the gradient to zero: $X^TXw = X^Ty$, so "


@pytest.mark.parametrize(
    "text",
    [
        OPTIMUM + "x = A^-1 b",
        OPTIMUM + "Setting the gradient to zero: A x = b\nx = A^-1 b",
        OPTIMUM + "0 = A x - b\nx = A^-1 b",
        OPTIMUM + "so A x = b, thus x* = A^-1 b\nf(x*) = -1/2 b'A^-1 b",
        "f(w) = w'X'Xw - 2y'Xw + y'y\ngrad f(w) = 2X^TXw - 2X^Ty\n"
        "Setting this to zero gives\nX^TXw = X^Ty\nw = (X^TX)^{-1}X^Ty",
        LEAST_SQUARES + r"$\hat{w} = (X^TX)^{-1}X^Ty$.",
        LEAST_SQUARES + r"$w^* = (X^TX)^{-1}X^Ty$.",
    ],
)
def test_solutions_are_put_into_the_equation(text: str) -> None:
    found = judge(text)
    assert found.verdict == "right", found.text


@pytest.mark.parametrize(
    ("text", "line", "right"),
    [
        (OPTIMUM + "x = A b", 3, "A^-1*b"),
        (OPTIMUM + "0 = A x + b", 3, ""),
        (OPTIMUM + "Setting this to zero: A x = 2*b", 3, "b"),
        (LEAST_SQUARES + r"$\hat{w} = 5(X^TX)^{-1}X^Ty$.", 1, r"(X^{\top} X)^{-1} X^{\top} y"),
        (LEAST_SQUARES + r"$w^* = (XX^T)^{-1}X^Ty$.", 1, ""),
        ("f = x'Ax - 2b'x, A symmetric\ngrad f = 2Ax - 2b = 0\nx = 2*A^-1 b", 3, "A^-1*b"),
    ],
)
def test_what_does_not_solve_the_equation_is_wrong(text: str, line: int, right: str) -> None:
    step = judge(text).first_wrong
    assert step is not None, judge(text).text
    assert step.line == line
    assert not right or step.right_line == right


def test_a_solution_of_a_wrong_equation_follows_from_it() -> None:
    found = judge("f(x) = 1/2 x'Ax - b'x, A symmetric\ngrad f = Ax + b\nx = -A^-1 b")
    assert [s.status for s in found.steps] == ["given", "wrong", "follows"]


@pytest.mark.parametrize("name", ["hess f", "Hess f", "∇²f", "H"])
def test_hessians(name: str) -> None:
    start = "f = x'Ax\ngrad f = (A + A')x\n"
    assert judge(f"{start}{name} = A + A'").verdict == "right"
    assert judge(f"{start}{name} = 2A").first_wrong is not None


def test_the_hessian_stays_bound() -> None:
    start = "f(x) = 1/2*x'*A*x - b'*x, A symmetric\ngrad f = A*x - b\nH = A\nx - H^-1 grad f = x - A^-1*(A*x - b)\n = "
    assert judge(start + "A^-1*b").verdict == "right"
    step = judge(start + "-A^-1*b").first_wrong
    assert step is not None and (step.line, step.slip) == (5, "sign")


@pytest.mark.parametrize("said", ["with 1'*y = 1\ndL/dz = ", "with 1' y = 1\ndL/dz = "])
def test_ones_before_a_vector(said: str) -> None:
    start = f"L = -y' log(p), p = softmax(z), {said}"
    assert judge(start + "p - y").verdict == "right"
    step = judge(start + "y - p").first_wrong
    assert step is not None and (step.line, step.slip, step.right_line) == (2, "sign", "p - y")


@pytest.mark.parametrize("reason", ["since sum(y) = 1", "because 1'y = 1", "as 1'*y = 1"])
def test_reasons_after_a_step(reason: str) -> None:
    start = "L = -y'*log(p), p = softmax(z)\ndL/dz = p - y"
    assert judge(f"{start} {reason}").verdict == "right"
    assert judge(start).verdict == "wrong"


def test_a_reason_that_is_false_is_wrong() -> None:
    step = judge("f = x'*A*x\ndf = 2*x'*A*dx since x'*A*dx = x'*A'*dx").first_wrong
    assert step is not None and step.line == 2


def test_labels() -> None:
    found = judge("f = x'Ax\ngradient: 2Ax\nhessian: A + A'")
    assert [s.status for s in found.steps] == ["given", "wrong", "right"]


def test_the_transpose_of_a_product_is_written_out() -> None:
    step = judge("L = 1/2*||W*x - t||^2\ndL/dW = x*(W*x - t)'").first_wrong
    assert step is not None and step.right_line == "(W*x - t)*x'"


def test_a_line_that_cannot_be_read_is_named_and_others_are_judged() -> None:
    found = judge("f = tr(A*X\ngrad f = A'\nLet g = tr(B*X)\ngrad g = B'")
    assert [(s.line, s.status) for s in found.steps] == [
        (1, "undecided"), (2, "undecided"), (3, "given"), (4, "right"),
    ]  # fmt: skip
    assert "never closed" in found.steps[0].reason
    assert "frobnicate" in judge("f = frobnicate(x)\n∇f = x").text


def test_a_number_after_a_bracket() -> None:
    assert judge(r"$f = (x^TAx)^2$ with $A$ symmetric. $\nabla f = 2 (x^TAx) 2Ax$").verdict == "right"


def test_a_gradient_is_by_the_argument_that_is_named() -> None:
    text = r"Let $\ell(\mu) = -\frac12 (x-\mu)^T S (x-\mu)$ with $S$ symmetric, $\mu \in \mathbb{R}^n$. $\nabla\ell = "
    right = judge(text + r"S(x-\mu) = 0$, so $\mu_{ML} = x$.")
    assert right.verdict == "right", right.text
    step = judge(text + r"S(x-\mu) = 0$, so $\mu_{ML} = 2x$.").first_wrong
    assert step is not None and (step.slip, step.right_line) == ("factor", "x")


def test_a_function_of_the_same_name() -> None:
    text = "f = f(A*x), f: R^m -> R\ngrad f = "
    assert judge(text + "A'*∇f(A*x)").verdict == "right"
    assert judge(text + "A*∇f(A*x)").verdict == "wrong"


def test_how_it_prints() -> None:
    found = judge("f = 1/2*sum(i, (x[i]'*w - y[i])^2), x[i] in R^n for i = 1..m\n∇_w f = sum(i, (x[i]'*w - y[i])*w)")
    assert str(found) == found.text and repr(found) == "<Judgement wrong in line 2>"
    assert "x is the matrix with the rows x[i]" in found.text
    assert "A ∈ ℝ^(n×n)" in judge("f = x'*A*x, A symmetric\n∇f = 2*A*x").text
