r"""LaTeX as books, papers and forums have it: layers and steps above, dots between terms, words around it, tables of
small letters, what is counted from 0. Values are NumPy's on general data of different sizes."""

from typing import Any

import numpy as np
import pytest

import closedform as cf
from closedform.errors import ClosedformError

RNG = np.random.default_rng(53)
X, W, V = RNG.normal(size=(5, 3)), RNG.normal(size=(4, 3)), RNG.normal(size=(3, 2))
B, C = RNG.normal(size=(3, 3)), RNG.normal(size=(4, 4))
S = B @ B.T + np.eye(3)
x, y, z, w, b = (RNG.normal(size=n) for n in (3, 5, 4, 5, 4))
p, r = RNG.uniform(0.2, 0.9, size=(2, 5))
Z = RNG.normal(size=(5, 4))
THETA = RNG.normal(size=3)


def sigmoid(u: Any) -> Any:
    return 1 / (1 + np.exp(-u))


MOMENT = Z.T @ (y - X @ THETA) / 5
OFF_DIAGONAL = np.sum(C**2) - np.sum(np.diag(C) ** 2)

VALUES: list[tuple[str, dict[str, Any], Any]] = [
    (r"z^{(l)} = \sigma(W^{(l)} a^{(l-1)} + b^{(l)})", {"W_l": W, "a_lm1": x, "b_l": b}, sigmoid(W @ x + b)),
    (r"z^{[l]} = W^{[l]} a^{[l-1]} + b^{[l]}", {"W_l": W, "a_lm1": x, "b_l": b}, W @ x + b),
    (r"z^l = \tanh(W^l a^{l-1} + b^l)", {"W_l": W, "a_lm1": x, "b_l": b}, np.tanh(W @ x + b)),
    (r"\frac14 \sum_{i,j} (G_{ij}^l - A_{ij}^l)^2", {"G_l": X, "A_l": Z[:, :3]}, np.sum((X - Z[:, :3]) ** 2) / 4),
    (r"\sum_{i,j} (G^{(l)}_{ij})^2", {"G_l": X}, np.sum(X**2)),
    (r"x^{k+1} = x^k - \alpha A^\top(A x^k - b)", {"x_k": x, "alpha": 0.3, "A": W, "b": b},
     x - 0.3 * W.T @ (W @ x - b)),
    (r"\theta^{(t+1)} = \theta^{(t)} - \eta\,g^{(t)}", {"theta_t": 0.7, "eta": 0.1, "g_t": 2.0}, 0.5),
    (r"x_1^2 + x_2^2 + \cdots + x_n^2", {"x": y}, y @ y),
    (r"\log\left(e^{x_1} + \dots + e^{x_n}\right)", {"x": y}, np.log(np.exp(y).sum())),
    (r"\theta_0 + \theta_1 x_1 + \ldots + \theta_n x_n", {"theta_0": 0.3, "theta": w, "x": y}, 0.3 + w @ y),
    (r"(y_1 - \beta^T x_1)^2 + \dots + (y_n - \beta^T x_n)^2", {"y": y, "beta": x, "x": X}, np.sum((y - X @ x) ** 2)),
    ("+".join([r"(x_1 + \dots + x_n)"] * 30), {"x": y}, 30 * y.sum()),
    (r"x_1 + \dots + x_n + w_1 + \dots + w_m", {"x": y, "w": z}, y.sum() + z.sum()),
    (r"\sigma\left(\sum_j w_j x_j + b\right)", {"w": w, "x": y, "b": 0.3}, sigmoid(w @ y + 0.3)),
    (r"-\log\frac{\exp(q{\cdot}p/\tau)}{\sum_{i=1}^K \exp(q{\cdot}k_i/\tau)}",
     {"q": x, "p": THETA, "k": X, "tau": 0.8}, np.log(np.exp(X @ x / 0.8).sum()) - x @ THETA / 0.8),
    (r"\sum_{t=1}^{T} (y_t - B y_{t-1})' S^{-1} (y_t - B y_{t-1})", {"y": X, "B": B, "S": S},
     sum((X[t] - B @ X[t - 1]) @ np.linalg.inv(S) @ (X[t] - B @ X[t - 1]) for t in range(1, 5))),
    (r"\sum_{i=1}^{n} (x_i - x_{i-1})^2", {"x": y}, np.sum(np.diff(y) ** 2)),
    (r"\left(\frac1n\sum_{i=1}^n z_i(y_i - x_i'\theta)\right)' W "
     r"\left(\frac1n\sum_{i=1}^n z_i(y_i - x_i'\theta)\right)",
     {"z": Z, "y": y, "x": X, "theta": THETA, "W": C}, MOMENT @ C @ MOMENT),
    (r"f(x,y)=\begin{bmatrix}x & y\end{bmatrix}\begin{bmatrix}a & b\\ b& c\end{bmatrix}"
     r"\begin{bmatrix}x\\ y\end{bmatrix}",
     {"x": 0.3, "y": 0.7, "a": 1.1, "b": 0.4, "c": 2.0}, 0.099 + 0.168 + 0.98),
    (r"x^\top \begin{pmatrix} a & b \\ c & d \end{pmatrix} x", {"x": z[:2], "a": 1.0, "b": 2.0, "c": -1.0, "d": 0.5},
     z[:2] @ np.array([[1, 2], [-1, 0.5]]) @ z[:2]),
    (r"\underbrace{\sum_i (1-\mathcal{C}_{ii})^2}_\text{invariance} + ~\lambda \underbrace{\sum_i\sum_{j \neq i}"
     r"{\mathcal{C}_{ij}}^2}_\text{redundancy}", {"C": C, "lam": 0.3},
     np.sum((1 - np.diag(C)) ** 2) + 0.3 * OFF_DIAGONAL),
    (r"-D_{KL}(q_\phi(\mathbf{z})||p(\mathbf{z})) ="
     r"\frac12\sum_{j=1}^J\left(1+\log(\sigma_j^2)-\mu_j^2-\sigma_j^2\right)",
     {"sigma": p, "mu": y}, np.sum(1 + np.log(p**2) - y**2 - p**2) / 2),
    (r"\rho = \max_{w_x,w_y}\frac{w_x' C_{xy} w_y}{\sqrt{w_x' C_{xx} w_x}}",
     {"w_x": x, "C_xy": V, "w_y": z[:2], "C_xx": S},
     x @ V @ z[:2] / np.sqrt(x @ S @ x)),
    (r"\mathbf{w}_{(1)} = \arg\max \left\{ \frac{\mathbf{w}^\top \mathbf{X}^\top \mathbf{X w}}{\mathbf{w}^\top"
     r"\mathbf{w}} \right\}", {"w": x, "X": X}, (X @ x) @ (X @ x) / (x @ x)),
    (r"\widehat{\operatorname{Var}}(\hat\beta) = \hat\sigma^2 (X'X)^{-1}", {"sigma_hat": 0.8, "X": X},
     0.64 * np.linalg.inv(X.T @ X)),
    (r"\theta_t \leftarrow \theta_{t-1} - \alpha \cdot \hat m_t/(\sqrt{\hat v_t} + \epsilon)",
     {"theta_tm1": 0.5, "alpha": 0.1, "m_hat_t": 0.3, "v_hat_t": 0.49, "epsilon": 0.05}, 0.46),
    (r"\hat{x} \gets \frac{x - \mu}{\sqrt{\sigma^2 + \epsilon}}", {"x": y, "mu": 0.3, "sigma": 2.0, "epsilon": 0.5},
     (y - 0.3) / np.sqrt(4.5)),
    (r"p(w \mid D) \propto \exp\left(-\frac12 \|y - X w\|^2\right)", {"y": y, "X": X, "w": x},
     np.exp(-np.sum((y - X @ x) ** 2) / 2)),
    (r"f(x) \stackrel{\text{def}}{=} x^\top A x", {"x": x, "A": B}, x @ B @ x),
    (r"-\frac{N}{2}\log|\Sigma|", {"N": 7.0, "Sigma": S}, -3.5 * np.linalg.slogdet(S)[1]),
    (r"x^\top \frac{T}{2} x", {"T": B, "x": x}, x @ B @ x / 2),
    (r"\frac{\boldsymbol\mu}{\sigma}", {"mu": x, "sigma": 0.5}, 2 * x),
    (r"\frac{\mathbf{N}}{2}\mathbf{x} + \sqrt{\boldsymbol\lambda}", {"N": W, "x": x, "lam": p[:4]},
     W @ x / 2 + np.sqrt(p[:4])),
    (r"\Delta \mathbf{w} = \eta\, y\,(\mathbf{x} - y\,\mathbf{w}), \quad y = \mathbf{w}^\top\mathbf{x}",
     {"eta": 0.1, "w": x, "x": THETA}, 0.1 * (x @ THETA) * (THETA - (x @ THETA) * x)),
    (r"\text{Let } f(\beta) = (Y - X\beta)'(Y - X\beta)", {"Y": y, "X": X, "beta": x}, np.sum((y - X @ x) ** 2)),
    (r"f(\mathbf{x}) = \sum_{i=1}^{N-1} (x_{i+1}-x_i^2)^2 \quad \mbox{where}"
     r"\quad \mathbf{x} = [x_1, \ldots, x_N]",
     {"x": y}, np.sum((y[1:] - y[:-1] ** 2) ** 2)),
    (r"\sigma(\mathbf{z})_i = \frac{e^{z_i}}{\sum_{j=1}^K e^{z_j}} \quad \text{for } i = 1, \dotsc, K",
     {"z": y, "i": 3},
     np.exp(y[2]) / np.exp(y).sum()),
    (r"\hat y_i = x_i^\top \beta, \quad i = 1, \dots, n", {"x_i": x, "beta": THETA}, x @ THETA),
]  # fmt: skip


@pytest.mark.parametrize(("tex", "data", "value"), VALUES, ids=[v[0][:60] for v in VALUES])
def test_has_the_value_that_was_meant(tex: str, data: dict[str, Any], value: Any) -> None:
    assert np.allclose(cf.formula(tex, syntax="latex")(**data), value, rtol=1e-11)


NOTES = [
    (r"z^l = W^l a^{l-1} + b^l", "W^l is a name of its own, W_l."),
    (r"\sum_{t=1}^{T} (y_t - \phi y_{t-1})^2", "The entries of y are counted from 0: y_0 is the first."),
    (r"p(x) \propto e^{-x^\top A x}", r"What stands right of the sign \propto is read: e^{-x^\top A x}."),
    (r"\hat y_i = x_i^\top \beta, \quad i = 1, \dots, n", r"What follows is left out: i = 1, \dots, n."),
    (r"\|x\|_{B^{-1}}^2", "The norm by B^{-1} is the root of the quadratic form with B^{-1}."),
    (r"\frac{\partial \mathbf{a}^T\mathbf{x}}{\partial \mathbf{x}}",
     r"A derivative is left out: \mathbf{a}^T\mathbf{x} is read, what is differentiated."),
]  # fmt: skip


@pytest.mark.parametrize(("tex", "note"), NOTES)
def test_says_what_was_left_out_or_named(tex: str, note: str) -> None:
    assert note in cf.formula(tex, syntax="latex").assumed


REFUSED = [
    (r"\max(0, xW_1 + b_1) W_2 + b_2", "sizes do not match", r"write W_1^\top x"),
    (r"\frac{1}{2^n \Gamma_p\left(\frac{n}{2}\right)} \|X\|_F", "the multivariate gamma function", r"\prod_{j=1}^{p}"),
    (r"\sum_i \log \mathcal{N}(x_i \mid \mu, \Sigma)", "the density of the normal distribution", "Write it out"),
    (r"\sigma\left(W \cdot [h, x] + b\right)", "whether , in square brackets stacks", r"\begin{bmatrix}"),
    (r"a^\top [W h \| W g]", "is still open", r"\begin{bmatrix}"),
    (r"\frac{\rho}{2}\|A x - b + u^k\|_2^2", "a vector has no power", "u^{(k)} for a name of its own"),
    (r"\|A x^k - b\|_2", "and stands where a vector must", "x^{(k)} for a name of its own"),
    (r"-x_1 + \dots + x_n", "dots leave out", r"\sum"),
    (r"x_1 + x_3 + \dots + x_n", "dots leave out", r"\sum"),
    (r"x_1^2 + \dots + x_n^3", "dots leave out", r"\sum"),
    (r"(x_1 + \dots + x_n) w_1 + \dots + w_m", "dots leave out", r"\sum"),
    (r"x_1 x_2 \cdots x_n", "dots leave out", r"\sum"),
    (r"x^\top A x \propto y", r"\propto is no part of a formula", ""),
    (r"f(x) \overset{a}{+} x", r"\overset is read only above the sign =", ""),
    (r"f(x) = \max_y \left( x^\top y - \|y\|^2 \right)", "is not read", ""),
]


@pytest.mark.parametrize(("tex", "said", "mend"), REFUSED)
def test_is_asked_about_with_a_mend(tex: str, said: str, mend: str) -> None:
    with pytest.raises(ClosedformError) as caught:
        cf.formula(tex, syntax="latex")
    assert said in str(caught.value) and mend in str(caught.value)


MENDED = [
    (r"\max(0, W_1^\top x + b_1)", "", {"W_1": W.T, "x": x, "b_1": b}, np.maximum(W @ x + b, 0)),
    (r"\frac12\|A x - b + u^{(k)}\|_2^2", "", {"A": W, "x": x, "b": b, "u_k": z}, np.sum((W @ x - b + z) ** 2) / 2),
    (r"\|x - x^k\|", "x in R, k in R", {"x": 2.0, "k": 3.0}, 6.0),
    (r"z^l + l", "l in R", {"z": 2.0, "l": 3.0}, 11.0),
    (r"A^l x", "l in R", {"A": np.diag(p[:3]), "l": 2, "x": x}, p[:3] ** 2 * x),
]  # fmt: skip


@pytest.mark.parametrize(("tex", "where", "data", "value"), MENDED, ids=[m[0] for m in MENDED])
def test_the_mend_and_what_is_declared_are_read(tex: str, where: str, data: dict[str, Any], value: Any) -> None:
    assert np.allclose(cf.formula(tex, where or None, syntax="latex")(**data), value)


@pytest.mark.parametrize(
    ("tex", "by"),
    [
        (r"\sum_{i=1}^{n} (x_i - x_{i-1})^2", "x"),
        (r"z^l = \sigma(W^l a^{l-1} + b^l)", "a_lm1"),
        (r"\log(\exp(x_1) + \cdots + \exp(x_n))", "x"),
        (r"\sigma\left(\sum_j w_j x_j + b\right)", "w"),
        (r"\sum_{t=1}^{T} \|y_t - B y_{t-1}\|^2", "B"),
    ],
)
def test_derivatives_are_certified(tex: str, by: str) -> None:
    assert cf.formula(tex, syntax="latex").derivative(by).check().ok


@pytest.mark.parametrize(
    "source",
    [r"x_1 y_1 + \cdots + x_n", r"x_1^2 + \cdots + x_n", r"a x_1 + x_2 + \cdots + x_n", r"x_1 + \cdots + x_n y_n",
     r"x_1^3 y + x_2^2 + \cdots + x_n^2", r"b - x_1 + x_2 + \cdots + x_n", "(" + "A B " * 40 + r") x_1 + \cdots + x_n"],
)  # fmt: skip
def test_dots_between_terms_that_are_not_alike_are_asked_about(source: str) -> None:
    with pytest.raises(ClosedformError, match="dots leave out"):
        cf.formula(source)


@pytest.mark.parametrize("source", [r"G_{ij}^l ^{(l)}", r"a^{(l-1)} + G_{ij}^{(l)} ^l + W^l"])
def test_two_marks_above_one_name_are_an_error(source: str) -> None:
    with pytest.raises(ClosedformError, match=r"two superscripts|is not clear"):
        cf.formula(source)
