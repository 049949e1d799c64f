"""The matrix of a linear map on vec: ``vec(P*dX*Q)`` is ``kron(Q', P)*vec(dX)``, columns stacked."""

from __future__ import annotations

from closedform.calculus.adjoint import adjoint
from closedform.errors import MissingRule
from closedform.expr.node import Node, make
from closedform.expr.op import registered
from closedform.expr.size import ONE
from closedform.expr.walk import postorder
from closedform.functions.algebra import ADD, HAD, MUL, SCALE, TRANSPOSE
from closedform.functions.rearrange import kron, vec
from closedform.rewrite.normal.engine import (
    UNITY,
    ndiagm,
    neye,
    nhad,
    nmul,
    nscale,
    nsum,
    ntranspose,
    nzero,
    terms_of,
)
from closedform.rewrite.normal.normal import normal


def matrix_of_vec(linear: Node, dx: Node) -> Node:
    """M with ``vec(linear) = M*vec(dX)``. Raises MissingRule where the map has none in these words."""
    moving = {dx}
    done: dict[Node, Node] = {dx: neye(dx.rows * dx.cols)}
    for node in postorder(linear):
        if any(a in moving for a in node.args):
            moving.add(node)
            done[node] = _one(node, dx, moving, done)
    return done.get(linear, nzero((linear.rows * linear.cols, dx.rows * dx.cols)))


def _one(node: Node, dx: Node, moving: set[Node], done: dict[Node, Node]) -> Node:
    if node.is_scalar:
        g = adjoint(node, [dx], UNITY)[dx]
        return ntranspose(normal(vec(g)))
    if node.op is ADD:
        shape = (node.rows * node.cols, dx.rows * dx.cols)
        return nsum([(c, done[a]) for c, a in terms_of(node) if a in moving], shape)
    if node.op is SCALE:
        s, a = node.args
        return nmul(normal(vec(a)), done[s]) if s in moving else nscale(s, done[a])
    if node.op is HAD:
        k = next(k for k, a in enumerate(node.args) if a in moving)
        rest = nhad(*node.args[:k], *node.args[k + 1 :])
        return nmul(ndiagm(normal(vec(rest))), done[node.args[k]])
    if node.op is TRANSPOSE:
        return nmul(commutation(node.args[0]), done[node.args[0]])
    if node.op is MUL:
        return _product(node, moving, done)
    if node.op.name == "vec":
        return done[node.args[0]]
    raise MissingRule(f"the map through {node.op.text} has no Kronecker form here; its array is available")


def _product(node: Node, moving: set[Node], done: dict[Node, Node]) -> Node:
    k = next(k for k, a in enumerate(node.args) if a in moving)
    f = node.args[k]
    left = nmul(*node.args[:k]) if k else neye(f.rows)
    right = nmul(*node.args[k + 1 :]) if k + 1 < len(node.args) else neye(f.cols)
    return nmul(normal(kron(ntranspose(right), left)), done[f])


def commutation(a: Node) -> Node:
    """The matrix with ``comm*vec(A) = vec(A')``."""
    if a.rows is ONE or a.cols is ONE:
        return neye(a.rows * a.cols)
    n = a.rows * a.cols
    return make(registered()["comm"], (), (a.rows, a.cols), (n, n))
