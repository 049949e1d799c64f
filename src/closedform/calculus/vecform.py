"""The matrix of a linear map on vec: ``vec(P*dX*Q)`` is ``kron(Q', P)*vec(dX)``, columns stacked."""

from __future__ import annotations

from closedform.calculus.adjoint import adjoint
from closedform.errors import MissingRule
from closedform.expr.node import Node, make
from closedform.expr.size import ONE, Size
from closedform.expr.walk import postorder
from closedform.functions.algebra import ADD, DIAGM, DIAGV, HAD, MUL, SCALE, SUMOVER, TRANSPOSE, had, ones
from closedform.functions.rearrange import COMM, kron, vec
from closedform.rewrite.normal.blocks import BLOCK, nblock
from closedform.rewrite.normal.engine import (
    UNITY,
    build,
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

KRON = kron.op

def matrix_of_vec(linear: Node, dx: Node) -> Node:
    """M with ``vec(linear) = M*vec(dX)``. Raises MissingRule where the map has none in these words."""
    moving = {dx}
    done: dict[Node, Node] = {dx: neye(dx.rows * dx.cols)}
    for node in postorder(linear):
        if any(a in moving for a in node.args):
            moving.add(node)
            done[node] = of_vec(node, dx, moving, done)
    return done.get(linear, nzero((linear.rows * linear.cols, dx.rows * dx.cols)))


def of_vec(node: Node, dx: Node, moving: set[Node], done: dict[Node, Node]) -> Node:
    """The matrix of vec of one node from those of its arguments in ``done``; ``moving`` are the nodes with dx below."""
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
    if node.op.name in ("vec", "unvec"):
        return done[node.args[0]]
    if node.op is DIAGM:
        return nmul(columnwise_kron(neye(node.rows), neye(node.rows)), done[node.args[0]])
    if node.op is DIAGV:
        n = node.rows
        return nmul(ntranspose(columnwise_kron(neye(n), neye(n))), done[node.args[0]])
    if node.op is SUMOVER:
        inner = done[node.args[0]]
        return build(SUMOVER, (inner,), node.params, inner.shape)
    if node.op is KRON:
        return _kronecker(node, moving, done)
    if node.op is BLOCK and len(node.params[0]) == 1:  # beside each other
        parts = [done[a] if a in moving else nzero((a.rows * a.cols, dx.rows * dx.cols)) for a in node.args]
        return nblock([[part] for part in parts])
    raise MissingRule(f"the map through {node.op.text} has no Kronecker form here; its array is available")


def _product(node: Node, moving: set[Node], done: dict[Node, Node]) -> Node:
    k = next(k for k, a in enumerate(node.args) if a in moving)
    f = node.args[k]
    left = nmul(*node.args[:k]) if k else neye(f.rows)
    right = nmul(*node.args[k + 1 :]) if k + 1 < len(node.args) else neye(f.cols)
    if f.op is DIAGM:
        return nmul(columnwise_kron(ntranspose(right), left), done[f.args[0]])
    return nmul(normal(kron(ntranspose(right), left)), done[f])


def columnwise_kron(a: Node, b: Node) -> Node:
    """The matrix whose columns are those of kron(a[:,k], b[:,k]): vec(A*diag(x)*B) is that of B' and A, times x."""
    return normal(had(kron(a, ones(b.rows)), kron(ones(a.rows), b)))


def _kronecker(node: Node, moving: set[Node], done: dict[Node, Node]) -> Node:
    """vec(A⊗B) is (I⊗K⊗I)*(vec(A)⊗vec(B)), where K is the commutation matrix of A's rows and B's columns."""
    a, b = node.args
    if a in moving:
        inner = nmul(normal(kron(neye(a.rows * a.cols), vec(b))), done[a])
    else:
        inner = nmul(normal(kron(vec(a), neye(b.rows * b.cols))), done[b])
    if a.cols is ONE and b.cols is ONE:
        return inner
    between = commuting(b.cols, a.rows)
    return nmul(normal(kron(neye(a.cols), kron(between, neye(b.rows)))), inner)


def commutation(a: Node) -> Node:
    """The matrix with ``comm*vec(A) = vec(A')``."""
    return commuting(a.rows, a.cols)


def commuting(m: Size, n: Size) -> Node:
    """The commutation matrix of m×n matrices; of columns and rows the identity."""
    if m is ONE or n is ONE:
        return neye(m * n)
    return make(COMM, (), (m, n), (m * n, m * n))
