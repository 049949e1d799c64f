"""Towards minima: trust-region Newton of SciPy on the scaled problem, from one start or several."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import scipy.optimize

from closedform.argmin.newton import equilibrated
from closedform.argmin.system import System

Array = Any
DENSE, EXACT, FAR = 300, 60, 1e7
SHORT, LEAST, NEAR = 80, 1e-300, 1e-14


class _Far(Exception):
    """The point is so far away that going on tells nothing."""


def descend(system: System, start: Array, most: int = 300) -> Array:
    """A point to which descent from ``start`` leads: a stationary one, or one far away."""
    start = np.asarray(start, float)
    g0 = system.gradient(start)
    dense = system.n <= DENSE
    s = _scales(system.hessian(start)) if dense else np.ones(system.n)
    size = float(np.abs(s * g0).max(initial=0.0))
    if not np.isfinite(size) or size == 0:
        return start
    kept, away = [start], max(1.0, float(np.abs(start / s).max(initial=0.0)))

    def point(y: Array) -> Array:
        return start + s * y

    def value(y: Array) -> float:
        v = system.value(point(y)) / size
        return v if np.isfinite(v) else 1e300

    def slope(y: Array) -> Array:
        return np.nan_to_num(s * system.gradient(point(y)) / size, nan=0.0, posinf=1e150, neginf=-1e150)

    def watch(y: Array) -> None:
        kept[0] = point(y)
        if np.abs(y).max() > FAR * away:
            raise StopIteration

    options = {"gtol": 1e-9, "maxiter": most, "initial_trust_radius": 1.0, "max_trust_radius": max(1e4, away)}
    with np.errstate(all="ignore"):
        if system.n <= EXACT:
            curvature = lambda y: np.nan_to_num(s[:, None] * system.hessian(point(y)) * s / size)  # noqa: E731
            found = _minimised(value, slope, {"hess": curvature}, "trust-exact", system.n, watch, options)
        else:
            times = lambda y, v: s * system.times(point(y), s * v) / size  # noqa: E731
            found = _minimised(value, slope, {"hessp": times}, "trust-krylov", system.n, watch, options)
            if found is None or not found.any():  # as where there is no curvature at the start
                found = _minimised(value, slope, {}, "L-BFGS-B", system.n, watch, {"gtol": 1e-9, "maxiter": most})
    return kept[0] if found is None else point(found)


def _minimised(value: Any, slope: Any, second: Any, method: str, n: int, watch: Any, options: Any) -> Array | None:
    try:
        return scipy.optimize.minimize(
            value, np.zeros(n), jac=slope, method=method, callback=watch, options=options, **second
        ).x
    except (np.linalg.LinAlgError, ValueError, FloatingPointError, UnboundLocalError):  # the last is SciPy's own slip
        return None


def damped(residual: Callable[[Array], Array], slope: Callable[[Array], Array], z: Array) -> Array:
    """Newton's steps on F = 0, shortened until the next one falls: whatever the units of F and x."""
    for _ in range(SHORT):
        F, J = residual(z), slope(z)
        weights = np.linalg.norm(J, axis=0)
        try:
            step = -np.linalg.solve(J, F)
        except np.linalg.LinAlgError:
            return z
        t, size = 1.0, float(np.linalg.norm(weights * step))
        while t > LEAST and not np.linalg.norm(weights * _step(J, residual(z + t * step))) <= (1 - t / 4) * size:
            t /= 2
        if not size > 0 or t <= LEAST or np.linalg.norm(step) <= NEAR * np.linalg.norm(z):
            return z
        z = z + t * step
    return z


def _step(J: Array, F: Array) -> Array:
    return np.linalg.solve(J, F) if np.isfinite(F).all() else np.full_like(F, np.inf)


def _scales(H: Array) -> Array:
    if not np.isfinite(H).all():
        return np.ones(len(H))
    return equilibrated(H)[0]


def starts(start: Array, count: int, scale: Array | None = None) -> Iterator[Array]:
    """The start, then points around it, ever farther; the same each time."""
    yield start
    rng = np.random.default_rng(20_24)
    size = 1.0 if not np.any(start) else max(1.0, float(np.abs(start).max()))
    for k in range(1, count):
        reach = size * (0.5, 1.0, 2.0, 4.0, 8.0)[k % 5]
        yield start + reach * rng.standard_normal(len(start))


def inside(system: System, begin: Array, z: Array) -> Array:
    """The point, or one nearer to ``begin`` at which f has a value."""
    for _ in range(12):
        if np.isfinite(system.value(z)):
            return z
        z = (z + begin) / 2
    return begin
