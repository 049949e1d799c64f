"""Equations of a derivation, ``∇f = 0`` and what follows from it: other equations, and solutions put into them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import count
from typing import Any

from closedform.calculus.derive import jacobian
from closedform.check.certificate import Claim
from closedform.errors import ClosedformError
from closedform.expr.node import Node
from closedform.expr.walk import postorder, rebuild
from closedform.functions.algebra import MPOW, NUM, POW, SIZE, SYM, mpow, mul, num, power, scale, sub, transpose, zeros
from closedform.judging.book import certified, disproved, multiple, same, short
from closedform.judging.implied import apart, differ, holds_at, implied, solved_points
from closedform.judging.numbers import example
from closedform.judging.records import Example
from closedform.judging.slips import Slip, find
from closedform.rewrite.normal.normal import normal

HALF = Fraction(1, 2)
MAX_MULTIPLIERS, MAX_SEEN, MAX_TRIED = 12, 6, 20


@dataclass(frozen=True)
class Zero:
    """An expression that is zero; ``by``: the variable by which it is a gradient, "" where it is none."""

    node: Node
    by: str = ""


@dataclass
class Equations:
    """What was set to zero, the gradients that may be, and the solutions that were found."""

    zero: list[Zero] = field(default_factory=list)
    gradients: list[Zero] = field(default_factory=list)
    claimed: list[Zero] = field(default_factory=list)
    """What the person says that the gradients are, right or wrong."""
    solutions: dict[Node, Node] = field(default_factory=dict)
    ahead: dict[str, list[Node]] = field(default_factory=dict)
    """Solutions that later lines give, by the name of the variable."""
    seen: list[Node] = field(default_factory=list)
    """All that has been set to zero, and conditions."""
    constraints: list[Node] = field(default_factory=list)
    """What a Lagrangian holds to be zero."""
    supposed: list[Node] = field(default_factory=list)
    """Conditions, each as what is zero."""

    def gradient(self, zero: list[Zero]) -> None:
        self.gradients = [g for g in self.gradients if g.by != zero[0].by] + zero if zero else self.gradients

    def claim(self, zero: Zero) -> None:
        self.claimed = [c for c in self.claimed if c.by != zero.by] + [zero]

    def use(self, zero: Node) -> None:
        """Take up an equation ``zero = 0``, with the solutions that are known put in."""
        self.zero = [Zero(put_for(zero, self.solutions)), Zero(zero), *self.zero]

    def of(self, name: str = "") -> list[Zero]:
        """The equations at hand, those for a variable where there are some."""
        every = self.zero or self.gradients
        return [z for z in [*self.zero, *self.gradients] if name and z.by == name] or every

    def suppose(self, zero: Node) -> None:
        self.supposed.append(zero)
        self.seen.append(zero)

    def holds(self, left: Node, right: Node) -> bool:
        """Whether two sides are equal where all that is supposed holds."""
        return left.shape == right.shape and implied(left, right, self.supposed[-MAX_SEEN:]) is True

    def set_zero(self, zero: list[Zero]) -> None:
        self.zero = zero
        self.seen += [z.node for z in zero if not any(z.node is s for s in self.seen)]

    def implies(self, left: Node, right: Node, at_hand: list[Zero] | None = None) -> bool | None:
        """Whether two sides are equal wherever the equations hold: those at hand, or all there were."""
        own = [z.node for z in at_hand or self.of()][:1]
        others = [z.node for z in self.of()[:MAX_SEEN]] if at_hand is None else []
        every = [*own, *(s for s in dict.fromkeys([*others, *self.seen[-MAX_SEEN:]]) if s not in own)]
        own = own or every
        if not own or left.shape != right.shape:
            return None
        found = implied(left, right, own)
        if found is not True and len(every) > 1:
            found = implied(left, right, every)
        return found if found or self._all_known(left, right, every) else None

    def _all_known(self, left: Node, right: Node, zeros: list[Node]) -> bool:
        known = [n for n in postorder(zeros) if n.op is SYM]
        return all(any(n is k for k in known) for n in postorder([left, right]) if n.op is SYM)

    # -- solutions
    def solves(self, x: Node, value: Node, equations: list[Zero]) -> bool | None:
        """Whether ``x = value`` solves one of the equations; None where that could not be decided."""
        undecided = False
        for put in (p for z in equations for p in self._put(z.node, x, value)):
            try:
                found = certified(Claim("equal", put, zeros(*put.shape)))
            except ClosedformError:
                undecided = True
                continue
            if found.ok:
                return True
            undecided |= not disproved(found) and example(zeros(*put.shape), put) is None
        return None if undecided or not any(_has(z.node, x) for z in equations) else False

    def _put(self, zero: Node, x: Node, value: Node) -> Iterator[Node]:
        if not _has(zero, x) or x.shape != value.shape:
            return
        there = {x: value}
        yield put_for(zero, there)
        known = {y: s for y, s in self.solutions.items() if y is not x and _has(zero, y)}
        rest = put_for(zero, known)
        if known and not same(rest, zeros(*rest.shape)):
            yield put_for(rest, there)

    def solution(self, x: Node, equations: list[Zero]) -> Node | None:
        """The solution for ``x``: of a linear equation, or one that a later line gives and that solves it."""
        for z in equations:
            found = linear_solution(z.node, x)
            if found is not None:
                return found
        known = [self.solutions[x]] if x in self.solutions else []
        for value in known + self.ahead.get(x.params[0], []):
            if not _has(value, x) and self.solves(x, value, equations):
                return value
        return None

    # -- other equations
    def is_constraint(self, left: Node, right: Node) -> bool:
        """Whether ``left = right`` is one that the Lagrangian holds."""
        difference = sub(left, right) if left.shape == right.shape else None
        return difference is not None and any(_is_multiple(c, difference) for c in self.constraints)

    def follows(self, left: Node, right: Node) -> bool | None:
        """Whether ``left = right`` follows from an equation at hand; None where that could not be decided."""
        if left.shape != right.shape:
            return None
        difference = sub(left, right)
        if any(_is_multiple(z.node, difference) for z in self.of()):
            return True
        at = self.at_solution(left, right)
        if same(*(at or (left, right))) or self.implies(left, right):
            return True
        if at is None:
            return self.implies(left, right)
        return False if disproved(certified(Claim("equal", *at))) or example(*at) is not None else None

    def at_solution(self, left: Node, right: Node) -> tuple[Node, Node] | None:
        """Both sides at the solution of the equation at hand; None where it is not known."""
        there = {}
        for x in (n for n in postorder([left, right]) if n.op is SYM):
            equations = [z for z in self.of(x.params[0]) if _has(z.node, x) and z.by in ("", x.params[0])]
            value = self.solutions.get(x) or (self.solution(x, equations) if equations else None)
            if value is not None:
                there[x] = value
        return (put_for(left, there), put_for(right, there)) if there else None

    # -- what is wrong
    def wrong_solution(self, x: Node, own: Node, value: Node, equations: list[Zero]) -> tuple[Slip, Example | None]:
        """The slip in a solution, with the right one where it is known, and numbers."""
        truth = self.solution(x, equations)

        def right(mended: Node) -> bool:
            if truth is not None:
                return mended.shape == x.shape and same(truth, mended)
            return mended.shape == x.shape and self.solves(x, mended, equations) is True

        def equals(full: Node, mended: Node) -> bool:
            return truth is not None and same(full, mended)

        slip = find(own, truth or own, [], right, equals) or Slip("does not follow", "it does not solve the equation")
        if slip.mended is None and truth is not None:
            slip = replace(slip, mended=short(truth))
        if truth is not None:
            return slip, example(truth, value)
        put = next((p for z in equations for p in self._put(z.node, x, value)), None)
        return slip, None if put is None else example(zeros(*put.shape), put)

    def wrong_equation(self, left: Node, own: Node, right: Node) -> tuple[Slip, Example | None]:
        at = self.at_solution(left, right)
        tried, zeros = count(), [z.node for z in self.of()[:MAX_SEEN]]
        points = solved_points([left, right], zeros) or solved_points([left, right], zeros[:1])

        def follows(mended: Node) -> bool:
            if mended.shape != left.shape or not holds_at(left, mended, points) or next(tried) > MAX_TRIED:
                return False
            return self.follows(left, mended) is True

        slip = find(own, own, [], follows, lambda *_: False)
        told = slip or Slip("does not follow", "it does not follow from the equation before")
        if at is not None:
            return told, example(*at)
        return told, apart(left, right, [z.node for z in self.of()][:1] or self.seen[-MAX_SEEN:])


def linear_solution(zero: Node, x: Node) -> Node | None:
    """``-M⁻¹c`` of ``M x + c = 0``, where x is a vector or scalar that ``M`` and ``c`` do not hold."""
    if zero.shape != x.shape or not x.is_column or not _has(zero, x):
        return None
    try:
        rest = put_for(zero, {x: zeros(*x.shape)})
        if x.is_scalar:
            slope = sub(put_for(zero, {x: num(1)}), rest)
            line: Node = slope * x + rest
            return short(scale(power(slope, -1), multiple(-1, rest))) if same(zero, line) else None
        matrix = jacobian(normal(zero), x).node
        if _has(matrix, x) or not matrix.is_square:
            return None
        return short(multiple(-1, mul(mpow(matrix, -1), rest)))
    except (ClosedformError, ZeroDivisionError):
        return None


def put_for(node: Node, there: dict[Node, Node]) -> Node:
    return rebuild(node, lambda n, _: there.get(n))


def _has(node: Node, x: Node) -> bool:
    return any(n is x for n in postorder(node))


def _is_multiple(zero: Node, difference: Node) -> bool:
    """Whether two expressions are one up to a factor that is not zero: a number, a scalar, an invertible matrix."""
    for mine in (zero, transpose(zero)):
        if mine.shape != difference.shape:
            continue
        if any(_equal(multiple(c, difference), mine) for c in (1, -1, 2, -2)):
            return True
        if any(_equal(m, multiple(c, difference)) for m in _multiplied(mine) for c in (1, -1, 2, -2, HALF, -HALF)):
            return True
    return False


def _equal(one: Node, other: Node) -> bool:
    """Whether two expressions are certified to be equal; not asked where numbers show that they are not."""
    return one.shape == other.shape and not differ(one, other) and same(one, other)


def _multiplied(zero: Node) -> Iterator[Node]:
    """The expression times each variable that it is divided by, from the left, the right and both sides."""
    below = [n.args[0] for n in postorder(zero) if n.op is MPOW and n.args[0].op is SYM][:MAX_MULTIPLIERS]
    for a in dict.fromkeys(below):
        if a.cols is zero.rows:
            yield mul(a, zero)
        if zero.cols is a.rows:
            yield mul(zero, a)
        if a.cols is zero.rows and zero.cols is a.rows:
            yield mul(a, zero, a)
    scalars = [n for n in postorder(zero) if n.op in (SYM, SIZE) and n.is_scalar][:MAX_MULTIPLIERS]
    below_line = [n.args[0] for n in postorder(zero) if n.op is POW and n.is_scalar and _negative(n.args[1])]
    factors = [power(s, e) for s in dict.fromkeys(scalars) for e in (1, 2, -1, 3)]
    for factor in [*dict.fromkeys(below_line[:MAX_MULTIPLIERS]), *factors]:
        yield factor * zero if zero.is_scalar else scale(factor, zero)


def _negative(exponent: Node) -> bool:
    return exponent.op is NUM and bool(exponent.params[0] < 0)


def explained(slip: Slip, shown: Example | None, right_line: str) -> dict[str, Any]:
    return {"slip": slip.name, "reason": slip.reason, "example": shown, "right_line": right_line}
