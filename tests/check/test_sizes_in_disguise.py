"""Sizes that no formula shows: Σ (sin²xᵢ + cos²xᵢ) = n. A polynomial in one may vanish at all the sizes drawn."""

from __future__ import annotations

import pytest

import closedform as cf
from closedform.check.everysize import telling

DISGUISED = [
    "sum(sin(x).^2 + cos(x).^2)", "sum(sigmoid(x) + sigmoid(-x))", "sum(exp(x).*exp(-x))", "x'*(x.^-1)", "sum(x./x)",
    "sum(exp(x - x))", "exp(logsumexp(x - x))", "sum(cosh(x).^2 - sinh(x).^2)", "sum(exp(log(x))./x)",
    "sum(sign(x).^2)", "tr(diag(x)*diag(x.^-1))", "sum(abs(x)./x.*sign(x))",
    "sum((softplus(x) - softplus(-x))./x)", "log(exp(sum(sin(x).^2 + cos(x).^2)))", "log(exp(x'*(x.^-1))*exp(3)) - 3",
]  # fmt: skip
"""Each is n."""
NEAR = (1, 6, 7, 8, 9, 10), (1, 8, 9, 10, 11, 12, 13, 14)


def vanishing(size: str, zeros: tuple[int, ...]) -> str:
    return "*".join(f"({size} - {k})" for k in zeros)


@pytest.mark.parametrize("zeros", NEAR)
@pytest.mark.parametrize("size", DISGUISED)
def test_a_polynomial_in_a_size_in_disguise_is_not_zero_at_every_size(size: str, zeros: tuple[int, ...]) -> None:
    assert not cf.equal(vanishing(size, zeros), "0", "x in R^n").right


@pytest.mark.parametrize("size", ["tr(X^0)", "exp(logsumexp(0*x))"])
def test_nor_is_one_that_vanishes_up_to_sixteen(size: str) -> None:
    form = {0: 1}
    for k in range(1, 17):
        form = {e: form.get(e - 1, 0) - k * form.get(e, 0) for e in range(k + 1)}
    spelled = " + ".join(f"({c})*({size})^{e}" if e else f"({c})" for e, c in form.items())
    assert not cf.equal(f"({spelled})*sum(x)", "0", "x in R^n, X in R^(n×n)").right


@pytest.mark.parametrize(("function", "by"), [
    ("||sigmoid(A*x) - y||^2", "x"), ("logsumexp(A*x)", "x"), ("y'*tanh(W*tanh(V*x))", "x"), ("softmax(x)'*y", "x"),
    ("sum((exp(x) - y).^2)*sum(sin(x))", "x"), ("x'*A*x", "x"),
])  # fmt: skip
def test_ordinary_gradients_are_still_proved_for_every_size(function: str, by: str) -> None:
    found = cf.formula(function).grad(by).check()
    assert (found.level, found.every_size) == ("A", True)


def test_sizes_tell_a_polynomial_by_the_rank_of_its_monomials() -> None:
    line = [{"m": k, "n": 2 * k} for k in range(1, 9)]
    assert telling({"n": 3}, line)
    assert not telling({"n": 8}, line)  # nine coefficients
    assert not telling({"m": 1, "n": 1}, line)  # 2m - n is 0 at all of them
    assert telling({"m": 1, "n": 1}, [*line, {"m": 1, "n": 1}])
