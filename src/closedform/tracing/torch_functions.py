"""What reads PyTorch's functions of the entries, sums, means and norms."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import torch

from closedform.errors import ReadError
from closedform.tracing import branches
from closedform.tracing.ops import basic, moments, reduce
from closedform.tracing.place import refuse
from closedform.tracing.torch_array import HANDLERS, Tensor, lift
from closedform.tracing.value import Trace, Value, kind_of

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
    "deg2rad": "deg2rad", "rad2deg": "rad2deg", "acosh": "arccosh", "arccosh": "arccosh", "arcsinh": "arcsinh",
    "arctanh": "arctanh", "special_psi": "digamma", "special_erfc": "erfc", "special_expm1": "expm1",
    "special_log1p": "log1p", "special_exp2": "exp2",
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
simple("_is_all_true", branches.every, 1)
simple("clone", lambda x: x, 1)
for _name in ("contiguous",):
    simple(_name, lambda x: x, 1, views=True)


def scaled(a: Value, alpha: Any) -> Value:
    return a if alpha == 1 else basic.times(a.trace.number(alpha), a)


@reads("add")
def _add(trace: Trace, a: Any, b: Any, *, alpha: float = 1) -> Tensor:
    return Tensor(basic.plus(lift(trace, a), scaled(lift(trace, b), alpha)))


@reads("sub", "subtract")
def _sub(trace: Trace, a: Any, b: Any, *, alpha: float = 1) -> Tensor:
    return Tensor(basic.minus(lift(trace, a), scaled(lift(trace, b), alpha)))


@reads("div", "divide", "true_divide")
def _div(trace: Trace, a: Any, b: Any) -> Tensor:
    return Tensor(basic.divide(lift(trace, a), lift(trace, b)))


@reads("to", "type_as", "cpu")
def _to(trace: Trace, x: Any, *more: Any, **named: Any) -> Tensor:
    wanted = next((a for a in (*more, *named.values()) if isinstance(a, torch.dtype)), None)
    kinds = [kind_of(a) for a in more if hasattr(a, "dtype")] + ([] if wanted is None else [_kind(wanted)])
    return _converted(lift(trace, x), kinds[0]) if kinds else Tensor(lift(trace, x), fresh=False)


for _name, _type in (("double", "f"), ("float", "f"), ("long", "int64"), ("int", "int32"), ("bool", "b")):
    reads(_name)(lambda trace, x, kind=_type: _converted(lift(trace, x), kind))


def _converted(v: Value, kind: str) -> Tensor:
    if v.kind == "f" and kind != "f":
        refuse("a conversion of floats to whole numbers or truth values is not read", kind=ReadError)
    return Tensor(branches.converted(v, kind), fresh=False)


def _kind(dtype: Any) -> str:
    return "f" if dtype.is_floating_point else str(dtype).removeprefix("torch.").replace("bool", "b")


@reads("clamp", "clip")
def _clamp(trace: Trace, x: Any, min: Any = None, max: Any = None) -> Tensor:
    return Tensor(basic.clip(lift(trace, x), *(None if v is None else lift(trace, v) for v in (min, max))))


@reads("where")
def _where(trace: Trace, test: Any, a: Any = None, b: Any = None) -> Tensor:
    if a is None or b is None:
        refuse("torch.where with a condition alone is not read", "Give both values: torch.where(test, a, b).")
    return _chosen(trace, test, a, b)


def _chosen(trace: Trace, test: Any, yes: Any, no: Any) -> Tensor:
    mask = None if isinstance(test, Tensor) else lambda: test.detach().cpu().numpy()
    yes, no = (x.item() if isinstance(x, torch.Tensor) and x.ndim == 0 else x for x in (yes, no))
    return Tensor(branches.chosen(lift(trace, test), yes, no, lambda x: lift(trace, x), mask))


@reads("masked_fill")
def _masked_fill(trace: Trace, x: Any, mask: Any, value: Any) -> Tensor:
    return _chosen(trace, mask, value, x)


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


@reads("addcdiv")
def _addcdiv(trace: Trace, x: Any, a: Any, b: Any, *, value: float = 1) -> Tensor:
    return Tensor(basic.plus(lift(trace, x), scaled(basic.divide(lift(trace, a), lift(trace, b)), value)))


@reads("addcmul")
def _addcmul(trace: Trace, x: Any, a: Any, b: Any, *, value: float = 1) -> Tensor:
    return Tensor(basic.plus(lift(trace, x), scaled(basic.times(lift(trace, a), lift(trace, b)), value)))


# reductions


def _reduction(build: Callable[..., Value]) -> Handler:
    def handler(trace: Trace, x: Any, dim: Any = None, keepdim: bool = False, *, dtype: Any = None) -> Tensor:
        v = lift(trace, x)
        return Tensor(build(v, reduce.axis_of(v, dim), keepdim))

    return handler


HANDLERS["sum"] = _reduction(reduce.sum_of)
HANDLERS["mean"] = _reduction(reduce.mean_of)
HANDLERS["prod"] = _reduction(reduce.prod_of)
HANDLERS["logsumexp"] = HANDLERS["special_logsumexp"] = _reduction(reduce.logsumexp_of)
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


def _with_mean(spread: str) -> Handler:
    def handler(trace: Trace, x: Any, dim: Any = None, unbiased: Any = None, keepdim: bool = False) -> Any:
        mean = HANDLERS["mean"](trace, x, None if isinstance(dim, bool) else dim, keepdim)
        return HANDLERS[spread](trace, x, dim, unbiased, keepdim), mean

    return handler


HANDLERS["var_mean"], HANDLERS["std_mean"] = _with_mean("var"), _with_mean("std")


@reads("norm")
def _norm(
    trace: Trace, x: Any, p: Any = "fro", dim: Any = None, keepdim: bool = False, out: Any = None, dtype: Any = None
) -> Tensor:  # fmt: skip
    v = lift(trace, x)
    axis = None if dim is None else reduce.axis_of(v, dim)
    return Tensor(reduce.norm_of(v, 2 if p == "fro" else p, axis, keepdim, entries=p != "nuc"))


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


@reads("dist")
def _dist(trace: Trace, a: Any, b: Any, p: Any = 2) -> Tensor:
    return Tensor(reduce.norm_of(basic.minus(lift(trace, a), lift(trace, b)), p, None, False, entries=True))


@reads("diff")
def _diff(trace: Trace, x: Any, n: int = 1, dim: int = -1) -> Tensor:
    return Tensor(moments.differences(lift(trace, x), n, dim))


@reads("trapezoid", "trapz")
def _trapezoid(trace: Trace, y: Any, x: Any = None, *, dx: Any = 1.0, dim: int = -1) -> Tensor:
    v = lift(trace, y)
    return Tensor(moments.trapezoid(v, None if x is None else lift(trace, x), lift(trace, dx), dim % v.rank))


@reads("cov")
def _cov(trace: Trace, x: Any, *, correction: int = 1) -> Tensor:
    return Tensor(moments.covariance(lift(trace, x), True, correction))


@reads("corrcoef")
def _corrcoef(trace: Trace, x: Any) -> Tensor:
    return Tensor(moments.correlation(lift(trace, x), True))
