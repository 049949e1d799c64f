r"""LaTeX as papers and lecture notes have it: brackets of physics, arrays for cases, sums without one index, names of
losses, what stands for all x. Values are NumPy's on general data of different sizes."""

from typing import Any

import numpy as np
import pytest

from closedform import formula
from closedform.errors import ClosedformError

RNG = np.random.default_rng(41)
X, A, B = RNG.normal(size=(5, 3)), RNG.normal(size=(4, 3)), RNG.normal(size=(3, 3))
x, y, z = RNG.normal(size=3), RNG.normal(size=4), RNG.normal(size=6)
S = B @ B.T + np.eye(3)
PROBABILITIES = np.exp(z) / np.exp(z).sum()
STUDENT = np.log(1 + x @ S @ x / 4.5)

VALUES: list[tuple[str, str, dict[str, Any], float]] = [
    (r"\langle\psi|H|\psi\rangle", "", {"psi": x, "H": B}, x @ B @ x),
    (r"\langle\phi|A\psi\rangle", "", {"phi": y, "A": A, "psi": x}, y @ A @ x),
    (r"\left\langle\psi\middle|H^{-1} V\middle|\psi\right\rangle", "", {"psi": x, "H": B, "V": S},
     x @ np.linalg.inv(B) @ S @ x),
    (r"\frac{\langle\psi|H|\psi\rangle}{\langle\psi|\psi\rangle}", "", {"psi": x, "H": B}, x @ B @ x / (x @ x)),
    (r"\langle |x|, y \rangle", "", {"x": x, "y": B[0]}, abs(x) @ B[0]),
    (r"\forall x \in \mathbb{R}^n,\ f(x) := x^\top M x", "", {"x": x, "M": B}, x @ B @ x),
    (r"\forall x, v \in \mathbb{R}^n: \|x - v\|^2", "", {"x": x, "v": B[0]}, (x - B[0]) @ (x - B[0])),
    (r"NLL = -\sum_i y_i \log p_i", "", {"y": z, "p": PROBABILITIES}, -z @ np.log(PROBABILITIES)),
    (r"MSE = \frac{1}{n}\sum_{i=1}^n (y_i - z_i)^2", "", {"y": z, "z": PROBABILITIES},
     ((z - PROBABILITIES) ** 2).mean()),
    (r"\left\{\begin{array}{ll} v^2 & v > 0 \\ -3v & v \le 0 \end{array}\right.", "", {"v": -0.7}, 2.1),
    (r"\left(1 + \left\{\begin{array}{ll} v^2 & v > 0 \\ 0 & v \le 0 \end{array}\right.\right)", "", {"v": 0.7}, 1.49),
    (r"\sum_{j \neq k} (z_j - z_k)^2", "k = 2", {"z": z}, ((z - z[1]) ** 2).sum()),
    (r"\ell_i = -z_i + \log\sum_{k \ne i} e^{z_k - z_i}", "i = 3", {"z": z},
     -z[2] + np.log(np.exp(np.delete(z, 2) - z[2]).sum())),
    (r"-\log\frac{\exp(x_i^\top x_j/\tau)}{\sum_{k\neq i}\exp(x_i^\top x_k/\tau)}", "i = 2, j = 4",
     {"x": X, "tau": 0.7}, -X[1] @ X[3] / 0.7 + np.log(np.exp(np.delete(X, 1, 0) @ X[1] / 0.7).sum())),
    (r"\sum_{j \neq k} (z_j - z_k)^2", "", {"z": z}, ((z[:, None] - z) ** 2).sum()),
    (r"-\frac{\nu+d}{2}\log\left(1+\frac{1}{\nu}x^T M x\right)", "", {"nu": 4.5, "d": 3.0, "x": x, "M": S},
     -3.75 * STUDENT),
    (r"\frac{1+w}{2}\|x\|^2", "", {"w": 0.3, "x": x}, 0.65 * x @ x),
]  # fmt: skip


@pytest.mark.parametrize(("typed", "where", "data", "value"), VALUES, ids=[v[0] for v in VALUES])
def test_has_the_value_that_was_meant(typed: str, where: str, data: dict[str, Any], value: float) -> None:
    assert formula(typed, where)(**data) == pytest.approx(value, rel=1e-11)


def test_a_difference_of_a_vector_and_a_mean_stays_a_vector() -> None:
    f = formula(r"(\mathbf{x} - \mathbf{v})\log\|y\|")
    assert f(x=x, v=B[0], y=y) == pytest.approx((x - B[0]) * np.log(np.linalg.norm(y)))


REFUSED = [
    (r"\sum_{n=1}^{N} \mathbf{w}_{y_n}^\top \mathbf{x}_n", "", "itself an index", r"\sum_k e_{n k} w_k"),
    (r"-\sum_n \log p_{y_n}", "", "itself an index", r"\sum_k e_{n k} p_k"),
    ("sum(log(1 + exp(-y_i*w^T x_i)))", "", "the sum has no index", "sum(i, …)"),
    ("sum(i, y[i]*z[i]) for i in range(m)", "", "for is not expected", "sum(i=1..m, …)"),
    ("sum(k, p[k]*log(p[k]))", "p[k] > 0", "no declaration", "Write p > 0"),
    (r"\operatorname{tr}((A^\top A)^{1/2})", "", "whole number", r"\operatorname{sqrtm}(A^\top A)"),
    (r"x^\top C^{-1/2} x", "", "whole number", r"\operatorname{inv}(\operatorname{sqrtm}(C))"),
    (r"\langle\psi|(H - E)|\psi\rangle", "E in R", "two arguments", "A + B"),
    (r"AB = C^\top", "", "both sides", ""),
]


@pytest.mark.parametrize(("typed", "where", "said", "mend"), REFUSED, ids=[r[0] for r in REFUSED])
def test_is_refused_with_a_mend(typed: str, where: str, said: str, mend: str) -> None:
    with pytest.raises(ClosedformError, match=said) as caught:
        formula(typed, where)
    assert mend in caught.value.hint


MENDED = [
    ("sum(i, log(1 + exp(-y_i*w^T x_i)))", ""), ("sum(k, p[k]*log(p[k]))", "p > 0"),
    (r"\operatorname{tr}(\operatorname{sqrtm}(A^\top A))", ""),
    (r"x^\top \operatorname{inv}(\operatorname{sqrtm}(C)) x", ""),
    (r"\sum_n \sum_k e_{n k} w_k^\top x_n", ""), ("sum(y_i*w)", "y_i in R"),
]  # fmt: skip


@pytest.mark.parametrize(("typed", "where"), MENDED)
def test_the_mend_is_read(typed: str, where: str) -> None:
    formula(typed, where)
