"""Points at which many kinks have the signs wanted together: step(s - t)*step(t - u) is 0 in all but one order.

Symbols are moved one at a time; a move is kept where no fewer kinks have their signs, and the worst of the others is no
worse, or now and then.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import product
from math import inf, isnan, prod
from random import Random
from typing import Any

from flint import arb

from closedform.check.kinks import Kink, Sight
from closedform.expr.node import Node
from closedform.expr.walk import postorder

LEAST, MOST, STEPS, ANEW, STRAY, FINE, COARSE = 2, 16, 500, 100, 0.2, 9.0, 3.0
MOST_CHOICES = 512
Factors = dict[str, Any]
Look = Callable[[Factors], tuple[Sight, bool]]


def patterns(kinks: Sequence[Kink], rng: Random) -> Iterator[dict[Kink, int]]:
    """All positive, all negative, and one at random, of those signs that there are."""
    needed = [k for k in kinks if k.needed and len(k.signs) > 1]
    if LEAST <= len(needed) <= MOST:
        yield from (dict.fromkeys(needed, sign) for sign in (1, -1, 1))
        yield {k: rng.choice(k.signs) for k in needed}


def climbed(
    look: Look, wanted: Mapping[Kink, int], free: Sequence[str], upright: set[str], rng: Random
) -> Factors | None:
    """Factors of the symbols at which all kinks have the signs wanted; None where none are found."""
    below = {k: [n for n in free if n in symbols(k.node)] or list(free) for k in wanted}
    factors: Factors = {name: arb(1) for name in free}
    best, short = merit(*look(factors), wanted)
    for k in range(1, STEPS if free else 0):
        if not short:
            break
        if k % ANEW == 0:
            factors = {name: step(factors[name], name in upright, rng) for name in free}
            best, short = merit(*look(factors), wanted)
            continue
        name = rng.choice(below[rng.choice(short)])
        moved = {**factors, name: step(factors[name], name in upright, rng)}
        found, left = merit(*look(moved), wanted)
        if found >= best or (found[0] >= best[0] and rng.random() < STRAY):
            factors, best, short = moved, found, left
    return None if short else factors


def choices(places: Mapping[str, Sequence[Any]], rng: Random) -> list[tuple[Any, ...]]:
    """One place for each of several symbols: all choices where they are few, else as many at random."""
    if len(places) < 2:
        return []
    if prod(map(len, places.values())) <= MOST_CHOICES:
        return list(product(*places.values()))
    return [tuple(map(rng.choice, places.values())) for _ in range(MOST_CHOICES)]


def symbols(node: Node) -> set[str]:
    return {n.params[0] for n in postorder([node]) if n.op.name == "sym"}


def step(factor: Any, upright: bool, rng: Random) -> Any:
    """Another factor of any magnitude, or one that is near."""
    if rng.random() < 0.5:
        sign = 1 if upright else rng.choice((1, -1))
        return (arb(10) ** arb(rng.uniform(-1, COARSE)) * sign).mid()
    return (factor * (1 + rng.choice((1, -1)) * arb(2) ** arb(-rng.uniform(0.5, FINE)))).mid()


def merit(sight: Sight, valid: bool, wanted: Mapping[Kink, int]) -> tuple[tuple[int, float], list[Kink]]:
    """How many kinks have the sign wanted, how far the worst of the others is from it, and which these are."""
    best = dict.fromkeys(wanted, -inf)
    for (kink, _), gaps in sight.values.items():
        if kink in best:
            ends = [wanted[kink] * float(gap.mid()) for gap in gaps]
            best[kink] = max([best[kink], *(e for e in ends if not isnan(e))])
    short = [kink for kink, gap in best.items() if gap <= 0]
    if not valid:
        return (-1, -inf), short or list(wanted)
    return (len(wanted) - len(short), min((best[k] for k in short), default=0.0)), short
