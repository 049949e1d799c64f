"""Index expressions as raw nodes, and the matrix expression whose entries they are."""

from __future__ import annotations

from closedform.calculus.coordinates.chain import Place
from closedform.calculus.coordinates.tree import (
    Delta,
    Entry,
    Function,
    Index,
    Number,
    Plus,
    Power,
    Product,
    Sum,
    parts,
    split,
)
from closedform.expr.node import Node, make
from closedform.expr.op import Shape
from closedform.expr.size import ONE
from closedform.functions.algebra import had, mul, num, power, scale, sumover, total, transpose, unit


def as_node(e: Index) -> Node:
    """The scalar raw node; its free letters are ``index`` nodes, a delta a product of unit vectors."""
    below = [as_node(p) for p in parts(e)]
    match e:
        case Number():
            return num(e.value)
        case Entry():
            return entry_of(e.base, e.at)
        case Delta():
            return mul(transpose(unit(e.i, e.count)), unit(e.j, e.count))
        case Function():
            return make(e.op, below)
        case Power():
            return power(*below)
        case Product():
            return had(*below)
        case Plus():
            return total((c, as_node(core)) for c, core in map(split, e.terms))
        case Sum():
            return sumover(e.index.params[0], e.low, e.high, below[0])


def entry_of(base: Node, at: Place) -> Node:
    """The raw node of an entry: ``A[i,j]`` is ``unit(i)'*A*unit(j)``."""
    if not at:
        return base
    if len(at) == 2:
        return mul(transpose(unit(at[0], base.rows)), base, unit(at[1], base.cols))
    if base.is_column:
        return mul(transpose(base), unit(at[0], base.rows))
    return mul(base, unit(at[0], base.cols))


def assembled(entry: Node, shape: Shape, place: Place) -> Node:
    """The array with ``entry`` at ``place``: Σ entry·unit(k) over the letters of the place."""
    if not place:
        return entry
    sides = [s for s in shape if s is not ONE]
    placed = unit(place[0], sides[0])
    if len(place) == 2:
        placed = mul(placed, transpose(unit(place[1], sides[1])))
    elif shape[0] is ONE:
        placed = transpose(placed)
    out = scale(entry, placed)
    for at, count in zip(reversed(place), reversed(sides), strict=True):
        out = sumover(at.params[0], ONE, count, out)
    return out
