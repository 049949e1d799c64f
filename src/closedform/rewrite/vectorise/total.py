"""The sum over an index as a matrix expression: Σ eᵢ'v is ones'v, Σ sᵢ·P'eᵢeᵢ'Q is P'*diag(s)*Q."""

from __future__ import annotations

from closedform.expr.node import Node
from closedform.expr.size import ONE, Size
from closedform.functions.algebra import (
    ADD,
    DIAGM,
    DIAGV,
    HAD,
    INDEX,
    MUL,
    SCALE,
    TR,
    TRANSPOSE,
    num,
    size_number,
)
from closedform.rewrite.normal.engine import (
    build,
    ndiagm,
    nhad,
    nmul,
    nones,
    nscale,
    nsum,
    ntr,
    ntranspose,
    terms_of,
)
from closedform.rewrite.vectorise.batch import Batch
from closedform.rewrite.vectorise.chains import DEEPEST, Unfit


def total(batch: Batch, node: Node, weights: Node | None = None, depth: int = 0) -> Node:
    """Σ wᵢ·node over the index of the batch (weights 1 if not given); Unfit where no form is known."""
    if depth > DEEPEST:
        raise Unfit
    if node.op is INDEX and weights is None and batch.depends(node):
        return triangular(batch.count)
    w = nones(batch.count) if weights is None else weights
    if not batch.depends(node):
        return nscale(nmul(ntranspose(nones(batch.count)), w), node)
    if node.op is ADD:
        return nsum([(c, total(batch, a, weights, depth + 1)) for c, a in terms_of(node)], node.shape)
    if ONE in node.shape:
        return _of_array(batch.array(node), w, node)
    if node.op is SCALE:
        return _of_multiple(batch, node, weights, depth)
    if node.op is MUL:
        return _of_product(batch, node, weights, depth)
    return _of_linear(batch, node, weights, depth)


def triangular(n: Size) -> Node:
    """1 + 2 + … + n."""
    return nhad(num("1/2"), size_number(n * (n + ONE)))


def _of_array(V: Node, w: Node, node: Node) -> Node:
    if node.is_scalar:
        return nmul(ntranspose(w), V)
    return nmul(ntranspose(V), w) if node.is_column else nmul(ntranspose(w), V)


def _of_multiple(batch: Batch, node: Node, weights: Node | None, depth: int) -> Node:
    s, a = node.args
    if not batch.depends(s):
        return nscale(s, total(batch, a, weights, depth + 1))
    v = batch.array(s)
    return total(batch, a, v if weights is None else nhad(weights, v), depth + 1)


def _of_linear(batch: Batch, node: Node, weights: Node | None, depth: int) -> Node:
    """A linear function of one argument that depends on the index is that of its sum."""
    at = linear_argument(batch, node)
    if at is None:
        raise Unfit
    return with_argument(node, at, total(batch, node.args[at], weights, depth + 1))


def linear_argument(batch: Batch, node: Node) -> int | None:
    """The place of the only argument that depends on the index, where ``node`` is linear in it."""
    moving = [k for k, a in enumerate(node.args) if batch.depends(a)]
    if len(moving) != 1:
        return None
    at = moving[0]
    return at if node.op in (TRANSPOSE, TR, DIAGM, DIAGV, HAD, SCALE, MUL) or at in node.op.adjoint else None


def with_argument(node: Node, at: int, a: Node) -> Node:
    """The normal node with one argument replaced by a normal one of the same shape."""
    args = (*node.args[:at], a, *node.args[at + 1 :])
    return ntr(a) if node.op is TR else build(node.op, args, node.params, node.shape)


def _of_product(batch: Batch, node: Node, weights: Node | None, depth: int) -> Node:
    factors = node.args
    moving = [k for k, f in enumerate(factors) if batch.depends(f)]
    if len(moving) == 1:
        return with_argument(node, moving[0], total(batch, factors[moving[0]], weights, depth + 1))
    w = nones(batch.count) if weights is None else weights
    for k in range(1, len(factors)):
        if factors[k - 1].cols is ONE:
            V, W = batch.repeated(nmul(*factors[:k])), batch.repeated(nmul(*factors[k:]))
            return nmul(ntranspose(V), ndiagm(w), W)
    i, j = moving[0], moving[-1]
    if len(moving) == 2 and factors[i].op is DIAGM and factors[j].op is DIAGM and j > i + 1:
        V, W = batch.array(factors[i].args[0]), batch.array(factors[j].args[0])
        middle = nhad(nmul(*factors[i + 1 : j]), nmul(ntranspose(V), ndiagm(w), W))
        return nmul(*factors[:i], middle, *factors[j + 1 :])
    raise Unfit
