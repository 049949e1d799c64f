"""Products that are columns: ``diag(v)*x`` is ``v.*x`` and ``(A.*B)*ones`` is ``diag(A*B')``."""

from __future__ import annotations

from closedform.expr.node import Node
from closedform.functions.algebra import DIAGM, HAD, MUL, ONES, POW, SCALE
from closedform.rewrite.normal.engine import UNITY, content, ndiagv, nhad, nmul, ntranspose, number, times
from closedform.rewrite.normal.merging import merge
from closedform.rewrite.normal.split import chain


def column(piece: list[Node], scalars: list[Node]) -> Node:
    """The product of ``piece`` (a column); numbers and scalars that come loose are appended to ``scalars``."""
    tail = piece[-1]
    for a in reversed(piece[:-1]):
        tail = _loose(_apply(a, tail), scalars)
    return tail


def _apply(a: Node, tail: Node) -> Node:
    if a.op is DIAGM:
        return nhad(a.args[0], tail)
    if tail.op is ONES and (pair := two_factors(a)) is not None:
        return ndiagv(nmul(pair[0], ntranspose(pair[1])))
    if tail.op is MUL and (merged := merge(a, tail.args[0])) is not None:
        return nmul(merged, *tail.args[1:])
    return chain((a, *(tail.args if tail.op is MUL else (tail,))))


def _loose(tail: Node, scalars: list[Node]) -> Node:
    k, core = content(tail)
    if k != 1:
        scalars.append(times(k, UNITY))
    if core.op is SCALE:
        scalars.append(core.args[0])
        core = core.args[1]
    return core


def two_factors(a: Node) -> tuple[Node, Node] | None:
    """The factors of an elementwise product of exactly two matrices (a square counts as two)."""
    if a.is_column:
        return None
    if a.op is HAD and len(a.args) == 2:
        return a.args[0], a.args[1]
    if a.op is POW and number(a.args[1]) == 2:
        return a.args[0], a.args[0]
    return None
