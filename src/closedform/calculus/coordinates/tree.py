"""Index expressions: sums over indices of products of entries, as a course writes them on the board.

Immutable, equal by structure. The makers ``product``, ``plus``, ``power``, ``summation`` and ``delta`` fold numbers,
merge equal factors and like terms, and drop zeros; nothing else is simplified. Indices are nodes: ``index("i")``,
a number, or a size. Depth is bounded where expressions are made (``entries``), so the functions here may recurse.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import gcd

from closedform.expr.node import Node
from closedform.expr.op import Op
from closedform.expr.size import ONE, Size
from closedform.functions.algebra import INDEX, NUM, SYM, index, size_number
from closedform.rewrite.vectorise.indices import free_indices, replace_index


@dataclass(frozen=True)
class Number:
    value: Fraction


@dataclass(frozen=True)
class Entry:
    """An entry of a variable, or of a matrix that does not move; of a scalar with no index."""

    base: Node
    at: tuple[Node, ...] = ()


@dataclass(frozen=True)
class Delta:
    """The Kronecker delta of two indices that run to ``count``."""

    i: Node
    j: Node
    count: Size


@dataclass(frozen=True)
class Function:
    """A scalar function of scalars."""

    op: Op
    args: tuple[Index, ...]


@dataclass(frozen=True)
class Power:
    base: Index
    exponent: Index


@dataclass(frozen=True)
class Product:
    """Factors in the order they are printed; a number only first."""

    factors: tuple[Index, ...]


@dataclass(frozen=True)
class Plus:
    terms: tuple[Index, ...]


@dataclass(frozen=True)
class Sum:
    """Σ of ``body`` over ``index`` from ``low`` to ``high``."""

    index: Node
    low: Size
    high: Size
    body: Index


Index = Number | Entry | Delta | Function | Power | Product | Plus | Sum
ZERO, UNIT, MINUS = Number(Fraction(0)), Number(Fraction(1)), Number(Fraction(-1))
HALF = Number(Fraction(1, 2))


def number(value: int | Fraction) -> Number:
    return Number(Fraction(value))


def parts(e: Index) -> tuple[Index, ...]:
    match e:
        case Product(factors=inside) | Plus(terms=inside) | Function(args=inside):
            return inside
        case Power():
            return e.base, e.exponent
        case Sum():
            return (e.body,)
        case _:
            return ()


def walk(e: Index) -> Iterator[Index]:
    """The expression and all below it."""
    todo = [e]
    while todo:
        top = todo.pop()
        yield top
        todo.extend(reversed(parts(top)))


def free(e: Index) -> frozenset[Node]:
    """The letters that no sum in the expression binds."""
    match e:
        case Entry():
            below = frozenset(index(name) for name in free_indices(e.base))
            return below | {a for a in e.at if a.op is INDEX}
        case Delta():
            return frozenset(a for a in (e.i, e.j) if a.op is INDEX)
        case Sum():
            return free(e.body) - {e.index}
        case _:
            return frozenset[Node]().union(*(free(p) for p in parts(e)))


def letters(e: Index) -> frozenset[Node]:
    """All letters, bound ones included."""
    bound = frozenset(p.index for p in walk(e) if isinstance(p, Sum))
    return bound | frozenset[Node]().union(*(free(p) for p in walk(e) if not parts(p)))


def rebuilt(e: Index, new: tuple[Index, ...]) -> Index:
    """The expression with other parts, made by the makers."""
    match e:
        case Product():
            return product(*new)
        case Plus():
            return plus(*new)
        case Power():
            return power(*new)
        case Function():
            return Function(e.op, new)
        case Sum():
            return summation(e.index, e.low, e.high, new[0])
        case _:
            return e


def split(e: Index) -> tuple[Fraction, Index]:
    """The number in front, and the rest."""
    if isinstance(e, Number):
        return e.value, UNIT
    if isinstance(e, Product) and isinstance(e.factors[0], Number):
        rest = e.factors[1:]
        return e.factors[0].value, rest[0] if len(rest) == 1 else Product(rest)
    return Fraction(1), e


def factors_of(e: Index) -> tuple[Index, ...]:
    return e.factors if isinstance(e, Product) else (e,)


def terms_of(e: Index) -> tuple[Index, ...]:
    return e.terms if isinstance(e, Plus) else (e,)


# makers


def _rank(e: Index) -> int:
    """Where a factor stands: numbers, scalars, matrices, vectors, deltas, functions, brackets, sums."""
    match e:
        case Number():
            return 0
        case Entry():
            return (1, 3, 2)[len(e.at)]
        case Delta():
            return 5
        case Power(base=base) if not isinstance(base, Plus | Sum | Product):
            return 4 if isinstance(base, Entry) and base.at else max(1, _rank(base))
        case Function():
            return 6
        case Sum():
            return 8
        case Plus(terms=terms):
            return max(_rank_inside(split(t)[1]) for t in terms)
        case _:
            return 7


def _rank_inside(e: Index) -> int:
    """Brackets of entries and numbers stand where their entries would."""
    return _rank(e) if isinstance(e, Entry | Number) else 7


def _order(e: Index) -> tuple[int, str, tuple[str, ...]]:
    """Factors of one kind stand by name and letters."""
    base = e.base if isinstance(e, Power) else e
    if not isinstance(base, Entry):
        return _rank(e), "", ()
    name = str(base.base.params[0]) if base.base.op is SYM else ""
    return _rank(e), name, tuple(str(n.params[0]) for n in base.at)


def product(*factors: Index) -> Index:
    """The product with numbers folded, equal factors as powers, in the order of a page."""
    value, found = Fraction(1), dict[Index, Index]()
    for f in (g for factor in factors for g in factors_of(factor)):
        if isinstance(f, Number):
            value *= f.value
        elif isinstance(f, Delta):
            found[f] = UNIT
        else:
            base, e = (f.base, f.exponent) if isinstance(f, Power) else (f, UNIT)
            found[base] = plus(found[base], e) if base in found else e
    if not value:
        return ZERO
    merged = [power(base, e) for base, e in found.items()]
    for k, f in enumerate(merged):
        content, rest = _content(f)
        if content != 1:
            value, merged[k] = value * content, rest
    if any(isinstance(f, Number | Product) for f in merged):
        return product(Number(value), *merged)
    ordered = sorted(merged, key=_order)
    if value != 1 or not ordered:
        ordered.insert(0, Number(value))
    return ordered[0] if len(ordered) == 1 else Product(tuple(ordered))


def _content(e: Index) -> tuple[Fraction, Index]:
    """The whole number, and the sign, that all terms of a bracket have in common, and the rest of it."""
    values = [split(t)[0] for t in e.terms] if isinstance(e, Plus) else []
    if not values or any(v.denominator != 1 for v in values):
        return Fraction(1), e
    common = Fraction(gcd(*(v.numerator for v in values))) * (-1 if max(values) < 0 else 1)
    return common, e if common == 1 else plus(*(product(Number(1 / common), t) for t in terms_of(e)))


def opened(e: Index) -> Index:
    """-(a + b) as -a - b."""
    value, core = split(e)
    return Plus(tuple(product(MINUS, t) for t in core.terms)) if value == -1 and isinstance(core, Plus) else e


def plus(*terms: Index) -> Index:
    """The sum with like terms collected."""
    found: dict[Index, Fraction] = {}
    for t in (u for term in terms for u in terms_of(opened(term))):
        value, core = split(t)
        found[core] = found.get(core, Fraction(0)) + value
    kept = [product(Number(c), core) for core, c in found.items() if c]
    if not kept:
        return ZERO
    return kept[0] if len(kept) == 1 else Plus(tuple(kept))


def power(base: Index, exponent: Index) -> Index:
    if exponent == UNIT:
        return base
    if exponent == ZERO:
        return UNIT
    if isinstance(exponent, Number) and exponent.value.denominator == 1:
        n = int(exponent.value)
        if isinstance(base, Number) and (base.value or n > 0) and abs(n) < 100:
            return Number(base.value**n)
        if isinstance(base, Product):
            return product(*(power(f, exponent) for f in base.factors))
        if isinstance(base, Power) and isinstance(base.exponent, Number):
            return power(base.base, Number(base.exponent.value * n))
        if isinstance(base, Delta) and n > 0:
            return base
    return base if base == UNIT else Power(base, exponent)


def summation(at: Node, low: Size, high: Size, body: Index) -> Index:
    """The sum over an index; numbers and scalars stand outside."""
    if body == ZERO:
        return ZERO
    if at not in free(body):
        return product(counted(high - low + ONE), body)
    outside = [f for f in factors_of(body) if not free(f) and _rank(f) < 5]
    inside = [f for f in factors_of(body) if f not in outside]
    return product(*outside, Sum(at, low, high, product(*inside)))


def counted(count: Size) -> Index:
    """A size as a number."""
    return Entry(size_number(count)) if count.number is None else number(count.number)


def delta(i: Node, j: Node, count: Size) -> Index:
    if i is j:
        return UNIT
    if i.op is NUM and j.op is NUM:
        return ZERO
    return Delta(i, j, count)


def put(e: Index, old: Node, new: Node) -> Index:
    """The expression with another index in the place of a free one; bound letters step aside."""
    if old not in free(e):
        return e
    match e:
        case Entry():
            base = replace_index(e.base, old.params[0], new)
            return Entry(base, tuple(new if a is old else a for a in e.at))
        case Delta():
            return delta(new if e.i is old else e.i, new if e.j is old else e.j, e.count)
        case Sum(index=at) if at is new:
            other = fresh(letters(e) | {old, new})
            return summation(other, e.low, e.high, put(put(e.body, at, other), old, new))
        case _:
            return rebuilt(e, tuple(put(p, old, new) for p in parts(e)))


POOL = "ijprstuvhxeaolkmn"


def fresh(taken: frozenset[Node]) -> Node:
    """The first letter of the pool that is not taken."""
    names = {n.params[0] for n in taken}
    choice = [c for c in POOL if c not in names] or [f"i_{k}" for k in range(1, 60) if f"i_{k}" not in names]
    return index(choice[0])
