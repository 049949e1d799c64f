"""Generated code beside hand-written code and automatic differentiation, measured in a process of its own."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterator
from statistics import median
from typing import Any

ROUNDS, FEW = 15, 7
DENSE = ("Hessian", "Jacobian")
SLOW = 0.05
"""Seconds a call from which fewer rounds are taken."""


def rows(only: list[str]) -> Iterator[dict[str, Any]]:
    """A row a problem and size, all ways checked against the hand-written form before one is timed."""
    from problems import PROBLEMS

    for p in PROBLEMS:
        for size in p.sizes:
            if not only or any(word in f"{p.name} {p.kind}" for word in only):
                yield row(p, size)


def row(p: Any, size: tuple[int, ...]) -> dict[str, Any]:
    import rivals

    d = p.data(*size)
    jax_mode, by_jax = rivals.best(rivals.jax_modes(p, d))
    torch_mode, by_torch = rivals.best(rivals.torch_modes(p, d))
    ways = {
        "hand": lambda: p.hand(d), **{name: rivals.ours(p, d, name) for name in ("numpy", "jax", "torch")},
        "jax AD": by_jax, "torch AD": by_torch,
    }  # fmt: skip
    want = ways["hand"]()
    for name, way in ways.items():
        if not rivals.agrees(p, d, way(), want):
            raise AssertionError(f"{p.name}, {p.kind}, {size}: {name} disagrees with the hand-written form")
    start = time.perf_counter()
    for way in ways.values():
        way()
    if p.kind in DENSE:
        ways["floor"] = rivals.written(want, getattr(d, p.by))  # not a way: no more than the writing of a result
    times = rivals.in_turn(ways, FEW if time.perf_counter() - start > SLOW else ROUNDS)
    return {
        "name": p.name, "kind": p.kind, "size": size, "modes": [jax_mode, torch_mode],
        "us": {name: 1e6 * median(t) for name, t in times.items()},
        "ours/hand": rivals.ratio(times["numpy"], times["hand"]),
        "ours/jax": rivals.ratio(times["jax"], times["jax AD"]),
        "AD/ours": rivals.ratio(times["jax AD"], times["jax"]),
        "AD/floor": rivals.ratio(times["jax AD"], times["floor"]) if "floor" in times else None,
        "best AD/ours": rivals.ratio(_least(times, "jax AD", "torch AD"), _least(times, "numpy", "jax", "torch")),
    }  # fmt: skip


def _least(times: dict[str, list[float]], *of: str) -> list[float]:
    """The rounds of the fastest of several ways."""
    return times[min(of, key=lambda name: median(times[name]))]


if __name__ == "__main__":
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    print(json.dumps(list(rows(sys.argv[1:]))))
