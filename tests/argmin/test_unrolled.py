"""The derivative of k steps beside that of the argmin; the picture; both on the command line."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import closedform as cf
from closedform.cli import main

PROBLEMS = {
    p["id"]: p
    for p in json.loads((Path(__file__).parents[1] / "data" / "argmin_problems.json").read_text("utf-8"))["problems"]
}
rng = np.random.default_rng(6)


def unrolled(name: str, steps: int) -> Any:
    p = PROBLEMS[name]
    a = cf.formula(p["formula"], p["where"]).argmin("x")
    return a.unrolled(p["values"], by="W", steps=steps, rate=0.5, start=p["start"])


def test_the_numbers_of_the_forum_are_those_of_350_steps() -> None:
    u = unrolled("network-123-three-inputs", 350)
    assert np.allclose(u.derivative_of_steps("W")[:, 0, 0], [0.9589, -12.7342, 15.6671], rtol=0, atol=1e-4)
    with pytest.raises(cf.NoDerivative):
        u.derivative_of_argmin("W")
    assert "none (no-minimum)" in u.report and "singular Hessian, rank 2" in u.report


def test_where_there_is_a_minimum_both_agree_in_the_end() -> None:
    u = unrolled("network-456-stabilised", 350)
    assert u.solution.verdict.kind == "minimum"
    assert np.allclose(u.derivative_of_steps("W"), u.derivative_of_argmin("W"), rtol=1e-5, atol=0)
    few = unrolled("network-456-stabilised", 10)
    assert "They differ" in few.report and few.solution.verdict.kind == "not-converged"
    assert np.allclose(few.derivative_of_argmin("W"), u.derivative_of_argmin("W"), rtol=1e-5, atol=0)


@pytest.mark.parametrize("method", ["gradient", "momentum", "adam"])
def test_steps_against_steps_from_moved_parameters(method: str) -> None:
    Q, t = rng.standard_normal((3, 3)), rng.standard_normal(3)
    a = cf.formula("1/2*||Q*x - t||^2 + sum(exp(x))", "Q in R^(3×3)").argmin("x")
    given: dict[str, Any] = {"by": ["t", "Q"], "steps": 7, "rate": 0.02, "method": method, "start": [0.3, -0.2, 0.1]}
    u, h, d = a.unrolled(Q=Q, t=t, **given), 1e-6, rng.standard_normal(3)
    ends = [a.unrolled(Q=Q, t=t + sign * h * d, **given).x for sign in (1, -1)]
    assert np.allclose(u.derivative_of_steps("t") @ d, (ends[0] - ends[1]) / (2 * h), rtol=0, atol=1e-8)
    D = rng.standard_normal((3, 3))
    ends = [a.unrolled(Q=Q + sign * h * D, t=t, **given).x for sign in (1, -1)]
    moved = np.einsum("ijk,jk->i", u.derivative_of_steps("Q"), D)
    assert np.allclose(moved, (ends[0] - ends[1]) / (2 * h), rtol=0, atol=1e-8)


def test_what_is_refused() -> None:
    a = cf.formula("(x - t)^2", "x in R, t in R").argmin("x")
    with pytest.raises(cf.ClosedformError, match="run off"):
        a.unrolled(by="t", steps=5000, rate=5.0, method="gradient", t=1.0, start=0.0)
    with pytest.raises(cf.ClosedformError, match="none of them"):
        a.unrolled(by="t", steps=5, rate=5.0, method="rmsprop", t=1.0)


def test_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "around.svg"
    f = ["argmin", "(x[1] - t)^4 + (x[1] - t)^2 + x[2]^2", "t=1", "--over", "x", "--by", "t", "--no-check"]
    f += ["--where", "x in R^2, t in R"]
    assert main([*f, "--unrolled", "20", "--plot", str(file)]) == 0
    said = capsys.readouterr().out
    assert "20 steps of adam" in said and "They differ by" in said and str(file) in said
    assert file.read_text("utf-8").startswith("<?xml")
    assert main(["argmin", "x^2", "--over", "x", "--plot", str(file)]) == 2


def test_roots_on_the_command_line(capsys: pytest.CaptureFixture[str]) -> None:
    where = ["--where", "x in R, a in R"]
    assert main(["root", "x^3 + a*x = 1", "a=0", "--over", "x", "--by", "a", *where]) == 0
    said = capsys.readouterr().out
    assert "verdict   root" in said and "-0.333333333333" in said
    assert main(["root", "x^2 + a", "a=1", "--over", "x", "--by", "a", *where, "--json", "--no-check"]) == 3
    assert json.loads(capsys.readouterr().out)["solution"]["verdict"]["kind"] == "no-root"
    assert main(["root", "cos(a*x)", "a=1", "--over", "x", "--by", "a", "--fixed-point", *where]) == 0
    assert "attracting" in capsys.readouterr().out


def test_a_picture_shows_the_newton_step() -> None:
    a = cf.formula("v'*tanh(W*x + b)", "x in R^1, W in R^(3×1)").argmin("x")
    p = PROBLEMS["network-456"]["values"]
    shown = str(a.plot(a.diagnose([-12.2], p))).splitlines()
    assert shown[0] == "f around x: no minimum" and shown[1].startswith("Newton step (-1)")
