"""What reads the primitives of JAX, and the sub-computations that JAX names."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from string import ascii_lowercase
from typing import Any

import numpy as np

from closedform.expr.size import ONE, Size
from closedform.functions import matrix_functions as f
from closedform.functions.algebra import eye, inv, mul, transpose
from closedform.functions.eigen import eigvals, eigvecs
from closedform.functions.known_facts import facts_of
from closedform.functions.matrix import sym_part
from closedform.functions.vectors import revcumsum
from closedform.tracing import branches
from closedform.tracing.numbers import plain_number
from closedform.tracing.ops import basic, indexing, labels, linear, products, reduce, shape
from closedform.tracing.place import refuse
from closedform.tracing.value import Trace, Value

Reader = Callable[..., Any]
Dims = Callable[[Any], Size]


class Iota:
    """0, 1, 2, … along an axis, with sizes that are not numbers."""

    def __init__(self, dims: tuple[Size, ...], axis: int) -> None:
        self.dims, self.axis = dims, axis


ONE_ARGUMENT = {
    "exp": "exp", "log": "log", "log1p": "log1p", "expm1": "expm1", "tanh": "tanh", "logistic": "sigmoid",
    "sin": "sin", "cos": "cos", "tan": "tan", "asin": "arcsin", "acos": "arccos", "atan": "arctan", "sinh": "sinh",
    "cosh": "cosh", "sqrt": "sqrt", "rsqrt": "rsqrt", "abs": "abs", "sign": "sign", "erf": "erf", "erfc": "erfc",
    "lgamma": "gammaln", "digamma": "digamma", "square": "square", "exp2": "exp2", "asinh": "arcsinh",
    "acosh": "arccosh", "atanh": "arctanh", "cbrt": "cbrt",
}  # fmt: skip
TWO_ARGUMENTS = {"add": "add", "sub": "subtract", "mul": "multiply", "div": "divide", "pow": "power", "min": "minimum"}
COMPARED = {
    "gt": "greater", "lt": "less", "ge": "greater_equal", "le": "less_equal", "eq": "equal", "ne": "not_equal"
}  # fmt: skip


def _one(name: str) -> Reader:
    def read(trace: Trace, size: Dims, x: Value, **_: Any) -> Value:
        if name == "abs" and facts_of(x.node) & {"pos", "nonneg"}:
            return x
        return basic.unary(name, x)

    return read


def _two(name: str) -> Reader:
    return lambda trace, size, a, b, **_: basic.BINARY[name](a, b)


def _compare(name: str) -> Reader:
    def read(trace: Trace, size: Dims, a: Any, b: Any, **_: Any) -> Any:
        if isinstance(a, Iota) and isinstance(b, Iota):
            if name == "equal" and {a.axis, b.axis} == {0, 1} and a.dims[0] is a.dims[1]:
                return trace.value(eye(a.dims[0]), a.dims, "b")
            refuse("a comparison of iotas with named sizes")
        return branches.compare(name, a, b)

    return read


def _max(trace: Trace, size: Dims, a: Any, b: Any, **_: Any) -> Value:
    for x, other in ((a, b), (b, a)):
        if not isinstance(x, Value | Iota) and np.all(np.asarray(x) == -np.inf):
            return lifted(trace, other)
    return basic.maximum(lifted(trace, a), lifted(trace, b))


def _add(trace: Trace, size: Dims, a: Any, b: Any, **_: Any) -> Any:
    if isinstance(a, Iota) and not isinstance(b, Value | Iota) and not np.any(b):
        return a
    return basic.plus(lifted(trace, a), lifted(trace, b))


def lifted(trace: Trace, x: Any) -> Value:
    if isinstance(x, Iota):
        refuse("iota with named sizes")
    if isinstance(x, Value):
        return x
    return trace.number(np.asarray(x).item()) if np.ndim(x) == 0 else trace.constant(np.asarray(x))


def _axes(x: Value, axes: Sequence[int]) -> Any:
    return reduce.axis_of(x, tuple(axes)) if len(axes) else -1


def _reduce(build: Callable[..., Value]) -> Reader:
    def read(trace: Trace, size: Dims, x: Value, *, axes: Sequence[int], **_: Any) -> Value:
        return build(x, _axes(x, axes)) if len(axes) else x

    return read


def _dot_general(trace: Trace, size: Dims, a: Value, b: Value, *, dimension_numbers: Any, **_: Any) -> Value:
    (left, right), (batch_a, batch_b) = dimension_numbers
    letters = iter(ascii_lowercase)
    one, two = [next(letters) for _ in range(a.rank)], [next(letters) for _ in range(b.rank)]
    for i, j in (*zip(left, right, strict=True), *zip(batch_a, batch_b, strict=True)):
        two[j] = one[i]
    free_a = [k for k in range(a.rank) if k not in (*left, *batch_a)]
    free_b = [k for k in range(b.rank) if k not in (*right, *batch_b)]
    out = [one[k] for k in (*batch_a, *free_a)] + [two[k] for k in free_b]
    return products.einsum([one, two], out, [a, b])


def _broadcast(trace: Trace, size: Dims, x: Value, *, shape: Any, broadcast_dimensions: Any, **_: Any) -> Any:
    if len(shape) > 3:
        refuse("an array of four axes: arrays of one, two and three axes are read")
    dims = tuple(map(size, shape))
    if len(shape) == 3 and 0 < x.rank < 3:
        return broadcast_to(products.among_three(x, tuple(broadcast_dimensions)), dims)
    if x.rank == 1 and len(dims) == 2 and tuple(broadcast_dimensions) == (0,):
        x = trace.value(x.node, (*x.dims, ONE), x.kind)
    return broadcast_to(x, dims)


broadcast_to = shape.broadcast_to


def _reshape(trace: Trace, size: Dims, x: Value, *, new_sizes: Any, **_: Any) -> Value:
    return shape.reshaped(x, [size(n) for n in new_sizes])


def _slice(
    trace: Trace, size: Dims, x: Value, *, start_indices: Any, limit_indices: Any, strides: Any, **_: Any
) -> Value:
    if strides is not None and any(k != 1 for k in strides):
        refuse("slices of other steps than one are not read")
    for axis, (low, high) in enumerate(zip(start_indices, limit_indices, strict=True)):
        number = trace.sizes.number(x.dims[axis])
        whole = high == number if isinstance(high, int) else size(high) is x.dims[axis]
        if whole and low == 0:
            continue
        begin, end = (k if isinstance(k, int) else size(k) for k in (low, high))
        x = indexing.cut(x, axis, begin, None if whole else end)
    return x


def _select(trace: Trace, size: Dims, which: Any, *cases: Any, **_: Any) -> Any:
    if not isinstance(which, Value) and np.all(which == np.ravel(which)[0]):
        return cases[int(np.ravel(which)[0])]
    if len(cases) != 2:
        refuse("select_n of more than two cases is not read")
    test = lifted(trace, which)
    known = plain_number(test.node)
    if known is not None:
        return cases[int(known)]
    return branches.where(test, lifted(trace, cases[1]), lifted(trace, cases[0]))


def _transpose(trace: Trace, size: Dims, x: Value, *, permutation: Any, **_: Any) -> Value:
    return shape.transposed(x, permutation)


def _concatenate(trace: Trace, size: Dims, *parts: Any, dimension: int, **_: Any) -> Value:
    return shape.joined([lifted(trace, p) for p in parts], dimension)


def _stack(trace: Trace, size: Dims, *parts: Any, axis: int, **_: Any) -> Value:
    return shape.stacked([lifted(trace, p) for p in parts], axis)


def _stop_gradient(trace: Trace, size: Dims, x: Value, **_: Any) -> Value:
    if not any(trace.sizes.node(top) is n for top in trace.tops for n in [x.node, *x.node.args]):
        refuse("stop_gradient is read where it stops the shift of exp by the largest entry, and not elsewhere")
    return x


def _is_finite(trace: Trace, size: Dims, x: Value, **_: Any) -> Any:
    return np.bool_(True)


def _triangular(
    trace: Trace, size: Dims, a: Value, b: Value, *, left_side: bool, lower: bool, transpose_a: bool,
    unit_diagonal: bool, **_: Any,
) -> Value:  # fmt: skip
    if unit_diagonal or ("lower" if lower else "upper") not in facts_of(a.node):
        refuse("triangular_solve is read of a matrix known to be triangular")
    A = inv(transpose(a.node) if transpose_a else a.node)
    return trace.value(mul(A, b.node) if left_side else mul(b.node, A), b.dims)


def _cumsum(trace: Trace, size: Dims, x: Value, *, axis: int, reverse: bool, **_: Any) -> Value:
    if reverse and x.rank == 1:
        return trace.value(revcumsum(x.node), x.dims)
    return reduce.cumsum_of(x, axis)


def _integer_pow(trace: Trace, size: Dims, x: Value, *, y: int, **_: Any) -> Value:
    return basic.raised(x, trace.number(y))


def _largest(x: Value, axis: Any) -> Value:
    return reduce.extreme(x, axis, False, True)


def _smallest(x: Value, axis: Any) -> Value:
    return reduce.extreme(x, axis, False, False)


def _chol(trace: Trace, size: Dims, x: Value, **_: Any) -> Value:
    return trace.value(f.chol(_symmetric(linear.square(x, "cholesky"))), x.dims)


def _symmetric(x: Value) -> Any:
    """JAX takes the symmetric part of what it factorises."""
    return x.node if "sym" in facts_of(x.node) else sym_part(x.node)


PRIMITIVES: dict[str, Reader] = {
    **{name: _one(mine) for name, mine in ONE_ARGUMENT.items()},
    **{name: _two(mine) for name, mine in TWO_ARGUMENTS.items()},
    **{name: _compare(mine) for name, mine in COMPARED.items()},
    "add": _add, "add_any": _add, "max": _max, "dot_general": _dot_general, "broadcast_in_dim": _broadcast,
    "neg": lambda trace, size, x: basic.negative(x),
    "integer_pow": _integer_pow, "reshape": _reshape, "slice": _slice, "select_n": _select, "transpose": _transpose,
    "concatenate": _concatenate, "stack": _stack, "stop_gradient": _stop_gradient, "is_finite": _is_finite,
    "triangular_solve": _triangular, "cumsum": _cumsum, "cholesky": _chol,
    "reduce_sum": _reduce(reduce.sum_of), "reduce_prod": _reduce(reduce.prod_of),
    "reduce_max": _reduce(_largest), "reduce_min": _reduce(_smallest),
    "squeeze": lambda trace, size, x, *, dimensions: shape.squeezed(x, tuple(dimensions)),
    "expand_dims": lambda trace, size, x, *, dimensions: shape.expanded(x, dimensions[0]),
    "convert_element_type": lambda trace, size, x, **_: x,
    "copy": lambda trace, size, x: x,
    "copy_p": lambda trace, size, x: x,
    "clamp": lambda trace, size, low, x, high: basic.clip(x, low, high),
    "and": lambda trace, size, a, b: branches.both(a, b),
    "or": lambda trace, size, a, b: branches.either(a, b),
    "not": lambda trace, size, a: branches.negated(a),
    "iota": lambda trace, size, *, shape, dimension, **_: Iota(tuple(map(size, shape)), dimension),
}  # fmt: skip


# named sub-computations: their values, as many as they give


def _named(build: Callable[..., Value]) -> Reader:
    return lambda trace, inner, *args: [build(*args)]


def _eigh(trace: Trace, inner: Any, x: Value) -> list[Value]:
    S = _symmetric(linear.square(x, "eigh"))
    return [trace.value(eigvals(S), x.dims[:1]), trace.value(eigvecs(S), x.dims)]


def _slogdet(trace: Trace, inner: Any, x: Value) -> list[Value]:
    return list(linear.slogdet(x))


def _log_softmax(trace: Trace, inner: Any, x: Value, *_: Any) -> list[Value]:
    axes = next((e.params["axes"] for e in inner.eqns if e.primitive.name == "reduce_max"), (x.rank - 1,))
    return [reduce.log_softmax_of(x, reduce.axis_of(x, tuple(axes)) if x.rank > 1 else None)]


def _one_hot(trace: Trace, inner: Any, y: Value, *_: Any) -> list[Value]:
    return [labels.one_hot(y, trace.sizes.fresh(inner.outvars[0].aval.shape[-1]))]


NAMED: dict[str, Reader] = {
    "inv": _named(lambda x: linear.of_square("inv", x)),
    "det": _named(linear.det),
    "solve": _named(linear.solve),
    "trace": _named(products.trace_of),
    "kron": _named(products.kron),
    "expm": _named(lambda x: linear.of_square("expm", x)),
    "diagonal": _named(shape.diagonal),
    "_diag": _named(shape.diag),
    "pinv": _named(linear.pinv),
    "_pinv": _named(linear.pinv),
    "cholesky": lambda trace, inner, x: [_chol(trace, None, x)],  # type: ignore[arg-type]
    "slogdet": _slogdet,
    "_one_hot": _one_hot,
    "eigh": _eigh,
    "log_softmax": _log_softmax,
    "softplus": _named(lambda x: basic.unary("softplus", x)),
    "silu": _named(lambda x: basic.unary("silu", x)),
    "log_sigmoid": _named(lambda x: basic.unary("logsigmoid", x)),
    "relu": _named(lambda x: basic.unary("relu", x)),
    "logaddexp": _named(basic.logaddexp),
    "xlogy": _named(basic.xlogy),
    "triu": _named(lambda x: shape.triangle(x, False)),
    "tril": _named(lambda x: shape.triangle(x, True)),
}
