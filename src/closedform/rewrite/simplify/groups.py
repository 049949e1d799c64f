"""Groups of terms that share something: each is offered as one node in place of its terms."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import partial

from closedform.expr.node import Node
from closedform.expr.size import ONE
from closedform.functions.algebra import DIAGM, DIAGV, EYE, HAD, MUL, POW, SCALE, TR
from closedform.rewrite.normal.engine import (
    UNITY,
    Term,
    build,
    ndiagv,
    neye,
    nhad,
    nmul,
    npow,
    nscale,
    nsum,
    ntr,
    ntranspose,
    number,
    plus,
    times,
)
from closedform.rewrite.simplify.terms import (
    chain_node,
    chain_of,
    difference,
    first_factor,
    powers_of,
    scalar_and_rest,
    without_entrywise,
    without_first,
    without_scalar,
)

Simplifier = Callable[[Node], Node]
Group = tuple[list[int], Node]
"""The places of the terms in the sum, and the node that stands for them together."""


def groups(terms: list[Term], simplify: Simplifier) -> Iterator[Group]:
    """Every group worth trying."""
    yield from _scalar_groups(terms, simplify)
    if not terms[0][1].is_scalar:
        yield from _end_groups(terms, simplify, left=True)
        yield from _end_groups(terms, simplify, left=False)
        yield from _entrywise_groups(terms, simplify)
        yield from _diagonal_groups(terms, simplify)
    else:
        yield from _chain_groups(terms, simplify)
        yield from _trace_groups(terms, simplify)
    yield from _linear_groups(terms, simplify)


def _rest(terms: list[Term], places: list[int], strip: Callable[[Node], Node], simplify: Simplifier) -> Node:
    parts = [(terms[k][0], strip(terms[k][1])) for k in places]
    return simplify(nsum(parts, parts[0][1].shape))


def _scalar_groups(terms: list[Term], simplify: Simplifier) -> Iterator[Group]:
    found: dict[Node, list[tuple[int, Node]]] = defaultdict(list)
    for k, (_, core) in enumerate(terms):
        for base, e in scalar_and_rest(core)[0].items():
            found[base].append((k, e))
    for base, uses in found.items():
        if len(uses) < 2:
            continue
        for e in _common_exponents([e for _, e in uses]):
            places = [k for k, _ in uses]
            rest = _rest(terms, places, partial(without_scalar, base, e), simplify)
            yield places, nscale(npow(base, e), rest)
        yield from _equal_exponents(terms, base, uses, simplify)


def _equal_exponents(
    terms: list[Term], base: Node, uses: list[tuple[int, Node]], simplify: Simplifier
) -> Iterator[Group]:
    by_exponent: dict[Node, list[int]] = defaultdict(list)
    for k, e in uses:
        by_exponent[e].append(k)
    for e, places in by_exponent.items():
        if 1 < len(places) < len(uses) or (len(places) == len(uses) and number(e) is None):
            rest = _rest(terms, places, partial(without_scalar, base, e), simplify)
            yield places, nscale(npow(base, e), rest)


def _common_exponents(exponents: list[Node]) -> list[Node]:
    """The exponents worth taking out of all: the smallest, and the one nearest to zero of negative ones.

    Symbolic exponents count where they differ by numbers (s^s and s^(s - 1)).
    """
    if any(not e.is_scalar for e in exponents):
        return exponents[:1] if len(set(exponents)) == 1 else []
    first = exponents[0] if number(exponents[0]) is None else UNITY
    offsets = [number(difference(e, first)) for e in exponents]
    known = [v for v in offsets if v is not None]
    if len(known) < len(offsets):
        return []
    out = {min(known)}
    if first is not UNITY or max(known) < -1:
        out.add(max(known))
    return [plus(first, times(v, UNITY)) for v in sorted(out)]


def _entrywise_groups(terms: list[Term], simplify: Simplifier) -> Iterator[Group]:
    found: dict[Node, list[tuple[int, Node]]] = defaultdict(list)
    for k, (_, core) in enumerate(terms):
        rest = core.args[1] if core.op is SCALE else core
        if rest.op in (HAD, POW) or rest.op is not MUL:
            for base, e in powers_of(rest).items():
                if base.op is not EYE and base.op is not DIAGM:
                    found[base].append((k, e))
    for base, uses in found.items():
        places = [k for k, _ in uses if base.cols is ONE or not _is_bare(terms[k][1], base)]
        if len(places) < 2 or base.rows is ONE:
            continue
        for e in _common_exponents([e for k, e in uses if k in places]):
            rest = _rest(terms, places, partial(without_entrywise, base, e), simplify)
            yield places, nhad(npow(base, e), rest)


def _is_bare(core: Node, base: Node) -> bool:
    return (core.args[1] if core.op is SCALE else core) is base


def _end_groups(terms: list[Term], simplify: Simplifier, *, left: bool) -> Iterator[Group]:
    found: dict[Node, list[int]] = defaultdict(list)
    for k, (_, core) in enumerate(terms):
        _, factors = chain_of(core)
        if factors:
            found[first_factor(factors[0] if left else factors[-1])].append(k)
    for f, places in found.items():
        if len(places) < 2 or f.op is DIAGM:
            continue
        rest = _rest(terms, places, partial(_strip_end, left), simplify)
        yield places, (nmul(f, rest) if left else nmul(rest, f))


def _strip_end(left: bool, core: Node) -> Node:
    """The term without its first (last) factor; the identity where nothing else is left."""
    s, factors = chain_of(core)
    end = factors[0] if left else factors[-1]
    remains = without_first(end)
    middle = list(factors[1:] if left else factors[:-1])
    if remains is not None:
        middle = [remains, *middle] if left else [*middle, remains]
    if middle:
        return chain_node(s, middle, end)
    return nscale(s, neye(end.cols if left else end.rows))


def _chain_groups(terms: list[Term], simplify: Simplifier) -> Iterator[Group]:
    """Scalar chains with a common end: u'*a + u'*b is u'*(a + b)."""
    found: dict[Node, list[int]] = defaultdict(list)
    for k, (_, core) in enumerate(terms):
        if core.op is MUL:
            for end in {core.args[0], ntranspose(core.args[-1])}:
                found[end].append(k)
    for end, places in found.items():
        if len(places) < 2:
            continue
        rest = _rest(terms, places, partial(_strip_row, end), simplify)
        yield places, nmul(end, rest)


def _strip_row(end: Node, core: Node) -> Node:
    factors = core.args if core.args[0] is end else tuple(ntranspose(f) for f in reversed(core.args))
    return nmul(*factors[1:])


def _linear_groups(terms: list[Term], simplify: Simplifier) -> Iterator[Group]:
    """f(a) + f(b) is f(a + b) for a linear f."""
    found: dict[tuple[object, ...], list[tuple[int, Node]]] = defaultdict(list)
    for k, (_, core) in enumerate(terms):
        inside = core.args[1] if core.op is SCALE else core
        op = inside.op
        if op in (DIAGM, DIAGV, TR) or (len(inside.args) == 1 and 0 in op.adjoint and op.d is None):
            found[(op, inside.params, inside.shape, inside.args[0].shape)].append((k, inside))
    for uses in found.values():
        if len(uses) < 2:
            continue
        op, params, shape = uses[0][1].op, uses[0][1].params, uses[0][1].shape
        parts: list[tuple[Fraction, Node]] = []
        for k, inside in uses:
            c, core = terms[k]
            a = inside.args[0]
            parts.append((c, nscale(core.args[0], a) if core.op is SCALE else a))
        merged = simplify(nsum(parts, parts[0][1].shape))
        yield [k for k, _ in uses], build(op, (merged,), params, shape)


def _trace_groups(terms: list[Term], simplify: Simplifier) -> Iterator[Group]:
    """tr(F*A) + tr(F*B) is tr(F*(A + B)), the traces rotated and transposed as needed."""
    found: dict[Node, list[tuple[int, Node]]] = defaultdict(list)
    for k, (_, core) in enumerate(terms):
        if core.op is TR and core.args[0].op is MUL:
            for f, rest in _openings(core.args[0].args):
                if all(place != k for place, _ in found[f]):
                    found[f].append((k, rest))
    for f, uses in found.items():
        if len(uses) > 1:
            rest = simplify(nsum([(terms[k][0], a) for k, a in uses], uses[0][1].shape))
            yield [k for k, _ in uses], ntr(nmul(f, rest))


def _diagonal_groups(terms: list[Term], simplify: Simplifier) -> Iterator[Group]:
    """diag(A*F) + diag(F'*B) is diag((A + B')*F), transposed as needed; scalars stay with their terms."""
    found: dict[Node, list[tuple[int, Node]]] = defaultdict(list)
    for k, (_, core) in enumerate(terms):
        s, inside = (core.args[0], core.args[1]) if core.op is SCALE else (UNITY, core)
        if inside.op is DIAGV and inside.args[0].op is MUL:
            chain = inside.args[0]
            for factors in (chain.args, ntranspose(chain).args):
                if len(factors) > 1:
                    found[factors[-1]].append((k, nscale(s, nmul(*factors[:-1]))))
    for f, uses in found.items():
        if len({k for k, _ in uses}) == len(uses) > 1:
            rest = simplify(nsum([(terms[k][0], a) for k, a in uses], uses[0][1].shape))
            yield [k for k, _ in uses], ndiagv(nmul(rest, f))


def _openings(factors: tuple[Node, ...]) -> Iterator[tuple[Node, Node]]:
    """Each factor of a trace taken to the front, and the product of the others; its transpose likewise."""
    for k, f in enumerate(factors):
        others = factors[k + 1 :] + factors[:k]
        yield f, nmul(*others)
        yield ntranspose(f), nmul(*(ntranspose(g) for g in reversed(others)))
