"""Between which bounds the entries of an expression lie, where that can be shown: intervals, never guessed.

The expression is taken to have a value: ``sqrt(u)`` is at least 0 whatever ``u`` is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import reduce

from closedform.expr.node import Node
from closedform.expr.size import ONE
from closedform.expr.walk import postorder
from closedform.functions import algebra as a
from closedform.functions.known_facts import facts_of
from closedform.rewrite.normal.engine import ntranspose


@dataclass(frozen=True)
class Range:
    """From ``low`` to ``high`` (None: no bound); an open end is not reached. ``nonzero``: zero is not taken."""

    low: Fraction | None = None
    high: Fraction | None = None
    low_open: bool = False
    high_open: bool = False
    zero: bool = True

    @property
    def positive(self) -> bool:
        return self.low is not None and (self.low > 0 or (self.low == 0 and (self.low_open or not self.zero)))

    @property
    def nonneg(self) -> bool:
        return self.low is not None and self.low >= 0

    @property
    def nonzero(self) -> bool:
        return not self.zero or self.positive or self.turned.positive

    @property
    def within(self) -> bool:
        """Whether no entry is over 1 in size."""
        return self.low is not None and self.high is not None and self.low >= -1 and self.high <= 1

    @property
    def inside(self) -> bool:
        """Whether every entry is below 1 in size."""
        return self.within and (self.low != -1 or self.low_open) and (self.high != 1 or self.high_open)

    @property
    def turned(self) -> Range:
        """That of the negative."""
        low = None if self.high is None else -self.high
        high = None if self.low is None else -self.low
        return Range(low, high, self.high_open, self.low_open, self.zero)

    def times(self, c: Fraction) -> Range:
        if c == 0:
            return between(0, 0)
        whole = self if c > 0 else self.turned
        low, high = (None if end is None else end * abs(c) for end in (whole.low, whole.high))
        return replace(whole, low=low, high=high)

    def plus(self, other: Range) -> Range:
        low = None if self.low is None or other.low is None else self.low + other.low
        high = None if self.high is None or other.high is None else self.high + other.high
        return Range(low, high, self.low_open or other.low_open, self.high_open or other.high_open)

    def and_(self, other: Range) -> Range:
        """What both say."""
        low, low_open = _tighter(self.low, self.low_open, other.low, other.low_open, 1)
        high, high_open = _tighter(self.high, self.high_open, other.high, other.high_open, -1)
        return Range(low, high, low_open, high_open, self.zero and other.zero)

    def with_zero(self) -> Range:
        low = None if self.low is None else min(self.low, Fraction(0))
        high = None if self.high is None else max(self.high, Fraction(0))
        return Range(
            low,
            high,
            self.low_open and bool(low) and low == self.low,
            self.high_open and bool(high) and high == self.high,
        )

    @property
    def sign(self) -> Range:
        """The signs alone."""
        out = ANY
        if self.nonneg:
            out = POSITIVE if self.positive else NONNEG
        elif self.turned.nonneg:
            out = POSITIVE.turned if self.turned.positive else NONNEG.turned
        return replace(out, zero=not self.nonzero)


def _tighter(
    u: Fraction | None, u_open: bool, v: Fraction | None, v_open: bool, way: int
) -> tuple[Fraction | None, bool]:
    if u is None or v is None:
        return (v, v_open) if u is None else (u, u_open)
    if u == v:
        return u, u_open or v_open
    return (u, u_open) if (u - v) * way > 0 else (v, v_open)


def between(low: int | Fraction | None, high: int | Fraction | None, *, inside: bool = False) -> Range:
    """From low to high, the ends left out where ``inside``."""
    first, last = (None if end is None else Fraction(end) for end in (low, high))
    return Range(first, last, inside, inside)


ANY = Range()
NONNEG, POSITIVE = between(0, None), Range(Fraction(0), None, True)
UNIT, INSIDE, SIGNS = between(0, 1), between(0, 1, inside=True), between(-1, 1)
Ranges = dict[Node, Range]


def range_of(expr: Node, known: Mapping[Node, Range] | None = None) -> Range:
    """The range of the entries of an expression; ``known`` says what is assumed of some parts.

    >>> from closedform.functions.algebra import num, sym
    >>> from closedform.functions.elementwise import sigmoid
    >>> found = range_of(num(1) - sigmoid(sym("s")))
    >>> found.positive, found.high
    (True, Fraction(1, 1))
    """
    if known:
        found: Ranges = {}
        for node in postorder(expr):
            found[node] = _own(node, found).and_(known.get(node, ANY))
        return found[expr]
    found = {}
    for node in postorder(expr, stop=lambda n: "range" in n.memo):
        if "range" not in node.memo:
            node.memo["range"] = _own(node, found)
        found[node] = node.memo["range"]
    return found[expr]


def _own(node: Node, found: Ranges) -> Range:
    rule = RULES.get(node.op.name)
    return _by_facts(node) if rule is None else _by_facts(node).and_(rule(node, found))


def _by_facts(node: Node) -> Range:
    facts = facts_of(node)
    if "pos" in facts:
        return POSITIVE
    out = NONNEG if "nonneg" in facts else ANY
    if "pm1" in facts:
        out = SIGNS
    if "bit" in facts:
        out = UNIT
    return replace(out, zero="nonzero" not in facts)


def _number(node: Node, _: Ranges) -> Range:
    return between(node.params[0], node.params[0])


def _size(node: Node, _: Ranges) -> Range:
    """A size is a whole number, at least 1: m*n - 1 is at least 0."""
    terms = node.params[0].terms
    growing = all(c > 0 for monomial, c in terms if monomial)
    return between(sum(c for _, c in terms), None) if growing else ANY


def _add(node: Node, found: Ranges) -> Range:
    parts = (found[t].times(c) for c, t in zip(node.params[0], node.args, strict=True))
    return reduce(Range.plus, parts)


def _multiplied(x: Range, y: Range) -> Range:
    signs = _sign_product(x.sign, y.sign)
    if x.low is not None and y.low is not None and x.nonneg and y.nonneg:
        signs = signs.and_(Range(x.low * y.low))
    if not (x.nonneg and y.nonneg) or x.high is None or y.high is None:
        return signs
    high = x.high * y.high
    inner = (x.high_open and y.high > 0) or (y.high_open and x.high > 0)
    return signs.and_(Range(None, high, False, inner and high > 0))


def _sign_product(x: Range, y: Range) -> Range:
    zero = not (x.nonzero and y.nonzero)
    for u, v in ((x, y), (x.turned, y.turned)):
        if u.nonneg and v.nonneg:
            return Range(Fraction(0), None, not zero, False, zero)
    for u, v in ((x, y.turned), (x.turned, y)):
        if u.nonneg and v.nonneg:
            return Range(None, Fraction(0), False, not zero, zero)
    return replace(ANY, zero=zero)


def _had(node: Node, found: Ranges) -> Range:
    return reduce(_multiplied, (found[t] for t in node.args))


def _pow(node: Node, found: Ranges) -> Range:
    base, e = found[node.args[0]], node.args[1]
    if e.op is not a.NUM:
        return POSITIVE if base.positive else NONNEG if base.nonneg else ANY
    value: Fraction = e.params[0]
    if value.denominator == 1 and value.numerator % 2 == 0:
        signs = POSITIVE if base.nonzero or value < 0 else NONNEG
        return signs.and_(Range(None, Fraction(1), False, base.inside)) if value > 0 and base.within else signs
    if value.denominator != 1:
        base = base.and_(NONNEG)
    zero = not (base.nonzero or value < 0)
    signs = replace(base.sign, zero=zero, low_open=base.sign.low_open or not zero)
    if base.nonneg and value > 0 and base.high is not None and base.high <= 1:
        signs = signs.and_(Range(None, Fraction(1), False, base.high_open or base.high < 1))
    if base.nonneg and base.low is not None and base.low >= 1:
        strict = base.low_open or base.low > 1
        more = Range(Fraction(1), None, strict) if value > 0 else Range(None, Fraction(1), False, strict)
        signs = signs.and_(more)
    return signs


def _mul(node: Node, found: Ranges) -> Range:
    """Unit vectors at the ends pick entries; of the rest, a sum of products, the sign is known."""
    factors = list(node.args)
    while len(factors) > 1 and factors[-1].op is a.UNIT:
        factors.pop()
    while len(factors) > 1 and factors[0].op is a.TRANSPOSE and factors[0].args[0].op is a.UNIT:
        factors.pop(0)
    if len(factors) == 1:
        return found[factors[0]]
    out = reduce(_sign_product, (found[f].sign for f in factors))
    out = replace(out, zero=not (out.positive or out.turned.positive))
    half = square_root(node)
    if half is not None:
        zero = half not in found or not found[half].nonzero
        out = out.and_(Range(Fraction(0), None, not zero, False, zero))
    return out


def square_root(expr: Node) -> Node | None:
    """R where ``expr`` is the squared norm of R, or R'·S·R with S positive definite (also under a trace)."""
    factors = expr.args if expr.op is a.MUL and expr.is_scalar else ()
    if expr.op is a.TR and expr.args[0].op is a.MUL:
        factors = expr.args[0].args
    half, odd = divmod(len(factors), 2)
    if not half or (odd and "pd" not in facts_of(factors[half])):
        return None
    if any(ntranspose(factors[k]) is not factors[-1 - k] for k in range(half)):
        return None
    right = factors[half + odd :]
    return right[0] if len(right) == 1 else a.mul(*right)


def _trace(node: Node, found: Ranges) -> Range:
    return NONNEG if square_root(node) is not None else _summed(node, found)


def _summed(node: Node, found: Ranges) -> Range:
    """A sum of at least one entry of the argument."""
    own = found[node.args[0]].sign
    return own if own.nonneg or own.turned.nonneg else ANY


def _sumover(node: Node, found: Ranges) -> Range:
    low, high = node.params[1:]
    body = found[node.args[0]].sign
    some = low is ONE and all(c > 0 for _, c in high.terms)
    if body.nonneg:
        return body if some else NONNEG
    return ANY


def _same(node: Node, found: Ranges) -> Range:
    return found[node.args[0]]


def _diagonal(node: Node, found: Ranges) -> Range:
    inner, facts = node.args[0], facts_of(node.args[0])
    if inner.op.name == "chol" or "pd" in facts:
        return POSITIVE
    return found[inner].and_(NONNEG if "psd" in facts else ANY)


def _exp(node: Node, found: Ranges) -> Range:
    u = found[node.args[0]]
    above = Range(Fraction(1), None, u.positive) if u.nonneg else ANY
    below = Range(None, Fraction(1), False, u.turned.positive) if u.turned.nonneg else ANY
    return POSITIVE.and_(above).and_(below)


def _log(node: Node, found: Ranges) -> Range:
    u = found[node.args[0]]
    if u.low is not None and u.low >= 1:
        return POSITIVE if u.low > 1 or u.low_open else NONNEG
    if u.high is not None and u.high <= 1:
        return (POSITIVE if u.high < 1 or u.high_open else NONNEG).turned
    return ANY


def _running(node: Node, found: Ranges) -> Range:
    """Sums from the first entry on."""
    u = found[node.args[0]]
    return Range(u.low, None, u.low_open) if u.nonneg else ANY


def _abs(node: Node, found: Ranges) -> Range:
    return POSITIVE if found[node.args[0]].nonzero else NONNEG


def _sqrt(node: Node, found: Ranges) -> Range:
    u = found[node.args[0]].and_(NONNEG)
    above = Range(Fraction(1), None, u.low_open or u.low != 1) if u.low is not None and u.low >= 1 else ANY
    return (POSITIVE if u.positive else NONNEG).and_(above)


def _odd(low: int | None, high: int | None) -> Callable[[Node, Ranges], Range]:
    """An increasing odd function: the sign of its argument, inside the bounds."""
    return lambda node, found: between(low, high, inside=True).and_(found[node.args[0]].sign)


def _fixed(value: Range) -> Callable[[Node, Ranges], Range]:
    return lambda node, found: value


def _lesser(node: Node, found: Ranges) -> Range:
    return _greater_of([found[t].turned for t in node.args]).turned


def _greater(node: Node, found: Ranges) -> Range:
    return _greater_of([found[t] for t in node.args])


def _greater_of(ranges: Iterable[Range]) -> Range:
    """At least each; nothing is said from above."""
    return reduce(Range.and_, (Range(r.low, None, r.low_open) for r in ranges))


def _relu(node: Node, found: Ranges) -> Range:
    return POSITIVE if found[node.args[0]].positive else NONNEG


def _norm(node: Node, found: Ranges) -> Range:
    return POSITIVE if found[node.args[0]].nonzero else NONNEG


RULES: dict[str, Callable[[Node, Ranges], Range]] = {
    "num": _number, "size": _size, "const": _fixed(between(3, 4, inside=True)), "index": _fixed(between(1, None)),
    "eye": _fixed(UNIT), "ones": _fixed(between(1, 1)), "zero": _fixed(between(0, 0)), "unit": _fixed(UNIT),
    "add": _add, "had": _had, "scale": _had, "pow": _pow, "mul": _mul, "tr": _trace, "transpose": _same,
    "diagv": _diagonal, "diagm": lambda node, found: found[node.args[0]].with_zero(), "sumover": _sumover,
    "exp": _exp, "log": _log, "sqrt": _sqrt, "abs": _abs, "relu": _relu, "cosh": _fixed(between(1, None)),
    "sigmoid": _fixed(INSIDE), "softmax": _fixed(Range(Fraction(0), Fraction(1), True)), "tanh": _odd(-1, 1),
    "softmax_rows": _fixed(Range(Fraction(0), Fraction(1), True)), "erf": _odd(-1, 1), "atan": _odd(-2, 2),
    "sinh": _odd(None, None), "sin": _fixed(SIGNS), "cos": _fixed(SIGNS), "sign": _fixed(SIGNS),
    "step": _fixed(UNIT), "softplus": _fixed(POSITIVE), "normcdf": _fixed(INSIDE), "normpdf": _fixed(POSITIVE),
    "sum": _summed, "rowsum": _summed, "colsum": _summed, "mean": _same, "vec": _same, "cumsum": _running,
    "maxentry": _same, "minentry": _same, "max": _greater, "min": _lesser,
    "norm2": _norm, "normF": _norm, "norm1": _norm, "norm_inf": _norm, "norm_op": _norm, "norm_nuc": _norm,
}  # fmt: skip
"""The rule of each operation; of another, its facts are what is known."""
