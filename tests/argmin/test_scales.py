"""Verdicts are the same in any units of f and x, also where a tail ends far out; and what is printed of them."""

import json
import math
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import closedform as cf

LINE, PLANE = "x in R, c in R", "x in R^2, t in R"
CORPUS = {p["id"]: p for p in json.loads(
    (Path(__file__).parents[1] / "data" / "argmin_problems.json").read_text("utf-8"))["problems"]}  # fmt: skip


def argmin(f: str, where: str, subject_to: str | None = None) -> Any:
    return cf.formula(f, where).argmin("x", subject_to=subject_to)


@pytest.mark.parametrize("c", [1e-200, 1e-100, 1e-30, 1e30, 1e100])
def test_a_root_at_the_end_of_a_tail(c: float) -> None:
    s = cf.formula("exp(x) - c", LINE).root("x").solve(c=c, starts=2)
    assert s.verdict.kind == "root" and s.x == pytest.approx(math.log(c), rel=1e-14)
    assert s.jacobian("c") == pytest.approx(1 / c, rel=1e-12)


@pytest.mark.parametrize("c", [1e-100, 1e-30, 1e30])
def test_a_minimum_at_the_end_of_a_tail(c: float) -> None:
    s = argmin("exp(x) - c*x", LINE).solve(c=c, starts=2)
    assert s.verdict.kind == "minimum" and s.x == pytest.approx(math.log(c), rel=1e-14)


@pytest.mark.parametrize("c", [1e-12, 1e-6, 1e6, 1e12])
def test_tails_without_an_end(c: float) -> None:
    assert argmin("exp(-x/c)", LINE).solve(c=c, starts=2).verdict.kind == "no-minimum"
    assert argmin("exp(-x/c)", LINE, "x >= 0").solve(c=c, starts=2).verdict.kind == "no-minimum"
    assert cf.formula("exp(-x/c)", LINE).root("x").solve(c=c, starts=2).verdict.kind == "no-root"


@pytest.mark.parametrize("c", [1e-12, 1e6, 1e12, 1e20])
def test_a_minimum_far_away_inside_constraints(c: float) -> None:
    s = argmin("(x - c)^2", LINE, "x >= 0").solve(c=c)
    assert s.verdict.kind == "minimum" and s.x == pytest.approx(c, rel=1e-9) and s.jacobian("c") == pytest.approx(1)


def test_a_valley_that_falls_and_bends() -> None:
    s = argmin("(x[1] - x[2]^2)^2 + exp(-x[2])*t", PLANE).solve(t=1.0, starts=2)
    assert s.verdict.kind == "no-minimum" and not s.verdict.exists


def test_a_faint_rise_is_not_flat() -> None:
    s = argmin("(x[1] - t)^2 + 1e-10*(x[2] - t)^4", PLANE).solve(t=2.0, starts=2)
    assert s.verdict.kind == "degenerate-minimum"


@pytest.mark.parametrize("name", ["network-2023", "network-456", "ridge-regression", "saddle", "double-well-tilted",
                                  "quadratic-program"])  # fmt: skip
@pytest.mark.parametrize(("of_f", "of_x"), [(1e-12, 1e12), (1e12, 1e-12), (1e12, 1e6)])
def test_units(name: str, of_f: float, of_x: float) -> None:
    p = CORPUS[name]
    moved = re.sub(r"\bx\b", "(x/L)", p["formula"])
    units = ", ".join(filter(None, [p["where"], "F in R", "L in R"]))
    theta = p["theta"][0]
    one = argmin(p["formula"], p["where"]).solve(p["values"], start=p["start"], starts=2)
    start = (of_x * np.asarray(p["start"], float))[()]
    other = argmin(f"F*({moved})", units).solve({**p["values"], "F": of_f, "L": of_x}, start=start, starts=2)
    assert other.verdict.kind == one.verdict.kind
    if one.verdict.exists:
        assert np.allclose(np.asarray(other.x) / of_x, one.x, rtol=1e-9, atol=1e-12)
        J = one.jacobian(theta)
        assert np.allclose(np.asarray(other.jacobian(theta)) / of_x, J, rtol=1e-8, atol=1e-10 * np.abs(J).max())


def test_far_from_a_degenerate_minimum() -> None:
    s = argmin("(x - c)^4", LINE).diagnose(1.5, c=1.0)
    assert s.verdict.kind == "not-converged" and s.verdict.also == ("degenerate-minimum",)
    assert s.minimality == "unproved"


def test_many_variables() -> None:
    rng = np.random.default_rng(6)
    b = np.sign(rng.standard_normal(310)) * rng.uniform(0.5, 2, 310)
    s = argmin("sum(x.^4)/4 - b'*x", "b in R^n").solve(b=b)  # no curvature where the search starts
    assert s.verdict.kind == "minimum" and np.allclose(s.x, np.cbrt(b), rtol=0, atol=1e-9)
    Q = rng.standard_normal((170, 170))
    assert argmin("1/2*x'*Q*x - b'*x", "Q in Sym(n)").solve(Q=Q + Q.T, b=b[:170]).verdict.kind == "saddle"


@pytest.mark.parametrize(
    ("solution", "said"),
    [
        (lambda: argmin("(x^2 - c)^2", LINE).solve(c=4.0), "an equal one at x = -2. The"),
        (lambda: cf.formula("x^2 - c", LINE).root("x").solve(c=4.0), "exist, as at x = -2; the"),
        (lambda: argmin("exp(-x)*c", LINE).solve(c=1.0), "Next: add a term"),
        (lambda: argmin("(x - c)^2", LINE).solve(c=1.5), 'Next: .jacobian("c") is dx*/dc'),
    ],
)
def test_what_is_printed_is_for_people(solution: Any, said: str) -> None:
    text = str(solution())
    assert said in text and len(text.split("\n")) <= 4 and "Problem(" not in text and ".." not in text
