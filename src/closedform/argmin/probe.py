"""What Newton's step cannot see: directions without curvature, tails, and where branches meet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from closedform.argmin.newton import TINY, Spot, spot
from closedform.argmin.views import Point, View
from closedform.expr.node import Node

Array = Any
REACHES, CORRECTIONS, COMBINATIONS = (1e-3, 1e-1), 6, 4
UNSURE, FARTHER = 1e-12, range(9, 31, 3)
HALVINGS, STAYS = 60, (1e-3, 1e-1)


@dataclass
class Seen:
    """Along the null space f ``rises``, ``falls`` (in ``direction``) or stays ``flat``."""

    kind: str
    direction: Array


def along_null(view: View, at: Spot) -> Seen:
    """How f goes along the null space of the Hessian, along the floor of the valley."""
    N = at.null_space
    size, top = _size(view, at.z), float(np.abs(at.H).max(initial=0.0))
    flat = None
    for d in (sign * d for d in _directions(N) for sign in (1.0, -1.0)):
        rises = []
        for h in REACHES:
            rise = _rise_on_floor(view, at, N, h * size * d)
            small = view.flatness * max((h * size) ** 2 * top, abs(view.value(at.z)) * 1e-8)
            rises.append(0.0 if abs(rise) <= small and top else rise)
            if rises[-1] < 0:
                return Seen("falls", d)
        if not any(rises):
            flat = d
    return Seen("rises", N[:, 0]) if flat is None else Seen("flat", flat)


def _directions(N: Array) -> list[Array]:
    out = list(N.T)
    if len(out) > 1:
        rng = np.random.default_rng(7)
        mixed = N @ rng.standard_normal((N.shape[1], COMBINATIONS * N.shape[1]))
        out += list((mixed / np.linalg.norm(mixed, axis=0)).T)
    return out


def _rise_on_floor(view: View, at: Spot, N: Array, step: Array) -> float:
    """f(z + step + correction) - f(z), the correction across the null space by Newton's steps."""
    if N.shape[1] == N.shape[0]:
        return view.rise(at.z, step)
    Q = np.linalg.qr(np.hstack([N, np.eye(len(N))]))[0][:, N.shape[1] :]
    z, moved = view.move(at.z, step), step
    for _ in range(CORRECTIONS):
        g, H = view.slopes(z)
        inner = Q.T @ H @ Q
        if not np.isfinite(inner).all() or np.linalg.matrix_rank(inner) < len(inner):
            break
        more = -Q @ np.linalg.solve(inner, Q.T @ g)
        if np.linalg.norm(more) > np.linalg.norm(step):
            break
        z, moved = view.move(z, more), moved + more
    return view.rise(at.z, moved)


def _size(view: View, z: Point) -> float:
    return max(1.0, float(np.linalg.norm(view.floats(z))))


def off_plateau(view: View, at: Spot) -> Point | None:
    """Where f is flat as far as its numbers reach: a point nearer to 0 at which it is not. None where none is found."""
    z = view.floats(at.z)
    if (at.rank and np.isfinite(at.step).all()) or not np.isfinite(view.value(at.z)) or not z.any():
        return None
    ways = [*np.eye(len(z)), *-np.eye(len(z)), z / np.linalg.norm(z)]
    size = float(np.linalg.norm(z))
    if any(abs(view.rise(at.z, h * size * d)) > TINY for d in ways for h in STAYS):
        return None
    for k in range(1, HALVINGS):
        there = spot(view, view.move(at.z, (2.0**-k - 1) * z), bends=False)
        if there.rank and np.isfinite(there.step).all() and there.step.any():
            return there.z
    return None


@dataclass
class Tail:
    """How f goes on in a direction: ``unbounded``, ``limit`` (with its value) or ``stops`` falling."""

    kind: str
    limit: float | None = None


def tail(view: View, z: Point, direction: Array) -> Tail:
    """Whether f falls for ever along a direction."""
    size = _size(view, z)
    gaps = [view.rise(z, size * 10.0**k * direction) for k in range(7)]
    if np.isnan(gaps).any() or not all(b <= a for a, b in pairwise(gaps)) or gaps[-1] >= 0:
        return Tail("stops")
    if _rises_far_away(view, z, size * direction, gaps[-1]):
        return Tail("stops")
    if gaps[-1] == -np.inf or gaps[-2] - gaps[-1] > 0.5 * (gaps[-3] - gaps[-2]) > 0:
        return Tail("unbounded")
    limit = view.value(view.move(z, size * 1e7 * direction))
    return Tail("limit", 0.0 if abs(limit) <= max(1e-6 * abs(gaps[-1]), TINY) else limit)


def _rises_far_away(view: View, z: Point, d: Array, fallen: float) -> bool:
    """Whether f, after it fell, rises beyond what rounding of its terms may feign."""
    slope = abs(float(view.slopes(z)[0] @ d))
    far = ((10.0**k, view.rise(z, 10.0**k * d)) for k in FARTHER)
    return any(gap > fallen + UNSURE * slope * t for t, gap in far)


def branches_meet(view: View, at: Spot, thetas: Sequence[Node], falls: bool) -> str | None:
    """The parameter with which the rank of the Hessian changes just here: a fold or a pitchfork."""
    N = at.null_space
    if N.shape[1] != 1:
        return None
    v = N[:, 0]
    bend = view.third(at.z, v)
    held = np.linalg.pinv(at.H, rcond=1e-13)
    scale = max(1.0, float(np.abs(at.H).max(initial=0.0)))
    for theta in thetas:
        B = view.mixed(at.z, theta)
        moves = view.mixed_along(at.z, theta, v)
        for p in range(B.shape[1]):
            pushed, curved = float(v @ B[:, p]), float(v @ bend @ v)
            if abs(pushed) > 1e-12 * scale:
                if falls and abs(curved) > 1e-12 * scale:
                    return str(theta.params[0])
                continue
            shift = -held @ B[:, p]
            change = float(v @ moves[:, p]) + float(v @ bend @ shift)
            if abs(change) > 1e-12 * scale and abs(curved) <= 1e-12 * scale:
                return str(theta.params[0])
    return None
