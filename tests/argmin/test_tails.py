"""Functions that fall for ever have no minimum, however flat they get; minima far out stay minima."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import torch

import closedform as cf

LINE = "x in R, t in R"
SEPARABLE = {"A": [[1.0, 0.5], [2.0, -0.3], [-0.4, 1.7]], "y": [1.0, 1.0, 1.0]}
LOGISTIC = "sum(log(1+exp(-y.*(A*x))))"
TAILS = [
    "log(1+exp(-x*t))", "softplus(-x*t)", "-log(sigmoid(t*x))", "sigmoid(-x*t)", "1-erf(x*t)", "1-tanh(x*t)",
    "-log(normcdf(t*x))", "log(t+exp(x))-x", "sqrt(t+exp(-x))", "cosh(x)-t*sinh(x)", "sqrt(t+x^2)-x", "-atan(t*x)",
]  # fmt: skip


@pytest.mark.parametrize("f", TAILS)
def test_a_tail_has_no_minimum(f: str) -> None:
    found = cf.formula(f, LINE).argmin("x").solve(t=1.0)
    assert found.verdict.kind == "no-minimum"
    assert np.ravel(found.verdict.direction)[0] > 0
    with pytest.raises(cf.ClosedformError):
        found.jacobian("t")


@pytest.mark.parametrize("f", ["log(1+exp(-x*t))", "1-erf(x*t)", "-log(normcdf(t*x))", "exp(-t*x^2)", "1-tanh(x*t)"])
@pytest.mark.parametrize("point", [5.0, 200.0, 500.0, 1e6])
def test_a_point_far_out_on_a_tail(f: str, point: float) -> None:
    assert cf.formula(f, LINE).argmin("x").diagnose(point, t=1.0).verdict.kind == "no-minimum"


@pytest.mark.parametrize("f", ["1/(1+t*x^2)", "exp(-t*x^2)"])
def test_tails_on_both_sides_of_a_maximum(f: str) -> None:
    verdict = cf.formula(f, LINE).argmin("x").solve(t=1.0).verdict
    assert verdict.kind == "maximum"
    assert "no-minimum" in verdict.also


@pytest.mark.parametrize("f", [LOGISTIC, "-sum(log(sigmoid(y.*(A*x))))", "-sum(log(normcdf(y.*(A*x))))"])
def test_separable_data(f: str) -> None:
    found = cf.formula(f).argmin("x").solve(SEPARABLE)
    assert found.verdict.kind == "no-minimum"
    d = np.ravel(found.verdict.direction)
    assert (np.array(SEPARABLE["A"]) @ d > 0).all()


@pytest.mark.parametrize(("rows", "columns"), [(1, 1), (30, 8), (40, 20)])
def test_separable_data_of_many_sizes(rows: int, columns: int) -> None:
    rng = np.random.default_rng(rows)
    A = rng.standard_normal((rows, columns))
    y = np.sign(A @ rng.standard_normal(columns))
    assert cf.formula(LOGISTIC).argmin("x").solve(A=A, y=y).verdict.kind == "no-minimum"


@pytest.mark.parametrize(("A", "y"), [
    ([[1.0, 0], [1, 1], [-1, 0], [-1, 2]], [1.0, 1, 1, 1]),  # separable in part: x1 has its place, x2 runs off
    ([[1.0, 2.0], [-1.0, -2.0], [0.5, 3.0]], [1.0, 1.0, 1.0]),
])  # fmt: skip
def test_data_separable_in_part(A: list[list[float]], y: list[float]) -> None:
    assert cf.formula(LOGISTIC).argmin("x").solve(A=A, y=y).verdict.kind == "no-minimum"


def test_one_direction_of_decay_beside_a_minimum() -> None:
    found = cf.formula("softplus(-x[1]) + (x[2]-t)^2", "x in R^2, t in R").argmin("x").solve(t=1.0)
    assert found.verdict.kind == "no-minimum"
    assert np.ravel(found.verdict.direction).round(6).tolist() == [1.0, 0.0]


def test_counts_of_zero() -> None:
    found = cf.formula("sum(exp(A*x)) - c'*A*x").argmin("x").solve(A=np.eye(3), c=[2.0, 0.0, 1.0])
    assert found.verdict.kind == "no-minimum"
    assert found.verdict.direction.round(6).tolist() == [0.0, -1.0, 0.0]


def test_cross_entropy_of_a_certain_class() -> None:
    assert cf.formula("logsumexp(x) - c'*x").argmin("x").solve(c=[1.0, 0.0, 0.0]).verdict.kind == "no-minimum"


@pytest.mark.parametrize("ridge", [1e-3, 1e-30, 1e-80, 1e-250])
def test_a_minimum_that_a_ridge_puts_far_out(ridge: float) -> None:
    found = cf.formula("softplus(-x) + t*x^2", LINE).argmin("x").solve(t=ridge)
    assert (found.verdict.kind, found.others) == ("minimum", [])
    x = found.x
    assert np.isclose(-np.logaddexp(0.0, x), np.log(2 * ridge * x), rtol=1e-13, atol=1e-13)
    assert np.isclose(found.jacobian("t"), -2 * x / (2 * ridge + np.exp(-x) / (1 + np.exp(-x)) ** 2), rtol=1e-10)


def test_a_strict_minimum_far_out() -> None:
    assert cf.formula("(x - t)^2", LINE).argmin("x").solve(t=1e12).verdict.kind == "minimum"


def test_constants_of_f_are_exact() -> None:
    """Newton's steps end where π is known to all bits."""
    found = cf.formula("pi*x^2 + erf(x) - t*x", LINE).argmin("x").solve(t=0.3, starts=1)
    low, high = found.enclosure("t")
    assert low <= found.jacobian("t") <= high
    assert high - low < 1e-14


@pytest.mark.parametrize("wide", [np.float32, np.float64])
def test_softplus_of_libraries(wide: type) -> None:
    A = np.array([[1.0], [2.0]], wide)
    in_numpy = cf.argmin(lambda w, A: np.sum(np.logaddexp(0, -(A @ w))))
    in_jax = cf.argmin(lambda w, A: jnp.sum(jnp.logaddexp(0, -(A @ w))))
    in_torch = cf.argmin(lambda w, A: torch.nn.functional.softplus(-(A @ w)).sum())
    calls = [
        lambda: in_numpy(A),
        lambda: in_jax(jnp.array(A), start=jnp.zeros(1)),
        lambda: jax.grad(lambda A: in_jax(A, start=jnp.zeros(1)).sum())(jnp.array(A)),
        lambda: in_torch(torch.tensor(A), start=torch.zeros(1, dtype=torch.tensor(A).dtype)),
    ]
    for call in calls:
        with pytest.raises(cf.ClosedformError, match="no-minimum"):
            call()


@pytest.mark.parametrize("c", [[-1.0, 2.0], [-1.0, -2.0]])
def test_a_barrier_that_does_not_hold(c: list[float]) -> None:
    found = cf.formula("c'*x - mu*sum(log(x))").argmin("x").solve(c=c, mu=0.1)
    assert found.verdict.kind == "no-minimum"
    assert np.dot(c, found.verdict.direction) < 0


@pytest.mark.parametrize(("F", "sign"), [
    ("exp(x)+t", -1), ("exp(-x)+t", 1), ("softplus(x)+t", -1), ("tanh(x)+2*t", -1),
])  # fmt: skip
def test_a_residual_that_falls_for_ever_towards_a_limit(F: str, sign: int) -> None:
    verdict = cf.formula(F, LINE).root("x").solve(t=1.0, starts=2).verdict
    assert (verdict.kind, np.sign(verdict.direction[0])) == ("no-root", sign)
    assert "falls for ever" in verdict.sentence
    assert "towards 1," in verdict.sentence


@pytest.mark.parametrize(("F", "least"), [("x^2+t", 1), ("1/(x^2+1)+t", 2)])
def test_a_residual_with_a_local_minimum(F: str, least: int) -> None:
    verdict = cf.formula(F, LINE).root("x").solve(t=1.0, starts=2).verdict
    assert f"local minimum of {least} at" in verdict.sentence


def test_a_residual_with_its_least_far_from_the_start() -> None:
    verdict = cf.formula("(x-30)^2+t", LINE).root("x").solve(t=1.0, starts=2).verdict
    assert not verdict.exists
    assert "falls" not in verdict.sentence


def test_many_variables_on_tails() -> None:
    found = cf.formula("sum(softplus(-c.*x))").argmin("x").solve(c=np.linspace(0.5, 2, 160))
    assert found.verdict.kind == "no-minimum"
    assert (found.verdict.direction > 0).all()


def test_dependent_columns_are_no_tail() -> None:
    A = np.array([[1.0, 2.0, 0.3], [-0.7, 0.4, 0.1], [0.2, -1.3, 0.5], [1.7, 1.6, 0.2]])
    A = A @ np.array([[1.0, 0.0, 0.3], [0.0, 1.0, 0.7], [0.3, 0.7, 0.58]])
    found = cf.formula(LOGISTIC).argmin("x").solve(A=A, y=[1.0, -1.0, 1.0, -1.0])
    assert found.verdict.kind == "singular-hessian"
