"""Sums over pairs with poles on the diagonal, cases that have no value elsewhere, and spellings taken apart."""

from collections.abc import Callable
from itertools import combinations
from typing import Any

import numpy as np
import pytest

import closedform as cf
from closedform.errors import ClosedformError

RNG = np.random.default_rng(11)
x, m, r = np.sort(RNG.normal(size=5)), RNG.uniform(1, 2, size=5), RNG.normal(size=(5, 3))
PAIRS = list(combinations(range(5), 2))
PAIRED: list[tuple[str, str, Callable[[Any], Any]]] = [
    (r"\sum_{i<j} \frac{m_i m_j}{\|r_i - r_j\|}", "r",
     lambda r: sum(m[i] * m[j] / np.linalg.norm(r[i] - r[j]) for i, j in PAIRS)),
    (r"\sum_{i \ne j} \frac{1}{|x_i - x_j|}", "x", lambda x: sum(2 / abs(x[i] - x[j]) for i, j in PAIRS)),
    (r"\sum_{i<j} \log(x_j - x_i)", "x", lambda x: sum(np.log(x[j] - x[i]) for i, j in PAIRS)),
    (r"\sum_{i<j} \|r_i - r_j\|", "r", lambda r: sum(np.linalg.norm(r[i] - r[j]) for i, j in PAIRS)),
    (r"\sum_{i<j} \left(\|r_i-r_j\|^{-12} - \|r_i-r_j\|^{-6}\right)", "r",
     lambda r: sum(d**-12 - d**-6 for d in (np.linalg.norm(r[i] - r[j]) for i, j in PAIRS))),
    (r"\prod_{i<j} \frac{1}{x_j - x_i}", "x", lambda x: np.prod([1 / (x[j] - x[i]) for i, j in PAIRS])),
    (r"\sum_i \begin{cases} x_i \log x_i & x_i > 0 \\ 0 & \text{otherwise} \end{cases}", "x",
     lambda x: sum(s * np.log(s) for s in x if s > 0)),
    (r"\sum_i \begin{cases} \frac{1}{x_i} & x_i > 1/2 \\ \sqrt{1 - x_i} & x_i \le 1/2 \end{cases}", "x",
     lambda x: sum(1 / s if s > 0.5 else np.sqrt(1 - s) for s in x)),
]  # fmt: skip


def slope(f: Callable[[Any], Any], at: np.ndarray) -> np.ndarray:
    """The gradient by differences of order four."""
    out = np.zeros_like(at)
    for k in np.ndindex(at.shape):
        step = np.zeros_like(at)
        step[k] = 1e-3
        out[k] = (8 * (f(at + step) - f(at - step)) - (f(at + 2 * step) - f(at - 2 * step))) / 12e-3
    return out


@pytest.mark.parametrize(("tex", "by", "meant"), PAIRED, ids=[p[0] for p in PAIRED])
def test_what_is_left_out_has_no_say(tex: str, by: str, meant: Callable[[Any], Any]) -> None:
    values = {"x": x, "m": m, "r": r}
    f = cf.formula(tex, syntax="latex")
    g = f.grad(by)
    np.testing.assert_allclose(f(**{n: values[n] for n in f.variables}), meant(values[by]), rtol=1e-10)
    np.testing.assert_allclose(g(**{n: values[n] for n in g.variables}), slope(meant, values[by]), rtol=2e-6, atol=1e-7)


@pytest.mark.parametrize(("tex", "by"), [(tex, by) for tex, by, _ in PAIRED if by == "x"][:2])
def test_is_certified(tex: str, by: str) -> None:
    assert cf.formula(tex, syntax="latex").grad(by).check().ok


@pytest.mark.parametrize(
    ("tex", "where", "text"),
    [
        (r"\left. x^\top A x + b^\top x \right|_{x=c}", "", "c'*A*c + c'*b"),
        (r"x^\top A x \Big|_{x = A^{-1} b}", "", "b'*A^-T*A*A^-1*b"),
        (r"\theta^{(k)\top} y", "", "theta_k'*y"),
        (r"\begin{Vmatrix} A x - b \end{Vmatrix}^2", "", "||[A*x - b]||^2"),
        (r"k_*^\top y + y^\top x^\star", "", "k_star'*y + y'*x_star"),
        (r"\sum_i \log(y_i!)", "", "sum(i, loggamma(1 + y[i]))"),
        (r"\frac{a^n}{n!}", "a in R, n in R", "a^n/gamma(1 + n)"),
        (r"\operatorname{tr}(\rho \log \rho)", "", "tr(rho*logm(rho))"),
        (r"\operatorname{tr}(Y^\top \log P)", "", "<Y, log(P)>"),
        (r"\operatorname{softmax}(Q K^\top / \sqrt{d}) V", "", "softmax_rows(Q*K'/sqrt(d))*V"),
        (r"\|x - W(\mu + \sigma \odot \epsilon)\|^2", "", "||x - W*(mu + sigma.*epsilon)||^2"),
        (r"\mu^\top w - c", "", "mu'*w - c"),
        (r"\sum_{i \in [n]} x_i^2 + \sum_{i \in \{1, \dots, n\}} y_i", "", "sum(i, x[i]^2) + sum(i, y[i])"),
        (r"z_+^\top z", "z_plus in R^n", "z_plus'*z"),
        (r"\frac{1}{m} \sum_{i=1}^m (h_\theta(x_i) - y_i)^2, \quad h_\theta(x) = \theta^\top x", "",
         "sum(i, (theta'*x[i] - y[i])^2)/m"),
        (r"\log\det X", r"X \in \mathbb{S}_{++}^n", "logdet(X)"),
    ],
)  # fmt: skip
def test_spellings(tex: str, where: str, text: str) -> None:
    assert cf.formula(tex, where or None, syntax="latex").text == text


@pytest.mark.parametrize(
    ("tex", "said"),
    [
        (r"\|x_+\|^2", "x_+ may be a part of x by sign or a name of its own"),
        (r"\sum_{(i,j) \in E} (x_i - x_j)^2", "which of the indices are in a set is not known"),
        (r"V \operatorname{softmax}(K^\top Q)", "softmax takes a vector"),
        (r"x^\top !", "! has nothing to stand on"),
    ],
)
def test_is_asked(tex: str, said: str) -> None:
    with pytest.raises(ClosedformError) as caught:
        cf.formula(tex, syntax="latex")
    assert said in str(caught.value)


@pytest.mark.parametrize("centre", [r"\mu", r"\bar{x}"])
def test_what_is_subtracted_in_an_outer_product_is_a_vector(centre: str) -> None:
    f = cf.formula(rf"\sum_i (x_i - {centre}) (x_i - {centre})^\top", syntax="latex")
    name = "mu" if centre == r"\mu" else "x_bar"
    off = r - x[:3]
    np.testing.assert_allclose(f(**{"x": r, name: x[:3]}), off.T @ off)
