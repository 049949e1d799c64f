"""Reading the matrix off a linear expression: M with ``M*dx`` for a column, or the matrix of vec for the rest."""

from __future__ import annotations

from closedform.calculus.adjoint import adjoint
from closedform.calculus.vecform import KRON, columnwise_kron, of_vec
from closedform.errors import MissingRule
from closedform.expr.node import Node
from closedform.expr.walk import postorder
from closedform.functions.algebra import ADD, DIAGM, DIAGV, HAD, MUL, SCALE, SUMOVER, SYM, TRANSPOSE
from closedform.functions.rearrange import UNVEC, kron
from closedform.rewrite.normal.blocks import BLOCK, nblock
from closedform.rewrite.normal.engine import (
    UNITY,
    build,
    ndiagm,
    ndiagv,
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


def read_off(linear: Node, dx: Node) -> Node:
    """M with ``M*dx`` equal to the column ``linear``, linear in the column ``dx``.

    Raises MissingRule where the map has no matrix form without index notation.
    """
    moving = _movers(linear, dx)
    if linear not in moving:
        return nzero((linear.rows, dx.rows))
    return _Reader(dx, moving).read(linear)


def _movers(root: Node, dx: Node) -> set[Node]:
    out = {dx}
    for node in postorder(root):
        if any(a in out for a in node.args):
            out.add(node)
    return out


class _Reader:
    """One reading; results memoised by node, so that shared parts are read once."""

    def __init__(self, dx: Node, moving: set[Node]) -> None:
        self.dx = dx
        self.moving = moving
        self.done: dict[Node, Node] = {dx: neye(dx.rows)}

    def read(self, root: Node) -> Node:
        """The matrix of a column; columns inside it are read first."""
        for node in postorder(root, stop=lambda n: n not in self.moving or n.is_scalar):
            if node in self.moving and node.is_column and node not in self.done and self._ready(node):
                self.done[node] = self._one(node)
        if root not in self.done:
            self.done[root] = self._one(root)
        return self.done[root]

    def _ready(self, node: Node) -> bool:
        return node.op in (ADD, MUL, SCALE, HAD, DIAGV, SYM)

    def matrix(self, node: Node) -> Node:
        return self.done[node] if node in self.done else self.read(node)

    def _one(self, node: Node) -> Node:
        shape = (node.rows, self.dx.rows)
        if node.is_scalar:
            return ntranspose(adjoint(node, [self.dx], UNITY)[self.dx])
        if node.op is ADD:
            return nsum([(c, self.matrix(a)) for c, a in terms_of(node) if a in self.moving], shape)
        if node.op is SCALE:
            s, a = node.args
            return nmul(a, self.matrix(s)) if s in self.moving else nscale(s, self.matrix(a))
        if node.op is HAD:
            return self._hadamard(node)
        if node.op is MUL:
            return self._product(node)
        if node.op is DIAGV:
            return self._diagonal(node)
        if node.op is SUMOVER:
            inner = self.matrix(node.args[0])
            return build(SUMOVER, (inner,), node.params, inner.shape)
        if node.op.name == "vec":
            return self.of_vec(node.args[0])
        if node.op is KRON:
            return self.of_vec(node)
        if node.op is BLOCK and all(length == 1 for length in node.params[0]):
            parts = [self.matrix(a) if a in self.moving else nzero((a.rows, self.dx.rows)) for a in node.args]
            return nblock([[part] for part in parts])
        return self._linear_function(node)

    def _hadamard(self, node: Node) -> Node:
        moving = [f for f in node.args if f in self.moving]
        fixed = [f for f in node.args if f not in self.moving]
        return nmul(ndiagm(nhad(*fixed)), self.matrix(moving[0]))

    def _product(self, node: Node) -> Node:
        k = next(k for k, f in enumerate(node.args) if f in self.moving)
        before, f, after = node.args[:k], node.args[k], node.args[k + 1 :]
        inner = self._applied(f, after)
        return nmul(*before, inner)

    def _applied(self, f: Node, after: tuple[Node, ...]) -> Node:
        """The matrix of the column ``f*after`` where f moves."""
        if not after:
            return self.matrix(f)
        if f.rows.number == 1 and f.is_scalar is False and nmul(f, *after).is_scalar:
            return ntranspose(adjoint(nmul(f, *after), [self.dx], UNITY)[self.dx])
        v = nmul(*after)
        if f.op is ADD:
            parts = [(c, nmul(a, v)) for c, a in terms_of(f) if a in self.moving]
            shape = (f.rows, self.dx.rows)
            return nsum([(c, self.matrix_of(a)) for c, a in parts], shape)
        if f.op is SCALE:
            s, a = f.args
            return nmul(nmul(a, v), self.matrix(s)) if s in self.moving else nscale(s, self._applied(a, after))
        if f.op is DIAGM:
            return nmul(ndiagm(v), self.matrix(f.args[0]))
        if f.op is HAD:
            return self._hadamard_times(f, v)
        if f.is_column and v.is_scalar:
            return nscale(v, self.matrix(f))
        if f.op is TRANSPOSE and f.args[0].is_column:
            return nmul(ntranspose(v), self.matrix(f.args[0]))
        if f.op is UNVEC:  # unvec(u)*v = (v'⊗I)*u
            return nmul(normal(kron(ntranspose(v), neye(f.rows))), self.matrix(f.args[0]))
        if f.op is TRANSPOSE and f.args[0].op is UNVEC:  # unvec(u)'*v = (I⊗v')*u
            return nmul(normal(kron(neye(f.rows), ntranspose(v))), self.matrix(f.args[0].args[0]))
        return nmul(normal(kron(ntranspose(v), neye(f.rows))), self.of_vec(f))

    def matrix_of(self, node: Node) -> Node:
        """The matrix of a column made while reading, which may move or not."""
        for n in postorder(node, stop=lambda n: n in self.moving):
            if any(a in self.moving for a in n.args):
                self.moving.add(n)
        return self.matrix(node) if node in self.moving else nzero((node.rows, self.dx.rows))

    def of_vec(self, root: Node) -> Node:
        """The matrix of vec of a matrix that moves: columns inside it are read as columns, the rest is put together."""
        done = dict(self.done)

        def is_read(n: Node) -> bool:
            return n not in self.moving or ((n.is_column or n.is_scalar) and n is not root)

        for node in postorder(root, stop=is_read):
            if node not in self.moving or node in done:
                continue
            try:
                column = node.is_column and node is not root
                done[node] = self.matrix(node) if column else of_vec(node, self.dx, self.moving, done)
            except MissingRule:
                raise MissingRule(_no_matrix(node)) from None
        return done[root]

    def _hadamard_times(self, f: Node, v: Node) -> Node:
        """(A.*L)*v is the diagonal of L*diag(v)*A'."""
        moving = [a for a in f.args if a in self.moving]
        fixed = nhad(*(a for a in f.args if a not in self.moving))
        return self.matrix_of(ndiagv(nmul(moving[0], ndiagm(v), ntranspose(fixed))))

    def _diagonal(self, node: Node) -> Node:
        inside = node.args[0]
        if inside.op is MUL:
            return self._diagonal_of_product(inside)
        if inside.op is DIAGM:
            return self.matrix(inside.args[0])
        return self._diagonal_of_vec(inside)

    def _diagonal_of_vec(self, inside: Node) -> Node:
        n = inside.rows
        return nmul(ntranspose(columnwise_kron(neye(n), neye(n))), self.of_vec(inside))

    def _diagonal_of_product(self, inside: Node) -> Node:
        """diag(P*diag(L)*Q) is (P.*Q')*L, and diag(P*(A.*L)) is the diagonal of (P.*A')*L."""
        k = next(k for k, f in enumerate(inside.args) if f in self.moving)
        f = inside.args[k]
        before, after = list(inside.args[:k]), list(inside.args[k + 1 :])
        p = nmul(*before) if before else neye(inside.rows)
        q = nmul(*after) if after else neye(inside.rows)
        if f.op is DIAGM:
            return nmul(nhad(p, ntranspose(q)), self.matrix(f.args[0]))
        if f.op is ADD:
            parts = [(c, ndiagv(nmul(*before, a, *after))) for c, a in terms_of(f) if a in self.moving]
            return nsum([(c, self.matrix_of(a)) for c, a in parts], (inside.rows, self.dx.rows))
        if f.op is HAD and (not before or not after):
            moving = [a for a in f.args if a in self.moving]
            fixed = nhad(*(a for a in f.args if a not in self.moving))
            if not before:
                return self.matrix_of(ndiagv(nmul(nhad(fixed, ntranspose(q)), ntranspose(moving[0]))))
            return self.matrix_of(ndiagv(nmul(nhad(p, ntranspose(fixed)), moving[0])))
        if f.is_column and after:
            return self.matrix_of(nhad(nmul(*before, f), ntranspose(nmul(*after))))
        return self._diagonal_of_vec(inside)

    def _linear_function(self, node: Node) -> Node:
        """A declared linear function of a column, by its matrix."""
        k = next(k for k, a in enumerate(node.args) if a in self.moving)
        if k not in node.op.matrix or not node.args[k].is_column:
            raise MissingRule(_no_matrix(node))
        return nmul(normal(node.op.matrix[k](*node.args)), self.matrix(node.args[k]))


def _no_matrix(node: Node) -> str:
    return (
        f"this map has no matrix form without index notation (through {node.op.text}); "
        "ask for the derivative, which is given as a linear map"
    )
