"""Elementwise products and powers: factors sorted, exponents of equal bases added. Scalars are the 1×1 case."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from closedform.errors import LimitError
from closedform.expr.node import Node, make
from closedform.expr.op import Shape
from closedform.expr.size import ONE
from closedform.expr.walk import postorder
from closedform.functions import elementwise, piecewise, vectors
from closedform.functions.algebra import (
    ADD,
    DIAGM,
    EYE,
    HAD,
    MUL,
    NUM,
    ONES,
    POW,
    SCALE,
    TR,
    UNIT,
    num,
)
from closedform.functions.known_facts import facts_of
from closedform.rewrite.normal.engine import (
    NOTHING,
    UNITY,
    build,
    constructor,
    content,
    is_zero,
    ndiagm,
    ndiagv,
    nhad,
    nmul,
    nones,
    npow,
    nscale,
    nsum,
    ntranspose,
    number,
    nzero,
    plus,
    times,
)
from closedform.rewrite.normal.exponentials import all_ones, join_exponentials
from closedform.rewrite.normal.number_powers import number_power
from closedform.rewrite.normal.pairs import join_pair
from closedform.rewrite.normal.quotients import join_quotients, join_signs
from closedform.rewrite.normal.split import outer_parts

MAX_FACTORS = 300
MAX_TOWER = 50
EXP = elementwise.exp.op
ABS = piecewise.absolute.op
SIGN = piecewise.sign.op
STEP = piecewise.step.op
PROD, PROD_OTHERS = vectors.prod.op, vectors.prod_others.op


@constructor(HAD)
def build_had(args: tuple[Node, ...], _: tuple[Any, ...], shape: Shape) -> Node:
    """The elementwise product (the product, for scalars)."""
    if shape[0] is ONE and shape[1] is not ONE:
        return ntranspose(nhad(*(ntranspose(a) for a in args)))
    bag = _Bag(shape)
    for a in args:
        bag.put(a, UNITY)
    return bag.product()


class _Bag:
    """Factors of one elementwise product being collected."""

    def __init__(self, shape: Shape) -> None:
        self.shape = shape
        self.number = Fraction(1)
        self.scalars: list[Node] = []
        self.powers: dict[Node, Node] = {}
        self.exponents: list[Node] = []
        self.outer: list[tuple[Node, Node]] = []
        self.diagonal: list[Node] = []
        self.zero = False

    def put(self, a: Node, e: Node) -> None:
        """Multiply by ``a`` to the power ``e`` (1 unless it comes from a power node)."""
        scalar = self.shape == (ONE, ONE)
        if is_zero(a):
            self.zero = True
        elif e is not UNITY:
            self._collect(a, e)
        elif a.op is NUM:
            self.number *= a.params[0]
        elif a.op is HAD:
            for b in a.args:
                self.put(b, UNITY)
        elif a.op is POW:
            self._collect(a.args[0], a.args[1])
        elif a.op is EXP:
            self.exponents.append(a.args[0])
        elif a.op is SCALE:
            self.scalars.append(a.args[0])
            self.put(a.args[1], UNITY)
        elif a.op is ADD:
            c, b = content(a)
            self.number *= c
            if b.op is ADD:
                self._collect(b, UNITY)
            else:
                self.put(b, UNITY)
        elif a.op is ONES:
            pass
        elif not scalar and a.op in (EYE, DIAGM):
            self.diagonal.append(nones(a.rows) if a.op is EYE else a.args[0])
        elif not scalar and a.op is MUL and (parts := outer_parts(a)) is not None:
            self.outer.append(parts)
        else:
            self._collect(a, UNITY)

    def _collect(self, base: Node, e: Node) -> None:
        have = self.powers.get(base)
        self.powers[base] = e if have is None else one_exponent(plus(*_alike(have, e)))

    def product(self) -> Node:
        if self.zero:
            return nzero(self.shape)
        join_exponentials(self.powers, self.exponents, self.shape)
        join_signs(self.powers)
        self._join_products()
        join_quotients(self.powers)
        factors = []
        for base, e in self.powers.items():
            value = number(e)
            if value == 0 or is_zero(e):
                continue
            factor = base if value == 1 else npow(base, e)
            if factor.op is NUM:
                self.number *= factor.params[0]
            else:
                factors.append(factor)
        exponent = nsum([(1, z) for z in self.exponents], self.shape)
        if len(factors) > MAX_FACTORS or (exponent.op is ADD and len(exponent.args) > MAX_FACTORS):
            raise LimitError(f"a product has over {MAX_FACTORS} different factors (limit: factors)")
        if not is_zero(exponent):
            factors.append(make(EXP, (exponent,), (), self.shape))
        units = [f for f in factors if f.op is UNIT]
        if units:
            return self._finish(_at_unit(units[0], [f for f in factors if f is not units[0]]))
        if self.shape == (ONE, ONE) and (joined := _join_scalars(factors)) is not None:
            return times(self.number, joined)
        return self._finish(_had_node(factors, self.shape))

    def _join_products(self) -> None:
        """x.*prod_others(x) is prod(x) in every entry."""
        for f in [f for f in self.powers if f.op is PROD_OTHERS]:
            x = f.args[0]
            i, j = (number(self.powers[b]) if b in self.powers else None for b in (f, x))
            if i == 1 and j is not None and j >= 1 and j.denominator == 1:
                self.powers.pop(f)
                self.powers[x] = num(j - 1)
                self.scalars.append(build(PROD, (x,), (), (ONE, ONE)))

    def _finish(self, core: Node) -> Node:
        if self.diagonal:
            core = ndiagm(nhad(*self.diagonal, ndiagv(core)))
        for column, row in self.outer:
            if core.op is ONES or core is _full_ones(self.shape):
                core = nmul(column, row)
            else:
                core = nmul(ndiagm(column), core, ndiagm(ntranspose(row)))
        for s in self.scalars:
            core = nscale(s, core)
        return times(self.number, core)


def _join_scalars(factors: list[Node]) -> Node | None:
    """A product of scalars in which two factors make one: ``(y'*exp(z))/sum(exp(z))`` is ``y'*softmax(z)``."""
    if len(factors) < 2:
        return None
    for k, chain in enumerate(factors):
        if chain.op not in (MUL, TR):
            continue
        for i, s in enumerate(factors):
            joined = join_pair(s, chain) if i != k else None
            if joined is not None:
                return nhad(*joined, *(f for j, f in enumerate(factors) if j not in (i, k)))
    return None


def _alike(a: Node, b: Node) -> tuple[Node, Node]:
    """Two exponents in one shape: a scalar one stands for itself in every entry."""
    if a.is_scalar == b.is_scalar:
        return a, b
    if a.is_scalar:
        return nscale(a, _full_ones(b.shape)), b
    return a, nscale(b, _full_ones(a.shape))


def one_exponent(e: Node) -> Node:
    """An exponent that is the same in every entry, as the scalar it is."""
    if e.is_scalar:
        return e
    if is_zero(e):
        return NOTHING
    c, core = content(e)
    if all_ones(core):
        return num(c)
    return times(c, core.args[0]) if core.op is SCALE and all_ones(core.args[1]) else e


def _had_node(factors: list[Node], shape: Shape) -> Node:
    if not factors:
        return _full_ones(shape)
    if len(factors) == 1:
        return factors[0]
    return make(HAD, sorted(factors, key=lambda f: f.key), (), shape)


def _full_ones(shape: Shape) -> Node:
    if shape[0] is ONE or shape[1] is ONE:
        return nones(shape[0]) if shape[1] is ONE else ntranspose(nones(shape[1]))
    return nmul(nones(shape[0]), ntranspose(nones(shape[1])))


def _at_unit(e: Node, others: list[Node]) -> Node:
    """A unit vector times other vectors keeps one entry: ``eᵢ.*v`` is ``vᵢ·eᵢ``."""
    out = e
    for v in others:
        out = nscale(nmul(ntranspose(e), v), out) if v is not e else out
    return out


@constructor(POW)
def build_pow(args: tuple[Node, ...], _: tuple[Any, ...], shape: Shape) -> Node:
    """An elementwise power; laws that would change the value for negative bases ask for facts."""
    base, e = args
    if shape[0] is ONE and shape[1] is not ONE:
        return ntranspose(npow(ntranspose(base), e if e.is_scalar else ntranspose(e)))
    e = one_exponent(e)
    value = number(e)
    if value == 1:
        return base
    if value == 0:
        return _full_ones(shape)
    if value is None:
        return _symbolic_power(base, e, shape)
    return _rational_power(base, value, shape)


def _symbolic_power(base: Node, e: Node, shape: Shape) -> Node:
    _check_tower(e)
    if base is UNITY or base.op is ONES:
        return base
    if base.op is EXP and (e.is_scalar or e.shape == shape):
        return build(EXP, ((nscale(e, base.args[0]) if e.is_scalar else nhad(e, base.args[0])),), (), shape)
    if base.op is POW and "nonneg" in facts_of(base.args[0]) and e.is_scalar and base.args[1].is_scalar:
        return npow(base.args[0], nhad(base.args[1], e))
    return make(POW, (base, e), (), shape)


def _check_tower(e: Node) -> None:
    """Refuse powers of powers of powers: their derivatives grow with the square of the height."""
    for node in postorder(e, stop=lambda n: "tower" in n.memo):
        if "tower" not in node.memo:
            below = max((a.memo["tower"] for a in node.args), default=0)
            symbolic = node.op is POW and node.args[1].op is not NUM
            node.memo["tower"] = max(below, node.args[1].memo["tower"] + 1) if symbolic else below
    if e.memo["tower"] >= MAX_TOWER:
        raise LimitError(f"exponents stand over {MAX_TOWER} high on each other (limit: exponent height)")


def _rational_power(base: Node, e: Fraction, shape: Shape) -> Node:
    if base.op is NUM:
        return number_power(base, e)
    if base.op is ONES or (is_zero(base) and e > 0):
        return base
    if base.op is EXP:
        return build(EXP, (times(e, base.args[0]),), (), shape)
    if e.denominator == 1 and (discrete := _discrete_power(base, e.numerator)) is not None:
        return discrete
    if base.op is POW and (merged := _nested_power(base, e)) is not None:
        return merged
    if base.op is ABS and e.denominator == 1 and e.numerator % 2 == 0:
        return npow(base.args[0], e)
    if e.denominator == 1 and "pm1" in facts_of(base):
        return base if e.numerator % 2 else _full_ones(shape)
    if e > 0 and "bit" in facts_of(base):
        return base
    if base.op in (HAD, SCALE):
        return _power_of_product(base, e, shape)
    if base.op is ADD:
        return _power_of_sum(base, e, shape)
    if base.op is MUL and (parts := outer_parts(base)) is not None and e.denominator == 1:
        return nmul(npow(parts[0], e), npow(parts[1], e))
    if base.op in (DIAGM, EYE) and e > 0:
        return ndiagm(npow(base.args[0], e)) if base.op is DIAGM else base
    if base.op is UNIT and e > 0:
        return base
    if base.op is SIGN and e.denominator == 1:
        return _power_of_sign(base, e.numerator, shape)
    if base.op is STEP and e > 0:
        return base
    return make(POW, (base, num(e)), (), shape)


def _power_of_sign(base: Node, e: int, shape: Shape) -> Node:
    """sign(0) is 0, so that an even power is 1 only where the argument is not zero; a negative one needs that."""
    if e % 2:
        return base
    if e < 0 or "nonzero" in facts_of(base.args[0]):
        return _full_ones(shape)
    return make(POW, (base, num(2)), (), shape)


def _discrete_power(base: Node, e: int) -> Node | None:
    """Powers of entries known to be ±1, or to be 0 and 1."""
    facts = facts_of(base)
    if "pm1" in facts:
        return _full_ones(base.shape) if e % 2 == 0 else base
    return base if "bit" in facts and e > 0 else None


def _nested_power(base: Node, e: Fraction) -> Node | None:
    inner, f = base.args
    k = number(f)
    if k is None:
        if e.denominator == 1 or "pos" in facts_of(inner):
            return npow(inner, times(e, f))
        return None
    if e.denominator == 1 or k.denominator != 1 or "nonneg" in facts_of(inner):
        return npow(inner, k * e)
    if k.numerator % 2 == 0:
        return npow(build(ABS, (inner,), (), inner.shape), k * e)
    return None


def _power_of_product(base: Node, e: Fraction, shape: Shape) -> Node:
    parts = list(base.args)
    if e.denominator == 1:
        if base.op is SCALE:
            return nscale(npow(parts[0], e), npow(parts[1], e))
        return nhad(*(npow(p, e) for p in parts))
    out = [p for p in parts if "nonneg" in facts_of(p)]
    if not out or (base.op is SCALE and parts[0] not in out):
        return make(POW, (base, num(e)), (), shape)
    rest = [p for p in parts if p not in out]
    if base.op is SCALE:
        return nscale(npow(parts[0], e), npow(parts[1], e))
    last = [make(POW, (_had_node(rest, shape), num(e)), (), shape)] if rest else []
    return nhad(*(npow(p, e) for p in out), *last)


def _power_of_sum(base: Node, e: Fraction, shape: Shape) -> Node:
    c, core = content(base)
    if e.denominator == 1:
        if c != 1:
            return times(c**e.numerator, npow(core, e))
        if any(a.op is EXP for a in base.args):
            powers = {base: num(e)}
            join_exponentials(powers, [], shape)
            if base not in powers:
                return nhad(*(npow(b, k) for b, k in powers.items()))
    else:
        size = abs(c)
        mixed = any(k.denominator != size.denominator for k in base.params[0])
        if mixed or npow(num(size), e).op is not NUM:
            size = Fraction(size.numerator)  # sqrt(x'*x + 1/100) stays as it is
        if size != 1:
            factor = npow(num(size), e)
            return nscale(factor, npow(times(c / size, core), e))
    return make(POW, (base, num(e)), (), shape)
