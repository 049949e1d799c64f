"""Kinks that a number from few meets: sign(y) where y is 0 or 1, sign(i - j) where i may be j.

At a random number a kink is not met; here it is one of few points. The sign of 0 is taken for an unknown number: what
holds whatever it is holds, |y| = y and the derivative of relu(y*x) at y = 0 among it.
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any

import flint
from flint import arb

from closedform.check.ball import Ball
from closedform.check.core.evaluate import OutOfTime
from closedform.check.core.jet import Redraw, Unfit
from closedform.check.core.sides import Claim, sides
from closedform.check.far import at_point
from closedform.check.real import agree
from closedform.check.scene import Scene

CASES, LEASTS, BITS = 128, (4, 3, 2), 1000


class Beside(Ball):
    """Numbers where the sign of 0 is an unknown one, the same each time, and the root of 0 is 0."""

    def __init__(self, rng: Random) -> None:
        super().__init__(rng)
        self.unknown = self.draw()

    def scalar(self, name: str, u: Any) -> Any:
        if u == 0 and (name == "turn" or name.startswith("root")):
            return self.unknown if name == "turn" else arb(0)
        return super().scalar(name, u)


def at_kinks(claim: Claim, scene: Scene, rng: Random, deadline: float) -> bool:
    """Whether the sides agree at all values of what is 0 or 1, or an index, that are at a kink; those told in time."""
    free, scene.free = scene.free, False
    try:
        with flint.ctx.workprec(BITS):
            return all(agrees(claim, scene, rng, sizes, deadline) for sizes in cases(scene, rng))
    except OutOfTime:
        return False
    finally:
        scene.free, scene.given, scene.places = free, {}, {}


def cases(scene: Scene, rng: Random) -> Iterator[dict[str, int]]:
    """The largest sizes at which there are few values, and each of these; else the smallest, and some of them.

    Among these are all the least and all the largest.
    """
    for least in LEASTS:
        sizes = {name: max(least + k, scene.least.get(name, 1)) for k, name in enumerate(sorted(scene.size_names))}
        if scene.cases(sizes) <= CASES:
            yield from (sizes for _ in scene.each_case(sizes))
            return
    for k in range(CASES):
        ends = scene.ends(sizes)
        same = {name: two[k] if k < len(two) else rng.choice(two) for name, two in scene.bits.items()}
        alike = k < 2 or k % 2
        scene.given = {name: some(scene, rng, name, sizes, one if alike else None) for name, one in same.items()}
        scene.places = {name: rng.choice((1, end, rng.randint(1, end))) for name, end in ends.items()}
        yield sizes


def some(scene: Scene, rng: Random, name: str, sizes: dict[str, int], same: int | None) -> tuple[int, ...]:
    """Entries all the same, or at random."""
    return tuple(rng.choice(scene.bits[name]) if same is None else same for _ in range(scene.count(name, sizes)))


def agrees(claim: Claim, scene: Scene, rng: Random, sizes: dict[str, int], deadline: float) -> bool:
    try:
        return agree(sides(claim, at_point(scene, Beside(rng), rng, sizes, deadline))) is not False
    except (Redraw, Unfit, ZeroDivisionError):
        return True
