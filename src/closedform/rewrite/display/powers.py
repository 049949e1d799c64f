"""Powers: roots and norms, quotients, inverses and their transposes."""

from __future__ import annotations

from fractions import Fraction

from closedform.expr.node import Node
from closedform.rewrite import show as s
from closedform.rewrite.display.face import Face
from closedform.rewrite.show import Show

HALF = Fraction(1, 2)


def scalar_power(base: Face, exponent: Face, number: Fraction | None) -> Face:
    """``base^exponent`` of scalars: a divisor where the exponent is negative."""
    fixed = base.fixed | exponent.fixed
    if number is None:
        e = exponent.show
        if e.kind == "sum" and len(e.items) == 1:
            return Face(below=(s.power(base.show, e.items[0]),), fixed=fixed)
        return Face(top=(s.power(base.show, e),), fixed=fixed)
    if number == 0:
        return Face(top=(s.power(base.show, s.number(0)),), fixed=fixed)
    size = abs(number)
    out = raised(base.show, size)
    if base.root is not None:
        other = raised(base.root, 2 * size)
        if other.tokens <= out.tokens:
            out = other
    return Face(top=(out,), fixed=fixed) if number > 0 else Face(below=(out,), fixed=fixed)


def raised(base: Show, exponent: Fraction, elementwise: bool = False) -> Show:
    """``base^exponent`` for a positive rational."""
    if exponent == 1:
        return base
    if exponent == HALF:
        return s.call("sqrt", base, mark=r"\sqrt{{{0}}}", lead=1)
    return s.power(base, s.number(exponent), elementwise)


def elementwise_power(base: Face, exponent: Face, number: Fraction | None) -> Face:
    """``base.^exponent``: ``1./x`` where it is a negative number."""
    fixed = base.fixed | exponent.fixed
    pair = []
    for show in base.pair:
        if number is None:
            e = exponent.show if exponent.core is None else None
            out = s.power(show, e, True) if e is not None else None
        elif number == 0:
            out = s.power(show, s.number(0), True)
        else:
            out = raised(show, abs(number), True)
            out = out if number > 0 else s.hadamard((out,), (-1,))
        pair.append(out)
    if pair[0] is None or pair[1] is None:
        a, b = (s.power(x, e, True) for x, e in zip(base.pair, exponent.pair, strict=True))
        return Face(core=a, turned=_shorter_turn(a, b), fixed=fixed)
    return Face(core=pair[0], turned=_shorter_turn(pair[0], pair[1]), fixed=fixed)


def _shorter_turn(there: Show, back: Show) -> Show:
    return back if back.tokens <= there.tokens + 1 else s.transpose(there)


def matrix_power(base: Face, exponent: Face, number: Fraction | None) -> Face:
    """``X^k``, ``X^-1``, ``X^-T``."""
    fixed = base.fixed | exponent.fixed
    here, there = base.pair
    if number == -1:
        a, b = s.inverse(here), s.inverse(there)
    else:
        e = exponent.show if number is None else s.signed(number)
        a, b = s.power(here, e), s.power(there, e)
    if here is there:
        return Face(core=a, fixed=fixed)
    ta, tb = s.transpose(b), s.transpose(a)
    return Face(
        core=a if a.tokens <= ta.tokens else ta, turned=b if b.tokens < tb.tokens else tb, fixed=fixed
    )


def elementwise_product(node: Node, faces: list[Face]) -> tuple[Show, Show]:
    """The cores of ``x.*y./z``, as they stand and transposed."""
    out = []
    for which in (0, 1):
        ups: list[Show] = []
        downs: list[Show] = []
        for face in faces:
            core = face.turned if which else face.core
            assert core is not None
            if core.kind == "hadamard":
                for item, sign in zip(core.items, core.signs, strict=True):
                    (ups if sign > 0 else downs).append(item)
            else:
                ups.append(core)
        out.append(s.hadamard([*ups, *downs], [1] * len(ups) + [-1] * len(downs)))
    here, there = out
    plain, turned = here, there
    if there.tokens + 1 < here.tokens:
        plain = s.transpose(there)
    if here.tokens + 1 < there.tokens:
        turned = s.transpose(here)
    return plain, turned
