"""Sums that are equal up to the names of their letters, and sums with a common factor, gathered into one."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import permutations

from closedform.calculus.coordinates.tree import (
    UNIT,
    Delta,
    Entry,
    Index,
    Number,
    Plus,
    Sum,
    factors_of,
    free,
    fresh,
    letters,
    number,
    parts,
    plus,
    product,
    put,
    rebuilt,
    split,
    summation,
    terms_of,
    walk,
)
from closedform.expr.node import Node
from closedform.expr.size import Size
from closedform.functions.algebra import INDEX
from closedform.functions.known_facts import facts_of

Ranges = dict[Node, tuple[Size, Size]]
MAX_LETTERS = 4
MAX_OUT = 24
WORTH = 4
"""How much shorter a line must become to be worth a step."""


def relabelled(e: Index, own: frozenset[Node], taken: frozenset[Node]) -> Index:
    """The letters of sums in order of first appearance, none of ``taken``; those of ``own`` are kept."""
    if not isinstance(e, Sum):
        return rebuilt(e, tuple(relabelled(p, own, taken) for p in parts(e))) if parts(e) else e
    ranges, body = nest(e)
    order = [*dict.fromkeys(n for n in _appearance(body) if n in ranges)]
    scope = free(e) | taken | (own & ranges.keys())
    used = letters(body) | scope | frozenset(ranges)
    new: dict[Node, Node] = {}
    for at in order:
        new[at] = at if at in own else fresh(scope)
        scope |= {new[at]}
    aside: dict[Node, Node] = {}
    for at in order:
        aside[at] = fresh(used | scope | frozenset(aside.values()))
        body = put(body, at, aside[at])
    for at in order:
        body = put(body, aside[at], new[at])
    body = relabelled(body, own, taken | scope)
    for at in sorted(order, key=lambda n: str(new[n].params[0]), reverse=True):
        body = summation(new[at], *ranges[at], body)
    return body


def nest(e: Index) -> tuple[Ranges, Index]:
    """The ranges of sums directly inside each other, and the innermost body."""
    ranges: Ranges = {}
    while isinstance(e, Sum) and e.index not in ranges:
        ranges[e.index] = (e.low, e.high)
        e = e.body
    return ranges, e


def _appearance(e: Index) -> Iterator[Node]:
    for p in walk(e):
        if isinstance(p, Entry):
            yield from p.at
            yield from sorted(free(Entry(p.base)), key=lambda n: str(n.params[0]))
        elif isinstance(p, Delta):
            yield from (p.i, p.j)


def mirrored(e: Index, first: tuple[Node, ...]) -> Index:
    """Entries of symmetric matrices with the letters of ``first`` in front, else in alphabetical order."""
    if isinstance(e, Entry) and len(e.at) == 2 and "sym" in facts_of(e.base):
        at = tuple(sorted(e.at, key=lambda n: (n not in first, n.op is not INDEX, str(n.params[0]))))
        return Entry(e.base, at)
    return rebuilt(e, tuple(mirrored(p, first) for p in parts(e))) if parts(e) else e


def gathered(e: Index) -> Index:
    """Sums of a sum merged where they have a common factor, at every level."""
    if parts(e):
        e = rebuilt(e, tuple(gathered(p) for p in parts(e)))
    if not isinstance(e, Plus):
        return e
    kept: list[Index] = []
    for term in e.terms:
        for at, other in enumerate(kept):
            both = merged(other, term)
            if both is not None:
                kept[at] = both
                break
        else:
            kept.append(term)
    return plus(*kept) if len(kept) < len(e.terms) else e


def merged(a: Index, b: Index) -> Index | None:
    """a + b as one sum, where both are multiples of sums by the same factors outside."""
    (ca, outside, sa), (cb, others, sb) = _one_sum(a), _one_sum(b)
    if sa is None or sb is None or set(outside) != set(others):
        return None
    (ra, body_a), (rb, body_b) = nest(sa), nest(sb)
    if sorted(map(str, ra.values())) != sorted(map(str, rb.values())) or len(ra) > MAX_LETTERS:
        return None
    best = _best(ra, body_a, rb, body_b)
    if best is None:
        return None
    common, rest_a, rest_b = best
    out = product(*common, plus(product(number(ca), rest_a), product(number(cb), rest_b)))
    for at, (low, high) in reversed(ra.items()):
        out = summation(at, low, high, out)
    return product(*outside, out)


def _one_sum(e: Index) -> tuple[Fraction, list[Index], Sum | None]:
    value, core = split(e)
    sums = [f for f in factors_of(core) if isinstance(f, Sum)]
    return value, [f for f in factors_of(core) if not isinstance(f, Sum)], sums[0] if len(sums) == 1 else None


def _best(ra: Ranges, a: Index, rb: Ranges, b: Index) -> tuple[list[Index], Index, Index] | None:
    """The common factors and the rests, under the renaming with most in common."""
    best: tuple[list[Index], Index, Index] | None = None
    for order in permutations(ra):
        pairs = dict(zip(rb, order, strict=True))
        if any(ra[new] != rb[old] for old, new in pairs.items()):
            continue
        moved = _renamed(b, pairs)
        common: list[Index] = [f for f in factors_of(a) if f in factors_of(moved) and not isinstance(f, Number)]
        common = [f for f in common if free(f) & ra.keys()]
        if common and (best is None or len(common) > len(best[0])):
            rest_a, rest_b = (product(*(f for f in factors_of(e) if f not in common)) for e in (a, moved))
            best = common, rest_a, rest_b
    return best


def _renamed(e: Index, pairs: dict[Node, Node]) -> Index:
    used = letters(e) | frozenset(pairs.values())
    aside: dict[Node, Node] = {}
    for old in pairs:
        aside[old] = fresh(used | frozenset(aside.values()))
        e = put(e, old, aside[old])
    for old, new in pairs.items():
        e = put(e, aside[old], new)
    return e


def collected(e: Index) -> Index:
    """Brackets multiplied out and common factors taken out, where that is shorter."""
    if not parts(e):
        return e
    e = rebuilt(e, tuple(collected(p) for p in parts(e)))
    if not isinstance(e, Plus):
        return e
    apart = [factors_of(split(t)[1]) for t in e.terms]
    common = [f for f in apart[0] if f != UNIT and all(f in others for others in apart[1:])]
    rests = [
        product(number(split(t)[0]), *(f for f in fs if f not in common)) for t, fs in zip(e.terms, apart, strict=True)
    ]
    rest = plus(*rests)
    shorter = plus(*(u for t in rests for u in multiplied_out(t)))
    out = product(*common, shorter if length(shorter) < length(rest) else rest)
    return out if length(out) + WORTH < length(e) else e


def multiplied_out(e: Index) -> list[Index]:
    """The terms of a product with its brackets multiplied out."""
    out: list[Index] = [UNIT]
    for f in factors_of(e):
        inside = terms_of(f) if len(out) < MAX_OUT else (f,)
        out = [product(a, b) for a in out for b in inside]
    return out


def length(e: Index) -> int:
    return sum(1 for _ in walk(e))
