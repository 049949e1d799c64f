"""The exercises of ``examples/exercises`` run and find what they should."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import numpy as np
import pytest

import closedform as cf

HERE = Path(__file__).parents[2] / "examples" / "exercises"


@pytest.fixture(autouse=True)
def beside(monkeypatch):
    monkeypatch.syspath_prepend(str(HERE))


def test_taylor_series_of_cosine_through_a_loop(capsys):
    errors = import_module("taylor_of_cosine").main()
    assert len(errors) == 5 and max(errors.values()) < 1e-9
    assert "level A" in capsys.readouterr().out


@pytest.mark.needs("jax")
def test_fourth_derivative_of_tanh():
    assert import_module("fourth_derivative_of_tanh").main() < 1e-12


@pytest.mark.needs("jax")
def test_matrix_derivatives(capsys):
    differences = import_module("matrix_derivatives").main()
    assert len(differences) == 6 and max(differences.values()) < 1e-13
    out = capsys.readouterr().out
    assert out.count("certificate A") == 6
    assert "hessian  of 1/2*x'*A*x + b'*x + c    = (A + A')/2" in out and "tr(A*X*B)                = (B*A)'" in out


@pytest.mark.needs("jax")
def test_linear_regression(capsys):
    found = import_module("linear_regression").main()
    assert set(found) == {"by hand", "closed form", "JAX autodiff"}
    for rows in found.values():
        assert [n for n, *_ in rows] == [10, 100, 1000, 10000]
        for n, seconds, w, b, steps in rows:
            assert seconds > 0 and 0 < steps < 2000, n
            np.testing.assert_allclose((w, b), (3, 2), atol=2e-4)
    assert len({tuple(steps for *_, steps in rows) for rows in found.values()}) == 1
    assert "n times" in capsys.readouterr().out


@pytest.mark.needs("jax")
def test_the_slip_in_the_gradient_by_hand():
    """It is n times the gradient: what the certificate refuses, and the right one is the mean."""
    verdict = import_module("linear_regression").slip()
    assert verdict.kind == "wrong"
    right = cf.formula(verdict.truth.text, verdict.truth.where)
    rng = np.random.default_rng(5)
    data = {"x": rng.normal(size=7), "y": rng.normal(size=7), "w": 0.3, "b": -0.2}
    wrong = cf.formula(verdict.answer.text, verdict.answer.where)
    assert wrong(data) == pytest.approx(7 * right(data))


def test_every_exercise_is_tested():
    assert sorted(p.stem for p in HERE.glob("*.py")) == [
        "fourth_derivative_of_tanh", "linear_regression", "matrix_derivatives", "taylor_of_cosine",
    ]  # fmt: skip
