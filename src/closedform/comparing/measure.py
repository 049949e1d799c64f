"""Measuring one call: compile time, seconds with spread, memory, the largest error."""

from __future__ import annotations

import time
import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median, quantiles
from typing import Any

import numpy as np

Array = Any
LEAST, FEW = 3, 8
ENOUGH = 0.15
"""Seconds of runs after which no more are made, once there are enough."""
SHORT = 0.0005
"""Calls shorter than this are timed several at a time: the clock is not fine enough."""


@dataclass(frozen=True)
class Cell:
    """One contender at one size. ``seconds`` are those of each run, after one call that is not counted.

    ``compile`` is what the first call took beyond a usual one, ``memory`` the bytes at the peak of a call (None where
    the library does not tell), ``error`` the largest difference from the closed form beside the largest entry.
    ``refused`` says why there is no measurement.
    """

    size: int
    seconds: tuple[float, ...] = ()
    compile: float = 0.0
    memory: int | None = None
    error: float = float("nan")
    refused: str = ""

    @property
    def median(self) -> float:
        return median(self.seconds) if self.seconds else float("nan")

    @property
    def spread(self) -> float:
        """From one end to the other."""
        low, high = self.ends
        return high - low

    @property
    def ends(self) -> tuple[float, float]:
        """The first and third quartile; of fewer than eight runs, the fastest and the slowest."""
        if not self.seconds:
            return float("nan"), float("nan")
        if len(self.seconds) < FEW:
            return min(self.seconds), max(self.seconds)
        first, _, third = quantiles(self.seconds, n=4)
        return first, third


def measured(size: int, call: Callable[[], Array], build: float, runs: int, truth: Array) -> Cell:
    """Call once, then at least ``runs`` times."""
    start = time.perf_counter()
    found = call()
    first = time.perf_counter() - start
    seconds = _runs(call, max(runs, LEAST))
    usual = median(seconds)
    return Cell(size, tuple(seconds), build + max(0.0, first - usual), None, error(found, truth))


def _runs(call: Callable[[], Array], least: int) -> list[float]:
    start = time.perf_counter()
    call()
    once = time.perf_counter() - start
    several = max(1, int(SHORT / max(once, 1e-7)))
    out: list[float] = []
    begun = time.perf_counter()
    while len(out) < least or (time.perf_counter() - begun < ENOUGH and len(out) < 10 * least):
        start = time.perf_counter()
        for _ in range(several):
            call()
        out.append((time.perf_counter() - start) / several)
    return out


def error(found: Array, truth: Array) -> float:
    """The largest difference, beside the largest entry of the truth.

    >>> error(np.array([1.0, 2.0]), np.array([1.0, 2.5]))
    0.2
    """
    a, b = np.asarray(found, float), np.asarray(truth, float)
    if a.shape != b.shape:
        a = a.reshape(b.shape)
    size = float(np.abs(b).max(initial=0.0))
    return float(np.abs(a - b).max(initial=0.0)) / (size or 1.0)


def peak(call: Callable[[], Array]) -> int:
    """Bytes that a call of NumPy takes at its peak, its result included."""
    tracemalloc.start()
    try:
        call()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
