"""How long something takes: the least of a few runs; what else a machine does makes a run longer, never shorter."""

from __future__ import annotations

from collections.abc import Callable
from time import process_time

RUNS = 4


def seconds(ask: Callable[[], object], enough: float) -> float:
    """The processor's time of the fastest run; no further run where one took less than ``enough``."""
    least = float("inf")
    for _ in range(RUNS):
        start = process_time()
        ask()
        least = min(least, process_time() - start)
        if least < enough:
            break
    return least
