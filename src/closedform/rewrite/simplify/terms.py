"""A term of a sum taken apart: scalar powers, then a chain of factors or elementwise factors."""

from __future__ import annotations

from closedform.expr.node import Node
from closedform.functions.algebra import EYE, HAD, MPOW, MUL, POW, SCALE, num
from closedform.rewrite.normal.engine import UNITY, neye, nhad, nmpow, nmul, npow, nscale, number, plus, times
from closedform.rewrite.normal.exponentials import all_ones

Powers = dict[Node, Node]


def powers_of(s: Node) -> Powers:
    """A scalar (or an elementwise product) as bases with exponents."""
    out: Powers = {}
    for f in s.args if s.op is HAD else (s,):
        if f is UNITY or all_ones(f):
            continue
        base, e = (f.args[0], f.args[1]) if f.op is POW else (f, UNITY)
        out[base] = e
    return out


def scalar_and_rest(core: Node) -> tuple[Powers, Node | None]:
    """The scalar powers of a term, and its matrix or vector part (None for a scalar)."""
    if core.is_scalar:
        return powers_of(core), None
    if core.op is SCALE:
        return powers_of(core.args[0]), core.args[1]
    return {}, core


def difference(e: Node, other: Node) -> Node:
    """An exponent less another."""
    a, b = number(e), number(other)
    return plus(e, times(-1, other)) if a is None or b is None else num(a - b)


def without_scalar(base: Node, e: Node, core: Node) -> Node:
    """The term divided by base^e, by removing the factor, never by multiplying with an inverse."""
    powers, rest = scalar_and_rest(core)
    left = difference(powers[base], e)
    factors = [b if k is UNITY else npow(b, k) for b, k in powers.items() if b is not base]
    factors += [npow(base, left)] if number(left) != 0 else []
    s = nhad(*factors) if factors else UNITY
    return s if rest is None else nscale(s, rest)


def without_entrywise(base: Node, e: Node, core: Node) -> Node:
    """An elementwise product divided by base^e likewise."""
    s, rest = (core.args[0], core.args[1]) if core.op is SCALE else (UNITY, core)
    powers = powers_of(rest)
    left = difference(powers[base], e)
    factors = [b if k is UNITY else npow(b, k) for b, k in powers.items() if b is not base]
    factors += [npow(base, left)] if number(left) != 0 else []
    return nscale(s, nhad(*factors) if factors else npow(base, 0))


def chain_of(core: Node) -> tuple[Node, tuple[Node, ...]]:
    """The scalar of a term and its chain of matrix factors."""
    s, rest = (core.args[0], core.args[1]) if core.op is SCALE else (UNITY, core)
    if rest.op is EYE:
        return s, ()
    return s, rest.args if rest.op is MUL else (rest,)


def first_factor(f: Node) -> Node:
    """The factor a power begins (and ends) with: X for X^3, X^-1 for X^-2."""
    if f.op is MPOW and (k := number(f.args[1])) is not None and k.denominator == 1:
        return f.args[0] if k > 0 else nmpow(f.args[0], -1)
    return f


def without_first(f: Node) -> Node | None:
    """What is left of a factor after its ``first_factor``; None for nothing."""
    if f.op is MPOW and first_factor(f) is not f:
        k = number(f.args[1])
        assert k is not None
        return nmpow(f.args[0], int(k) - (1 if k > 0 else -1))
    return None


def chain_node(s: Node, factors: list[Node], n: Node) -> Node:
    """s times the product of ``factors``; the identity of ``n``'s rows for none."""
    return nscale(s, nmul(*factors) if factors else neye(n.rows))
