"""Both sides of a claim in high precision: at general points, far ones, on both sides of kinks, at extreme sizes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from math import ldexp
from random import Random
from time import thread_time
from typing import Any

import flint
from flint import arb

from closedform.check.ball import Ball, Singular
from closedform.check.certificate import Certificate, Claim
from closedform.check.core.evaluate import OutOfTime
from closedform.check.core.jet import Redraw, Unfit
from closedform.check.core.sides import sides
from closedform.check.extremes import extremes, periods, threshold
from closedform.check.far import Far, Point, movable, place
from closedform.check.kinks import Seen, Sight, all_kinks, points_for
from closedform.check.orders import small
from closedform.check.real import DIGITS, agree, apart
from closedform.check.scene import Scene
from closedform.check.search import COUNTED, FAR_PLACES, FAR_SIZES, PERIOD_ENTRIES
from closedform.check.spectral import SPECTRAL
from closedform.check.traits import Clock, Traits

BITS, REDRAWS, EDGE_REDRAWS = (1000, 2600), 600, 60
MANY, MOST_SINGULAR, LEAST_POINTS = 12, 12, 3
SOON, FIELD_SHARE, FAR_SHARE = 0.15, 0.5, 0.8
"""Shares of the time: for one point that may tell at once, for prime fields, until the end of points far out."""
FAR, WIDE, WIDE_SMOOTH = 0, 8, 3
NEAR = (2, 3, 1, 2, 3, 1)
EXTREME_LEAST, EXTREME_ENTRIES, EXTREME_SHARE, LARGER_SHARE = 7, 900, 0.1, 0.5
SMALL_ENTRIES, SMALL_SHARE = 100, 0.4
SMALLER = (0, 0, 2, 4)
"""Halvings of all symbols where a point has no value: asin is of numbers below 1."""
LATE = "the time over before points of all kinds were tried"
ROUGH = {*SPECTRAL, "pinv"}
"""Operations whose balls need not hold the value: eigenvalues to so many digits, derivatives by differences."""
DIFFER = "the two sides differ in high precision"


class Differ(Exception):
    """The sides differ at a point; ``apart`` shows it."""


class Precise:
    """One claim over balls of real numbers. ``apart`` is the last point at which the sides differed.

    ``short``: the time was over at sizes that should have been tried; ``late``: before all points far out were;
    where there is a kink nothing is certified then.
    """

    def __init__(self, claim: Claim, scene: Scene, rng: Random, traits: Traits, clock: Clock) -> None:
        self.claim, self.scene, self.rng, self.traits, self.clock = claim, scene, rng, traits, clock
        self.seen, self.branches, self.singular = Seen([]), traits.branches, 0
        self.apart: dict[str, Any] | None = None
        self.short = self.late = False
        ops = {n.op.name for n in scene.nodes}
        exact = ROUGH - ({"expm", "expm_frechet", "chol"} if claim.kind == "equal" else set())
        self.sure = not (ops & exact or traits.spectral_power or any(n.op.own for n in scene.nodes))

    def certificate(self, near: bool = False) -> Certificate:
        """Level C where the sides agree, X where they do not or it is not told. Raises Differ."""
        self.clock.allow(1)
        self.scene.cover = self.scene.new_cover()
        kinks = all_kinks([self.claim.function, self.claim.answer], self.scene.positive)
        self.seen = Seen(kinks, self.scene.furthest)
        self.branches = max(self.branches, points_for(len(self.seen.kinks)) // 4)
        met: list[dict[str, int]] = []
        reason = self.general(met, near)
        turned = self.turned_agrees() if met and self.traits.turning else True
        if turned is False:
            raise Differ
        if self.late and self.seen.kinks:
            return Certificate("X", self.out_of_time, decided=False)
        several = sum(not s or max(s.values()) > 1 for s in met)
        if several < 2 or len(met) < (MANY if self.branches > MANY and not near else LEAST_POINTS):
            return Certificate("X", reason, decided=False)
        met += self.far_apart(met)
        for kink, entry, sign in self.seen.missing():
            if kink.needed and entry is None:
                word = "positive" if sign > 0 else "negative"
                return Certificate("X", f"{kink.word} was never seen {word}", decided=False)
        over = (LATE,) if turned is None or self.late else ()
        return Certificate("C", f"the two sides agree to {DIGITS} digits", None, tuple(met), len(met), over)

    def general(self, met: list[dict[str, int]], near: bool) -> str:
        """Points of small sizes and, in between, far ones; the sizes met, and why there are no more. Raises Differ."""
        barren, reason, todo = set[int](), "no point was found at which both sides have a value", not near
        try:
            for least in self.leasts(near):
                todo &= least != FAR
                if least == FAR and met and not self.far_agrees():
                    raise Differ
                if least in barren or least == FAR:
                    continue
                try:
                    same, sizes = self.at_some_point(least)
                except Unfit as problem:
                    reason, same = str(problem), None
                if same is False:
                    raise Differ
                if same:
                    met.append(sizes)
                else:
                    barren.add(least)
        except OutOfTime:
            self.late |= todo and bool(met)
            reason = self.out_of_time if met else f"{self.out_of_time}: {reason}"
        return reason

    @property
    def out_of_time(self) -> str:
        return f"it could not be decided in {self.clock.seconds:g} seconds"

    def leasts(self, near: bool) -> tuple[int, ...]:
        """The least size of each point: two general points and one of size 1; more where there are branches."""
        large = (FAR_SIZES.start,) * FAR_PLACES if self.scene.counts >= COUNTED else ()
        return NEAR if near else (2, 1, 3, 4, *large, FAR, *(1, 2, 3, 4) * self.branches)

    def differs_somewhere(self) -> bool:
        """Whether the sides differ at one general point, if that is soon told."""
        self.clock.allow(SOON)
        try:
            return self.at_some_point(2)[0] is False
        except (Unfit, OutOfTime):
            return False
        finally:
            self.clock.allow(FIELD_SHARE)

    def at_some_point(self, least: int) -> tuple[bool | None, dict[str, int]]:
        """Whether the sides agree at a point, and its sizes."""
        self.singular = 0
        names = movable(self.scene)
        for attempt in range(REDRAWS if least > 1 else EDGE_REDRAWS):
            sizes = self.scene.draw_sizes(self.rng, least, Ball.max_entries)
            before = self.singular
            scale = ldexp(1.0, -SMALLER[attempt % len(SMALLER)])
            factors = tuple((name, arb(scale)) for name in names) if scale != 1 else ()
            same = self.compare(Point(self.rng.getstate(), sizes, factors))
            if self.singular > before:
                self.scene.cover.refuse(sizes)
            if same is not None:
                self.scene.cover.meet(sizes)
                return same, sizes
            if self.clock.over:
                raise OutOfTime
            if self.singular > MOST_SINGULAR:
                break
        return None, {}

    def compare(self, point: Point) -> bool | None:
        """Whether the sides agree at a point; None where they have no value, or the precision does not tell.

        Unless they do, the same point with more bits tells.
        """
        for bits in BITS:
            sight = Sight(self.seen.kinks)
            try:
                with flint.ctx.workprec(bits):
                    ev = place(self.scene, self.rng, point, self.clock.deadline)
                    ev.sight = sight
                    pairs = sides(self.claim, ev)
                    same = agree(pairs, self.sure)
            except (Redraw, ZeroDivisionError) as problem:
                self.singular += not isinstance(problem, Redraw) or isinstance(problem, Singular)
                return None
            if same:
                self.seen.take(sight)
                return True
        if same is False:
            self.apart = apart(point.sizes, ev, pairs, self.sure)
        return same

    def far_agrees(self) -> bool:
        """Agreement at points of many magnitudes and on both sides of each kink; ``late`` without time for all."""
        try:
            return self.far().all_agree(self.clock.start + FAR_SHARE * self.clock.seconds)
        except (OutOfTime, Unfit) as problem:
            self.late |= isinstance(problem, OutOfTime)
            return True

    def turned_agrees(self) -> bool | None:
        """Agreement where matrices under roots and logarithms have eigenvalues to the left; None without time."""
        self.clock.more(1)
        try:
            return self.far().turned_agree(self.clock.deadline)
        except (OutOfTime, Unfit) as problem:
            return None if isinstance(problem, OutOfTime) else True

    def far(self) -> Far:
        roots = self.claim.function, self.claim.answer
        many = WIDE if self.branches or self.seen.kinks else WIDE_SMOOTH
        return Far(self.scene, roots, self.rng, self.seen, self.compare, many)

    def far_apart(self, met: Sequence[dict[str, int]]) -> list[dict[str, int]]:
        """Sizes far from each other at which the sides agree; there is a short time for each. Raises Differ."""
        return [*self.each_small(), *self.each_extreme(met)]

    def each_small(self) -> Iterator[dict[str, int]]:
        """Small sizes in all orders at which the sides agree. Raises Differ."""
        late = thread_time() + SMALL_SHARE * self.clock.seconds
        for sizes in small(self.scene, self.rng, SMALL_ENTRIES):
            self.clock.deadline = min(late, thread_time() + EXTREME_SHARE * self.clock.seconds)
            if self.agrees_at(sizes):
                yield dict(sizes)

    def agrees_at(self, sizes: dict[str, int]) -> bool:
        """Whether the sides agree at a point of these sizes; not where they have no value. Raises Differ."""
        self.rng.getrandbits(32)
        try:
            same = self.compare(Point(self.rng.getstate(), dict(sizes)))
        except (OutOfTime, Unfit) as problem:
            self.short |= isinstance(problem, OutOfTime)
            return False
        if same is False:
            raise Differ
        return bool(same)

    def each_extreme(self, met: Sequence[dict[str, int]]) -> Iterator[dict[str, int]]:
        ways = (False, True) if threshold(self.scene) > EXTREME_LEAST else (False,)  # the larger may take too long
        chosen = (extremes(self.scene, self.rng, EXTREME_LEAST, EXTREME_ENTRIES, met, way) for way in ways)
        for sizes in chain(*chosen, periods(self.scene, PERIOD_ENTRIES)):
            share = LARGER_SHARE if max(sizes.values()) > threshold(self.scene) > EXTREME_LEAST else EXTREME_SHARE
            self.clock.deadline = thread_time() + share * self.clock.seconds
            if self.agrees_at(sizes):
                yield dict(sizes)
