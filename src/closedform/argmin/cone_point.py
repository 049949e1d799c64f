"""A matrix of the cone, its rank, the multipliers there, and the equations of Newton's step among that rank.

With X = Q₁ diag(x) Q₁' and Z = Q₂ diag(z) Q₂' the matrices of that rank are, to second order,
X + Q [A B; B' B'x⁻¹B] Q': in (A, B) the problem is smooth, its Hessian that of f plus 2 zⱼ/xᵢ for each entry of B.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from closedform.argmin.cone_qp import units
from closedform.argmin.system import System
from closedform.errors import ClosedformError
from closedform.expr.node import Node

if TYPE_CHECKING:
    from closedform.argmin.problem import Problem

Array = Any
CLEAR, SOLVED, STATIONARY = 1e-9, 1e-9, 1e-8


@dataclass
class Cone:
    """A point of the cone with its rank, the multipliers of equations, and the equations of Newton's step there."""

    X: Array
    Q: Array
    rank: int
    s: Array
    x: Array
    Z: Array
    tangent: Array
    K: Array
    J: Array
    slope: Array
    system: System
    point: Array
    thetas: Sequence[Node]

    @property
    def z(self) -> Array:
        """The eigenvalues of Z on the null space of X, the largest first."""
        return np.linalg.eigvalsh(self.Z)[::-1] if len(self.Z) else np.zeros(0)

    @cached_property
    def pull(self) -> float:
        """The size of the terms of the gradient: what an eigenvalue of Z is to be seen beside."""
        width = len(self.tangent)
        free, zero = self.point[:width], np.zeros(len(self.point) - width)
        alone = self.system.gradient(np.concatenate([free, zero]))[:width]
        sizes = [np.abs(alone), np.abs(self.system.hessian(self.point)[:width, :width]) @ np.abs(free)]
        for t in self.thetas:
            flat = np.abs(np.asarray(self.system.values[str(t.params[0])], float)).reshape(-1)
            sizes.append(np.abs(self.system.mixed(self.point, t)[:width]) @ flat)
        return max(float(v.max(initial=0.0)) for v in (*sizes, np.abs(self.Z)))

    @property
    def reduced(self) -> Array:
        """The Hessian on the tangent space of what is active."""
        return self._kernel.T @ self.K @ self._kernel

    @property
    def _kernel(self) -> Array:
        if not len(self.J):
            return np.eye(len(self.K))
        _, sizes, Vt = np.linalg.svd(self.J)
        rank = int((sizes > 1e-10 * max(sizes.max(initial=0.0), 1e-300)).sum())
        return Vt[rank:].T

    def step(self, b: Array) -> Array:
        """The tangent components that solve K t + J' ds = b, J t = 0 in the equations (b stacked)."""
        if not len(b):
            return b
        m = len(self.J)
        whole = np.block([[self.K, self.J.T], [self.J, np.zeros((m, m))]])
        if not (np.isfinite(whole).all() and np.isfinite(b).all()):
            return np.full(b.shape, np.nan)
        d = 1 / np.sqrt(np.maximum(np.abs(whole).max(axis=1, initial=0.0), 1e-300))
        return d[:, None] * np.linalg.lstsq(d[:, None] * whole * d, d[:, None] * b, rcond=1e-14)[0]

    def derivative(self, theta: Node, width: int) -> Array:
        """dX*/dθ in the free components."""
        point = self.system.mixed(self.point, theta)
        b = -np.vstack([self.tangent.T @ point[:width], point[width:]])
        t = self.step(b)
        self.solved(t, b)
        return self.tangent @ t[: self.tangent.shape[1]]

    def solved(self, t: Array, b: Array) -> None:
        """Raises ClosedformError where the equations of Newton's step have no solution, or it was not reached."""
        if not len(b):
            return
        m = len(self.J)
        whole = np.block([[self.K, self.J.T], [self.J, np.zeros((m, m))]])
        size = np.abs(whole) @ np.abs(t) + np.abs(b)
        if (np.abs(whole @ t - b) > SOLVED * np.maximum(size.max(axis=0), 1e-300)).any():
            raise ClosedformError("the equations beside the cone depend on each other, and cannot all hold as this "
                                  "parameter moves: there is no derivative of X*")  # fmt: skip

    @property
    def stationary(self) -> bool:
        """Whether the gradient along the face is 0 beside its terms, and the equations hold beside theirs."""
        k, width = self.tangent.shape[1], len(self.tangent)
        if not (np.isfinite(self.slope).all() and np.isfinite(self.pull)):
            return False
        terms = np.abs(self.system.hessian(self.point)[width:, :width]) @ np.abs(self.point[:width])
        held = np.abs(self.slope[k:]) <= STATIONARY * terms
        return bool((np.abs(self.slope[:k]) <= STATIONARY * self.pull).all() and held.all())

    @property
    def independent(self) -> bool:
        """Whether the equations are as independent along the face of the cone as on all symmetric matrices."""
        if not len(self.J):
            return True
        block = self.system.blocks[0]
        columns = np.array([block.free(E.reshape(-1)) for E in units(len(self.X))]).T
        whole = self.system.hessian(self.point)[block.width :, : block.width] @ columns
        sizes = np.maximum(np.linalg.norm(whole, axis=1, keepdims=True), 1e-300)
        return _rank(whole / sizes) == _rank(self.J / sizes)


def _rank(J: Array) -> int:
    return int(np.linalg.matrix_rank(J, tol=CLEAR)) if J.size else 0


def cone_at(problem: Problem, system: System, X: Array, rank: int) -> Cone:
    width = problem.width
    values, Q = np.linalg.eigh((X + X.T) / 2)
    x, Q = values[::-1][:rank], Q[:, ::-1]
    X = (Q[:, :rank] * x) @ Q[:, :rank].T
    free = problem.block.free(X.reshape(-1))
    zero = np.zeros(system.n - width)
    tangent, places = _tangent(problem, Q, rank)
    J = system.hessian(np.concatenate([free, zero]))[width:, :width] @ tangent
    g0 = system.gradient(np.concatenate([free, zero]))
    s = np.linalg.lstsq(J.T, -tangent.T @ g0[:width], rcond=1e-12)[0] if len(zero) else zero
    point = np.concatenate([free, s])
    g, H = system.gradient(point), system.hessian(point)
    Z = Q[:, rank:].T @ matrix_of(problem, g[:width]) @ Q[:, rank:]
    K = tangent.T @ H[:width, :width] @ tangent
    for a, (i, j) in enumerate(places):
        for b, (k, m) in enumerate(places):
            if j >= rank and m >= rank and i == k:
                K[a, b] += 2 * Z[j - rank, m - rank] / x[i]
    slope = np.concatenate([tangent.T @ g[:width], g[width:]])
    return Cone(X, Q, rank, s, x, Z, tangent, K, J, slope, system, point, problem.smooth_parameters())


def _tangent(problem: Problem, Q: Array, rank: int) -> tuple[Array, list[tuple[int, int]]]:
    """Directions qᵢqⱼ' + qⱼqᵢ' with i in the range, as free components, and their places."""
    n, columns, places = problem.side, [], []
    for i in range(rank):
        for j in range(i, n):
            E = np.outer(Q[:, i], Q[:, j])
            E = E + E.T if i != j else E
            columns.append(problem.block.free(E.reshape(-1)))
            places.append((i, j))
    return (np.array(columns).T if columns else np.zeros((problem.width, 0))), places


def matrix_of(problem: Problem, g: Array) -> Array:
    """The symmetric matrix G with ⟨G, E⟩ = g·(the components of E), for symmetric E."""
    basis = problem.block.matrix
    flat = np.linalg.lstsq(basis.T, g, rcond=None)[0] if problem.block.basis is not None else g
    G = flat.reshape(problem.side, problem.side)
    return (G + G.T) / 2
