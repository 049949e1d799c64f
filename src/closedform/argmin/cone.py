"""X in the cone of positive semidefinite matrices: a search, Newton's steps among matrices of one rank, the verdict."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import scipy.optimize

from closedform.argmin.cone_point import Cone, cone_at, matrix_of
from closedform.argmin.cone_weak import WEAK, edge, weak_verdict
from closedform.argmin.constrained import independent
from closedform.argmin.search import starts
from closedform.argmin.solution import Solution
from closedform.argmin.system import Block, System, function
from closedform.argmin.verdict import Verdict
from closedform.errors import MissingRule
from closedform.functions.algebra import sym
from closedform.functions.vectors import dot

if TYPE_CHECKING:
    from closedform.argmin.problem import Problem

Array = Any
STEPS, ARRIVED, FLAT, GONE, HERE = 60, 1e-12, 1e-10, 1e-11, 1e-5
EDGE = 1e-5
"""Eigenvalues below this part of the largest are taken for 0 in the point that a search leaves."""


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
            found = _judged(problem, _on_its_face(problem, system, _newton(problem, system, X, rank)))
            found = found if given is None else _there(problem, found, X)
            last = found if last is None or found.verdict.exists else last
            if found.verdict.exists or found.verdict.kind == "weakly-active":
                return found
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
        length = c.node.rows.value(problem.sizes) * c.node.cols.value(problem.sizes)
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
        G = matrix_of(problem, g)
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

    rules = independent([{"type": "eq", "fun": equations, "jac": slopes}] if m else [], L)
    size = max(1e-300, float(np.abs(slope(L)).max()))
    with np.errstate(all="ignore"):
        found = scipy.optimize.minimize(lambda y: value(y) / size, L, jac=lambda y: slope(y) / size, method="SLSQP",
                                        constraints=rules, options={"maxiter": 1000, "ftol": 1e-16})  # fmt: skip
    y = found.x
    if not np.isfinite(y).all() or np.abs(y).max() > 1e8:
        return None
    W = y.reshape(n, n)
    return None if m and np.abs(equations(y)).max() > 1e-6 * max(1.0, np.abs(W @ W.T).max()) else W @ W.T


def _newton(problem: Problem, system: System, X: Array, rank: int) -> Cone:
    """Newton's steps among matrices of one rank."""
    here = cone_at(problem, system, X, rank)
    begun = float(np.abs(X).max())
    for _ in range(STEPS):
        k, top = here.tangent.shape[1], max(begun, float(np.abs(here.X).max()))
        t = here.step(-here.slope[:, None])[:k, 0]
        size = float(np.abs(t).max(initial=0.0))
        if not size <= 1e3 * max(1.0, top):
            break
        moved = _moved(problem, here, t)
        eigen = np.linalg.eigvalsh((moved + moved.T) / 2)
        here = cone_at(problem, system, moved, min(here.rank, int((eigen > GONE * top).sum())))
        if size <= ARRIVED * top:
            break
    return here


def _on_its_face(problem: Problem, system: System, found: Cone) -> Cone:
    """Newton's steps once more among matrices of lower rank, where some eigenvalues of X have gone to 0."""
    rank = int((found.x > WEAK * found.x.max(initial=0.0)).sum())
    return found if rank == found.rank else _newton(problem, system, found.X, rank)


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
    if not found.stationary:
        return Verdict("not-converged", "no minimum on the cone was reached.", "Try another start, or more of them.")
    if found.z.min(initial=0.0) < -WEAK * found.pull:
        if not found.independent:
            return Verdict("not-converged", "the optimality conditions do not hold here: the equations leave the cone "
                           "no interior (a constraint qualification fails), or no minimum was reached.",
                           "Write X in fewer variables, those that the equations leave.")  # fmt: skip
        return Verdict("saddle", "no minimum: the multiplier Z of the cone has a negative eigenvalue, and f falls "
                       "towards matrices of higher rank.", "Start elsewhere.")  # fmt: skip
    K = found.reduced
    eigen = np.linalg.eigvalsh(_scaled(K)) if len(K) else np.zeros(0)
    if eigen.min(initial=1.0) < -FLAT:
        return Verdict("saddle", "no minimum: along matrices of this rank the Hessian has a negative eigenvalue.",
                       "Start elsewhere.")  # fmt: skip
    weak = bool(found.z.min(initial=np.inf) <= WEAK * found.pull)
    if eigen.min(initial=1.0) <= FLAT:
        return Verdict("singular-hessian", "not isolated: along matrices of this rank the Hessian is singular.",
                       "Add a ridge term.", also=("weakly-active",) if weak else ())  # fmt: skip
    if weak:
        return weak_verdict(edge(found))
    if not found.independent:
        return Verdict("weakly-active", "a minimum at which the gradients of the equations depend on each other along "
                       "the face of the cone: multipliers are not unique, and X* has one-sided derivatives at most.",
                       "Move a parameter to one side.")  # fmt: skip
    n, r = problem.side, found.rank
    held = "positive definite, the cone is not active" if r == n else f"of rank {r} of {n}, and Z of rank {n - r}"
    return Verdict("minimum", f"a strict minimum on the cone: X* is {held}.", exists=True)

