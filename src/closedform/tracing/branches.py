"""Branches on data: comparisons as numbers, ``where``, and conditions that the path taken leaves behind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from closedform.calculus.conditions import conditions_of
from closedform.expr.node import Node
from closedform.functions.algebra import fill, num, sub, total, transpose
from closedform.functions.norms import normF
from closedform.functions.piecewise import absolute, sign, step
from closedform.rewrite.normal.normal import normal
from closedform.run.values import value
from closedform.tracing.extremes import at_extremes
from closedform.tracing.ops.basic import binary, broadcast_dims, maximum, minimum, minus, plus, spread, times
from closedform.tracing.ops.reduce import sum_of
from closedform.tracing.place import refuse
from closedform.tracing.value import Guard, Value, as_two_axes


MOVED = 0.01


def _above(a: Node, b: Node) -> Node:
    return step(sub(a, b))


def _not(a: Node) -> Node:
    return sub(fill(num(1), a), a)


COMPARE = {
    "greater": lambda a, b: _above(a, b),
    "less": lambda a, b: _above(b, a),
    "greater_equal": lambda a, b: _not(_above(b, a)),
    "less_equal": lambda a, b: _not(_above(a, b)),
    "not_equal": lambda a, b: absolute(sign(sub(a, b))),
    "equal": lambda a, b: _not(absolute(sign(sub(a, b)))),
}


def compare(name: str, a: Value, b: Value) -> Value:
    """A comparison entry by entry: one where it holds, zero elsewhere."""
    out = binary(name, COMPARE[name], a, b)
    return Value(out.trace, out.node, out.dims, "b", (name, a, b))


def both(a: Value, b: Value) -> Value:
    return _truth(times(a, b))


def either(a: Value, b: Value) -> Value:
    return _truth(minus(plus(a, b), times(a, b)))


def negated(a: Value) -> Value:
    return _truth(a.trace.value(_not(a.node), a.dims))


def _truth(x: Value) -> Value:
    return Value(x.trace, x.node, x.dims, "b")


def where(test: Value, yes: Value, no: Value) -> Value:
    """``where(test, yes, no)``: max, min and relu where it is one of them, else weighed by steps."""
    known = _larger_or_smaller(test, yes, no)
    if known is not None:
        return known
    for side in (yes, no):
        limits = conditions_of(side.node, ()).defined
        if limits:
            refuse(
                "where: a branch is not defined everywhere, and its formula would be used on both sides",
                "Move the where inside: f(np.where(test, x, 1)), or branch with if.",
            )
    return plus(times(test, yes), times(negated(test), no))


def _larger_or_smaller(test: Value, yes: Value, no: Value) -> Value | None:
    if test.why is None or test.why[0] not in ("greater", "less", "greater_equal", "less_equal"):
        return None
    name, a, b = test.why
    first, second = (a, b) if name.startswith("greater") else (b, a)
    rank = test.rank
    if max(yes.rank, no.rank) > rank:
        return None
    dims = broadcast_dims("where", test, yes, no)
    if dims != test.dims:
        return None
    p, q, y, n = (spread(v, dims) if v.rank <= rank else v.node for v in (first, second, yes, no))
    if (y, n) == (p, q):
        return maximum(first, second)
    if (y, n) == (q, p):
        return minimum(first, second)
    return None


def truth(x: Value, what: str = "a branch") -> bool:
    """Whether a value is true at the arrays given; the path taken is a condition of the answer."""
    if x.rank and not x.is_one:
        refuse(f"{what} on an array of several entries", "Say which: np.any(…), np.all(…) or one entry.")
    test = x if x.kind == "b" else _truth(x.trace.value(absolute(sign(x.node)), ()))
    known = _known(test.node)
    if known is not None:
        return known
    if x.trace.given is None:
        refuse(
            f"{what} depends on values, and the function is read without them",
            "Call the result with arrays, give at=(…), or write np.where.",
        )
    outcome = value_here(test) > 0.5
    x.trace.guards.append(Guard(test, outcome))
    return outcome


def _known(node: Node) -> bool | None:
    done = normal(node)
    return bool(done.params[0]) if done.op.name == "num" else None


def value_here(x: Value) -> float:
    """The number that a scalar is at the arrays given."""
    return float(_evaluated(x, x.trace.given or {}))


def _evaluated(x: Value, given: Mapping[str, Any]) -> Any:
    trace = x.trace
    node = at_extremes(trace, x.node)
    constants = {name: as_two_axes(array) for name, array in trace.constants.items()}
    have = {**given, **constants, **trace.sizes.numbers}
    made = {name: make(have) for name, make in trace.derived.items()}
    return value(node, {**have, **made}, [*have, *made])


def holds(x: Value, above: Node) -> bool:
    """Whether a number is above another at the arrays given, as a condition."""
    return truth(Value(x.trace, step(sub(x.node, above)), (), "b"))


def symmetric_here(x: Value, what: str) -> None:
    """That a matrix is symmetric at the arrays given, up to rounding, as a condition."""
    apart = total([(1, normF(x.node)), (-(10**8), normF(sub(x.node, transpose(x.node))))])
    if not truth(Value(x.trace, step(apart), (), "b"), what):
        refuse(f"{what} is of symmetric matrices; at the arrays given this one is not")


def symmetric_around(x: Value) -> bool:
    """Whether a matrix is symmetric whatever its arguments are: at arrays near those given, moved at random."""
    if x.trace.given is None:
        return False
    rng = np.random.default_rng(20261122)
    for _ in range(2):
        moved = {
            name: array if name in x.trace.statics else array + MOVED * (1 + np.abs(array)) * rng.normal(size=array.shape)
            for name, array in x.trace.given.items()
        }
        with np.errstate(all="ignore"):
            S = np.atleast_2d(_evaluated(x, moved))
        if not np.max(np.abs(S - S.T)) <= 1e-12 * np.max(np.abs(S)):
            return False
    return True


def some(x: Value) -> Value:
    """Whether any entry is true."""
    count = sum_of(x if x.kind == "b" else _truth(x.trace.value(absolute(sign(x.node)), x.dims)))
    return _truth(x.trace.value(step(count.node), ()))


def every(x: Value) -> Value:
    """Whether all entries are true."""
    return negated(some(negated(x if x.kind == "b" else _truth(x.trace.value(absolute(sign(x.node)), x.dims)))))
