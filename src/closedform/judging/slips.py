"""Typical slips: what a person may have done to a right expression, tried one by one and shown by a certificate."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, pairwise

from closedform.errors import ClosedformError
from closedform.expr.node import Node, make
from closedform.expr.walk import postorder, rebuild
from closedform.functions.algebra import (
    ADD,
    EYE,
    HAD,
    MPOW,
    MUL,
    NUM,
    POW,
    SCALE,
    SUMOVER,
    SYM,
    TRANSPOSE,
    UNIT,
    mpow,
    num,
    ones,
    power,
    scale,
    total,
    transpose,
)
from closedform.judging.book import multiple, short
from closedform.rewrite.normal.normal import normal

FACTORS = tuple(Fraction(c) for c in ("2", "1/2", "-1", "-2", "-1/2", "4", "1/4", "3", "1/3"))
MAX_TRIALS = 240
WHOLE_SIGN = "the sign is wrong"
GIVEN_SHAPE = {"sumover", "call", "unvec", "sub", "unit"}


@dataclass(frozen=True)
class Slip:
    """``name`` is one of the names in ``docs/judge.md``; ``mended`` the expression with the slip undone, if known."""

    name: str
    reason: str = ""
    mended: Node | None = None


Test = Callable[[Node], bool]


Equals = Callable[[Node, Node], bool]


def find(
    own: Node, truth: Node, pieces: list[list[Node]], right: Test, equals: Equals, lost_first: bool = False
) -> Slip | None:
    """The slip in ``own``, if one of those known explains it.

    ``right(expression)``: whether it is what should stand there. ``pieces`` are the terms of a derivative by the
    product rule, which add up to ``truth``; ``equals(full, expression)`` compares a full one with one as written.
    """
    for c in FACTORS:
        if right(multiple(1 / c, own)):
            return Slip(*_factor(c), multiple(1 / c, own))
    for name, reason, mended in _limited(_changes(own)):
        if right(mended):
            return Slip(name, reason, mended)
    lost = _lost(own, truth, equals) if lost_first else None
    if lost is not None:
        return lost
    for terms in pieces:
        found = _missing(own, terms, equals)
        if found is not None:
            return found
    return None if lost_first else _lost(own, truth, equals)


def _factor(c: Fraction) -> tuple[str, str]:
    if c == -1:
        return "sign", WHOLE_SIGN
    return "factor", f"the line is {c} times what is right"


def _limited(changes: Iterator[tuple[str, str, Node]]) -> Iterator[tuple[str, str, Node]]:
    for k, change in enumerate(changes):
        if k >= MAX_TRIALS:
            return
        yield change


# -- one change somewhere in the expression
Path = tuple[int, ...]


def _is_exponent(root: Node, path: Path) -> bool:
    for k in path[:-1]:
        root = root.args[k]
    return bool(path) and path[-1] == 1 and root.op in (POW, MPOW)


def _changes(root: Node) -> Iterator[tuple[str, str, Node]]:
    for local in (_turned, _swapped, _signed, _numbers, _inverted):
        for path, node in _places(root):
            for name, reason, new in local(node, path):
                if local is _numbers and _is_exponent(root, path):
                    name, reason = "power", _of_exponent(node.params[0], new.params[0])
                try:
                    mended = _put(root, path, new)
                except ClosedformError:
                    continue
                if mended.shape == root.shape:
                    yield name, reason, mended
    yield from _exchanged(root)


def _of_exponent(here: Fraction, right: Fraction) -> str:
    """What is said of an exponent, which of a quotient is not seen."""
    if here == -1 and right == -2:
        return "what stands below the fraction line should be squared"
    if here < 0 and right < 0:
        return f"below the fraction line the power {-here} should be {-right}"
    return f"the power {here} should be {right}"


def _places(root: Node) -> Iterator[tuple[Path, Node]]:
    todo: list[tuple[Path, Node]] = [((), root)]
    seen = 0
    while todo and seen < 400:
        path, node = todo.pop()
        seen += 1
        yield path, node
        if node.op is not UNIT:
            todo += [((*path, k), a) for k, a in reversed(list(enumerate(node.args)))]


def _put(root: Node, path: Path, new: Node) -> Node:
    chain = [root]
    for k in path:
        chain.append(chain[-1].args[k])
    for node, k in zip(reversed(chain[:-1]), reversed(path), strict=True):
        args = (*node.args[:k], new, *node.args[k + 1 :])
        same = new.shape == node.args[k].shape
        if not same and node.op.name in GIVEN_SHAPE:
            raise ClosedformError("the shape is fixed")
        new = make(node.op, args, node.params, node.shape if same else None)
    return new


Change = tuple[str, str, Node]


def _turned(n: Node, path: Path) -> Iterator[Change]:
    if n.op is TRANSPOSE:
        yield "dropped transpose", "a transpose is too many", n.args[0]
    elif not n.is_scalar and path and n.op not in (SUMOVER,):
        yield "dropped transpose", "a transpose is missing", transpose(n)


def _swapped(n: Node, path: Path) -> Iterator[Change]:
    if n.op is not MUL:
        return
    for k in range(len(n.args) - 1):
        args = (*n.args[:k], n.args[k + 1], n.args[k], *n.args[k + 2 :])
        yield from _product("wrong factor order", "two factors stand in the wrong order", args)
    paired = _pairs_turned(n.args)
    if paired != n.args:
        yield from _product("wrong factor order", "a matrix and its transpose stand in the wrong order", paired)
    if len(n.args) > 2:
        for turned in ((*n.args[1:], n.args[0]), (n.args[-1], *n.args[:-1]), n.args[::-1]):
            yield from _product("wrong factor order", "the factors stand in the wrong order", turned)


def _pairs_turned(args: tuple[Node, ...]) -> tuple[Node, ...]:
    """``A*A'*X*B'*B`` as ``A'*A*X*B*B'``."""
    out = list(args)
    k = 0
    while k + 1 < len(out):
        one, two = out[k], out[k + 1]
        if (one.op is TRANSPOSE and one.args[0] is two) or (two.op is TRANSPOSE and two.args[0] is one):
            out[k], out[k + 1] = two, one
            k += 1
        k += 1
    return tuple(out)


def _product(name: str, reason: str, args: tuple[Node, ...]) -> Iterator[Change]:
    if all(a.cols is b.rows for a, b in pairwise(args)):
        yield name, reason, make(MUL, args)


def _signed(n: Node, path: Path) -> Iterator[Change]:
    if n.op is not ADD:
        return
    coefficients = n.params[0]
    for k, c in enumerate(coefficients):
        changed = (*coefficients[:k], -c, *coefficients[k + 1 :])
        yield "sign", "the sign of a term is wrong", total(zip(changed, n.args, strict=True))
    for k, c in enumerate(coefficients):
        for factor in (Fraction(2), Fraction(1, 2)):
            changed = (*coefficients[:k], c * factor, *coefficients[k + 1 :])
            yield "factor", f"a term lacks the factor {factor}", total(zip(changed, n.args, strict=True))
    if len(n.args) > 2 or path:
        for k in range(len(n.args) if len(n.args) > 1 else 0):
            kept = [(c, a) for i, (c, a) in enumerate(zip(coefficients, n.args, strict=True)) if i != k]
            yield "extra term", "there is a term too many", total(kept)


def _numbers(n: Node, path: Path) -> Iterator[Change]:
    if n.op is NUM and path:
        value = n.params[0]
        for c in (Fraction(2), Fraction(1, 2), Fraction(-1)):
            name = "sign" if c == -1 else "factor"
            yield name, f"the number {value} should be {value * c}", num(value * c)
        for step in (1, -1):
            yield "factor", f"the number {value} should be {value + step}", num(value + step)


def _is_delta(n: Node) -> bool:
    """An entry of the identity, which is 0 or 1."""
    return n.op is MUL and all(a.op in (UNIT, EYE) or (a.op is TRANSPOSE and a.args[0].op is UNIT) for a in n.args)


def _inverted(n: Node, path: Path) -> Iterator[Change]:
    if n.op is MPOW and n.args[1].op is NUM and n.args[1].params[0] == -1:
        yield "inverse", "there is an inverse too many", n.args[0]
    elif n.is_square and not n.is_scalar and path:
        yield "inverse", "an inverse is missing", mpow(n, -1)
    if n.is_column and not n.is_scalar and path and n.op is SYM:
        yield "power", "a power is missing", power(n, 2)
    if n.is_scalar and path and n.op is not NUM and not _is_delta(n):
        yield "power", "a power is missing", power(n, 2)
        yield "power", "a root is missing", power(n, Fraction(1, 2))
        yield "lost chain-rule factor", "it should stand below the fraction line", power(n, -1)


# -- terms and factors that are missing
def _missing(own: Node, pieces: list[Node], equals: Equals) -> Slip | None:
    if not 1 < len(pieces) <= 6:
        return None
    for size in range(len(pieces) - 1, 0, -1):
        for chosen in combinations(pieces, size):
            if equals(total((1, p) for p in chosen), own):
                return Slip("product rule with one term", "a term of the product rule is missing")
    for signs in ((1, -1), (-1, 1)):
        if len(pieces) == 2 and equals(total(zip(signs, pieces, strict=True)), own):
            return Slip("sign", "the sign of a term is wrong")
    for piece in pieces:
        if equals(multiple(2, piece), own) or equals(multiple(len(pieces), piece), own):
            reason = "the terms of the product rule are taken as equal: factors do not commute"
            return Slip("wrong factor order", reason)
    return None


def scalar_lost(own: Node, scalars: list[Node], right: Test) -> Slip | None:
    """A scalar of the function by which the line must be multiplied or divided."""
    for s in scalars:
        for e in (1, -1, 2, -2, Fraction(-1, 2), Fraction(1, 2)):
            mended = scale(power(s, e), own) if not own.is_scalar else power(s, e) * own
            if right(mended):
                return Slip("lost chain-rule factor", "a scalar factor is missing", mended)
    return None


def _exchanged(root: Node) -> Iterator[Change]:
    """Two variables in each other's place."""
    symbols = [n for n in postorder(root) if n.op is SYM]
    for a, b in combinations(symbols, 2):
        if a.shape == b.shape and not a.is_scalar:
            there = {a: b, b: a}
            reason = f"{a.params[0]} and {b.params[0]} stand in each other's place"
            yield "wrong factor order", reason, rebuild(root, there_of(there))


def there_of(there: dict[Node, Node]) -> Callable[[Node, tuple[Node, ...]], Node | None]:
    return lambda n, _: there.get(n)


def _lost(own: Node, truth: Node, equals: Equals) -> Slip | None:
    for candidate in dict.fromkeys(c for form in (short(truth), normal(truth)) for c in _fewer(form)):
        if candidate.shape == own.shape and candidate is not truth and equals(candidate, own):
            return Slip("lost chain-rule factor", "a factor is missing")
    return None


def _fewer(n: Node) -> Iterator[Node]:
    """The expression with a factor taken out, in each way; of a sum, in one or all of its terms."""
    if n.op is ADD:
        if len(n.args) == 1:
            for less in _fewer_factors(n.args[0]):
                yield multiple(n.params[0][0], less)
                yield less
                yield multiple(Fraction(n.params[0][0]) / 2, less)
            return
        for k, a in enumerate(n.args):
            for less in _fewer_factors(a):
                if less.shape == a.shape:
                    yield total(zip(n.params[0], (*n.args[:k], less, *n.args[k + 1 :]), strict=True))
        return
    yield from _fewer_factors(n)


def _fewer_factors(n: Node) -> Iterator[Node]:
    if n.op is SCALE:
        s, a = n.args
        yield from (a, s)
        for t in _fewer_factors(s):
            if t.is_scalar:
                yield make(SCALE, (t, a))
        for b in _fewer_factors(a):
            yield from (make(SCALE, (s, b)), b)
    elif n.op is HAD:
        for size in range(len(n.args) - 1, 0, -1):
            for rest in combinations(n.args, size) if len(n.args) <= 5 else ():
                yield rest[0] if len(rest) == 1 else make(HAD, rest)
        for k, a in enumerate(n.args if n.is_scalar else ()):
            for less in _fewer_factors(a):
                if less.is_scalar:
                    yield make(HAD, (*n.args[:k], less, *n.args[k + 1 :]))
    elif n.op is MUL:
        yield from _fewer_in_product(n.args)
    elif n.op is POW and n.is_scalar:
        yield num(1)


def _fewer_in_product(args: tuple[Node, ...]) -> Iterator[Node]:
    for i in range(len(args)):
        for j in range(i + 1, len(args) + 1):
            rest = (*args[:i], *args[j:])
            if rest and all(a.cols is b.rows for a, b in pairwise(rest)):
                yield rest[0] if len(rest) == 1 else make(MUL, rest)
            if rest and not i and rest[-1].is_column and all(a.cols is b.rows for a, b in pairwise(rest)):
                yield make(MUL, (transpose(ones(rest[0].rows)), *rest))  # of a sum over members, each one's vector
    for k, a in enumerate(args):
        for less in _fewer(a) if a.op is not MUL else ():
            if less.shape == a.shape:
                yield make(MUL, (*args[:k], less, *args[k + 1 :]))
