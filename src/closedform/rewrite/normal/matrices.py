"""Powers of matrices, diagonals and traces."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from closedform.expr.node import Node, make
from closedform.expr.op import Shape
from closedform.expr.size import ONE
from closedform.functions.algebra import (
    ADD,
    DIAGM,
    DIAGV,
    EYE,
    HAD,
    MPOW,
    MUL,
    ONES,
    POW,
    SCALE,
    SYM,
    TR,
    TRANSPOSE,
    ZERO,
    num,
    size_number,
)
from closedform.functions.known_facts import facts_of
from closedform.rewrite.normal.blocks import BLOCK, trace_of_blocks
from closedform.rewrite.normal.engine import (
    NOTHING,
    constructor,
    content,
    ndiagm,
    ndiagv,
    neye,
    nhad,
    nmpow,
    nmul,
    nones,
    npow,
    nscale,
    nsum,
    ntr,
    ntranspose,
    number,
    nzero,
    terms_of,
    times,
)
from closedform.rewrite.normal.kronecker import KRON, nkron
from closedform.rewrite.normal.merging import MAX_PRODUCT, merge_neighbours, period
from closedform.rewrite.normal.scalars import sum_of_entries
from closedform.rewrite.normal.split import chain, outer_parts, rank_of, transposes, turned_around


@constructor(MPOW)
def build_mpow(args: tuple[Node, ...], _: tuple[Any, ...], shape: Shape) -> Node:
    """A power of a square matrix: inverses of products split, of diagonals entrywise."""
    base, e = args
    if base.is_scalar:
        return npow(base, e)
    k = number(e)
    if k is None or k.denominator != 1:
        return base if base.op is EYE else make(MPOW, (base, e))
    return _integer_power(base, int(k), shape)


def _integer_power(base: Node, k: int, shape: Shape) -> Node:
    if k == 0 or base.op is EYE:
        return neye(shape[0])
    if k == 1:
        return base
    if base.op is ZERO and k > 0:
        return base
    if base.op is MPOW:
        return nmpow(base.args[0], nhad(base.args[1], num(k)))
    if base.op is DIAGM:
        return ndiagm(npow(base.args[0], k))
    if base.op is KRON and all(f.is_square for f in base.args):
        return nkron(*(nmpow(f, k) for f in base.args))
    if base.op is SCALE:
        return nscale(npow(base.args[0], k), nmpow(base.args[1], k))
    c, core = content(base)
    if c != 1:
        return times(c**k, nmpow(core, k))
    if k < 0 and "orth" in facts_of(base):
        return nmpow(ntranspose(base), -k)
    split = _power_of_product(base, k) if base.op is MUL else None
    return split if split is not None else make(MPOW, (base, num(k)))


def _power_of_product(base: Node, k: int) -> Node | None:
    if abs(k) * len(base.args) > MAX_PRODUCT:
        p = period(base.args)
        return make(MPOW, (chain(base.args[:p]), num(k * (len(base.args) // p)))) if p < len(base.args) else None
    if k > 0:
        return nmul(*(base.args * k))
    if not all(f.is_square for f in base.args):
        return None
    return nmul(*([nmpow(f, -1) for f in reversed(base.args)] * -k))


@constructor(DIAGM)
def build_diagm(args: tuple[Node, ...], _: tuple[Any, ...], shape: Shape) -> Node:
    """The diagonal matrix of a vector; numbers and scalars outside, ones as the identity."""
    v = args[0]
    if v.is_scalar:
        return v
    if v.op is ONES:
        return neye(v.rows)
    if v.op is ZERO:
        return nzero(shape)
    if v.op is DIAGV and "diag" in facts_of(v.args[0]):
        return v.args[0]
    if v.op is SCALE:
        return nscale(v.args[0], ndiagm(v.args[1]))
    c, core = content(v)
    if core.op is ADD and (parts := _ones_apart(core)) is not None:
        return nsum([(c, parts[0]), (c, parts[1])], shape)
    return times(c, make(DIAGM, (core,)) if c == 1 or core.op is ADD else ndiagm(core))


def _ones_apart(v: Node) -> tuple[Node, Node] | None:
    """diag(v + s*ones) as diag(v) and s*I."""
    inside, outside = [], []
    for c, a in terms_of(v):
        if a.op is ONES:
            outside.append((c, neye(a.rows)))
        elif a.op is SCALE and a.args[1].op is ONES:
            outside.append((c, nscale(a.args[0], neye(a.rows))))
        else:
            inside.append((c, a))
    if not outside:
        return None
    shape = (v.rows, v.rows)
    return ndiagm(nsum(inside, v.shape)), nsum(outside, shape)


@constructor(DIAGV)
def build_diagv(args: tuple[Node, ...], _: tuple[Any, ...], shape: Shape) -> Node:
    """The diagonal of a matrix, linear, canonical under transposition."""
    a = args[0]
    if a.is_scalar:
        return a
    if a.op is ADD:
        return nsum([(c, ndiagv(b)) for c, b in terms_of(a)], shape)
    if a.op is SCALE:
        return nscale(a.args[0], ndiagv(a.args[1]))
    if a.op is ZERO:
        return nzero(shape)
    if a.op is EYE:
        return nones(a.rows)
    if a.op is DIAGM:
        return a.args[0]
    if a.op is HAD:
        return nhad(*(ndiagv(b) for b in a.args))
    if a.op is POW and a.args[1].is_scalar:
        return npow(ndiagv(a.args[0]), a.args[1])
    if a.op is TRANSPOSE:
        return ndiagv(a.args[0])
    if a.op is SYM and "skew" in facts_of(a):
        return nzero(shape)
    if a.op is MUL:
        return _diagonal_of_product(a)
    sign, turned = content(ntranspose(a))
    if turned is a:
        return make(DIAGV, (a,)) if sign == 1 else nzero(shape)
    first = min((a, turned), key=lambda b: (transposes(b), b.key))
    return times(sign if first is turned else 1, make(DIAGV, (first,)))


def _diagonal_of_product(a: Node) -> Node:
    parts = outer_parts(a)
    if parts is not None:
        return nhad(parts[0], ntranspose(parts[1]))
    if a.args[0].op is DIAGM:
        return nhad(a.args[0].args[0], ndiagv(nmul(*a.args[1:])))
    if a.args[-1].op is DIAGM:
        return nhad(a.args[-1].args[0], ndiagv(nmul(*a.args[:-1])))
    sign, turned = turned_around(a.args)
    if turned == list(a.args):
        return make(DIAGV, (a,)) if sign > 0 else nzero((a.rows, ONE))
    if rank_of(turned) < rank_of(a.args):
        return times(sign, make(DIAGV, (chain(tuple(turned)),)))
    return make(DIAGV, (a,))


@constructor(TR)
def build_tr(args: tuple[Node, ...], _: tuple[Any, ...], __: Shape) -> Node:
    """The trace: linear, canonical under rotation and transposition."""
    a = args[0]
    if a.is_scalar:
        return a
    if a.op is ADD:
        return nsum([(c, ntr(b)) for c, b in terms_of(a)], (ONE, ONE))
    if a.op is SCALE:
        return nhad(a.args[0], ntr(a.args[1]))
    if a.op is ZERO:
        return NOTHING
    if a.op is EYE:
        return size_number(a.rows)
    if a.op is DIAGM:
        return sum_of_entries(a.args[0])
    if a.op is BLOCK and (parts := trace_of_blocks(a)) is not None:
        return parts
    if a.op is KRON and all(b.is_square for b in a.args):
        return nhad(*map(ntr, a.args))
    if a.op is HAD:
        return sum_of_entries(ndiagv(a))
    if a.op is MUL:
        return _trace_of_product(list(a.args))
    turned = ntranspose(a)
    sign, core = content(turned)
    if sign == -1 and core is a:
        return NOTHING
    return make(TR, (min((a, turned), key=lambda b: (transposes(b), b.key)),))


def _trace_of_product(factors: list[Node]) -> Node:
    for k in range(1, len(factors)):
        if factors[k - 1].cols is ONE:
            return nmul(*factors[k:], *factors[:k])
    for k, f in enumerate(factors):
        if f.op is DIAGM:
            rest = factors[k + 1 :] + factors[:k]
            return nmul(ntranspose(f.args[0]), ndiagv(nmul(*rest)))
    rotated = _join_ends(factors)
    if len(rotated) != len(factors):
        return ntr(nmul(*rotated)) if rotated else size_number(factors[0].rows)
    sign, least = _least(rotated)
    return times(sign, make(TR, (chain(tuple(least)),))) if sign else NOTHING


def _join_ends(factors: list[Node]) -> list[Node]:
    """Merge the last factor with the first, which are neighbours in a trace, as often as it goes."""
    joined = merge_neighbours([factors[-1], factors[0]])
    if len(joined) == 2 or len(factors) < 3:
        return factors
    return joined + factors[1:-1]


def _least(factors: list[Node]) -> tuple[Fraction, list[Node]]:
    """The rotation of the cycle, or of its transpose, that sorts first; sign 0 where the trace is 0."""
    sign, turned = turned_around(factors)
    here, there = (min((c[k:] + c[:k] for k in range(len(c))), key=rank_of) for c in (factors, turned))
    if here == there:
        return Fraction(sign > 0), here
    return (sign, there) if rank_of(there) < rank_of(here) else (Fraction(1), here)
