"""The structure of a matrix expression or a linear map, read off its normal form: nodes, no numbers yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from closedform.expr.node import Node
from closedform.expr.walk import postorder
from closedform.functions import rearrange
from closedform.functions.algebra import ADD, DIAGM, EYE, MUL, SCALE
from closedform.rewrite.normal.engine import nscale, nsum, ntranspose
from closedform.rewrite.normal.split import chain

KRON = rearrange.kron.op
Term = tuple[Fraction, Node | None, Node]
"""Number, scalar and core of one term."""


@dataclass(frozen=True)
class DiagonalPart:
    """A multiple of I, or diag(v)."""

    factor: Node | None
    vector: Node | None
    number: Fraction


@dataclass(frozen=True)
class LowRankPart:
    """``U * C * V'`` with U and V of few columns; C None for I, or the vector of a diagonal."""

    left: Node
    middle: Node | None
    right: Node
    number: Fraction
    factor: Node | None


@dataclass(frozen=True)
class Sides:
    """``L * dX * R``; None for I."""

    left: Node | None
    right: Node | None
    number: Fraction
    factor: Node | None


def terms(node: Node) -> list[Term]:
    """The terms of a normal node."""
    pairs = zip(node.params[0], node.args, strict=True) if node.op is ADD else [(Fraction(1), node)]
    return [(c, a.args[0], a.args[1]) if a.op is SCALE else (c, None, a) for c, a in pairs]


def diagonal_plus_low_rank(
    node: Node, sizes: Mapping[str, int]
) -> tuple[list[DiagonalPart], list[LowRankPart]] | None:
    """A square matrix as diagonal and low-rank terms; None where a term is neither at these sizes."""
    diagonal: list[DiagonalPart] = []
    low: list[LowRankPart] = []
    for c, s, core in terms(node):
        if core.op in (EYE, DIAGM):
            diagonal.append(DiagonalPart(s, core.args[0] if core.op is DIAGM else None, c))
            continue
        part = _cut(core, sizes)
        if part is None:
            return None
        left, middle, right = part
        low.append(LowRankPart(left, middle, right, c, s))
    return diagonal, low


def _cut(core: Node, sizes: Mapping[str, int]) -> tuple[Node, Node | None, Node] | None:
    """A product cut where it is narrowest; a diagonal there apart. None where it is nowhere narrow."""
    if core.op is not MUL:
        return None
    inner: list[tuple[int, int]] = [(core.args[k].cols.value(sizes), k) for k in range(len(core.args) - 1)]
    width, k = min(inner)
    if width >= core.rows.value(sizes):
        return None
    left, right = core.args[: k + 1], core.args[k + 1 :]
    middle = None
    if right[0].op is DIAGM and len(right) > 1:
        middle, right = right[0].args[0], right[1:]
    elif left[-1].op is DIAGM and len(left) > 1:
        middle, left = left[-1].args[0], left[:-1]
    return chain(left), middle, ntranspose(chain(right))


def two_sided(node: Node, direction: Node) -> list[Sides] | None:
    """A linear map written in ``direction`` as terms L*dX*R; None where a term is not of that form."""
    found: list[Sides] = []
    for c, s, core in terms(node):
        factors = core.args if core.op is MUL else (core,)
        at = [k for k, f in enumerate(factors) if _holds(f, direction)]
        if len(at) != 1 or factors[at[0]] is not direction or (s is not None and _holds(s, direction)):
            return None
        left, right = factors[: at[0]], factors[at[0] + 1 :]
        found.append(Sides(chain(left) if left else None, chain(right) if right else None, c, s))
    return found


def _holds(node: Node, symbol: Node) -> bool:
    return any(n is symbol for n in postorder(node))


def scaled(number: Fraction, factor: Node | None, node: Node) -> Node:
    """number·factor·node."""
    out = node if factor is None else nscale(factor, node)
    return nsum([(number, out)], node.shape)


def kronecker(node: Node) -> tuple[Fraction, Node | None, Node, Node] | None:
    """The factors of one Kronecker product."""
    found = terms(node)
    if len(found) != 1 or found[0][2].op is not KRON:
        return None
    c, s, core = found[0]
    return c, s, core.args[0], core.args[1]


