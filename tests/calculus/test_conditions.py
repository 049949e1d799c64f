"""Conditions: sharp, each said once, and left out only where they hold."""

import numpy as np
import pytest

import closedform as cf
from closedform.calculus.ranges import Range, range_of

PRINTED = "in the form printed; elsewhere that is NaN, and the derivative its limit"
SHARP = [
    ("||x||", "", "x", "grad", ["x ≠ 0"]),
    ("||A*x||", "", "x", "grad", ["Ax ≠ 0"]),
    ("||x||^2", "", "x", "grad", []),
    ("||x||*||x||", "", "x", "grad", []),
    ("||x||^3", "", "x", "grad", []),
    ("||x||^3", "", "x", "hessian", ["x ≠ 0 in the form printed; elsewhere that is NaN, and the derivative its limit"]),
    ("||x||^3", "", "x", "derivative", []),
    ("||x||_inf", "", "x", "grad", ["x ≠ 0", "the largest entry of abs(x) is unique"]),
    ("sum(relu(A*x).^2)", "", "x", "grad", []),
    ("||relu(A*x - b)||^2", "", "x", "grad", []),
    ("||relu(A*x - b)||^2", "", "x", "hessian", ["Ax ≠ b in every entry"]),
    ("abs(s)^3", "s in R", "s", "grad", []),
    ("log(1 - sigmoid(w'*x))", "", "x", "grad", []),
    ("log(softmax(z)[k])", "", "z", "grad", []),
    ("log(1 - softmax(z)[k])", "", "z", "grad", ["1 ≠ softmax(z)[k]"]),
    ("log(1 - tanh(s)^2)", "s in R", "s", "grad", []),
    ("log(1 - exp(s)/(exp(s) + exp(t)))", "s in R, t in R", "s", "grad", []),
    ("log(s + sqrt(s^2 + 1))", "s in R", "s", "grad", []),
    ("log(s + sqrt(s^2 - 1))", "s in R", "s", "grad", ["s + sqrt(s² − 1) > 0", "s² − 1 > 0"]),
    ("log(1 + sin(s))", "s in R", "s", "grad", ["1 + sin(s) ≠ 0"]),
    ("log(2 + sin(s))", "s in R", "s", "grad", []),
    ("log(abs(det(X)))", "", "X", "grad", ["det(X) ≠ 0"]),
    ("sqrt(x'*P*x)", "P in PD(n)", "x", "grad", ["x ≠ 0"]),
    ("sqrt(x'*P*x)", "P in PSD(n)", "x", "grad", ["xᵀPx ≠ 0"]),
    ("sqrt(var(x))", "x in R^n", "x", "grad", ["x ≠ mean(x) ones(n)"]),
    ("y'*inv(X)*y + logdet(X)", "", "X", "grad", ["det(X) > 0"]),
    ("log(p/q)", "p in R, q in R", "p", "grad", ["p/q > 0"]),
    ("tr(sqrtm(X))", "X in PD(n)", "X", "grad", []),
    ("log(-x'*x)", "", "x", "grad", ["−xᵀx > 0, which never holds"]),
    ("lambda_min(Q*Q')", "Q in Orth(n)", "Q", "grad",
     ["the smallest eigenvalue of eye(n) is simple, which never holds"]),
    ("(max(s, t) - t)^2", "s in R, t in R", "s", "grad", []),
    ("(t - min(s, t))^2", "s in R, t in R", "t", "grad", []),
    ("(max(s, t) - t)^2", "s in R, t in R", "s", "hessian", ["s ≠ t"]),
    ("max(s, t) - t", "s in R, t in R", "s", "grad", ["s ≠ t"]),
    ("(max(s, t) - t)^2 + max(s, t)", "s in R, t in R", "s", "grad", ["s ≠ t"]),
    ("(max(s, t) + t)^2", "s in R, t in R", "s", "grad", ["s ≠ t"]),
    ("max(s, t)*max(s, t)", "s in R, t in R", "s", "grad", ["s ≠ t"]),
    ("(max(s, t) - t)^2*max(s, t)", "s in R, t in R", "s", "grad", []),
    ("max(0, s)^2", "s in R", "s", "grad", []),
    ("tr(tan(A)'*C)", "A in R^(m×n)", "A", "grad", ["every entry of cos(A) ≠ 0"]),
    ("sum(i, p[i]*log(p[i]/q[i]))", "", "p", "grad", ["p[i]/q[i] > 0"]),
    ("sum(i, ||x - a[i]||)", "", "x", "grad", ["x ≠ a[i]"]),
    ("-sum(log(b - A*x))", "", "x", "hessian", ["every entry of b − Ax > 0"]),
    ("sum(prod_others(x))", "", "x", "hessian", [f"every entry of x ≠ 0 {PRINTED}"]),
]


@pytest.mark.parametrize(("formula", "where", "by", "op", "conditions"), SHARP)
def test_conditions(formula: str, where: str, by: str, op: str, conditions: list[str]) -> None:
    found = getattr(cf.formula(formula, where or None), op)(by)
    assert sorted(found.conditions) == sorted(conditions)


EXPRESSIONS = [
    "1 - sigmoid(x)", "tanh(x).^2", "1 - tanh(x).^2", "exp(-x.^2)", "exp(x.^2)", "1 + x'*x", "softmax(x) - 1",
    "abs(x) + 1/2", "-exp(x)", "2 - cosh(x)", "sin(x).*sin(y)", "relu(x) - relu(-x)", "x./(1 + abs(x))", "A*exp(x)",
    "exp(A)*exp(x)", "mean(exp(x))", "mean(sigmoid(x) - 1)", "sum(sigmoid(x))", "max(sigmoid(x), 1/2 + 0*x)",
    "sqrt(1 + x.^2)", "log(2 + sin(x))", "(1 + exp(x)).^-1", "(1 + exp(x)).^(1/2)", "(-exp(x)).^3", "(-exp(x)).^-1",
    "x'*A'*A*x", "exp(x)'*exp(y)", "diag(exp(x))", "normcdf(x) - 1/2", "erf(x).*erf(y)", "atan(x)", "step(x)",
    "sum(i, exp(x[i]))", "norm(exp(x))", "vec(exp(A))", "sigmoid(x).*softmax(y)", "pi - 3 + 0*x", "(1/2)*sign(x)",
    "max(x) - min(x)", "min(exp(x), 2 + 0*x)", "logsumexp(x)", "softplus(x)", "var(x)", "prod(exp(x))",
]  # fmt: skip


def inside(found: Range, value: float) -> bool:
    """To rounding: an open end may be met by a float."""
    low = found.low is None or value >= float(found.low) - 1e-12
    high = found.high is None or value <= float(found.high) + 1e-12
    return low and high and (found.zero or abs(value) > 0)


@pytest.mark.parametrize("text", EXPRESSIONS)
@pytest.mark.parametrize("form", ["raw", "normal"])
def test_values_lie_in_the_range(text: str, form: str) -> None:
    f = cf.formula(text, "x in R^3, y in R^3, A in R^(3×3)")
    node = f._raw if form == "raw" else f._node
    found = range_of(node)
    rng = np.random.default_rng(5)
    for _ in range(40):
        point = {"x": rng.normal(size=3) * 2, "y": rng.normal(size=3), "A": rng.normal(size=(3, 3))}
        value = np.asarray(f({k: v for k, v in point.items() if k in f.variables}))
        assert all(inside(found, float(v)) for v in value.ravel())


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [("1 - sigmoid(x)", 0, 1), ("exp(-x.^2)", 0, 1), ("1 - tanh(x).^2", 0, 1), ("2 + sin(x)", 1, 3)],
)
def test_ranges_that_are_known(text: str, low: int, high: int) -> None:
    found = range_of(cf.formula(text)._node)
    assert found.low == low
    assert found.high == high


@pytest.mark.parametrize("typed", ["sqrt(s) + 1/s", "s^(3/2)/s", "sqrt(s)/(s*log(2))"])
def test_not_negative_and_not_zero_is_positive(typed: str) -> None:
    assert cf.formula(typed, "s in R").grad("s").conditions == ("s > 0",)


def test_what_shared_parts_stand_for_comes_behind_a_condition() -> None:
    f = cf.formula("A'*(A*y - b) + lam*sqrt(y'*y + b'*b)*y - exp(y'*y + b'*b)*y").implicit("y", "b")
    (solvable,) = (c for c in f.conditions if "invertible" in c)
    assert solvable.endswith(" is invertible, where s = yᵀy + bᵀb")
