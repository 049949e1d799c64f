"""Whether a condition holds at given arrays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from closedform.errors import MissingRule
from closedform.expr.op import Condition
from closedform.run.numeric import Sizes, Values, evaluate

Array = Any
ROUNDING = 1e-12  # relative to the largest: what is closer together or to zero counts as equal


def holds(condition: Condition, env: Values, sizes: Sizes) -> bool:
    """Whether the condition holds at these arrays (2-d, as for ``evaluate``), ties and zeros up to rounding.

    >>> from closedform.functions.algebra import sym
    >>> holds(Condition("positive", sym("x", "n")), {"x": np.array([[1.0], [-2.0]])}, {"n": 2})
    False
    """
    test = TESTS.get(condition.kind)
    if test is None:
        raise MissingRule(f"the condition {condition.kind} is not known to this library")
    value = evaluate(condition.expr, env, sizes)
    return bool(np.all(np.isfinite(value)) and test(value))


def _symmetric(S: Array) -> bool:
    return bool(np.max(np.abs(S - S.T)) <= 1e-8 * np.max(np.abs(S)))


def _apart(values: Array, first: int, second: int) -> bool:
    """Whether two of the sorted values are apart; True where there is only one."""
    ordered = np.sort(values, axis=None)
    if ordered.size < 2:
        return True
    return bool(abs(ordered[first] - ordered[second]) > ROUNDING * np.max(np.abs(ordered)))


def _all_apart(values: Array) -> bool:
    ordered = np.sort(values, axis=None)
    return bool(np.all(np.diff(ordered) > ROUNDING * max(np.max(np.abs(ordered)), 1e-300)))


def _regular(X: Array) -> bool:
    s = np.linalg.svd(X, compute_uv=False)
    return bool(s[-1] > ROUNDING * s[0])


def _positive_definite(S: Array) -> bool:
    return _symmetric(S) and bool(np.linalg.eigvalsh(S)[0] > ROUNDING * np.max(np.abs(S)))


def _no_negative_eigenvalue(X: Array) -> bool:
    values = np.linalg.eigvals(X)
    scale = ROUNDING * np.max(np.abs(values))
    return not np.any((np.abs(values.imag) <= scale) & (values.real <= scale))


TESTS: dict[str, Callable[[Array], Any]] = {
    "positive": lambda x: np.all(x > 0),
    "nonneg": lambda x: np.all(x >= 0),
    "nonzero": lambda x: np.all(x != 0),
    "notzero": lambda x: np.any(x != 0),
    "below-one": lambda x: np.all(np.abs(x) < 1),
    "invertible": _regular,
    "full-rank": _regular,
    "pd": _positive_definite,
    "no-negative-eigenvalue": _no_negative_eigenvalue,
    "unique-max": lambda x: _apart(x, -1, -2),
    "unique-min": lambda x: _apart(x, 0, 1),
    "simple-top": lambda S: _symmetric(S) and _apart(np.linalg.eigvalsh(S), -1, -2),
    "simple-bottom": lambda S: _symmetric(S) and _apart(np.linalg.eigvalsh(S), 0, 1),
    "distinct": lambda S: _symmetric(S) and _all_apart(np.linalg.eigvalsh(S)),
    "simple-top-singular": lambda X: _apart(np.linalg.svd(X, compute_uv=False), -1, -2),
    "distinct-singular": lambda X: _all_apart(np.linalg.svd(X, compute_uv=False)),
}
