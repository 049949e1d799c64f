"""The least value of a strictly convex quadratic over positive semidefinite S, with a bound of its error.

½s'Ms + m's in coordinates s whose Euclidean norm is the Frobenius norm of S. With Y = S - W, W = Ms + m the multiplier,
the conditions S ⪰ 0, W ⪰ 0, SW = 0 are one equation, M Π(Y) + m + Y - Π(Y) = 0 with Π the projection on the cone: a
semismooth one, whose generalised Jacobians are regular for every positive definite M.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from closedform.errors import ClosedformError

Array = Any
ROUNDS, SPLITS, STEPS, ARRIVED, SURE = 60, 40, 12, 1e-14, 1e-9


def units(k: int) -> list[Array]:
    """An orthonormal basis of the symmetric k×k matrices."""
    out = []
    for i in range(k):
        for j in range(i, k):
            E = np.zeros((k, k))
            E[i, j] = E[j, i] = 1.0 if i == j else 0.5**0.5
            out.append(E)
    return out


def packed(S: Array) -> Array:
    """The coordinates of S in that basis."""
    i, j = np.triu_indices(len(S))
    return np.where(i == j, 1.0, 2**0.5) * S[i, j]


def unpacked(s: Array, k: int) -> Array:
    i, j = np.triu_indices(k)
    S = np.zeros((k, k))
    S[i, j] = S[j, i] = s / np.where(i == j, 1.0, 2**0.5)
    return S


def projected(y: Array, k: int) -> Array:
    """The projection on the cone."""
    values, Q = np.linalg.eigh(unpacked(y, k))
    return packed((Q * np.maximum(values, 0)) @ Q.T)


def projection_along(y: Array, k: int) -> Array:
    """A generalised Jacobian of the projection: in eigenvectors, entries times (max(a,0) - max(b,0)) / (a - b)."""
    values, Q = np.linalg.eigh(unpacked(y, k))
    up = np.maximum(values, 0)
    size = np.abs(values)[:, None] + np.abs(values)
    both = (values > 0).astype(float)
    share = np.where(size > 0, (up[:, None] + up) / np.where(size > 0, size, 1.0), np.minimum.outer(both, both))
    return np.array([packed(Q @ (share * (Q.T @ E @ Q)) @ Q.T) for E in units(k)]).T


def least(M: Array, m: Array, k: int) -> Array:
    """The s of the least value, to SURE of its scale; raises ClosedformError where that is not reached."""
    eigen = np.linalg.eigvalsh(M)
    if not eigen[0] > 0:
        raise ClosedformError("no one-sided derivative of X*: its quadratic program is not strictly convex")
    size, scale = float(np.sqrt(eigen[0] * eigen[-1])), float(np.linalg.norm(np.linalg.solve(M, m)))
    if not scale:
        return np.zeros(len(m))
    M, m, low = M / size, m / (size * scale), eigen[0] / size
    y = -np.linalg.solve(M, m)
    split = np.linalg.inv(M + np.eye(len(m)))
    for _ in range(ROUNDS):
        y, off = _newton(M, m, y, k)
        if off <= SURE * low:  # Π(y) is the answer for an m that is ``off`` away
            return scale * projected(y, k)
        y = _split(split, m, y, k)
    raise ClosedformError("the one-sided derivative of X* was not reached: its quadratic program is badly conditioned")


def _newton(M: Array, m: Array, y: Array, k: int) -> tuple[Array, float]:
    """Newton's steps from y: the best point of them, and what its equation leaves."""
    best, least_off = y, np.inf
    for _ in range(STEPS):
        P = projected(y, k)
        F = M @ P + m + y - P
        off = float(np.linalg.norm(F))
        if off < least_off:
            best, least_off = y, off
        if off <= ARRIVED or not np.isfinite(off):
            break
        V = projection_along(y, k)
        y = y - np.linalg.solve(M @ V + np.eye(len(m)) - V, F)
    return best, least_off


def _split(inverse: Array, m: Array, y: Array, k: int) -> Array:
    """Steps of alternating directions, which approach the answer from everywhere."""
    P = projected(y, k)
    u = y - P
    for _ in range(SPLITS):
        s = inverse @ (P - u - m)
        P = projected(s + u, k)
        u = u + s - P
    return P + u
