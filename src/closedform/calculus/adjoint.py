"""The transpose of a linear expression: ⟨L(dx), G⟩ = ⟨dx, Lᵀ(G)⟩, one cotangent a node, in reverse order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction

from closedform.expr.node import Node
from closedform.expr.op import Op
from closedform.expr.walk import postorder
from closedform.functions.algebra import (
    ADD,
    DIAGM,
    DIAGV,
    HAD,
    MUL,
    SCALE,
    SUMOVER,
    TR,
    TRANSPOSE,
)
from closedform.functions.define import cotangent
from closedform.rewrite.normal.engine import (
    build,
    ndiagm,
    ndiagv,
    neye,
    nhad,
    nmul,
    nscale,
    nsum,
    ntr,
    ntranspose,
    nzero,
    times,
)
from closedform.rewrite.normal.normal import normal

Pull = Callable[[Node, int, Node], Node]


def adjoint(linear: Node, directions: Iterable[Node], seed: Node) -> dict[Node, Node]:
    """For each direction, the cotangent Lᵀ(seed), where ``linear`` is linear in the directions together."""
    wanted = list(directions)
    order = list(postorder(linear))
    depends: set[Node] = set(wanted)
    for node in order:
        if any(a in depends for a in node.args):
            depends.add(node)
    cotangents: dict[Node, list[Node]] = {linear: [seed]}
    out: dict[Node, Node] = {}
    for node in reversed(order):
        parts = cotangents.pop(node, None)
        if parts is None or node not in depends:
            continue
        g = nsum([(1, p) for p in parts], node.shape)
        if node in wanted:
            out[node] = g
            continue
        for arg, part in pullback(node, g, depends, wanted):
            cotangents.setdefault(arg, []).append(part)
    return {d: out.get(d, nzero(d.shape)) for d in wanted}


def pullback(node: Node, g: Node, depends: set[Node], wanted: list[Node]) -> Iterator[tuple[Node, Node]]:
    """What the cotangent ``g`` of a node gives each argument that moves."""
    if node.op is SUMOVER:
        inside = adjoint(node.args[0], wanted, g)
        yield from ((d, build(SUMOVER, (c,), node.params, c.shape)) for d, c in inside.items())
        return
    pull = STRUCTURAL.get(node.op, _declared)
    for k, a in enumerate(node.args):
        if a in depends:
            yield a, pull(node, k, g)


def _declared(node: Node, k: int, g: Node) -> Node:
    return normal(cotangent(node, k, g))


def _product(node: Node, k: int, g: Node) -> Node:
    before, after = node.args[:k], node.args[k + 1 :]
    left = [ntranspose(f) for f in reversed(before)]
    right = [ntranspose(f) for f in reversed(after)]
    if g.is_scalar:
        return nscale(g, nmul(*left, *right)) if left or right else g
    return nmul(*left, g, *right)


def _scale(node: Node, k: int, g: Node) -> Node:
    s, a = node.args
    return nscale(s, g) if k == 1 else inner(a, g)


def inner(a: Node, b: Node) -> Node:
    """⟨a, b⟩ of normal nodes of one shape."""
    if a.is_scalar:
        return nhad(a, b)
    return nmul(ntranspose(a), b) if a.is_column else ntr(nmul(ntranspose(a), b))


def _hadamard(node: Node, k: int, g: Node) -> Node:
    return nhad(*node.args[:k], *node.args[k + 1 :], g)


def _trace(node: Node, _: int, g: Node) -> Node:
    return nscale(g, neye(node.args[0].rows))


STRUCTURAL: dict[Op, Pull] = {
    ADD: lambda node, k, g: times(Fraction(node.params[0][k]), g),
    MUL: _product,
    SCALE: _scale,
    HAD: _hadamard,
    TR: _trace,
    TRANSPOSE: lambda _, __, g: ntranspose(g),
    DIAGM: lambda _, __, g: ndiagv(g),
    DIAGV: lambda _, __, g: ndiagm(g),
}
