"""The verdict of random prime fields: both sides of a claim at the points drawn, and what their agreement proves.

Square roots whose arguments are independent modulo squares are roots of irreducible equations, so that agreement at a
random point is agreement of formulas; they are independent where the patterns met span. With signs there is one formula
for each pattern: every pattern must have been accepted. Here alone is level A given.
"""

from collections.abc import Mapping
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

    def at(self, field: Field, cast: Cast, sizes: Mapping[str, int], rng: Random, deadline: float = inf) -> bool:
        """Whether a point served; if so, it is judged. Redraw or ZeroDivisionError: one side has no value there."""
        ev = Evaluator(field, sizes, self.rules, deadline)
        draw(cast, ev, rng)
        same = all(a == b for a, b in sides(self.claim, ev))
        key, pattern = tuple(sorted(sizes.items())), (tuple(kind for kind, _ in field.seen), tuple(field.seen.values()))
        known = self.patterns.setdefault(key, {})
        known[pattern] = known.get(pattern, False) or (same and not field.spoiled)
        if not field.spoiled:
            self.differ |= not same
            self.related |= field.related
            self.fields[field.p] = type(field)
            self.accepted[key] = self.accepted.get(key, 0) + 1
        return not field.spoiled

    def independent(self, key: Key) -> bool:
        """Whether the patterns met span: no product of arguments is a square."""
        rows = [[int(s < 0) for s in signs] for _, signs in self.patterns[key]]
        alike = len({kinds for kinds, _ in self.patterns[key]}) == 1
        return alike and (not rows[0] or flint.nmod_mat(rows, 2).rank() == len(rows[0]))

    def complete(self, key: Key) -> bool:
        """Whether agreement at these sizes is agreement of formulas: all patterns of signs were accepted."""
        if not self.independent(key):
            return False
        good = [pattern for pattern, same in self.patterns[key].items() if same]
        met = {tuple(s for kind, s in zip(*pattern, strict=True) if kind == "sign") for pattern in good}
        signs = next(iter(self.patterns[key]))[0].count("sign")
        return signs <= MAX_SIGNS and len(met) == 1 << signs

    def verdict(self) -> tuple[str, list[dict[str, int]]]:
        """X where the sides differ; A where they are the same formulas, at some sizes that are not all 1; else B."""
        if self.differ:
            return "X", []
        proven = [dict(key) for key in self.accepted if max((v for _, v in key), default=2) > 1 and self.complete(key)]
        fresh = len(self.fields) >= LEAST_FIELDS and set(self.fields.values()) == {Field} and self.rules is CORE
        return ("A" if fresh and proven and not nested(self.claim) else "B"), proven


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
