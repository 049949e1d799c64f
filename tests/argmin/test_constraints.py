"""Constraints and kinks against answers from elsewhere."""

import numpy as np
import pytest

import closedform as cf

rng = np.random.default_rng(12)


def projected(t: np.ndarray) -> np.ndarray:
    """The projection on the simplex, by sorting."""
    u = np.sort(t)[::-1]
    k = np.arange(1, len(t) + 1)
    rho = k[u - (np.cumsum(u) - 1) / k > 0][-1]
    return np.maximum(t - (u[:rho].sum() - 1) / rho, 0)


@pytest.mark.parametrize("seed", range(6))
def test_projection_on_the_simplex(seed: int) -> None:
    t = np.random.default_rng(seed).standard_normal(5)
    s = cf.formula("1/2*||x - t||^2").argmin("x", subject_to="x >= 0, sum(x) = 1").solve(t=t)
    p = projected(t)
    on = p > 0
    assert np.allclose(s.x, p, rtol=0, atol=1e-12) and s.minimality.startswith("proved")
    assert np.allclose(s.jacobian("t"), np.diag(on.astype(float)) - np.outer(on, on) / on.sum(), rtol=0, atol=1e-12)
    assert s.verdict.numbers["licq"] == (6 - on.sum(), 6 - on.sum())


def test_weakly_active_on_the_simplex() -> None:
    s = cf.formula("1/2*||x - t||^2").argmin("x", subject_to="x >= 0, sum(x) = 1").solve(t=np.array([1.0, 2.0]))
    assert s.verdict.kind == "weakly-active" and np.allclose(s.x, [0, 1])
    for v in ([1.0, 0.0], [-1.0, 0.0], [0.3, 0.2], [0.3, 0.9]):
        h = 1e-7
        moved = (projected(np.array([1.0, 2.0]) + h * np.array(v)) - [0, 1]) / h
        assert np.allclose(s.directional("t", v), moved, rtol=0, atol=1e-6)


@pytest.mark.parametrize("seed", range(4))
def test_lasso(seed: int) -> None:
    draw = np.random.default_rng(seed)
    A, b, lam = draw.standard_normal((9, 4)), draw.standard_normal(9), 2.0
    a = cf.formula("1/2*||A*x - b||^2 + lam*||x||_1", "lam > 0").argmin("x")
    s = a.solve(A=A, b=b, lam=lam)
    on = np.abs(s.x) > 0
    slope = A.T @ (A @ s.x - b)
    assert np.allclose(slope[on], -lam * np.sign(s.x[on]), rtol=0, atol=1e-10) and (np.abs(slope) <= lam + 1e-10).all()
    truth = np.zeros((4, 9))
    truth[on] = np.linalg.solve(A[:, on].T @ A[:, on], A[:, on].T) if on.any() else 0
    assert s.verdict.kind == ("minimum" if on.all() else "nonsmooth-minimum")
    assert np.allclose(s.jacobian("b"), truth, rtol=0, atol=1e-10)


def test_inequality_with_a_parameter() -> None:
    a = cf.formula("1/2*||x - t||^2", "x in R^3").argmin("x", subject_to="c'*x <= d")
    t, c, d = np.array([1.0, 2.0, 3.0]), np.array([1.0, 1.0, 2.0]), 4.0
    s = a.solve(t=t, c=c, d=d)
    assert np.allclose(s.x, t - c * (c @ t - d) / (c @ c))
    assert np.allclose(s.jacobian("d"), c / (c @ c))
    assert np.allclose(s.jacobian("t"), np.eye(3) - np.outer(c, c) / (c @ c))
    assert s.verdict.numbers["multipliers"] == pytest.approx([-(c @ t - d) / (c @ c)])
    assert np.allclose(a.solve(t=t, c=c, d=99.0).jacobian("t"), np.eye(3))


def test_infeasible() -> None:
    s = cf.formula("x'*x", "x in R^2").argmin("x", subject_to="x >= 1, sum(x) = 1").solve(start=[0.0, 0.0])
    assert s.verdict.kind == "infeasible"


def test_relu_and_max() -> None:
    a = cf.formula("1/2*(x - t)^2 + relu(x)", "x in R, t in R").argmin("x")
    assert [a.solve(t=t).jacobian("t") for t in (-1.0, 0.5, 3.0)] == pytest.approx([1, 0, 1], abs=1e-12)
    b = cf.formula("max(x - t, 2*t - x)", "x in R, t in R").argmin("x")
    s = b.solve(t=1.0)
    assert s.verdict.kind == "nonsmooth-minimum" and s.x == pytest.approx(1.5) and s.jacobian("t") == pytest.approx(1.5)


@pytest.mark.parametrize(("lam", "kind"), [(0.1, "nonsmooth-minimum"), (2.0, "minimum")])
def test_euclidean_norm(lam: float, kind: str) -> None:
    a = cf.formula("||x - c|| + lam*x'*x", "x in R^2, lam > 0").argmin("x")
    c = np.array([1.0, 2.0])
    s = a.solve(c=c, lam=lam)
    assert s.verdict.kind == kind
    if kind == "minimum":  # 2 lam x = (c - x)/||c - x||, so that x is c/||c||/(2 lam)
        unit = c / np.linalg.norm(c)
        assert np.allclose(s.x, unit / (2 * lam)) and np.allclose(s.jacobian("lam"), -unit / (2 * lam**2))
    else:
        assert np.allclose(s.x, c) and np.allclose(s.jacobian("c"), np.eye(2)) and np.allclose(s.jacobian("lam"), 0)


def test_group_lasso_border() -> None:
    a = cf.formula("1/2*||x - t||^2 + ||x||", "x in R^2").argmin("x")
    assert a.solve(t=[0.6, 0.8]).verdict.also == ("weakly-active",)
    assert not a.solve(t=[0.3, 0.4]).jacobian("t").any()
    t = np.array([3.0, 4.0])
    u = t / 5
    assert np.allclose(a.solve(t=t).jacobian("t"), np.eye(2) - (np.eye(2) - np.outer(u, u)) / 5)


@pytest.mark.parametrize(
    ("text", "where", "point", "kind"),
    [
        ("x^2 - abs(x) - t*x", "x in R, t in R", 0.0, "saddle"),
        ("min(x^2, (x - 2)^2 + t)", "x in R, t in R", 1.0, "saddle"),
        ("x[1]^2 - abs(x[2]) + t*x[2]^2", "x in R^2, t in R", [0.0, 0.0], "saddle"),
        ("-||x|| + t*x'*x", "x in R^2, t in R", [0.0, 0.0], "saddle"),
        ("1/2*(x - 3*t)^2 + abs(x)", "x in R, t in R", 5.0, "not-converged"),
        ("abs(x - t)^1.5", "x in R, t in R", 0.3, "not-converged"),
    ],
)
def test_points_that_are_no_minima_at_kinks(text: str, where: str, point: object, kind: str) -> None:
    t = 0.0 if "min" in text else 1.0
    s = cf.formula(text, where).argmin("x").diagnose(point, t=t)
    assert s.verdict.kind == kind and not s.verdict.exists


@pytest.mark.parametrize(
    ("text", "n", "subject_to", "start", "kind"),
    [
        # no constraint qualification; falls where a weakly active constraint is let go; a circle of minimisers
        ("x[1] + t*x[2]", 2, "x[2] <= x[1]^3, x[2] >= -x[1]^3", [1.0, 0.1], "not-converged"),
        ("x[2]^2 - x[1]^2 + 0*t", 2, "x[1] >= 0", [0.0, 0.0], "saddle"),
        ("x[1]^2 + x[2]^2 + 2*x[3]^2 + 0*t", 3, "x'*x = 1", None, "singular-hessian"),
    ],
)
def test_no_strict_minimum(text: str, n: int, subject_to: str, start: list[float] | None, kind: str) -> None:
    a = cf.formula(text, f"x in R^{n}, t in R").argmin("x", subject_to=subject_to)
    s = a.solve(t=0.3, start=start, starts=2)
    assert s.verdict.kind == kind and not s.verdict.exists


def test_a_point_that_a_person_brings_is_judged_where_it_is() -> None:
    a = cf.formula("1/2*(x - t)^2", "x in R, t in R").argmin("x", subject_to="x >= 0")
    assert a.diagnose(0.0, t=-3.0).verdict.kind == "minimum"
    s = a.diagnose(5.0, t=-3.0)
    assert s.verdict.kind == "not-converged" and s.x == 5.0 and s.verdict.numbers["distance"] == 5.0
