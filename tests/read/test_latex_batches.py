r"""LaTeX from the wild, written before any of it was read, and classes of it with values from NumPy."""

from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

import closedform as cf
from closedform.errors import ClosedformError

DATA = Path(__file__).parents[1] / "data"
LINES = [line.split("\t") for path in sorted(DATA.glob("latex_batch*.tsv")) for line in path.read_text().splitlines()]
REFUSED = {
    r"\int_0^1 x\,dx": "integrals are not supported",
    r"\|x\|_Q^2 = x^\top Q x": "formulas stand on both sides of =",
}


@pytest.mark.parametrize(("tex", "by"), [line for line in LINES if line[0] not in REFUSED])
def test_is_read_and_differentiated(tex: str, by: str) -> None:
    f = cf.formula(tex, syntax="latex")
    try:
        answer = f.grad(by)
    except ClosedformError:
        answer = f.derivative(by)
    assert answer.check().ok


@pytest.mark.parametrize(("tex", "said"), REFUSED.items())
def test_is_refused_by_name(tex: str, said: str) -> None:
    with pytest.raises(ClosedformError, match=said):
        cf.formula(tex, syntax="latex")


RNG = np.random.default_rng(7)
A, B, b, x = RNG.normal(size=(4, 3, 5)), RNG.normal(size=(4, 5, 3)), RNG.normal(size=(4, 3)), RNG.normal(size=5)
S, c = RNG.normal(size=(4, 5, 5)), RNG.normal(size=4)
X = RNG.normal(size=(5, 3))
PAIRS = list(combinations(range(4), 2))


def stacked(family: np.ndarray) -> np.ndarray:
    return np.array([member.T.ravel() for member in family])


@pytest.mark.parametrize(
    ("tex", "values", "wanted"),
    [
        (r"\sum_k \|A_k x - b_k\|^2", {"A": stacked(A), "b": b, "x": x},
         sum(np.sum((M @ x - v) ** 2) for M, v in zip(A, b, strict=True))),
        (r"\sum_k \operatorname{tr}(A_k X)", {"A": stacked(A), "X": X}, np.trace(A.sum(0) @ X)),
        (r"\sum_k \operatorname{tr}(A_k X B_k X^\top)", {"A": stacked(S), "B": stacked(A[:, :, :3]), "X": X},
         sum(np.trace(M @ X @ N @ X.T) for M, N in zip(S, A[:, :, :3], strict=True))),
        (r"\sum_k x^\top A_k x", {"A": stacked(S), "x": x}, sum(x @ M @ x for M in S)),
        (r"\sum_l \|W_l\|_F^2", {"W": stacked(A), "k": 5, "n": 3}, np.sum(A**2)),
        (r"\sum_{c=1}^{C}\frac{n_c}{2}\,(\mathbf m_c-\mathbf m)^{\top}(\mathbf m_c-\mathbf m)",
         {"n": c, "m_all": S[0][:4], "m": x}, sum(s / 2 * np.sum((v - x) ** 2) for s, v in zip(c, S[0], strict=False))),
        (r"\prod_{i<j} (c_i - c_j)", {"c": c}, np.prod([c[i] - c[j] for i, j in PAIRS])),
        (r"\prod_{i \ne j} (1 + c_i c_j^2)", {"c": c},
         np.prod([1 + c[i] * c[j] ** 2 for i in range(4) for j in range(4) if i != j])),
        (r"\left. \frac{\|x\|^2}{2} \right.", {"x": x}, x @ x / 2),
        (r"\|X\|_{1,1} + \|X\|_{\max}", {"X": X}, np.abs(X).sum() + np.abs(X).max()),
        (r"\sum_{(i,j)} X_{ij}^2", {"X": X}, np.sum(X**2)),
    ],
)  # fmt: skip
def test_values(tex: str, values: dict[str, np.ndarray], wanted: float) -> None:
    f = cf.formula(tex, syntax="latex")
    assert np.allclose(f(**{name: v for name, v in values.items() if name in f.variables}), wanted)


def test_families_of_matrices_are_declared_and_read_back() -> None:
    f = cf.formula("sum(k, tr(A[k]*X))", "A[k] in R^(m×n) for k = 1..K")
    assert f.where == "A[i] in R^(m×n) for i = 1..K, X in R^(n×m)"
    g = f.grad("X")
    assert g.check().ok and cf.formula(g.text, f.where) == g
    with pytest.raises(ClosedformError, match="nothing but its size"):
        cf.formula("sum(k, tr(A[k]))", "A[k] in Sym(n) for k = 1..K")


@pytest.mark.parametrize(
    ("tex", "where", "said"),
    [
        (r"\left. x^\top A x \right|_{x=0}", "", "whether x is a number or a vector here is not known"),
        (r"\left. \frac{d}{dt} \log\det(A + t B) \right|_{t=0}", "t in R", "a derivative at a point is not read"),
        (r"\left. x^\top A x \right|_{y=c}", "", "y stands nowhere in what is read at the point"),
        (r"1 + \left. x^\top A x \right|_{x=c} \cdot 2", "", "read at the end of a formula only"),
    ],
)
def test_what_is_no_value_at_a_point_is_refused(tex: str, where: str, said: str) -> None:
    with pytest.raises(ClosedformError, match=said):
        cf.formula(tex, where or None, syntax="latex")


def test_said_to_be_a_vector() -> None:
    assert cf.formula("X'*A*X", "X is a vector").grad("X").text == "(A + A')*X"
    with pytest.raises(ClosedformError, match="not a vector"):
        cf.formula("tr(X)", "X in R^(n×n), X is a vector")
