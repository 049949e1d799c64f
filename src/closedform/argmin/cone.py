"""X in the cone of positive semidefinite matrices: a minimum of fixed rank, its multiplier Z, and dX*/dθ from both.

With X = Q₁ diag(x) Q₁' and Z = Q₂ diag(z) Q₂' the matrices of that rank are, to second order,
X + Q [A B; B' B'x⁻¹B] Q': in (A, B) the problem is smooth, its Hessian that of f plus 2 zⱼ/xᵢ for each entry of B.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import scipy.optimize

from closedform.argmin.search import starts
from closedform.argmin.solution import Solution
from closedform.argmin.system import Block, System, function
from closedform.argmin.verdict import Verdict
from closedform.errors import MissingRule
from closedform.expr.node import Node
from closedform.functions.algebra import sym
from closedform.functions.vectors import dot

if TYPE_CHECKING:
    from closedform.argmin.problem import Problem

Array = Any
STEPS, WEAK, ARRIVED, FLAT, GONE, HERE = 60, 1e-7, 1e-12, 1e-10, 1e-11, 1e-5
EDGE = 1e-5
"""Eigenvalues below this part of the largest are taken for 0 in the point that a search leaves."""


@dataclass
class Cone:
    """A point of the cone with its rank, the multipliers of equations, and the equations of Newton's step there."""

    X: Array
    Q: Array
    rank: int
    s: Array
    x: Array
    z: Array
    tangent: Array
    K: Array
    J: Array
    slope: Array
    system: System
    point: Array

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
        t = self.step(-np.vstack([self.tangent.T @ point[:width], point[width:]]))
        return self.tangent @ t[: self.tangent.shape[1]]


def cone_solution(problem: Problem, count: int, given: Array | None = None) -> Solution:
    """The minimum over positive semidefinite X that satisfy the equations, near a point or from a search."""
    if any(s.kind != "equality" for s in problem.switches):
        raise MissingRule("beside a cone of matrices there may be equations, but no inequalities and kinks")
    system = _lagrangian(problem)
    begin = np.eye(problem.side).reshape(-1) if problem.start is None else np.reshape(problem.start, -1)
    last: Solution | None = None
    for L in starts(_root(begin.reshape(problem.side, -1)).reshape(-1), 1 if given is not None else count):
        X = np.reshape(given, (problem.side, -1)) if given is not None else _searched(problem, L)
        if X is None:
            continue
        for rank in _ranks(X):
            found = _judged(problem, _newton(problem, system, X, rank))
            found = found if given is None else _there(problem, found, X)
            last = found if last is None or found.verdict.exists else last
            if last.verdict.exists:
                return last
    if last is not None:
        return last
    return Solution(problem, problem.whole(problem.free(begin)), float("nan"), _nowhere(problem, system, begin), None)


def _there(problem: Problem, found: Solution, given: Array) -> Solution:
    """A point that a person brought: whether it is the minimum, or how far from it."""
    gap = float(np.linalg.norm(found.x - given))
    if gap <= HERE * max(1.0, float(np.abs(given).max(initial=0.0))):
        return found
    verdict = Verdict("not-converged", f"the optimality conditions hold {gap:.3g} away, not here.",
                      "Take that point: solve gives it.", also=(found.verdict.kind,),
                      numbers=found.verdict.numbers)  # fmt: skip
    return Solution(problem, given, problem.system.value(problem.free(given)), verdict, None)


def _ranks(X: Array) -> list[int]:
    """What the rank may be: by eigenvalues beside the largest, and beside 1."""
    eigen = np.linalg.eigvalsh((X + X.T) / 2)
    top = max(float(eigen[-1]), 1e-300)
    return list(dict.fromkeys(int((eigen > EDGE * size).sum()) for size in (top, max(top, 1.0), 1e-3 * top)))


def _nowhere(problem: Problem, system: System, begin: Array) -> Verdict:
    """Nothing was reached: is there a matrix in the cone that satisfies the equations?"""
    width, n = problem.width, problem.side

    def miss(y: Array) -> Array:
        free = problem.block.free((y.reshape(n, n) @ y.reshape(n, n).T).reshape(-1))
        return system.gradient(np.concatenate([free, np.zeros(system.n - width)]))[width:]

    tries = starts(_root(begin.reshape(n, -1)).reshape(-1), 6)
    if system.n == width:
        return Verdict("no-minimum", "f falls for ever on the cone: every search ran off.",
                       "Add an equation, or a term that grows.")  # fmt: skip
    if any(np.abs(scipy.optimize.least_squares(miss, y).fun).max() < 1e-8 for y in tries):
        return Verdict("not-converged", "no minimum on the cone was reached.", "Try another start, or more of them.")
    return Verdict("infeasible", "no positive semidefinite matrix was found that satisfies the equations.",
                   "Loosen an equation, or give a start.")  # fmt: skip


def _root(X: Array) -> Array:
    values, Q = np.linalg.eigh((X + X.T) / 2)
    return Q * np.sqrt(np.maximum(values, 1e-3 * max(1.0, np.abs(values).max())))


def _lagrangian(problem: Problem) -> System:
    """f + Σ s·c over the equations c = 0."""
    blocks, L = [problem.block], problem.f
    for k, c in enumerate(problem.constraints):
        s = sym(f"multiplier_of_cone_{k}", c.node.rows, c.node.cols)
        length = c.node.rows.value(problem.system.sizes) * c.node.cols.value(problem.system.sizes)
        L = L + (s * c.node if c.node.is_scalar else dot(s, c.node))
        blocks.append(Block(s, np.zeros(length), np.eye(length)))
    return System(L, blocks, problem.values)


def _searched(problem: Problem, L: Array) -> Array | None:
    """X = LL' by SLSQP over L."""
    n = problem.side
    system = _lagrangian(problem)
    width, m = problem.width, system.n - problem.width

    def at(y: Array) -> Array:
        W = y.reshape(n, n)
        return problem.block.free((W @ W.T).reshape(-1))

    def pulled(g: Array, y: Array) -> Array:
        G = _matrix_of(problem, g)
        return 2 * (G @ y.reshape(n, n)).reshape(-1)

    def value(y: Array) -> float:
        found = float(np.reshape(function(problem.f)(problem.system.env(at(y))), ()))
        return found if np.isfinite(found) else 1e300

    def slope(y: Array) -> Array:
        return np.nan_to_num(pulled(problem.system.gradient(at(y)), y))

    def equations(y: Array) -> Array:
        return system.gradient(np.concatenate([at(y), np.zeros(m)]))[width:]

    def slopes(y: Array) -> Array:
        J = system.hessian(np.concatenate([at(y), np.zeros(m)]))[width:, :width]
        return np.array([pulled(row, y) for row in J]).reshape(m, n * n)

    rules = [{"type": "eq", "fun": equations, "jac": slopes}] if m else []
    with np.errstate(all="ignore"):
        found = scipy.optimize.minimize(value, L, jac=slope, method="SLSQP", constraints=rules,
                                        options={"maxiter": 1000, "ftol": 1e-16})  # fmt: skip
    y = found.x
    if not np.isfinite(y).all() or np.abs(y).max() > 1e8:
        return None
    W = y.reshape(n, n)
    return None if m and np.abs(equations(y)).max() > 1e-6 * max(1.0, np.abs(W @ W.T).max()) else W @ W.T


def _matrix_of(problem: Problem, g: Array) -> Array:
    """The symmetric matrix G with ⟨G, E⟩ = g·(the components of E), for symmetric E."""
    basis = problem.block.matrix
    flat = np.linalg.lstsq(basis.T, g, rcond=None)[0] if problem.block.basis is not None else g
    G = flat.reshape(problem.side, problem.side)
    return (G + G.T) / 2


def _at(problem: Problem, system: System, X: Array, rank: int) -> Cone:
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
    Z = Q[:, rank:].T @ _matrix_of(problem, g[:width]) @ Q[:, rank:]
    K = tangent.T @ H[:width, :width] @ tangent
    for a, (i, j) in enumerate(places):
        for b, (k, m) in enumerate(places):
            if j >= rank and m >= rank and i == k:
                K[a, b] += 2 * Z[j - rank, m - rank] / x[i]
    z = np.linalg.eigvalsh(Z)[::-1] if rank < problem.side else np.zeros(0)
    slope = np.concatenate([tangent.T @ g[:width], g[width:]])
    return Cone(X, Q, rank, s, x, z, tangent, K, J, slope, system, point)


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


def _newton(problem: Problem, system: System, X: Array, rank: int) -> Cone:
    """Newton's steps among matrices of one rank."""
    here = _at(problem, system, X, rank)
    for _ in range(STEPS):
        k, top = here.tangent.shape[1], max(1.0, float(np.abs(here.X).max()))
        t = here.step(-here.slope[:, None])[:k, 0]
        size = float(np.abs(t).max(initial=0.0))
        if not size <= 1e3 * top:
            break
        moved = _moved(problem, here, t)
        eigen = np.linalg.eigvalsh((moved + moved.T) / 2)
        here = _at(problem, system, moved, min(here.rank, int((eigen > GONE * top).sum())))
        if size <= ARRIVED * top:
            break
    return here


def _moved(problem: Problem, here: Cone, t: Array) -> Array:
    """The matrix of the same rank that a tangent step leads to."""
    n, r = problem.side, here.rank
    A, at = np.diag(here.x).astype(float), 0
    B = np.zeros((r, n - r))
    for i in range(r):
        for j in range(i, n):
            if j < r:
                A[i, j] += t[at]
                A[j, i] = A[i, j]
            else:
                B[i, j - r] = t[at]
            at += 1
    inner = np.linalg.lstsq(A, B, rcond=1e-14)[0] if r else B
    return here.Q @ np.block([[A, B], [B.T, B.T @ inner]]) @ here.Q.T


def _judged(problem: Problem, found: Cone) -> Solution:
    X = (found.X + found.X.T) / 2
    verdict = _verdict(problem, found)
    K = found.reduced
    eigen = np.linalg.eigvalsh(_scaled(K)) if len(K) else np.zeros(0)
    verdict.numbers = {
        "gradient": float(np.linalg.norm(found.slope)), "rank": found.rank,
        "multipliers": found.s, "eigenvalues_of_Z": found.z,
        "reduced_inertia": (int((eigen > FLAT).sum()), int((eigen < -FLAT).sum()), int((abs(eigen) <= FLAT).sum())),
        "condition": float(eigen[-1] / eigen[0]) if eigen.min(initial=1.0) > 0 < len(eigen) else float("inf"),
        "strict_complementarity": _gap(found),
    }  # fmt: skip
    value = float(np.reshape(function(problem.f)(problem.system.env(problem.block.free(X.reshape(-1)))), ()))
    out = Solution(problem, X, value, verdict, None, cone=found)
    if verdict.kind in ("minimum", "weakly-active", "singular-hessian") and problem.convex():
        out.minimality = "proved (f and the constraints are convex)"
    return out


def _scaled(K: Array) -> Array:
    d = 1 / np.sqrt(np.maximum(np.abs(np.diag(K)), 1e-300))
    return d[:, None] * (K + K.T) / 2 * d


def _gap(found: Cone) -> float:
    """The smallest of the eigenvalues of X and Z, each beside the largest of its matrix."""
    sizes = [abs(v) / max(1e-300, float(np.abs(w).max())) for w in (found.x, found.z) for v in w]
    return float(min(sizes, default=1.0))


def _verdict(problem: Problem, found: Cone) -> Verdict:
    scale = max(1.0, float(np.abs(found.K).max(initial=0.0)) * max(1.0, float(np.abs(found.X).max())))
    if not np.isfinite(found.slope).all() or np.abs(found.slope).max(initial=0.0) > 1e-8 * scale:
        return Verdict("not-converged", "no minimum on the cone was reached.", "Try another start, or more of them.")
    if found.z.min(initial=0.0) < -WEAK * max(1.0, float(np.abs(found.z).max(initial=0.0))):
        return Verdict("saddle", "no minimum: the multiplier Z of the cone has a negative eigenvalue, and f falls "
                       "towards matrices of higher rank.", "Start elsewhere.")  # fmt: skip
    K = found.reduced
    eigen = np.linalg.eigvalsh(_scaled(K)) if len(K) else np.zeros(0)
    if eigen.min(initial=1.0) < -FLAT:
        return Verdict("saddle", "no minimum: along matrices of this rank the Hessian has a negative eigenvalue.",
                       "Start elsewhere.")  # fmt: skip
    if _gap(found) < WEAK or (len(found.z) and float(np.abs(found.z).max()) < WEAK * scale):
        return Verdict("weakly-active", "a minimum at which an eigenvalue of X and one of its multiplier Z are both 0: "
                       "X* has one-sided derivatives at most.", "Move a parameter to one side.")  # fmt: skip
    if eigen.min(initial=1.0) <= FLAT:
        return Verdict("singular-hessian", "not isolated: along matrices of this rank the Hessian is singular.",
                       "Add a ridge term.")  # fmt: skip
    n, r = problem.side, found.rank
    held = "positive definite, the cone is not active" if r == n else f"of rank {r} of {n}, and Z of rank {n - r}"
    return Verdict("minimum", f"a strict minimum on the cone: X* is {held}.", exists=True)

