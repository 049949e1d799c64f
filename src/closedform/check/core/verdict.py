"""The verdict of random prime fields: both sides of a claim at the points drawn, and what their agreement proves.

Square roots whose arguments are independent modulo squares are roots of irreducible equations, so that agreement at a
random point is agreement of formulas; they are independent where the patterns met span. With signs there is one formula
for each pattern: every pattern that is possible must have been accepted. Here alone is level A given.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product
from math import inf
from random import Random

import flint

from closedform.check.core.evaluate import Evaluator, Rule
from closedform.check.core.field import Field
from closedform.check.core.operations import CORE
from closedform.check.core.points import Cast, draw
from closedform.check.core.sides import Claim, sides
from closedform.expr.node import Node
from closedform.expr.walk import postorder

Key = tuple[tuple[str, int], ...]
Pattern = tuple[tuple[str, ...], tuple[int, ...]]
Order = tuple[tuple[int | None, int], ...]
LEAST_FIELDS, MAX_SIGNS = 2, 12
KINKS = {"abs", "sign", "step", "relu", "max2", "min2", "clip", "huber", "norm1", "sqrt", "norm2", "normF"}
KINKS |= {"asin", "acos"}


class Trials:
    """One claim at many points. ``differ`` is set for good at the first at which its sides differ."""

    def __init__(self, claim: Claim, rules: Mapping[str, Rule] = CORE) -> None:
        self.claim, self.rules, self.differ, self.related = claim, rules, False, False
        self.accepted: dict[Key, int] = {}
        self.fields: dict[int, type[Field]] = {}
        self.patterns: dict[Key, dict[Pattern, bool]] = {}
        self.orders: dict[Key, set[frozenset[Order]]] = {}

    def at(self, field: Field, cast: Cast, sizes: Mapping[str, int], rng: Random, deadline: float = inf) -> bool:
        """Whether a point served; if so, it is judged. Redraw or ZeroDivisionError: one side has no value there."""
        ev = Evaluator(field, sizes, self.rules, deadline)
        draw(cast, ev, rng)
        same = all(a == b for a, b in sides(self.claim, ev))
        key, names = tuple(sorted(sizes.items())), list(field.seen)
        pattern = tuple(kind for kind, _ in names), tuple(field.seen.values())
        known = self.patterns.setdefault(key, {})
        known[pattern] = known.get(pattern, False) or (same and not field.spoiled)
        self.orders.setdefault(key, set()).add(frozenset(orders(field, names)))
        if not field.spoiled:
            self.differ |= not same
            self.related |= field.related
            self.fields[field.p] = type(field)
            self.accepted[key] = self.accepted.get(key, 0) + 1
        return not field.spoiled

    def independent(self, key: Key) -> bool:
        """Whether the patterns met span: no product of arguments is a square."""
        if len({kinds for kinds, _ in self.patterns[key]}) != 1 or len(self.orders[key]) != 1:
            return False
        apart = {order[2][0] for order in next(iter(self.orders[key]))}
        rows = [[int(s < 0) for k, s in enumerate(signs) if k not in apart] for _, signs in self.patterns[key]]
        return not rows[0] or flint.nmod_mat(rows, 2).rank() == len(rows[0])

    def complete(self, key: Key) -> bool:
        """Whether agreement at these sizes is agreement of formulas: all possible patterns of signs were accepted."""
        if not self.independent(key):
            return False
        kinds, (order,) = next(iter(self.patterns[key]))[0], self.orders[key]
        places = [k for k, kind in enumerate(kinds) if kind == "sign"]
        if len(places) > MAX_SIGNS:
            return False
        met = {tuple(signs[k] for k in places) for (_, signs), good in self.patterns[key].items() if good}
        able = (dict(zip(places, signs, strict=True)) for signs in product((1, -1), repeat=len(places)))
        return all(tuple(s.values()) in met for s in able if all(possible(triple, s) for triple in order))

    def verdict(self) -> tuple[str, list[dict[str, int]]]:
        """X where the sides differ; A where they are the same formulas, at some sizes that are not all 1; else B."""
        proven = [dict(key) for key in self.accepted if max((v for _, v in key), default=2) > 1 and self.complete(key)]
        fresh = len(self.fields) >= LEAST_FIELDS and set(self.fields.values()) == {Field} and self.rules is CORE
        if self.differ:
            return "X", []
        return ("A" if fresh and proven and not nested(self.claim) else "B"), proven


def orders(field: Field, names: list[tuple[str, int]]) -> Iterator[Order]:
    """For numbers in order, low ≤ high beside x: where the signs of x - low, high - x and high - low stand."""
    for gaps in field.orders:
        for entries in zip(*([int(e) for e in gap.first.entries()] for gap in gaps), strict=True):
            keys = [("sign", min(v, field.p - v)) for v in entries]
            signs = [field.symbol(v) * field.seen.get(key, 1) for v, key in zip(entries, keys, strict=True)]
            yield tuple((names.index(k) if k in field.seen else None, s) for k, s in zip(keys, signs, strict=True))


def possible(order: Order, signs: Mapping[int, int]) -> bool:
    above, below, apart = (s * (1 if k is None else signs[k]) for k, s in order)
    return apart > 0 and (above > 0 or below > 0)


def nested(claim: Claim) -> bool:
    """Whether a root or sign stands within the argument of another."""
    below: set[Node] = set()
    for n in postorder([claim.function, claim.answer]):
        inside, kink = any(a in below for a in n.args), n.op.name in KINKS or (n.op.name == "pow" and root(n.args[1]))
        if kink and inside:
            return True
        if kink or inside:
            below.add(n)
    return False


def root(exponent: Node) -> bool:
    """Whether a power with this exponent may be a root; one with symbols in it is exp(exponent·log(base))."""
    if exponent.op.name == "num":
        return bool(exponent.params[0].denominator > 1)
    return not any(n.op.name == "sym" for n in postorder([exponent]))
