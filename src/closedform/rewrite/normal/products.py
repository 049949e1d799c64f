"""Matrix products: flat, scalars outside, cut where an inner size is 1, neighbours merged or cancelled."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from closedform.expr.node import Node
from closedform.expr.op import Shape
from closedform.expr.size import ONE
from closedform.functions.algebra import ADD, EYE, MUL, SCALE, ZERO
from closedform.rewrite.normal.columns import column
from closedform.rewrite.normal.engine import (
    UNITY,
    constructor,
    content,
    neye,
    nmpow,
    nmul,
    nscale,
    ntranspose,
    nzero,
    times,
)
from closedform.rewrite.normal.merging import as_power, merge_neighbours
from closedform.rewrite.normal.scalars import scalar_chain
from closedform.rewrite.normal.split import chain

MAX_FACTORS = 400


@constructor(MUL)
def build_mul(args: tuple[Node, ...], _: tuple[Any, ...], shape: Shape) -> Node:
    """The product of normal factors."""
    flat = _flatten(args)
    if flat is None:
        return nzero(shape)
    c, scalars, factors = flat
    merged = merge_neighbours(factors)
    again = merged != factors and any(map(_is_loose, merged))
    core = nmul(*merged) if again else _cut(merged, scalars, shape)
    for s in scalars:
        core = nscale(s, core)
    return times(c, core)


def _flatten(args: tuple[Node, ...]) -> tuple[Fraction, list[Node], list[Node]] | None:
    """Number, scalars and matrix factors; None where a factor is zero."""
    c, scalars, factors = Fraction(1), [], []
    todo = list(reversed(args))
    while todo:
        a = todo.pop()
        if a.op is ZERO:
            return None
        if a.op is SCALE:
            scalars.append(a.args[0])
            todo.append(a.args[1])
        elif a.op is ADD or a.is_scalar:
            k, core = content(a)
            c *= k
            if c == 0:
                return None
            if core.is_scalar:
                scalars += [core] if core is not UNITY else []
            elif core.op is ADD:
                factors.append(core)
            else:
                todo.append(core)
        elif a.op is MUL and len(a.args) + len(factors) <= MAX_FACTORS:
            todo.extend(reversed(a.args))
        elif a.op is not EYE:
            factors.append(a)
    return c, scalars, factors


def _is_loose(a: Node) -> bool:
    """Whether a factor holds what has to leave the chain: a number, a scalar, a zero."""
    return a.is_scalar or a.op in (SCALE, ZERO) or content(a)[0] != 1


def _cut(factors: list[Node], scalars: list[Node], shape: Shape) -> Node:
    """What stays of the chain once every 1×1 piece has left for ``scalars``."""
    if not factors:
        return neye(shape[0])
    kept: list[Node] = []
    for piece in _pieces(factors):
        rows, cols = piece[0].rows, piece[-1].cols
        if rows is ONE and cols is ONE:
            scalars.append(scalar_chain(piece))
        elif cols is ONE:
            kept += _factors(column(piece, scalars))
        elif rows is ONE:
            turned = column([ntranspose(a) for a in reversed(piece)], scalars)
            kept += [ntranspose(f) for f in reversed(_factors(turned))]
        else:
            kept += piece
    base, times_over = as_power(kept)
    if times_over > 1:
        return nmpow(chain(tuple(base)), times_over)
    return chain(tuple(kept)) if kept else UNITY


def _pieces(factors: list[Node]) -> list[list[Node]]:
    pieces: list[list[Node]] = [[]]
    for a in factors:
        pieces[-1].append(a)
        if a.cols is ONE:
            pieces.append([])
    return [p for p in pieces if p]


def _factors(a: Node) -> tuple[Node, ...]:
    return a.args if a.op is MUL else (a,)
