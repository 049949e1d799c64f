"""Certificates: both sides of a claim evaluated at random points drawn after the claim is known."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from hashlib import sha256
from random import Random
from typing import Any

import flint

from closedform.check.ball import Ball, magnitude
from closedform.check.bounds import Bound, polynomial_degree
from closedform.check.certificate import Certificate, Claim
from closedform.check.evaluate import Evaluator, keep
from closedform.check.field import Field, Redraw, Unfit
from closedform.check.jet import Jet, Mat
from closedform.check.points import Scene, in_space, space
from closedform.errors import ClosedformError
from closedform.expr.node import Node

SIGNS = {"abs", "sign", "step", "relu", "max2", "min2", "clip", "huber", "norm1"}
ROOTS = {"sqrt", "norm2", "normF", "erf", "normcdf", "normpdf", "asin", "acos"}
TRIG = {"sin", "cos", "tan"}
EXPS = {
    "exp", "sinh", "cosh", "tanh", "sigmoid", "softplus", "softmax", "softmax_rows", "logsumexp", "logsumexp_rows",
    "expm1", "normpdf", "normcdf", "erf",
} | TRIG  # fmt: skip
FREE = EXPS | {"log", "log1p", "logdet", "asin", "acos", "atan", "gamma", "loggamma", "digamma", "trigamma", "polygamma"}
BITS, DIGITS, REDRAWS = 1000, 50, 60
TRIALS, SIGN_TRIALS, SIGN_LIMIT = 3, 24, 6
AGREE, DISAGREE = True, False

Pair = tuple[Mat, Mat]


def certify(claim: Claim, effort: str = "normal") -> Certificate:
    """Check a claim.

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
    return "" if g.shape in wanted else f"the answer is {shape(g)}, not {' or '.join(f'{r}×{c}' for r, c in wanted)}"


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
        broken = any(e.op.name != "num" or e.params[0].denominator != 1 for e in powers)
        symbolic = any(n.op.name == "sym" for e in powers for n in postorder_of(e))
        self.signs, self.roots = bool(ops & SIGNS), bool(ops & ROOTS) or broken
        self.exps, self.trig = bool(ops & EXPS) or symbolic, bool(ops & TRIG)
        self.free = bool(ops & FREE) or symbolic or "call" in ops
        seed = sha256(os.urandom(32) + claim.function.key + claim.answer.key).digest()
        self.rng = Random(int.from_bytes(seed, "big"))
        self.trials = TRIALS if effort == "normal" else 4 * TRIALS
        self.degree = polynomial_degree(self.scene.nodes, [claim.function, claim.answer], claim.kind)
        self.sizes: list[dict[str, int]] = []
        self.patterns: dict[int, set[tuple[int, ...]]] = {}
        self.bound = 0.0

    # the course of a check
    def run(self) -> Certificate:
        try:
            if self.agree_in_fields(homomorphic=False):
                return self.exact(())
            if not (self.free or self.signs or self.roots):
                return self.refuse("the two sides differ in a prime field")
            if self.exps and self.agree_in_fields(homomorphic=True):
                return self.exact(("exp as a homomorphism into a finite field",))
        except (Unfit, Redraw):
            pass
        return self.in_high_precision()

    def agree_in_fields(self, homomorphic: bool) -> bool:
        """Agreement at every point drawn. A first point at which the sides differ ends it."""
        self.sizes, self.patterns, self.bound = [], {}, 0.0
        plan = [self.least(4), self.least(4), 1] + [self.least(4)] * (self.trials - TRIALS)
        if self.signs:
            plan += [1] * SIGN_TRIALS + [4] * SIGN_TRIALS
        for least in plan:
            if least == 1 and not self.scene.size_names:
                least = 4
            verdict = self.trial(least, homomorphic)
            if verdict is DISAGREE:
                return False
            if verdict is None and least != 1:
                raise Unfit("no admissible point in a field")
        return True

    def least(self, sizes: int) -> int:
        return max(sizes, self.degree) if self.degree is not None and self.degree <= 6 else sizes

    def trial(self, least: int, homomorphic: bool) -> bool | None:
        """Whether the sides agree at a point in a new field; None where no point was found."""
        field = Field(self.rng, self.roots or self.signs, self.trig, homomorphic)
        for attempt in range(REDRAWS):
            if attempt % 8 == 0:
                sizes = self.scene.draw_sizes(self.rng, least)
            field.forget()
            try:
                ev = self.scene.draw(field, self.rng, sizes)
                same = all(a == b for a, b in self.sides(ev))
            except Unfit:
                if least == 1:
                    return None
                raise
            except (Redraw, ZeroDivisionError):
                continue
            self.note(field, sizes)
            return same
        return None

    def note(self, field: Field, sizes: dict[str, int]) -> None:
        if sizes not in self.sizes:
            self.sizes.append(sizes)
        pattern = tuple(field.pattern.values())
        self.patterns.setdefault(len(pattern), set()).add(pattern)
        if not field.q:
            self.bound += Bound(sizes, self.claim, field.roots).log2(field.p)

    def exact(self, heuristics: tuple[str, ...]) -> Certificate:
        if self.roots:
            heuristics += ("square roots as residues",)
        if self.signs:
            heuristics += ("signs as Legendre symbols",)
        every = self.degree is not None and all(min(s.values(), default=0) >= self.degree for s in self.sizes[:2])
        return Certificate(
            "B" if heuristics else "A", "the two sides agree", None if heuristics else self.bound,
            tuple(self.sizes), len(self.sizes), heuristics, every and not heuristics,
        )  # fmt: skip

    def in_high_precision(self) -> Certificate:
        """Two general points and one of size 1, to 50 digits."""
        self.sizes, reason, seen = [], "", 0
        with flint.ctx.workprec(BITS):
            for least in (2, 3, 4, 1, 3, 2):
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
                    seen += 1
                    self.sizes.append(sizes)
                    break
        if seen < 3:
            return Certificate("X", reason or "no point was found at which both sides have a value")
        return Certificate("C", f"the two sides agree to {DIGITS} digits", None, tuple(self.sizes), seen)

    def refuse(self, reason: str) -> Certificate:
        return Certificate("X", reason, None, tuple(self.sizes), counterexample=self.counterexample())

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
                            point = {k: shown(v.c[0]) for k, v in ev.symbols.items()}
                            return {"sizes": sizes, "point": point, "claimed": shown(a), "true": shown(b)}
        return None

    # the two sides
    def sides(self, ev: Evaluator) -> list[Pair]:
        """What the claim says is equal, the answer's side first, at the point of ``ev``."""
        claim = self.claim
        if claim.kind == "equal":
            return [(ev.evaluate(claim.answer).c[0], ev.evaluate(claim.function).c[0])]
        assert claim.variable is not None
        x, w = claim.variable, claim.second or claim.variable
        u, v = self.direction(ev, x), self.direction(ev, w)
        if claim.kind == "hessian":
            return self.second_order(ev, x, w, u, v)
        truth = derivative(ev, claim.function, [(x.params[0], v)])
        if claim.kind == "map":
            ev.symbols[claim.differentials[0]] = v
            return [(ev.evaluate(claim.answer).c[0], truth)]
        answer = ev.evaluate(claim.answer)
        if claim.kind == "gradient":
            return self.gradient(answer, v, truth, self.space(x))
        if x.is_scalar:
            return [((v * answer).c[0], truth)]
        return [(((answer.T if claim.layout == "denominator" else answer) @ v).c[0], truth)]

    def gradient(self, answer: Jet, v: Jet, truth: Mat, facts: frozenset[str]) -> list[Pair]:
        if self.claim.convention == "free" and "sym" in facts:
            return [((keep(answer, lambda i, j: i <= j) * v).sum().c[0], truth), (answer.c[0], answer.T.c[0])]
        pairs = [((answer * v).sum().c[0], truth)]
        return [*pairs, (answer.c[0], in_space(answer, facts).c[0])] if facts else pairs

    def second_order(self, ev: Evaluator, x: Node, w: Node, u: Jet, v: Jet) -> list[Pair]:
        claim = self.claim
        truth = derivative(ev, claim.function, [(x.params[0], u), (w.params[0], v)])
        names = claim.differentials
        ev.symbols.update(zip(names, (v, u), strict=False))
        answer = ev.evaluate(claim.answer)
        if len(names) == 2:
            return [(answer.c[0], truth)]
        if names:
            if not claim.function.is_scalar:
                return [((answer @ u).c[0], truth)]
            return self.gradient(answer, u, truth, self.space(x))
        if w.is_scalar and claim.function.is_scalar:
            return self.gradient(answer * v, u, truth, self.space(x))
        if x.is_scalar:
            if not claim.function.is_scalar:
                return [((answer * u * v).c[0], truth)]
            turned = answer if answer.shape == v.shape else answer.T
            return [((turned * v).sum().__mul__(u).c[0], truth)]
        return [((u.T @ answer @ v).c[0], truth)]

    def space(self, x: Node) -> frozenset[str]:
        return space(f for f in self.scene.facts[x.params[0]] if ":" not in f)

    def direction(self, ev: Evaluator, x: Node) -> Jet:
        return Jet(in_space(ev.numbers.random(*ev.shape(x)), self.space(x)).c)


def derivative(ev: Evaluator, function: Node, along: list[tuple[str, Jet]]) -> Mat:
    """The derivative along one direction or two: read off truncated numbers, or from differences at 2^-250."""
    base = dict(ev.symbols)
    if ev.exact:
        for k, (name, v) in enumerate(along):
            have = ev.symbols[name]
            c = list(have.c) + [None] * ((1 << k + 1) - len(have.c))
            c[1 << k] = v.c[0]
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
                ev.symbols[name] = Jet([ev.symbols[name].c[0] + v.c[0] * step])
            term = ev.evaluate(function).c[0] * sign
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


def shown(m: Mat) -> list[list[str]]:
    return [[e.str(12, radius=False) for e in row] for row in m.tolist()]
