"""Which points are drawn for the core: sizes, fresh fields, and more points until all patterns of signs were met."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing, suppress
from itertools import chain
from math import ceil, inf, log
from random import Random
from time import thread_time

from closedform.check.bounds import Bound
from closedform.check.core.evaluate import OutOfTime, Rule
from closedform.check.core.field import Field
from closedform.check.core.jet import Redraw, Unfit
from closedform.check.core.operations import CORE
from closedform.check.core.sides import Claim
from closedform.check.core.verdict import Key, Trials
from closedform.check.cover import MOST
from closedform.check.extremes import extremes, periods
from closedform.check.orders import PLACED, places, small
from closedform.check.recount import recounted
from closedform.check.scene import ALIKE, MAX_ENTRIES, Scene, deepest_sum

REDRAWS, EDGE_REDRAWS, EDGE_TRIALS, LENIENT, FEW_REDRAWS = 600, 60, 8, 12, 160
SPLITTING, MOST_SPLIT, KEPT = 6000, 6, 16
TOLERANCE = 0.01
COUNTED, FAR_SIZES, FAR_PLACES = 2, range(17, 48), 4
CASES = {5: 64, 4: 64, 3: 256, 2: 256}
"""So many values, of what is 0 or 1 and of indices, are all tried, at the largest sizes at which there are no more."""
EXTREME_LEAST, EXTREME_ENTRIES, EXTREME_REDRAWS, EXTREME_SECONDS = 11, 2_500, 8, 0.3
PERIOD_SECONDS, PERIOD_ENTRIES, ORDER_SECONDS, SMALL_ENTRIES = 3, 150, 3, 400
TERMS = 1000
"""So many terms of sums are evaluated for these at most, so that the time is not over before."""
LIMIT, PATIENCE, DOUBTFUL, FIELDS, WANTED, MANY, SPREAD, SURE = 6, 200, 24, 6, -60, 12, 9, 10


class Search:
    """The points of one claim over one kind of field."""

    def __init__(
        self, claim: Claim, scene: Scene, rng: Random, new_field: Callable[[], Field], count: int, least: int,
        signs: bool, kinks: bool, branching: bool, exact: bool, deadline: float = inf,
        rules: Mapping[str, Rule] = CORE, near: bool = False, extreme: int | None = None,
        grid: Sequence[dict[str, int]] = (),
    ) -> None:  # fmt: skip
        self.scene, self.rng, self.new_field, self.count, self.least = scene, rng, new_field, count, least
        self.signs, self.kinks, self.branching, self.exact, self.deadline = signs, kinks, branching, exact, deadline
        self.near, self.extreme, self.grid = near, extreme, grid
        self.claim, self.trials, self.spectral = claim, Trials(claim, rules), bool(rules.keys() - CORE.keys() - {"own"})
        self.spread = min(len(scene.size_names), least - 1, 2) if self.spectral or near else SPREAD
        scene.cover = scene.new_cover()
        self.field: Field | None = None
        self.refused, self.doubted, self.cut = 0, False, False
        self.every_case: dict[str, int] | None = None
        self.turn = 0
        self.degree = self.height = 0.0
        self.bounds: list[tuple[Key, float]] = []

    def agree(self) -> bool:
        """Agreement at every point drawn, as many as there is time for."""
        try:
            self.look()
        except OutOfTime:
            large = [s for s in self.sizes() if not s or max(s.values()) > 1]
            few = self.branching and sum(self.trials.accepted.values()) < MANY
            if self.trials.differ or few or len(large) < 2 or not self.scene.cover.enough():
                raise
            self.cut = True
        return not self.trials.differ

    def look(self) -> None:
        """The first point at which the sides differ ends it."""
        large: list[dict[str, int]] = []
        sides = min(1 << len(self.scene.sided), MOST_SPLIT)
        count, most = (max(self.count, sides), MOST_SPLIT) if self.spectral else (self.count - 1, MOST)
        while len(large) < count or self.scene.cover.wants(len(large), most):
            large.append(self.scene.draw_sizes(self.rng, self.least, MAX_ENTRIES, self.spread))
            if not self.trial(large[-1], self.least, fresh=True):
                return
        if self.spectral:
            return
        for name in sorted(self.scene.size_names)[: 3 if self.signs else 0]:
            large.append(smallest(large[0], name, self.least))
            if not self.trial(large[-1], self.least, fresh=True):
                return
        for sizes in self.grid:
            if not self.trial(dict(sizes), self.least, fresh=True):
                return
        self.edge()
        self.far_sizes()
        self.periods()
        while not self.trials.differ and self.weak() and self.exact:
            self.trial(large[-1], self.least, fresh=True)
        if not self.trials.differ:
            self.patterns(large)
            self.each_case()
            self.orders()
            self.extremes()

    def edge(self) -> None:
        """Size 1, where it will do."""
        small = self.scene.draw_sizes(self.rng, 1, 1)
        for k in range((EDGE_TRIALS if self.kinks else 1) if self.scene.size_names else 0):
            if not self.trial(small, 1, fresh=not k):
                return

    def far_sizes(self) -> None:
        """Sizes that no one has in mind, where sizes stand in sums: a polynomial in n may vanish at all small ones."""
        names = sorted(self.scene.size_names)
        if self.scene.counts >= COUNTED and not self.spectral:
            for _ in range(FAR_PLACES if self.scene.index_ranges else 1):
                sizes = dict(zip(names, self.rng.sample(FAR_SIZES, len(names)), strict=True))
                with suppress(Unfit):
                    self.trial(sizes, 2, fresh=False)

    def periods(self) -> None:
        """Sizes of many remainders, where they are exponents."""
        late = thread_time() + PERIOD_SECONDS
        for sizes in () if self.spectral else periods(self.scene, PERIOD_ENTRIES):
            if self.trials.differ or thread_time() > late:
                self.cut = True
                return
            self.extreme_trial(sizes)

    def orders(self) -> None:
        """Small sizes and indices in all orders, where the claim is not proved for every size."""
        late = thread_time() + ORDER_SECONDS
        sizes = small(self.scene, self.rng, SMALL_ENTRIES)
        alone = ((s, dict[str, int]()) for s in (() if self.spectral or self.extreme is None else sizes))
        for chosen, at in chain(() if self.spectral else places(self.scene, self.rng), alone):
            if self.trials.differ or thread_time() > late:
                self.cut = True
                return
            self.scene.places = at
            self.extreme_trial(chosen)
            self.scene.places = {}

    def extremes(self) -> None:
        """Sizes far from each other, where the claim is not proved for every size; there is a short time for each."""
        least = None if self.spectral else self.extreme
        turns = ALIKE if self.scene.bits or self.scene.index_ranges else 1
        if least is None:
            return
        logs = self.field is not None and bool(self.field.logs)
        for sizes in extremes(self.scene, self.rng, least, EXTREME_ENTRIES, self.sizes(), logs=logs):
            for _ in range(turns):
                self.extreme_trial(sizes)

    def extreme_trial(self, sizes: dict[str, int]) -> None:
        """One point there, if there is one. Where the time is over no proof may rest on what was not looked at.

        But for claims that are looked at ``near`` alone: a root for every pair is never met far out.
        """
        try:
            self.extreme_point(sizes)
        except OutOfTime:
            self.cut |= not self.near
        except (Unfit, ZeroDivisionError):
            return

    def extreme_point(self, sizes: dict[str, int]) -> None:
        field, self.turn = self.field or self.new_field(), self.turn + 1
        deadline = thread_time() + EXTREME_SECONDS
        for attempt in range(EXTREME_REDRAWS):
            field.forget(lenient=True)
            with suppress(Redraw):
                cast = self.scene.cast(sizes, EXTREME_ENTRIES, self.turn, attempt * ALIKE)
                if self.trials.at(field, cast, sizes, self.rng, deadline):
                    return

    def patterns(self, large: list[dict[str, int]]) -> None:
        """More points where they would tell more; at size 2 too where there are too many signs at all others."""
        large = [s for s in large if key_of(s) in self.trials.patterns]
        chosen = [min(large, key=lambda s: (self.width(key_of(s)), sum(s.values())))] if self.signs else large
        if self.signs and self.width(key_of(chosen[0])) > LIMIT and self.exact and self.scene.size_names:
            chosen.insert(0, {name: 2 + k for k, name in enumerate(sorted(self.scene.size_names))})
            if not self.trial(chosen[0], 2, fresh=True):
                return
        for sizes in chosen:
            self.refused = 0
            while self.wants(key_of(sizes)):
                if not self.trial(sizes, min(2, self.least), fresh=False):
                    return

    def each_case(self) -> None:
        """All values of indices and of what is 0 or 1, at sizes where they are few, which ``every_case`` then holds."""
        names = sorted(self.scene.size_names)
        if not self.scene.index_ranges and (self.scene.free or not self.scene.bits):
            return
        for least, most in CASES.items():
            sizes = {name: max(least + k, self.scene.least.get(name, 1)) for k, name in enumerate(names)}
            terms = max(sizes.values(), default=1) ** deepest_sum(self.scene.nodes)
            if self.scene.cases(sizes) <= min(most, TERMS // terms):
                break
        else:
            return
        served = 0
        with closing(self.scene.each_case(sizes)) as cases:
            for _ in cases:
                try:
                    self.trial(sizes, 2, fresh=False)
                    served += 1
                except Unfit:  # no value there
                    continue
                if self.trials.differ:
                    break
        few = len(self.scene.index_ranges) <= PLACED
        if served and few and not self.kinks and self.field is not None:
            self.every_case, self.bounds = sizes, []
            self.note_bound(sizes, self.field)

    def trial(self, sizes: dict[str, int], least: int, fresh: bool) -> bool:
        """Whether the sides agree at a point, in a new field if ``fresh``; False too where size 1 will not do."""
        field = self.field
        if field is None or fresh:
            field = self.field = self.new_field()
        self.turn += 1
        singular, keep = 0, self.redraws(least) // KEPT if self.kinks or self.spectral else 1
        patience = SPLITTING // 20 if self.spectral else 4
        for attempt in range(self.redraws(least)):
            field.forget(lenient=attempt < LENIENT and not self.spans(key_of(sizes)))
            try:
                cast = self.scene.cast(sizes, MAX_ENTRIES, self.turn + attempt // keep, attempt)
                served = self.trials.at(field, cast, sizes, self.rng, self.deadline)
            except Unfit:
                if least > 1:
                    raise
                return False
            except (Redraw, ZeroDivisionError) as problem:
                self.refused += 1
                singular += isinstance(problem, ZeroDivisionError)
                if singular > 3:
                    self.scene.cover.refuse(sizes)
                if attempt % patience == patience - 1 and (least > 2 - self.near or self.spectral):
                    singular = 0
                    sizes.update(self.scene.draw_sizes(self.rng, least, MAX_ENTRIES, self.spread))
                continue
            if served:
                self.scene.cover.meet(sizes)
                if fresh and self.exact and least > 1:
                    self.note_bound(sizes, field)
                return not self.trials.differ
        if least > 1:
            raise Unfit("no admissible point in a field")
        return False

    def spans(self, key: Key) -> bool:
        """Whether the patterns met at these sizes tell all that patterns can: no more of what is spoiled is needed."""
        return key in self.trials.patterns and self.trials.independent(key)

    def redraws(self, least: int) -> int:
        if self.spectral:
            return SPLITTING
        return (REDRAWS if least > 1 else EDGE_REDRAWS) if self.kinks else FEW_REDRAWS

    def note_bound(self, sizes: dict[str, int], field: Field) -> None:
        """Computed twice, by separate code: where they differ nothing is claimed."""
        bound = Bound(sizes, self.claim, self.scene.nodes, field.roots)
        first, second = bound.log2(field.p), recounted(self.claim, self.scene.nodes, sizes, field.p, field.roots)
        self.degree, self.height = max(self.degree, bound.degree), max(self.height, bound.bits)
        self.doubted |= abs(first - second) > TOLERANCE
        self.bounds.append((key_of(sizes), max(first, second)))

    def weak(self) -> bool:
        """Whether one more field would make the bound stronger, and is wanted."""
        return len(self.bounds) < FIELDS and sum(b for _, b in self.bounds) > WANTED

    def wants(self, key: Key) -> bool:
        """Whether more points of these sizes would tell more: as many as it takes to meet all patterns of few signs."""
        if self.trials.complete(key):
            return False
        signs = max(kinds.count("sign") for kinds, _ in self.trials.patterns[key])
        enough = DOUBTFUL if signs > LIMIT else max(DOUBTFUL, ceil(2**signs * (signs * log(2) + SURE)))
        if signs <= LIMIT and self.width(key) <= LIMIT and self.trials.independent(key):
            enough = max(enough, PATIENCE)
        return self.trials.accepted.get(key, 0) < enough and self.refused < max(PATIENCE, 4 * enough)

    def seen(self) -> tuple[int, int]:
        """How many patterns of signs and roots were met at the sizes where most were, and how many there may be."""
        keys = [key for key in self.trials.patterns if self.trials.accepted.get(key)]
        met = {key: len({p for p, good in self.trials.patterns[key].items() if good}) for key in keys}
        best = max(keys, key=lambda k: met[k], default=())
        signs = max((kinds.count("sign") for kinds, _ in self.trials.patterns.get(best, {})), default=0)
        return met.get(best, 0), 2**signs

    def width(self, key: Key) -> int:
        return max(len(kinds) for kinds, _ in self.trials.patterns[key])

    def sizes(self) -> tuple[dict[str, int], ...]:
        return tuple(dict(key) for key, count in self.trials.accepted.items() if count)

    def bound(self, proven: list[dict[str, int]] | None) -> float:
        """log2 of the probability bound, at the sizes proven: every sign or square halves the points."""
        keys = None if proven is None else {key_of(s) for s in proven}
        used = [(key, b) for key, b in self.bounds if keys is None or key in keys]
        single = [min(0.0, b + self.width(key)) for key, b in used]
        signs = any("sign" in kinds for key, _ in used for kinds, _ in self.trials.patterns[key])
        return max(single, default=0.0) if signs else sum(single)


def key_of(sizes: dict[str, int]) -> Key:
    return tuple(sorted(sizes.items()))


def smallest(sizes: dict[str, int], name: str, least: int) -> dict[str, int]:
    """The sizes with that of ``name`` the least, so that few signs are met where it counts them."""
    return {k: least if k == name else (sizes[name] if v == least else v) for k, v in sizes.items()}
