"""Exponentials divided by the sums of their rows: ``diag(1./rowsum(exp(Z)))*exp(Z)`` is ``softmax_rows(Z)``."""

from __future__ import annotations

from closedform.expr.node import Node
from closedform.functions import elementwise, vectors
from closedform.functions.algebra import DIAGM, HAD, MUL, ONES, POW
from closedform.rewrite.normal.engine import UNITY, build, ndiagm, nhad, nmul, npow, ntranspose, number, plus

EXP = elementwise.exp.op
SOFTMAX_ROWS = vectors.softmax_rows.op


def softmax_of_rows(a: Node, b: Node) -> Node | None:
    """The product of two neighbours, of which one holds the sums of the rows of the other."""
    if a.op is DIAGM and b.op is EXP:
        return _shares(a.args[0], b)
    if a.op is EXP and b.op is DIAGM:
        found = _shares(b.args[0], ntranspose(a))
        return None if found is None else ntranspose(found)
    return None


def _shares(weights: Node, exponentials: Node) -> Node | None:
    factors = weights.args if weights.op is HAD else (weights,)
    for k, f in enumerate(factors):
        value = number(f.args[1]) if f.op is POW else None
        if value is None or value >= 0 or value.denominator != 1 or not _are_sums(f.args[0], exponentials):
            continue
        shares = build(SOFTMAX_ROWS, exponentials.args, (), exponentials.shape)
        rest = [*factors[:k], *factors[k + 1 :]]
        if value != -1:
            rest.append(npow(f.args[0], plus(f.args[1], UNITY)))
        return nmul(ndiagm(nhad(*rest)), shares) if rest else shares
    return None


def _are_sums(a: Node, of: Node) -> bool:
    return a.op is MUL and len(a.args) == 2 and a.args[0] is of and a.args[1].op is ONES and of.op is EXP
