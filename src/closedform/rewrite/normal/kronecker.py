"""Kronecker products in the normal form: their products and powers, and ``unvec`` of what vec made."""

from __future__ import annotations

from typing import Any

from closedform.expr.node import Node
from closedform.expr.op import Shape
from closedform.functions.algebra import MUL
from closedform.functions.rearrange import UNVEC, kron, vec
from closedform.rewrite.normal.engine import build, constructor, nmul, ntranspose, plainly

KRON = kron.op
VEC = vec.op


def nkron(a: Node, b: Node) -> Node:
    return build(KRON, (a, b), (), (a.rows * b.rows, a.cols * b.cols))


def kron_product(a: Node, b: Node) -> Node | None:
    """(A⊗B)*(C⊗D) is AC⊗BD where the factors fit."""
    if a.op is not KRON or b.op is not KRON:
        return None
    pairs = list(zip(a.args, b.args, strict=True))
    if any(left.cols is not right.rows for left, right in pairs):
        return None
    return nkron(*(nmul(left, right) for left, right in pairs))


@constructor(UNVEC)
def build_unvec(args: tuple[Node, ...], params: tuple[Any, ...], shape: Shape) -> Node:
    """unvec undoes vec, and unvec((A⊗B)*vec(X)) is B*X*A'."""
    (v,) = args
    if v.op is VEC and v.args[0].shape == shape:
        return v.args[0]
    if v.op is MUL and len(v.args) == 2 and v.args[0].op is KRON and v.args[1].op is VEC:
        (a, b), x = v.args[0].args, v.args[1].args[0]
        if x.shape == (b.cols, a.cols) and shape == (b.rows, a.rows):
            return nmul(b, x, ntranspose(a))
    return plainly(UNVEC, args, params, shape)


@constructor(VEC)
def build_vec(args: tuple[Node, ...], params: tuple[Any, ...], shape: Shape) -> Node:
    """vec undoes unvec."""
    if args[0].op is UNVEC:
        return args[0].args[0]
    return plainly(VEC, args, params, shape)
