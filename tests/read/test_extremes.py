r"""The largest and smallest over an index, as text and as ``\max_i``, beside NumPy's."""

from __future__ import annotations

import numpy as np
import pytest

from closedform import formula
from closedform.errors import ClosedformError

RNG = np.random.default_rng(20261122)
POINT = {"a": RNG.normal(size=(4, 3)), "x": RNG.normal(size=3), "b": RNG.normal(size=4)}
EACH = POINT["a"] @ POINT["x"] + POINT["b"]
WHERE = "a[i] in R^n for i = 1..m, x in R^n, b in R^m"


@pytest.mark.parametrize(
    ("text", "latex", "value"),
    [
        ("max_over(i, a[i]'*x + b[i])", r"\max_i (a_i^\top x + b_i)", EACH.max()),
        ("min_over(i, a[i]'*x + b[i])", r"\min_i (a_i^\top x + b_i)", EACH.min()),
        ("max_over(i=1..m, b[i]*exp(b[i]))", r"\max_{i=1}^m b_i \exp(b_i)", (POINT["b"] * np.exp(POINT["b"])).max()),
        ("min_over(i=1..m, abs(b[i]))", r"\min_{i=1}^m |b_i|", np.abs(POINT["b"]).min()),
        ("max_over(i, b[i]) - min_over(i, b[i])", r"\max_i b_i - \min_i b_i", np.ptp(POINT["b"])),
    ],
)
def test_the_extremes_of_a_family(text: str, latex: str, value: float) -> None:
    for source, syntax in ((text, "text"), (latex, "latex")):
        f = formula(source, WHERE, syntax)
        assert f(**{name: POINT[name] for name in f.variables}) == pytest.approx(value, rel=1e-14)


def test_the_gradient_is_that_of_the_entry_that_is_largest() -> None:
    at = {name: POINT[name] for name in ("a", "x", "b")}
    for kind, k in (("max", EACH.argmax()), ("min", EACH.argmin())):
        found = formula(f"{kind}_over(i, a[i]'*x + b[i])", WHERE).grad("x")
        assert np.asarray(found(**at)).ravel() == pytest.approx(POINT["a"][k], rel=1e-14)


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("max_over(b)", "max_over has no index"),
        ("min_over(2*b, b)", "min_over has no index"),
        ("max_over(i, a[i])", "the largest or smallest over i is one of numbers"),
        ("min_over(i=2..m, b[i])", "the largest or smallest over i starts at 1, not at 2"),
    ],
)
def test_what_is_refused_says_why(source: str, message: str) -> None:
    with pytest.raises(ClosedformError, match=message):
        formula(source, WHERE)
