"""Formulas over balls: the core's evaluator, with the operations that only real numbers have, and a look at kinks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from functools import cached_property, reduce
from itertools import product
from operator import add, mul
from typing import Any

import flint
from flint import arb, arb_mat

from closedform.check import ball
from closedform.check.ball import magnitude
from closedform.check.core.evaluate import Evaluator, Partial, Rule
from closedform.check.core.jet import Jet, Mat, Redraw, Unfit, stack
from closedform.check.core.operations import CORE, matrix_power, pinv, place
from closedform.check.core.scalars import HALF
from closedform.check.core.sides import Pair
from closedform.check.kinks import Sight
from closedform.check.own import by_its_rule
from closedform.expr.node import Node
from closedform.expr.walk import postorder

MAX_ANALYTIC, DIGITS, NOTHING, MOST_TERMS, WAVES = 24, 110, -440, 4, 3
SPREAD = {"max2", "min2", "clip", "huber"}


class Rough(Exception):
    """A function that is known at points alone: its derivative is taken by differences."""


class RealEvaluator(Evaluator):
    """An evaluator over balls. ``sight``, where there is one, is shown what stands at kinks."""

    sight: Sight | None = None
    moving = False
    """Whether it takes differences: what is not smooth at a point has no value then."""

    @cached_property
    def draws(self) -> dict[tuple[Any, ...], Jet]:
        """Numbers of unknown functions, the same each time."""
        return {}

    def step(self, node: Node) -> Jet:
        if self.sight is None or node not in self.sight.kinks:
            return super().step(node)
        if node.op.name != "sumover":
            shape, args = self.shape(node), [self.memo[a] for a in node.args]
            if node.op.name in SPREAD:
                args = [a if a.shape == shape else a.pick(*shape, lambda i, j: (0, 0)) for a in args]
            self.sight.note(node, args)
        value = super().step(node)
        self.sight.note(node, [], value)
        return value

    def expanded(self, function: str, names: Sequence[Partial], u: Jet) -> Jet:
        """Of a polynomial with random coefficients, and sines."""
        order, n = len(names[0]) - 1, u.count
        total, monomials, origin = u.fixed(len(names), 1, 0), u.fixed(1, 1, 1), u.fixed(1, 1, 0)
        for d in range(max(2, MOST_TERMS - order)):
            more = [(*name, *k) for name in names for k in product(range(n), repeat=d)]
            total = total + self.partials(function, more, origin).reshape(len(names), n**d) @ monomials
            monomials = (monomials @ u.T).reshape(n ** (d + 1), 1) * Fraction(1, d + 1)
        return reduce(add, [self.wave(function, w, names, u) for w in range(WAVES)], total)

    def wave(self, function: str, w: int, names: Sequence[Partial], u: Jet) -> Jet:
        """Partial derivatives of a sine: what holds for polynomials of low degree alone, differences say, is seen.

        Of one sine and its neighbours g(s + 1) + g(s - 1) is c·g(s) with the same c everywhere: there are several.
        """
        turns = [self.drawn(function, "turn", w, k) for k in range(u.count)]
        order, angle = len(names[0]) - 1, stack(turns).T @ u
        slopes = [reduce(mul, [turns[k] for k in by], self.drawn(function, "height", w, one)) for one, *by in names]
        return stack(slopes) * self.f("cos" if order % 2 else "sin", angle) * (-1 if order % 4 > 1 else 1)

    def drawn(self, *key: Any) -> Jet:
        """A number that is the same each time."""
        if key not in self.draws:
            self.draws[key] = self.numbers.random(1, 1)
        return self.draws[key]

    def derivative(self, function: Node, ways: Sequence[Mapping[str, Jet]]) -> Mat:
        """Read off truncated numbers; by differences where need be."""
        base = dict(self.symbols)
        try:
            return super().derivative(function, ways)
        except Rough:
            if any(len(way) > 1 for way in ways):
                raise Unfit("an implicit function through one that is known at points alone") from None
            if any(n.op.own for n in postorder(function)):
                raise Unfit("a declared function beside one that is known at points alone") from None
            self.symbols = base
            return self.differences(function, ways)
        finally:
            self.symbols, self.moving = base, False

    def differences(self, function: Node, ways: Sequence[Mapping[str, Jet]]) -> Mat:
        """With a step that leaves 110 digits and more of the precision, in the first order and in the second."""
        h = arb(2) ** (-flint.ctx.prec * 9 // 40)
        base, terms, self.moving = self.symbols, list[Mat](), True
        for signs in range(1 << len(ways)):
            self.symbols, sign = dict(base), 1
            for k, way in enumerate(ways):
                up = 1 if signs >> k & 1 else -1
                sign *= up
                for name, v in way.items():
                    self.symbols[name] = Jet({0: self.symbols[name].first + v.first * (h * up)})
            terms.append(self.evaluate(function).first * sign)
        return sum(terms[1:], start=terms[0]) * (1 / (2 * h)) ** len(ways)


def at_points(f: Callable[..., Mat]) -> Rule:
    """A function known at points of real numbers alone."""

    def rule(ev: Evaluator, node: Node, *args: Jet) -> Jet:
        if any(max(a.c) for a in args):
            raise Rough(node.op.name)
        return Jet({0: f(*(a.first for a in args))})

    return rule


def vectors(f: Callable[[Mat], Mat], spectrum: Callable[[Mat], list[Any]], place: int | None) -> Rule:
    """Eigenvectors, which move smoothly with the matrix only where their eigenvalues are simple."""
    at_point = at_points(f)

    def rule(ev: Evaluator, node: Node, x: Jet) -> Jet:
        if getattr(ev, "moving", False):
            ball.apart(spectrum(x.first), place)
        return at_point(ev, node, x)

    return rule


def eigenvalues(s: Mat) -> list[Any]:
    return ball.eigen(s)[0]


def squares(x: Mat) -> list[Any]:
    return eigenvalues(x * x.transpose())


def place_of(x: Jet, last: int) -> int:
    """The place of the largest entry (0) or the smallest (-1), where it is clear, or makes no difference."""
    places, e = ball.descending(x.first), x.first.entries()
    if len(places) > 1:
        best, next_best = places[last], places[1 if last == 0 else -2]
        if e[best].overlaps(e[next_best]) and any(m.entries()[best] != m.entries()[next_best] for m in x.c.values()):
            raise Redraw("which entry is the largest is not clear")
    return places[last]


def entry(x: Jet, k: int) -> Jet:
    return x.reshape(x.count, 1).entry(k, 0)


def indicator(x: Jet, at: int) -> Jet:
    return x.fixed(x.count, 1, lambda i, j: i == at)


def norm_inf(ev: Evaluator, x: Jet) -> Jet:
    a = ev.f("abs", x)
    return entry(a, place_of(a, 0))


def along(node: Node, f: Callable[[Mat], Mat], a: Jet) -> Jet:
    """An analytic function of a matrix: truncated numbers are block triangular matrices, and so is f of them."""
    n, size = a.shape[0], 1 << max(a.c).bit_length()
    if n > MAX_ANALYTIC:
        raise Unfit(f"{node.op.name} of a matrix of {n} rows")
    if n * size > 2 * MAX_ANALYTIC:
        raise Rough(node.op.name)
    if size == 1:
        return Jet({0: f(a.first)})
    big = a.value.fixed(n * size, n * size, 0)
    for s, t in product(range(size), repeat=2):
        if s & t == s and t ^ s in a.c:
            big = big + place(Jet({0: a.c[t ^ s]}), (n * size, n * size), s * n, t * n)
    done = Jet({0: f(big.first)})
    return Jet({t: place(done, (n, n), 0, -t * n).first for t in range(size)})


def frechet(f: Callable[[Mat], Mat]) -> Rule:
    """The derivative of a matrix function at X along E: the corner of f([X, E; 0, X])."""

    def rule(ev: Evaluator, node: Node, x: Jet, e: Jet) -> Jet:
        n = x.shape[0]
        both = (2 * n, 2 * n)
        big = place(x, both, 0, 0) + place(e, both, 0, n) + place(x, both, n, n)
        return place(along(node, f, big), (n, n), 0, -n)

    return rule


def any_power(ev: Evaluator, node: Node, a: Jet, e: Jet) -> Jet:
    exponent = ev.exponent(e)
    if abs(exponent) != HALF:
        return matrix_power(ev, a, e)
    root = along(node, ball.sqrtm, a)
    return root if exponent > 0 else root.inverse()


def is_small(x: Jet) -> bool:
    return not any(abs(e) > arb(2) ** -40 for s, m in x.c.items() if s for e in m.entries())


def listed(entries: list[Any]) -> Mat:
    return arb_mat(len(entries), 1, entries)


REAL: dict[str, Rule] = {
    **CORE,
    "own": by_its_rule,
    "mpow": any_power,
    "pinv": lambda ev, n, a: pinv(a, ball.pivots, is_small),
    "norm_inf": lambda ev, n, x: norm_inf(ev, x),
    "maxentry": lambda ev, n, x: entry(x, place_of(x, 0)),
    "minentry": lambda ev, n, x: entry(x, place_of(x, -1)),
    "argmax": lambda ev, n, x: indicator(x, place_of(x, 0)),
    "argmin": lambda ev, n, x: indicator(x, place_of(x, -1)),
    "expm": lambda ev, n, a: along(n, arb_mat.exp, a),
    "expm_frechet": frechet(arb_mat.exp),
    "sqrtm": lambda ev, n, a: along(n, ball.sqrtm, a),
    "logm": lambda ev, n, a: along(n, ball.logm, a),
    "logm_frechet": frechet(ball.logm),
    "chol": at_points(ball.chol),
    "polar": at_points(ball.polar),
    "eigvals": at_points(lambda s: listed(ball.eigen(s)[0])),
    "eigvecs": vectors(lambda s: arb_mat(ball.eigen(s)[1]).transpose(), eigenvalues, None),
    "lambda_max": at_points(lambda s: listed(ball.eigen(s)[0][-1:])),
    "lambda_min": at_points(lambda s: listed(ball.eigen(s)[0][:1])),
    "eigvec_max": vectors(lambda s: listed(ball.eigen(s)[1][-1]), eigenvalues, -1),
    "eigvec_min": vectors(lambda s: listed(ball.eigen(s)[1][0]), eigenvalues, 0),
    "leftvec_max": vectors(lambda x: listed(ball.top_singular(x)[1]), squares, -1),
    "rightvec_max": vectors(lambda x: listed(ball.top_singular(x)[2]), squares, -1),
    "norm_op": at_points(lambda x: listed([ball.top_singular(x)[0]])),
    "norm_nuc": at_points(lambda x: listed([sum(ball.singular_values(x), start=arb(0))])),
}


def agree(pairs: Iterable[Pair], sure: bool = False) -> bool | None:
    """Whether all agree to 110 digits, or are zero to far more; None where the precision does not tell.

    Where the balls are ``sure`` to hold the values, those that do not meet differ, however little.
    """
    pairs = list(pairs)
    if sure and any(not gap.contains(0) for a, b in pairs for gap in (a - b).entries()):
        return False
    verdicts = [agreement(a, b) for a, b in pairs]
    return False if False in verdicts else (None if None in verdicts else True)


def agreement(a: Mat, b: Mat) -> bool | None:
    scale, gaps = max(magnitude(a), magnitude(b)), (a - b).entries()
    small = scale * flint.arb(10) ** -DIGITS
    if scale < flint.arb(2) ** NOTHING or all(abs(g) <= small for g in gaps):
        return True
    return False if any(abs(g) > small for g in gaps) else None


def shown(m: Mat, digits: int = 12) -> list[list[str]]:
    return [[e.str(digits, radius=False) for e in row] for row in m.tolist()]


def apart(
    sizes: dict[str, int], ev: RealEvaluator, pairs: list[Pair], sure: bool = False
) -> dict[str, Any] | None:
    """The point of ``ev`` and what differs there, however little if the balls are ``sure``, to show to people."""
    for a, b in sorted(pairs, key=lambda pair: agreement(*pair) is not False):
        if agreement(a, b) is False or (sure and any(not gap.contains(0) for gap in (a - b).entries())):
            point = {k: shown(v.first) for k, v in ev.symbols.items()}
            digits = 12 if shown(a) != shown(b) else 60
            return {"sizes": sizes, "point": point, "claimed": shown(a, digits), "true": shown(b, digits)}
    return None
