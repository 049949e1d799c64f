"""Certificates: both sides of a claim evaluated at random points drawn after the claim is known."""

from __future__ import annotations

import os
from dataclasses import replace
from hashlib import sha256
from random import Random
from time import perf_counter
from typing import Any

import flint

from closedform.check.ball import Ball
from closedform.check.bounds import Bound, polynomial_degree, whole
from closedform.check.certificate import Certificate, Claim
from closedform.check.draws import Draws
from closedform.check.evaluate import Evaluator
from closedform.check.far import Far, Point, place
from closedform.check.field import Field
from closedform.check.jet import OutOfTime, Redraw, Unfit
from closedform.check.kinks import Seen, Sight, all_kinks
from closedform.check.points import Scene
from closedform.check.sides import DIGITS, Pair, agree, agreement, shape_problem, shown, sides, without_roots
from closedform.expr.node import Node
from closedform.expr.walk import postorder

SIGNS = {"abs", "sign", "step", "relu", "max2", "min2", "clip", "huber", "norm1"}
ROOTS = {"sqrt", "norm2", "normF", "erf", "normcdf", "normpdf", "asin", "acos"}
TRIG = {"sin", "cos", "tan"}
EXPS = {
    "exp", "sinh", "cosh", "tanh", "sigmoid", "softplus", "softmax", "softmax_rows", "logsumexp",
    "logsumexp_rows", "expm1", "normpdf", "normcdf", "erf",
} | TRIG  # fmt: skip
ORDER = {"maxentry", "minentry", "argmax", "argmin", "norm_inf"}
KINKS = SIGNS | {"sqrt", "norm2", "normF", "asin", "acos"}
FREE = EXPS | {
    "log", "log1p", "logdet", "asin", "acos", "atan", "gamma", "loggamma", "digamma", "trigamma", "polygamma",
}  # fmt: skip
BITS, REDRAWS, EDGE_REDRAWS, LENIENT = (480, 1500), 600, 60, 12
TRIALS, EDGE_TRIALS, MANY, MODEST = 3, 8, 12, -30
SECONDS, FIELD_SHARE, COUNTEREXAMPLE_SHARE = 1.5, 0.5, 0.2
FAR, FAR_SHARE, WIDE, WIDE_SMOOTH = 0, 0.8, 8, 3


def certify(claim: Claim, effort: str = "normal") -> Certificate:
    """Check a claim; ``effort="high"`` takes four times the points.

    >>> from closedform.functions import algebra as a
    >>> x, A = a.sym("x", "n"), a.sym("A", "n", "n")
    >>> f = a.mul(a.transpose(x), A, x)
    >>> certify(Claim("gradient", f, a.mul(a.add(A, a.transpose(A)), x), x)).level
    'A'
    >>> certify(Claim("gradient", f, a.mul(A, x), x)).level
    'X'
    """
    start = perf_counter()
    wrong_shape = shape_problem(claim)
    found = Certificate("X", wrong_shape) if wrong_shape else Check(claim, effort).run()
    return replace(found, milliseconds=round(1000 * (perf_counter() - start), 3))


class Check:
    """One claim being checked."""

    def __init__(self, claim: Claim, effort: str) -> None:
        claim = replace(claim, function=without_roots(claim.function), answer=without_roots(claim.answer))
        self.claim = claim
        variables = [v for v in (claim.variable, claim.second) if v is not None]
        self.scene = Scene([claim.function, claim.answer, *variables])
        ops = {n.op.name for n in self.scene.nodes}
        powers = [n.args[1] for n in self.scene.nodes if n.op.name == "pow"]
        symbols = [any(n.op.name == "sym" for n in postorder(e)) for e in powers]
        broken = any(not s and not whole(e) for s, e in zip(symbols, powers, strict=True))
        symbolic = any(symbols)
        self.signs, self.roots = bool(ops & SIGNS), bool(ops & ROOTS) or broken
        rooted = "sqrtm" in ops or any(n.op.name == "mpow" and not whole(n.args[1]) for n in self.scene.nodes)
        self.branches = 24 if self.signs or self.roots or ops & ORDER else (4 if rooted else 0)
        self.exps, self.trig = bool(ops & EXPS) or symbolic, bool(ops & TRIG)
        self.free = bool(ops & FREE) or symbolic or "call" in ops
        seed = sha256(os.urandom(32) + claim.function.key + claim.answer.key).digest()
        self.rng = Random(int.from_bytes(seed, "big"))
        self.trials = TRIALS if effort == "normal" else 4 * TRIALS
        self.degree = polynomial_degree(self.scene.nodes, [claim.function, claim.answer], claim.kind)
        self.nested = nested_kinks(self.scene.nodes)
        self.draws = Draws()
        self.seen = Seen([])
        self.apart: dict[str, Any] | None = None
        self.start = perf_counter()
        self.seconds = SECONDS if effort == "normal" else 4 * SECONDS
        self.allow(1)

    def run(self) -> Certificate:
        try:
            found = self.in_fields()
        except (Unfit, Redraw, OutOfTime):
            found = None
        return found or self.in_high_precision()

    def in_fields(self) -> Certificate | None:
        """What random prime fields tell; None where they do not tell."""
        self.allow(FIELD_SHARE)
        if self.agree_in_fields(homomorphic=False):
            common = self.in_high_precision() if self.draws.related else None
            return self.exact(()) if common is None or common.ok else common
        if not (self.free or self.signs or self.roots):
            return self.refuse("the two sides differ in a prime field")
        if self.exps and self.agree_in_fields(homomorphic=True):
            return self.exact(("exp as a homomorphism into a finite field",))
        return None

    def allow(self, share: float) -> None:
        """Until when to go on: so much of the time for the whole check."""
        self.deadline = self.start + share * self.seconds

    def agree_in_fields(self, homomorphic: bool) -> bool:
        """Agreement at every point drawn, as many as there is time for."""
        self.draws = Draws()
        try:
            return self.agree_at_points(homomorphic)
        except OutOfTime:
            large = [s for s in self.draws.sizes() if not s or max(s.values()) > 1]
            if len(large) < 2 or (self.branches > MANY and sum(self.draws.accepted.values()) < MANY):
                raise
            return True

    def agree_at_points(self, homomorphic: bool) -> bool:
        """The first point at which the sides differ ends it."""
        kinks = self.roots or self.signs
        least = max(4, self.degree) if self.degree and self.degree <= 6 else 4
        large: list[dict[str, int]] = []
        for _ in range(self.trials - 1):
            large.append(self.scene.draw_sizes(self.rng, least, Field.max_entries, other_than=large, spread=9))
        if self.signs:
            large += [smallest(large[0], name, least) for name in sorted(self.scene.size_names)[:3]]
        for sizes in large:
            if not self.trial(sizes, homomorphic, least, fresh=True):
                return False
        small = self.scene.draw_sizes(self.rng, 1, 1)
        for k in range((EDGE_TRIALS if kinks else 1) if self.scene.size_names else 0):
            same = self.trial(small, homomorphic, 1, fresh=not k)
            if same is False:
                return False
            if same is None:
                break
        while self.draws.weak() and not homomorphic:
            if not self.trial(large[-1], homomorphic, least, fresh=True):
                return False
        for sizes in [min(large, key=self.draws.width_at)] if self.signs else large:
            while self.draws.wants(sizes):
                if not self.trial(sizes, homomorphic, least, fresh=False):
                    return False
        return True

    def trial(self, sizes: dict[str, int], homomorphic: bool, least: int, fresh: bool) -> bool | None:
        """Whether the sides agree at a point, in a new field if ``fresh``; None where size 1 will not do."""
        field = self.draws.field
        if field is None or fresh:
            field = self.draws.field = Field(self.rng, self.roots or self.signs, self.trig, homomorphic)
        for attempt in range((REDRAWS if least > 1 else EDGE_REDRAWS) if self.roots or self.signs else 20):
            field.forget(lenient=attempt < LENIENT)
            try:
                ev = self.scene.draw(field, self.rng, sizes, self.deadline)
                same = all(a == b for a, b in sides(self.claim, ev))
            except (Redraw, ZeroDivisionError, Unfit) as problem:
                if isinstance(problem, Unfit):
                    if least > 1:
                        raise
                    return None
                self.draws.refused += 1
                if attempt % 4 == 3 and least > 1:
                    sizes.update(self.scene.draw_sizes(self.rng, least, Field.max_entries))
                continue
            self.draws.note(sizes, field.seen, not field.spoiled)
            if not field.spoiled:
                self.draws.related |= field.related
                if fresh and not homomorphic and least > 1:
                    self.draws.note_bound(sizes, Bound(sizes, self.claim, field.roots).log2(field.p))
                return same
        if least > 1:
            raise Unfit("no admissible point in a field")
        return None

    def exact(self, heuristics: tuple[str, ...]) -> Certificate:
        draws, kinks = self.draws, self.roots or self.signs
        proven = draws.proven()
        if kinks and (self.nested or not proven):
            words = {"roots as residues": self.roots, "signs as Legendre symbols": self.signs}
            heuristics += tuple(w for w, used in words.items() if used)
        points = sum(draws.accepted.values())
        if heuristics:
            return Certificate("B", "the two sides agree", None, draws.sizes(), points, heuristics)
        bound = draws.bound(proven if kinks else None)
        if not bound < MODEST:
            return Certificate(
                "B", "the two sides agree", None, draws.sizes(), points, ("a degree too high for a bound",)
            )
        every = self.degree is not None and all(min(s.values(), default=0) >= self.degree for s in proven)
        sizes = tuple(proven) if kinks else draws.sizes()
        return Certificate("A", "the two sides agree", bound, sizes, points, (), every)

    def in_high_precision(self) -> Certificate:
        """Two general points and one of size 1, to 50 digits; more where there are branches."""
        self.allow(1)
        self.seen = Seen(all_kinks([self.claim.function, self.claim.answer], self.scene.positive))
        seen: list[dict[str, int]] = []
        barren: set[int] = set()
        reason = "no point was found at which both sides have a value"
        try:
            for least in (2, 3, 4, 1, FAR, *(1, 2, 3, 4) * self.branches):
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
        general = sum(not s or max(s.values()) > 1 for s in seen)
        if general < 2 or len(seen) < (MANY if self.branches > MANY else 3):
            return Certificate("X", reason, decided=False)
        for kink, entry, sign in self.seen.missing():
            if kink.needed and entry is None:
                word = "positive" if sign > 0 else "negative"
                return Certificate("X", f"{kink.word} was never seen {word}", decided=False)
        return Certificate("C", f"the two sides agree to {DIGITS} digits", None, tuple(seen), len(seen))

    def at_real_point(self, least: int) -> tuple[bool | None, dict[str, int]]:
        """Whether the sides agree at a point, and its sizes. Unless they do, the same point with more bits tells."""
        for _ in range(REDRAWS if least > 1 else EDGE_REDRAWS):
            sizes = self.scene.draw_sizes(self.rng, least, Ball.max_entries)
            same = self.compare(Point(self.rng.getstate(), sizes))
            if same is not None:
                return same, sizes
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
            except (Redraw, ZeroDivisionError):
                return None
            if same:
                self.seen.take(sight)
                return True
        if same is False:
            self.apart = apart(point.sizes, ev, pairs)
        return same

    def far_agrees(self) -> bool:
        """Agreement at points of many magnitudes and on both sides of each kink, as many as there is time for."""
        roots = self.claim.function, self.claim.answer
        many = WIDE if self.branches or self.seen.kinks else WIDE_SMOOTH
        far = Far(self.scene, roots, self.rng, self.seen, self.compare, many)
        try:
            return far.all_agree(self.start + FAR_SHARE * self.seconds)
        except (OutOfTime, Unfit):
            return True

    def refuse(self, reason: str, apart: dict[str, Any] | None = None) -> Certificate:
        """With a counterexample, of small integers where there is one."""
        self.deadline = perf_counter() + COUNTEREXAMPLE_SHARE * self.seconds
        try:
            return Certificate("X", reason, counterexample=self.counterexample() or apart)
        except OutOfTime:
            return Certificate("X", reason, counterexample=apart)

    def counterexample(self) -> dict[str, Any] | None:
        """A point of small integers, or a general one, at which the sides differ."""
        with flint.ctx.workprec(BITS[-1]):
            for least, small in ((1, True), (2, True), (3, True), (2, False), (4, False)):
                for _ in range(8):
                    sizes = self.scene.draw_sizes(self.rng, least, Ball.max_entries)
                    try:
                        ev = self.scene.draw(Ball(self.rng, small), self.rng, sizes, self.deadline)
                        pairs = sides(self.claim, ev)
                    except (Unfit, Redraw, ZeroDivisionError):
                        continue
                    found = apart(sizes, ev, pairs)
                    if found:
                        return found
        return None


def apart(sizes: dict[str, int], ev: Evaluator, pairs: list[Pair]) -> dict[str, Any] | None:
    """The point of ``ev`` and what differs there, to show to people."""
    for a, b in pairs:
        if agreement(a, b) is False:
            point = {k: shown(v.first) for k, v in ev.symbols.items()}
            digits = 12 if shown(a) != shown(b) else 60
            return {"sizes": sizes, "point": point, "claimed": shown(a, digits), "true": shown(b, digits)}
    return None


def smallest(sizes: dict[str, int], name: str, least: int) -> dict[str, int]:
    """The sizes with that of ``name`` the least, so that few signs are met where it counts them."""
    return {k: least if k == name else (sizes[name] if v == least else v) for k, v in sizes.items()}


def nested_kinks(nodes: list[Node]) -> bool:
    """Whether a root or sign stands within the argument of another."""
    below: set[Node] = set()
    for n in nodes:
        own = n.op.name in KINKS or (n.op.name == "pow" and not whole(n.args[1]))
        if any(a in below for a in n.args):
            if own:
                return True
            below.add(n)
        elif own:
            below.add(n)
    return False
