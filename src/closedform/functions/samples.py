"""Random points for the functions of the table: general ones inside a domain, and points outside it.

``draw(kind, rows, cols, rng)`` gives a 2-d array; ``rng`` is a NumPy generator. Matrices are never symmetric
unless their kind says so.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Array = Any


def draw(kind: str, rows: int, cols: int, rng: Any) -> Array:
    """A random array of a kind named in a declaration's ``sample`` or ``outside``."""
    return KINDS[kind](rows, cols, rng)


def _orthogonal(n: int, rng: Any) -> Array:
    """A product of reflections; no library is needed."""
    Q = _eye(n, rng)
    for _ in range(n):
        v = rng.standard_normal((n, 1))
        Q = Q - 2 * v @ (v.T @ Q) / (v.T @ v)
    return Q


def _eye(n: int, rng: Any) -> Array:
    I = rng.standard_normal((n, n)) * 0
    for i in range(n):
        I[i, i] = 1
    return I


def _spectral(values: Callable[[int, Any], Array]) -> Callable[[int, int, Any], Array]:
    """Symmetric, with these eigenvalues."""

    def kind(rows: int, _: int, rng: Any) -> Array:
        Q = _orthogonal(rows, rng)
        return Q @ (values(rows, rng).reshape(-1, 1) * Q.T)

    return kind


def _ladder(n: int, rng: Any) -> Array:
    """Positive, each well apart from the next."""
    return (rng.uniform(0.5, 1.0, n) + 0.25).cumsum()


def _signed_ladder(n: int, rng: Any) -> Array:
    return _ladder(n, rng) - 0.6 * n


def _indefinite(n: int, rng: Any) -> Array:
    values = _ladder(n, rng)
    values[0] = -1.0
    return values


def _square(rows: int, _: int, rng: Any) -> Array:
    """Singular values well apart, singular vectors of any direction: invertible, not symmetric."""
    return _orthogonal(rows, rng) @ (_ladder(rows, rng).reshape(-1, 1) * _orthogonal(rows, rng)) / 2


def _right_half(rows: int, _: int, rng: Any) -> Array:
    """Eigenvalues with positive real parts: a positive definite matrix plus a skew one."""
    K = rng.standard_normal((rows, rows)) / 2
    return _spectral(_ladder)(rows, rows, rng) + K - K.T


def _of_determinant(sign: int) -> Callable[[int, int, Any], Array]:
    def kind(rows: int, cols: int, rng: Any) -> Array:
        Q, R = _orthogonal(rows, rng), _right_half(rows, cols, rng)
        turned = Q @ R @ Q.T + _skewed(rows, rng)
        turned[0] *= sign
        return turned

    return kind


def _skewed(n: int, rng: Any) -> Array:
    K = rng.standard_normal((n, n)) / 4
    return K - K.T


def _singular(rows: int, cols: int, rng: Any) -> Array:
    """Rank two less than full; what is exactly 0 in theory is of the order of rounding."""
    rank = max(0, min(rows, cols) - 2)
    return rng.standard_normal((rows, rank)) @ rng.standard_normal((rank, cols))


def _negative_eigenvalues(rows: int, _: int, rng: Any) -> Array:
    T = _square(rows, rows, rng)
    values = _ladder(rows, rng)
    values[-1] = -1.5
    return T @ (values.reshape(-1, 1) * _inverse(T, rng))


def _inverse(T: Array, rng: Any) -> Array:
    """By elimination with pivots, so that this file needs no library."""
    n = T.shape[0]
    left, right = T.copy(), _eye(n, rng)
    for i in range(n):
        p = i + int(abs(left[i:, i]).argmax())
        left[[i, p]], right[[i, p]] = left[[p, i]], right[[p, i]]
        right[i], left[i] = right[i] / left[i, i], left[i] / left[i, i]
        for r in range(n):
            if r != i:
                right[r], left[r] = right[r] - left[r, i] * right[i], left[r] - left[r, i] * left[i]
    return right


def _skew(rows: int, _: int, rng: Any) -> Array:
    return _skewed(rows, rng)


def _away_from_zero(rows: int, cols: int, rng: Any) -> Array:
    return rng.uniform(0.5, 2.0, (rows, cols)) * rng.choice([-1.0, 1.0], (rows, cols))


KINDS: dict[str, Callable[[int, int, Any], Array]] = {
    "real": lambda rows, cols, rng: rng.standard_normal((rows, cols)),
    "positive": lambda rows, cols, rng: rng.uniform(0.5, 2.5, (rows, cols)),
    "negative": lambda rows, cols, rng: -rng.uniform(0.5, 2.5, (rows, cols)),
    "zero": lambda rows, cols, rng: rng.uniform(0, 1, (rows, cols)) * 0,
    "nonzero": _away_from_zero,
    "angle": lambda rows, cols, rng: rng.uniform(-1.2, 1.2, (rows, cols)),
    "distinct": lambda rows, _, rng: rng.permutation(_signed_ladder(rows, rng)).reshape(-1, 1),
    "below-one": lambda rows, cols, rng: rng.uniform(-0.9, 0.9, (rows, cols)),
    "above-one": lambda rows, cols, rng: rng.uniform(1.1, 2, (rows, cols)),
    "order": lambda rows, cols, rng: rng.integers(1, 4, (rows, cols)) * 1.0,
    "positive scalar": lambda rows, cols, rng: rng.uniform(0.3, 0.9, (1, 1)),
    "negative scalar": lambda rows, cols, rng: -rng.uniform(0.3, 0.9, (1, 1)),
    "square": _square,
    "right half": _right_half,
    "positive det": _of_determinant(1),
    "negative det": _of_determinant(-1),
    "negative eigenvalues": _negative_eigenvalues,
    "singular": _singular,
    "skew": _skew,
    "sym": _spectral(_signed_ladder),
    "pd": _spectral(_ladder),
    "indefinite": _spectral(_indefinite),
}
"""Every kind. A direction at a ``sym`` or ``pd`` point is symmetric."""
