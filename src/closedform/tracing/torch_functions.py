"""What reads the functions and methods of PyTorch tensors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from closedform.errors import ReadError
from closedform.expr.size import size as as_size
from closedform.functions.algebra import ones, zeros
from closedform.tracing import branches
from closedform.tracing.dims import Dim
from closedform.tracing.ops import basic, linear, products, reduce, shape
from closedform.tracing.place import refuse
from closedform.tracing.torch_array import HANDLERS, Tensor, lift
from closedform.tracing.value import Trace, Value, shape_of

Handler = Callable[..., Any]


def reads(*names: str) -> Callable[[Handler], Handler]:
    def keep(handler: Handler) -> Handler:
        for name in names:
            HANDLERS[name] = handler
        return handler

    return keep


def simple(name: str, build: Callable[..., Value], count: int, views: bool = False) -> None:
    def handler(trace: Trace, *args: Any) -> Tensor:
        if len(args) != count:
            refuse(f"torch's {name} with {len(args)} arguments is not read", kind=ReadError)
        if views and isinstance(args[0], Tensor):
            args[0]._fresh = False
        return Tensor(build(*(lift(trace, a) for a in args)), fresh=not views)

    HANDLERS[name] = handler


UNARY = {
    **{name: name for name in ("exp", "log", "sqrt", "sin", "cos", "tan", "sinh", "cosh", "tanh", "sigmoid", "erf")},
    **{name: name for name in ("erfc", "digamma", "abs", "square", "reciprocal", "rsqrt", "log1p", "expm1", "exp2")},
    **{name: name for name in ("log2", "log10", "sign", "softsign", "logit", "positive")},
    "asin": "arcsin", "acos": "arccos", "atan": "arctan", "asinh": "arcsinh", "atanh": "arctanh", "arcsin": "arcsin",
    "arccos": "arccos", "arctan": "arctan", "absolute": "abs", "lgamma": "gammaln", "logsigmoid": "logsigmoid",
    "log_sigmoid": "logsigmoid",
    "special_ndtr": "ndtr", "special_log_ndtr": "log_ndtr", "special_expit": "sigmoid", "special_erf": "erf",
    "special_gammaln": "gammaln", "special_digamma": "digamma", "special_entr": "entr", "special_logit": "logit",
    "deg2rad": "deg2rad", "rad2deg": "rad2deg",
}  # fmt: skip
for _name, _mine in UNARY.items():
    simple(_name, lambda x, mine=_mine: basic.unary(mine, x), 1)
BINARY = {
    "mul": "multiply", "multiply": "multiply", "pow": "power", "float_power": "power", "maximum": "maximum",
    "minimum": "minimum", "fmax": "maximum", "fmin": "minimum", "logaddexp": "logaddexp", "hypot": "hypot",
    "xlogy": "xlogy", "special_xlogy": "xlogy",
}  # fmt: skip
for _name, _mine in BINARY.items():
    simple(_name, basic.BINARY[_mine], 2)
for _name, _mine in {
    "gt": "greater", "lt": "less", "ge": "greater_equal", "le": "less_equal", "eq": "equal", "ne": "not_equal",
    "greater": "greater", "less": "less", "greater_equal": "greater_equal", "less_equal": "less_equal",
    "not_equal": "not_equal",
}.items():  # fmt: skip
    simple(_name, lambda a, b, mine=_mine: branches.compare(mine, a, b), 2)
simple("neg", basic.negative, 1)
simple("negative", basic.negative, 1)
simple("rsub", lambda a, b: basic.minus(b, a), 2)
simple("rdiv", lambda a, b: basic.divide(b, a), 2)
simple("rpow", lambda a, b: basic.raised(b, a), 2)
simple("logical_and", branches.both, 2)
simple("logical_or", branches.either, 2)
simple("logical_not", branches.negated, 1)
simple("any", branches.some, 1)
simple("all", branches.every, 1)
for _name in ("matmul", "mm", "mv", "bmm"):
    simple(_name, products.matmul, 2)
simple("dot", products.dot, 2)
simple("vdot", products.dot, 2)
simple("inner", products.inner_product, 2)
for _name in ("outer", "ger"):
    simple(_name, products.outer, 2)
simple("kron", products.kron, 2)
simple("trace", products.trace_of, 1)
for _name in ("inverse", "linalg_inv"):
    simple(_name, lambda x: linear.of_square("inv", x), 1)
for _name in ("det", "linalg_det"):
    simple(_name, linear.det, 1)
simple("logdet", linear.logdet, 1)
simple("linalg_solve", linear.solve, 2)
simple("linalg_pinv", linear.pinv, 1)
simple("pinverse", linear.pinv, 1)
for _name in ("matrix_exp", "linalg_matrix_exp"):
    simple(_name, lambda x: linear.of_square("expm", x), 1)
simple("linalg_eigvalsh", linear.eigvalsh, 1)
simple("linalg_cross", linear.cross_product, 2)
simple("t", shape.transposed, 1, views=True)
simple("numpy_T", shape.transposed, 1, views=True)
simple("ravel", shape.raveled, 1, views=True)
simple("clone", lambda x: x, 1)
for _name in ("contiguous", "double", "float"):
    simple(_name, lambda x: x, 1, views=True)


def _scaled(a: Value, alpha: Any) -> Value:
    return a if alpha == 1 else basic.times(a.trace.number(alpha), a)


@reads("add")
def _add(trace: Trace, a: Any, b: Any, *, alpha: float = 1) -> Tensor:
    return Tensor(basic.plus(lift(trace, a), _scaled(lift(trace, b), alpha)))


@reads("sub", "subtract")
def _sub(trace: Trace, a: Any, b: Any, *, alpha: float = 1) -> Tensor:
    return Tensor(basic.minus(lift(trace, a), _scaled(lift(trace, b), alpha)))


@reads("div", "divide", "true_divide")
def _div(trace: Trace, a: Any, b: Any) -> Tensor:
    return Tensor(basic.divide(lift(trace, a), lift(trace, b)))


@reads("to", "type_as", "cpu")
def _to(trace: Trace, x: Any, *_: Any, **__: Any) -> Tensor:
    return Tensor(lift(trace, x), fresh=False)


@reads("clamp", "clip")
def _clamp(trace: Trace, x: Any, min: Any = None, max: Any = None) -> Tensor:
    return Tensor(basic.clip(lift(trace, x), *(None if v is None else lift(trace, v) for v in (min, max))))


@reads("where")
def _where(trace: Trace, test: Any, a: Any, b: Any) -> Tensor:
    return Tensor(branches.where(lift(trace, test), lift(trace, a), lift(trace, b)))


# reductions


def _reduction(build: Callable[..., Value]) -> Handler:
    def handler(trace: Trace, x: Any, dim: Any = None, keepdim: bool = False, *, dtype: Any = None) -> Tensor:
        v = lift(trace, x)
        return Tensor(build(v, reduce.axis_of(v, dim), keepdim))

    return handler


HANDLERS["sum"] = _reduction(reduce.sum_of)
HANDLERS["mean"] = _reduction(reduce.mean_of)
HANDLERS["prod"] = _reduction(reduce.prod_of)
HANDLERS["logsumexp"] = _reduction(reduce.logsumexp_of)
HANDLERS["amax"] = _reduction(lambda x, axis, keep: reduce.extreme(x, axis, keep, True))
HANDLERS["amin"] = _reduction(lambda x, axis, keep: reduce.extreme(x, axis, keep, False))


class Extreme(NamedTuple):
    """What max and min along an axis give."""

    values: Tensor
    indices: Any


def _extreme(largest: bool) -> Handler:
    def handler(trace: Trace, x: Any, dim: Any = None, keepdim: bool = False) -> Any:
        v = lift(trace, x)
        if isinstance(dim, Tensor):
            return Tensor((basic.maximum if largest else basic.minimum)(v, dim._value))
        found = Tensor(reduce.extreme(v, reduce.axis_of(v, dim), keepdim, largest))
        return found if dim is None else Extreme(found, None)

    return handler


HANDLERS["max"], HANDLERS["min"] = _extreme(True), _extreme(False)


def _spread(build: Callable[..., Value]) -> Handler:
    def handler(
        trace: Trace, x: Any, dim: Any = None, unbiased: Any = None, keepdim: bool = False, *, correction: Any = None
    ) -> Tensor:
        if isinstance(dim, bool):
            dim, unbiased = None, dim
        v = lift(trace, x)
        ddof = correction if correction is not None else 0 if unbiased is False else 1
        return Tensor(build(v, reduce.axis_of(v, dim), keepdim, ddof))

    return handler


HANDLERS["var"], HANDLERS["std"] = _spread(reduce.var_of), _spread(reduce.std_of)


@reads("norm", "linalg_norm", "linalg_vector_norm", "linalg_matrix_norm")
def _norm(trace: Trace, x: Any, ord: Any = None, dim: Any = None, keepdim: bool = False, p: Any = None) -> Tensor:
    v = lift(trace, x)
    order = p if ord is None else ord
    axis = None if dim is None else reduce.axis_of(v, dim)
    return Tensor(reduce.norm_of(v, order, axis, keepdim, entries=order in (None, 2, "fro")))


@reads("linalg_matrix_norm")
def _matrix_norm(trace: Trace, x: Any, ord: Any = "fro", dim: Any = (-2, -1), keepdim: bool = False) -> Tensor:
    return Tensor(reduce.norm_of(lift(trace, x), ord, None, keepdim))


@reads("linalg_norm")
def _linalg_norm(trace: Trace, x: Any, ord: Any = None, dim: Any = None, keepdim: bool = False) -> Tensor:
    v = lift(trace, x)
    return Tensor(reduce.norm_of(v, ord, None if dim is None else reduce.axis_of(v, dim), keepdim, entries=ord is None))


@reads("linalg_vector_norm")
def _vector_norm(trace: Trace, x: Any, ord: Any = 2, dim: Any = None, keepdim: bool = False) -> Tensor:
    v = lift(trace, x)
    return Tensor(reduce.norm_of(v, ord, None if dim is None else reduce.axis_of(v, dim), keepdim, entries=True))


@reads("cumsum")
def _cumsum(trace: Trace, x: Any, dim: int) -> Tensor:
    return Tensor(reduce.cumsum_of(lift(trace, x), dim))


# products and linear algebra


@reads("einsum")
def _einsum(trace: Trace, text: str, *operands: Any) -> Tensor:
    many = operands[0] if len(operands) == 1 and isinstance(operands[0], list | tuple) else operands
    labels, out = products.subscripts(text, len(many))
    return Tensor(products.einsum(labels, out, [lift(trace, x) for x in many]))


@reads("linalg_multi_dot", "chain_matmul")
def _multi_dot(trace: Trace, arrays: Any) -> Tensor:
    out = lift(trace, arrays[0])
    for other in arrays[1:]:
        out = products.matmul(out, lift(trace, other))
    return Tensor(out)


@reads("addmm", "baddbmm")
def _addmm(trace: Trace, c: Any, a: Any, b: Any, *, beta: float = 1, alpha: float = 1) -> Tensor:
    product = products.matmul(lift(trace, a), lift(trace, b))
    return Tensor(basic.plus(_scaled(lift(trace, c), beta), _scaled(product, alpha)))


class Slogdet(NamedTuple):
    """What slogdet gives."""

    sign: Tensor
    logabsdet: Tensor


@reads("slogdet", "linalg_slogdet")
def _slogdet(trace: Trace, x: Any) -> Slogdet:
    return Slogdet(*map(Tensor, linear.slogdet(lift(trace, x))))


@reads("linalg_cholesky", "cholesky")
def _cholesky(trace: Trace, x: Any, *, upper: bool = False) -> Tensor:
    return Tensor(linear.cholesky(lift(trace, x), upper))


@reads("linalg_eigh")
def _eigh(trace: Trace, x: Any) -> tuple[Tensor, Tensor]:
    values, vectors = linear.eigh(lift(trace, x))
    return Tensor(values), Tensor(vectors)


@reads("matrix_power", "linalg_matrix_power")
def _matrix_power(trace: Trace, x: Any, n: int) -> Tensor:
    return Tensor(linear.matrix_power(lift(trace, x), n))


# shapes


def _size(n: Any) -> Any:
    return n.size if isinstance(n, Dim) else int(n)


def _listed(new: tuple[Any, ...]) -> list[Any]:
    return [_size(n) for n in (new[0] if len(new) == 1 and isinstance(new[0], tuple | list) else new)]


def _view(x: Any, value: Value) -> Tensor:
    if isinstance(x, Tensor):
        x._fresh = False
    return Tensor(value, fresh=False)


@reads("reshape", "view")
def _reshape(trace: Trace, x: Any, *new: Any) -> Tensor:
    return _view(x, shape.reshaped(lift(trace, x), _listed(new)))


@reads("flatten")
def _flatten(trace: Trace, x: Any, start_dim: int = 0, end_dim: int = -1) -> Tensor:
    v = lift(trace, x)
    start, end = (k % max(v.rank, 1) for k in (start_dim, end_dim))
    if start >= end:
        return _view(x, v)
    whole = as_size(1)
    for d in v.dims[start : end + 1]:
        whole = whole * d
    return _view(x, shape.reshaped(v, [*v.dims[:start], whole, *v.dims[end + 1 :]]))


@reads("transpose", "swapaxes")
def _transpose(trace: Trace, x: Any, i: int, j: int) -> Tensor:
    v = lift(trace, x)
    return _view(x, shape.exchanged(v, i % v.rank, j % v.rank))


@reads("permute")
def _permute(trace: Trace, x: Any, *axes: Any) -> Tensor:
    return _view(x, shape.transposed(lift(trace, x), _listed(axes)))


@reads("squeeze")
def _squeeze(trace: Trace, x: Any, dim: Any = None) -> Tensor:
    return _view(x, shape.squeezed(lift(trace, x), dim))


@reads("unsqueeze")
def _unsqueeze(trace: Trace, x: Any, dim: int) -> Tensor:
    return _view(x, shape.expanded(lift(trace, x), dim))


@reads("expand", "broadcast_to")
def _expand(trace: Trace, x: Any, *new: Any) -> Tensor:
    v = lift(trace, x)
    wanted = _listed(new)
    pad = len(wanted) - v.rank
    dims = tuple(v.dims[k - pad] if n == -1 else as_size(n) for k, n in enumerate(wanted))
    return _view(x, shape.broadcast_to(v, dims))


@reads("expand_as")
def _expand_as(trace: Trace, x: Any, other: Any) -> Tensor:
    return _view(x, shape.broadcast_to(lift(trace, x), lift(trace, other).dims))


@reads("cat", "concat", "concatenate")
def _cat(trace: Trace, arrays: Any, dim: int = 0) -> Tensor:
    return Tensor(shape.joined([lift(trace, x) for x in arrays], dim))


@reads("stack")
def _stack(trace: Trace, arrays: Any, dim: int = 0) -> Tensor:
    return Tensor(shape.stacked([lift(trace, x) for x in arrays], dim))


simple("diag", shape.diag, 1)
simple("diag_embed", shape.diag, 1)
simple("diagonal", shape.diagonal, 1, views=True)


@reads("tril")
def _tril(trace: Trace, x: Any, diagonal: int = 0) -> Tensor:
    return Tensor(shape.triangle(lift(trace, x), True, diagonal))


@reads("triu")
def _triu(trace: Trace, x: Any, diagonal: int = 0) -> Tensor:
    return Tensor(shape.triangle(lift(trace, x), False, diagonal))


def _like(build: Callable[..., Any]) -> Handler:
    def handler(trace: Trace, a: Any, **_: Any) -> Tensor:
        x = lift(trace, a)
        return Tensor(trace.value(build(*shape_of(x.dims)), x.dims))

    return handler


HANDLERS["zeros_like"], HANDLERS["ones_like"] = _like(zeros), _like(ones)


# entries chosen, and smaller ones


@reads("flip")
def _flip(trace: Trace, x: Any, *dims: Any) -> Tensor:
    v = lift(trace, x)
    chosen = {int(k) % v.rank for k in _listed(dims)}
    return Tensor(shape.item(v, tuple(slice(None, None, -1) if k in chosen else slice(None) for k in range(v.rank))))


@reads("index_select")
def _index_select(trace: Trace, x: Any, dim: int, index: Any) -> Tensor:
    v = lift(trace, x)
    return Tensor(shape.item(v, (*[slice(None)] * (dim % v.rank), index.numpy())))


@reads("select")
def _select(trace: Trace, x: Any, dim: int, index: int) -> Any:
    v = lift(trace, x)
    return _view(x, shape.item(v, (*[slice(None)] * (dim % v.rank), index)))


@reads("narrow")
def _narrow(trace: Trace, x: Any, dim: int, start: int, length: int) -> Tensor:
    v = lift(trace, x)
    return _view(x, shape.item(v, (*[slice(None)] * (dim % v.rank), slice(start, start + length))))


@reads("unbind")
def _unbind(trace: Trace, x: Any, dim: int = 0) -> Any:
    v = lift(trace, x)
    count = trace.sizes.pin(v.dims[dim % v.rank], "unbind")
    return tuple(_select(trace, x, dim, k) for k in range(count))


@reads("split")
def _split(trace: Trace, x: Any, size: Any, dim: int = 0) -> tuple[Tensor, ...]:
    v = lift(trace, x)
    number = trace.sizes.pin(v.dims[dim % v.rank], "split")
    lengths = list(size) if isinstance(size, list | tuple) else [min(size, number - k) for k in range(0, number, size)]
    starts = [sum(lengths[:k]) for k in range(len(lengths))]
    return tuple(_narrow(trace, x, dim, at, n) for at, n in zip(starts, lengths, strict=True))


@reads("chunk")
def _chunk(trace: Trace, x: Any, chunks: int, dim: int = 0) -> Any:
    v = lift(trace, x)
    number = trace.sizes.pin(v.dims[dim % v.rank], "chunk")
    return _split(trace, x, -(-number // chunks), dim)


@reads("masked_fill")
def _masked_fill(trace: Trace, x: Any, mask: Any, value: Any) -> Tensor:
    return Tensor(branches.where(lift(trace, mask), lift(trace, value), lift(trace, x)))


@reads("clamp_min")
def _clamp_min(trace: Trace, x: Any, low: Any) -> Tensor:
    return Tensor(basic.clip(lift(trace, x), lift(trace, low), None))


@reads("clamp_max")
def _clamp_max(trace: Trace, x: Any, high: Any) -> Tensor:
    return Tensor(basic.clip(lift(trace, x), None, lift(trace, high)))


@reads("lerp")
def _lerp(trace: Trace, a: Any, b: Any, weight: Any) -> Tensor:
    x, y = lift(trace, a), lift(trace, b)
    return Tensor(basic.plus(x, basic.times(lift(trace, weight), basic.minus(y, x))))


@reads("addcmul")
def _addcmul(trace: Trace, x: Any, a: Any, b: Any, *, value: float = 1) -> Tensor:
    return Tensor(basic.plus(lift(trace, x), _scaled(basic.times(lift(trace, a), lift(trace, b)), value)))


@reads("tensordot")
def _tensordot(trace: Trace, a: Any, b: Any, dims: Any = 2, out: Any = None) -> Tensor:
    x, y = lift(trace, a), lift(trace, b)
    left, right = (range(x.rank - dims, x.rank), range(dims)) if isinstance(dims, int) else dims
    return Tensor(products.tensordot(x, y, [k % x.rank for k in left], [k % y.rank for k in right]))
