"""What reads the losses of torch.nn.functional."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from closedform.errors import ReadError, ShapeError
from closedform.expr.size import ONE
from closedform.functions.piecewise import huber as huber_of
from closedform.tracing.ops import basic, labels, products, reduce
from closedform.tracing.place import refuse
from closedform.tracing.torch_array import Tensor, lift
from closedform.tracing.torch_functions import reads
from closedform.tracing.torch_nn import distance
from closedform.tracing.value import Trace, Value


def reduced(x: Value, reduction: str) -> Tensor:
    if reduction == "none":
        return Tensor(x)
    if reduction == "batchmean":
        return Tensor(basic.divide(reduce.sum_of(x), x.trace.size_value(x.dims[0])))
    if reduction not in ("mean", "sum"):
        refuse(f"reduction={reduction!r} of a loss is not read", kind=ReadError)
    return Tensor(reduce.mean_of(x) if reduction == "mean" else reduce.sum_of(x))


def _plain(size_average: Any, reduce: Any) -> None:
    if size_average is not None or reduce is not None:
        refuse("size_average and reduce of a loss are not read", 'Say reduction="sum".', ReadError)


def _loss(of: Callable[..., Value]) -> Callable[..., Tensor]:
    def handler(
        trace: Trace, x: Any, y: Any, size_average: Any = None, reduce: Any = None, reduction: str = "mean",
        weight: Any = None, **more: Any,
    ) -> Tensor:  # fmt: skip
        _plain(size_average, reduce)
        a, b = lift(trace, x), lift(trace, y)
        if a.rank != b.rank:
            refuse("a loss of arrays of different shapes broadcasts them", "Bring them to one shape first.", ShapeError)
        each = of(a, b, **{name: v for name, v in more.items() if v is not None})
        return reduced(each if weight is None else basic.times(lift(trace, weight), each), reduction)

    return handler


def _square(a: Value, b: Value) -> Value:
    return basic.unary("square", basic.minus(a, b))


def _huber(a: Value, b: Value, delta: float = 1.0) -> Value:
    d = basic.minus(a, b)
    return d.trace.value(huber_of(d.node, d.trace.number(delta).node), d.dims)


def _smooth(a: Value, b: Value, beta: float = 1.0) -> Value:
    return basic.divide(_huber(a, b, beta), a.trace.number(beta))


def _bce(p: Value, y: Value) -> Value:
    one = p.trace.number(1)
    yes = basic.times(y, basic.unary("log", p))
    no = basic.times(basic.minus(one, y), basic.unary("log", basic.minus(one, p)))
    return basic.negative(basic.plus(yes, no))


def _bce_logits(x: Value, y: Value, pos_weight: Any = None) -> Value:
    if pos_weight is None:
        return basic.minus(basic.unary("softplus", x), basic.times(x, y))
    yes = basic.times(basic.times(lift(x.trace, pos_weight), y), basic.unary("softplus", basic.negative(x)))
    return basic.plus(yes, basic.times(basic.minus(x.trace.number(1), y), basic.unary("softplus", x)))


def _kl(log_p: Value, q: Value, log_target: bool = False) -> Value:
    log_q = q if log_target else basic.unary("log", q)
    return basic.times(basic.unary("exp", q) if log_target else q, basic.minus(log_q, log_p))


for _name, _of in (
    ("mse_loss", _square), ("l1_loss", lambda a, b: basic.unary("abs", basic.minus(a, b))), ("huber_loss", _huber),
    ("smooth_l1_loss", _smooth), ("binary_cross_entropy", _bce),
    ("binary_cross_entropy_with_logits", _bce_logits), ("kl_div", _kl),
):  # fmt: skip
    reads(_name)(_loss(_of))


@reads("cross_entropy")
def _cross_entropy(
    trace: Trace, x: Any, y: Any, weight: Any = None, size_average: Any = None, ignore_index: int = -100,
    reduce: Any = None, reduction: str = "mean", label_smoothing: float = 0.0,
) -> Tensor:  # fmt: skip
    _plain(size_average, reduce)
    v, target = lift(trace, x), lift(trace, y)
    shares = v.rank == target.rank
    if weight is not None and (label_smoothing or shares):
        refuse("cross_entropy with weight is read of labels, without label_smoothing", kind=ReadError)
    if not label_smoothing:
        return _nll(log_softmax(v), target, reduction, shares, weight)
    classes = v.dims[-1]
    target = target if shares else labels.one_hot(target, classes)
    even = basic.divide(trace.number(label_smoothing), trace.size_value(classes))
    smooth = basic.plus(basic.times(trace.number(1 - label_smoothing), target), even)
    return _nll(log_softmax(v), smooth, reduction, True)


def log_softmax(v: Value) -> Value:
    return reduce.log_softmax_of(v, reduce.last_axis(v))


def _nll(logs: Value, target: Value, reduction: str, shares: bool, weight: Any = None) -> Tensor:
    """Minus the logarithm where the label is; a target of shares is summed over the classes."""
    if logs.rank > 2:
        refuse("a loss of class labels is read of rows of scores", "Bring them to two axes: scores.flatten(0, 1).")
    if weight is not None:
        return _weighted_nll(logs, target, reduction, lift(logs.trace, weight))
    if shares:
        each = reduce.sum_of(basic.times(target, logs), 1 if logs.rank == 2 else None)
    else:
        each = labels.picked(logs, target) if logs.rank == 2 else labels.picked_one(logs, target)
    return reduced(basic.negative(each), reduction)


def _weighted_nll(logs: Value, target: Value, reduction: str, weight: Value) -> Tensor:
    """With a weight for each class; the mean is by the weights."""
    if logs.rank != 2:
        refuse("a loss with weights of the classes is read of rows of scores", kind=ReadError)
    hot = labels.one_hot(target, logs.dims[1])
    weights = products.matmul(hot, weight)
    each = basic.negative(basic.times(weights, reduce.sum_of(basic.times(hot, logs), 1)))
    if reduction != "mean":
        return reduced(each, reduction)
    return Tensor(basic.divide(reduce.sum_of(each), reduce.sum_of(weights)))


@reads("nll_loss")
def _nll_loss(
    trace: Trace, x: Any, y: Any, weight: Any = None, size_average: Any = None, ignore_index: int = -100,
    reduce: Any = None, reduction: str = "mean",
) -> Tensor:  # fmt: skip
    _plain(size_average, reduce)
    return _nll(lift(trace, x), lift(trace, y), reduction, False, weight)


@reads("cosine_similarity")
def _cosine(trace: Trace, a: Any, b: Any, dim: int = 1, eps: float = 1e-8) -> Tensor:
    x, y = lift(trace, a), lift(trace, b)
    return Tensor(cosine(x, y, reduce.axis_of(x, dim)))


def cosine(x: Value, y: Value, axis: Any) -> Value:
    product = reduce.sum_of(basic.times(x, y), axis)
    norms = basic.times(*(reduce.norm_of(v, 2, axis, False, entries=True) for v in (x, y)))
    return basic.divide(product, norms)


def _poisson(x: Value, y: Value, log_input: bool = True, full: bool = False, eps: float = 1e-8) -> Value:
    if full:
        refuse("poisson_nll_loss with full=True is not read", kind=ReadError)
    if log_input:
        return basic.minus(basic.unary("exp", x), basic.times(y, x))
    return basic.minus(x, basic.times(y, basic.unary("log", basic.plus(x, x.trace.number(eps)))))


def _soft_margin(x: Value, y: Value) -> Value:
    return basic.unary("softplus", basic.negative(basic.times(y, x)))


def _hinge_embedding(x: Value, y: Value, margin: float = 1.0) -> Value:
    """x where y is 1, the rest of the margin where it is -1."""
    number = x.trace.number
    other = basic.unary("relu", basic.minus(number(margin), x))
    alike, apart = (basic.divide(basic.plus(number(1), s), number(2)) for s in (y, basic.negative(y)))
    return basic.plus(basic.times(alike, x), basic.times(apart, other))


def _multilabel(x: Value, y: Value) -> Value:
    return reduce.mean_of(_bce_logits(x, y), reduce.last_axis(x))


for _name, _of in (
    ("poisson_nll_loss", _poisson), ("soft_margin_loss", _soft_margin), ("hinge_embedding_loss", _hinge_embedding),
):  # fmt: skip
    reads(_name)(_loss(_of))


@reads("multilabel_soft_margin_loss")
def _multilabel_loss(
    trace: Trace, x: Any, y: Any, weight: Any = None, size_average: Any = None, reduce: Any = None,
    reduction: str = "mean",
) -> Tensor:  # fmt: skip
    _plain(size_average, reduce)
    if weight is not None:
        refuse("multilabel_soft_margin_loss with weight is not read", kind=ReadError)
    return reduced(_multilabel(lift(trace, x), lift(trace, y)), reduction)


@reads("gaussian_nll_loss")
def _gaussian(
    trace: Trace, x: Any, y: Any, var: Any, full: bool = False, eps: float = 1e-6, reduction: str = "mean"
) -> Tensor:  # fmt: skip
    a, b, s = lift(trace, x), lift(trace, y), basic.maximum(lift(trace, var), trace.number(eps))
    each = basic.divide(basic.plus(basic.unary("log", s), basic.divide(_square(a, b), s)), trace.number(2))
    return reduced(basic.plus(each, trace.number(math.log(2 * math.pi) / 2)) if full else each, reduction)


@reads("margin_ranking_loss")
def _ranking(
    trace: Trace, a: Any, b: Any, y: Any, margin: float = 0, size_average: Any = None, reduce: Any = None,
    reduction: str = "mean",
) -> Tensor:  # fmt: skip
    _plain(size_average, reduce)
    apart = basic.times(lift(trace, y), basic.minus(lift(trace, b), lift(trace, a)))
    return reduced(basic.unary("relu", basic.plus(apart, trace.number(margin))), reduction)


@reads("cosine_embedding_loss")
def _cosine_embedding(
    trace: Trace, a: Any, b: Any, y: Any, margin: float = 0, size_average: Any = None, reduce: Any = None,
    reduction: str = "mean",
) -> Tensor:  # fmt: skip
    _plain(size_average, reduce)
    x, target, one = lift(trace, a), lift(trace, y), trace.number(1)
    cos = cosine(x, lift(trace, b), x.rank - 1 if x.rank > 1 else None)
    alike, apart = (basic.divide(basic.plus(one, s), trace.number(2)) for s in (target, basic.negative(target)))
    over = basic.unary("relu", basic.minus(cos, trace.number(margin)))
    return reduced(basic.plus(basic.times(alike, basic.minus(one, cos)), basic.times(apart, over)), reduction)


@reads("triplet_margin_loss")
def _triplet(
    trace: Trace, anchor: Any, positive: Any, negative: Any, margin: float = 1.0, p: float = 2, eps: float = 1e-6,
    swap: bool = False, size_average: Any = None, reduce: Any = None, reduction: str = "mean",
) -> Tensor:  # fmt: skip
    _plain(size_average, reduce)
    a, near, far = (lift(trace, x) for x in (anchor, positive, negative))
    other = distance(a, far, p, eps)
    other = basic.minimum(other, distance(near, far, p, eps)) if swap else other
    apart = basic.minus(distance(a, near, p, eps), other)
    return reduced(basic.unary("relu", basic.plus(apart, trace.number(margin))), reduction)


@reads("multi_margin_loss")
def _multi_margin(
    trace: Trace, x: Any, y: Any, p: int = 1, margin: float = 1.0, weight: Any = None, size_average: Any = None,
    reduce: Any = None, reduction: str = "mean",
) -> Tensor:  # fmt: skip
    _plain(size_average, reduce)
    v = lift(trace, x)
    if weight is not None or v.rank != 2:
        refuse("multi_margin_loss is read of rows of scores, without weight", kind=ReadError)
    return reduced(_multi_margin_of(v, lift(trace, y), p, margin), reduction)


def _multi_margin_of(v: Value, y: Value, p: int, margin: float) -> Value:
    """Of each row the mean of what every other class comes too near to that of the label."""
    right = labels.picked(v, y)
    hot = labels.one_hot(y, v.dims[1])
    right = v.trace.value(right.node, (right.dims[0], ONE))
    over = basic.unary("relu", basic.plus(basic.minus(v, right), v.trace.number(margin)))
    others = basic.times(basic.minus(v.trace.number(1), hot), over if p == 1 else basic.unary("square", over))
    return reduce.mean_of(others, 1)
