"""``cf.argmin`` of NumPy functions: starts, solvers, verdicts, what is refused."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import scipy.optimize

import closedform as cf

rng = np.random.default_rng(5)
A, b = rng.standard_normal((6, 3)), rng.standard_normal(6)


def ridge(x: Any, A: Any, b: Any, lam: Any) -> Any:
    return np.sum((A @ x - b) ** 2) + lam * x @ x


def true(lam: float) -> Any:
    return np.linalg.solve(A.T @ A + lam * np.eye(3), A.T @ b)


def test_the_shape_follows_or_is_given() -> None:
    best = cf.argmin(ridge)
    for start in (None, [0, 0, 0], np.zeros(3)):
        assert np.allclose(best(A, b, 0.7, start=start), true(0.7), rtol=0, atol=1e-14)
    s = best.solve(A, b, 0.7)
    H = A.T @ A + 0.7 * np.eye(3)
    assert s.minimality.startswith("proved")
    assert np.allclose(s.jacobian("lam"), -np.linalg.solve(H, s.x), rtol=0, atol=1e-14)
    with pytest.raises(cf.ClosedformError, match=r"size|shape"):
        cf.argmin(lambda x: np.sum(x**2))()


@pytest.mark.parametrize("wrap", [lambda r: r, lambda r: r.x, lambda r: SimpleNamespace(value=r.x)])
def test_a_solver_of_scipy(wrap: Any) -> None:
    best = cf.argmin(ridge, lambda f, start: wrap(scipy.optimize.minimize(f, start, method="Nelder-Mead")))
    assert np.allclose(best(A, b, 0.7), true(0.7), rtol=0, atol=1e-14)
    rough = cf.argmin(ridge, lambda f, start: start + 0.3, polish=False)
    with pytest.raises(cf.NoDerivative) as caught:
        rough(A, b, 0.7)
    assert caught.value.verdict.kind == "not-converged"


def test_the_lowest_minimum_without_a_start_the_nearest_with_one() -> None:
    well = cf.argmin(lambda x, t: (x**2 - 1.0) ** 2 + t * x, where="x in R, t in R")
    assert well(0.3) == pytest.approx(-1.035, abs=1e-3)
    assert well(0.3, start=1.0) == pytest.approx(0.96, abs=1e-2)
    assert well.with_status(0.3, start=1.0)[1].kind == "several-minima"


@pytest.mark.parametrize(
    ("f", "kind"),
    [(lambda x, t: -((x - t) ** 2), "maximum"), (lambda x, t: np.exp(-x) * t, "no-minimum"),
     (lambda x, t: t * x, "no-minimum"), (lambda x, t: x**3 - t * 0, "saddle")],
)  # fmt: skip
def test_no_minimum(f: Any, kind: str) -> None:
    with pytest.raises(cf.NoDerivative) as caught:
        cf.argmin(f)(1.0, start=0.0)
    assert kind in (caught.value.verdict.kind, *caught.value.verdict.also)
    assert np.isnan(cf.argmin(f, on_fail="nan")(1.0, start=0.0))


def test_another_path_at_the_minimum_is_refused() -> None:
    def f(x: Any, t: Any) -> Any:
        return (x - t) ** 2 if x < 2 else (x - 2 * t) ** 2

    assert cf.argmin(f)(1.0, start=0.0) == pytest.approx(1)
    with pytest.raises(cf.MissingRule, match="another path"):
        cf.argmin(f)(3.0, start=0.0)


def test_what_the_function_closes_over_may_change() -> None:
    held = np.array([1.0, 2.0])
    best = cf.argmin(lambda x, t: np.sum((x - t * held) ** 2))
    assert np.allclose(best(1.0, start=np.zeros(2)), [1, 2])
    held[0] = 5
    assert np.allclose(best(1.0, start=np.zeros(2)), [5, 2])


def test_several_arrays() -> None:
    def f(p: Any, y: Any) -> Any:
        return np.sum((p["u"] - y) ** 2) + np.sum((p["V"] - np.outer(y, y)) ** 2 * np.array([[1.0, 2], [3, 4]]))

    y = np.array([1.0, -2.0])
    p = cf.argmin(f)(y, start={"u": np.zeros(2), "V": np.zeros((2, 2))})
    assert np.allclose(p["u"], y) and np.allclose(p["V"], np.outer(y, y))


def test_what_is_refused() -> None:
    with pytest.raises(cf.ShapeError, match="of a scalar"):
        cf.argmin(lambda x, t: x * t)(np.ones(3), start=np.ones(3))
    with pytest.raises(cf.ClosedformError, match="does not depend"):
        cf.argmin(lambda x, t: t**2)(1.0, start=0.0)
    with pytest.raises(cf.ClosedformError, match="on_fail"):
        cf.argmin(ridge, on_fail="silent")
