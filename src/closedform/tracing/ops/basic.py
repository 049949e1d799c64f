"""Arithmetic and functions of each entry, with broadcasting as NumPy means it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

from closedform.errors import ShapeError
from closedform.expr.node import Node
from closedform.expr.size import ONE, Size
from closedform.functions import elementwise as e
from closedform.functions import special as s
from closedform.functions.algebra import (
    add,
    const,
    diagm,
    fill,
    had,
    mul,
    num,
    ones,
    power,
    scale,
    sub,
    total,
    transpose,
)  # fmt: skip
from closedform.functions.piecewise import absolute, elu, larger, relu, sign, smaller, step
from closedform.tracing.numbers import plain_number
from closedform.tracing.ops import stacks
from closedform.tracing.ops.whole import as_floats, kept, promoted
from closedform.tracing.place import refuse
from closedform.tracing.value import Dims, Value, shape_of, zero_like

HALF = Fraction(1, 2)


def broadcast_dims(what: str, *values: Value) -> Dims:
    """The axes of what is broadcast together."""
    rank = max(v.rank for v in values)
    out: list[Size] = [ONE] * rank
    for v in values:
        for k in range(v.rank):
            at = rank - v.rank + k
            mine, sizes = v.dims[k], v.trace.sizes
            out[at] = sizes.now(out[at])
            if mine is ONE:
                continue
            out[at] = mine if out[at] is ONE else sizes.same(out[at], mine, what)
    return tuple(values[0].trace.sizes.now(d) for d in out)


def in_rank(x: Value, rank: int) -> Node:
    """The node of an array among arrays of ``rank`` axes: a vector among matrices is a row."""
    return transpose(x.node) if rank == 2 and x.rank == 1 and not x.is_one else x.node


def spread(x: Value, dims: Dims) -> Node:
    """The node with the shape of ``dims``: numbers fill it, rows and columns are repeated."""
    if len(dims) == 3:
        return stacks.spread_stack(x, dims)
    rows, cols = shape_of(dims)
    node = in_rank(x, len(dims))
    if node.shape == (rows, cols):
        return node
    if node.is_scalar:
        return fill(node, ones(rows, cols))
    if node.rows is ONE:
        return mul(ones(rows), node)
    return mul(node, transpose(ones(cols)))


def binary(what: str, build: Callable[[Node, Node], Node], a: Value, b: Value) -> Value:
    """Both in one shape, then ``build``."""
    dims = broadcast_dims(what, a, b)
    return a.trace.value(build(spread(a, dims), spread(b, dims)), dims, promoted(a.kind, b.kind))


def plus(a: Value, b: Value) -> Value:
    """The sum; that of truth values is whether one of them holds, as in NumPy and PyTorch."""
    if a.kind == b.kind == "b":
        return binary("+", lambda x, y: total([(1, x), (1, y), (-1, had(x, y))]), a, b)
    return kept(binary("+", add, a, b), linear=True)


def minus(a: Value, b: Value) -> Value:
    if a.node is zero_like(a) and a.is_one and a.rank == 0:
        return negative(b)
    return kept(binary("-", sub, a, b), linear=True)


def negative(a: Value) -> Value:
    out = a.trace.value(total([(-1, a.node)]), a.dims, "i" if a.kind == "b" else a.kind)
    return kept(out, linear=True)


def times(a: Value, b: Value) -> Value:
    """The product entry by entry; rows and columns scale a matrix without being repeated."""
    dims = broadcast_dims("*", a, b)
    A, B = (stacks.rows_in(x, dims) if len(dims) == 3 else in_rank(x, len(dims)) for x in (a, b))
    kind = promoted(a.kind, b.kind)
    return kept(a.trace.value(_product(A, B), dims, kind), linear="i" in (a.kind, b.kind))


def _product(A: Node, B: Node) -> Node:
    if A.is_scalar or B.is_scalar:
        first, other = (A, B) if A.is_scalar else (B, A)
        return had(A, B) if other.is_scalar else scale(first, other)
    if A.shape == B.shape:
        return had(A, B)
    if A.is_column:
        return mul(A, B) if B.rows is ONE else mul(diagm(A), B)
    if A.rows is ONE:
        return mul(B, A) if B.is_column else mul(B, diagm(transpose(A)))
    return _product(B, A)


def divide(a: Value, b: Value) -> Value:
    out = times(a, b.trace.value(power(b.node, -1), b.dims))
    out.kind = "f"
    return out


def raised(a: Value, b: Value) -> Value:
    """``a ** b``."""
    known = plain_number(b.node)
    if known is not None and b.is_one and b.rank <= a.rank:
        return kept(a.trace.value(power(a.node, num(known)), a.dims, promoted(a.kind, b.kind)))
    return kept(binary("**", power, a, b))


def maximum(a: Value, b: Value) -> Value:
    for x, other in ((a, b), (b, a)):
        if plain_number(x.node) == 0 and x.rank <= other.rank:
            return other.trace.value(relu(other.node), other.dims, promoted(a.kind, b.kind))
    return binary("maximum", larger, a, b)


def minimum(a: Value, b: Value) -> Value:
    return binary("minimum", smaller, a, b)


def logaddexp(a: Value, b: Value) -> Value:
    """log(exp(a) + exp(b)), by softplus where one is zero."""
    for x, other in ((a, b), (b, a)):
        if plain_number(x.node) == 0 and x.rank <= other.rank:
            return unary("softplus", other)
    return plus(a, unary("softplus", minus(b, a)))


def xlogy(a: Value, b: Value) -> Value:
    return times(a, unary("log", b))


def hypot(a: Value, b: Value) -> Value:
    a, b = as_floats(a), as_floats(b)
    return unary("sqrt", plus(unary("square", a), unary("square", b)))


def _one(x: Node) -> Node:
    return fill(num(1), x)


def _times(c: Node | int, x: Node) -> Node:
    c = num(c) if isinstance(c, int) else c
    return had(c, x) if x.is_scalar else scale(c, x)


def _log_of(base: int) -> Callable[[Node], Node]:
    return lambda x: _times(power(e.log(num(base)), -1), e.log(x))


def _gelu(x: Node) -> Node:
    return had(x, s.normcdf(x))


def _gelu_tanh(x: Node) -> Node:
    inside = _times(power(_times(2, power(const("pi"), -1)), HALF), total([(1, x), ("0.044715", power(x, 3))]))  # type: ignore[list-item]
    return _times(num(HALF), had(x, add(_one(x), e.tanh(inside))))


UNARY: dict[str, Callable[[Node], Node]] = {
    "exp": e.exp, "log": e.log, "sqrt": e.sqrt, "sin": e.sin, "cos": e.cos, "tan": e.tan, "arcsin": e.asin,
    "arccos": e.acos, "arctan": e.atan, "sinh": e.sinh, "cosh": e.cosh, "tanh": e.tanh, "sigmoid": e.sigmoid,
    "softplus": e.softplus, "abs": absolute, "sign": sign, "relu": relu, "elu": elu, "erf": s.erf,
    "gammaln": s.loggamma,
    "gamma": s.gamma, "digamma": s.digamma, "ndtr": s.normcdf, "step": step,
    "positive": lambda x: x,
    "square": lambda x: power(x, 2),
    "reciprocal": lambda x: power(x, -1),
    "rsqrt": lambda x: power(x, -HALF),
    "cbrt": lambda x: had(sign(x), power(absolute(x), Fraction(1, 3))),
    "log1p": lambda x: e.log(add(_one(x), x)),
    "expm1": lambda x: sub(e.exp(x), _one(x)),
    "log2": _log_of(2),
    "log10": _log_of(10),
    "exp2": lambda x: power(fill(num(2), x), x),
    "erfc": lambda x: sub(_one(x), s.erf(x)),
    "log_ndtr": lambda x: e.log(s.normcdf(x)),
    "logit": lambda x: sub(e.log(x), e.log(sub(_one(x), x))),
    "logsigmoid": lambda x: total([(-1, e.softplus(total([(-1, x)])))]),
    "silu": lambda x: had(x, e.sigmoid(x)),
    "gelu": _gelu,
    "gelu_tanh": _gelu_tanh,
    "entr": lambda x: total([(-1, had(x, e.log(x)))]),
    "deg2rad": lambda x: _times(had(const("pi"), num(Fraction(1, 180))), x),
    "rad2deg": lambda x: _times(had(power(const("pi"), -1), num(180)), x),
    "arcsinh": lambda x: e.log(add(x, power(add(power(x, 2), _one(x)), HALF))),
    "arccosh": lambda x: e.log(add(x, had(power(sub(x, _one(x)), HALF), power(add(x, _one(x)), HALF)))),
    "arctanh": lambda x: _times(num(HALF), sub(e.log(add(_one(x), x)), e.log(sub(_one(x), x)))),
    "softsign": lambda x: had(x, power(add(_one(x), absolute(x)), -1)),
}  # fmt: skip
BINARY: dict[str, Callable[[Value, Value], Value]] = {
    "add": plus, "subtract": minus, "multiply": times, "divide": divide, "power": raised, "maximum": maximum,
    "minimum": minimum, "logaddexp": logaddexp, "xlogy": xlogy, "hypot": hypot,
}  # fmt: skip
WHOLE = {"abs", "sign", "relu", "square", "positive", "step"}
"""Those that give whole numbers for whole numbers."""


def unary(name: str, x: Value) -> Value:
    """A function of each entry."""
    kind = x.kind if name in WHOLE and x.kind != "b" else "f"
    out = x.trace.value(UNARY[name](x.node), x.dims, kind)
    return kept(out) if name in ("abs", "square") else out


def clip(x: Value, low: Value | None, high: Value | None) -> Value:
    """Between two limits, of which one may be missing."""
    out = x if low is None else maximum(x, low)
    return out if high is None else minimum(out, high)


def polynomial(coefficients: Sequence[Value], x: Value) -> Value:
    """By Horner's rule, the highest power first."""
    if not coefficients:
        refuse("a polynomial without coefficients", kind=ShapeError)
    out = coefficients[0]
    for c in coefficients[1:]:
        out = plus(times(out, x), c)
    return out

