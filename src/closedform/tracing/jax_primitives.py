"""What reads the primitives of JAX."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from string import ascii_lowercase
from typing import Any

import numpy as np

from closedform.expr.size import ONE, Size
from closedform.functions import matrix_functions as f
from closedform.functions.algebra import eye
from closedform.functions.known_facts import facts_of
from closedform.functions.matrix import sym_part
from closedform.functions.vectors import revcumsum
from closedform.tracing import branches
from closedform.tracing.numbers import plain_number
from closedform.tracing.ops import basic, indexing, linear, products, reduce, repeat, shape, whole
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
        if _is_infinite(b) or _is_infinite(a):
            return _beside_infinity(name, a, b)
        if isinstance(a, Iota) and isinstance(b, Iota):
            if name == "equal" and {a.axis, b.axis} == {0, 1} and a.dims[0] is a.dims[1]:
                return trace.value(eye(a.dims[0]), a.dims, "b")
            refuse("a comparison of iotas with named sizes")
        return branches.compare(name, lifted(trace, a), lifted(trace, b))

    return read


def _is_infinite(x: Any) -> bool:
    return not isinstance(x, Value | Iota) and bool(np.all(np.isinf(x)))


def _beside_infinity(name: str, a: Any, b: Any) -> Any:
    """Formulas have finite values, so what such a comparison says is known."""
    one, two = (np.ravel(x)[0] if _is_infinite(x) else 0.0 for x in (a, b))
    return np.bool_(getattr(np, name)(one, two))


def _max(trace: Trace, size: Dims, a: Any, b: Any, **_: Any) -> Value:
    for x, other in ((a, b), (b, a)):
        if not isinstance(x, Value | Iota) and np.all(np.asarray(x) == -np.inf):
            return lifted(trace, other)
    return basic.maximum(lifted(trace, a), lifted(trace, b))


def _add(trace: Trace, size: Dims, a: Any, b: Any, **_: Any) -> Any:
    if isinstance(a, Iota) and not isinstance(b, Value | Iota) and not np.any(b):
        return a
    return basic.plus(lifted(trace, a), lifted(trace, b))


class Unread:
    """A value that is refused where it is used."""

    def __init__(self, what: str) -> None:
        self.what = what


def lifted(trace: Trace, x: Any) -> Value:
    if isinstance(x, Unread):
        refuse(f"{x.what} is not read")
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
    mask = None if isinstance(which, Value) else lambda: np.asarray(which)
    no, yes = map(_one_number, cases)
    return branches.chosen(test, yes, no, lambda x: lifted(trace, x), mask)


def _one_number(x: Any) -> Any:
    """An array that holds -inf, or another number of its size, again and again as that number."""
    if isinstance(x, Value | Iota) or not np.size(x) or np.any(np.ravel(x)[0] != x):
        return x
    number = np.ravel(x)[0].item()
    return number if branches.is_large(number) else x


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
    if unit_diagonal:
        refuse("triangular_solve with ones on the diagonal is not read")
    if transpose_a:
        a, lower = shape.transposed(a), not lower
    return linear.solve_triangular(a, b, lower, left_side)


def _pad(trace: Trace, size: Dims, x: Value, value: Value, *, padding_config: Any, **_: Any) -> Value:
    if plain_number(value.node) != 0 or any(k or min(low, high) < 0 for low, high, k in padding_config):
        refuse("pad of JAX is read with zeros around")
    return repeat.padded(x, [(low, high) for low, high, _ in padding_config])


def _whole(x: Value, axes: Sequence[int]) -> Value:
    if len(axes) != x.rank:
        refuse("all and any along an axis are not read")
    return x


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


def symmetric_root(trace: Trace, x: Value) -> Value:
    """Of one triangle of its argument: what is meant only where the other is the same, whatever the arguments are."""
    known = "sym" in facts_of(linear.square(x, "cholesky").node)
    if not known and not branches.symmetric_around(x):
        refuse(
            "the primitive cholesky reads one triangle alone, and this matrix is not known to be symmetric",
            "Use jnp.linalg.cholesky, declare it, or write (S + S.T)/2.",
        )
    return trace.value(f.chol(x.node if known else sym_part(x.node)), x.dims)


def _converted(trace: Trace, size: Dims, x: Value, *, new_dtype: Any, **_: Any) -> Value:
    if x.kind == "f" and np.dtype(new_dtype).kind in "iub":
        refuse("a conversion of floats to whole numbers or truth values is not read")
    return whole.as_floats(x) if np.dtype(new_dtype).kind == "f" else trace.value(x.node, x.dims, x.kind)


PRIMITIVES: dict[str, Reader] = {
    **{name: _one(mine) for name, mine in ONE_ARGUMENT.items()},
    **{name: _two(mine) for name, mine in TWO_ARGUMENTS.items()},
    **{name: _compare(mine) for name, mine in COMPARED.items()},
    "add": _add, "add_any": _add, "max": _max, "dot_general": _dot_general, "broadcast_in_dim": _broadcast,
    "neg": lambda trace, size, x: basic.negative(x),
    "integer_pow": _integer_pow, "reshape": _reshape, "slice": _slice, "select_n": _select, "transpose": _transpose,
    "concatenate": _concatenate, "stack": _stack, "stop_gradient": _stop_gradient, "is_finite": _is_finite,
    "triangular_solve": _triangular, "pad": _pad,
    "reduce_and": lambda trace, size, x, *, axes, **_: branches.every(_whole(x, axes)),
    "reduce_or": lambda trace, size, x, *, axes, **_: branches.some(_whole(x, axes)),
    "cumsum": _cumsum, "cholesky": lambda trace, size, x, **_: symmetric_root(trace, x),
    "reduce_sum": _reduce(reduce.sum_of), "reduce_prod": _reduce(reduce.prod_of),
    "reduce_max": _reduce(_largest), "reduce_min": _reduce(_smallest),
    "squeeze": lambda trace, size, x, *, dimensions: shape.squeezed(x, tuple(dimensions)),
    "expand_dims": lambda trace, size, x, *, dimensions: shape.expanded(x, dimensions[0]),
    "convert_element_type": _converted,
    "copy": lambda trace, size, x: x,
    "copy_p": lambda trace, size, x: x,
    "clamp": lambda trace, size, low, x, high: basic.clip(x, low, high),
    "and": lambda trace, size, a, b: branches.both(a, b),
    "or": lambda trace, size, a, b: branches.either(a, b),
    "not": lambda trace, size, a: branches.negated(a),
    "iota": lambda trace, size, *, shape, dimension, **_: Iota(tuple(map(size, shape)), dimension),
}  # fmt: skip
