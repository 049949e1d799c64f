"""What was measured: a table, a plot, JSON."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from closedform.comparing.contenders import FUNCTION
from closedform.comparing.measure import Cell
from closedform.comparing.question import Question
from closedform.plotting.picture import Picture, figure

if TYPE_CHECKING:
    from closedform.check.certificate import Certificate

MARKERS = "os^Dv*xP"
LINES = ("-", "--", "-.", ":")


@dataclass(frozen=True)
class Row:
    """A contender over the sizes. ``growth`` is the power of the size that its time grows with (None: not seen)."""

    name: str
    cells: tuple[Cell, ...]

    @property
    def growth(self) -> float | None:
        """The slope of log time over log size in the upper half of the sizes, where overhead counts least."""
        seen = [(c.size, c.median) for c in self.cells if c.seconds]
        seen = seen[-max(2, (len(seen) + 1) // 2) :]
        if len(seen) < 2 or seen[0][0] == seen[-1][0]:
            return None
        x, y = (np.log(np.array(column)) for column in zip(*seen, strict=True))
        return float(np.polyfit(x, y, 1)[0])


@dataclass
class Comparison:
    """The measurements of each contender at each size; ``str()`` is the table.

    ``missing`` names contenders whose library is not installed; ``stopped`` says "interrupted" or "out of time" where
    not everything was measured.
    """

    question: Question
    sizes: tuple[int, ...]
    missing: list[str]
    cells: dict[str, list[Cell]]
    certificate: Certificate | None = None
    stopped: str = ""

    @property
    def rows(self) -> list[Row]:
        """The function itself first, then the contenders."""
        return [Row(name, tuple(cells)) for name, cells in self.cells.items() if cells]

    def ratio(self, cell: Cell) -> float:
        """What a call costs in calls of the function itself, compiled for NumPy, at the same size."""
        own = next((c for c in self.cells.get(FUNCTION.name, []) if c.size == cell.size), None)
        return cell.median / own.median if own is not None and own.seconds and cell.seconds else math.nan

    def __str__(self) -> str:
        return self.text

    @property
    def text(self) -> str:
        """A table for each size, then how the times grow."""
        q = self.question
        name = q.function._context.whole
        out = [f"{q.op} by {q.by} of {name} = {q.function.text}", f"closed form: {q.derivative.text}"]
        if self.certificate is not None:
            out.append(f"certificate: {self.certificate.line()}")
        for size in sorted({c.size for row in self.rows for c in row.cells}):
            table = [HEAD, *(self._line(row.name, c) for row in self.rows for c in row.cells if c.size == size)]
            out += ["", f"size {size}", *_aligned(table)]
        grown = [(row.name, row.growth) for row in self.rows]
        if any(g is not None for _, g in grown):
            out += ["", "time grows with the size to the power"]
            out += [f"  {name:<24} {g:.2f}" for name, g in grown if g is not None]
        if self.missing:
            out += ["", f"not installed: {', '.join(self.missing)}"]
        if self.stopped:
            out += ["", f"{self.stopped}: this is what was measured until then"]
        return "\n".join(out)

    def _line(self, name: str, c: Cell) -> list[str]:
        if c.refused:
            return [name, f"not measured: {c.refused}"]
        ratio = self.ratio(c)
        return [
            name, seconds(c.median), f"± {seconds(c.spread / 2)}", str(len(c.seconds)),
            "" if math.isnan(ratio) else times(ratio), seconds(c.compile), memory(c.memory),
            "–" if name == FUNCTION.name else f"{c.error:.1e}",
        ]  # fmt: skip

    def record(self) -> dict[str, Any]:
        """Everything as plain values, for JSON."""
        q = self.question
        return {
            "op": q.op, "by": q.by, "derivative": q.derivative.text, "sizes": list(self.sizes),
            "missing": self.missing, "stopped": self.stopped or None,
            "rows": [
                {
                    "name": row.name, "growth": row.growth,
                    "cells": [
                        {
                            "size": c.size, "seconds": list(c.seconds), "median": _plain(c.median),
                            "spread": _plain(c.spread), "compile": c.compile, "memory": c.memory,
                            "error": _plain(c.error), "in_units_of_the_function": _plain(self.ratio(c)),
                            "refused": c.refused or None,
                        }
                        for c in row.cells
                    ],
                }
                for row in self.rows
            ],
        }  # fmt: skip

    def plot(self) -> Picture:
        """Seconds a call over the sizes, each contender with its own marker and line; bars for the spread."""
        made = figure(7.0, 4.6)
        axes = made.add_subplot()
        for k, row in enumerate(self.rows):
            seen = [c for c in row.cells if c.seconds]
            if not seen:
                continue
            middle = np.array([c.median for c in seen])
            ends = np.abs(np.array([c.ends for c in seen]).T - middle)
            axes.errorbar(
                [c.size for c in seen], middle, yerr=ends, marker=MARKERS[k % len(MARKERS)],
                linestyle=LINES[k % len(LINES)], color="black" if k < 4 else "0.45", markerfacecolor="white",
                linewidth=1.1, capsize=2, label=row.name,
            )  # fmt: skip
        axes.set(xscale="log", yscale="log", xlabel="size", ylabel="seconds a call")
        q = self.question
        axes.set_title(f"{q.op} by {q.by} of {_short(q.function.unicode)}", fontsize=10)
        axes.grid(True, which="major", color="0.9")
        axes.legend(fontsize=7)
        sizes = ", ".join(map(str, self.sizes))
        return Picture(made, (f"seconds a call of {len(self.rows)} ways at sizes {sizes}",))


HEAD = ["", "a call", "spread", "runs", "in calls of f", "compile", "memory", "largest error"]


def _short(text: str) -> str:
    return text if len(text) <= 50 else text[:49] + "…"


def _aligned(rows: list[list[str]]) -> list[str]:
    wide = [max(len(row[k]) for row in rows if len(row) == len(HEAD)) for k in range(len(HEAD))]
    wide[0] = max(len(row[0]) for row in rows)
    return [
        f"  {row[0]:<{wide[0]}}  " + "  ".join(cell.rjust(wide[k]) for k, cell in enumerate(row) if k)
        if len(row) == len(HEAD) else f"  {row[0]:<{wide[0]}}  {row[1]}"
        for row in rows
    ]  # fmt: skip


def times(ratio: float) -> str:
    """How many times, for people.

    >>> times(0.123456), times(2.34), times(1234.5)
    ('0.12×', '2.3×', '1234×')
    """
    return f"{ratio:.2g}×" if ratio < 10 else f"{ratio:.0f}×"


def seconds(value: float) -> str:
    """A time for people.

    >>> seconds(0.00123), seconds(2.5e-6), seconds(3.0)
    ('1.23 ms', '2.5 µs', '3 s')
    """
    if math.isnan(value):
        return "–"
    unit, name = next(((u, n) for u, n in UNITS if value >= u), UNITS[-1])
    return f"{value / unit:.3g} {name}"


UNITS = ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs"), (1e-9, "ns"))


def memory(found: int | None) -> str:
    """Bytes for people; a dash where the library does not tell."""
    if found is None:
        return "–"
    unit, name = next(((u, n) for u, n in ((10**9, "GB"), (10**6, "MB"), (10**3, "kB")) if found >= u), (1, "B"))
    return f"{found / unit:.3g} {name}"


def _plain(value: float) -> float | None:
    return None if math.isnan(value) else value
