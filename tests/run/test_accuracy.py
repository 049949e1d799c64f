"""Values at extreme points against truth to 60 digits and more, in double and single precision; strict evaluation."""

from __future__ import annotations

import numpy as np
import pytest
from accuracy import CASES, Case, condition, error, given, truth
from truth import precise, value

import closedform as cf
from closedform.errors import ValueProblem


def test_the_table_is_large_enough() -> None:
    assert len({(case.text, case.order) for case in CASES}) >= 40


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_double_precision(case: Case) -> None:
    assert error(given(case, 8), truth(case, 8), 8) <= 1e-13 * condition(case, 8)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_single_precision(case: Case) -> None:
    found = given(case, 4)
    assert found.dtype == (np.float32 if found.ndim else np.float64)
    assert error(found.astype(np.float32), truth(case, 4), 4) <= 1e-6


def test_the_truth_is_the_truth() -> None:
    """To 60 digits: the derivative of s^3 at 2, and of x'x at (3, 4), by differences."""
    with precise():
        one = value(lambda o, s: s * s * s, {"s": np.float64(2)}, "s", 1)
        two = value(lambda o, x: o.sum(x * x), {"x": np.array([3.0, 4.0])}, "x", 2)
        assert abs(one.item() - 12) < 10**-300
        assert all(abs(a - b) < 10**-300 for a, b in zip(two.ravel(), (2, 0, 0, 2), strict=True))


def test_the_precision_of_the_answer_is_that_of_the_arrays() -> None:
    A, x = np.ones((3, 2), np.float32), np.ones(2, np.float32)
    assert cf.formula("A*x")(A=A, x=x).dtype == np.float32
    assert cf.formula("A*x")(A=A, x=x.astype(float)).dtype == np.float64
    assert cf.formula("A*x")(A=A, x=[1, 2]).dtype == np.float32
    assert cf.formula("s*x", "s in R")(s=2.0, x=x).dtype == np.float32
    assert cf.formula("x + x")(x=np.array([1, 2])).dtype == np.float64
    assert type(cf.formula("x'*x")(x=x)) is float


NAN = np.array([[np.nan, 1.0], [1.0, 2.0]])


@pytest.mark.parametrize(
    "text",
    ["inv(A)", "inv(A)*(A + A')", "logdet(A)", "sqrtm(A)", "logm(A)", "expm(A)", "norm_op(A)", "norm_nuc(A)", "pinv(A)",
     "lyap(A, A)", "adj(A)", "det(A)"],
)  # fmt: skip
def test_nan_is_nan_throughout_and_never_called_singular(text: str) -> None:
    assert np.isnan(cf.formula(text, "A in R^(n×n)")(A=NAN)).all()


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("text", ["sqrtm(A)", "logm(A)"])
@pytest.mark.parametrize("A", [[[0.0, 1.0], [0.0, 0.0]], [[0.0, 0.0], [0.0, 1.0]], [[-1.0, 0.0], [0.0, 2.0]]])
def test_outside_of_the_domain_nothing_is_warned_of(text: str, A: list[list[float]]) -> None:
    f = cf.formula(text, "A in R^(n×n)")
    assert np.isnan(f(A=A)).all()
    with pytest.raises(cf.ValueProblem, match="eigenvalue"):
        f(A=A, strict=True)


def test_small_is_not_singular() -> None:
    A = np.array([[2.0, 1.0], [0.0, 3.0]])
    assert np.allclose(cf.formula("sqrtm(A)")(A=1e-200 * A), 1e-100 * cf.formula("sqrtm(A)")(A=A), rtol=1e-12, atol=0)
    tiny = cf.formula("logm(A)")(A=1e-200 * A) - np.log(1e-200) * np.eye(2)
    assert np.allclose(tiny, cf.formula("logm(A)")(A=A), rtol=0, atol=1e-12)


def test_what_is_wide_only_on_the_way() -> None:
    n = 300
    D = np.diag(np.linspace(1, 2, n)) * 1e-3
    expected = float(np.sum(np.log(np.linspace(1, 2, n) * 1e-3)))
    assert cf.formula("log(abs(det(X)))")(X=D) == pytest.approx(expected, rel=1e-13)
    huge = cf.formula("10^400*s/10^399", "s in R")
    assert huge(s=2.0) == pytest.approx(20, rel=1e-15)
    A = np.array([[1e300, 1e-300], [2e300, 1e-300]])
    assert np.allclose(cf.formula("A*x")(A=A, x=[0.0, 1e300]), [1, 1])
    assert np.allclose(cf.formula("inv(A)*b")(A=np.diag([1e-200, 1e200]), b=[1.0, 1.0]), [1e200, 1e-200], rtol=1e-14)


@pytest.mark.parametrize("n", [3, 5, 9])
def test_singular_but_for_rounding_is_singular(n: int) -> None:
    """A skew matrix of odd size has no inverse, and hardly ever a pivot that is 0 to the last bit."""
    for seed in range(20):
        K = np.random.default_rng(seed).standard_normal((n, n))
        x = np.arange(1.0, n + 1)
        with pytest.raises(ValueProblem, match="singular"):
            cf.formula("x'*adj(X)*x", "X in Skew(n)").grad("X")(X=K - K.T, x=x)
        with pytest.raises(ValueProblem, match="singular"):
            cf.formula("det(X)").hessian("X")(X=K[:, 1:] @ K[1:], dX1=np.eye(n))


def test_rows_and_columns_of_any_size_are_not_singular() -> None:
    scales = np.diag([1e-150, 1.0, 1e150])
    M = np.array([[2.0, 1.0, 0.0], [1.0, 3.0, 1.0], [0.0, 1.0, 4.0]])
    solved = cf.formula("X^-1*b")
    assert np.allclose(solved(X=scales @ M, b=scales @ M @ np.ones(3)), 1)
    assert np.allclose(np.diag(scales) * solved(X=M @ scales, b=M @ np.ones(3)), 1)
