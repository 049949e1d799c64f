"""A point at which the two sides of a claim differ, to show to people: of small integers where there is one."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any

import flint

from closedform.check.ball import Ball
from closedform.check.certificate import Claim
from closedform.check.core.jet import Redraw, Unfit
from closedform.check.core.sides import sides
from closedform.check.far import at_point
from closedform.check.real import apart
from closedform.check.scene import Scene

BITS, AGAIN = 2600, 8


def counterexample(claim: Claim, scene: Scene, rng: Random, deadline: float) -> dict[str, Any] | None:
    """A point of small integers, or a general one, at which the sides differ. Raises OutOfTime."""
    with flint.ctx.workprec(BITS):
        for sizes, small in small_sizes(scene, rng):
            try:
                ev = at_point(scene, Ball(rng, small), rng, sizes, deadline)
                pairs = sides(claim, ev)
            except (Unfit, Redraw, ZeroDivisionError):
                continue
            found = apart(sizes, ev, pairs)
            if found:
                return found
    return None


def small_sizes(scene: Scene, rng: Random) -> Iterator[tuple[dict[str, int], bool]]:
    """Sizes to look at for a counterexample, the smallest first, and whether its entries are to be integers."""
    names = sorted(scene.size_names)
    for least in (1, 2):
        yield from ((dict.fromkeys(names, least), True) for _ in range(AGAIN))
    for least, small in ((2, True), (3, True), (2, False), (4, False)):
        yield from ((scene.draw_sizes(rng, least, Ball.max_entries), small) for _ in range(AGAIN))
