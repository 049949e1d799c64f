r"""What LaTeX shows beyond habit: formulas of numbers, entries counted from 0, constraints, derivatives on the left."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import closedform as cf
from closedform.errors import ClosedformError, ShapeError
from closedform.read.read import read

jax.config.update("jax_enable_x64", True)


@pytest.mark.parametrize(
    ("latex", "assumed"),
    [
        (r"2k + n\ln\left(\frac{R}{n}\right)", ("k ∈ ℝ", "n ∈ ℝ", "R ∈ ℝ")),
        (r"\beta m + (1-\beta) g", ("beta ∈ ℝ", "m ∈ ℝⁿ", "g ∈ ℝⁿ")),
        (r"-J\sum_{i=1}^{N-1} \sigma_i \sigma_{i+1} - h\sum_i \sigma_i", ("J ∈ ℝ", "sigma ∈ ℝ^N", "h ∈ ℝ")),
        (r"\frac{q_1 q_2}{\|r_1 - r_2\|^2}", ("q_1 ∈ ℝ", "q_2 ∈ ℝ", "r_1 ∈ ℝⁿ", "r_2 ∈ ℝⁿ")),
        (r"\sum_i e^{-\beta E_i}", ("beta ∈ ℝ", "E ∈ ℝⁿ")),
        (r"\mu + L(x - \nu)", ("mu ∈ ℝⁿ", "L ∈ ℝ^(n×m)", "x ∈ ℝᵐ", "nu ∈ ℝᵐ")),
        (r"\|y - X\beta\|_2^2 + \|\beta\|_1", ("y ∈ ℝⁿ", "X ∈ ℝ^(n×m)", "beta ∈ ℝᵐ")),
    ],
)
def test_kinds_that_are_shown(latex: str, assumed: tuple[str, ...]) -> None:
    assert read(latex, None, "latex").assumed[: len(assumed)] == assumed


rng = np.random.default_rng(31)
STATES, INPUTS = rng.normal(size=(5, 3)), rng.normal(size=(4, 2))
Q, P, A = (rng.normal(size=(3, 3)) for _ in range(3))
R = rng.normal(size=(2, 2))


@pytest.mark.parametrize(
    ("latex", "point", "truth"),
    [
        (r"x_N^\top P x_N + \sum_{k=0}^{N-1} (x_k^\top Q x_k + u_k^\top R u_k)",
         {"x": STATES, "P": P, "Q": Q, "u": INPUTS, "R": R},
         lambda x, P, Q, u, R: x[4] @ P @ x[4] + sum(x[k] @ Q @ x[k] + u[k] @ R @ u[k] for k in range(4))),
        (r"\|x_0 - a\|^2 + \sum_{k=1}^{N} \|x_k - A x_{k-1}\|^2", {"x": STATES, "a": Q[0], "A": A},
         lambda x, a, A: jnp.sum((x[0] - a) ** 2) + sum(jnp.sum((x[k] - A @ x[k - 1]) ** 2) for k in range(1, 5))),
        (r"x_{T+1}^2 + \sum_{t=1}^{T} t\, x_t^2", {"x": STATES[:, 0]},
         lambda x: x[4] ** 2 + sum((k + 1) * x[k] ** 2 for k in range(4))),
        (r"\sum_{k=0}^{N-1} x_k^\top Q x_k + \sum_{k=1}^{N} x_k^\top P x_k", {"x": STATES, "Q": Q, "P": P},
         lambda x, Q, P: sum(x[k] @ Q @ x[k] + x[k + 1] @ P @ x[k + 1] for k in range(4))),
        (r"\sum_i w_i x_i^2 / \sum_i w_i", {"x": STATES[:, 0], "w": STATES[:, 1] ** 2},
         lambda x, w: jnp.sum(w * x**2) / jnp.sum(w)),
        (r"\sum_i \alpha_i K(x_i, x) + b, \quad \text{where } K(u,v) = e^{-\|u-v\|^2}",
         {"x": STATES[0], "x_all": STATES[1:], "alpha": A[0, 0] + INPUTS[:, 0], "b": 0.3},
         lambda x, x_all, alpha, b: jnp.sum(alpha * jnp.exp(-jnp.sum((x_all - x) ** 2, 1))) + b),
    ],
)  # fmt: skip
def test_value_and_gradient(latex: str, point: dict[str, Any], truth: Any) -> None:
    formula = cf.formula(latex, syntax="latex")
    np.testing.assert_allclose(formula(**point), truth(**point), rtol=1e-10)
    gradient = formula.grad("x")
    found = gradient(**{n: v for n, v in point.items() if n in gradient.variables})
    wanted = jax.grad(lambda x: truth(**(point | {"x": x})))(jnp.asarray(point["x"]))
    np.testing.assert_allclose(found, wanted, rtol=1e-9, atol=1e-11)
    back = cf.formula(gradient.latex, gradient.where, syntax="latex")
    np.testing.assert_allclose(back(**{n: v for n, v in point.items() if n in back.variables}), wanted, rtol=1e-9)


@pytest.mark.parametrize(
    ("latex", "text"),
    [
        (r"\min_x \|Ax-b\|^2 \quad \text{subject to } \|x\| \le 1", "||A*x - b||^2"),
        (r"\min_w F(w) := \|Aw-b\|^2", "||A*w - b||^2"),
        (r"\text{minimize } c^\top x", "c'*x"),
        (r"\nabla_\theta J(\theta) = X^\top (X\theta - y)", "X'*(X*theta - y)"),
        (r"\frac{\partial L}{\partial W} = (Wx - y)x^\top", "(W*x - y)*x'"),
        (r"x^{\mkern-1.5mu\mathsf{T}} A x", "x'*A*x"),
        (r"F P_{k-1|k-1} F^\top", "F*P_km1_km1*F'"),
        (r"\Sigma_{xx}^{-1}\Sigma_{xy}", "Sigma_xx^-1*Sigma_xy"),
    ],
)
def test_what_stands_around_and_below(latex: str, text: str) -> None:
    reading = read(latex, None, "latex")
    assert read(text, reading.where).node is reading.node


@pytest.mark.parametrize(("s", "value"), [(0.0, 1.0), (2.0, 5.0)])
def test_equality_in_cases(s: float, value: float) -> None:
    f = cf.formula(r"\begin{cases} 1 & s = 0 \\ 2s + 1 & s \ne 0 \end{cases}", syntax="latex")
    assert f(s=s) == value


def test_binomials() -> None:
    assert cf.formula(r"\binom{n}{k}", syntax="latex")(n=7.0, k=3.0) == pytest.approx(35.0)


@pytest.mark.parametrize(
    ("latex", "said"),
    [
        (r"A x = b", "formulas stand on both sides of ="),
        (r"\sum_{k=0}^{N} x_k^2 + \sum_{i=1}^{N} x_i", "the entries of x are counted from 0 elsewhere"),
        (r"\sum_k P_{k|k-1}", "the index k|k-1 is not read"),
        (r"y = Ax + b, z = y^\top y", "a second formula stands behind the comma"),
    ],
)
def test_refused_by_name(latex: str, said: str) -> None:
    with pytest.raises(ClosedformError) as caught:
        read(latex, None, "latex")
    assert said in caught.value.message and caught.value.span is not None


@pytest.mark.parametrize(("latex", "text"), [
    (r"\exp(x) + x", "exp(x) + x"), (r"\log(1 + e^x)", "log(1 + exp(x))"), (r"\sin x + \cos x", "sin(x) + cos(x)"),
    (r"\frac{X}{\phi} + \frac{Y}{\psi}", "X/phi + Y/psi"), (r"\alpha x + \tanh(y)", "alpha*x + tanh(y)"),
])  # fmt: skip
def test_what_fits_habit_is_read_as_text_is(latex: str, text: str) -> None:
    assert read(latex, None, "latex").where == read(text).where


def test_what_is_declared_shows_no_strain() -> None:
    assert read(r"\exp(t) x", "t in R", "latex").assumed == ("x ∈ ℝⁿ",)


@pytest.mark.parametrize("x", ["x_i", "x[i]"])
def test_a_family_is_as_long_as_what_has_its_index(x: str) -> None:
    found = read("sum(i, (y_i - x_i'*beta)^2)", f"beta in R^p, {x} in R^p, y in R^n")
    assert "x[i] in R^p for i = 1..n" in found.where


def test_a_size_that_may_be_two_is_asked_about_where_all_else_fits() -> None:
    with pytest.raises(ShapeError, match="n may be the length of y or the number of columns of X"):
        read("n/2 + ||y - X*beta||^2")
