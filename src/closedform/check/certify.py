"""Certificates: both sides of a claim evaluated at random points drawn after the claim is known."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from hashlib import sha256
from random import Random
from time import thread_time
from typing import Any

from closedform.check.bounds import polynomial_degree
from closedform.check.certificate import Certificate, Claim
from closedform.check.core.evaluate import OutOfTime, Rule
from closedform.check.core.field import Field
from closedform.check.core.jet import Redraw, Unfit
from closedform.check.core.operations import CORE
from closedform.check.core.sides import without_roots
from closedform.check.core.verdict import nested
from closedform.check.counting import counting, one_sided
from closedform.check.differing import counterexample
from closedform.check.discrete import at_kinks
from closedform.check.everysize import for_every_size, grid, needed, spanning
from closedform.check.exponents import Exponents
from closedform.check.kinks import all_kinks
from closedform.check.own import Taken, by_its_rule
from closedform.check.precise import DIFFER, FIELD_SHARE, LATE, MANY, Differ, Precise
from closedform.check.record import certificate_in, claim_of
from closedform.check.scene import Scene, deepest_sum
from closedform.check.search import EXTREME_LEAST, Search
from closedform.check.shapes import shape_problem
from closedform.check.spectral import RULES
from closedform.check.traits import ROOTS, Clock, Traits
from closedform.errors import ClosedformError
from closedform.expr.walk import postorder

TRIALS, MODEST, LEAST_WANTED, MOST_WANTED, MOST_EXTREME = 3, -30, 6, 12, 40
EFFORT = {"quick": 0.25, "normal": 1, "high": 4}
SECONDS, WALL, COUNTEREXAMPLE_SHARE = 2.0, 60.0, 0.2
"""The time of the processor for a check; by the clock it may take longer on a machine that has other things to do."""
DEEP_SUMS, DEEPER = 3, 4
"""Sums within each other from which on small sizes are taken: an evaluation takes their product of steps."""
SPLIT, TIME_OVER = "functions of matrices by eigenvalues in a field", "the time over before all sizes were tried"
AT_A_KINK = "the two sides differ, or have no value, at some values of what is 0 or 1 or an index, a kink among them"


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
        self.traits = Traits(self.scene, self.taken)
        seed = sha256(os.urandom(32) + claim.function.key + claim.answer.key).digest()
        self.rng = Random(int.from_bytes(seed, "big"))
        self.trials = 4 * TRIALS if effort == "high" else TRIALS
        self.degree = polynomial_degree(self.scene.nodes, [claim.function, claim.answer], claim.kind)
        self.clock = Clock(SECONDS * EFFORT[effort], WALL)
        self.needs = needed(claim, self.scene.size_names) if self.scene.size_names else {}
        self.precise = Precise(claim, self.scene, self.rng, self.traits, self.clock)

    def run(self) -> Certificate:
        found: Certificate | None
        try:
            found = self.in_fields()
        except (Unfit, Redraw, OutOfTime):
            found = None
        found = found or self.in_high_precision()
        return self.seen_all_round(found) if found.ok else found

    def seen_all_round(self, found: Certificate) -> Certificate:
        """Not where a kink that hangs on sizes or indices alone was seen from one side: step(n - 20) up to n = 8.

        Nor where the sides differ at a kink that what is 0 or 1 meets.
        """
        late = thread_time() + self.clock.seconds
        kinks = counting(all_kinks([self.claim.function, self.claim.answer], self.scene.positive))
        try:
            words = one_sided(kinks, found.sizes, self.rng, late)
        except OutOfTime:
            words = "it could not be decided in time whether each kink was seen from both sides"
        if words:
            return Certificate("X", words, decided=False)
        few = self.scene.bits or self.scene.index_ranges
        drawn = found.level != "A" or self.traits.signs or self.traits.roots
        if few and drawn and not at_kinks(self.claim, self.scene, self.rng, late):
            return Certificate("X", AT_A_KINK, decided=False)
        return found

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
        self.clock.allow(FIELD_SHARE)
        own: dict[str, Rule] = {"own": by_its_rule} if self.taken else {}
        rules = {**CORE, **own} if own else CORE
        if self.traits.spectral:
            if self.precise.differs_somewhere():  # told by one point, where a field needs thousands to split
                return self.refuse(DIFFER, self.precise.apart)
            search = self.search(None, {**RULES, **own})
            if not (search.agree() and self.scene.cover.enough()):
                return None
            near = self.in_high_precision(near=True)
            late = (TIME_OVER,) if self.precise.short else ()
            return self.exact(search, (SPLIT, *late)) if near.ok else near
        search = self.search(None, rules)
        if search.agree() and self.scene.cover.enough():
            exact = self.exact(search, ())
            few = exact.level == "B" and (self.traits.signs or self.traits.roots)
            common = self.in_high_precision() if search.trials.related or few else None
            if common is None or common.ok:
                return exact
            if not few or common.decided:
                return common
            return replace(exact, heuristics=(*exact.heuristics, LATE)) if self.precise.late else exact
        if search.trials.differ and not (self.traits.free or self.traits.signs or self.traits.roots):
            return self.refuse("the two sides differ in a prime field")
        if self.traits.exps:
            rooted = self.traits.roots or self.traits.signs
            search = self.search(lambda: Exponents(self.rng, rooted, self.traits.trig), rules)
            if search.agree() and self.scene.cover.enough():
                return self.exact(search, ("exp as a homomorphism into a finite field",))
        return None

    def search(self, field: Callable[[], Field] | None, rules: Mapping[str, Rule] = CORE) -> Search:
        rooted = self.traits.roots or self.traits.signs
        least = max(4, self.degree) if self.degree and self.degree <= 6 else 4
        wanted = max((n for name, n in (self.needs or {}).items() if name in self.scene.size_names), default=0)
        if wanted <= (LEAST_WANTED if self.traits.roots else MOST_WANTED) and not self.traits.signs:
            least = max(least, wanted)
        sums = deepest_sum(self.scene.nodes)
        pairs = sums >= 2 and self.traits.roots  # a root for every pair: few places, or they are never all squares
        near = pairs or sums >= DEEP_SUMS or any(n.op.name in ROOTS and not n.is_scalar for n in self.scene.nodes)
        if self.traits.spectral or near:
            least = 2 if pairs or sums >= DEEPER else 3
        every = self.degree is not None and self.degree <= least
        every = wanted <= least and spanning(self.needs) if self.needs is not None else every
        every = every and not self.scene.index_ranges and (self.scene.free or not self.scene.bits)
        return Search(
            self.claim, self.scene, self.rng, field or (lambda: Field(self.rng, rooted)), self.trials, least,
            self.traits.signs or self.traits.sided, rooted or self.traits.sided, self.traits.branches > MANY,
            field is None and not (self.traits.spectral or self.taken), self.clock.deadline, rules, near,
            None if every else max(EXTREME_LEAST, wanted if wanted <= MOST_EXTREME else 0),
            list(grid(self.needs, least)) if every else (),
        )  # fmt: skip

    def exact(self, search: Search, heuristics: tuple[str, ...]) -> Certificate:
        """The level that the core gives, lowered where a bound is not to be had."""
        level, proven = search.trials.verdict()
        kinks = self.traits.roots or self.traits.signs or self.traits.sided
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
            heuristics += ("roots as residues",) if self.traits.roots else ()
            heuristics += (signs,) if self.traits.signs else ()
            heuristics += (sides,) if self.traits.sided and not self.traits.signs else ()
        points = sum(search.trials.accepted.values())
        proven = [s for s in proven if search.bound([s]) < MODEST] or proven
        bound = search.bound(proven if kinks else None)
        if level == "A" and not bound < MODEST:
            heuristics += ("a degree too high for a bound",)
        if search.doubted:
            heuristics += ("a bound that two computations disagree on",)
        every = self.degree is not None and all(min(s.values(), default=0) >= self.degree for s in proven)
        every = every or for_every_size(self.needs, proven)
        every = every and not (cases and self.scene.size_names)
        if search.cut and not every:
            heuristics += (TIME_OVER,)
        if level != "A" or heuristics:
            return Certificate("B", "the two sides agree", None, search.sizes(), points, heuristics)
        sizes = tuple(proven) if kinks else search.sizes()
        sizes = (search.every_case,) if cases and search.every_case is not None else sizes
        return Certificate(
            level, "the two sides agree", bound, sizes, points, (), every,
            degree=search.degree, height=round(search.height, 1), fields=len(search.trials.fields),
        )  # fmt: skip

    def in_high_precision(self, near: bool = False) -> Certificate:
        """Two general points and one of size 1, to 110 digits; more where there are branches."""
        try:
            return self.precise.certificate(near)
        except Differ:
            return self.refuse(DIFFER, self.precise.apart)

    def refuse(self, reason: str, apart: dict[str, Any] | None = None) -> Certificate:
        """With a counterexample, of small integers where there is one."""
        self.clock.more(COUNTEREXAMPLE_SHARE)
        try:
            found = counterexample(self.claim, self.scene, self.rng, self.clock.deadline)
        except OutOfTime:
            found = None
        return Certificate("X", reason, counterexample=found or apart)
