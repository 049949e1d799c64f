"""The words for what a picture shows: the shape of a function at a point, the structure of a matrix."""

from __future__ import annotations

from typing import Any

import numpy as np

Array = Any
ZERO = 1e-9
"""What counts as nothing beside the largest."""
FEW = 20
"""Of so few entries nobody counts the zeros."""


def curvature(eigenvalues: Array) -> str:
    """The word for a function with these Hessian eigenvalues: bowl, dome, saddle, trough, ridge or flat.

    >>> [curvature(np.array(e)) for e in ([2.0, 1.0], [3.0, -1.0], [-1.0, -2.0])]
    ['bowl', 'saddle', 'dome']
    >>> [curvature(np.array(e)) for e in ([2.0, 0.0], [-1.0, 0.0], [0.0, 0.0])]
    ['trough (flat in 1 of 2 directions)', 'ridge (flat in 1 of 2 directions)', 'flat']
    """
    up, down, flat = counted(eigenvalues)
    if not up and not down:
        return "flat"
    word = "saddle" if up and down else ("trough" if flat else "bowl") if up else ("ridge" if flat else "dome")
    return f"{word} (flat in {flat} of {len(eigenvalues)} directions)" if flat else word


def counted(eigenvalues: Array) -> tuple[int, int, int]:
    """How many curve up, how many down, how many not at all."""
    near = ZERO * max(float(np.abs(eigenvalues).max(initial=0.0)), np.finfo(float).tiny)
    up, down = int((eigenvalues > near).sum()), int((eigenvalues < -near).sum())
    return up, down, len(eigenvalues) - up - down


def at_point(eigenvalues: Array, slope: float, scale: float) -> str:
    """A sentence on the point: what it is where the gradient vanishes, else which way the function curves.

    >>> at_point(np.array([2.0, 1.0]), 0.0, 1.0), at_point(np.array([2.0, 1.0]), 3.0, 1.0)
    ('bowl: a local minimum', 'bowl: the gradient is not 0 here (norm 3)')
    """
    word, (up, down, flat) = curvature(eigenvalues), counted(eigenvalues)
    if not np.isfinite(slope) or slope > 1e-6 * max(scale, 1.0):
        return f"{word}: the gradient is not 0 here (norm {slope:.4g})"
    if flat:
        return f"{word}: a stationary point that second derivatives do not settle" if not (up and down) else word
    return word + (": no minimum or maximum" if up and down else f": a local {'minimum' if up else 'maximum'}")


def structure(matrix: Array) -> str:
    """What kind of matrix these numbers are.

    >>> structure(np.diag([1.0, 2.0])), structure(np.array([[1.0, 2.0], [2.0, 5.0]])), structure(np.ones((2, 3)))
    ('diagonal, full rank', 'symmetric, full rank', 'rank 1 of 2')
    """
    size = float(np.abs(matrix).max(initial=0.0))
    if not size:
        return "zero"
    there = np.abs(matrix) > ZERO * size
    words = [*_square(matrix, there, size)] if matrix.shape[0] == matrix.shape[1] else []
    rank, most = int(np.linalg.matrix_rank(matrix)), min(matrix.shape)
    words.append("full rank" if rank == most else f"rank {rank} of {most}")
    share = 1 - there.mean()
    if share >= 0.5 and matrix.size > FEW and not {"diagonal", "a multiple of I"} & set(words):
        words.append(f"{share:.0%} zeros")
    return ", ".join(words)


def _square(matrix: Array, there: Array, size: float) -> list[str]:
    rows, cols = np.nonzero(there)
    lower, upper = int((rows - cols).max(initial=0)), int((cols - rows).max(initial=0))
    if lower == upper == 0:
        same = np.ptp(np.diag(matrix)) <= ZERO * size
        return ["a multiple of I" if same and len(matrix) > 1 else "diagonal"]
    words = []
    if np.abs(matrix - matrix.T).max() <= ZERO * size:
        words.append("symmetric")
    elif np.abs(matrix + matrix.T).max() <= ZERO * size:
        words.append("skew-symmetric")
    elif upper == 0 or lower == 0:
        words.append("lower triangular" if upper == 0 else "upper triangular")
    if 2 * max(lower, upper) < len(matrix) - 1:
        words.append(f"banded ({max(lower, upper)} beside the diagonal)")
    return words
