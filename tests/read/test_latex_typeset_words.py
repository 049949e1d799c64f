r"""Functions in a font for letters, what a determinant takes, and declarations behind a comma; values against NumPy."""

from typing import Any

import numpy as np
import pytest

import closedform as cf

rng = np.random.default_rng(31)
X, A = rng.normal(size=(3, 3)) + 2 * np.eye(3), rng.normal(size=(3, 3))
M, W, D = rng.normal(size=(5, 4)), rng.normal(size=(4, 4)), rng.normal(size=(4, 3))
x, y = rng.normal(size=4), rng.normal(size=5)
CASES: list[tuple[str, dict[str, Any], float]] = [
    (r"\mathbf{tr}\, X^{-1}A", {"X": X, "A": A}, np.trace(np.linalg.solve(X, A))),
    (r"\boldsymbol{Tr}(AX)", {"X": X, "A": A}, np.trace(A @ X)),
    (r"\mathbf{det}(X)", {"X": X}, np.linalg.det(X)),
    (r"\det X \cdot \operatorname{tr}(A X)", {"X": X, "A": A}, np.linalg.det(X) * np.trace(A @ X)),
    (r"\mathrm{det} X \, \mathrm{tr}(A X)", {"X": X, "A": A}, np.linalg.det(X) * np.trace(A @ X)),
    (r"\operatorname{tr} A X \det X", {"X": X, "A": A}, np.linalg.det(X) * np.trace(A @ X)),
    (r"\log\det X \cdot \det A", {"X": X @ X.T, "A": A}, np.linalg.slogdet(X @ X.T)[1] * np.linalg.det(A)),
    (r"\det A \cdot \log\det X", {"X": X @ X.T, "A": A}, np.linalg.slogdet(X @ X.T)[1] * np.linalg.det(A)),
    (r"\det A \ln\operatorname{Det} X", {"X": X @ X.T, "A": A}, np.linalg.slogdet(X @ X.T)[1] * np.linalg.det(A)),
    (r"\operatorname{tr} A \cdot X", {"X": X, "A": A}, np.trace(A @ X)),
    (r"\frac{1}{2n}\|X-XW\|_F^2, \quad X \in \mathbb{R}^{n \times d}", {"X": M, "W": W},
     np.sum((M - M @ W) ** 2) / 10),
    (r"\sum_i (a_i^\top x - b_i)^2, \quad a_i \in \mathbb{R}^n, i = 1, \dots, m", {"a": M, "x": x, "b": y},
     np.sum((M @ x - y) ** 2)),
    (r"f(X, Y) = \operatorname{tr}(XY), \qquad X, Y \in \mathbb{R}^{n \times n}", {"X": X, "Y": A}, np.trace(X @ A)),
    (r"\log\det X,\ X \in \mathbb{S}^n_{++}", {"X": X @ X.T}, np.linalg.slogdet(X @ X.T)[1]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "values", "truth"), CASES)
def test_value(text: str, values: dict[str, Any], truth: float) -> None:
    f = cf.formula(text)
    assert np.isclose(f(**values), truth, rtol=1e-9)
    assert np.isclose(cf.formula(f.latex, f.where or None)(**values), truth, rtol=1e-9)


def test_what_a_determinant_takes_is_said() -> None:
    assert r"\det takes X alone, not what follows." in cf.formula(r"\det X \cdot \operatorname{tr}(A X)").assumed


def test_a_capital_that_is_a_long_vector_is_said() -> None:
    said = "X is a vector of k*n entries; a matrix is in R^(k×n)."
    assert said in cf.formula("tr(X'*A*X*B)", "X in R^(k*n)").assumed
    assert said in cf.formula(r"c^\top X \text{ where } X \in \mathbb{R}^{kn}").assumed
    for text, where in (("sum(X.^2)", "X in R^(k×n)"), ("x'*x", "x in R^(k*n)"), ("X'*X", "X in R^n")):
        assert not any("is a vector of" in note for note in cf.formula(text, where).assumed)
