"""What reads the losses of torch.nn.functional."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from closedform.errors import ReadError, ShapeError
from closedform.functions.piecewise import huber as huber_of
from closedform.tracing.ops import basic, labels, reduce
from closedform.tracing.place import refuse
from closedform.tracing.torch_array import Tensor, lift
from closedform.tracing.torch_functions import reads
from closedform.tracing.value import Trace, Value


def reduced(x: Value, reduction: str) -> Tensor:
    if reduction == "none":
        return Tensor(x)
    return Tensor(reduce.mean_of(x) if reduction == "mean" else reduce.sum_of(x))


def _loss(of: Callable[..., Value]) -> Callable[..., Tensor]:
    def handler(
        trace: Trace, x: Any, y: Any, size_average: Any = None, reduce: Any = None, reduction: str = "mean",
        weight: Any = None, **more: Any,
    ) -> Tensor:  # fmt: skip
        if size_average is not None or reduce is not None or weight is not None:
            refuse("size_average, reduce and weight of a loss are not read", 'Say reduction="sum".', ReadError)
        a, b = lift(trace, x), lift(trace, y)
        if a.rank != b.rank:
            refuse("a loss of arrays of different shapes broadcasts them", "Bring them to one shape first.", ShapeError)
        return reduced(of(a, b, **{name: v for name, v in more.items() if v is not None}), reduction)

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


def _bce_logits(x: Value, y: Value) -> Value:
    return basic.minus(basic.unary("softplus", x), basic.times(x, y))


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
    if weight is not None or label_smoothing or size_average is not None or reduce is not None:
        refuse("cross_entropy with weight or label_smoothing is not read", "Write it out with log_softmax.", ReadError)
    v, target = lift(trace, x), lift(trace, y)
    return _nll(log_softmax(v), target, reduction, v.rank == target.rank)


def log_softmax(v: Value) -> Value:
    return reduce.log_softmax_of(v, reduce.last_axis(v))


def _nll(logs: Value, target: Value, reduction: str, weights: bool) -> Tensor:
    """Minus the logarithm where the label is; a target of weights is summed over the classes."""
    if weights:
        each = reduce.sum_of(basic.times(target, logs), 1 if logs.rank == 2 else None)
    else:
        each = labels.picked(logs, target) if logs.rank == 2 else labels.picked_one(logs, target)
    return reduced(basic.negative(each), reduction)


@reads("nll_loss")
def _nll_loss(
    trace: Trace, x: Any, y: Any, weight: Any = None, size_average: Any = None, ignore_index: int = -100,
    reduce: Any = None, reduction: str = "mean",
) -> Tensor:  # fmt: skip
    if weight is not None:
        refuse("nll_loss with weight is not read", kind=ReadError)
    return _nll(lift(trace, x), lift(trace, y), reduction, False)


@reads("cosine_similarity")
def _cosine(trace: Trace, a: Any, b: Any, dim: int = 1, eps: float = 1e-8) -> Tensor:
    x, y = lift(trace, a), lift(trace, b)
    axis = reduce.axis_of(x, dim)
    product = reduce.sum_of(basic.times(x, y), axis)
    norms = basic.times(*(reduce.norm_of(v, 2, axis, False, entries=True) for v in (x, y)))
    return Tensor(basic.divide(product, norms))
