"""The door: a derivative at given arrays as an operator that uses its structure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

import numpy as np

from closedform.errors import ShapeError
from closedform.expr.node import Node
from closedform.program.compiled import Compiled
from closedform.program.dense import dense
from closedform.rewrite.normal.normal import normal
from closedform.run.values import parts_of
from closedform.structured.operators import (
    Dense,
    DenseMap,
    Diagonal,
    DiagonalPlusLowRank,
    Identity,
    Kronecker,
    Operator,
    TwoSided,
)
from closedform.structured.recognise import (
    DiagonalPart,
    LowRankPart,
    Sides,
    diagonal_plus_low_rank,
    kronecker,
    scaled,
    two_sided,
)

Value = Callable[[Node], Any]
"""The value of a node at the arrays given: a float, a 1-d array or a 2-d array."""


def evaluated(raw: Node, direction: Node | None, given: Mapping[str, Any], unused: Collection[str]) -> Operator:
    """The operator of a matrix, or of a map in ``direction``, at arrays by name."""
    value, sizes = parts_of(raw, () if direction is None else (direction,), given, unused)
    if direction is None:
        return operator(raw, value, sizes)
    found = map_operator(raw, direction, value, sizes)
    return _entrywise(raw, direction, given, sizes) if found is None else found


def _entrywise(raw: Node, direction: Node, given: Mapping[str, Any], sizes: Mapping[str, int]) -> Operator:
    """A map that is no sum of two-sided products: all its entries, on vec."""
    if raw.shape != direction.shape:
        raise ShapeError(f"structure is of a square map; this one takes {direction.rows}×{direction.cols} "
                         f"to {raw.rows}×{raw.cols}")  # fmt: skip
    program = Compiled((dense(raw, direction),), "numpy")
    array = program(*(given.get(name, sizes.get(name)) for name in program.arguments))
    m, n = (s.value(sizes) for s in direction.shape)
    return DenseMap((m, n), array.reshape(m, n, m, n).transpose(1, 0, 3, 2).reshape(m * n, m * n))


NARROW = 0.5
"""A low-rank part with more than this share of n columns is worth less than a dense matrix."""


def operator(raw: Node, value: Value, sizes: Mapping[str, int]) -> Operator:
    """The operator of a square matrix. Raises ShapeError for anything else."""
    if not raw.is_square or raw.is_scalar:
        raise ShapeError(f"structure is of a square matrix; this is {raw.rows}×{raw.cols}")
    node = normal(raw)
    pair = kronecker(node)
    if pair is not None:
        c, s, a, b = pair
        if a.is_square and b.is_square:
            return Kronecker(operator(scaled(c, s, a), value, sizes), operator(b, value, sizes))
    parts = diagonal_plus_low_rank(node, sizes)
    n = node.rows.value(sizes)
    if parts is None or not parts[0]:
        return Dense(np.asarray(value(node), float))
    diagonal, low = parts
    d = _diagonal(diagonal, value, n)
    if not low:
        return Diagonal(d)
    U, C, V = _joined(low, value)
    if U.shape[1] > NARROW * n:
        return Dense(np.asarray(value(node), float))
    return DiagonalPlusLowRank(d, U, C, V)


def _diagonal(parts: list[DiagonalPart], value: Value, n: int) -> Any:
    d = np.zeros(n)
    for part in parts:
        factor = float(part.number) * (1.0 if part.factor is None else float(value(part.factor)))
        d = d + factor * (np.ones(n) if part.vector is None else value(part.vector))
    return d


def _joined(parts: list[LowRankPart], value: Value) -> tuple[Any, Any, Any]:
    """U, C and V of all low-rank terms side by side."""
    lefts, middles, rights = [], [], []
    for part in parts:
        U, V = (_columns(value(x)) for x in (part.left, part.right))
        factor = float(part.number) * (1.0 if part.factor is None else float(value(part.factor)))
        middle = np.ones(U.shape[1]) if part.middle is None else np.asarray(value(part.middle), float).reshape(-1)
        lefts.append(U)
        rights.append(V)
        middles.append(factor * middle)
    return np.hstack(lefts), np.diag(np.concatenate(middles)), np.hstack(rights)


def _columns(array: Any) -> Any:
    array = np.asarray(array, float)
    return array[:, None] if array.ndim == 1 else array


def map_operator(raw: Node, direction: Node, value: Value, sizes: Mapping[str, int]) -> TwoSided | None:
    """The operator of a linear map on matrices, where it is a sum of two-sided products."""
    found = two_sided(normal(raw), direction)
    if found is None:
        return None
    m, n = (s.value(sizes) for s in direction.shape)
    return TwoSided((m, n), [_sides(part, value, sizes, m, n) for part in found])


def _sides(part: Sides, value: Value, sizes: Mapping[str, int], m: int, n: int) -> tuple[Operator, Operator]:
    """The two operators of a term; its number goes to the side that is no identity."""
    left = Identity(m) if part.left is None else operator(part.left, value, sizes)
    right = Identity(n) if part.right is None else operator(part.right, value, sizes)
    plain = part.factor is None and part.number == 1
    if plain:
        return left, right
    factor = float(part.number) * (1.0 if part.factor is None else float(value(part.factor)))
    if part.right is not None:
        return left, times(factor, right)
    return times(factor, left), right


def times(factor: float, op: Operator) -> Operator:
    """factor·op, of the same kind."""
    if isinstance(op, Diagonal):
        return Diagonal(factor * op.d)
    if isinstance(op, DiagonalPlusLowRank):
        return DiagonalPlusLowRank(factor * op.d, op.U, factor * op.C, op.V)
    if isinstance(op, Kronecker):
        return Kronecker(times(factor, op.A), op.B)
    return Dense(factor * op.todense())

