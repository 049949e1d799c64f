"""A face: how one node will look, taken apart into number, scalar factors, divisors and the rest."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import gcd, lcm

from closedform.expr.size import Size
from closedform.rewrite import show as s
from closedform.rewrite.show import ONE, Items, Rational, Show

Fixed = frozenset[tuple[str, Size]]
NOTHING: Fixed = frozenset()
Pair = tuple[Show, Show]


class Face:
    """``c · top · core / below``, and the core transposed (``turned``).

    ``core`` is None for a scalar. ``chain`` keeps the factors of a matrix product with their transposes,
    ``root`` the norm a scalar is the square of, ``fixed`` the sizes that indices run over.
    """

    __slots__ = ("below", "c", "chain", "core", "fixed", "full", "full_turned", "root", "top", "turned")

    def __init__(
        self,
        c: Rational = 1,
        top: Items = (),
        below: Items = (),
        core: Show | None = None,
        turned: Show | None = None,
        fixed: Fixed = NOTHING,
        chain: tuple[Pair, ...] = (),
        root: Show | None = None,
    ) -> None:
        self.c = c
        self.top = top
        self.below = below
        self.core = core
        self.turned = core if turned is None else turned
        self.fixed = fixed
        self.chain = chain
        self.root = root
        self.full: Show | None = None
        self.full_turned: Show | None = None

    @property
    def plain(self) -> bool:
        """Nothing but a core."""
        return self.c == 1 and not self.top and not self.below

    @property
    def show(self) -> Show:
        if self.full is None:
            same = self.core is not None and self.plain
            self.full = self.core if same else assemble(self.c, self.top, self.below, self.core)
        assert self.full is not None
        return self.full

    @property
    def show_turned(self) -> Show:
        if self.core is self.turned:
            return self.show
        if self.full_turned is None:
            alone = self.plain
            self.full_turned = self.turned if alone else assemble(self.c, self.top, self.below, self.turned)
        assert self.full_turned is not None
        return self.full_turned

    @property
    def pair(self) -> Pair:
        return self.show, self.show_turned


def scalar(show: Show, fixed: Fixed = NOTHING, root: Show | None = None) -> Face:
    return Face(top=(show,), fixed=fixed, root=root)


def weight(c: Rational, top: Items, below: Items, core: Show | None) -> int:
    """The tokens of ``|c| · top · core / below`` without building it."""
    n, total = len(top), 0
    for item in top:
        total += item.tokens
    for item in below:
        total += item.tokens + 1
    if core is not None:
        if bare(core):
            total += core.tokens - 1
        else:
            n, total = n + 1, total + core.tokens
    p, q = abs(c.numerator), c.denominator
    if p != 1 or not n:
        n, total = n + 1, total + 1
    return total + n - 1 + (2 if q != 1 else 0)


def bare(core: Show) -> bool:
    """An elementwise quotient that still lacks its numerator: ``1./x``."""
    return core.kind == "hadamard" and 1 not in core.signs


def magnitude(c: Rational, top: Items, below: Items, core: Show | None) -> Show:
    """``|c| · top · core / below``: number, scalars, then the rest; the divisors last (before a lone I)."""
    p, q = abs(c.numerator), c.denominator
    front = [*top] if p == 1 else [s.number(p), *top]
    under = [*below] if q == 1 else [s.number(q), *below]
    if core is not None and bare(core):
        return _over(s.hadamard([_joined(front), *core.items], (1, *core.signs), 1), under)
    if core is None or (core.kind == "eye" and front):
        head = _over(_joined(front), under, lead=1) if front or under else None
        if core is None:
            return head or ONE
        if head is None:
            return core
        return _joined([*head.items, core], head) if _flat(head) else s.product([head, core], lead=1)
    lead = len(front)
    spread = core.kind == "product" and -1 not in core.signs and not core.lead
    items = [*front, *(core.items if spread else (core,))]
    if len(items) == 1:
        return _over(items[0], under)
    return _over(s.product(items, lead=lead), under)


def _flat(head: Show) -> bool:
    return head.kind == "product" and head.lead > 0


def _joined(items: list[Show], head: Show | None = None) -> Show:
    if not items:
        return ONE
    if head is not None:
        return s.product(items, (*head.signs, 1), lead=head.lead)
    lead = len(items)
    return s.product(items, lead=lead)


def _over(show: Show, under: list[Show], lead: int = 0) -> Show:
    """The quotient by all of ``under``; ``lead`` 1 where all that is divided commutes."""
    if not under:
        return show
    divisor = s.product(under, lead=len(under))
    if show.kind == "product" and -1 not in show.signs and (show.lead or len(show.items) > 1):
        out = s.product((*show.items, divisor), (*show.signs, -1), lead=show.lead)
        if show.other is not None:
            out.other = s.product((*show.other.items, divisor), (*show.other.signs, -1))
        return out
    return s.product((show, divisor), (1, -1), lead=lead)


def assemble(c: Rational, top: Items, below: Items, core: Show | None) -> Show:
    """The whole with its sign: a sum among the factors takes it where it can."""
    if c == 0:
        return Show("number", "0")
    out = magnitude(c, top, below, core)
    if c > 0:
        return out
    return s.flip(out) if out.mixed else s.negative(out)


def content(values: Sequence[Rational]) -> Rational:
    """The rational that all are whole multiples of, positive."""
    top = gcd(*[v.numerator for v in values])
    bottom = lcm(*[v.denominator for v in values])
    return top if bottom == 1 else Fraction(top, bottom)
