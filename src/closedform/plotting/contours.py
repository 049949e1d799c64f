"""Contours of a function of two numbers, with gradient arrows and a descent path; of one number, its curve."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from closedform.errors import ClosedformError
from closedform.plotting.picture import Picture, figure
from closedform.plotting.plane import Path, Plane, descent

Array = Any
Span = tuple[float, float]
FINE, COARSE = 61, 13
LEVELS = 11
REACH = 3.0


def contours(on: Plane, title: str, spans: Sequence[Span], start: Sequence[float] | None) -> Picture:
    """Level curves with their values, arrows along the gradient, and where descent goes from ``start``."""
    u_span, v_span = _spans(spans, on.centre)
    u, v = np.linspace(*u_span, FINE), np.linspace(*v_span, FINE)
    with np.errstate(all="ignore"):
        z = np.array([[on.value(np.array([a, b])) for a in u] for b in v])
        path = descent(on, start if start is not None else _start(on, u_span, v_span))
    if not np.isfinite(z).any():
        raise ClosedformError("the function has no value anywhere in this window", hint="Choose another range.")
    made = figure(6.4, 5.2)
    axes = made.add_subplot()
    shown = np.ma.masked_invalid(z)
    levels = level_values(z)
    axes.contourf(u, v, shown, levels=levels, cmap="Greys", alpha=0.35, extend="both")
    lines = axes.contour(u, v, shown, levels=levels, colors="black", linewidths=0.7)
    axes.clabel(lines, fontsize=7, fmt=lambda x: f"{x:.3g}")
    _arrows(axes, on, u_span, v_span)
    _path(axes, path, (u_span, v_span))
    axes.set(xlim=u_span, ylim=v_span, xlabel=on.names[0], ylabel=on.names[1], title=title)
    axes.legend(loc="upper right", fontsize=7, framealpha=0.9)
    end = path.points[-1]
    window = ", ".join(f"{n} from {a:g} to {b:g}" for n, (a, b) in zip(on.names, (u_span, v_span), strict=True))
    went = f"descent from {_point(path.points[0])} to {_point(end)}, value {path.values[-1]:.4g}"
    return Picture(made, (f"{title} over {window}", f"{went} in {len(path.points) - 1} steps: {path.reason}"))


def _spans(spans: Sequence[Span], centre: Array) -> tuple[Span, Span]:
    around = [(c - REACH, c + REACH) for c in centre]
    chosen = [*spans, *([spans[-1]] * (2 - len(spans)) if spans else around)][:2]
    for low, high in chosen:
        if not low < high:
            raise ClosedformError(f"a range goes from a smaller to a larger number; this is {low:g} to {high:g}")
    return chosen[0], chosen[1]


def level_values(z: Array) -> Array:
    """Levels that show the function everywhere: at equal shares of the area, and so close at a minimum."""
    finite = z[np.isfinite(z)]
    found = np.unique(np.quantile(finite, np.linspace(0.02, 0.98, LEVELS)))
    if len(found) < 2:
        return np.array([finite.min() - 1, finite.min(), finite.min() + 1])
    return found


def _start(on: Plane, u_span: Span, v_span: Span) -> Array:
    """A point near a corner where the function has a value."""
    places = [(0.15, 0.85), (0.85, 0.85), (0.85, 0.15), (0.15, 0.15), (0.5, 0.5)]
    for a, b in places:
        p = np.array([u_span[0] + a * (u_span[1] - u_span[0]), v_span[0] + b * (v_span[1] - v_span[0])])
        if np.isfinite(on.value(p)) and np.isfinite(on.slope(p)).all():
            return p
    return np.array([np.mean(u_span), np.mean(v_span)])


def _arrows(axes: Any, on: Plane, u_span: Span, v_span: Span) -> None:
    """Of one length on the page for each power of the slope: steep places do not hide the rest."""
    u, v = (np.linspace(*s, COARSE + 2)[1:-1] for s in (u_span, v_span))
    points = np.array([[a, b] for b in v for a in u])
    with np.errstate(all="ignore"):
        slopes = np.array([on.slope(p) for p in points])
    scale = np.array([u_span[1] - u_span[0], v_span[1] - v_span[0]])
    norms = np.linalg.norm(slopes, axis=1)
    keep = np.isfinite(norms) & (norms > 0)
    if not keep.any():
        return
    points, slopes, norms = points[keep], slopes[keep], norms[keep]
    length = 0.35 + 0.65 * np.sqrt(norms / norms.max())
    arrows = slopes / norms[:, None] * length[:, None] * scale.min() / COARSE * 0.8
    axes.quiver(
        points[:, 0], points[:, 1], arrows[:, 0], arrows[:, 1], angles="xy", scale_units="xy", scale=1, width=0.0025,
        color="0.25", label="gradient (uphill)",
    )  # fmt: skip


def _path(axes: Any, path: Path, window: Sequence[Span]) -> None:
    p = path.points
    axes.plot(p[:, 0], p[:, 1], "-", color="black", linewidth=1.8, marker="o", markersize=2.5, label="descent path")
    axes.plot(*p[0], "s", color="white", markeredgecolor="black", markersize=8, label="start", zorder=5)
    if not all(low <= x <= high for x, (low, high) in zip(p[-1], window, strict=True)):
        return
    marker, size, word = ("*", 14, "minimum") if path.minimum else ("o", 8, "end")
    axes.plot(*p[-1], marker, color="white", markeredgecolor="black", markersize=size, label=word, zorder=5)


def _point(p: Array) -> str:
    return "(" + ", ".join(f"{0.0 if abs(x) < 5e-7 else x:.4g}" for x in p) + ")"


def curve(
    value: Callable[[float], float], slope: Callable[[float], float], name: str, title: str, span: Span, at: float
) -> Picture:
    """A function of one number, its derivative, and the tangent at a point."""
    if not span[0] < span[1]:
        raise ClosedformError(f"a range goes from a smaller to a larger number; this is {span[0]:g} to {span[1]:g}")
    t = np.linspace(*span, 301)
    with np.errstate(all="ignore"):
        y, dy = (np.array([g(float(s)) for s in t]) for g in (value, slope))
        here, steep = value(at), slope(at)
    made = figure(6.4, 4.2)
    axes = made.add_subplot()
    axes.plot(t, y, "-", color="black", linewidth=1.8, label="f")
    axes.plot(t, dy, "--", color="black", linewidth=1.0, label="derivative")
    if np.isfinite([here, steep]).all():
        tangent = here + steep * (t - at)
        axes.plot(t, tangent, ":", color="0.3", linewidth=1.4, label=f"tangent at {at:g}")
    axes.plot([at], [here], "o", color="white", markeredgecolor="black")
    axes.axhline(0, color="0.7", linewidth=0.6)
    finite = y[np.isfinite(y)]
    if finite.size:
        margin = 0.1 * (np.ptp(finite) or 1.0)
        axes.set_ylim(finite.min() - margin, finite.max() + margin)
    axes.set(xlabel=name, title=title, xlim=span)
    axes.legend(fontsize=8)
    words = f"at {name} = {at:g}: value {here:.6g}, slope {steep:.6g}"
    return Picture(made, (f"{title} for {name} from {span[0]:g} to {span[1]:g}", words))
