"""Values of names that stand nowhere are refused; objects say what they are."""

from __future__ import annotations

import numpy as np
import pytest

import closedform as cf
from closedform.errors import ValueProblem

RIDGE = cf.formula("||A*x - b||^2 + lam*||x||^2", "lam > 0").argmin("x")
GIVEN = {"A": [[1.0, 2.0], [0.0, 1.0], [3.0, 1.0]], "b": [1.0, 2.0, 4.0], "lam": 0.5}


@pytest.mark.parametrize(("name", "meant"), [("lamda", "lam"), ("strat", "start")])
def test_a_misspelled_name(name: str, meant: str) -> None:
    with pytest.raises(ValueProblem, match=f"{name} is no variable here; there are A, x, b, lam") as caught:
        RIDGE.solve(GIVEN, **{name: 3.0})
    assert meant in str(caught.value)
    with pytest.raises(ValueProblem, match=name):
        RIDGE.diagnose([0.0, 0.0], GIVEN, **{name: 3.0})
    with pytest.raises(ValueProblem, match=name):
        cf.formula("x^2 - t", "x in R, t in R").root("x").solve({"t": 2.0, name: 1.0})


def test_sizes_and_names_of_constraints_are_known() -> None:
    assert RIDGE.solve(GIVEN, n=2, m=3).verdict.kind == "minimum"
    held = cf.formula("||x - t||^2").argmin("x", subject_to="C*x = d")
    found = held.solve(t=[1.0, 2.0], C=[[1.0, 3.0]], d=[2.0])
    assert np.allclose(found.x, [0.5, 0.5])
    with pytest.raises(ValueProblem, match="e is no variable here"):
        held.solve(t=[1.0, 2.0], C=[[1.0, 3.0]], d=[2.0], e=1.0)


def least_squares(x: np.ndarray, b: np.ndarray) -> float:
    return float(np.sum((x - b) ** 2))


@pytest.mark.parametrize(("made", "shown"), [
    (RIDGE, "<Argmin over x of ‖Ax − b‖² + λ‖x‖²>"),
    (cf.formula("||x||^2").argmin("x", subject_to="sum(x) = 1"), "<Argmin over x of ‖x‖² subject to sum(x) = 1>"),
    (cf.formula("x^2 - t", "x in R, t in R").root("x"), "<Root over x of x² − t = 0>"),
    (cf.formula("tanh(W*x + b)", "W in R^(n×n)").fixed_point("x"), "<Root over x of x = tanh(Wx + b)>"),
    (cf.argmin(least_squares), "<argmin of least_squares over its first argument>"),
])  # fmt: skip
def test_what_objects_say(made: object, shown: str) -> None:
    assert repr(made) == shown


def test_constraints_have_sizes_and_numbers_of_their_own() -> None:
    rng = np.random.default_rng(7)
    A, b, C, d = rng.normal(size=(5, 3)), rng.normal(size=5), rng.normal(size=(2, 3)), rng.normal(size=2)
    f = cf.formula("1/2*||A*x-b||^2")
    s = f.argmin("x", subject_to="C*x = d").solve(A=A, b=b, C=C, d=d)
    kkt = np.block([[A.T @ A, C.T], [C, np.zeros((2, 2))]])
    assert np.allclose(np.linalg.solve(kkt, np.r_[A.T @ b, d])[:3], s.x)
    assert np.allclose(np.linalg.inv(kkt)[:3, 3:], s.jacobian("d"))
    total = f.argmin("x", subject_to="sum(x) = c").solve(A=A, b=b, c=2.0)
    assert np.isclose(total.x.sum(), 2.0)
    assert np.isclose(total.jacobian("c").sum(), 1.0)
    with pytest.raises(cf.ClosedformError, match=r"d has shape \(\); it is a vector"):
        f.argmin("x", subject_to="C*x = d").solve(A=A, b=b, C=C, d=1.0)


def test_a_picture_under_constraints_says_that_its_curves_leave_them() -> None:
    a = cf.formula("w'*S*w", "S in PD(n)").argmin("w", subject_to="sum(w) = 1")
    drawn = a.plot(a.solve(S=[[2.0, 0.3], [0.3, 1.0]]))
    assert str(drawn).startswith("f around w: minimum under constraints; along the curves they need not hold\n")
