"""Roots and fixed points against other solvers, and the refusals where there is none."""

from typing import Any

import numpy as np
import pytest
import scipy.linalg

import closedform as cf

SCALARS = "x in R, t in R"
rng = np.random.default_rng(31)
W, b = 0.3 * rng.standard_normal((4, 4)), rng.standard_normal(4)


def solved(text: str, where: str | None, by: str = "x", start: Any = None, fixed: bool = False, **values: Any) -> Any:
    f = cf.formula(text, where)
    return (f.fixed_point(by) if fixed else f.root(by)).solve(values, start=start)


@pytest.mark.parametrize(
    ("text", "t", "kind"),
    [
        ("x^2 - t", 4.0, "several-roots"), ("x^2 - t", 0.0, "bifurcation"), ("x^2 - t", -1.0, "no-root"),
        ("x^3 - t*x", 0.0, "bifurcation"), ("(x - t)^2", 1.5, "degenerate-root"), ("(x - t)^3", 1.5, "degenerate-root"),
        ("exp(-x)*t", 1.0, "no-root"), ("exp(x) + x - t", 1.0, "root"), ("abs(x) + x^3 - t", 0.0, "nonsmooth-root"),
        ("1/x - t", 0.0, "no-root"), ("sin(x) - t", 1.0, "bifurcation"), ("sin(x) - t", 2.0, "no-root"),
        ("tanh(x) - t", 1.0, "no-root"), ("1e-9*(x - t)", 2.0, "root"), ("0*x*t", 1.0, "singular-jacobian"),
    ],
)  # fmt: skip
def test_kinds(text: str, t: float, kind: str) -> None:
    s = solved(text, SCALARS, t=t)
    assert s.verdict.kind == kind
    if kind not in ("root", "several-roots"):
        with pytest.raises(cf.NoDerivative):
            s.jacobian("t")


def test_close_roots_are_not_one() -> None:
    s = solved("x^2 - t", SCALARS, t=1e-20)
    assert abs(s.x) == pytest.approx(1e-10, rel=1e-12) and abs(s.jacobian("t")) == pytest.approx(5e9, rel=1e-12)


def test_fixed_point_of_a_network() -> None:
    s = solved("tanh(W*x + b)", "W in R^(n×n)", fixed=True, W=W, b=b)
    x = np.zeros(4)
    for _ in range(500):
        x = np.tanh(W @ x + b)
    D = np.diag(1 - x**2)
    J = np.linalg.solve(np.eye(4) - D @ W, D)
    assert s.verdict.kind == "fixed-point" and "attracting" in s.verdict.also
    assert s.verdict.numbers["spectral_radius"] == pytest.approx(np.abs(np.linalg.eigvals(D @ W)).max())
    assert np.allclose(s.x, x, rtol=0, atol=1e-14) and np.allclose(s.jacobian("b"), J, rtol=0, atol=1e-14)
    low, high = s.enclosure("b")
    assert (low <= J + 1e-15).all() and (high >= J - 1e-15).all() and (high - low < 1e-14).all()
    f = cf.formula("tanh(W*x + b)", "W in R^(n×n)").fixed_point("x").derivative("b")
    assert f.check().ok and np.allclose(f(W=W, x=x, b=b), J, rtol=0, atol=1e-14)


def test_a_repelling_fixed_point() -> None:
    s = solved("t*x*(1 - x)", SCALARS, fixed=True, start=0.7, t=3.5)
    assert "repelling" in s.verdict.also and s.x == pytest.approx(1 - 1 / 3.5, abs=1e-15)
    assert s.jacobian("t") == pytest.approx(1 / 3.5**2, abs=1e-15)


def test_lyapunov_equation_in_symmetric_matrices() -> None:
    A = rng.standard_normal((3, 3)) - 3 * np.eye(3)
    Q = rng.standard_normal((3, 3))
    Q = Q @ Q.T
    s = solved("A*X + X*A' + Q", "A in R^(n×n), Q in Sym(n), X in Sym(n)", "X", A=A, Q=Q)
    assert np.allclose(s.x, scipy.linalg.solve_continuous_lyapunov(A, -Q), rtol=0, atol=1e-14)
    E = np.array([[1.0, 2.0, 0.3], [2.0, 0.0, -1.0], [0.3, -1.0, 0.5]])
    assert np.allclose(s.jvp(Q=E), scipy.linalg.solve_continuous_lyapunov(A, -E), rtol=0, atol=1e-14)


def test_square_root_of_a_matrix() -> None:
    M = np.array([[4.0, 1.0], [0.5, 3.0]])
    s = solved("X*X - M", "M in R^(n×n), X in R^(n×n)", "X", start=np.eye(2), M=M)
    E, X = np.array([[1.0, -2.0], [0.0, 1.0]]), scipy.linalg.sqrtm(M)
    assert np.allclose(s.x, X, rtol=0, atol=1e-14)
    assert np.allclose(s.jvp(M=E), scipy.linalg.solve_sylvester(X, X, E), rtol=0, atol=1e-13)


def test_a_line_of_roots_and_none() -> None:
    B, where = np.array([[1.0, 2.0], [2.0, 4.0]]), "B in R^(2×2), t in R"
    assert solved("B*x - t*c", where, B=B, c=np.array([1.0, 2.0]), t=1.0).verdict.kind == "singular-jacobian"
    assert solved("B*x - t*c", where, B=B, c=np.array([1.0, 3.0]), t=1.0).verdict.kind == "no-root"


def test_a_point_that_is_not_there_yet() -> None:
    r = cf.formula("x^3 - t", SCALARS).root("x")
    s = r.diagnose(2.01, t=8.0)
    assert s.verdict.kind == "not-converged" and s.verdict.numbers["distance"] == pytest.approx(0.01, rel=1e-6)
    wrong = 1 / (3 * 2.01**2) - 1 / 12
    assert s.jacobian_error("t") == pytest.approx(abs(wrong) * 12, rel=0.1)
    assert abs(s.jacobian("t", corrected=True) - 1 / 12) < abs(wrong) / 50


def test_too_many_equations() -> None:
    with pytest.raises(cf.ShapeError, match="equations for"):
        solved("A*x - b", None, A=rng.standard_normal((5, 3)), b=rng.standard_normal(5))
