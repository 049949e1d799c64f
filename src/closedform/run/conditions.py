"""Whether a condition holds at given arrays."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from closedform.errors import LimitError, MissingRule, ValueProblem
from closedform.expr.node import Node
from closedform.expr.op import Condition
from closedform.expr.size import Size
from closedform.expr.walk import postorder
from closedform.functions.algebra import SUMOVER
from closedform.run.numeric import Sizes, Values, evaluate, free_indices
from closedform.run.values import prepared

Array = Any
ROUNDING = 1e-12  # relative to the largest: what is closer together or to zero counts as equal
MAX_PLACES = 1_000_000


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


def broken(
    conditions: Iterable[Condition], functions: Sequence[Node], given: Mapping[str, Any], unused: Collection[str]
) -> tuple[Condition, ...]:
    """Those that do not hold at what is given; for a condition inside a sum, at some value of its index.

    ``functions`` are the formulas whose sums the indices of the conditions run in.
    """
    out = []
    for condition in conditions:
        ranges = _ranges(condition.expr, functions)
        env, sizes = prepared(condition.expr, given, {*unused, *given}, ranges)
        if not all(_holds_at(condition, env, sizes, at) for at in _places(ranges, sizes)):
            out.append(condition)
    return tuple(out)


def _holds_at(condition: Condition, env: Values, sizes: Sizes, at: Mapping[str, int]) -> bool:
    try:
        return holds(condition, {**env, **at}, sizes)
    except ValueProblem:
        return False


def _ranges(expr: Node, functions: Sequence[Node]) -> dict[str, tuple[Size, Size]]:
    """The indices that sums outside of the expression bind, with their limits."""
    names = free_indices(expr)[expr]
    sums = (n for f in functions for n in postorder(f) if n.op is SUMOVER)
    return {n.params[0]: (n.params[1], n.params[2]) for n in sums if n.params[0] in names}


def _places(ranges: Mapping[str, tuple[Size, Size]], sizes: Sizes) -> Iterator[dict[str, int]]:
    counted = [range(low.value(sizes), high.value(sizes) + 1) for low, high in ranges.values()]
    if math.prod(len(one) for one in counted) > MAX_PLACES:
        raise LimitError(f"a condition would be tested at over {MAX_PLACES} indices (limit: sizes)")
    for place in itertools.product(*counted):
        yield dict(zip(ranges, place, strict=True))


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
