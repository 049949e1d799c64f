"""Inverses, determinants and products of entries: no sums, but with partial derivatives that courses prove once.

``∂(M⁻¹)ᵢⱼ = -Σᵣₛ (M⁻¹)ᵢᵣ ∂Mᵣₛ (M⁻¹)ₛⱼ`` is the derivative of ``M⁻¹ M = I``; the entries of ``det(M)`` enter through
their cofactors, ``∂ det(M) = Σᵣₛ Cᵣₛ ∂Mᵣₛ`` with ``Cᵣₛ = det(M) (M⁻¹)ₛᵣ``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from closedform.calculus.coordinates.chain import Place, Scope
from closedform.calculus.coordinates.tree import MINUS, Entry, Index, fresh, plus, power, product, summation
from closedform.expr.node import Node
from closedform.expr.op import Op
from closedform.expr.size import ONE
from closedform.functions.algebra import MPOW, NUM, mpow
from closedform.functions.matrix import det, logdet
from closedform.functions.vectors import prod, softmax, softmax_rows


class Derivative(Protocol):
    """What a rule asks of the derivative being taken."""

    def written(self, node: Node, at: Place, scope: Scope) -> Index: ...

    def moved(self, node: Node, at: Place, scope: Scope) -> Index: ...


def inverses(node: Node) -> int:
    """How many inverses a negative power of a matrix is; 0 for anything else."""
    e = node.args[1] if node.op is MPOW and node.rows is not ONE else None
    return -int(e.params[0]) if e is not None and e.op is NUM and e.params[0] in (-1, -2, -3, -4) else 0


def is_softmax(node: Node) -> bool:
    return node.op in (softmax.op, softmax_rows.op)


def is_whole(node: Node) -> bool:
    """Whether an entry of the node stays one, though it is no sum."""
    return node.op in RULES and not is_softmax(node) and (node.op is not MPOW or inverses(node) == 1)


def _inverse(e: Entry, d: Derivative, scope: Scope) -> Index:
    m, (i, j) = e.base.args[0], e.at
    r = fresh(scope)
    s = fresh(scope | {r})
    body = product(MINUS, Entry(e.base, (i, r)), d.moved(m, (r, s), scope | {r, s}), Entry(e.base, (s, j)))
    return summation(r, ONE, m.rows, summation(s, ONE, m.cols, body))


def _logarithm(e: Entry, d: Derivative, scope: Scope) -> Index:
    m = e.base.args[0]
    if m.is_scalar:
        return product(d.moved(m, (), scope), power(d.written(m, (), scope), MINUS))
    r = fresh(scope)
    s = fresh(scope | {r})
    body = product(Entry(mpow(m, -1), (s, r)), d.moved(m, (r, s), scope | {r, s}))
    return summation(r, ONE, m.rows, summation(s, ONE, m.cols, body))


def _determinant(e: Entry, d: Derivative, scope: Scope) -> Index:
    m = e.base.args[0]
    return d.moved(m, (), scope) if m.is_scalar else product(e, _logarithm(e, d, scope))


def _product(e: Entry, d: Derivative, scope: Scope) -> Index:
    u = e.base.args[0]
    if u.is_scalar:
        return d.moved(u, (), scope)
    r = fresh(scope)
    inside = scope | {r}
    one = product(d.moved(u, (r,), inside), power(d.written(u, (r,), inside), MINUS))
    return product(e, summation(r, ONE, u.rows, one))


def _softmax(e: Entry, d: Derivative, scope: Scope) -> Index:
    u, rows = e.base.args[0], e.base.op is softmax_rows.op
    r = fresh(scope)
    other = (e.at[0], r) if rows else (r,)
    below = product(Entry(e.base, other), d.moved(u, other, scope | {r}))
    mean = summation(r, ONE, u.cols if rows else u.rows, below)
    return product(e, plus(d.moved(u, e.at, scope), product(MINUS, mean)))


RULES: dict[Op, Callable[[Entry, Derivative, Scope], Index]] = {
    MPOW: _inverse,
    det.op: _determinant,
    logdet.op: _logarithm,
    prod.op: _product,
    softmax.op: _softmax,
    softmax_rows.op: _softmax,
}
WHY = {
    MPOW: "inverse rule", det.op: "cofactors", logdet.op: "cofactors", prod.op: "product rule",
    softmax.op: "quotient rule", softmax_rows.op: "quotient rule",
}  # fmt: skip
WHERE = {det.op: "where there is an inverse", prod.op: "where no factor is 0"}
"""Where such a rule holds, if not wherever the function is defined."""
