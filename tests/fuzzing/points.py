"""Random arrays for the variables of a formula: general, inside what is declared of them."""

from __future__ import annotations

from typing import Any

import numpy as np

from closedform.expr.node import Node
from closedform.expr.size import Size

Array = Any
SIZES = [{"m": 2, "n": 3}, {"m": 3, "n": 2}, {"m": 4, "n": 3}, {"m": 3, "n": 4}]


def sizes(rng: np.random.Generator) -> dict[str, int]:
    return dict(SIZES[int(rng.integers(len(SIZES)))])


def length(size: Size, sizes: dict[str, int]) -> int:
    return size.value(sizes)


def draw(x: Node, sizes: dict[str, int], rng: np.random.Generator) -> Array:
    """A 2-d array for a symbol."""
    rows, cols = (length(s, sizes) for s in x.shape)
    facts = set(x.params[1])
    Z = 0.8 * rng.standard_normal((rows, cols))
    if "pos" in facts:
        return rng.uniform(0.5, 1.8, (rows, cols))
    if "orth" in facts:
        q, r = np.linalg.qr(Z)
        return q * np.sign(np.diag(r))
    if "pd" in facts:
        return Z @ Z.T / rows + 0.6 * np.diag(rng.uniform(0.7, 1.6, rows))
    if "lower" in facts:
        return np.tril(Z) + np.eye(rows)
    return tangent(x, Z) + (np.diag(rng.uniform(0.8, 1.4, rows)) if "diag" in facts else 0)


def tangent(x: Node, Z: Array) -> Array:
    """The part of a direction in the space of the variable; the orthogonal projection of a gradient too."""
    facts = set(x.params[1])
    if facts & {"sym", "pd", "psd"}:
        return (Z + Z.T) / 2
    if "skew" in facts:
        return (Z - Z.T) / 2
    if "diag" in facts:
        return np.diag(np.diag(Z))
    return np.tril(Z) if "lower" in facts else Z


def shaped(Z: Array) -> Any:
    """A 2-d array as the public door takes it."""
    if Z.shape[1] == 1:
        return float(Z[0, 0]) if Z.shape[0] == 1 else Z[:, 0]
    return Z


def unshaped(value: Any, shape: tuple[int, int]) -> Array:
    return np.asarray(value, float).reshape(shape)
