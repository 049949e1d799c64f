"""What a formula says of its domain and its kinks, at the points where it matters: every function of the table."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from points import Point, point

from closedform.calculus.conditions import conditions_of
from closedform.errors import ValueProblem
from closedform.expr.op import Op
from closedform.functions.algebra import SYM
from closedform.functions.table import functions
from closedform.run.conditions import broken
from closedform.run.numeric import evaluate
from closedform.run.stable import stable

Array = Any
OPS = [op for op in functions() if any(a.op is SYM for a in point(op, 1).node.args)]
STEP, CLOSE = 1e-6, 1e-3
every = pytest.mark.parametrize("op", OPS, ids=lambda op: op.name)


def _ladder(rows: int, cols: int) -> Array:
    return np.arange(rows * cols, dtype=float).reshape(rows, cols) + 1


def _tied(rows: int, cols: int) -> Array:
    """The largest and the smallest entry twice; as a matrix, eigenvalues and singular values twice."""
    if cols == 1:
        return np.array([3.0, 1, 3, 1, 2, 2])[:rows, None]
    out = np.zeros((rows, cols))
    np.fill_diagonal(out, [3.0, 3, 1, 1, 2][: min(rows, cols)])
    return out


SPECIAL: dict[str, Callable[[int, int], Array]] = {
    "zero": lambda r, c: np.zeros((r, c)),
    "ones": lambda r, c: np.ones((r, c)),
    "negative ones": lambda r, c: -np.ones((r, c)),
    "identity": lambda r, c: np.eye(r, c),
    "a zero entry": lambda r, c: (_ladder(r, c) - 1) / 7,
    "singular": lambda r, c: np.outer(np.arange(r) + 1.0, np.arange(c) + 1.0) / 4,
    "tied": _tied,
    "far": lambda r, c: 40 * (_ladder(r, c) - r * c / 2),
    "close": lambda r, c: np.eye(r, c) + 0.1 * np.diag(np.arange(max(r, c)))[:r, :c],
}


def moved_arguments(at: Point) -> list[str]:
    pairs = zip(at.node.args, at.directions, strict=True)
    return [a.params[0] for a, direction in pairs if a.op is SYM and direction.op is SYM]


def special(op: Op) -> Iterator[tuple[str, Point]]:
    """Each argument in turn at each special place, the others at general points of the domain."""
    for name, make in SPECIAL.items():
        for argument in moved_arguments(point(op, 1)):
            at = point(op, 1)
            old = at.env[argument]
            at.env[argument] = make(*old.shape)
            if name == "far" and old.shape[1] > 1 and not op.elementwise:
                continue  # powers of such entries leave no digits to a difference
            symmetric = any(kind in ("sym", "pd") for kind in op.sample)
            if symmetric and not np.array_equal(at.env[argument], at.env[argument].T):
                continue
            yield f"{argument} {name}", at


def violated(at: Point, order: int) -> bool:
    """Whether a condition says no: of the value alone for order 0."""
    variables = tuple(a for a in at.node.args if order and a.op is SYM and a.params[0] in moved_arguments(at))
    found = conditions_of(at.node, variables)
    said = (*found.defined, *found.differentiable)
    values = {name: value for name, value in at.env.items() if not name.startswith("d")}
    return bool(broken(said, [at.node], {**values, **at.sizes}, (*at.env, *at.sizes)))


def value(at: Point) -> Array:
    """NaN where there is none."""
    try:
        return evaluate(stable(at.node), at.env, at.sizes)
    except ValueProblem:
        return np.full((1, 1), np.nan)


def quotient(at: Point, step: float) -> Array:
    try:
        return (at.moved(step) - at.moved(0.0)) / step
    except ValueProblem:
        return np.full((1, 1), np.nan)


def apart(at: Point, step: float) -> float:
    """How far the slopes to both sides are apart, relative; infinite where there is none."""
    right, left = quotient(at, step), quotient(at, -step)
    if not (np.isfinite(right).all() and np.isfinite(left).all()):
        return np.inf
    return float(np.max(np.abs(right - left)) / (1 + np.max(np.abs(right))))


def smooth(at: Point) -> bool:
    """Whether the slopes to both sides agree, or come together as the step goes to 0, and are bounded."""
    wide, narrow = apart(at, STEP), apart(at, STEP / 8)
    bounded = np.max(np.abs(quotient(at, STEP / 64))) < 2 * np.max(np.abs(quotient(at, STEP))) + 1
    return bool(bounded) and (narrow <= CLOSE or narrow < wide / 3)


@every
def test_inside_nothing_is_violated(op: Op) -> None:
    for seed in (1, 2, 3):
        at = point(op, seed)
        assert not violated(at, 1)
        assert np.isfinite(value(at)).all()


@every
def test_outside_the_domain_is_flagged(op: Op) -> None:
    together = len(op.sample) > 1 and len(op.outside) == len(op.sample)
    for kind in [op.outside] if together else [(k,) for k in op.outside]:
        at = point(op, 1, kind)
        assert violated(at, 0) or not np.isfinite(value(at)).all()


@every
def test_no_nan_where_the_conditions_hold(op: Op) -> None:
    for name, at in special(op):
        if not violated(at, 0):
            assert not np.isnan(value(at)).any(), name


@every
def test_kinks_and_poles_are_named(op: Op) -> None:
    """Where no condition is violated, the slopes to both sides agree."""
    for name, at in special(op):
        if not violated(at, 1):
            assert smooth(at), name


def test_the_walk_sees_kinks() -> None:
    """Of the pairs of a function and a special place, many are kinks, and many are none."""
    seen = [smooth(at) for op in OPS for _, at in special(op)]
    assert sum(seen) > 300
    assert len(seen) - sum(seen) > 60
