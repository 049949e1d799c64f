"""Powers: roots and norms, quotients, inverses and their transposes."""

from __future__ import annotations

from fractions import Fraction

from closedform.expr.node import Node
from closedform.rewrite import show as s
from closedform.rewrite.display.face import Face
from closedform.rewrite.show import Show

HALF, ROOT = Fraction(1, 2), r"\sqrt{{{0}}}"


def scalar_power(base: Face, exponent: Face, number: Fraction | None, doubled: Face | None = None) -> Face:
    """``base^exponent`` of scalars: a divisor where the exponent is negative.

    ``doubled`` is twice the exponent, for a base that is the square of a norm: ``||x||^(p - 2)``.
    """
    fixed = base.fixed | exponent.fixed
    base = _even(base, number)
    if number is None:
        shown, e = base.show, exponent.show
        if doubled is not None and base.root is not None:
            ways = [(base.root, doubled.show), (shown, e)]
            shown, e = min(ways, key=lambda way: way[0].tokens + way[1].tokens)
        if e.kind == "sum" and len(e.items) == 1:
            return Face(below=(s.power(shown, e.items[0]),), fixed=fixed)
        return Face(top=(s.power(shown, e),), fixed=fixed)
    if number == 0:
        return Face(top=(s.power(base.show, s.number(0)),), fixed=fixed)
    size = abs(number)
    out = raised(base.show, size)
    if base.root is not None:
        other = raised(base.root, 2 * size)
        if other.tokens <= out.tokens:
            out = other
    return Face(top=(out,), fixed=fixed) if number > 0 else Face(below=(out,), fixed=fixed)


def _even(base: Face, number: Fraction | None) -> Face:
    """The base without its minus sign, where the exponent is even."""
    if number is None or base.c >= 0 or number.denominator != 1 or number % 2:
        return base
    return Face(-base.c, base.top, base.below, base.core, base.turned, base.fixed)


def raised(base: Show, exponent: Fraction, elementwise: bool = False, root: str = ROOT) -> Show:
    """``base^exponent`` for a positive rational; ``root`` is the sign of a square root in LaTeX, or empty."""
    if exponent == 1:
        return base
    if exponent == HALF:
        return s.call("sqrt", base, mark=root, lead=1)
    return s.power(base, s.number(exponent), elementwise)


def elementwise_power(base: Face, exponent: Face, number: Fraction | None, root: str) -> Face:
    """``base.^exponent``: ``1./x`` where it is a negative number; ``root`` as ``raised`` has it."""
    fixed = base.fixed | exponent.fixed
    base = _even(base, number)
    pair = []
    for show, e in zip(base.pair, exponent.pair, strict=True):
        if number is None or number == 0:
            pair.append(s.power(show, e, True))
        else:
            out = raised(show, abs(number), True, root)
            pair.append(out if number > 0 else s.hadamard((out,), (-1,)))
    here, there = pair
    core = _upright(here, there, base.show)
    return Face(core=core, turned=_upright(there, here, base.show_turned), fixed=fixed)


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
    return Face(core=_upright(a, b, here), turned=_upright(b, a, there), fixed=fixed)


def _upright(power: Show, other: Show, base: Show) -> Show:
    """A power, or the other's transpose where that is shorter or has its base upright: ``(W^2)'``."""
    back = s.transpose(other)
    if back.tokens != power.tokens:
        return back if back.tokens < power.tokens else power
    return back if base.kind == "transpose" else power


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
