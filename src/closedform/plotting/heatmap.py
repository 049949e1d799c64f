"""A matrix as a heat map with its structure in words; a Hessian with its eigenvalues beside it."""

from __future__ import annotations

from typing import Any

import numpy as np

from closedform.plotting.picture import Picture, figure
from closedform.plotting.words import ZERO, at_point, counted, structure

Array = Any
NUMBERS = 10
"""Up to so many rows and columns the numbers stand in the cells."""
SIGNS = 60


def heat_map(matrix: Array, title: str, facts: tuple[str, ...]) -> Picture:
    """The entries by size: white is 0, negative ones have a minus."""
    words = _words(matrix, facts)
    made = figure(max(4.2, min(8.0, 0.55 * matrix.shape[1] + 2.2)), max(3.4, min(8.0, 0.45 * matrix.shape[0] + 1.6)))
    _matrix(made, made.add_subplot(), matrix, f"{title}\n{words}")
    return Picture(made, (f"{title}: {matrix.shape[0]}×{matrix.shape[1]}, {words}",))


def hessian_map(matrix: Array, title: str, facts: tuple[str, ...], slope: float, scale: float) -> Picture:
    """A Hessian beside its eigenvalues, with the word for the function at this point."""
    eigenvalues = np.linalg.eigvalsh((matrix + matrix.T) / 2)[::-1]
    word = at_point(eigenvalues, slope, scale)
    words = _words(matrix, facts)
    made = figure(max(7.0, min(12.0, 0.55 * matrix.shape[1] + 6.0)), max(3.6, min(8.0, 0.45 * matrix.shape[0] + 1.6)))
    left, right = made.subplots(1, 2, width_ratios=[1.3, 1])
    _matrix(made, left, matrix, f"{title}\n{words}")
    _stems(right, eigenvalues, word)
    up, down, flat = counted(eigenvalues)
    shown = ", ".join(f"{e:.4g}" for e in (eigenvalues if len(eigenvalues) <= NUMBERS else eigenvalues[[0, -1]]))
    label = "eigenvalues" if len(eigenvalues) <= NUMBERS else "largest and smallest eigenvalue"
    counts = f"{up} up, {down} down, {flat} flat"
    size = f"{matrix.shape[0]}×{matrix.shape[1]}"
    return Picture(made, (f"{title}: {size}, {words}", f"{label} {shown} ({counts}): {word}"))


def _words(matrix: Array, facts: tuple[str, ...]) -> str:
    """What is proved of the formula for every value, then what these numbers are."""
    found = structure(matrix)
    more = [f for f in facts if f not in found]
    return found + (f"; for every value {', '.join(more)}" if more else "")


def _matrix(made: Any, axes: Any, matrix: Array, title: str) -> None:
    size = np.abs(matrix)
    top = float(size.max(initial=0.0)) or 1.0
    image = axes.imshow(size, cmap="Greys", vmin=0, vmax=top, interpolation="nearest", aspect="equal")
    rows, cols = matrix.shape
    if max(rows, cols) <= NUMBERS:
        _numbers(axes, matrix, top)
    elif max(rows, cols) <= SIGNS:
        i, j = np.nonzero(matrix < -ZERO * top)
        for a, b in zip(i, j, strict=True):
            light = "white" if size[a, b] > top / 2 else "black"
            axes.text(b, a, "−", ha="center", va="center", fontsize=6, color=light)
    axes.set_title(title, fontsize=9)
    axes.set(xticks=_ticks(cols), yticks=_ticks(rows))
    axes.set_xticklabels([str(k + 1) for k in _ticks(cols)])
    axes.set_yticklabels([str(k + 1) for k in _ticks(rows)])
    made.colorbar(image, ax=axes, shrink=0.8, label="size of the entry (− : negative)")


def _ticks(n: int) -> list[int]:
    return list(range(0, n, max(1, n // 10)))


def _numbers(axes: Any, matrix: Array, top: float) -> None:
    for (i, j), x in np.ndenumerate(matrix):
        shown = "0" if abs(x) <= ZERO * top else f"{x:.3g}".replace("-", "−")
        axes.text(j, i, shown, ha="center", va="center", fontsize=8, color="white" if abs(x) > 0.55 * top else "black")


def _stems(axes: Any, eigenvalues: Array, word: str) -> None:
    """▲ up, ▼ down, ○ flat."""
    near = ZERO * float(np.abs(eigenvalues).max(initial=0.0))
    at = np.arange(1, len(eigenvalues) + 1)
    axes.vlines(at, 0, eigenvalues, color="black", linewidth=0.9)
    up, down = eigenvalues > near, eigenvalues < -near
    kinds = (("^", up, "up"), ("v", down, "down"), ("o", ~up & ~down, "flat"))
    for marker, which, label in kinds:
        if which.any():
            axes.plot(at[which], eigenvalues[which], marker, color="black", markerfacecolor="white", label=label)
    axes.axhline(0, color="black", linewidth=0.8)
    axes.set(xlabel="number", ylabel="eigenvalue", xlim=(0.4, len(eigenvalues) + 0.6))
    axes.set_xticks([k + 1 for k in _ticks(len(eigenvalues))])
    axes.set_title(word.replace(": ", ":\n", 1), fontsize=9)
    axes.legend(fontsize=8)
