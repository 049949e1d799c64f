"""Branches on data: comparisons as numbers, ``where``, and conditions that the path taken leaves behind."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, NoReturn

import numpy as np

from closedform.calculus.conditions import conditions_of
from closedform.errors import ValueProblem
from closedform.expr.node import Node
from closedform.expr.walk import postorder
from closedform.functions.algebra import SYM, add, fill, num, sub, total, transpose
from closedform.functions.norms import normF
from closedform.functions.piecewise import absolute, sign, step
from closedform.rewrite.normal.engine import content
from closedform.rewrite.normal.normal import normal
from closedform.run.values import value
from closedform.tracing.extremes import at_extremes
from closedform.tracing.ops import whole
from closedform.tracing.ops.basic import binary, broadcast_dims, maximum, minimum, minus, plus, spread, times
from closedform.tracing.ops.reduce import sum_of
from closedform.tracing.place import refuse
from closedform.tracing.value import Guard, Trace, Value, as_two_axes

MOVED = 0.01
LOWEST, LARGE = -1e30, 1e6


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


def converted(x: Value, kind: str) -> Value:
    """As floats, truth values or other whole numbers."""
    if kind == "b" and x.whole:
        return compare("not_equal", x, x.trace.number(0))
    out = Value(x.trace, x.node, x.dims, kind, x.why)
    return out if x.kind == "b" else whole.kept(out, linear=x.kind != "uint64")


def count_no_further(trace: Trace) -> None:
    """That no type of whole numbers is left, as conditions of the answer."""
    for x, error in list(trace.counted.values()):
        held = np.iinfo(x.kind)
        high, low = (fill(num(k), x.node) for k in (int(held.max), int(held.min)))
        beyond = add(step(sub(x.node, high)), step(sub(low, x.node)))
        test = _truth(trace.value(step(sum_of(trace.value(beyond, x.dims)).node), ()))
        if trace.given is None or truth(test):
            raise error


def compare(name: str, a: Value, b: Value) -> Value:
    """A comparison entry by entry: one where it holds, zero elsewhere."""
    out = binary(name, COMPARE[name], a, b)
    return Value(out.trace, out.node, out.dims, "b", (name, a, b))


def both(a: Value, b: Value) -> Value:
    return _truth(times(a, b))


def either(a: Value, b: Value) -> Value:
    return _truth(plus(a, b) if a.kind == b.kind == "b" else minus(plus(a, b), times(a, b)))


def negated(a: Value) -> Value:
    return _truth(a.trace.value(_not(a.node), a.dims))


def _truth(x: Value) -> Value:
    return Value(x.trace, x.node, x.dims, "b")


def where(test: Value, yes: Value, no: Value) -> Value:
    """``where(test, yes, no)``: max, min and relu where it is one of them, else weighed by steps."""
    known = _larger_or_smaller(test, yes, no)
    if known is not None:
        return known
    asked = _symbols(test.node)
    for side in (yes, no):
        if any(asked & _symbols(c.expr) and not _guarded(c.expr, test) for c in conditions_of(side.node, ()).defined):
            _refuse_sides(test)
    out = binary("+", add, times(test, yes), times(negated(test), no))
    out.trace.guarded.add(out.node)
    return out


def _refuse_sides(test: Value) -> NoReturn:
    """Say what to do: the where inside may be there already, and what comes of it be more than is seen through."""
    inside = any(_symbols(test.node) & _symbols(test.trace.sizes.node(n)) for n in test.trace.guarded)
    if inside:
        refuse(
            "where: there is a where inside, and that a branch is defined on both sides with it is not recognised",
            "Give the branch a name and a rule with cf.declare.",
        )
    refuse(
        "where: a branch is not defined everywhere, and its formula would be used on both sides",
        "Move the where inside: f(np.where(test, x, 1)).",
    )


def _guarded(expr: Node, test: Value) -> bool:
    """Whether it was put in by ``where`` before: what is computed of it is defined where it is in the code."""
    sizes = test.trace.sizes
    return content(normal(expr))[1] in {content(normal(sizes.node(n)))[1] for n in test.trace.guarded}


def _symbols(node: Node) -> set[Node]:
    return {n for n in postorder(node) if n.op is SYM}


def chosen(test: Value, yes: Any, no: Any, lift: Callable[[Any], Value], mask: Callable[[], Any] | None) -> Value:
    """``where`` as it is called; ``mask`` gives the truth values, where they are a constant of the function.

    A number that is large, or -inf, is put in by an array of its own, which is made at each call: it is never added
    to another and taken away again. For -inf it is a number whose ``exp`` is zero.
    """
    fills = [(x, other, which) for x, other, which in ((yes, no, True), (no, yes, False)) if is_large(x)]
    if not fills or (mask is None and math.isfinite(fills[0][0])) or not test.rank:
        return where(test, lift(yes), lift(no))
    fill, other, which = fills[0]
    if mask is None or (math.isinf(fill) and fill > 0) or (math.isinf(fill) and (mask() == which).all(axis=-1).any()):
        refuse(
            "an infinite number is put in where a mask says that is computed, or that fills a row",
            "Formulas have finite numbers: write -1e9.",
        )
    number = fill if math.isfinite(fill) else LOWEST


    def put_in(have: Any, size: Any) -> Any:
        at = mask() == which
        if math.isinf(fill) and at.all(axis=-1).any():
            raise ValueProblem("-inf fills a row of a mask, which has changed since it was read")
        return np.where(at, number, 0.0)

    filled = test.trace.derive("filled", test.dims, put_in)
    return plus(times(negated(test) if which else test, lift(other)), filled)


def is_large(x: Any) -> bool:
    return isinstance(x, int | float) and not math.isnan(x) and abs(x) >= LARGE


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
    made = {name: make(have, trace.sizes.number) for name, make in trace.derived.items()}
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
        moved = dict(x.trace.given)
        for name in sorted(moved.keys() - x.trace.statics.keys()):
            moved[name] = moved[name] + MOVED * (1 + np.abs(moved[name])) * rng.normal(size=moved[name].shape)
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
