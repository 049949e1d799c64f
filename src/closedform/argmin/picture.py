"""f around a point: along the Newton step, and along the flattest direction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from closedform.argmin.large import Large
from closedform.argmin.newton import spot
from closedform.argmin.system import System
from closedform.plotting.picture import Picture, figure

if TYPE_CHECKING:
    from closedform.argmin.solution import Solution

Array = Any
FINE, STEPS = 201, 4
SMALL = 1e-8


@dataclass
class Line:
    """A direction of length 1, how far f is drawn along it, and the curvature there."""

    name: str
    d: Array
    reach: float
    curvature: float


def picture(s: Solution) -> Picture:
    """Two curves with the quadratic model of each. Raises ClosedformError where matplotlib is not installed."""
    problem = s.problem
    z = problem.free(s.x)
    lines = _lines(s, z)
    made = figure(4.2 * len(lines), 3.6)
    with np.errstate(all="ignore"):
        for axes, line in zip(np.atleast_1d(made.subplots(1, len(lines))), lines, strict=True):
            _draw(axes, problem.system, z, line)
    left = " under constraints; along the curves they need not hold" if problem.constraints else ""
    title = f"f around {problem.block.name}: {s.verdict.kind.replace('-', ' ')}{left}"
    made.suptitle(title, fontsize=10)
    words = [f"{line.name} {_shown(line.d)}: curvature {line.curvature:.4g}" for line in lines]
    return Picture(made, (title, *words))


def _lines(s: Solution, z: Array) -> list[Line]:
    system = s.problem.system
    size = max(1.0, float(np.linalg.norm(z)))
    if s.large is not None:
        low, _, v = Large(system, z).spectrum
        return [Line("flattest direction", v, size, low)]
    n = s.problem.width
    at = spot(s.problem.view, s.problem.view.point(z))
    H, step = at.H[:n, :n], at.step[:n]
    values, vectors = np.linalg.eigh(H) if np.isfinite(H).all() else (np.zeros(n), np.eye(n))
    order = np.argsort(np.abs(values), kind="stable")
    flat, steep = order[0], order[-1]
    out = []
    length = float(np.linalg.norm(step)) if np.isfinite(step).all() else 0.0
    if length > SMALL * size:
        d = step / length
        out.append(Line("Newton step", d, STEPS * length, float(d @ H @ d)))
    elif n > 1:
        out.append(Line("steepest direction", _turned(vectors[:, steep]), size, float(values[steep])))
    if n > 1 or not out:
        out.append(Line("flattest direction", _turned(vectors[:, flat]), size, float(values[flat])))
    return out


def _turned(d: Array) -> Array:
    """With the largest entry positive."""
    return d if d[int(np.argmax(np.abs(d)))] >= 0 else -d


def _draw(axes: Any, system: System, z: Array, line: Line) -> None:
    t = np.linspace(-line.reach, line.reach, FINE)
    y = np.array([system.value(z + s * line.d) for s in t])
    here, slope = system.value(z), float(system.gradient(z) @ line.d)
    axes.plot(t, y, "-", color="black", linewidth=1.6, label="f")
    axes.plot(t, here + slope * t + line.curvature * t**2 / 2, ":", color="0.3", label="quadratic model")
    axes.plot([0], [here], "o", color="white", markeredgecolor="black", label="the point")
    if line.name == "Newton step":
        steps = line.reach / STEPS * np.arange(1, STEPS + 1)
        axes.plot(steps, [system.value(z + s * line.d) for s in steps], "|", color="black", label="steps")
    finite = y[np.isfinite(y)]
    if finite.size:
        margin = 0.1 * (float(np.ptp(finite)) or 1.0)
        axes.set_ylim(finite.min() - margin, finite.max() + margin)
    axes.set(xlabel=f"{line.name} {_shown(line.d)}")
    axes.legend(fontsize=7)


def _shown(d: Array) -> str:
    return "(" + ", ".join(f"{0.0 if abs(v) < 5e-7 else v:.4g}" for v in d[:6]) + (", …)" if len(d) > 6 else ")")
