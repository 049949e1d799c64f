"""Factors of one product that make another function: signs with absolute values, sinh/cosh, sin/cos."""

from __future__ import annotations

from closedform.expr.node import Node
from closedform.expr.op import Op
from closedform.functions import elementwise, piecewise
from closedform.functions.algebra import num
from closedform.functions.known_facts import facts_of
from closedform.rewrite.normal.engine import build, number, plus

SIGN = piecewise.sign.op
ABS = piecewise.absolute.op
STEP = piecewise.step.op
QUOTIENTS: tuple[tuple[Op, Op, Op], ...] = (
    (elementwise.sinh.op, elementwise.cosh.op, elementwise.tanh.op),
    (elementwise.sin.op, elementwise.cos.op, elementwise.tan.op),
)
Powers = dict[Node, Node]


def join_signs(powers: Powers) -> None:
    """sign(b)^i·|b|^j·b^k in its shortest form, and step(b)^i as step(b), in place."""
    for factor in [f for f in powers if f.op in (SIGN, ABS, STEP)]:
        if factor not in powers:
            continue
        if factor.op is STEP:
            k = number(powers[factor])
            if k is not None and k > 0:
                powers[factor] = num(1)
        else:
            _join_sign(powers, factor.args[0])


def _join_sign(powers: Powers, b: Node) -> None:
    """At b = 0 the product is 0 where no exponent is negative, and so is what it becomes."""
    sign, size = build(SIGN, (b,), (), b.shape), build(ABS, (b,), (), b.shape)
    if sign.op is not SIGN or size.op is not ABS:
        return
    i, j, k = (_whole(powers.get(f)) for f in (sign, size, b))
    if i == 2 and any(number(powers[f]) for f in (size, b) if f in powers):
        del powers[sign]  # sqrt(|b|)*sign(b)^2 is sqrt(|b|), for b = 0 too
        return _join_sign(powers, b)
    if i is None or j is None or k is None or (i == 0 and k == 0):
        return
    total, odd = j + k, (i + k) % 2 == 1
    vanishes = min(i, j, k) >= 0 and "nonzero" not in facts_of(b)
    for f in (sign, size, b):
        powers.pop(f, None)
    if total == 0:
        _put(powers, sign, 1 if odd else 2 if vanishes else 0)
    elif odd == (total % 2 == 1):
        _put(powers, b, total)
    else:
        _put(powers, size, 1 if total > 0 else -1)
        _put(powers, b, total - (1 if total > 0 else -1))


def _whole(e: Node | None) -> int | None:
    """The exponent as an integer: 0 for a factor that is not there, None for one that is no integer."""
    if e is None:
        return 0
    k = number(e)
    return int(k) if k is not None and k.denominator == 1 else None


def _put(powers: Powers, b: Node, e: int) -> None:
    if e:
        powers[b] = num(e)


def join_quotients(powers: Powers) -> None:
    """sinh(x)/cosh(x) is tanh(x) and sin(x)/cos(x) is tan(x), as often as both are there, in place."""
    for top, bottom, quotient in QUOTIENTS:
        for f in [f for f in powers if f.op is top]:
            g = build(bottom, f.args, (), f.shape)
            i, j = _whole(powers[f]), _whole(powers.get(g))
            if not i or not j or i * j > 0:
                continue
            count = min(abs(i), abs(j)) * (1 if i > 0 else -1)
            for factor, left in ((f, i - count), (g, j + count)):
                powers.pop(factor)
                _put(powers, factor, left)
            q = build(quotient, f.args, (), f.shape)
            powers[q] = plus(powers[q], num(count)) if q in powers else num(count)

