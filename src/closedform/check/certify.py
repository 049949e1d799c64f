"""Certificates: both sides of a claim evaluated at random points drawn after the claim is known."""

from __future__ import annotations

import os
import time
from dataclasses import replace
from hashlib import sha256
from random import Random
from typing import Any

import flint

from closedform.check.ball import Ball, magnitude
from closedform.check.bounds import Bound, polynomial_degree, whole
from closedform.check.certificate import Certificate, Claim
from closedform.check.draws import Draws
from closedform.check.evaluate import Evaluator
from closedform.check.field import Field
from closedform.check.jet import Jet, Mat, Redraw, Unfit
from closedform.check.moves import keep
from closedform.check.points import Scene, in_space, space
from closedform.errors import ClosedformError
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
BITS, DIGITS, REDRAWS, LENIENT = 1000, 50, 600, 12
TRIALS, EDGE_TRIALS, MODEST = 3, 8, -30

Pair = tuple[Mat, Mat]


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
    start = time.perf_counter()
    wrong_shape = shape_problem(claim)
    found = Certificate("X", wrong_shape) if wrong_shape else Check(claim, effort).run()
    return replace(found, milliseconds=round(1000 * (time.perf_counter() - start), 3))


def shape_problem(claim: Claim) -> str:
    """Why the answer cannot be right by its shape alone; empty where it can."""
    f, g, x, w = claim.function, claim.answer, claim.variable, claim.second or claim.variable
    if claim.kind == "equal":
        return "" if f.shape == g.shape else f"the shapes differ: {shape(f)} and {shape(g)}"
    if x is None or w is None:
        raise ClosedformError(f"a claim about a {claim.kind} names its variable")
    if claim.kind == "gradient":
        if not f.is_scalar:
            raise ClosedformError("a gradient is that of a scalar function")
        wanted = [x.shape]
    elif claim.kind == "jacobian":
        rows, cols = f.shape if x.is_scalar else (f.rows, x.rows)
        wanted = [(cols, rows) if claim.layout == "denominator" and not x.is_scalar else (rows, cols)]
        if not (x.is_scalar or (f.is_column and x.is_column)):
            raise ClosedformError("a Jacobian is that of a vector by a vector, or of anything by a scalar")
    elif claim.kind == "map":
        wanted = [f.shape]
    elif claim.kind == "hessian":
        wanted = second_shapes(claim, f, x, w)
    else:
        raise ClosedformError(f"there is no kind of claim called {claim.kind}")
    names = " or ".join(f"{rows}×{cols}" for rows, cols in wanted)
    return "" if g.shape in wanted else f"the answer is {shape(g)}, not {names}"


def second_shapes(claim: Claim, f: Node, x: Node, w: Node) -> list[Any]:
    """The shapes that a second derivative may have: of a matrix, or of a map in one or two differentials."""
    if len(claim.differentials) == 2:
        return [f.shape]
    if len(claim.differentials) == 1:
        return [x.shape] if f.is_scalar else [(f.rows, x.rows)]
    if w.is_scalar and f.is_scalar:
        return [x.shape]
    if x.is_scalar:
        return [w.shape, (w.cols, w.rows)] if f.is_scalar else [f.shape]
    if f.is_scalar and x.is_column and w.is_column:
        return [(x.rows, w.rows)]
    raise ClosedformError("this second derivative is a linear map: the claim names its differentials")


def shape(node: Node) -> str:
    return f"{node.rows}×{node.cols}"


class Check:
    """One claim being checked."""

    def __init__(self, claim: Claim, effort: str) -> None:
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

    # the course of a check
    def run(self) -> Certificate:
        try:
            if self.agree_in_fields(homomorphic=False):
                common = self.in_high_precision() if self.draws.related else None
                return self.exact(()) if common is None or common.ok else common
            if not (self.free or self.signs or self.roots):
                return self.refuse("the two sides differ in a prime field")
            if self.exps and self.agree_in_fields(homomorphic=True):
                return self.exact(("exp as a homomorphism into a finite field",))
        except (Unfit, Redraw):
            pass
        return self.in_high_precision()

    def agree_in_fields(self, homomorphic: bool) -> bool:
        """Agreement at every point drawn. The first point at which the sides differ ends it."""
        self.draws, kinks = Draws(), self.roots or self.signs
        least = max(4, self.degree) if self.degree and self.degree <= 6 else 4
        large: list[dict[str, int]] = []
        for _ in range(self.trials - 1):
            large.append(self.scene.draw_sizes(self.rng, least, other_than=large))
        if self.signs:
            large += [smallest(large[0], name, least) for name in sorted(self.scene.size_names)[:3]]
        for sizes in large:
            if not self.trial(sizes, homomorphic, least, fresh=True):
                return False
        small = self.scene.draw_sizes(self.rng, 1)
        for k in range(EDGE_TRIALS if kinks else 1):
            if self.scene.size_names and self.trial(small, homomorphic, 1, fresh=not k) is False:
                return False
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
        for attempt in range(REDRAWS if self.roots or self.signs else 20):
            field.forget(lenient=attempt < LENIENT)
            try:
                ev = self.scene.draw(field, self.rng, sizes)
                same = all(a == b for a, b in self.sides(ev))
            except (Redraw, ZeroDivisionError, Unfit) as problem:
                if isinstance(problem, Unfit):
                    if least > 1:
                        raise
                    return None
                self.draws.refused += 1
                if attempt % 16 == 15 and least > 1:
                    sizes.update(self.scene.draw_sizes(self.rng, least))
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
        """Two general points and one of size 1, to 50 digits."""
        reason, seen = "", []
        with flint.ctx.workprec(BITS):
            for least in (2, 3, 4, 1, 3, 2, *(1, 2, 3, 4) * self.branches):
                for _ in range(REDRAWS):
                    sizes = self.scene.draw_sizes(self.rng, least)
                    try:
                        ev = self.scene.draw(Ball(self.rng), self.rng, sizes)
                        same = all(close(a, b) for a, b in self.sides(ev))
                    except Unfit as problem:
                        reason = str(problem)
                        break
                    except (Redraw, ZeroDivisionError):
                        continue
                    if not same:
                        return self.refuse("the two sides differ in high precision")
                    seen.append(sizes)
                    break
        if len(seen) < 3:
            return Certificate("X", reason or "no point was found at which both sides have a value")
        return Certificate("C", f"the two sides agree to {DIGITS} digits", None, tuple(seen), len(seen))

    def refuse(self, reason: str) -> Certificate:
        return Certificate("X", reason, counterexample=self.counterexample())

    def counterexample(self) -> dict[str, Any] | None:
        """A point of small integers, or a general one, at which the sides differ."""
        with flint.ctx.workprec(BITS):
            for least, small in ((1, True), (2, True), (3, True), (2, False), (4, False)):
                for _ in range(8):
                    sizes = self.scene.draw_sizes(self.rng, least)
                    try:
                        ev = self.scene.draw(Ball(self.rng, small), self.rng, sizes)
                        pairs = self.sides(ev)
                    except (Unfit, Redraw, ZeroDivisionError):
                        continue
                    for a, b in pairs:
                        if not close(a, b):
                            point = {k: shown(v.first) for k, v in ev.symbols.items()}
                            digits = 12 if shown(a) != shown(b) else 60
                            values = {"claimed": shown(a, digits), "true": shown(b, digits)}
                            return {"sizes": sizes, "point": point, **values}
        return None

    # the two sides
    def sides(self, ev: Evaluator) -> list[Pair]:
        """What the claim says is equal, the answer's side first, at the point of ``ev``."""
        claim = self.claim
        if claim.kind == "equal":
            return [(ev.evaluate(claim.answer).first, ev.evaluate(claim.function).first)]
        assert claim.variable is not None
        x, w = claim.variable, claim.second or claim.variable
        u, v = self.direction(ev, x), self.direction(ev, w)
        if claim.kind == "hessian":
            return self.second_order(ev, x, w, u, v)
        truth = derivative(ev, claim.function, [(x.params[0], v)])
        if claim.kind == "map":
            ev.symbols[claim.differentials[0]] = v
            return [(ev.evaluate(claim.answer).first, truth)]
        answer = ev.evaluate(claim.answer)
        if claim.kind == "gradient":
            return self.gradient(answer, v, truth, self.space(x))
        if x.is_scalar:
            return [((v * answer).first, truth)]
        return [(((answer.T if claim.layout == "denominator" else answer) @ v).first, truth)]

    def gradient(self, answer: Jet, v: Jet, truth: Mat, facts: frozenset[str]) -> list[Pair]:
        if self.claim.convention == "free" and "sym" in facts:
            upper = keep(answer, lambda i, j: i <= j)
            return [((upper * v).sum().first, truth), (answer.first, answer.T.first)]
        pairs = [((answer * v).sum().first, truth)]
        return [*pairs, (answer.first, in_space(answer, facts).first)] if facts else pairs

    def second_order(self, ev: Evaluator, x: Node, w: Node, u: Jet, v: Jet) -> list[Pair]:
        claim = self.claim
        truth = derivative(ev, claim.function, [(x.params[0], u), (w.params[0], v)])
        names = claim.differentials
        ev.symbols.update(zip(names, (v, u), strict=False))
        answer = ev.evaluate(claim.answer)
        if len(names) == 2:
            return [(answer.first, truth)]
        if names:
            if not claim.function.is_scalar:
                return [((answer @ u).first, truth)]
            return self.gradient(answer, u, truth, self.space(x))
        if w.is_scalar and claim.function.is_scalar:
            return self.gradient(answer * v, u, truth, self.space(x))
        if x.is_scalar:
            if not claim.function.is_scalar:
                return [((answer * u * v).first, truth)]
            turned = answer if answer.shape == v.shape else answer.T
            return [(((turned * v).sum() * u).first, truth)]
        return [((u.T @ answer @ v).first, truth)]

    def space(self, x: Node) -> frozenset[str]:
        return space(f for f in self.scene.facts[x.params[0]] if ":" not in f)

    def direction(self, ev: Evaluator, x: Node) -> Jet:
        return Jet(in_space(ev.random(*ev.shape(x)), self.space(x)).c)


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


def derivative(ev: Evaluator, function: Node, along: list[tuple[str, Jet]]) -> Mat:
    """The derivative along one or two directions: read off truncated numbers, or by differences at 2^-250."""
    base = dict(ev.symbols)
    if ev.exact:
        for k, (name, v) in enumerate(along):
            have = ev.symbols[name]
            c = list(have.c) + [None] * ((1 << k + 1) - len(have.c))
            c[1 << k] = v.first
            ev.symbols[name] = Jet(c, have.q)
        value = ev.evaluate(function).part((1 << len(along)) - 1)
    else:
        h = flint.arb(2) ** (-BITS // 4)
        value = None
        for signs in range(1 << len(along)):
            ev.symbols, sign = dict(base), 1
            for k, (name, v) in enumerate(along):
                step = h if signs >> k & 1 else -h
                sign = sign if signs >> k & 1 else -sign
                ev.symbols[name] = Jet([ev.symbols[name].c[0] + v.first * step])
            term = ev.evaluate(function).first * sign
            value = term if value is None else value + term
        value = value * (1 / (2 * h)) ** len(along)
    ev.symbols = base
    return value


def close(a: Mat, b: Mat) -> bool:
    """Whether two matrices of balls agree to 50 digits, or both are zero to far more."""
    scale = max(magnitude(a), magnitude(b))
    gap = magnitude(a - b)
    if not gap.is_finite():
        raise Redraw("no digits are left")
    return bool(scale < flint.arb(2) ** -200 or gap <= scale * flint.arb(10) ** -DIGITS)


def shown(m: Mat, digits: int = 12) -> list[list[str]]:
    return [[e.str(digits, radius=False) for e in row] for row in m.tolist()]
