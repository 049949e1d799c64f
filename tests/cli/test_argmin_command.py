"""``closedform argmin``."""

import json

import pytest

from closedform.cli import main

RIDGE = ["argmin", "||A*x - b||^2 + lam*||x||^2", "--over", "x", "--by", "lam", "--where", "lam > 0"]
VALUES = ["A=[[2,0],[0,1]]", "b=[4,4]", "lam=1"]


def test_formula(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*RIDGE, "--text"]) == 0
    assert capsys.readouterr().out == "-(A'*A + lam*I)^-1*x\n"


def test_page(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*RIDGE, *VALUES]) == 0
    page = capsys.readouterr().out
    assert all(word in page for word in ("closed form", "level A", "verdict   minimum", "proved", "[-0.32 -1.  ]"))


def test_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*RIDGE, *VALUES, "--json"]) == 0
    record = json.loads(capsys.readouterr().out)
    assert record["solution"]["verdict"]["kind"] == "minimum"
    assert record["solution"]["jacobians"]["lam"] == pytest.approx([-0.32, -1])


def test_a_refusal_is_an_exit_code(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["argmin", "exp(-x)*t", "--over", "x", "--by", "t", "--where", "x in R, t in R", "t=1"]) == 3
    assert "none: no-minimum" in capsys.readouterr().out


def test_constraints(capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["argmin", "1/2*||x - t||^2", "--over", "x", "--by", "t", "--subject-to", "x >= 0, sum(x) = 1", "t=[1,1]"]
    assert main(asked) == 0
    assert "active: sum(x) = 1" in capsys.readouterr().out


def test_a_point_of_the_users(capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["argmin", "(x - t)^2 + exp(x)", "--over", "x", "--where", "x in R, t in R", "t=1", "--point", "0.5"]
    assert main(asked) == 3
    assert "not-converged" in capsys.readouterr().out
