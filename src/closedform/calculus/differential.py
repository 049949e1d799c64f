"""The differential: df as an expression linear in the differentials of the variables."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from closedform.calculus.abstract import call_differential
from closedform.errors import MissingRule
from closedform.expr.node import Node
from closedform.expr.op import Op
from closedform.expr.walk import postorder
from closedform.functions.algebra import (
    ADD,
    CALL,
    DIAGM,
    DIAGV,
    HAD,
    MPOW,
    MUL,
    POW,
    SCALE,
    SUMOVER,
    TR,
    TRANSPOSE,
)
from closedform.functions.define import differential as function_differential
from closedform.functions.elementwise import log
from closedform.rewrite.normal.engine import (
    build,
    is_zero,
    ndiagm,
    ndiagv,
    nhad,
    nmpow,
    nmul,
    npow,
    nscale,
    nsum,
    ntr,
    ntranspose,
    number,
    nzero,
    plus,
    times,
)
from closedform.rewrite.normal.normal import normal

MAX_POWER = 64
Differentials = dict[Node, Node]
Rule = Callable[[Node, tuple[Node, ...]], Node]


def differential(root: Node, directions: Mapping[Node, Node]) -> Node:
    """d(root) where each variable moves in its direction; all else is constant. ``root`` is normal.

    Raises MissingRule for a function that has no differential.
    """
    return differentials([root], directions)[root]


def differentials(roots: list[Node], directions: Mapping[Node, Node]) -> Differentials:
    """The differential of every node below ``roots`` that moves (and of the roots in any case)."""
    moving: Differentials = {}
    failed: dict[Node, MissingRule] = {}
    for node in postorder(roots):
        if node in directions:
            moving[node] = directions[node]
        elif any(a in moving or a in failed for a in node.args):
            try:
                d = of_node(node, moving, failed)
            except MissingRule as error:
                failed[node] = error
                continue
            if not is_zero(d):
                moving[node] = d
    for root in roots:
        if root in failed:
            raise failed[root]
        moving.setdefault(root, nzero(root.shape))
    return moving


def of_node(node: Node, moving: Mapping[Node, Node], failed: Mapping[Node, MissingRule]) -> Node:
    """The differential of one node from those of its arguments, some of which may have none."""
    missing = [failed[a] for a in node.args if a in failed]
    if missing:
        if node.op is TR and node.args[0].op is MPOW and not any(a in failed for a in node.args[0].args):
            return _trace_of_power(node.args[0], moving)
        raise missing[0]
    return rule_of(node)(node, tuple(moving.get(a) or nzero(a.shape) for a in node.args))


def _trace_of_power(power: Node, moving: Mapping[Node, Node]) -> Node:
    """d tr(X^k) = k*tr(X^(k - 1)*dX) for any exponent that does not move."""
    base, e = power.args
    if e in moving:
        raise MissingRule("the derivative of a matrix power by its exponent is not known to this library")
    return nhad(e, ntr(nmul(nmpow(base, plus(e, times(-1, npow(e, 0)))), moving[base])))


def rule_of(node: Node) -> Rule:
    """The differential rule of a node's operation."""
    return STRUCTURAL.get(node.op, _declared)


def _declared(node: Node, moved: tuple[Node, ...]) -> Node:
    if node.op.piecewise_constant:
        return nzero(node.shape)
    return normal(function_differential(node, moved))


def _sum(node: Node, moved: tuple[Node, ...]) -> Node:
    return nsum(zip(node.params[0], moved, strict=True), node.shape)


def _product(node: Node, moved: tuple[Node, ...]) -> Node:
    args = node.args
    return nsum(
        [(1, nmul(*args[:k], d, *args[k + 1 :])) for k, d in enumerate(moved) if not is_zero(d)], node.shape
    )


def _scale(node: Node, moved: tuple[Node, ...]) -> Node:
    s, a = node.args
    ds, da = moved
    return plus(nscale(ds, a), nscale(s, da))


def _hadamard(node: Node, moved: tuple[Node, ...]) -> Node:
    args = node.args
    return nsum(
        [(1, nhad(*args[:k], d, *args[k + 1 :])) for k, d in enumerate(moved) if not is_zero(d)], node.shape
    )


def _power(node: Node, moved: tuple[Node, ...]) -> Node:
    base, e = node.args
    db, de = moved
    parts = []
    if not is_zero(db):
        lowered = npow(base, _less_one(e))
        parts.append((1, _by(e, nhad(lowered, db))))
    if not is_zero(de):
        parts.append((1, _by(de, nhad(node, normal(log(base))))))
    return nsum(parts, node.shape)


def _less_one(e: Node) -> Node:
    k = number(e)
    return times(k - 1, npow(e, 0)) if k is not None else plus(e, times(-1, npow(e, 0)))


def _by(e: Node, a: Node) -> Node:
    return nscale(e, a) if e.is_scalar else nhad(e, a)


def _matrix_power(node: Node, moved: tuple[Node, ...]) -> Node:
    base, e = node.args
    d = moved[0]
    k = number(e)
    if not is_zero(moved[1]) or k is None or k.denominator != 1:
        raise MissingRule("a matrix power with a symbolic exponent has no closed-form derivative here")
    if abs(k) > MAX_POWER:
        raise MissingRule(f"the derivative of a matrix power above {MAX_POWER} is not written out")
    n = int(k)
    if n > 0:
        return nsum([(1, nmul(nmpow(base, j), d, nmpow(base, n - 1 - j))) for j in range(n)], node.shape)
    return nsum([(-1, nmul(nmpow(base, -j), d, nmpow(base, n - 1 + j))) for j in range(1, -n + 1)], node.shape)


def _sumover(node: Node, moved: tuple[Node, ...]) -> Node:
    return build(SUMOVER, moved, node.params, node.shape)


STRUCTURAL: dict[Op, Rule] = {
    ADD: _sum,
    MUL: _product,
    SCALE: _scale,
    HAD: _hadamard,
    POW: _power,
    MPOW: _matrix_power,
    SUMOVER: _sumover,
    TRANSPOSE: lambda _, moved: ntranspose(moved[0]),
    TR: lambda _, moved: ntr(moved[0]),
    DIAGM: lambda _, moved: ndiagm(moved[0]),
    DIAGV: lambda _, moved: ndiagv(moved[0]),
    CALL: call_differential,
}
