"""Certificates: both sides of a claim evaluated at random points drawn after the claim is known."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from hashlib import sha256
from math import ldexp
from random import Random
from time import perf_counter, thread_time
from typing import Any

import flint
from flint import arb

from closedform.check.ball import Ball, Singular
from closedform.check.bounds import polynomial_degree, whole
from closedform.check.certificate import Certificate, Claim
from closedform.check.core.evaluate import OutOfTime, Rule
from closedform.check.core.field import Field
from closedform.check.core.jet import Redraw, Unfit
from closedform.check.core.operations import CORE
from closedform.check.core.sides import sides, without_roots
from closedform.check.core.verdict import nested
from closedform.check.counting import counting, one_sided
from closedform.check.cover import Cover
from closedform.check.everysize import for_every_size, needed
from closedform.check.exponents import Exponents
from closedform.check.far import Far, Point, at_point, movable, place
from closedform.check.kinks import Seen, Sight, all_kinks, points_for
from closedform.check.own import Taken, by_its_rule
from closedform.check.real import DIGITS, agree, apart
from closedform.check.record import certificate_in, claim_of
from closedform.check.scene import Scene, deepest_sum
from closedform.check.search import COUNTED, FAR_PLACES, FAR_SIZES, Search
from closedform.check.shapes import shape_problem
from closedform.check.spectral import RULES, SPECTRAL
from closedform.errors import ClosedformError
from closedform.expr.walk import postorder

SIGNS = {"abs", "sign", "step", "relu", "max2", "min2", "clip", "huber", "norm1"}
ROOTS = {"sqrt", "norm2", "normF", "erf", "normcdf", "normpdf", "asin", "acos"}
ROOTED = {"sqrtm", "chol", "eigvecs", "eigvec_max", "eigvec_min", "norm_op", "leftvec_max", "rightvec_max", "norm_nuc"}
TRIG = {"sin", "cos", "tan"}
TURNING = {"logm", "logm_frechet", "sqrtm"}
EXPS = {
    "exp", "sinh", "cosh", "tanh", "sigmoid", "softplus", "softmax", "softmax_rows", "logsumexp",
    "logsumexp_rows", "expm1", "normpdf", "normcdf", "erf",
} | TRIG  # fmt: skip
ORDER = {"maxentry", "minentry", "argmax", "argmin", "norm_inf"}
FREE = EXPS | {
    "log", "log1p", "logdet", "asin", "acos", "atan", "gamma", "loggamma", "digamma", "trigamma", "polygamma",
}  # fmt: skip
BITS, REDRAWS, EDGE_REDRAWS = (1000, 2600), 600, 60
TRIALS, MANY, MODEST, MOST_SINGULAR, LEAST_WANTED, MOST_WANTED = 3, 12, -30, 12, 6, 12
EFFORT = {"quick": 0.25, "normal": 1, "high": 4}
SECONDS, WALL, SOON, FIELD_SHARE, COUNTEREXAMPLE_SHARE = 1.5, 60.0, 0.15, 0.5, 0.2
"""The time of the processor for a check; by the clock it may take longer on a machine that has other things to do."""
FAR, FAR_SHARE, WIDE, WIDE_SMOOTH = 0, 0.8, 8, 3
NEAR = (2, 3, 1, 2, 3, 1)
SMALLER = (0, 0, 2, 4)
"""Halvings of all symbols where a point has no value: asin is of numbers below 1."""
DEEP_SUMS, DEEPER = 3, 4
"""Sums within each other from which on small sizes are taken: an evaluation takes their product of steps."""


def certify(claim: Claim, effort: str = "normal") -> Certificate:
    """Check a claim; ``effort="high"`` takes four times the points, ``"quick"`` a quarter of the time.

    >>> from closedform.functions import algebra as a
    >>> x, A = a.sym("x", "n"), a.sym("A", "n", "n")
    >>> f = a.mul(a.transpose(x), A, x)
    >>> certify(Claim("gradient", f, a.mul(a.add(A, a.transpose(A)), x), x)).level
    'A'
    >>> certify(Claim("gradient", f, a.mul(A, x), x)).level
    'X'
    """
    start = thread_time()
    wrong_shape = shape_problem(claim)
    found = Certificate("X", wrong_shape) if wrong_shape else _checked(claim, effort)
    return replace(found, about=claim, milliseconds=round(1000 * (thread_time() - start), 3))


def _checked(claim: Claim, effort: str) -> Certificate:
    taken = Taken(postorder([claim.function, claim.answer]))
    if taken.clash:
        return Certificate("X", taken.clash, decided=False)
    found = Check(claim, effort).run()
    return replace(found, heuristics=found.heuristics + taken.notes) if found.ok else found


def replay(
    text: str, of_texts: Callable[[dict[str, Any]], Claim] | None = None
) -> tuple[Certificate, Certificate | None]:
    """The certificate of a recorded claim at fresh random points; and, of a certificate's own JSON, what that said.

    ``of_texts`` reads a record that holds texts in place of nodes (``closedform.claim_texts``).
    Raises ClosedformError where the text is no such record.

    >>> from closedform.functions import algebra as a
    >>> x = a.sym("x", "n")
    >>> first = certify(Claim("gradient", a.mul(a.transpose(x), x), 2 * x, x))
    >>> again, before = replay(first.to_json())
    >>> again.level, before.level
    ('A', 'A')
    """
    claim = claim_of(text, of_texts)
    said = certificate_in(json.loads(text))
    try:
        found = certify(claim)
    except (ValueError, TypeError, KeyError, IndexError, AttributeError):
        raise ClosedformError("this is not the JSON of a certificate") from None
    return found, Certificate(said["level"], str(said.get("reason", ""))) if "level" in said else None


class Check:
    """One claim being checked."""

    def __init__(self, claim: Claim, effort: str) -> None:
        claim = replace(claim, function=without_roots(claim.function), answer=without_roots(claim.answer))
        self.claim = claim
        variables = [v for v in (claim.variable, claim.second) if v is not None]
        self.scene = Scene([claim.function, claim.answer, *variables])
        self.taken = Taken(self.scene.nodes)
        every = [*self.scene.nodes, *self.taken.nodes]
        ops = {n.op.name for n in every}
        powers = [n.args[1] for n in every if n.op.name == "pow"]
        symbols = [any(n.op.name == "sym" for n in postorder(e)) for e in powers]
        broken = any(not s and not whole(e) for s, e in zip(symbols, powers, strict=True))
        symbolic = any(symbols)
        self.signs, self.roots = bool(ops & SIGNS), bool(ops & ROOTS) or broken
        rooted = "sqrtm" in ops or any(n.op.name == "mpow" and not whole(n.args[1]) for n in self.scene.nodes)
        exponents = [n.args[1] for n in self.scene.nodes if n.op.name == "mpow"]
        halves = any(e.op.name == "num" and not whole(e) for e in exponents)
        self.spectral = halves or bool(ops & set(SPECTRAL))
        self.turning = halves or bool(ops & TURNING)
        self.branches = 24 if self.signs or self.roots or ops & ORDER else (4 if rooted else 0)
        self.roots |= rooted or bool(ops & ROOTED)
        self.exps, self.trig = bool(ops & EXPS) or symbolic, bool(ops & TRIG)
        self.free, self.sided = bool(ops & FREE) or symbolic, bool(self.scene.sided)
        seed = sha256(os.urandom(32) + claim.function.key + claim.answer.key).digest()
        self.rng = Random(int.from_bytes(seed, "big"))
        self.trials = 4 * TRIALS if effort == "high" else TRIALS
        self.degree = polynomial_degree(self.scene.nodes, [claim.function, claim.answer], claim.kind)
        self.seen = Seen([])
        self.apart: dict[str, Any] | None = None
        self.singular = 0
        self.start, self.latest = thread_time(), perf_counter() + WALL
        self.seconds = SECONDS * EFFORT[effort]
        self.allow(1)

    def run(self) -> Certificate:
        found: Certificate | None
        try:
            found = self.in_fields()
        except (Unfit, Redraw, OutOfTime):
            found = None
        found = found or self.in_high_precision()
        return found if not found.ok else self.counted(found)

    def counted(self, found: Certificate) -> Certificate:
        """Not where a kink that hangs on sizes or indices alone was seen from one side: step(n - 20) up to n = 8."""
        kinks = counting(all_kinks([self.claim.function, self.claim.answer], self.scene.positive))
        words = one_sided(kinks, found.sizes, self.rng, self.start + 2 * self.seconds)
        return Certificate("X", words, decided=False) if words else found

    def in_fields(self) -> Certificate | None:
        """What random prime fields tell; None where they do not tell.

        What is declared to be 0 or 1 may be any number first: what holds then holds for 0 and 1.
        """
        if self.scene.bits:
            self.scene.free = True
            with suppress(Unfit, Redraw, OutOfTime):
                found = self.by_fields()
                if found is not None and found.ok:
                    return found
            self.scene.free = False
        return self.by_fields()

    def by_fields(self) -> Certificate | None:
        self.allow(FIELD_SHARE)
        own: dict[str, Rule] = {"own": by_its_rule} if self.taken else {}
        rules = {**CORE, **own} if own else CORE
        if self.spectral:
            if self.differs_somewhere():  # told by one point, where a field needs thousands to split
                return self.refuse("the two sides differ in high precision", self.apart)
            search = self.search(None, {**RULES, **own})
            if not (search.agree() and self.scene.cover.enough()):
                return None
            near = self.in_high_precision(near=True)
            return self.exact(search, ("functions of matrices by eigenvalues in a field",)) if near.ok else near
        search = self.search(None, rules)
        if search.agree() and self.scene.cover.enough():
            exact = self.exact(search, ())
            common = self.in_high_precision() if search.trials.related else None
            return exact if common is None or common.ok else common
        if search.trials.differ and not (self.free or self.signs or self.roots):
            return self.refuse("the two sides differ in a prime field")
        if self.exps:
            search = self.search(lambda: Exponents(self.rng, self.roots or self.signs, self.trig), rules)
            if search.agree() and self.scene.cover.enough():
                return self.exact(search, ("exp as a homomorphism into a finite field",))
        return None

    def search(self, field: Callable[[], Field] | None, rules: Mapping[str, Rule] = CORE) -> Search:
        rooted = self.roots or self.signs
        least = max(4, self.degree) if self.degree and self.degree <= 6 else 4
        wanted = max((needed(self.claim, self.scene.size_names) or {}).values(), default=0)
        if wanted <= (LEAST_WANTED if self.roots else MOST_WANTED) and not self.signs:
            least = max(least, wanted)
        sums = deepest_sum(self.scene.nodes)
        pairs = sums >= 2 and self.roots  # a root for every pair of places: few places, or they are never all squares
        near = pairs or sums >= DEEP_SUMS or any(n.op.name in ROOTS and not n.is_scalar for n in self.scene.nodes)
        if self.spectral or near:
            least = 2 if pairs or sums >= DEEPER else 3
        return Search(
            self.claim, self.scene, self.rng, field or (lambda: Field(self.rng, rooted)), self.trials, least,
            self.signs or self.sided, rooted or self.sided, self.branches > MANY,
            field is None and not (self.spectral or self.taken), self.deadline, rules, near,
        )  # fmt: skip

    def allow(self, share: float) -> None:
        """Until when to go on: so much of the time for the whole check."""
        self.deadline = self.start + share * self.seconds

    def exact(self, search: Search, heuristics: tuple[str, ...]) -> Certificate:
        """The level that the core gives, lowered where a bound is not to be had."""
        level, proven = search.trials.verdict()
        kinks = self.roots or self.signs or self.sided
        bits = bool(self.scene.bits) and not self.scene.free
        cases = bits or bool(self.scene.index_ranges)
        if cases and search.every_case is None:
            heuristics += ("what is 0 or 1 drawn at random",) if bits else ("indices drawn at random",)
        if self.scene.whole:
            heuristics += ("whole exponents drawn at random",)
        if kinks and level == "B" and (not proven or nested(self.claim)):
            met, able = search.seen()
            signs = f"signs as Legendre symbols ({met} of {able} patterns seen)"
            sides = f"determinants of either sign ({met} of {able} patterns seen)"
            heuristics += (("roots as residues",) if self.roots else ()) + ((signs,) if self.signs else ())
            heuristics += (sides,) if self.sided and not self.signs else ()
        points = sum(search.trials.accepted.values())
        proven = [s for s in proven if search.bound([s]) < MODEST] or proven
        bound = search.bound(proven if kinks else None)
        if level == "A" and not bound < MODEST:
            heuristics += ("a degree too high for a bound",)
        if search.doubted:
            heuristics += ("a bound that two computations disagree on",)
        if level != "A" or heuristics:
            return Certificate("B", "the two sides agree", None, search.sizes(), points, heuristics)
        every = self.degree is not None and all(min(s.values(), default=0) >= self.degree for s in proven)
        every = every or for_every_size(self.claim, self.scene.size_names, proven)
        every = every and not (cases and self.scene.size_names)
        sizes = tuple(proven) if kinks else search.sizes()
        sizes = (search.every_case,) if cases and search.every_case is not None else sizes
        return Certificate(
            level, "the two sides agree", bound, sizes, points, (), every,
            degree=search.degree, height=round(search.height, 1), fields=len(search.trials.fields),
        )  # fmt: skip

    def in_high_precision(self, near: bool = False) -> Certificate:
        """Two general points and one of size 1, to 110 digits; more where there are branches."""
        self.allow(1)
        self.scene.cover = Cover(self.scene.size_names)
        self.seen = Seen(all_kinks([self.claim.function, self.claim.answer], self.scene.positive))
        self.branches = max(self.branches, points_for(len(self.seen.kinks)) // 4)
        seen: list[dict[str, int]] = []
        barren: set[int] = set()
        reason = "no point was found at which both sides have a value"
        try:
            large = (FAR_SIZES.start,) * FAR_PLACES if self.scene.counts >= COUNTED else ()
            for least in NEAR if near else (2, 1, 3, 4, *large, FAR, *(1, 2, 3, 4) * self.branches):
                if least == FAR and seen and not self.far_agrees():
                    return self.refuse("the two sides differ in high precision", self.apart)
                if least in barren or least == FAR:
                    continue
                try:
                    same, sizes = self.at_real_point(least)
                except Unfit as problem:
                    reason, same = str(problem), None
                if same is False:
                    return self.refuse("the two sides differ in high precision", self.apart)
                if same:
                    seen.append(sizes)
                else:
                    barren.add(least)
        except OutOfTime:
            late = f"it could not be decided in {self.seconds:g} seconds"
            reason = late if seen else f"{late}: {reason}"
        if seen and self.turning and not self.turned_agrees():
            return self.refuse("the two sides differ in high precision", self.apart)
        general = sum(not s or max(s.values()) > 1 for s in seen)
        if general < 2 or len(seen) < (MANY if self.branches > MANY and not near else 3):
            return Certificate("X", reason, decided=False)
        for kink, entry, sign in self.seen.missing():
            if kink.needed and entry is None:
                word = "positive" if sign > 0 else "negative"
                return Certificate("X", f"{kink.word} was never seen {word}", decided=False)
        return Certificate("C", f"the two sides agree to {DIGITS} digits", None, tuple(seen), len(seen))

    def differs_somewhere(self) -> bool:
        """Whether the sides differ at one general point, if that is soon told."""
        self.allow(SOON)
        try:
            return self.at_real_point(2)[0] is False
        except (Unfit, OutOfTime):
            return False
        finally:
            self.allow(FIELD_SHARE)

    def at_real_point(self, least: int) -> tuple[bool | None, dict[str, int]]:
        """Whether the sides agree at a point, and its sizes. Unless they do, the same point with more bits tells."""
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
            if perf_counter() > self.latest:
                raise OutOfTime
            if self.singular > MOST_SINGULAR:
                break
        return None, {}

    def compare(self, point: Point) -> bool | None:
        """Whether the sides agree at a point; None where they have no value, or the precision does not tell."""
        for bits in BITS:
            sight = Sight(self.seen.kinks)
            try:
                with flint.ctx.workprec(bits):
                    ev = place(self.scene, self.rng, point, self.deadline)
                    ev.sight = sight
                    pairs = sides(self.claim, ev)
                    same = agree(pairs)
            except (Redraw, ZeroDivisionError) as problem:
                self.singular += not isinstance(problem, Redraw) or isinstance(problem, Singular)
                return None
            if same:
                self.seen.take(sight)
                return True
        if same is False:
            self.apart = apart(point.sizes, ev, pairs)
        return same

    def far_agrees(self) -> bool:
        """Agreement at points of many magnitudes and on both sides of each kink, as many as there is time for."""
        try:
            return self.far().all_agree(self.start + FAR_SHARE * self.seconds)
        except (OutOfTime, Unfit):
            return True

    def turned_agrees(self) -> bool:
        """Agreement where matrices under roots and logarithms have eigenvalues to the left; there is time for that."""
        self.deadline = max(self.start, thread_time()) + self.seconds
        try:
            return self.far().turned_agree(self.deadline)
        except (OutOfTime, Unfit):
            return True

    def far(self) -> Far:
        roots = self.claim.function, self.claim.answer
        many = WIDE if self.branches or self.seen.kinks else WIDE_SMOOTH
        return Far(self.scene, roots, self.rng, self.seen, self.compare, many)

    def refuse(self, reason: str, apart: dict[str, Any] | None = None) -> Certificate:
        """With a counterexample, of small integers where there is one."""
        self.deadline = thread_time() + COUNTEREXAMPLE_SHARE * self.seconds
        try:
            return Certificate("X", reason, counterexample=self.counterexample() or apart)
        except OutOfTime:
            return Certificate("X", reason, counterexample=apart)

    def counterexample(self) -> dict[str, Any] | None:
        """A point of small integers, or a general one, at which the sides differ."""
        with flint.ctx.workprec(BITS[-1]):
            for sizes, small in self.small_sizes():
                try:
                    ev = at_point(self.scene, Ball(self.rng, small), self.rng, sizes, self.deadline)
                    pairs = sides(self.claim, ev)
                except (Unfit, Redraw, ZeroDivisionError):
                    continue
                found = apart(sizes, ev, pairs)
                if found:
                    return found
        return None

    def small_sizes(self) -> Iterator[tuple[dict[str, int], bool]]:
        """Sizes to look at for a counterexample, the smallest first, and whether its entries are to be integers."""
        names = sorted(self.scene.size_names)
        for least in (1, 2):
            yield from ((dict.fromkeys(names, least), True) for _ in range(8))
        for least, small in ((2, True), (3, True), (2, False), (4, False)):
            yield from ((self.scene.draw_sizes(self.rng, least, Ball.max_entries), small) for _ in range(8))
