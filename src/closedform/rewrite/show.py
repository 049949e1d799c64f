"""The tree a printer renders: what stands on paper, without brackets (precedence decides those later).

Each constructor counts the printed tokens: names, numbers and operators; brackets and commas are free.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

Items = tuple["Show", ...]
Rational = int | Fraction


class Show:
    """One printed construct; ``same(a, b)`` tells whether two print alike.

    ``kind``: name, number, eye, ones, zeros, unit, call, sum, product, hadamard, power, epower, transpose,
    inverse, inverse-transpose, norm, inner, index, row, sumover, block, abstract. ``word`` is its name or
    mark, ``items`` its parts. ``signs``: +1/-1 a term of a sum; a factor or divisor of a product. ``lead``
    counts the factors at the front that commute. ``mixed``: its sign can be turned at no cost. ``other``:
    the same, read from right to left; of an inner product ``either`` of two traces.
    """

    __slots__ = ("hash", "items", "lead", "mark", "mixed", "other", "signs", "tokens", "kind", "word")  # noqa: RUF023

    def __init__(
        self,
        kind: str,
        word: str = "",
        items: Items = (),
        signs: tuple[int, ...] = (),
        tokens: int = 1,
        *,
        lead: int = 0,
        mixed: bool = False,
        mark: str = "",
        other: Show | None = None,
    ) -> None:
        self.kind = kind
        self.word = word
        self.items = items
        self.signs = signs
        self.tokens = tokens
        self.lead = lead
        self.mixed = mixed
        self.mark = mark
        self.other = other
        if kind == "sum":
            parts = [hash((item.hash, sign)) for item, sign in zip(items, signs, strict=True)]
            self.hash: int = hash((kind, sum(parts)))
        else:
            self.hash = hash((kind, word, tuple([i.hash for i in items]), signs))

    def with_items(self, items: Items, signs: tuple[int, ...] | None = None) -> Show:
        """The same construct with other parts that print at the same length."""
        signs = self.signs if signs is None else signs
        mixed = self.mixed and any(i.mixed for i in items)
        if self.kind == "sum":
            mixed = can_turn(items, signs)
        out = Show(self.kind, self.word, items, signs, self.tokens, lead=self.lead, mixed=mixed)
        out.mark = self.mark
        return out

    def __repr__(self) -> str:
        return f"Show({self.kind} {self.word!r}, {len(self.items)} parts, {self.tokens} tokens)"


def same(a: Show, b: Show) -> bool:
    """Whether two trees print the same, but for the order of terms."""
    todo = [(a, b)]
    while todo:
        a, b = todo.pop()
        if a is b:
            continue
        if a.hash != b.hash or a.kind != b.kind or a.word != b.word or a.mark != b.mark or len(a.items) != len(b.items):
            return False
        if a.kind == "sum":
            left, right = (sorted(zip(s.signs, s.items, strict=True), key=_by_hash) for s in (a, b))
            if [s for s, _ in left] != [s for s, _ in right]:
                return False
            todo += [(x, y) for (_, x), (_, y) in zip(left, right, strict=True)]
        elif a.signs != b.signs:
            return False
        else:
            todo += zip(a.items, b.items, strict=True)
    return True


def _by_hash(term: tuple[int, Show]) -> tuple[int, int]:
    return term[1].hash, term[0]


def walk(root: Show) -> Iterator[Show]:
    """Every distinct construct once, parts before what they are parts of."""
    todo, seen = [(root, False)], set[int]()
    while todo:
        show, ready = todo.pop()
        if ready:
            yield show
        elif id(show) not in seen:
            seen.add(id(show))
            todo.append((show, True))
            todo += [(i, False) for i in reversed(show.items) if id(i) not in seen]


def name(word: str) -> Show:
    return Show("name", word)


def number(value: Rational) -> Show:
    """A rational, 0 or more: digits, or a quotient."""
    p, q = value.numerator, value.denominator
    top = Show("number", str(p))
    if q == 1:
        return top
    return Show("product", "", (top, Show("number", str(q))), (1, -1), 3, lead=1)


ONE = number(1)


def signed(value: Rational) -> Show:
    """Any rational, a minus in front where it is negative."""
    return number(value) if value >= 0 else negative(number(-value))


def negative(show: Show) -> Show:
    return Show("sum", "", (show,), (-1,), show.tokens + 1)


def total(items: Sequence[Show], signs: Sequence[int]) -> Show:
    """A sum, a positive term first where there is one or where a factor can take the sign."""
    items, signs = list(items), list(signs)
    first = next((k for k, s in enumerate(signs) if s > 0), None)
    if first is None:
        first = next((k for k, i in enumerate(items) if i.mixed), None)
        if first is not None:
            items[first], signs[first] = flip(items[first]), 1
    if first:
        items.insert(0, items.pop(first))
        signs.insert(0, signs.pop(first))
    if len(items) == 1 and signs[0] > 0:
        return items[0]
    tokens = sum([i.tokens for i in items]) + len(items) - (signs[0] > 0)
    return Show("sum", "", tuple(items), tuple(signs), tokens, mixed=can_turn(items, signs))


def can_turn(items: Sequence[Show], signs: Sequence[int]) -> bool:
    """Whether the negative of a sum is as short: it needs a term that will be positive."""
    return signs[0] > 0 and (-1 in signs or any(i.mixed for i in items))


def product(items: Sequence[Show], signs: Sequence[int] | None = None, lead: int = 0) -> Show:
    """Factors and divisors from left to right."""
    if len(items) == 1:
        return items[0]
    tokens = sum([i.tokens for i in items]) + len(items) - 1
    mixed = any(i.mixed for i in items)
    return Show("product", "", tuple(items), tuple(signs or [1] * len(items)), tokens, lead=lead, mixed=mixed)


def hadamard(items: Sequence[Show], signs: Sequence[int], lead: int = 0) -> Show:
    """Elementwise factors and divisors, ``lead`` 1 where the first is a scalar; without any ``1./…``."""
    if len(items) == 1 and signs[0] > 0:
        return items[0]
    tokens = sum([i.tokens for i in items]) + len(items) - (1 in signs) + (1 not in signs)
    mixed = any(i.mixed for i in items)
    return Show("hadamard", "", tuple(items), tuple(signs), tokens, mixed=mixed, lead=lead)


def call(word: str, *items: Show, mark: str = "", lead: int = 0) -> Show:
    """A function of its arguments; ``lead`` 1 for one of each entry, ``mark`` its LaTeX template."""
    tokens = 1 + sum([i.tokens for i in items])
    mixed = word in TURNS_SIGN and items[0].mixed
    return Show("call", word, items, (), tokens, mark=mark, lead=lead, mixed=mixed)


LINEAR = frozenset(
    ["sum", "mean", "tr", "rowsum", "colsum", "diag", "vec", "tril", "triu", "cumsum", "revcumsum"]
)
ODD = frozenset(["sin", "tan", "asin", "atan", "sinh", "tanh", "erf", "sign"])
TURNS_SIGN = LINEAR | ODD
"""Functions that take a minus sign inside."""


def transpose(show: Show) -> Show:
    if show.kind == "transpose":
        return show.items[0]
    if show.kind == "inverse":
        return Show("inverse-transpose", "", show.items, (), show.tokens)
    if show.kind == "inverse-transpose":
        return Show("inverse", "", show.items, (), show.tokens)
    return Show("transpose", "", (show,), (), show.tokens + 1, mixed=show.mixed)


def inverse(show: Show) -> Show:
    return Show("inverse", "", (show,), (), show.tokens + 1)


def power(base: Show, exponent: Show, elementwise: bool = False) -> Show:
    """A power; ``^-1`` is one mark."""
    tokens = base.tokens + 1 + exponent.tokens
    if not elementwise and exponent.kind == "sum" and len(exponent.items) == 1:
        digit = exponent.items[0]
        if digit.kind == "number" and digit.word.startswith("1"):
            tokens = base.tokens + 1 + (digit.word != "1")
    return Show("epower" if elementwise else "power", "", (base, exponent), (), tokens)


def norm(show: Show, mark: str = "") -> Show:
    return Show("norm", mark, (show,), (), show.tokens + 2 + bool(mark))


def inner(a: Show, b: Show, traces: Items = ()) -> Show:
    """``<a, b>``; ``traces`` are the same as tr(b'*a) and tr(a'*b)."""
    either = Show("either", "", traces) if traces else None
    return Show("inner", "", (a, b), (), a.tokens + b.tokens + 2, mixed=a.mixed or b.mixed, other=either)


def index(base: Show, *at: Show) -> Show:
    """An entry, row or column; ``ALL`` stands for a colon. That of a function of each entry is of the entry."""
    if base.kind == "call" and base.lead and len(base.items) == 1 and base.items[0].kind == "name":
        return call(base.word, index(base.items[0], *at), mark=base.mark, lead=1)
    return Show("index", "", (base, *at), (), base.tokens + sum([i.tokens for i in at]))


ALL = Show("name", ":")


def flip(show: Show) -> Show:
    """The negative of a ``mixed`` construct, at the same length."""
    path: list[tuple[Show, int]] = []
    while show.kind != "sum":
        at = next(k for k, i in enumerate(show.items) if i.mixed)
        path.append((show, at))
        show = show.items[at]
    out = total(show.items, [-s for s in show.signs])
    for parent, at in reversed(path):
        out = parent.with_items((*parent.items[:at], out, *parent.items[at + 1 :]))
    return out
