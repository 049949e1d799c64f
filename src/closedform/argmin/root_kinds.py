"""What a root is: simple, at a kink, of higher order, not isolated, where branches meet, or none at all."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from closedform.argmin.fine import NoBalls
from closedform.argmin.judge import ILL, named, stands_at
from closedform.argmin.newton import Spot, Walk
from closedform.argmin.switches import KINKS
from closedform.argmin.system import function
from closedform.argmin.verdict import Verdict
from closedform.expr.walk import postorder

if TYPE_CHECKING:
    from closedform.argmin.roots import RootProblem

Array = Any
EPS = float(np.finfo(float).eps)
SMALL, AT_KINK = 1e-9, 1e-10
FAR, LONG, VANISHED, HALVED = 10.0, 4, 1e-60, range(-100, 5)
"""Of a way on which ‖F‖ falls for ever: how far it leads, in how many points it is seen to, and how slow it gets."""


def judged_root(p: RootProblem, way: Walk, near: Array) -> Verdict:
    at, n = way.end, p.width
    there = p.view.floats(at.z)[:n] if np.isfinite(at.step).all() else near
    if way.outcome == "arrived" and not at.null.any():
        return _kink(p, there) or _simple(p, at)
    if way.outcome in ("arrived", "flat", "degenerate") and _is_zero(p, at, there):
        return _kink(p, there) or _singular(p, at)
    return _none(p, way, near)


def _is_zero(p: RootProblem, at: Spot, z: Array) -> bool:
    """Whether F is 0 beside its change over the size of x."""
    n = p.width
    gap = max(1.0, float(np.abs(z).max(initial=0.0))) * max(float(np.abs(at.H[n:, :n]).max(initial=0.0)), 1e-300)
    F = float(np.abs(at.g[n:]).max(initial=0.0))
    return F == 0 or SMALL * gap >= F


def _simple(p: RootProblem, at: Spot) -> Verdict:
    word = "root" if p.map is None else "fixed-point"
    said = "F is 0 and ∂F/∂x is regular" if p.map is None else "x = T(x), and I − ∂T/∂x is regular"
    if at.condition * EPS > ILL:
        return Verdict("ill-conditioned-root", f"a simple root, but badly conditioned ({at.condition:.2g}).",
                       "Rescale the equations or the variables.", exists=True)  # fmt: skip
    return Verdict(word, f"isolated and simple: {said}.", exists=True)


def _kink(p: RootProblem, z: Array) -> Verdict | None:
    env = p.system.env(p._with_zeros(z))
    for node in postorder(p.f):
        if node.op.name not in (*KINKS, "norm2") or not any(m is p.x for m in postorder(node)):
            continue
        parts = [np.asarray(function(a)(env), float) for a in node.args]
        u = parts[0] - parts[1] if len(parts) == 2 else parts[0]
        size = np.linalg.norm(u) if node.op.name == "norm2" else np.abs(u).min(initial=np.inf)
        if size <= AT_KINK * max(1.0, float(np.abs(parts[0]).max(initial=0.0))):
            return Verdict("nonsmooth-root", f"a root at a kink of {node.op.text}: x* has one-sided derivatives at "
                           "most.", "Move a parameter to one side.")  # fmt: skip
    return None


def _singular(p: RootProblem, at: Spot) -> Verdict:
    n = p.width
    U, sizes, Vt = np.linalg.svd(at.H[n:, :n])
    tolerance = max(1e-12, 2 * p.view.rank_tolerance) * sizes.max(initial=0.0)
    rank = int((sizes > tolerance).sum()) if sizes.any() else 0
    rank = min(rank, n - 1)
    V, W = Vt[rank:].T, U[:, rank:]
    z = p.view.floats(at.z)[:n]
    if _moves_freely(p, z, V):
        return Verdict("singular-jacobian", f"not isolated: ∂F/∂x has rank {rank} of {n}, and F stays 0 in the "
                       f"direction {named(p.block.name, V[:, 0])}: x* has no derivative.",
                       "Add an equation.", direction=V[:, 0])  # fmt: skip
    theta = _branches_meet(p, at, V, W)
    if theta is not None:
        return Verdict("bifurcation", f"∂F/∂x loses rank just here as {theta} moves: branches of roots meet, and "
                       "x* has no derivative.", f"Move {theta} to one side.", direction=V[:, 0])  # fmt: skip
    return Verdict("degenerate-root", f"an isolated root at which ∂F/∂x is singular (rank {rank} of {n}): a root "
                   "of higher order; the implicit function theorem does not apply.",
                   "Take its derivative from a closed form of x*, or another equation.",
                   direction=V[:, 0])  # fmt: skip


def _moves_freely(p: RootProblem, z: Array, V: Array) -> bool:
    """Whether roots lie along the null space: Newton's steps across it stay at F = 0."""
    size = max(1.0, float(np.linalg.norm(z)))
    for h in (1e-2, 1e-1):
        for sign in (1.0, -1.0):
            there = z + sign * h * size * V[:, 0]
            for _ in range(8):
                J, F = p.slope(there), p.residual(there)
                if not np.isfinite(J).all() or not np.isfinite(F).all():
                    return False
                held = np.vstack([J, V.T])
                there = there - np.linalg.lstsq(held, np.concatenate([F, np.zeros(V.shape[1])]), rcond=1e-12)[0]
            scale = max(float(np.abs(p.slope(there)).max(initial=0.0)) * size, 1e-300)
            stays = np.linalg.norm(p.residual(there)) <= 1e-11 * scale
            if not stays or np.linalg.norm(there - z) < 0.2 * h * size:
                return False
    return True


def _branches_meet(p: RootProblem, at: Spot, V: Array, W: Array) -> str | None:
    if V.shape[1] != 1:
        return None
    n, v, w = p.width, V[:, 0], W[:, 0]
    along = np.concatenate([v, np.zeros(n)])
    try:
        bend = float(w @ p.view.third(at.z, along)[n:, :n] @ v)
        for theta in p.smooth_parameters():
            B, moved = p.view.mixed(at.z, theta)[n:], p.view.mixed_along(at.z, theta, along)[n:]
            for k in range(B.shape[1]):
                if abs(w @ B[:, k]) > 1e-10 * max(1.0, float(np.abs(B).max())):
                    return str(theta.params[0])
                if abs(bend) <= 1e-10 and abs(w @ moved[:, k]) > 1e-10:
                    return str(theta.params[0])
    except NoBalls:
        return None
    return None


def _none(p: RootProblem, way: Walk, near: Array) -> Verdict:
    F, J = p.residual(near), p.slope(near)
    top, where = float(np.abs(F).max(initial=0.0)) or 1.0, stands_at(p.block.name, p.whole(near))
    part = float(np.linalg.norm(F / top))
    size, pull, scale = top * part, float(np.linalg.norm(J.T @ (F / top))), float(np.linalg.norm(J)) * part
    step = way.end.step[: p.width]
    d = step / np.linalg.norm(step) if np.isfinite(step).all() and step.any() else near
    if way.outcome == "escape" or _falls_for_ever(p, near, d):
        return Verdict("no-root", f"‖F‖ falls for ever in the direction {named(p.block.name, d)}, and no root "
                       "is reached.", "Bound x, or change the equation.", direction=d)  # fmt: skip
    far = _falls_towards(p, near)
    if far is not None:
        d, limit = far
        return Verdict("no-root", f"‖F‖ falls for ever in the direction {named(p.block.name, d)}, towards {limit:.6g}, "
                       "and no root is reached.", "Bound x, or change the equation.", direction=d)  # fmt: skip
    if pull <= 1e-5 * scale or (size > 0 and not J.any()):
        return Verdict("no-root", f"no root was reached: ‖F‖ has a local minimum of {size:.6g} at "
                       f"{where}.", "Try other starts, or change a parameter.")  # fmt: skip
    return Verdict("not-converged", f"no root was reached; ‖F‖ is {size:.3g} at {where}.",
                   "Try other starts.")  # fmt: skip


def _falls_for_ever(p: RootProblem, z: Array, d: Array) -> bool:
    """Whether ‖F‖ falls on and on in a direction."""
    size = max(float(np.linalg.norm(z)), 1e-300)
    sizes = [float(np.linalg.norm(p.residual(z + size * 10.0**k * d))) for k in range(8)]
    return all(b < a for a, b in pairwise([float(np.linalg.norm(p.residual(z))), *sizes]))


def _falls_towards(p: RootProblem, near: Array) -> tuple[Array, float] | None:
    """The direction and the limit, where on the way to a far point and beyond ‖F‖ falls, ever more slowly."""
    begin, n = p.begin(), p.width
    way = near - begin
    if not np.isfinite(way).all() or not np.linalg.norm(way) > FAR * max(1.0, float(np.linalg.norm(begin))):
        return None
    slopes, sizes = list[float](), list[float]()
    for k in HALVED:
        if slopes and slopes[-1] == 0 and k < 0:  # it has vanished: only the ends tell more
            continue
        with p.view.probing():
            g, H = p.view.slopes(p.view.point(p._with_zeros(begin + 2.0**k * way)))
        F = g[n:]
        size = float(np.linalg.norm(F))
        down = float(F @ (H[n:, :n] @ (way / np.linalg.norm(way)))) if np.isfinite(F).all() and size else 0.0
        slopes, sizes = ([], []) if down > 0 else ([*slopes, down], [*sizes, size])
    falls = [v for v in slopes if v < 0]
    if len(falls) < LONG or (slopes[-1] == 0 and abs(falls[-1]) > VANISHED * max(map(abs, falls))):
        return None
    return way / np.linalg.norm(way), next(v for v in reversed(sizes) if np.isfinite(v))
