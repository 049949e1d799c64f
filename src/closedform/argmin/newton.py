"""Newton's steps with dimensionless numbers, and where they lead: to a point, to a degenerate one, or away for ever.

The Newton step and the Newton-Kantorovich number K = ‖|H|^-½ (D³f·step) |H|^-½‖ do not change when f or the variables
are scaled. Far along an exponential tail K is 1, along an algebraic one above 1; towards a root of order k
it is (k-2)/(k-1); near a strict minimum it is small and falls quadratically.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from closedform.argmin.views import Point, View

Array = Any
MOST_STEPS, SETTLED, NEAR, CLOSER, SLOPE = 80, 12, 0.1, 1e-3, 1e-3
TINY = float(np.finfo(float).tiny)
TURNS, DOUBLINGS, HALVINGS, ON_A_TAIL = 2, 60, 6, 0.9


@dataclass
class Spot:
    """A point with its gradient, its Hessian, the equilibrated Hessian's eigenvalues, the Newton step and K."""

    z: Point
    g: Array
    H: Array
    scale: Array
    mu: Array
    V: Array
    null: Array
    step: Array
    K: float

    @property
    def rank(self) -> int:
        return int(len(self.mu) - self.null.sum())

    @property
    def negative(self) -> int:
        return int(((self.mu < 0) & ~self.null).sum())

    @property
    def condition(self) -> float:
        if self.null.any():
            return float("inf")
        sizes = np.abs(self.mu)
        return float(sizes.max() / sizes.min())

    @property
    def null_space(self) -> Array:
        """Unit vectors in the columns, in the variables themselves."""
        N = self.scale[:, None] * self.V[:, self.null]
        return np.linalg.qr(N)[0] if N.shape[1] else N


def equilibrated(H: Array) -> tuple[Array, Array]:
    """Positive scales s, and s·H·s with entries of size about 1."""
    diagonal = np.abs(np.diag(H))
    s = np.ones(len(H))
    if (diagonal > 0).all() and (np.abs(H) <= np.sqrt(np.outer(diagonal, diagonal)) * (1 + 1e-12)).all():
        s = 1 / np.sqrt(diagonal)
        return s, s[:, None] * H * s
    for _ in range(12):
        largest = np.abs(s[:, None] * H * s).max(axis=1, initial=0.0)
        s = s / np.sqrt(np.where(largest > 0, largest, 1.0))
    return s, s[:, None] * H * s


def spot(view: View, z: Point, *, bends: bool = True) -> Spot:
    """What is known of a point; ``bends`` is whether K is wanted, which takes third derivatives."""
    g, H = view.slopes(z)
    curved = np.abs(np.diag(H))
    underflow = ((curved > 0) & (curved < TINY)).any()  # there, one number is as large as another
    if underflow or not (np.isfinite(g).all() and np.isfinite(H).all()):
        nan = np.full(len(g), np.nan)
        return Spot(z, g, H, nan, nan, H, np.ones(len(g), bool), nan, np.inf)
    with np.errstate(all="ignore"):
        s, E = equilibrated(H)
    if not np.isfinite(E).all():
        E = np.zeros_like(H)
    mu, V = np.linalg.eigh(E)
    null = np.abs(mu) <= max(len(g), 2) * view.rank_tolerance * np.abs(mu).max(initial=0.0)
    held = ~null
    step = -s * (V[:, held] @ ((V[:, held].T @ (s * g)) / mu[held]))
    K = _kantorovich(view, z, s, mu[held], V[:, held], step) if bends else np.nan
    return Spot(z, g, H, s, mu, V, null, step, K)


def _kantorovich(view: View, z: Point, s: Array, mu: Array, V: Array, step: Array) -> float:
    if not step.any():
        return 0.0
    W = s[:, None] * V / np.sqrt(np.abs(mu))
    T = W.T @ view.third(z, step) @ W
    return float(np.abs(np.linalg.eigvalsh((T + T.T) / 2)).max(initial=0.0)) if np.isfinite(T).all() else np.inf


@dataclass
class Walk:
    """How Newton's steps went: ``arrived``, ``degenerate``, ``escape``, ``indefinite``, ``flat`` or ``lost``."""

    outcome: str
    end: Spot
    order: float = 0.0
    steps: int = 0


def walk(view: View, z: Point, *, saddle: bool = False) -> Walk:
    """Newton's steps from a point; to a saddle, where ``saddle`` is set, also from where the Hessian is indefinite."""
    seen: list[float] = []
    begin, last, turns = view.floats(z), None, 0
    before: Spot | None = None
    for k in range(MOST_STEPS):
        at = spot(view, z)
        if not np.isfinite(at.step).all():
            return Walk("lost", at, steps=k)
        if at.rank == 0:
            return Walk("flat", at, steps=k)
        on_a_tail = len(seen) >= 2 and min(seen[-2:]) >= ON_A_TAIL
        if before is not None and at.rank < before.rank and on_a_tail:  # a curvature fell below rounding
            return Walk("escape", before, steps=k)
        seen.append(at.K)
        before = at
        size = float(np.linalg.norm(at.step / at.scale))
        if _arrived(view, at, size, begin, last):
            return Walk("flat" if slopes_on(view, at) else "arrived", at, steps=k)
        if k == 0 and at.negative and at.K >= NEAR and not saddle:
            return Walk("indefinite", at)
        found = _settled(seen)
        if found == "degenerate":
            end = _accelerated(view, at, k)
            if end is not None:
                return end
        elif found:
            nearer = before_turn(view, at) if turns < TURNS else None
            if nearer is None:
                return Walk(found, at, steps=k)
            z, last, seen, turns = nearer, None, [], turns + 1
            continue
        z, last = view.move(z, at.step), size
    return Walk("lost", at, steps=MOST_STEPS)


def _arrived(view: View, at: Spot, size: float, begin: Array, last: float | None) -> bool:
    """Whether a step is short beside the point and the way to it, all measured at the point; on a tail none is."""
    if at.K >= NEAR:
        return False
    z = view.floats(at.z)
    length = max(float(np.linalg.norm(z / at.scale)), float(np.linalg.norm((z - begin) / at.scale)))
    if size <= view.arrival * length:
        return True
    stalled = last is not None and size > last / 4 and at.K < 1e-6
    floor = max(1e5 * view.arrival, 1e-14 * at.condition if at.condition < 1e15 else 0.0)
    return stalled and size <= floor * length


def slopes_on(view: View, at: Spot) -> bool:
    """Whether f has a slope where it has no curvature beside the others: it falls there, on a tail."""
    if not at.null.any():
        return False
    size = float(np.linalg.norm(at.g))
    floor = view.rounding * float(np.abs(at.H).max()) * float(np.linalg.norm(view.floats(at.z)))
    return float(np.linalg.norm(at.null_space.T @ at.g)) > max(SLOPE * size, floor)


def _settled(seen: list[float]) -> str | None:
    if len(seen) < SETTLED:
        return None
    low, high = min(seen[-5:]), max(seen[-5:])
    if low >= 0.97:
        return "escape"
    return "degenerate" if low > 0.2 and high < 0.96 and high - low < 0.02 else None


def before_turn(view: View, at: Spot) -> Point | None:
    """Out on a tail: the last point along the Newton step before the steps turn round, or None where they never do.

    A tail looks the same whether it goes on for ever or a stationary point ends it: only points farther out tell.
    """
    way, low, high = at.step / at.scale, 0.0, 1.0

    def goes_on(t: float) -> bool | None:
        there = spot(view, view.move(at.z, t * at.step), bends=False)
        lost = not np.isfinite(there.step).all() or there.rank != at.rank
        return None if lost else bool((there.step / at.scale) @ way > 0)

    for _ in range(DOUBLINGS):
        with view.probing():
            on = goes_on(high)
        if on is None:
            return None
        if not on:
            break
        low, high = high, 2 * high
    else:
        return None
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if goes_on(middle) else (low, middle)
    return view.move(at.z, low * at.step)


def _accelerated(view: View, at: Spot, steps: int) -> Walk | None:
    """To a root of higher order: steps 1/(1-K) times as long converge quadratically; else roots lie close together."""
    order, before = 1 / (1 - at.K), float(np.linalg.norm(at.step))
    for _ in range(10):
        times = round(order) if abs(order - round(order)) < 0.02 * order else order
        there = spot(view, view.move(at.z, times * at.step))
        if not np.isfinite(there.step).all():
            break
        closer = np.linalg.norm(there.step) < np.linalg.norm(at.step)
        if there.rank == 0 or closer:
            at = there
        if not closer or at.rank == 0:
            break
    if at.rank and np.linalg.norm(at.step) > CLOSER * before:
        return None
    return Walk("degenerate", at, order + 1, steps)
