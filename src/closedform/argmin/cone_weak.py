"""Where eigenvalues of X* and of its multiplier Z are both 0: is it a minimum, and its one-sided derivatives.

With P their common eigenvectors, matrices near X* are to first order those of its rank plus P S P', S ⪰ 0. In a
direction of θ, dX* solves the quadratic program of the optimality conditions over both: the tangent part is eliminated,
and a small program in S remains. Where the equations are independent on the tangent space (constraint nondegeneracy)
and the quadratic is positive definite (strong second order), X* is Lipschitz in θ and its one-sided derivative is that.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from closedform.argmin.cone_qp import least, projected, units
from closedform.argmin.verdict import Verdict
from closedform.expr.node import Node

if TYPE_CHECKING:
    from closedform.argmin.cone_point import Cone

Array = Any
WEAK = 1e-7
"""Eigenvalues of X below this part of the largest, and of Z below this part of the gradient's terms, count as 0."""
FLAT, CLEAR, WAYS, TRIES = 1e-10, 1e-9, 60, 6


@dataclass
class Edge:
    """The program in S: its matrix M, and how the tangent part and the multipliers follow S."""

    cone: Cone
    k: int
    columns: Array
    cross: Array
    follows: Array
    M: Array
    unclear: float

    @property
    def scaled(self) -> Array:
        d = 1 / np.sqrt(np.maximum(np.abs(np.diag(self.M)), 1e-300))
        return d[:, None] * self.M * d

    @property
    def obstacle(self) -> str:
        """Why one-sided derivatives are not proved to exist, or nothing."""
        if not self.cone.independent:
            return "the gradients of the equations depend on each other on its tangent space"
        if np.linalg.eigvalsh(self.scaled)[0] <= FLAT:
            return "the Hessian is not positive definite beside that cone"
        if self.unclear > CLEAR:
            return f"an eigenvalue, {self.unclear:.1g} beside the largest, is neither 0 nor clear of it"
        return ""


def edge(cone: Cone) -> Edge:
    """What is weakly active: the null space of Z in that of X."""
    values, R = np.linalg.eigh(cone.Z)
    zero = values <= WEAK * cone.pull
    P = cone.Q[:, cone.rank :] @ R[:, zero]
    k, block, T = P.shape[1], cone.system.blocks[0], cone.tangent
    width = block.width
    columns = np.array([block.free((P @ E @ P.T).reshape(-1)) for E in units(k)]).reshape(-1, width).T
    H = cone.system.hessian(cone.point)
    cross = np.vstack([T.T @ H[:width, :width] @ columns, H[width:, :width] @ columns])
    follows = cone.step(-cross)
    M = columns.T @ H[:width, :width] @ columns + cross.T @ follows
    unclear = float(np.abs(values[zero]).max(initial=0.0)) / max(cone.pull, 1e-300)
    return Edge(cone, k, columns, cross, follows, (M + M.T) / 2, unclear)


def weak_verdict(e: Edge) -> Verdict:
    """A minimum, or a saddle to second order, or a set of minimisers."""
    if e.cone.independent:
        least_curved = _curvature(e)
        if least_curved < -FLAT:
            return Verdict("saddle", "no minimum: where an eigenvalue of X and of its multiplier Z are both 0, f falls "
                           "to second order towards matrices of higher rank.", "Start elsewhere.")  # fmt: skip
        if least_curved <= FLAT:
            return Verdict("singular-hessian", "not isolated: an eigenvalue of X and of its multiplier Z are both 0, "
                           "and the Hessian is singular towards matrices of higher rank.", "Add a ridge term.",
                           also=("weakly-active",))  # fmt: skip
    held = f"{e.k} eigenvalues" if e.k > 1 else "an eigenvalue"
    said = f"a minimum at which {held} of X and of its multiplier Z are both 0: X* has one-sided derivatives"
    if e.obstacle:
        return Verdict("weakly-active", f"{said} at most, and none is proved: {e.obstacle}.",
                       "Move a parameter to one side.")  # fmt: skip
    return Verdict("weakly-active", f"{said}, which differ by direction.",
                   'Ask for one direction: solution.directional("θ", V).', one_sided=True)  # fmt: skip


def _curvature(e: Edge) -> float:
    """The least of s'Ms over positive semidefinite S of norm 1, as far as it is found; exact of one eigenvalue."""
    A, k = e.scaled if e.k == 1 else e.M / max(float(np.abs(e.M).max(initial=0.0)), 1e-300), e.k
    values, V = np.linalg.eigh(A)
    if values[0] > FLAT:
        return float(values[0])
    rng, found = np.random.default_rng(5), np.inf
    for s in (V[:, 0], -V[:, 0], *rng.standard_normal((TRIES, len(A)))):
        s = projected(s, k)
        for _ in range(WAYS):
            size = float(np.linalg.norm(s))
            if not size:
                break
            s = s / size
            found = min(found, float(s @ A @ s))
            s = projected(s - (A @ s - (s @ A @ s) * s) / values[-1] if values[-1] > 0 else s - A @ s, k)
    return found


def one_sided(e: Edge, theta: Node, v: Array) -> Array:
    """dX* in the free components as θ moves from here in the direction v."""
    cone, width = e.cone, len(e.columns)
    pushed = cone.system.mixed(cone.point, theta) @ np.reshape(v, -1)
    b = np.concatenate([cone.tangent.T @ pushed[:width], pushed[width:]])
    base = cone.step(-b[:, None])[:, 0]
    cone.solved(np.column_stack([base, e.follows]), -np.column_stack([b, e.cross]))
    s = least(e.M, e.columns.T @ pushed[:width] + e.cross.T @ base, e.k)
    return cone.tangent @ (base + e.follows @ s)[: cone.tangent.shape[1]] + e.columns @ s
