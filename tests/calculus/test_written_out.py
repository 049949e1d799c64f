"""Derivatives of formulas in entries of short vectors are written out by entries, where that is shorter."""

from __future__ import annotations

import numpy as np
import pytest

import closedform as cf

WRITTEN = [
    ("x[1]^2*x[2] + sin(x[3])", "x in R^3", "grad", "x", "[2*x[2]*x[1]; x[1]^2; cos(x[3])]"),
    ("x[1]^2*x[2] + sin(x[3])", "x in R^3", "hessian", "x", "[2*x[2], 2*x[1], 0; 2*x[1], 0, 0; 0, 0, -sin(x[3])]"),
    ("x[1]*x[2]", "x in R^5", "grad", "x", "[x[2]; x[1]; 0; 0; 0]"),
    ("X[1,2]*X[2,1]", "X in R^(2×2)", "grad", "X", "[0, X[2,1]; X[1,2], 0]"),
    ("[x[1]*x[2]; x[1]^2; sin(x[2])]", "x in R^2", "jacobian", "x", "[x[2], x[1]; 2*x[1], 0; 0, cos(x[2])]"),
    ("100*(x[2] - x[1]^2)^2 + (1 - x[1])^2", "x in R^2", "hessian", "x", None),
    ("x[1]", "x in R^3", "grad", "x", "eye(3)[:,1]"),
    ("x[1]*x[2]", "x in R^n", "grad", "x", "x[2]*eye(n)[:,1] + x[1]*eye(n)[:,2]"),
    ("x'*x + x[1]", "x in R^3", "grad", "x", "2*x + I[:,1]"),
]


@pytest.mark.parametrize(("text", "where", "op", "by", "answer"), WRITTEN)
def test_written_out(text: str, where: str, op: str, by: str, answer: str | None) -> None:
    f = cf.formula(text, where)
    found = getattr(f, op)(by)
    assert answer is None or found.text == answer
    assert found.check().level == "A"
    rng = np.random.default_rng(2)
    at = {"x": rng.normal(size={"x in R^5": 5, "x in R^2": 2}.get(where, 3)), "X": rng.normal(size=(2, 2))}
    below = f if op == "grad" else f.grad(by) if op == "hessian" else f
    given = {by: at[by]}
    out, h = np.empty((*np.shape(below(given)), *at[by].shape)), 1e-5
    for k in np.ndindex(at[by].shape):
        step = np.zeros(at[by].shape)
        step[k] = h
        out[(..., *k)] = (np.asarray(below({by: at[by] + step})) - np.asarray(below({by: at[by] - step}))) / (2 * h)
    used = {**given, "n": 3}
    assert np.allclose(found({k: v for k, v in used.items() if k in found.variables}), out, atol=1e-5)


def test_a_written_out_gradient_is_differentiated_again() -> None:
    f = cf.formula("x[1]^2*x[2] + sin(x[3])", "x in R^3")
    assert f.grad("x").jacobian("x") == f.hessian("x")
