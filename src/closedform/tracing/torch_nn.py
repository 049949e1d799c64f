"""What reads torch.nn.functional: layers, activations and losses."""

from __future__ import annotations

from typing import Any

import torch

from closedform.errors import ReadError
from closedform.tracing import branches
from closedform.tracing.ops import basic, labels, products, rectified, reduce, repeat, shape
from closedform.tracing.place import refuse
from closedform.tracing.torch_array import Tensor, lift
from closedform.tracing.torch_functions import reads
from closedform.tracing.value import Trace, Value


@reads("linear")
def _linear(trace: Trace, x: Any, weight: Any, bias: Any = None) -> Tensor:
    v, W = lift(trace, x), lift(trace, weight)
    out = products.matmul(W, v) if v.rank == 1 else products.matmul(v, shape.transposed(W))
    return Tensor(out if bias is None else basic.plus(out, lift(trace, bias)))


@reads("softmax", "special_softmax")
def _softmax(trace: Trace, x: Any, dim: Any = None, _stacklevel: int = 3, dtype: Any = None) -> Tensor:
    v = lift(trace, x)
    return Tensor(reduce.softmax_of(v, _axis(v, dim)))


@reads("log_softmax", "special_log_softmax")
def _log_softmax(trace: Trace, x: Any, dim: Any = None, _stacklevel: int = 3, dtype: Any = None) -> Tensor:
    v = lift(trace, x)
    return Tensor(reduce.log_softmax_of(v, _axis(v, dim)))


def _axis(v: Value, dim: Any) -> Any:
    if dim is None:
        refuse("softmax without dim", "Say dim=-1.", ReadError)
    return reduce.axis_of(v, dim)


@reads("gelu")
def _gelu(trace: Trace, x: Any, *, approximate: str = "none") -> Tensor:
    return Tensor(basic.unary("gelu" if approximate == "none" else "gelu_tanh", lift(trace, x)))


@reads("softplus")
def _softplus(trace: Trace, x: Any, beta: float = 1, threshold: float = 20) -> Tensor:
    v = lift(trace, x)
    if beta == 1:
        return Tensor(basic.unary("softplus", v))
    steep = trace.number(beta)
    return Tensor(basic.divide(basic.unary("softplus", basic.times(steep, v)), steep))


@reads("leaky_relu")
def _leaky(trace: Trace, x: Any, negative_slope: float = 0.01, inplace: bool = False) -> Tensor:
    return Tensor(rectified.leaky_relu(lift(trace, x), trace.number(negative_slope)))


@reads("elu")
def _elu(trace: Trace, x: Any, alpha: float = 1.0, inplace: bool = False) -> Tensor:
    return Tensor(rectified.elu(lift(trace, x), None if alpha == 1 else trace.number(alpha)))


@reads("celu")
def _celu(trace: Trace, x: Any, alpha: float = 1.0, inplace: bool = False) -> Tensor:
    v = lift(trace, x)
    return Tensor(rectified.elu(v) if alpha == 1 else rectified.celu(v, trace.number(alpha)))


SELU = (1.6732632423543772, 1.0507009873554805)


@reads("selu")
def _selu(trace: Trace, x: Any, inplace: bool = False) -> Tensor:
    alpha, scale = SELU
    return Tensor(basic.times(trace.number(scale), rectified.elu(lift(trace, x), trace.number(alpha))))


@reads("prelu")
def _prelu(trace: Trace, x: Any, weight: Any) -> Tensor:
    v, w = lift(trace, x), lift(trace, weight)
    if v.rank > 2 and not w.is_one:
        refuse("prelu of a stack of matrices is read with one weight")
    return Tensor(rectified.leaky_relu(v, w))


@reads("threshold", "_threshold")
def _threshold(trace: Trace, x: Any, threshold: float, value: float, inplace: bool = False) -> Tensor:
    v = lift(trace, x)
    return Tensor(branches.where(branches.compare("greater", v, trace.number(threshold)), v, trace.number(value)))


@reads("softshrink")
def _softshrink(trace: Trace, x: Any, lambd: float = 0.5) -> Tensor:
    v, by = lift(trace, x), trace.number(lambd)
    up, down = basic.minus(v, by), basic.minus(basic.negative(v), by)
    return Tensor(basic.minus(basic.unary("relu", up), basic.unary("relu", down)))


@reads("hardshrink")
def _hardshrink(trace: Trace, x: Any, lambd: float = 0.5) -> Tensor:
    v = lift(trace, x)
    return Tensor(basic.times(v, branches.compare("greater", basic.unary("abs", v), trace.number(lambd))))


def _hard(v: Value) -> Value:
    """The sigmoid of straight lines: 0 below -3, 1 above 3."""
    six = v.trace.number(6)
    inside = basic.minimum(basic.unary("relu", basic.plus(v, v.trace.number(3))), six)
    return basic.divide(inside, six)


@reads("hardsigmoid")
def _hardsigmoid(trace: Trace, x: Any, inplace: bool = False) -> Tensor:
    return Tensor(_hard(lift(trace, x)))


@reads("hardswish")
def _hardswish(trace: Trace, x: Any, inplace: bool = False) -> Tensor:
    v = lift(trace, x)
    return Tensor(basic.times(v, _hard(v)))


@reads("glu")
def _glu(trace: Trace, x: Any, dim: int = -1) -> Tensor:
    v = lift(trace, x)
    first, second = repeat.parts(v, 2, dim % v.rank, True)
    return Tensor(basic.times(first, basic.unary("sigmoid", second)))


@reads("bilinear")
def _bilinear(trace: Trace, x: Any, y: Any, weight: Any, bias: Any = None) -> Tensor:
    a, b, W = lift(trace, x), lift(trace, y), lift(trace, weight)
    if a.rank != 2 or b.rank != 2:
        refuse("bilinear is read of the rows of two matrices")
    out = products.einsum(["ni", "oij", "nj"], "no", [a, W, b])
    return Tensor(out if bias is None else basic.plus(out, lift(trace, bias)))


@reads("relu")
def _relu(trace: Trace, x: Any, inplace: bool = False) -> Tensor:
    return Tensor(basic.unary("relu", lift(trace, x)))


@reads("silu")
def _silu(trace: Trace, x: Any, inplace: bool = False) -> Tensor:
    return Tensor(basic.unary("silu", lift(trace, x)))


@reads("mish")
def _mish(trace: Trace, x: Any, inplace: bool = False) -> Tensor:
    v = lift(trace, x)
    return Tensor(basic.times(v, basic.unary("tanh", basic.unary("softplus", v))))


@reads("hardtanh")
def _hardtanh(trace: Trace, x: Any, min_val: float = -1.0, max_val: float = 1.0, inplace: bool = False) -> Tensor:
    return Tensor(basic.clip(lift(trace, x), trace.number(min_val), trace.number(max_val)))


@reads("relu6")
def _relu6(trace: Trace, x: Any, inplace: bool = False) -> Tensor:
    return Tensor(basic.minimum(basic.unary("relu", lift(trace, x)), trace.number(6)))


@reads("tanhshrink")
def _tanhshrink(trace: Trace, x: Any) -> Tensor:
    v = lift(trace, x)
    return Tensor(basic.minus(v, basic.unary("tanh", v)))


@reads("dropout")
def _dropout(trace: Trace, x: Any, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    if training and p:
        refuse("dropout draws random numbers", "Call model.eval() first.")
    return Tensor(lift(trace, x), fresh=False)


@reads("layer_norm")
def _layer_norm(
    trace: Trace, x: Any, normalized_shape: Any, weight: Any = None, bias: Any = None, eps: float = 1e-5
) -> Tensor:
    v = lift(trace, x)
    if len(normalized_shape) != 1:
        refuse("layer_norm is read over the last axis")
    axis = reduce.last_axis(v)
    centred = basic.minus(v, reduce.mean_of(v, axis, True))
    spread = basic.plus(reduce.var_of(v, axis, True), trace.number(eps))
    out = basic.times(centred, basic.unary("rsqrt", spread))
    out = out if weight is None else basic.times(out, lift(trace, weight))
    return Tensor(out if bias is None else basic.plus(out, lift(trace, bias)))


@reads("batch_norm")
def _batch_norm(
    trace: Trace, x: Any, running_mean: Any, running_var: Any, weight: Any = None, bias: Any = None,
    training: bool = False, momentum: float = 0.1, eps: float = 1e-5,
) -> Tensor:  # fmt: skip
    v = lift(trace, x)
    if training or running_mean is None:
        refuse("batch_norm while training changes its running means", "Call model.eval() first.")
    if v.rank != 2:
        refuse("batch_norm is read of rows, as BatchNorm1d takes them")
    spread = basic.plus(lift(trace, running_var), trace.number(eps))
    out = basic.times(basic.minus(v, lift(trace, running_mean)), basic.unary("rsqrt", spread))
    out = out if weight is None else basic.times(out, lift(trace, weight))
    return Tensor(out if bias is None else basic.plus(out, lift(trace, bias)))


@reads("rms_norm")
def _rms_norm(trace: Trace, x: Any, normalized_shape: Any, weight: Any = None, eps: Any = None) -> Tensor:
    v = lift(trace, x)
    if len(normalized_shape) != 1:
        refuse("rms_norm is read over the last axis")
    small = torch.finfo(torch.float64).eps if eps is None else eps
    square = basic.plus(reduce.mean_of(basic.unary("square", v), reduce.last_axis(v), True), trace.number(small))
    out = basic.times(v, basic.unary("rsqrt", square))
    return Tensor(out if weight is None else basic.times(out, lift(trace, weight)))


@reads("softmin")
def _softmin(trace: Trace, x: Any, dim: Any = None, _stacklevel: int = 3, dtype: Any = None) -> Any:
    return _softmax(trace, Tensor(basic.negative(lift(trace, x))), dim)


@reads("normalize")
def _normalize(trace: Trace, x: Any, p: float = 2.0, dim: int = 1, eps: float = 1e-12, out: Any = None) -> Tensor:
    v = lift(trace, x)
    return Tensor(basic.divide(v, reduce.norm_of(v, p, reduce.axis_of(v, dim), True, entries=True)))


@reads("scaled_dot_product_attention")
def _attention(
    trace: Trace, q: Any, k: Any, v: Any, attn_mask: Any = None, dropout_p: float = 0.0, is_causal: bool = False
) -> Tensor:
    if dropout_p or (is_causal and attn_mask is not None):
        refuse("scaled_dot_product_attention is read without dropout, and with one mask")
    Q, K, V = (lift(trace, x) for x in (q, k, v))
    size = trace.size_value(Q.dims[-1])
    scores = basic.divide(products.matmul(Q, shape.turned(K)), basic.unary("sqrt", size))
    if is_causal:
        shown = tuple(trace.sizes.pin(d, "a causal mask") for d in scores.dims[-2:])
        attn_mask = torch.ones(shown, dtype=torch.bool).tril()
    if attn_mask is not None:
        return Tensor(products.matmul(_masked_softmax(trace, scores, attn_mask), V))
    return Tensor(products.matmul(reduce.softmax_of(scores, scores.rank - 1), V))


def _masked_softmax(trace: Trace, scores: Value, mask: Any) -> Value:
    """Shares of exp where a mask of truth values says so; a mask of numbers is added to the scores."""
    if isinstance(mask, Tensor) or mask.dtype is not torch.bool:
        if isinstance(mask, torch.Tensor) and not torch.isfinite(mask).all():
            refuse("attn_mask with -inf is not read", "Give a mask of truth values.")
        return reduce.softmax_of(basic.plus(scores, lift(trace, mask)), scores.rank - 1)
    shares = basic.times(lift(trace, mask.double()), basic.unary("exp", scores))
    return basic.divide(shares, reduce.sum_of(shares, scores.rank - 1, True))


@reads("one_hot")
def _one_hot(trace: Trace, y: Any, num_classes: int = -1) -> Tensor:
    if num_classes < 0:
        refuse("one_hot needs the number of classes", "Say F.one_hot(y, num_classes=k).", ReadError)
    return Tensor(labels.one_hot(lift(trace, y), trace.sizes.fresh(int(num_classes))))


@reads("pairwise_distance")
def _pairwise(trace: Trace, a: Any, b: Any, p: float = 2.0, eps: float = 1e-6, keepdim: bool = False) -> Tensor:
    return Tensor(distance(lift(trace, a), lift(trace, b), p, eps, keepdim))


def distance(a: Value, b: Value, p: float = 2.0, eps: float = 1e-6, keepdim: bool = False) -> Value:
    """The norms of the differences of rows, to each entry of which PyTorch adds ``eps``."""
    apart = basic.plus(basic.minus(a, b), a.trace.number(eps))
    return reduce.norm_of(apart, p, reduce.last_axis(apart), keepdim, entries=True)


@reads("embedding")
def _embedding(trace: Trace, places: Any, weight: Any, *_: Any, **__: Any) -> Tensor:
    W = lift(trace, weight)
    return Tensor(products.matmul(labels.one_hot(lift(trace, places), W.dims[0]), W))
