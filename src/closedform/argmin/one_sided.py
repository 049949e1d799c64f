"""One-sided derivatives of x* where constraints or kinks are only just active, or depend on each other.

What is on is u = 0; of it, what has its multiplier s inside its range stays on in every direction, and the rest on one
side or the other: dx* solves a quadratic program, whose split of what is weakly active is searched. Where the gradients
of what is on depend on each other, the multipliers are those that a linear program picks for the direction.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
import scipy.optimize

from closedform.argmin.active import WEAK, Active, State, system_of, tangent
from closedform.argmin.newton import equilibrated
from closedform.argmin.switches import Switch
from closedform.argmin.system import Block, System
from closedform.argmin.verdict import Verdict
from closedform.errors import ClosedformError
from closedform.expr.node import Node

Array = Any
Board = tuple[Node, Block, Sequence[Switch], Sequence[int], dict[str, Any]]
MOST_WEAK, CURVED, SOLVED, INSIDE = 8, 1e-10, 1e-9, 1e-9


@dataclass
class Margin:
    """All that is on at a point, its gradients A, and the multipliers that the point was found with."""

    x: Array
    s: Array
    low: Array
    high: Array
    equality: Array
    A: Array
    sizes: Array
    system: System

    @property
    def dependent(self) -> bool:
        sizes = np.maximum(np.linalg.norm(self.A, axis=1, keepdims=True), 1e-300)
        return bool(len(self.A) and np.linalg.matrix_rank(self.A / sizes, tol=1e-9) < len(self.A))

    @property
    def bends(self) -> bool:
        """Whether gradients depend on each other here alone: whether their sum that is 0 has curvature."""
        if not self.dependent:
            return False
        values, U = np.linalg.eigh(self.A @ self.A.T)
        flat = self.hessian(self.s)
        T = tangent(self.A, len(self.x))
        size = max(1e-300, float(np.abs(flat).max(initial=0.0)))
        sums = U[:, values <= 1e-18 * max(values[-1], 1e-300)].T
        return any(np.abs(T.T @ (self.hessian(self.s + v) - flat) @ T).max(initial=0.0) > SOLVED * size for v in sums)

    def hessian(self, s: Array) -> Array:
        """That of L by x."""
        n = len(self.x)
        return self.system.hessian(np.concatenate([self.x, s]))[:n, :n]

    def weak(self, s: Array) -> Array:
        """What has its multiplier at an end of its range."""
        ends = (np.abs(s - self.high) <= WEAK * self.sizes) | (np.abs(s - self.low) <= WEAK * self.sizes)
        return np.asarray(~self.equality & ends)

    def signs(self, s: Array) -> Array:
        """On which side u stays where it is let go."""
        return np.where(np.abs(s - self.high) <= np.abs(s - self.low), 1.0, -1.0)

    def curvature(self, s: Array) -> float:
        """The least eigenvalue of the Hessian beside the largest, where all that is weak is let go."""
        return float(_eigen(self.hessian(s), self.A[~self.weak(s)])[0].min(initial=1.0))

    @property
    def obstacle(self) -> str:
        """Why one-sided derivatives are not proved to exist, or nothing."""
        if self.bends:
            return "the gradients of what is active depend on each other at this point"
        if int(self.weak(self.s).sum()) <= MOST_WEAK and self.curvature(self.s) <= CURVED:
            return "the Hessian is not positive definite where it is let go"
        return ""


def margin(found: Active, board: Board) -> Margin:
    """What is active, and what is inactive with u = 0."""
    L, x, switches, lengths, values = board
    state, n = found.state, len(found.x)
    on = state.active | state.weak
    system = system_of(L, x, switches, lengths, State(state.low, state.high, state.equality, on, state.stands), values)
    s = state.stands.copy()
    s[state.active] = found.multipliers
    bare = np.concatenate([found.x, np.zeros(int(on.sum()))])
    A = system.hessian(bare)[n:, :n]
    wide = np.isinf(state.high[on] - state.low[on])
    steep = np.maximum(np.abs(A).max(axis=1, initial=0.0), 1e-300)
    sizes = np.where(wide, found.pull / steep, state.high[on] - state.low[on])
    return Margin(found.x, s[on], state.low[on], state.high[on], state.equality[on], A, sizes, system)


def parted(on: Margin) -> Verdict:
    """What is active depends on itself, and parameters part it."""
    said = ("a minimum where the gradients of what is active depend on each other, and not all of it can stay active "
            "as parameters move: x* has one-sided derivatives")  # fmt: skip
    if on.obstacle:
        return Verdict("weakly-active", f"{said} at most.", "Move a parameter to one side.")
    return Verdict("weakly-active", f"{said}, which differ by direction.",
                   'Ask for one direction: solution.directional("θ", v).', one_sided=True)  # fmt: skip


def least_curvature(m: Margin) -> float:
    """The least curvature beside the largest, of all ways to let go what is weakly active: to its side, or not."""
    weak, found = m.weak(m.s), 1.0
    if weak.sum() > MOST_WEAK:
        return found
    H, side = m.hessian(m.s), m.signs(m.s)[weak, None] * m.A[weak]
    size = np.abs(side).sum(axis=1)
    for held in product((True, False), repeat=len(side)):
        eigen, V = _eigen(H, np.vstack([m.A[~weak], side[list(held)]]))
        for value, v in zip(eigen, V.T, strict=True):
            inside = -INSIDE * size * np.abs(v).max()
            if value < found and any((way * (side @ v) >= inside).all() for way in (1.0, -1.0)):
                found = float(value)
    return found


def _eigen(H: Array, A: Array) -> tuple[Array, Array]:
    """Eigenvalues of the equilibrated Hessian beside the largest where Ad = 0, and such d."""
    scale, E = equilibrated(H)
    T = tangent(A * scale, len(H))
    values, V = np.linalg.eigh(T.T @ E @ T)
    return values / max(float(np.abs(values).max(initial=0.0)), 1e-300), scale[:, None] * (T @ V)


def along(found: Active, board: Board, pushes: dict[Node, Array]) -> Array:
    """The one-sided derivative of x* in a direction: of all ways to split what is weakly active, the consistent one."""
    m, n = margin(found, board), len(found.x)
    if m.bends:
        raise ClosedformError(f"no one-sided derivative of x* is proved here: {m.obstacle}")
    s = _picked(m, _pushed(m, m.s, pushes)[n:]) if m.dependent else m.s
    weak = np.flatnonzero(m.weak(s))
    if len(weak) > MOST_WEAK:
        raise ClosedformError(f"{len(weak)} switches are weakly active; directions are split for {MOST_WEAK} at most")
    if m.curvature(s) <= CURVED:
        raise ClosedformError("no one-sided derivative of x* is proved here: the Hessian is not positive definite "
                              "where what is weakly active is let go")  # fmt: skip
    K, b = m.system.hessian(np.concatenate([m.x, s])), _pushed(m, s, pushes)
    sign, rows = m.signs(s)[weak], n + weak
    d = equilibrated(K)[0]
    for on, dz in _splits(K, b, rows):
        du = K @ dz + b
        least = SOLVED * max(float(np.abs(dz / d).max()), float(np.abs(d * b).max()))
        if np.where(on, sign * (dz / d)[rows] <= least, sign * (d * du)[rows] >= -least).all():
            return dz[:n]
    raise ClosedformError("no one-sided derivative of x* in this direction was found")


def _pushed(m: Margin, s: Array, pushes: dict[Node, Array]) -> Array:
    z = np.concatenate([m.x, s])
    return sum(m.system.mixed(z, t) @ np.reshape(v, -1) for t, v in pushes.items())


def _splits(K: Array, b: Array, rows: Array) -> Iterator[tuple[Array, Array]]:
    """Each way to hold some of the rows, with the dz that solves the rest; those without one are left out."""
    for choice in product((True, False), repeat=len(rows)):
        on = np.array(choice, bool)
        keep = np.setdiff1d(np.arange(len(K)), rows[~on])
        part, right, dz = K[np.ix_(keep, keep)], -b[keep], np.zeros(len(K))
        d, E = equilibrated(part)
        y = np.linalg.lstsq(E, d * right, rcond=1e-11)[0]
        size = max(float(np.abs(v).max(initial=0.0)) for v in (y, d * right))
        dz[keep] = d * y
        if (np.abs(E @ y - d * right) <= SOLVED * size).all():
            yield on, dz


def _picked(m: Margin, pushed: Array) -> Array:
    """Of all multipliers those with the largest s'du: by them f* moves in this direction."""
    ends = np.where(np.abs(m.s - m.high) <= np.abs(m.s - m.low), m.high, m.low)
    begun = np.where(m.weak(m.s), ends, m.s)  # a choice that is feasible, without the rounding of 0
    finite = np.concatenate([v[np.isfinite(v)] for v in (m.low, m.high, begun)])
    size = float(np.abs(finite).max(initial=0.0)) or 1.0
    limits = [(None if np.isinf(low) else low / size, None if np.isinf(high) else high / size)
              for low, high in zip(m.low, m.high, strict=True)]  # fmt: skip
    unit = max(float(np.abs(m.A).max(initial=0.0)), 1e-300)
    push = pushed / max(float(np.abs(pushed).max(initial=0.0)), 1e-300)
    A = m.A.T / unit
    found = scipy.optimize.linprog(-push, A_eq=A, b_eq=A @ begun / size, bounds=limits, method="highs-ds")
    if found.status != 0:
        raise ClosedformError("no one-sided derivative of x*: what is active cannot all be kept in this direction")
    s = size * np.asarray(found.x)
    free = ~m.weak(s)
    s[free] = np.linalg.lstsq(m.A[free].T, m.A.T @ begun - m.A[~free].T @ s[~free], rcond=1e-12)[0]
    return s
