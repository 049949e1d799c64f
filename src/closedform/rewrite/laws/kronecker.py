"""Laws of Kronecker products and of what gradients through them are made of."""

from __future__ import annotations

from closedform.expr.node import Node
from closedform.expr.size import ONE
from closedform.functions.algebra import EYE, eye, sym, tr, transpose
from closedform.functions.rearrange import kron, kron_left, kron_right
from closedform.rewrite.laws.law import acts

A, B, C = sym("A", "m", "n"), sym("B", "p", "q"), sym("C", "p", "q")
D = sym("D", "m", "n")
KRON = kron.op


@acts("Kronecker product of identities", kron(eye("m"), eye("n")))
def _identities(a: Node, b: Node) -> Node | None:
    return eye(a.rows * b.rows) if a.op is EYE and b.op is EYE else None


@acts("Kronecker product with a number", kron(sym("s"), B))
def _with_scalar(a: Node, b: Node) -> Node | None:
    return a * b if a.is_scalar else b * a if b.is_scalar else None


@acts("Kronecker product of a column and a row", kron(sym("x", "n"), transpose(sym("y", "m"))))
def _column_and_row(a: Node, b: Node) -> Node | None:
    if a.is_column and b.rows is ONE:
        return a @ b
    return b @ a if a.rows is ONE and b.is_column else None


@acts("kron_left of a Kronecker product", kron_left(kron(A, B), C))
def _left_of_product(g: Node, b: Node) -> Node | None:
    if g.op is KRON and g.args[1].shape == b.shape:
        return tr(transpose(g.args[1]) @ b) * g.args[0]
    return None


@acts("kron_right of a Kronecker product", kron_right(kron(A, B), D))
def _right_of_product(g: Node, a: Node) -> Node | None:
    if g.op is KRON and g.args[0].shape == a.shape:
        return tr(transpose(g.args[0]) @ a) * g.args[1]
    return None
