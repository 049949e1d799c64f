"""Sums: flat, sorted, like terms collected, numbers apart; and scaling by a scalar."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from closedform.expr.node import Node, make
from closedform.expr.op import Shape
from closedform.functions.algebra import ADD, SCALE, num
from closedform.rewrite.normal.blocks import BLOCK, join_blocks
from closedform.rewrite.normal.engine import (
    ONCE,
    UNITY,
    constructor,
    content,
    is_zero,
    nhad,
    nscale,
    nsum,
    nzero,
    terms_of,
    times,
)
from closedform.rewrite.normal.pairs import join_pair


@constructor(ADD)
def build_sum(args: tuple[Node, ...], params: tuple[Any, ...], shape: Shape) -> Node:
    """Like terms added, zero terms dropped, the rest sorted."""
    collected: dict[Node, Fraction] = {}
    for c, a in zip(params[0], args, strict=True):
        for k, core in terms_of(a):
            more = c if k is ONCE else c * k
            known = collected.get(core)
            collected[core] = more if known is None else known + more
    if any(a.op is BLOCK for a in collected):
        join_blocks(collected)
    terms = sorted(((a, c) for a, c in collected.items() if c), key=lambda t: t[0].key)
    if not terms:
        return nzero(shape)
    if len(terms) == 1:
        core, c = terms[0]
        if core is UNITY:
            return num(c)
        if c == 1:
            return core
    return make(ADD, (a for a, _ in terms), (tuple(c for _, c in terms),), shape)


@constructor(SCALE)
def build_scale(args: tuple[Node, ...], _: tuple[Any, ...], shape: Shape) -> Node:
    """Numbers out, nested scalings merged; a sum below stays whole."""
    s, a = args
    if a.is_scalar:
        return nhad(s, a)
    c, s = content(s)
    if c == 0 or is_zero(a):
        return nzero(shape)
    if s is UNITY:
        return times(c, a)
    k, a = content(a)
    if a.op is SCALE:
        return times(c * k, nscale(nhad(s, a.args[0]), a.args[1]))
    joined = join_pair(s, a)
    if joined is not None:
        return times(c * k, nscale(*joined))
    return nsum([(c * k, make(SCALE, (s, a), (), shape))], shape)
