"""Programs over several devices and processes give what one gives, with one collective."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import jax
import numpy as np
import pytest
from jax.sharding import Mesh

from closedform import ClosedformError, ValueProblem, formula

SCRIPT = Path(__file__).parent / "sharded_problem.py"
GRADIENT = formula("1/2*||A*x - b||^2").grad("x")


def result(process: subprocess.Popen[str]) -> dict[str, Any]:
    out, errors = process.communicate(timeout=120)
    assert process.returncode == 0, errors
    found: dict[str, Any] = json.loads(out.strip().splitlines()[-1])
    return found


def started(*args: str) -> subprocess.Popen[str]:
    command = [sys.executable, str(SCRIPT), *args]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_four_devices_of_one_process() -> None:
    found = result(started())
    assert found["devices"] == 4
    assert found["error"] < 1e-13
    assert (found["all-reduce"], found["all-gather"]) == (1, 0)


def test_two_processes() -> None:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = str(s.getsockname()[1])
    both = [started(str(k), port) for k in range(2)]
    for found in map(result, both):
        assert found["devices"] == 2
        assert found["error"] < 1e-13
        assert found["all-reduce"] >= 1


def test_what_cannot_be_split_says_so() -> None:
    mesh = Mesh(np.array(jax.devices()[:1]), ("data",))
    with pytest.raises(ClosedformError, match="no columns to split"):
        GRADIENT.compile("jax", mesh=mesh, shard={"b": "columns"})
    with pytest.raises(ClosedformError, match="none of them"):
        GRADIENT.compile("jax", mesh=mesh, shard={"A": "samples"})
    with pytest.raises(ValueProblem, match="to be split"):
        GRADIENT.compile("jax", mesh=mesh, shard={"B": "rows"})
    with pytest.raises(ClosedformError, match="mesh of JAX devices"):
        GRADIENT.compile("numpy", mesh=mesh, shard={"A": "rows"})


def test_a_mesh_program_takes_what_a_program_takes() -> None:
    mesh = Mesh(np.array(jax.devices()[:1]), ("data",))
    split = GRADIENT.compile("jax", mesh=mesh, shard={"A": "rows", "b": "entries"})
    rng = np.random.default_rng(6)
    A, x, b = rng.normal(size=(4, 3)), rng.normal(size=3), rng.normal(size=4)
    want = A.T @ (A @ x - b)
    for values in ({"A": A, "x": x, "b": b}, {"A": A.tolist(), "x": x[:, None], "b": jax.numpy.asarray(b)}):
        np.testing.assert_allclose(split(**values), want, rtol=1e-5)
        np.testing.assert_allclose(split(*(values[n] for n in split.arguments)), want, rtol=1e-5)
        assert "HloModule" in split.compiled_text(**values)
    with pytest.raises(ValueProblem, match="no value was given for b"):
        split(A=A, x=x)
    with pytest.raises(ValueProblem, match="A has shape"):
        split(A=1.0, x=x, b=b)
    with pytest.raises(ValueProblem, match="complex"):
        split(A=A + 1j, x=x, b=b)
    with pytest.raises(ClosedformError, match="is no mesh"):
        GRADIENT.compile("jax", mesh="cpu", shard={"A": "rows"})
