"""Minima at kinks and constraints: which switches are active, their multipliers, and what follows for dx*/dθ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from closedform.argmin.newton import equilibrated, spot, walk
from closedform.argmin.switches import Switch
from closedform.argmin.system import Block, System, function
from closedform.argmin.views import Point, View, best_view
from closedform.errors import ClosedformError
from closedform.expr.node import Node

Array = Any
CLOSE, WEAK, ROUNDS = 1e-4, 1e-9, 60
LOST, NOISE, HELD, ROUNDING = 1e-22, 1e-14, 1e-9, 1e-5


@dataclass
class State:
    """The entries of all switches in one row: their ranges, which are active, and where the others stand."""

    low: Array
    high: Array
    equality: Array
    active: Array
    stands: Array
    weak: Array = field(default_factory=lambda: np.zeros(0, bool))


@dataclass
class Active:
    """A point that is consistent with its active set."""

    view: View
    z: Point
    x: Array
    state: State
    multipliers: Array
    A: Array
    H: Array
    terms: Array
    """The sizes of the terms of H, which rounding is seen beside."""
    left: Array
    """What the active u leave where they should be 0, each beside its terms."""
    slope: float
    """The gradient of L by x, beside its terms."""
    pull: float
    """The size of these terms."""
    runs_off: bool = False
    """Whether Newton's steps lead away for ever."""

    @property
    def sizes(self) -> Array:
        """What a multiplier is seen beside: its range, or what would balance the gradient's terms alone."""
        wide = np.isinf(self.state.high - self.state.low)
        out = np.where(wide, self.pull, self.state.high - self.state.low)
        steep = np.ones(len(out))
        steep[self.state.active] = np.maximum(np.abs(self.A).max(axis=1, initial=0.0), 1e-300)
        return np.where(wide, out / steep, out)

    @property
    def licq(self) -> tuple[int, int]:
        """The rank of the gradients of what is active, and how many they are."""
        scaled = self.A / np.maximum(np.linalg.norm(self.A, axis=1, keepdims=True), 1e-300)
        return (int(np.linalg.matrix_rank(scaled, tol=1e-9)) if len(self.A) else 0), len(self.A)

    @property
    def reduced(self) -> Array:
        """The eigenvalues of the equilibrated Hessian of L on the tangent space of what is active, by their largest."""
        return self._curved[0]

    @property
    def flat(self) -> Array:
        """Unit directions along what is active in which L has no curvature, in the columns."""
        eigen, V = self._curved
        D = V[:, np.abs(eigen) <= 1e-12]
        return D / np.maximum(np.linalg.norm(D, axis=0), 1e-300)

    @property
    def _curved(self) -> tuple[Array, Array]:
        small = (1e-26 if self.view.arrival < 1e-20 else 1e-15) * self.terms.max(initial=0.0)
        s, H = equilibrated(np.where(np.abs(self.H) <= small, 0.0, self.H))
        Z = tangent(self.A * s, len(self.x))
        inner = Z.T @ H @ Z
        top = float(np.abs(inner).max(initial=0.0))
        noise = NOISE * float((s[:, None] * self.terms * s).max(initial=0.0))
        if top <= noise:
            return np.zeros(Z.shape[1]), s[:, None] * Z
        eigen, V = np.linalg.eigh(inner / top)
        return eigen, s[:, None] * (Z @ V)


def tangent(A: Array, n: int) -> Array:
    if not len(A):
        return np.eye(n)
    _, sizes, Vt = np.linalg.svd(A)
    rank = int((sizes > 1e-10 * max(sizes.max(initial=0.0), 1e-300)).sum())
    return Vt[rank:].T


def places(switches: Sequence[Switch], env: dict[str, Any]) -> list[Array]:
    """The values of u of each switch."""
    return [np.asarray(function(s.u)(env), float).reshape(-1) for s in switches]


def first_state(switches: Sequence[Switch], u: Sequence[Array], near: float = CLOSE, unit: float = 1.0) -> State:
    """A guess: active is what is close to 0, beside ``unit`` or the largest."""
    parts = []
    for s, values in zip(switches, u, strict=True):
        size = max(unit, float(np.abs(values).max(initial=0.0)))
        held = s.kind in ("equality", "norm")
        active = np.ones(len(values), bool) if held else np.abs(values) <= near * size
        active |= (values < 0) & (s.low == -np.inf)
        stands = np.where(values > 0, s.high, max(s.low, -1e300))
        parts.append((np.full(len(values), s.low), np.full(len(values), s.high),
                      np.full(len(values), held), active, stands))  # fmt: skip
    return State(*(np.concatenate(p) for p in zip(*parts, strict=True)))


def system_of(L: Node, x: Block, switches: Sequence[Switch], lengths: Sequence[int], state: State,
              values: dict[str, Any]) -> System:  # fmt: skip
    """The optimality conditions with this active set; the free components are x, then the active multipliers."""
    blocks, at = [x], 0
    for s, length in zip(switches, lengths, strict=True):
        on = state.active[at : at + length]
        base = np.where(on, 0.0, state.stands[at : at + length])
        blocks.append(Block(s.s, base, np.eye(length)[:, on]))
        at += length
    return System(L, blocks, values)


def settled(L: Node, x: Block, switches: Sequence[Switch], lengths: Sequence[int], state: State,
            values: dict[str, Any], start: Array, unit: float = 1.0) -> Active:  # fmt: skip
    """The active set made consistent: multipliers in their ranges, and every other u on its side."""
    at, reach = start, np.abs(start)
    seen: set[bytes] = set()
    for _ in range(ROUNDS):
        found = _newton(system_of(L, x, switches, lengths, state, values), at, state, reach)
        reach = np.maximum(reach, np.abs(found.x))
        state, changed = _mended(found, switches, seen, unit)
        if not changed:
            found.state = _with_weak(found, switches, unit)
            return found
        at = found.x
    raise ClosedformError("no active set was found that is consistent at this point: try another start")


def _newton(system: System, x: Array, state: State, reach: Array) -> Active:
    """Newton's steps with an active set; ``reach`` is how far from 0 the components have been."""
    n = len(x)
    H = system.hessian(np.concatenate([x, np.zeros(system.n - n)]))
    g = system.gradient(np.concatenate([x, np.zeros(system.n - n)]))
    A = H[n:, :n]
    if not (np.isfinite(g).all() and np.isfinite(H).all()):
        raise ClosedformError("the optimality conditions have no value near this point: try another start")
    multipliers = np.linalg.lstsq(A.T, -g[:n], rcond=1e-12)[0] if len(A) else np.zeros(0)
    z = np.concatenate([x, multipliers])
    view = best_view(system, z)
    way = walk(view, view.point(z))
    end = way.end
    if not np.isfinite(end.step).all():
        raise ClosedformError("the optimality conditions have no value near this point: try another start")
    z = view.floats(end.z)
    reach = np.maximum(reach, np.abs(z[:n]))
    size = float(reach.max())
    z[:n] = np.where(np.abs(z[:n]) <= LOST * size, 0.0, z[:n])
    bare = H[:n, :n]
    terms = np.abs(bare) + np.abs(end.H[:n, :n] - bare)
    floor = ROUNDING * float(reach.max())
    beside = np.abs(end.H[n:, :n]) @ (reach + floor) + np.abs(end.g[n:] - end.H[n:, :n] @ z[:n])
    left = np.abs(end.g[n:]) / np.maximum(beside, 1e-300)
    pulls = np.abs(g[:n]) + np.abs(A.T) @ np.abs(z[n:]) + terms @ reach
    pull = max(float(pulls.max()), 1e-300)
    slope = float(np.abs(end.g[:n]).max() / pull)
    return Active(view, end.z, z[:n], state, z[n:], end.H[n:, :n], end.H[:n, :n], terms, left, slope, pull,
                  way.outcome == "escape")  # fmt: skip


def _mended(found: Active, switches: Sequence[Switch], seen: set[bytes], unit: float) -> tuple[State, bool]:
    """One change towards consistency: the worst multiplier out of its range, or the worst u on the wrong side."""
    state = found.state
    s = state.stands.copy()
    s[state.active] = found.multipliers
    u = np.concatenate(places(switches, found.view.system.env(found.view.floats(found.z))))
    over = np.where(state.active & ~state.equality, np.maximum(s - state.high, state.low - s), -np.inf) / found.sizes
    wrong = np.where(~state.active, np.where(s == state.high, -u, u), -np.inf)
    active, stands = state.active.copy(), state.stands.copy()
    if found.left.max(initial=0.0) > HELD:
        k = _least_needed(found, s)
        active[k], stands[k] = False, (state.high if s[k] - state.low[k] > state.high[k] - s[k] else state.low)[k]
    elif over.max(initial=-np.inf) > WEAK:
        k = int(np.argmax(over))
        active[k], stands[k] = False, (state.high if s[k] > state.high[k] else state.low)[k]
    elif wrong.max(initial=-np.inf) > 1e-11 * max(unit, float(np.abs(u).max(initial=0.0))):
        k = int(np.argmax(wrong))
        active[k] = True
    else:
        return state, False
    changed = State(state.low, state.high, state.equality, active, stands)
    key = active.tobytes() + stands.tobytes()
    if key in seen:
        raise ClosedformError("the active set changes for ever near this point: try another start")
    seen.add(key)
    return changed, True


def _least_needed(found: Active, s: Array) -> int:
    """Of what is active and cannot all be 0 together: the one whose multiplier is nearest to an end of its range."""
    state = found.state
    margin = np.minimum(s - state.low, state.high - s)
    margin[~state.active | state.equality] = np.inf
    k = int(np.argmin(margin))
    if not np.isfinite(margin[k]):
        raise ClosedformError("the equations cannot all hold near this point: try another start")
    return k


def _with_weak(found: Active, switches: Sequence[Switch], unit: float) -> State:
    """Marks what is active with a multiplier at the end of its range, or inactive with u = 0."""
    state = found.state
    s = state.stands.copy()
    s[state.active] = found.multipliers
    u = np.concatenate(places(switches, found.view.system.env(found.view.floats(found.z))))
    ends = (np.abs(s - state.high) <= WEAK * found.sizes) | (np.abs(s - state.low) <= WEAK * found.sizes)
    zero = np.abs(u) <= WEAK * max(unit, float(np.abs(u).max(initial=0.0)))
    state.weak = ~state.equality & np.where(state.active, ends, zero)
    return state


def derivative(found: Active, theta: Node) -> Array:
    """dx*/dθ with the active set held: rows of x alone. Right also where multipliers are not unique."""
    n = len(found.x)
    at = spot(found.view, found.z)
    if not at.null.any():
        return found.view.jacobian(found.z, theta)[:n]
    return _shortest(at.H, found.view.mixed(found.z, theta))[0][:n]


def moves_together(found: Active, theta: Node) -> bool:
    """Whether all that is active can stay active as θ moves, however it moves."""
    at = spot(found.view, found.z)
    return not at.null.any() or bool(_shortest(at.H, found.view.mixed(found.z, theta))[1] <= HELD)


def _shortest(H: Array, B: Array) -> tuple[Array, float]:
    """The least-norm dz of H dz = -B, and what it leaves beside its terms."""
    s, E = equilibrated(H)
    dz = -s[:, None] * (np.linalg.pinv(E, rcond=1e-11, hermitian=True) @ (s[:, None] * B))
    size = np.abs(H) @ np.abs(dz) + np.abs(B)
    off = np.abs(H @ dz + B).max(axis=0, initial=0.0) / np.maximum(size.max(axis=0, initial=0.0), 1e-300)
    return dz, float(off.max(initial=0.0))
