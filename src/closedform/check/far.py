"""Points far from the ordinary: of many magnitudes, and on both sides of each kink."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial
from itertools import pairwise, product
from math import inf, isnan, log10
from random import Random
from typing import Any

import flint
from flint import arb

from closedform.check.ball import Ball
from closedform.check.climbing import choices, climbed, patterns
from closedform.check.core.jet import Redraw, Unfit
from closedform.check.core.points import draw, plain
from closedform.check.kinks import Kink, Seen, Sight
from closedform.check.real import REAL, RealEvaluator
from closedform.check.scene import Scene
from closedform.expr.facts import close
from closedform.expr.node import Node
from closedform.expr.walk import postorder

LOW, HIGH, FAR = -12, 6, 13
ATTEMPTS, MOST_BALANCED = 6, 3
TURNED, DRAWS = (-1, 4, -4, 16), 32
RESTARTS, NARROWING, SECANTS, BESIDE = 6, 48, 40, 45
SEARCH_BITS, GOLDEN, TURNS = 640, 0.381966, 10
LARGEST = 450
MOST_TOGETHER, BIT = 6, arb(2) ** -3
STILL = {"pm1", "bit", "orth"}
TIED = {"psd", "skew", "pos", "nonneg"}
UPRIGHT = {"pos", "nonneg", "psd", "pd"}

Wanted = tuple[Kink, int | None, int]


@dataclass(frozen=True)
class Point:
    """A point drawn from a state of the generator, its symbols multiplied by factors."""

    state: Any
    sizes: dict[str, int]
    factors: tuple[tuple[str, Any], ...] = ()
    aligned: int = 0
    """1 or -1 where all entries that may be anything have this sign."""


class Far:
    """The search for such points. ``compare`` says whether the sides agree at one (None: no value there)."""

    def __init__(
        self,
        scene: Scene,
        roots: tuple[Node, Node],
        rng: Random,
        seen: Seen,
        compare: Callable[[Point], bool | None],
        many: int,
    ) -> None:
        self.scene, self.roots, self.rng, self.seen, self.agree = scene, roots, rng, seen, compare
        self.deadline, self.many = inf, many
        facts, self.movable = facts_of(scene), movable(scene)
        self.upright = {n for n, own in facts.items() if own & UPRIGHT} | scene.positive | scene.right
        ends = {round(log10(abs(c.numerator)) - log10(c.denominator)) for c in constants(scene.nodes)}
        ends |= computed(scene.nodes, rng)
        near = {end + d for e in ends for end in (e, -e, e // 2, -e // 2) for d in (-1, 0, 1) if abs(e) < LARGEST}
        self.powers = sorted({*range(-FAR, FAR + 1), *near})

    def all_agree(self, deadline: float) -> bool:
        """Whether the sides agree at all points looked at."""
        self.deadline = deadline
        return all(same is not False for same in self.points())

    def turned_agree(self, deadline: float) -> bool:
        """Whether the sides agree where logarithms and roots of matrices are not near those of positive numbers: at
        2×2 matrices whose eigenvalues are turned by up to π and beyond."""
        self.deadline = deadline
        return all(same is not False for same in self.turned())

    def turned(self) -> Iterator[bool | None]:
        sizes = dict.fromkeys(self.scene.size_names, 2)
        for factor, _ in product(TURNED, range(DRAWS)):
            self.rng.getrandbits(32)
            signs = {name: abs(factor) if name in self.upright - self.scene.right else factor for name in self.movable}
            factors = tuple((name, arb(f)) for name, f in signs.items())
            yield self.compare(Point(self.rng.getstate(), dict(sizes), factors))

    def compare(self, point: Point) -> bool | None:
        try:
            return self.agree(point)
        except Unfit:
            return None

    def points(self) -> Iterator[bool | None]:
        yield from self.sweep()
        yield from self.balanced() if self.seen.kinks else ()
        yield from self.aligned() if self.seen.kinks else ()
        yield from self.climbing()
        for _ in range(self.many):
            yield self.wide()
        tried = set[tuple[Kink, int | None, int]]()
        while todo := [m for m in self.seen.missing() if m not in tried]:
            tried.add(todo[0])
            yield from self.side(todo[0])
        for kink in self.seen.kinks:
            if kink.needed:
                yield from self.beside(kink)
        yield from self.together()

    def together(self) -> Iterator[bool | None]:
        """Each symbol beside the zero of a kink on its own line, or between two: step(x - 50)*step(y - 70)."""
        point, places = self.start(1), dict[str, list[Any]]()
        for name in self.movable[:MOST_TOGETHER]:
            zeros = sorted(self.zeros(point, name), key=float)
            close = [z + z * d for z in zeros for d in (BIT, -BIT, BIT**8, -(BIT**8))]
            if zeros:
                places[name] = [c.mid() for c in close + [(a + b) / 2 for a, b in pairwise(zeros)]]
        for factors in choices(places, self.rng):
            yield self.compare(replace(point, factors=tuple(zip(places, factors, strict=True))))

    def aligned(self) -> Iterator[bool | None]:
        """All entries positive, or all negative, small and large: the product of many steps is 0 nearly everywhere."""
        for sign, factor, least in product((1, -1), (arb(1), arb(2) ** 10), (1, 2)):
            point = replace(self.start(least), aligned=sign)
            yield self.compare(replace(point, factors=tuple((name, factor) for name in self.movable)))

    def climbing(self) -> Iterator[bool | None]:
        """Many kinks with their signs together, for a product of steps."""
        for wanted in patterns(self.seen.kinks, self.rng):
            point = self.start(1)
            look = partial(self.look_from, point)
            found = climbed(look, wanted, self.movable, self.upright, self.rng)
            if found is not None:
                yield self.compare(replace(point, factors=tuple(found.items())))

    def zeros(self, point: Point, name: str) -> Iterator[Any]:
        """Where the kinks that hang on a symbol change their signs, if it alone is moved."""
        for kink in self.seen.kinks:
            if kink.needed and any(n.op.name == "sym" and n.params[0] == name for n in postorder(kink.node)):
                values = [(t, self.gap(point, (name,), t, kink)) for t in self.grid((name,), kink)]
                for (a, x), (b, y) in pairwise(values):
                    if x is not None and y is not None and x * y < 0:
                        yield self.zero(point, (name,), kink, (a, x), (b, y))

    def sweep(self) -> Iterator[bool | None]:
        """Each symbol through all magnitudes, in an order of its own, at size 1 and at others; each point mirrored."""
        powers = [e for e in self.powers if e >= -1 or e % 3 == 0 or e < LOW]
        orders = [self.rng.sample(powers, len(powers)) for _ in self.movable]
        for exponents, least in product(list(zip(*orders, strict=True)), (1, 2)):
            point = self.start(least)
            for sign in (1, -1):
                factors = (
                    (name, ten(e) * (1 if name in self.upright else sign))
                    for name, e in zip(self.movable, exponents, strict=True)
                )
                yield self.compare(replace(point, factors=tuple(factors)))

    def balanced(self) -> Iterator[bool | None]:
        """One symbol large and all others as small, or the other way round, so that their products are ordinary."""
        for name in self.movable[:MOST_BALANCED] if len(self.movable) > 1 else ():
            for e in self.powers:
                point = self.start(1)
                for sign in (1, -1):
                    signs = {n: 1 if n in self.upright else sign for n in self.movable}
                    moves = ((n, ten(e if n == name else -e) * signs[n]) for n in self.movable)
                    yield self.compare(replace(point, factors=tuple(moves)))

    def wide(self) -> bool | None:
        """At a point of many magnitudes, drawn anew where there is no value."""
        for _ in range(ATTEMPTS):
            point, factors = self.start(), list[tuple[str, Any]]()
            for name in self.movable:
                if self.rng.random() < 0.7:
                    factors.append((name, ten(self.rng.randint(LOW, HIGH))))
            same = self.compare(replace(point, factors=tuple(factors)))
            if same is not None:
                return same
        return None

    def start(self, least: int = 0) -> Point:
        sizes = self.scene.draw_sizes(self.rng, least or self.rng.choice((1, 2, 3)), Ball.max_entries)
        self.rng.getrandbits(32)
        return Point(self.rng.getstate(), sizes)

    def look(self, point: Point) -> tuple[Sight, bool]:
        """What is met at a point, and whether both sides have a value there."""
        sight, held = Sight(self.seen.kinks), self.rng.getstate()
        try:
            with flint.ctx.workprec(SEARCH_BITS):
                ev = place(self.scene, self.rng, point, self.deadline)
                ev.sight = sight
                for root in self.roots:
                    ev.evaluate(root)
                return sight, True
        except (Redraw, ZeroDivisionError, Unfit):
            return sight, False
        finally:
            self.rng.setstate(held)

    def look_from(self, point: Point, factors: dict[str, Any]) -> tuple[Sight, bool]:
        return self.look(replace(point, factors=tuple(factors.items())))

    def lines(self, kink: Kink, entry: int | None = None) -> Iterator[tuple[Point, tuple[str, ...]]]:
        """Points, and symbols to be moved together from there; of a column those that have the entry."""
        names = tuple(n.params[0] for n in postorder(kink.node) if n.op.name == "sym" and n.params[0] in self.movable)
        groups = [(n,) for n in names] + ([names] if len(names) > 1 else [])
        for k in range(RESTARTS):
            column = entry is not None and 1 in (number(kink).rows.number, number(kink).cols.number)
            point = self.start(max(2, min(entry + 1, self.seen.first)) if entry and column else 2 if k % 3 < 2 else 1)
            yield from ((point, group) for group in groups)

    def side(self, wanted: Wanted) -> Iterator[bool | None]:
        """Points at which a kink has the sign wanted, until both sides have a value at one."""
        kink = wanted[0]
        for point, names in self.lines(kink, wanted[1]):
            scores = [(t, self.score(point, names, t, wanted)) for t in self.grid(names, kink)]
            good = [t for t, (score, valid) in scores if score > 0 and valid]
            if not good:
                good = self.narrow(point, names, wanted, [(t, s) for t, (s, _) in scores])
            for t in self.rng.sample(good, min(3, len(good))):
                yield self.compare(moved(point, names, t))
                yield from (self.compare(p) for p in self.around(moved(point, names, t), names, t))
            if wanted not in self.seen.missing():
                return

    def around(self, point: Point, names: tuple[str, ...], t: Any) -> Iterator[Point]:
        """The same with all other symbols turned, or as small as this is large: exp(s*t) leaves no digits of others."""
        others = [n for n in self.movable if n not in names]
        for factor in (-1, (1 / t).mid(), (-1 / t).mid()) if others else ():
            moves = tuple((n, abs(factor) if n in self.upright else factor) for n in others)
            yield replace(point, factors=point.factors + moves)

    def grid(self, names: tuple[str, ...], kink: Kink) -> list[Any]:
        """Factors of all magnitudes, and of those of the number compared: up to there it may take."""
        ends = {e + d for e in self.seen.magnitudes(kink) for d in (-1, 0, 1, 2)}
        sizes = [ten(e) for e in sorted(ends.union(self.powers))]
        return sizes if self.upright.intersection(names) else [-t for t in reversed(sizes)] + sizes

    def score(self, point: Point, names: tuple[str, ...], t: Any, wanted: Wanted) -> tuple[float, bool]:
        """The number compared, times the sign wanted; where any entry will do, the largest."""
        kink, entry, sign = wanted
        sight, valid = self.look(moved(point, names, t))
        entries = [
            sign * float(gap.mid())
            for (other, k), gaps in sight.values.items()
            if other is kink and entry in (None, k)
            for gap in gaps
        ]
        best = max((e for e in entries if not isnan(e)), default=-inf)
        return best, valid

    def narrow(
        self, point: Point, names: tuple[str, ...], wanted: Wanted, scores: list[tuple[Any, float]]
    ) -> list[Any]:
        """By golden sections about the best point of a line."""
        k = max(range(len(scores)), key=lambda i: scores[i][1], default=0)
        if not 0 < k < len(scores) - 1:
            return []
        low, (t, best), high = scores[k - 1][0], scores[k], scores[k + 1][0]
        for _ in range(NARROWING):
            near, far = ((t, high) if high - t > t - low else (t, low))
            new = (near + (far - near) * arb(GOLDEN)).mid()
            score, valid = self.score(point, names, new, wanted)
            if score > 0 and valid:
                return [new]
            if score > best:
                low, high = (t, high) if new > t else (low, t)
                t, best = new, score
            elif new > t:
                high = new
            else:
                low = new
        return []

    def beside(self, kink: Kink) -> Iterator[bool | None]:
        """The two points next to a zero of a kink, on a line through both its sides."""
        for point, names in list(self.lines(kink))[:3]:
            values = [(t, self.gap(point, names, t, kink)) for t in self.grid(names, kink)]
            for (a, x), (b, y) in pairwise(values):
                if x is not None and y is not None and x * y < 0:
                    for t in beside(self.zero(point, names, kink, (a, x), (b, y))):
                        yield self.compare(moved(point, names, t))
                    return

    def gap(self, point: Point, names: tuple[str, ...], t: Any, kink: Kink) -> Any:
        """The first number that is compared at the kink; None where it has no value."""
        sight, _ = self.look(moved(point, names, t))
        gaps = sight.values.get((kink, 0))
        return gaps[0].mid() if gaps and gaps[0].is_finite() else None

    def zero(
        self, point: Point, names: tuple[str, ...], kink: Kink, left: tuple[Any, Any], right: tuple[Any, Any]
    ) -> Any:
        """By the regula falsi with halved weights (Illinois)."""
        (a, x), (b, y) = left, right
        with flint.ctx.workprec(SEARCH_BITS):
            for k in range(SECANTS):
                t = (b - y * (b - a) / (y - x)).mid() if k % 8 < 6 else ((a + b) / 2).mid()
                z = self.gap(point, names, t, kink)
                if z is None or z == 0 or abs(b - a) <= abs(b) * arb(10) ** (-2 * BESIDE):
                    return t
                if z * y < 0:
                    a, x = b, y
                else:
                    x = x / 2
                b, y = t, z
            return b


def number(kink: Kink) -> Node:
    """What has the entries that are compared."""
    return kink.node if kink.place < 0 else kink.node.args[0]


def facts_of(scene: Scene) -> dict[str, frozenset[str]]:
    return {name: frozenset(close(f for f in own if ":" not in f)) for name, own in scene.facts.items()}


def movable(scene: Scene) -> list[str]:
    """The symbols that may be multiplied by a positive number."""
    return sorted(n for n, own in facts_of(scene).items() if not own & STILL and n not in scene.whole)


def constants(nodes: list[Node]) -> list[Fraction]:
    """The numbers in a formula, other than 0."""
    numbers = [n.params[0] for n in nodes if n.op.name == "num"]
    numbers += [c for n in nodes if n.op.name == "add" for c in n.params[0]]
    return [Fraction(c) for c in numbers if c]


def computed(nodes: list[Node], rng: Random) -> set[int]:
    """The magnitudes of what is computed from numbers alone, exp(300) or 10^50."""
    closed: dict[Node, bool] = {}
    for n in nodes:
        closed[n] = n.op.name == "num" or (bool(n.args) and n.is_scalar and all(closed[a] for a in n.args))
    found = set[int]()
    for n in (n for n in nodes if closed[n] and n.op.name in ("pow", "exp")):
        with suppress(Redraw, ZeroDivisionError, Unfit, ValueError, OverflowError):
            value = abs(RealEvaluator(Ball(rng), {}, REAL).evaluate(n).first[0, 0])
            found.add(round(float(value.log() / arb(10).log())))
    return found


def ten(exponent: int) -> Any:
    """A power of ten, to 53 bits and without a radius: a point is exact."""
    return (arb(10) ** exponent).mid()


def beside(t: Any) -> list[Any]:
    """The two numbers next to this one."""
    with flint.ctx.workprec(SEARCH_BITS):
        step = ((abs(t) if t != 0 else arb(1)) * arb(10) ** -BESIDE).mid()
        return [(t - step).mid(), (t + step).mid()]


def signed(sign: int) -> Callable[[Any], Any]:
    return lambda m: type(m)(m.nrows(), m.ncols(), [sign * abs(e) for e in m.entries()])


def times(factor: Any) -> Callable[[Any], Any]:
    return lambda m: m * factor


def moved(point: Point, names: tuple[str, ...], t: Any) -> Point:
    return replace(point, factors=tuple((name, t) for name in names))


def at_point(
    scene: Scene, numbers: Ball, rng: Random, sizes: dict[str, int], deadline: float
) -> RealEvaluator:
    """An evaluator at a random point; matrices under roots and logarithms are moved to the right."""
    ev = RealEvaluator(numbers, sizes, REAL, deadline)
    draw(scene.cast(sizes, Ball.max_entries, rng.getrandbits(TURNS)), ev, rng)
    for name in scene.right & set(ev.symbols):
        ev.symbols[name] += ev.one.eye(ev.symbols[name].shape[0]) * 8
    return ev


def place(scene: Scene, rng: Random, point: Point, deadline: float) -> RealEvaluator:
    """An evaluator at the point."""
    rng.setstate(point.state)
    ev = at_point(scene, Ball(rng), rng, point.sizes, deadline)
    for name in movable(scene) if point.aligned else ():
        if not plain(scene.facts[name]) & TIED:
            ev.symbols[name] = ev.symbols[name].linear(signed(point.aligned))
    for name, factor in point.factors:
        ev.symbols[name] = ev.symbols[name].linear(times(factor))
    return ev
