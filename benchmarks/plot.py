"""The plot of the page: how ours stands to the best automatic differentiation."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("Agg")
from matplotlib import pyplot as plt

COLOURS = {"gradient": "#4477aa", "HVP": "#66ccee", "Hessian": "#ee6677", "Jacobian": "#ccbb44"}


def plot(rows: list[dict[str, Any]], file: Path) -> None:
    """A point a problem and size, on a logarithmic scale; 1 is the best of JAX and PyTorch."""
    figure, axes = plt.subplots(figsize=(8, 0.23 * len(rows) + 1.2))
    names = [f"{r['name']}, {r['kind']}, {'×'.join(map(str, r['size']))}" for r in rows]
    for k, r in enumerate(rows):
        middle, low, high = r["best AD/ours"]
        axes.plot([low, high], [k, k], color=COLOURS[r["kind"]], linewidth=1)
        axes.plot(middle, k, "o", color=COLOURS[r["kind"]], markersize=5)
    axes.axvline(1, color="grey", linewidth=0.8)
    axes.set_xscale("log")
    axes.set_yticks(range(len(rows)), names, fontsize=7)
    axes.invert_yaxis()
    axes.set_xlabel("time of the best AD (JAX, PyTorch) / time of the best of ours (NumPy, JAX, PyTorch)")
    handles = [plt.Line2D([], [], marker="o", linestyle="", color=c, label=kind) for kind, c in COLOURS.items()]
    axes.legend(handles=handles, fontsize=7, loc="lower right")
    figure.tight_layout()
    figure.savefig(file, dpi=110, metadata={"Software": None})
    plt.close(figure)
