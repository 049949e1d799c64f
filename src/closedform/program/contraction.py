"""The summed indices of an entry: by products of matrices, or by one product of Khatri and Rao."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import count
from typing import Any

from closedform.errors import MissingRule
from closedform.expr.node import Node, make
from closedform.expr.op import Op, Shape
from closedform.expr.size import Size
from closedform.functions.algebra import size_number
from closedform.program.entries import Entry, Factor
from closedform.rewrite.normal.engine import ndiagm, nhad, nmul, nones, ntranspose


def _rows_together(args: tuple[Node, ...], _: tuple[Any, ...]) -> Shape:
    return args[0].rows, args[0].cols * args[1].cols


KHATRI = Op(name="run.khatri", text="the product of Khatri and Rao", shape=_rows_together)
"""Row by row the Kronecker product of the rows of two matrices."""


@dataclass(frozen=True)
class Piece:
    """``number * scalars * factors``, and ``Σ_s weights[s] Π M[s, t]`` over the matrices in ``joint``: (M, t)."""

    number: Fraction
    scalars: tuple[Node, ...]
    factors: tuple[Factor, ...]
    joint: tuple[tuple[Node, int], ...]
    weights: Node | None
    out: tuple[int | None, ...]
    pairs: Mapping[int, tuple[int, int]]
    """Indices that stand for two, the entries of the second one after another."""

    def singly(self, at: Iterable[int]) -> tuple[int, ...]:
        """Indices with pairs as the two that they are."""
        out = tuple(at)
        while any(k in self.pairs for k in out):
            out = tuple(j for k in out for j in self.pairs.get(k, (k,)))
        return out


def contracted(e: Entry) -> Piece:
    """An entry with one summed index at most. MissingRule where that takes more than products of matrices."""
    free = {k for k in (*e.out, *e.into) if k is not None}
    pairs: dict[int, tuple[int, int]] = {}
    fresh = count(1 + max((k for f in e.factors for k in f.at), default=0))
    while True:
        e = replace(e, factors=_merged(e.factors, free))
        summed = sorted({k for f in e.factors for k in f.at} - free)
        ready = [(n, k) for k in summed if (n := sum(len(f.at) == 2 and k in f.at for f in e.factors)) <= 2]
        if ready:
            e = _without(e, min(ready)[1])
        elif len(summed) > 1:
            e = _paired(e, summed, free, pairs, next(fresh))
        else:
            break
    ends = (*e.out, *e.into)
    if not summed:
        return Piece(e.number, e.scalars, e.factors, (), None, ends, pairs)
    (s,) = summed
    mine = [f for f in e.factors if s in f.at]
    weights = [f.node for f in mine if len(f.at) == 1]
    joint = tuple((_towards(f, s), _other(f, s)) for f in mine if len(f.at) == 2)
    rest = tuple(f for f in e.factors if s not in f.at)
    return Piece(e.number, e.scalars, rest, joint, weights[0] if weights else None, ends, pairs)


def _paired(e: Entry, summed: list[int], free: set[int], pairs: dict[int, tuple[int, int]], new: int) -> Entry:
    """Two matrices that share a summed index as one, their other indices as one of their pairs."""
    for s in summed:
        mine = [f for f in e.factors if len(f.at) == 2 and s in f.at and _other(f, s) in free]
        if len(mine) > 1:
            one, two = sorted(mine, key=lambda f: _other(f, s))[:2]
            both = Factor(make(KHATRI, (_towards(one, s), _towards(two, s))), (s, new))
            pairs[new] = _other(one, s), _other(two, s)
            free.add(new)
            return replace(e, factors=(*(f for f in e.factors if f not in (one, two)), both))
    raise MissingRule("this map sums over several indices at once; its array(...) has all its entries")


def _other(f: Factor, s: int) -> int:
    return f.at[1] if f.at[0] == s else f.at[0]


def _towards(f: Factor, s: int) -> Node:
    """The matrix with the index s for its rows."""
    return f.node if f.at[0] == s else ntranspose(f.node)


def _merged(factors: tuple[Factor, ...], free: set[int]) -> tuple[Factor, ...]:
    """Factors at the same indices as one; a column at a free index goes into a matrix there."""
    same: dict[frozenset[int], Factor] = {}
    for f in factors:
        key = frozenset(f.at)
        have = same.get(key)
        if have is None:
            same[key] = f
        else:
            node = f.node if f.at == have.at else ntranspose(f.node)
            same[key] = Factor(nhad(have.node, node), have.at)
    out = list(same.values())
    for f in [f for f in out if len(f.at) == 1 and f.at[0] in free]:
        k = next((k for k, g in enumerate(out) if len(g.at) == 2 and f.at[0] in g.at), None)
        if k is not None:
            g = out[k]
            pair = (ndiagm(f.node), g.node) if g.at[0] == f.at[0] else (g.node, ndiagm(f.node))
            out[k] = Factor(nmul(*pair), g.at)
            out.remove(f)
    return tuple(out)


def _without(e: Entry, s: int) -> Entry:
    """The sum over an index that at most two matrices have."""
    mine = [f for f in e.factors if s in f.at]
    rest = tuple(f for f in e.factors if s not in f.at)
    column = next((f.node for f in mine if len(f.at) == 1), None)
    matrices = [(_towards(f, s), _other(f, s)) for f in mine if len(f.at) == 2]
    n: Size = mine[0].node.shape[mine[0].at.index(s)]
    if not matrices:
        total = size_number(n) if column is None else nmul(ntranspose(nones(n)), column)
        return replace(e, factors=rest, scalars=(*e.scalars, total))
    M, t = matrices[0]
    if len(matrices) == 1:
        return replace(e, factors=(*rest, Factor(nmul(ntranspose(M), nones(n) if column is None else column), (t,))))
    N, u = matrices[1]
    middle = () if column is None else (ndiagm(column),)
    return replace(e, factors=(*rest, Factor(nmul(ntranspose(M), *middle, N), (t, u))))
