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
    """A row a problem and size. All are timed without PyTorch first: the memory that its derivatives leave behind
    spares JAX the first touch of each page, which a process without PyTorch pays for."""
    from problems import PROBLEMS

    asked = [(p, size) for p in PROBLEMS for size in p.sizes]
    asked = [(p, size) for p, size in asked if not only or any(word in f"{p.name} {p.kind}" for word in only)]
    without = [Row(p, size) for p, size in asked]
    for row in without:
        yield row.beside_torch()


class Row:
    """A problem at a size: its ways, those of NumPy and JAX timed at once."""

    def __init__(self, p: Any, size: tuple[int, ...]) -> None:
        import rivals

        self.p, self.size, self.d = p, size, p.data(*size)
        self.jax_mode, by_jax = rivals.best(rivals.jax_modes(p, self.d))
        self.ways = {"hand": lambda: p.hand(self.d), "jax AD": by_jax}
        self.ways |= {name: rivals.ours(p, self.d, name) for name in ("numpy", "jax")}
        self.want = self.ways["hand"]()
        self.times = self.timed(self.ways)

    def timed(self, ways: dict[str, Any]) -> dict[str, list[float]]:
        """All ways checked against the hand-written form before one is timed."""
        import rivals

        for name, way in ways.items():
            if not rivals.agrees(self.p, self.d, way(), self.want):
                raise AssertionError(f"{self.p.name}, {self.p.kind}, {self.size}: {name} is not the hand-written form")
        start = time.perf_counter()
        for way in ways.values():
            way()
        rounds = FEW if time.perf_counter() - start > SLOW else ROUNDS
        if self.p.kind in DENSE:  # not a way: no more than the writing of a result
            ways = ways | {"floor": rivals.written(self.want, getattr(self.d, self.p.by))}
        return rivals.in_turn(ways, rounds)

    def beside_torch(self) -> dict[str, Any]:
        """The row, PyTorch's ways timed among all others."""
        import rivals

        mode, by_torch = rivals.best(rivals.torch_modes(self.p, self.d))
        every = self.timed({**self.ways, "torch": rivals.ours(self.p, self.d, "torch"), "torch AD": by_torch})
        t = {"torch": every["torch"], "torch AD": every["torch AD"]} | self.times
        return {
            "name": self.p.name, "kind": self.p.kind, "size": self.size, "modes": [self.jax_mode, mode],
            "us": {name: 1e6 * median(seconds) for name, seconds in t.items()},
            "ours/hand": rivals.ratio(t["numpy"], t["hand"]),
            "ours/jax": rivals.ratio(t["jax"], t["jax AD"]),
            "AD/ours": rivals.ratio(t["jax AD"], t["jax"]),
            "AD/ours beside torch": rivals.ratio(every["jax AD"], every["jax"]),
            "AD/floor": rivals.ratio(t["jax AD"], t["floor"]) if "floor" in t else None,
            "best AD/ours": rivals.ratio(_least(every, "jax AD", "torch AD"), _least(every, "numpy", "jax", "torch")),
        }  # fmt: skip


def _least(times: dict[str, list[float]], *of: str) -> list[float]:
    """The rounds of the fastest of several ways."""
    return times[min(of, key=lambda name: median(times[name]))]


if __name__ == "__main__":
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    print(json.dumps(list(rows(sys.argv[1:]))))
