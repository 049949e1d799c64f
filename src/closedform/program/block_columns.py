"""A matrix of blocks times a column, block by block: the matrix is not put together."""

from __future__ import annotations

from fractions import Fraction

from closedform.expr.node import Node, make
from closedform.expr.size import ONE
from closedform.functions.algebra import MUL, ZERO, zeros
from closedform.functions.rearrange import BLOCK, block, sub
from closedform.rewrite.normal.engine import nsum
from closedform.rewrite.normal.split import chain


def apart(node: Node, args: tuple[Node, ...]) -> Node | None:
    """``[A, B; C, D]*x`` as ``[A*x1 + B*x2; C*x1 + D*x2]``; None where a node is no such product."""
    if node.op is not MUL or args[-1].cols is not ONE or args[-2].op is not BLOCK:
        return None
    matrix, column = args[-2:]
    rows = [_times(row, column) for row in _rows(matrix)]
    product = block([[row] for row in rows]) if len(rows) > 1 else rows[0]
    return chain((*args[:-2], product)) if len(args) > 2 else product


def _rows(matrix: Node) -> list[tuple[Node, ...]]:
    rest = iter(matrix.args)
    return [tuple(next(rest) for _ in range(length)) for length in matrix.params[0]]


def _times(row: tuple[Node, ...], column: Node) -> Node:
    """The blocks of one row times their parts of a column."""
    start, terms = ONE, []
    for one in row:
        if one.op is not ZERO:
            terms.append((Fraction(1), make(MUL, (one, sub(column, start, 1, one.cols, 1)))))
        start = start + one.cols
    return nsum(terms, (row[0].rows, ONE)) if terms else zeros(row[0].rows)
