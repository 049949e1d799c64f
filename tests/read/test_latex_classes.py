r"""LaTeX as papers type it, class by class, against NumPy written from the formula: neighbours in sums, cases, norms by
a matrix, quotients in a line, weights called π, Kronecker's δ. Derivatives are held against differences of that."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.linalg import logm
from scipy.special import huber

import closedform as cf
from closedform.errors import ClosedformError

Array = NDArray[np.float64]
rng = np.random.default_rng(20)
X, A, W = rng.normal(size=(7, 4)), rng.normal(size=(4, 4)), rng.normal(size=(4, 4))
W = W @ W.T + np.eye(4)
x, y, b, mu = (rng.normal(size=4) for _ in range(4))
t = rng.normal(size=7)
q = np.abs(rng.normal(size=5)) + 0.2
INV = np.linalg.inv(W)
CASES: list[tuple[str, str, dict[str, Any], Callable[..., Any]]] = [
    (r"\sum_{i=1}^{n-1} (x_{i+1}-x_i)^2", "", {"x": t}, lambda x: np.sum(np.diff(x) ** 2)),
    (r"\sum_{i=2}^{n} (x_i - x_{i-1})^2", "", {"x": t}, lambda x: np.sum(np.diff(x) ** 2)),
    (r"\frac12\|x-y\|^2 + \lambda\sum_{i=1}^{n-1}|x_{i+1}-x_i|", "", {"x": x, "y": y, "lam": 0.7},
     lambda x, y, lam: 0.5 * np.sum((x - y) ** 2) + lam * np.sum(np.abs(np.diff(x)))),
    (r"\sum_{i=2}^{n-1} (x_{i+1} - 2x_i + x_{i-1})^2", "", {"x": t}, lambda x: np.sum(np.diff(x, 2) ** 2)),
    (r"\sum_i x_{i+1}x_{i-1}", "", {"x": t}, lambda x: np.sum(x[2:] * x[:-2])),
    (r"\sum_{i=1}^{n-1} [100(x_{i+1}-x_i^2)^2 + (1-x_i)^2]", "", {"x": t},
     lambda x: np.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)),
    (r"\sum_{i,j} (X_{i+1,j} - X_{i,j})^2", "", {"X": X}, lambda X: np.sum(np.diff(X, axis=0) ** 2)),
    (r"\sum_{t=2}^{T} \|x_t - A x_{t-1}\|^2", "", {"x": X, "A": A},
     lambda x, A: sum(np.sum((x[k] - A @ x[k - 1]) ** 2) for k in range(1, 7))),
    (r"\sum_{t=2}^T t\, x_{t-1}^2", "", {"x": t[:6]}, lambda x: np.sum(np.arange(2, 8) * x**2)),
    (r"\sum_{k=0}^{N-1} u_k^2", "", {"u": t}, lambda u: np.sum(u**2)),
    (r"\sum_{k=0}^{n} a_k s^k", "s in R", {"s": 0.6, "a": t}, lambda a, s: np.sum(a * s ** np.arange(7))),
    (r"\|x\|_W^2", "", {"x": x, "W": W}, lambda x, W: x @ W @ x),
    (r"\|x-\mu\|_{\Sigma^{-1}}", "", {"x": x, "mu": mu, "Sigma": W}, lambda x, mu, Sigma:
     np.sqrt((x - mu) @ np.linalg.inv(Sigma) @ (x - mu))),
    (r"\frac{1}{2}\|Ax-b\|^2_W", "", {"A": A, "x": x, "b": b, "W": W},
     lambda A, x, b, W: 0.5 * (A @ x - b) @ W @ (A @ x - b)),
    (r"\|x\|_3", "", {"x": x}, lambda x: np.sum(np.abs(x) ** 3) ** (1 / 3)),
    (r"\|x\|_4^4", "", {"x": x}, lambda x: np.sum(x**4)),
    (r"\frac1p\|x\|_p^p", "p > 0", {"x": x, "p": 2.6}, lambda x, p: np.sum(np.abs(x) ** p) / p),
    (r"x^T A x / x^T x", "", {"x": x, "A": A}, lambda x, A: x @ A @ x / (x @ x)),
    (r"\exp(-\|x-y\|^2/2\sigma^2)", "", {"x": x, "y": y, "sigma": 1.3},
     lambda x, y, sigma: np.exp(-np.sum((x - y) ** 2) / (2 * sigma**2))),
    (r"1/2 x^T A x", "", {"x": x, "A": A}, lambda x, A: 0.5 * x @ A @ x),
    (r"\sum_{k=1}^K \pi_k \log \frac{\pi_k}{q_k} + \log 2\pi", "", {"pi_vec": q / q.sum(), "q": q},
     lambda pi_vec, q: np.sum(pi_vec * np.log(pi_vec / q)) + np.log(2 * np.pi)),
    (r"(2\pi)^n |\Sigma|", "", {"Sigma": W}, lambda Sigma: (2 * np.pi) ** 4 * np.linalg.det(Sigma)),
    (r"\operatorname{tr}(P \log P)", "P in PD(n)", {"P": W}, lambda P: np.trace(P @ logm(P))),
    (r"\sum_i (x_i-\mu)^\top\Sigma^{-1}(x_i-\mu)", "", {"x": X, "mu": mu, "Sigma": W},
     lambda x, mu, Sigma: sum((r - mu) @ np.linalg.inv(Sigma) @ (r - mu) for r in x)),
    (r"\sum_{i,j} \delta_{ij} A_{ij} x_j", "", {"A": A, "x": x}, lambda A, x: np.diag(A) @ x),
    (r"\begin{cases} x & x > 0 \\ 0 & x \le 0\end{cases}", "x in R^n", {"x": x}, lambda x: np.maximum(x, 0)),
    (r"\begin{cases} s & \text{if } s \geq 0 \\ -s & \text{otherwise}\end{cases}", "s in R", {"s": -1.2},
     lambda s: abs(s)),
    (r"\sum_i \begin{cases} \frac12 x_i^2 & |x_i|\le\delta \\ \delta(|x_i|-\frac12\delta) & |x_i|>\delta\end{cases}",
     "", {"x": 2 * t, "delta": 0.9}, lambda x, delta: np.sum(huber(delta, x))),
    (r"\begin{cases} s-\lambda & s > \lambda \\ 0 & |s|\le\lambda \\ s+\lambda & s < -\lambda\end{cases}", "s in R",
     {"s": -1.7, "lam": 0.4}, lambda s, lam: np.sign(s) * max(abs(s) - lam, 0)),
    (r"\sum_{i=1}^n \mathbb{1}[x_i > 0]\, x_i^2", "", {"x": t}, lambda x: np.sum(np.maximum(x, 0) ** 2)),
    (r"\sum_i \mathbf{1}_{\{0 < x_i < 1\}}", "", {"x": t}, lambda x: np.sum((x > 0) & (x < 1)) * 1.0),
]  # fmt: skip


@pytest.mark.parametrize(("tex", "where", "point", "truth"), CASES, ids=[c[0] for c in CASES])
def test_value_and_derivative(tex: str, where: str, point: dict[str, Any], truth: Callable[..., Any]) -> None:
    formula = cf.formula(tex, where=where or None, syntax="latex")
    assert set(formula.variables) == set(point)
    np.testing.assert_allclose(formula(**point), truth(**point), rtol=1e-9, atol=1e-10)
    by = next(iter(point))
    if np.ndim(truth(**point)) == 0 and "log P" not in tex:
        step = rng.normal(size=np.shape(point[by]))
        h = 1e-6
        ends = [truth(**{**point, by: point[by] + s * h * step}) for s in (1, -1)]
        found = np.sum(np.asarray(formula.grad(by)(**point)) * step)
        np.testing.assert_allclose(found, (ends[0] - ends[1]) / (2 * h), rtol=2e-5, atol=1e-6)


def test_a_step_before_is_a_name_of_its_own() -> None:
    formula = cf.formula(r"\tanh(W h_{t-1} + U x_t + b)", syntax="latex")
    assert set(formula.variables) == {"W", "h_tm1", "U", "x_t", "b"}
    assert "h_{t-1} is a name of its own, h_tm1." in formula.assumed


@pytest.mark.parametrize(
    ("tex", "note"),
    [
        (r"\sum_{k=0}^{N} u_k^2", "The entries of u are counted from 0: u_0 is the first."),
        (r"\|x\|_W", "The norm by W is the root of the quadratic form with W."),
        (r"x^T A x / x^T x", "What stands behind / is divided by as a whole: x^T x …."),
        (r"\sum_{i,j} \delta_{ij} A_{ij}", r"\delta_{ij} is read as the Kronecker delta."),
    ],
)
def test_says_how_it_was_read(tex: str, note: str) -> None:
    assert note in cf.formula(tex, syntax="latex").assumed


def test_entries_by_a_formula_and_a_number_as_an_index() -> None:
    z = np.array([0.3, -1.2, 0.8])
    formula = cf.formula("-log(p[c])", where="p[k] = exp(z[k])/sum(j, exp(z[j])), c = 2")
    np.testing.assert_allclose(formula(z=z), -np.log(np.exp(z[1]) / np.exp(z).sum()))
    np.testing.assert_allclose(formula.grad("z")(z=z), np.exp(z) / np.exp(z).sum() - np.array([0, 1, 0]))


@pytest.mark.parametrize(
    ("text", "where", "said"),
    [
        ("x[k+1]", "x in R^n", "the index k+1 is not read: no sum runs over k"),
        ("sum(i=1..n, (x[i+1] - x[i])^2)", "x in R^n", "i indexes up to n + 1, but something of length n"),
        ("sum(i=0..n, x[i])", "", "i starts at 0"),
        ("prod(i=1..n-1, x[i+1])", "x in R^n", "i is shifted inside a product"),
        ("norm(X, 3)", "X in R^(m×n)", "a norm with 3 takes a vector, not a matrix"),
        ("norm(x, y)", "x in R^n, y in R^n", "a norm by a matrix takes one that fits the vector"),
        ("norm(x, 0.5)", "x in R^n", "the norm _1/2 is none: p is at least 1"),
        ("sum(p)", "p[k] = exp(z[k])", "p stands without an index, and only its entries are given"),
        ("p[1,2]", "p[k] = exp(z[k])", "p has 1 index"),
        ("z[c]", "z in R^n, c = 2.5", "c is a variable and cannot be an index"),
    ],
)
def test_refused_in_text(text: str, where: str, said: str) -> None:
    with pytest.raises(ClosedformError) as caught:
        cf.formula(text, where=where)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("tex", "said"),
    [
        (r"\sum_{i=1}^{n} 100(x_{2i}-x_{2i-1}^2)^2", "what x_{2i} means is not clear"),
        (r"\|f\|_{L_2}", "the norm _L_2 is not known"),
        (r"\begin{cases} \arccos x & x > 0 \\ 0 & x \le 0\end{cases}", "a case that has no value elsewhere"),
        (r"\begin{cases} x & x = 1, y > 0 \\ 0 & x \in \{2\}\end{cases}", "this condition is not read"),
    ],
)
def test_refused_in_latex(tex: str, said: str) -> None:
    with pytest.raises(ClosedformError) as caught:
        cf.formula(tex, syntax="latex")
    assert said in str(caught.value)
