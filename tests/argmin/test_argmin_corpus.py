"""The argmin problems with known outcomes: verdict, x*, dx*/dθ, enclosures, the predicted error."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import closedform as cf
from closedform.argmin.solution import Solution
from closedform.argmin.verdict import NoDerivative

PROBLEMS: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[1] / "data" / "argmin_problems.json").read_text("utf-8")
)["problems"]
BY_NAME = {p["id"]: p for p in PROBLEMS}
EVERY = pytest.mark.parametrize("name", BY_NAME)
CONVEX = [
    "ridge-regression", "quadratic-program", "logistic-regression-l2", "least-squares-rank-deficient", "quartic",
    "quartic-tilted", "ill-conditioned-quadratic", "absolute-value-away-from-kink", "absolute-value-at-kink",
    "absolute-value-at-the-border",
]  # fmt: skip
ENCLOSED = [
    "network-2023", "network-456-stabilised", "ridge-regression", "quadratic-program", "logistic-regression-l2",
    "double-well", "double-well-tilted", "ill-conditioned-quadratic", "absolute-value-away-from-kink",
    "absolute-value-at-kink",
]  # fmt: skip
NEAR = ["network-2023", "network-456-stabilised", "logistic-regression-l2", "double-well", "double-well-tilted"]


def asked(name: str) -> Any:
    p = BY_NAME[name]
    return cf.formula(p["formula"], p["where"] or None).argmin(p["wrt"])


@cache
def solved(name: str) -> Solution:
    return asked(name).solve(BY_NAME[name]["values"], start=BY_NAME[name]["start"])


def the_point(name: str, s: Solution) -> dict[str, Any]:
    """The listed point that the solution is."""
    near = [p for p in BY_NAME[name]["points"] if np.allclose(p["x"], s.x, rtol=1e-8, atol=1e-8)]
    assert len(near) == 1
    return near[0]


@EVERY
def test_verdict(name: str) -> None:
    assert solved(name).verdict.kind in (BY_NAME[name]["outcome_code"], *BY_NAME[name].get("also", ()))


@EVERY
def test_point_and_derivatives(name: str) -> None:
    s, p = solved(name), BY_NAME[name]
    if not p["points"]:
        assert s.verdict.kind == "no-minimum"
        return
    point = the_point(name, s)
    given, elsewhere = s.verdict.exists, ("saddle", "maximum", "singular-hessian")
    assert given == (point["dx_dtheta"] is not None and p["outcome_code"] not in elsewhere)
    for theta, J in (point["dx_dtheta"] or {}).items():
        if given:
            found = s.jacobian(theta)
            assert np.shape(found) == np.shape(J)
            assert np.abs(np.subtract(found, J)).max() <= 1e-8 * max(1.0, np.abs(J).max())
        else:
            with pytest.raises(NoDerivative) as caught:
                s.jacobian(theta)
            assert caught.value.verdict is s.verdict


def test_least_norm() -> None:
    s = solved("least-squares-rank-deficient")
    J = BY_NAME["least-squares-rank-deficient"]["points"][0]["dx_dtheta"]["b"]
    assert np.allclose(s.jacobian("b", on_fail="least-norm"), J, rtol=1e-8, atol=1e-10)
    assert np.isnan(s.jacobian("b", on_fail="nan")).all()


@pytest.mark.parametrize("name", ["saddle", "maximum"])
def test_derivatives_of_stationary_points_on_request(name: str) -> None:
    s = solved(name)
    for theta, J in the_point(name, s)["dx_dtheta"].items():
        with pytest.warns(UserWarning, match=name):
            assert np.allclose(s.jacobian(theta, on_fail="warn"), J)


@pytest.mark.parametrize("name", CONVEX)
def test_global_minimality_is_proved(name: str) -> None:
    assert solved(name).minimality.startswith("proved")


def test_global_minimality_is_not_proved_elsewhere() -> None:
    assert {solved(name).minimality for name in BY_NAME if name not in CONVEX} == {"unproved"}


@pytest.mark.parametrize("name", ENCLOSED)
def test_enclosures(name: str) -> None:
    s = solved(name)
    point = the_point(name, s)
    low, high = s.enclosure()
    assert np.all(low <= np.asarray(point["x"])) and np.all(np.asarray(point["x"]) <= high)
    for theta, J in point["dx_dtheta"].items():
        low, high = s.enclosure(theta)
        one = 2e-16 * np.abs(J)  # the known value is itself rounded
        assert np.all(low - one <= J) and np.all(np.asarray(J) <= high + one)
        assert np.all(high - low <= 1e-13 * max(1.0, np.abs(J).max()))


def relative(a: Any, b: Any) -> float:
    return float(np.linalg.norm(np.subtract(a, b)) / np.linalg.norm(b))


@pytest.mark.parametrize("name", NEAR)
@pytest.mark.parametrize("size", [3e-2, 1e-3])
def test_predicted_error_and_correction(name: str, size: float) -> None:
    exact = solved(name)
    rng = np.random.default_rng(3)
    away = np.asarray(rng.standard_normal(np.shape(exact.x)))
    point = exact.x + size * away / np.linalg.norm(away)
    s = asked(name).diagnose(point, BY_NAME[name]["values"])
    assert s.verdict.kind == "not-converged" and s.newton_step < 0.1
    for theta in BY_NAME[name]["theta"]:
        true = exact.jacobian(theta)
        with pytest.warns(UserWarning, match="not-converged"):
            actual = relative(s.jacobian(theta, on_fail="warn"), true)
        assert actual / 2 <= s.jacobian_error(theta) <= 2 * actual
        assert relative(s.jacobian(theta, corrected=True), true) <= (actual / 10 if size < 1e-2 else actual / 4)
