"""The values of the structural operations. An inverse is a promise: a product with it becomes a solve."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Protocol

import numpy as np

from closedform.errors import ValueProblem
from closedform.expr.node import Node
from closedform.expr.size import Size
from closedform.run.arrays import is_sparse

Array = Any
TINY = 1e-290  # below it, digits are lost to underflow or soon will be


class Evaluation(Protocol):
    """What a rule needs of the evaluation it is part of."""

    env: Any
    sizes: Any
    indices: dict[str, int]
    found: dict[Node, Any]
    strained: bool

    def size(self, size: Size) -> int: ...
    def array(self, node: Node) -> Array: ...


@dataclass
class Inverse:
    """The power ``-times`` of a matrix that nobody has needed as an array yet."""

    matrix: Array
    times: int
    formed: Array = None

    def array(self) -> Array:
        if self.formed is None:
            self.formed = np.linalg.matrix_power(regular(np.linalg.inv, self.matrix), self.times)
        return self.formed

    def before(self, right: Array) -> Array:
        for _ in range(self.times):
            right = regular(np.linalg.solve, self.matrix, dense(right))
        return right

    def after(self, left: Array) -> Array:
        return Inverse(self.matrix.T, self.times).before(dense(left).T).T


def regular(solver: Callable[..., Array], *arrays: Array) -> Array:
    """What the solver gives, NaN where the matrix is not finite; ValueProblem where it is singular.

    A matrix of rank n - 1 is rarely singular to the last bit: what its inverse would be is rounding alone.
    """
    if not np.isfinite(arrays[0]).all():
        return np.full(arrays[-1].shape, np.nan)
    try:
        out = solver(*arrays)
    except np.linalg.LinAlgError as error:
        raise ValueProblem(SINGULAR) from error
    if len(arrays[0]) <= LARGE and singular_to_rounding(arrays[0]):
        raise ValueProblem(f"{SINGULAR} to rounding")
    return out


SINGULAR = "a matrix that is inverted in this formula is singular"
LARGE = 32
"""Of larger matrices the test would take longer than the solution."""


def singular_to_rounding(A: Array, size: Array | None = None) -> bool:
    """Whether changes of the entries by a few roundings may make the matrix singular, whatever its scaling.

    ``size`` is how large what was added up to its entries was, where that is more than they are.

    F. L. Bauer, 1966: the spectral radius of abs(inv(A))*abs(A) is the least condition number that scaling of rows and
    columns can give.
    """
    least = np.abs(np.linalg.inv(A)) @ (np.abs(A) if size is None else size)
    return bool(np.isfinite(least).all() and np.abs(np.linalg.eigvals(least)).max() > 0.2 / np.finfo(float).eps)


def dense(value: Any) -> Array:
    """An array, of a promised inverse or a sparse matrix too."""
    if isinstance(value, Inverse):
        return value.array()
    return value.toarray() if is_sparse(value) else value


def _symbol(run: Evaluation, node: Node) -> Any:
    name = node.params[0]
    if name not in run.env:
        raise ValueProblem(f"{name} has no value: give it by name")
    return run.env[name]


def _index(run: Evaluation, node: Node) -> Array:
    name = node.params[0]
    if name in run.indices:
        return np.array([[float(run.indices[name])]])
    if name not in run.env:
        raise ValueProblem(f"the index {name} has no value: give it by name, counted from 1, as in {name}=2")
    return np.asarray(run.env[name], float).reshape(1, 1)


def _unit(run: Evaluation, node: Node) -> Array:
    length, place = run.size(node.rows), float(run.array(node.args[0])[0, 0])
    if not (place.is_integer() and 1 <= place <= length):
        raise ValueProblem(f"the index {place:g} is not in 1..{length} (indices count from 1)")
    out = np.zeros((length, 1))
    out[int(place) - 1] = 1.0
    return out


def _filled(value: float) -> Callable[[Evaluation, Node], Array]:
    return lambda run, node: np.full((run.size(node.rows), run.size(node.cols)), value)


def _number(run: Evaluation, number: Fraction) -> float:
    """Infinity or 0, and a strained evaluation, where it is beyond float64."""
    try:
        out = float(number)
    except OverflowError:
        out = math.inf if number > 0 else -math.inf
    run.strained |= not 1e-290 < abs(out) < math.inf and number != 0
    return out


def _add(run: Evaluation, node: Node) -> Array:
    total: Array = 0.0
    for c, b in zip(node.params[0], node.args, strict=True):
        total = total + (run.array(b) if c == 1 else _number(run, c) * run.array(b))
    return total if node.args else _filled(0.0)(run, node)


def _mul(run: Evaluation, node: Node) -> Array:
    """From the narrower end."""
    factors = [run.found[b] for b in node.args]
    from_right = _shape(factors[-1])[1] <= _shape(factors[0])[0]
    if from_right:
        factors.reverse()
    out = factors[0]
    for factor in factors[1:]:
        if isinstance(factor, Inverse):
            out = factor.before(out) if from_right else factor.after(out)
        else:
            left, right = (factor, out) if from_right else (out, factor)
            out = _plain(left) @ _plain(right)
            run.strained = run.strained or _faded(out, left, right)
    return dense(out)


def _faded(out: Any, *factors: Any) -> bool:
    """Whether a product has lost what is too small for float64; BLAS does not say so."""
    if is_sparse(out) or np.min(np.abs(out), initial=1) > TINY:
        return False
    least = [_least(dense(factor)) for factor in factors]
    return bool(np.prod(least) < TINY)


def _least(A: Array) -> Any:
    """The smallest absolute value that is not 0."""
    A = np.abs(A)
    return np.min(A, initial=1, where=A > 0)


def _shape(value: Any) -> tuple[int, int]:
    rows, cols = value.matrix.shape if isinstance(value, Inverse) else value.shape
    return rows, cols


def _plain(value: Any) -> Any:
    return value.array() if isinstance(value, Inverse) else value


def _hadamard(run: Evaluation, node: Node) -> Array:
    out = run.array(node.args[0])
    for b in node.args[1:]:
        out = out * run.array(b)
    return out


def _matrix_power(run: Evaluation, node: Node) -> Any:
    matrix, exponent = run.array(node.args[0]), float(run.array(node.args[1])[0, 0])
    if not exponent.is_integer():
        raise ValueProblem(f"a matrix power has the exponent {exponent:g}; it takes a whole number")
    if exponent < 0:
        return Inverse(matrix, int(-exponent))
    return np.linalg.matrix_power(matrix, int(exponent))


def _call(run: Evaluation, node: Node) -> Array:
    function, kind = node.params
    name = f"{kind}[{function}]" if kind else function
    if name not in run.env:
        raise ValueProblem(f"the function {name} has no value: give a callable by that name")
    out = np.asarray(run.env[name](*(run.array(b) for b in node.args)), float)
    out = out.reshape(-1, 1) if out.ndim < 2 else out
    for have, want in zip(out.shape, node.shape, strict=True):
        if want.names <= run.sizes.keys() and have != run.size(want):
            given = "×".join(map(str, out.shape))
            raise ValueProblem(f"the function {name} gave {given}; {node.rows}×{node.cols} is wanted")
    return out


RULES: dict[str, Callable[[Any, Node], Any]] = {
    "num": lambda run, node: np.array([[_number(run, node.params[0])]]),
    "size": lambda run, node: np.array([[float(run.size(node.params[0]))]]),
    "const": lambda run, node: np.array([[{"pi": np.pi}[node.params[0]]]]),
    "sym": _symbol,
    "index": _index,
    "unit": _unit,
    "eye": lambda run, node: np.eye(run.size(node.rows)),
    "ones": _filled(1.0),
    "zero": _filled(0.0),
    "add": _add,
    "mul": _mul,
    "scale": lambda run, node: run.array(node.args[0]) * run.array(node.args[1]),
    "had": _hadamard,
    "pow": lambda run, node: run.array(node.args[0]) ** run.array(node.args[1]),
    "transpose": lambda run, node: _plain(run.found[node.args[0]]).T,
    "mpow": _matrix_power,
    "tr": lambda run, node: np.trace(run.array(node.args[0])).reshape(1, 1),
    "diagm": lambda run, node: np.diag(run.array(node.args[0])[:, 0]),
    "diagv": lambda run, node: np.diag(run.array(node.args[0]))[:, None],
    "call": _call,
}
