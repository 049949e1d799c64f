"""Processor times of several actions, taken in turn, and their ratios round by round."""

from __future__ import annotations

import math
import random
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from statistics import median
from typing import Any

Thunk = Callable[[], Any]
SLICE = 0.004
"""Seconds that one round gives an action at least."""


def in_turn(actions: Mapping[str, Thunk], rounds: int, each: float = SLICE) -> dict[str, list[float]]:
    """Seconds of the processor a call, a number a round, each round in an order of its own; all are warm."""
    often = {}
    for name, action in actions.items():
        action()
        one = min(once(action) for _ in range(2))
        often[name] = max(1, min(2000, math.ceil(each / max(one, 1e-7))))
    found: dict[str, list[float]] = {name: [] for name in actions}
    order, mix = list(actions), random.Random(1)
    for _ in range(rounds):
        mix.shuffle(order)
        for name in order:
            if often[name] > 1:
                actions[name]()  # what the one before it left in the caches is not to its cost
            found[name].append(several(actions[name], often[name]))
    return found


def once(action: Thunk) -> float:
    return several(action, 1)


def several(action: Thunk, times: int) -> float:
    start = time.process_time()
    for _ in range(times):
        action()
    return (time.process_time() - start) / times


def ratio(above: Sequence[float], below: Sequence[float]) -> tuple[float, float, float]:
    """The median of the ratios round by round, and an interval of that median (95 %, by order statistics)."""
    ratios = sorted(a / b for a, b in zip(above, below, strict=True))
    n = len(ratios)
    k = max(0, math.floor(n / 2 - 0.98 * math.sqrt(n)))
    return median(ratios), ratios[k], ratios[n - 1 - k]


def geometric(values: Iterable[float]) -> float:
    logs = [math.log(v) for v in values]
    return math.exp(sum(logs) / len(logs))
