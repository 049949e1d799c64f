"""Quotients of exponentials: ``exp(u)/(exp(u) + exp(v))`` is ``sigmoid(u - v)``."""

from __future__ import annotations

from fractions import Fraction

from closedform.expr.node import Node
from closedform.expr.op import Shape
from closedform.functions import elementwise
from closedform.functions.algebra import ADD, MUL, ONES, POW, TRANSPOSE, num
from closedform.rewrite.normal.engine import UNITY, build, content, is_zero, nsum, number, plus, terms_of

EXP = elementwise.exp.op
SIGMOID = elementwise.sigmoid.op


def join_exponentials(powers: dict[Node, Node], exponents: list[Node], shape: Shape) -> None:
    """Replace negative powers of exp(u) + exp(v) among the factors by sigmoids, in place.

    exp(E)·(exp(u) + exp(v))^-k is sigmoid(u - v)^j·sigmoid(v - u)^(k - j) where E = j·u + (k - j)·v.
    """
    for base in [b for b in powers if b.op is ADD]:
        k = number(powers[base])
        pair = two_exponentials(base, shape) if k is not None and k < 0 and k.denominator == 1 else None
        if pair is None or k is None:
            continue
        u, v = pair
        j = _share(exponents, u, v, int(-k), shape)
        if j is None:
            continue
        del powers[base]
        exponents.clear()
        for argument, times in ((nsum([(1, u), (-1, v)], shape), j), (nsum([(1, v), (-1, u)], shape), int(-k) - j)):
            if times:
                _multiply(powers, build(SIGMOID, (argument,), (), shape), times)
    if exponents:
        _join_sigmoids(powers, exponents, shape)


def _join_sigmoids(powers: dict[Node, Node], exponents: list[Node], shape: Shape) -> None:
    """exp(z)·(1 - sigmoid(z)) is sigmoid(z) and exp(-z)·sigmoid(z) is 1 - sigmoid(z), as often as both are there."""
    for base in [b for b in powers if b.op in (SIGMOID, ADD)]:
        k, found = number(powers[base]), _sigmoid_of(base, shape)
        if found is None or k is None or k < 1 or k.denominator != 1:
            continue
        z, sign = found
        toward = -1 if base.op is SIGMOID else 1
        have = nsum([(1, e) for e in exponents], shape)
        j = next((j for j in range(int(k), 0, -1) if nsum([(toward * j, z)], shape) is have), None)
        if j is None:
            continue
        exponents.clear()
        powers.pop(base)
        if j < k:
            powers[base] = num(k - j)
        other = build(SIGMOID, (nsum([(toward, z)], shape),), (), shape)
        c, core = content(other)
        _multiply(powers, core, j)
        _multiply(powers, num(sign * c), j)
        return


def _sigmoid_of(base: Node, shape: Shape) -> tuple[Node, int] | None:
    """z and the sign where ``base`` is sigmoid(z), or plus or minus 1 - sigmoid(z)."""
    if base.op is SIGMOID:
        return base.args[0], 1
    inside = next((a for a in base.args if a.op is SIGMOID), None)
    if inside is None:
        return None
    c, core = content(build(SIGMOID, (nsum([(-1, inside.args[0])], shape),), (), shape))
    return (inside.args[0], int(c)) if core is base and abs(c) == 1 else None


def _share(exponents: list[Node], u: Node, v: Node, k: int, shape: Shape) -> int | None:
    have = nsum([(1, z) for z in exponents], shape)
    for j in range(k, -1, -1):
        if nsum([(j, u), (k - j, v)], shape) is have:
            return j
    return None


def _multiply(powers: dict[Node, Node], factor: Node, times: int) -> None:
    base, e = (factor.args[0], factor.args[1]) if factor.op is POW else (factor, UNITY)
    more = num(Fraction(times) * (number(e) or Fraction(1)))
    powers[base] = plus(powers[base], more) if base in powers else more


def two_exponentials(a: Node, shape: Shape) -> tuple[Node, Node] | None:
    """u and v where ``a`` is exp(u) + exp(v); 1 counts as exp(0)."""
    terms = terms_of(a)
    if len(terms) != 2 or any(c != 1 for c, _ in terms):
        return None
    arguments = [_log(core, shape) for _, core in terms]
    if arguments[0] is None or arguments[1] is None:
        return None
    if is_zero(arguments[0]):
        arguments.reverse()
    u, v = arguments
    assert u is not None and v is not None
    return u, v


def _log(core: Node, shape: Shape) -> Node | None:
    if core.op is EXP:
        return core.args[0]
    return nsum([], shape) if core is UNITY or all_ones(core) else None


def all_ones(a: Node) -> bool:
    """Whether every entry of a normal node is 1."""
    if a.op is ONES:
        return True
    return a.op in (TRANSPOSE, MUL) and all(all_ones(b) for b in a.args)
