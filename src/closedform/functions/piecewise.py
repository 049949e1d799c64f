"""Functions of each entry with kinks or jumps, and the largest and smallest entry of a vector."""

from __future__ import annotations

from typing import Any

from closedform.errors import ShapeError
from closedform.expr.facts import Facts, close
from closedform.expr.node import Node
from closedform.expr.op import Condition, Shape
from closedform.functions.algebra import NUM, ZERO, fill, num
from closedform.functions.declare import shape_words
from closedform.functions.define import Function, always, counted, define, entrywise, fact, where
from closedform.functions.elementwise import exp

TWO = {"sig": "(m,n),(m,n) -> (m,n)", "elementwise": True, "sample": ("real", "real")}


def _any_and_all(node: Node) -> Facts:
    """Facts of the larger of two: one positive argument is enough."""
    some = [f for f in ("pos", "nonneg") if any(fact(a, f) for a in node.args)]
    return close(some) | _all(node)


def _all(node: Node) -> Facts:
    return close(f for f in ("pos", "nonneg", "sym") if all(fact(a, f) for a in node.args))


def _limits(word: str, count: int) -> Any:
    """The shape of the first argument; each limit is a scalar or of that shape."""

    def rule(args: tuple[Node, ...], _: tuple[Any, ...]) -> Shape:
        for limit in counted(word, args, count)[1:]:
            if not limit.is_scalar and limit.shape != args[0].shape:
                given = f"{shape_words(args[0].shape)} and {shape_words(limit.shape)}"
                raise ShapeError(f"{word} takes limits that are scalars or of its argument's shape: {given}")
        return args[0].shape

    return rule


def _one_side(over: Node, da: Node, db: Node) -> Node:
    """da where ``over`` is positive, else db; between, one of the two: that of what stays where one does."""
    if da.op is ZERO or (da.op is NUM and da.params[0] == 0):
        return step(-over) * db
    return db + step(over) * (da - db)


absolute: Function = entrywise(
    "abs", doc="The absolute value of each entry.",
    d=lambda x, dx: sign(x) * dx,
    facts=always("nonneg"), smooth=where("nonzero"),
    numeric=lambda xp, x: xp.abs(x),
    known=((-2,), 2.0), latex=r"\lvert {0} \rvert",
)  # fmt: skip
sign: Function = entrywise(
    "sign", aliases=("sgn",), doc="1 above 0, -1 below, 0 at 0, for each entry.",
    piecewise_constant=True, smooth=where("nonzero"),
    numeric=lambda xp, x: xp.sign(x),
    known=((-2,), -1.0),
)  # fmt: skip
step: Function = entrywise(
    "step", doc="1 above 0, 0 below (and, by convention, at 0), for each entry.",
    piecewise_constant=True, facts=always("nonneg"), smooth=where("nonzero"),
    numeric=lambda xp, x: xp.heaviside(x, 0.0),
    known=((2,), 1.0),
)  # fmt: skip
relu: Function = entrywise(
    "relu", doc="The larger of 0 and each entry.",
    d=lambda x, dx: step(x) * dx,
    facts=always("nonneg"), smooth=where("nonzero"),
    numeric=lambda xp, x: xp.maximum(x, 0),
    known=((-2,), 0.0),
)  # fmt: skip
elu: Function = entrywise(
    "elu", doc="x above 0, exp(x) - 1 below, for each entry.",
    means=lambda x: relu(x) + exp(x - relu(x)) - fill(num(1), x), twice=where("nonzero"),
    numeric=lambda xp, x: xp.where(x > 0, x, xp.expm1(xp.minimum(x, 0))),
    known=(([-1, 2],), [-0.6321205588285577, 2]),
)  # fmt: skip
leaky_relu: Function = define(
    "leaky_relu", doc="leaky_relu(x, s): x above 0, s*x below, for each entry.",
    shape=_limits("leaky_relu", 2), elementwise=True, sample=("real", "positive scalar"),
    means=lambda x, s: s * x + (1 - s) * relu(x), smooth=where("nonzero"),
    numeric=lambda xp, x, s: xp.where(x > 0, x, s * x),
    known=(([2, -3], 0.5), [2, -1.5]),
)  # fmt: skip
max2: Function = define(
    "max2", text="max", doc="The larger of two, entry by entry.", **TWO,
    d=lambda a, b, da, db: _one_side(a - b, da, db),
    facts=_any_and_all, smooth=where("nonzero", lambda a, b: a - b),
    numeric=lambda xp, a, b: xp.maximum(a, b),
    known=((2, 3), 3.0), latex=r"\max({0}, {1})",
)  # fmt: skip
min2: Function = define(
    "min2", text="min", doc="The smaller of two, entry by entry.", **TWO,
    d=lambda a, b, da, db: _one_side(b - a, da, db),
    facts=_all, smooth=where("nonzero", lambda a, b: a - b),
    numeric=lambda xp, a, b: xp.minimum(a, b),
    known=((2, 3), 2.0), latex=r"\min({0}, {1})",
)  # fmt: skip
clip: Function = define(
    "clip", doc="clip(x, lo, hi): each entry of x, or the limit that it is beyond; lo is below hi.",
    shape=_limits("clip", 3), elementwise=True, sample=("real", "negative scalar", "positive scalar"),
    d=lambda x, lo, hi, dx, dlo, dhi: step(x - lo) * step(hi - x) * dx
    + dlo * step(lo - x) + dhi * step(x - hi),
    domain=where("nonneg", lambda x, lo, hi: hi - lo),
    smooth=lambda x, lo, hi: (Condition("nonzero", x - lo), Condition("nonzero", x - hi)),
    outside=("real", "positive scalar", "negative scalar"),
    numeric=lambda xp, x, lo, hi: xp.where(lo <= hi, xp.minimum(xp.maximum(x, lo), hi), xp.nan),
    known=(([-2, 0.5, 3], -1, 1), [-1, 0.5, 1]),
)  # fmt: skip
huber: Function = define(
    "huber", doc="huber(x, delta): x^2/2 for entries within delta > 0, delta*(|x| - delta/2) beyond.",
    shape=_limits("huber", 2), elementwise=True, sample=("real", "positive scalar"),
    d=lambda x, delta, dx, ddelta: clip(x, -delta, delta) * dx + ddelta * relu(absolute(x) - delta),
    domain=where("positive", lambda _, delta: delta), outside=("real", "negative scalar"),
    twice=where("nonzero", lambda x, delta: absolute(x) - delta),
    facts=always("nonneg"),
    numeric=lambda xp, x, delta: xp.where(
        delta > 0, xp.where(xp.abs(x) <= delta, x * x / 2, delta * (xp.abs(x) - delta / 2)), xp.nan
    ),
    known=(([0.5, -3], 1), [0.125, 2.5]),
)  # fmt: skip
maxentry: Function = define(
    "maxentry", text="max", sig="n -> 1", doc="The largest entry of a vector.",
    d=lambda x, dx: argmax(x).T @ dx,
    facts=_all, smooth=where("unique-max"), sample=("real",),
    numeric=lambda xp, x: xp.max(x, keepdims=True),
    known=(([1, 7, 3],), 7.0), latex=r"\max({0})",
)  # fmt: skip
minentry: Function = define(
    "minentry", text="min", sig="n -> 1", doc="The smallest entry of a vector.",
    d=lambda x, dx: argmin(x).T @ dx,
    facts=_all, smooth=where("unique-min"), sample=("real",),
    numeric=lambda xp, x: xp.min(x, keepdims=True),
    known=(([4, 2, 3],), 2.0), latex=r"\min({0})",
)  # fmt: skip
argmax: Function = define(
    "argmax", sig="n -> n", doc="The unit vector that is 1 where the largest entry of x stands.",
    piecewise_constant=True, facts=always("nonneg"), smooth=where("unique-max"), sample=("real",),
    numeric=lambda xp, x: 1.0 * (xp.arange(x.shape[0])[:, None] == xp.argmax(x)),
    known=(([1, 7, 3],), [0, 1, 0]),
)  # fmt: skip
argmin: Function = define(
    "argmin", sig="n -> n", doc="The unit vector that is 1 where the smallest entry of x stands.",
    piecewise_constant=True, facts=always("nonneg"), smooth=where("unique-min"), sample=("real",),
    numeric=lambda xp, x: 1.0 * (xp.arange(x.shape[0])[:, None] == xp.argmin(x)),
    known=(([4, 2, 3],), [0, 1, 0]),
)  # fmt: skip


def larger(a: Node, b: Node) -> Node:
    """``max(a, b)``: a scalar beside something larger is compared with each entry."""
    return max2(*_same(a, b))


def smaller(a: Node, b: Node) -> Node:
    """``min(a, b)``: a scalar beside something larger is compared with each entry."""
    return min2(*_same(a, b))


def _same(a: Node, b: Node) -> tuple[Node, Node]:
    return (fill(a, b) if a.is_scalar else a), (fill(b, a) if b.is_scalar else b)
