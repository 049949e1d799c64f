"""A vector or matrix that is made of unit vectors, written out by its entries: ``[x[2]; x[1]; cos(x[3])]``."""

from __future__ import annotations

from fractions import Fraction

from closedform.expr.node import Node
from closedform.expr.size import ONE
from closedform.functions.algebra import ADD, MUL, NUM, SCALE, TRANSPOSE, UNIT
from closedform.rewrite.display.build import cost
from closedform.rewrite.normal.blocks import BLOCK, nblock
from closedform.rewrite.normal.engine import UNITY, is_zero, nhad, nsum, ntranspose, terms_of, times
from closedform.rewrite.normal.split import outer_parts
from closedform.rewrite.simplify.simplify import simplify

MAX_ENTRIES = 36
MADE_OF_UNITS = (ADD, SCALE, MUL, UNIT, BLOCK)
Place = tuple[int, int]
Entries = dict[Place, list[Node]]


def written_out(node: Node) -> Node:
    """The entries side by side where that is shorter, else the node."""
    rows, cols = node.rows.number, node.cols.number
    if rows is None or cols is None or rows == 1 or rows * cols > MAX_ENTRIES or node.op not in MADE_OF_UNITS:
        return node
    found = _of_rows(node) if node.op is BLOCK else _entries(node)
    if found is None:
        return node
    grid = [
        [simplify(nsum([(1, part) for part in found.get((i, j), [])], (ONE, ONE))) for j in range(1, cols + 1)]
        for i in range(1, rows + 1)
    ]
    whole = nblock(grid)
    return whole if cost(whole) < cost(node) else node


def _of_rows(block: Node) -> Entries | None:
    """The entries of rows below each other."""
    out: Entries = {}
    for i, row in enumerate(block.args, 1):
        found = {} if is_zero(row) else _entries(ntranspose(row)) if row.rows is ONE else None
        if found is None or row.is_scalar:
            return None
        out |= {(i, j): values for (j, _), values in found.items()}
    return out


def _entries(node: Node, weight: Node = UNITY) -> Entries | None:
    """What stands at each place that is not zero; None where a part is made of anything else."""
    out: Entries = {}
    todo: list[tuple[Node, Node]] = [(node, weight)]
    while todo:
        a, w = todo.pop()
        if a.op is ADD:
            todo += [(core, times(Fraction(c), w)) for c, core in terms_of(a)]
        elif a.op is SCALE:
            todo.append((a.args[1], nhad(a.args[0], w)))
        else:
            places = _places(a)
            if places is None:
                return None
            for place, value in places.items():
                out.setdefault(place, []).append(nhad(value, w))
    return out


def _places(a: Node) -> dict[Place, Node] | None:
    """Of a unit vector or of the outer product of two vectors made of them."""
    if a.op is UNIT:
        return {(int(a.args[0].params[0]), 1): UNITY} if a.args[0].op is NUM else None
    if a.op is TRANSPOSE and a.args[0].op is UNIT:
        turned = _places(a.args[0])
        return None if turned is None else {(j, i): v for (i, j), v in turned.items()}
    parts = outer_parts(a) if a.op is MUL else None
    if parts is None:
        return None
    column, row = (_summed(part) for part in parts)
    if column is None or row is None:
        return None
    return {(i, j): nhad(u, v) for (i, _), u in column.items() for (_, j), v in row.items()}


def _summed(part: Node) -> dict[Place, Node] | None:
    if part.op is MUL:
        return None
    found = _entries(part)
    return None if found is None else {p: nsum([(1, v) for v in values], (ONE, ONE)) for p, values in found.items()}
