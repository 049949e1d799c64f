"""Products with a Hessian that is not formed, and what conjugate gradients make of them."""

from typing import Any

import numpy as np
import pytest

import closedform as cf
from closedform.argmin.large import Large
from closedform.argmin.problem import Problem
from closedform.errors import ClosedformError
from closedform.program.compiled import Compiled
from closedform.program.ir import hoisted

FORMULA = "1/2*||A*x - b||^2 + lam/2*||x||^2"


def problem(A: Any, b: Any, lam: float) -> Problem:
    return cf.formula(FORMULA, "lam > 0").argmin("x")._problem({"A": A, "b": b, "lam": lam}, {}, np.zeros(A.shape[1]))


@pytest.mark.parametrize("scale", [1e-60, 1e-20, 1e-6, 1.0, 1e6, 1e20, 1e60])
@pytest.mark.parametrize("spread", [1.0, 1e3])
def test_single_precision_only_helps(scale: float, spread: float) -> None:
    rng = np.random.default_rng(4)
    A = scale * rng.standard_normal((90, 60)) * np.geomspace(1, spread, 60)
    here = Large(problem(A, rng.standard_normal(90), scale**2).system, rng.standard_normal(60), dense=False, rtol=1e-11)
    v = rng.standard_normal(60)
    truth = np.linalg.solve(A.T @ A + scale**2 * np.eye(60), v)
    assert np.linalg.norm(here.solve(v) - truth) <= 1e-10 * spread**2 * np.linalg.norm(truth)


def test_what_does_not_converge_is_refused() -> None:
    rng = np.random.default_rng(4)
    A = rng.standard_normal((90, 60)) * np.geomspace(1e-9, 1e9, 60)
    here = Large(problem(A, rng.standard_normal(90), 1e-20).system, np.zeros(60), dense=False)
    with pytest.raises(ClosedformError, match="relative residual"):
        here.solve(rng.standard_normal(60))


def test_products_of_what_is_fixed_are_not_formed_for_a_few_calls() -> None:
    f, arrays = cf.formula("A'*(A*v)", "A in R^(m×n)"), {"A": np.ones((40, 30)), "v": np.ones(30)}
    left = {}
    for few in (True, False):
        program = Compiled((f._raw,), "numpy", fixed={"A": arrays["A"]}, few=few).program(arrays)
        early = hoisted(program, frozenset("A"))
        left[few] = sum(s.op == "matmul" for s in program.steps if s.ref not in early)
    assert left == {True: 2, False: 1}
