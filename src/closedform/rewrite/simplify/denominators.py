"""Fractions inside sums cleared: ``(1 + a/c)/(1 + b/c)`` is ``(c + a)/(c + b)``."""

from __future__ import annotations

from closedform.expr.node import Node
from closedform.functions.algebra import ADD, HAD, POW, SCALE, num
from closedform.rewrite.normal.engine import nhad, npow, nscale, nsum, number, terms_of
from closedform.rewrite.simplify.terms import scalar_and_rest


def cleared(node: Node) -> Node:
    """A product with the fractions inside each of its sums brought to one denominator."""
    if node.op is HAD and node.is_scalar:
        return nhad(*map(_cleared_factor, node.args))
    if node.op is SCALE:
        return nscale(cleared(_cleared_factor(node.args[0])), _cleared_factor(node.args[1]))
    return node


def _cleared_factor(f: Node) -> Node:
    if f.op is ADD:
        return _cleared_sum(f)
    if f.op is POW and f.args[0].op is ADD and f.is_scalar and (k := number(f.args[1])) is not None:
        return npow(_cleared_sum(f.args[0]), f.args[1]) if k.denominator == 1 else f
    return f


def _cleared_sum(a: Node) -> Node:
    terms = terms_of(a)
    lowest: dict[Node, int] = {}
    for _, core in terms:
        for base, e in scalar_and_rest(core)[0].items():
            k = number(e)
            if k is not None and k < 0 and k.denominator == 1:
                lowest[base] = min(lowest.get(base, 0), int(k))
    if not lowest:
        return a
    up = nhad(*(npow(base, num(-k)) for base, k in lowest.items()))
    down = nhad(*(npow(base, num(k)) for base, k in lowest.items()))
    return nscale(down, nsum([(c, nscale(up, core)) for c, core in terms], a.shape))

