"""Entries moved about: vec, the commutation matrix, Kronecker products, blocks.

Some take sizes besides arguments: ``unvec(v, m, n)``, ``comm(m, n)``, ``sub(X, i, j, m, n)``. Their
``numeric`` takes those numbers (for ``block``: blocks in each row) after the arrays: ``table.extras``.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from closedform.errors import LimitError, MissingRule, ShapeError
from closedform.expr.facts import Facts
from closedform.expr.node import Node, make
from closedform.expr.op import Shape
from closedform.expr.size import ONE, Size, size
from closedform.functions.algebra import size_number, zeros
from closedform.functions.declare import declare, shape_words
from closedform.functions.define import Function, always, counted, define, fact, kept
from closedform.functions.numerics import blocks, commutation, kron_left_value, kron_right_value
from closedform.functions.sizes import as_size, quotient

MAX_BLOCKS = 1024


def _given(word: str) -> Any:
    def rule(args: tuple[Node, ...], params: tuple[Any, ...]) -> Shape:
        raise TypeError(f"{word} is made with its shape: use the builder functions.rearrange.{word}")

    return rule


def _kron_facts(node: Node) -> Facts:
    names = ("sym", "psd", "pd", "diag", "orth", "lower", "upper", "inv", "pos", "nonneg")
    return kept(node.args[0], *(n for n in names if fact(node.args[1], n)))


def _contracted(word: str) -> Any:
    """The shape of G with that of the other argument divided out."""

    def rule(args: tuple[Node, ...], _: tuple[Any, ...]) -> Shape:
        G, B = counted(word, args, 2)
        rows, cols = quotient(G.rows, B.rows), quotient(G.cols, B.cols)
        if rows is None or cols is None:
            given = f"{shape_words(G.shape)} and {shape_words(B.shape)}"
            raise ShapeError(f"{word} takes a matrix of whole blocks, and a matrix; it was given {given}")
        return rows, cols

    return rule


kron: Function = define(
    "kron", sig="(m,n),(p,q) -> (m*p,n*q)", doc="The Kronecker product: blocks A[i,j]*B.",
    adjoint={0: lambda G, A, B: kron_left(G, B), 1: lambda G, A, B: kron_right(G, A)},
    facts=_kron_facts, sample=("real", "real"),
    numeric=lambda xp, A, B: xp.kron(A, B),
    known=(([[1, 2]], [[0, 3], [1, 0]]), [[0, 3, 0, 6], [1, 0, 2, 0]]), latex=r"{0} \otimes {1}",
)  # fmt: skip
kron_left: Function = define(
    "kron_left", shape=_contracted("kron_left"), sample=("left blocks", "real"),
    doc="kron_left(G, B): entry i,j is the inner product of B with block i,j of G (of B's shape); "
    "what the gradient of kron(A, B) by A is made of.",
    adjoint={0: lambda M, G, B: kron(M, B), 1: lambda M, G, B: kron_right(G, M)},
    numeric=kron_left_value,
    known=(([[0, 3, 0, 6], [1, 0, 2, 0]], [[0, 3], [1, 0]]), [[10, 20]]),
)  # fmt: skip
kron_right: Function = define(
    "kron_right", shape=_contracted("kron_right"), sample=("right blocks", "real"),
    doc="kron_right(G, A): the sum of A[i,j] times block i,j of G (as many blocks as A has entries); "
    "what the gradient of kron(A, B) by B is made of.",
    adjoint={0: lambda N, G, A: kron(A, N), 1: lambda N, G, A: kron_left(G, N)},
    numeric=kron_right_value,
    known=(([[0, 3, 0, 6], [1, 0, 2, 0]], [[1, 2]]), [[0, 15], [5, 0]]),
)  # fmt: skip
vec: Function = define(
    "vec", sig="(m,n) -> m*n", doc="The columns of a matrix, stacked.",
    adjoint=lambda G, X: unvec(G, X.rows, X.cols),
    facts=lambda node: kept(node.args[0], "pos", "nonneg"), sample=("real",),
    numeric=lambda xp, X: X.T.reshape(-1, 1),
    known=(([[1, 2], [3, 4]],), [1, 3, 2, 4]),
)  # fmt: skip
UNVEC = declare(
    "unvec", shape=_given("unvec"), doc="unvec(v, m, n): the m×n matrix whose stacked columns are v.",
    adjoint=lambda G, v: vec(G), facts=lambda node: kept(node.args[0], "pos", "nonneg"), sample=("real",),
    numeric=lambda xp, v, m, n: v.reshape(n, m).T,
    known=(([1, 3, 2, 4, 5, 6], 2, 3), [[1, 2, 5], [3, 4, 6]]),
)  # fmt: skip
COMM = declare(
    "comm", shape=lambda _, params: (params[0] * params[1], params[0] * params[1]), piecewise_constant=True,
    doc="comm(m, n): the commutation matrix K, with K*vec(X) = vec(X') for m×n matrices X.",
    facts=always("orth"),
    numeric=commutation,
    known=((1, 2), [[1, 0], [0, 1]]),
)  # fmt: skip


def _block_shape(args: tuple[Node, ...], params: tuple[Any, ...]) -> Shape:
    rows, cols, rest = size(0), None, iter(args)
    lengths: tuple[int, ...] = params[0]
    if sum(lengths) != len(args) or not args or not all(lengths):
        raise ShapeError(f"blocks: {len(args)} blocks do not fill rows of {', '.join(map(str, lengths))}")
    for number, length in enumerate(lengths, 1):
        row = [next(rest) for _ in range(length)]
        for part in row:
            if part.rows is not row[0].rows:
                given = f"{shape_words(row[0].shape)} beside {shape_words(part.shape)}"
                raise ShapeError(f"blocks: row {number} has blocks of different heights: {given}")
        width = sum((part.cols for part in row), size(0))
        if cols is not None and width is not cols:
            raise ShapeError(f"blocks: row {number} has {width} columns, the rows above have {cols}")
        rows, cols = rows + row[0].rows, width
    assert cols is not None
    return rows, cols


def _block_d(*both: Node, node: Node) -> Node:
    return make(BLOCK, both[len(both) // 2 :], node.params)


def _block_adjoint(k: int, G: Node, *args: Node) -> Node:
    """The part of G where block k stands; rows end where their widths have filled G."""
    top, left, height = size(1), size(1), args[0].rows
    for part in args[:k]:
        left, height = left + part.cols, part.rows
        if left - ONE is G.cols:
            top, left = top + height, size(1)
    return sub(G, top, left, args[k].rows, args[k].cols)


def _sub_adjoint(G: Node, X: Node, i: Node, j: Node) -> Node:
    """G with zeros around it, in the shape of X."""
    top, left = as_size(i), as_size(j)
    if top is None or left is None:
        raise MissingRule("the derivative of sub(X, i, j, m, n) is known only where i and j are sizes")
    heights = (top - ONE, G.rows, X.rows - top - G.rows + ONE)
    widths = (left - ONE, G.cols, X.cols - left - G.cols + ONE)
    return block([
        [G if (r, c) == (1, 1) else zeros(h, w) for c, w in enumerate(widths) if w.number != 0]
        for r, h in enumerate(heights) if h.number != 0
    ])  # fmt: skip


BLOCK = declare(
    "block", shape=_block_shape, doc="[A, B; C, D]: blocks beside and below each other.",
    d=_block_d, adjoint={k: partial(_block_adjoint, k) for k in range(MAX_BLOCKS)},
    numeric=lambda xp, *parts: blocks(xp, parts[:-1], parts[-1]),
    known=(([[1]], [[2, 3]], [[4, 5, 6]], (2, 1)), [[1, 2, 3], [4, 5, 6]]),
)  # fmt: skip
SUB = declare(
    "sub", shape=_given("sub"),
    doc="sub(X, i, j, m, n): the m×n part of X that begins at X[i,j]; gradients by blocks are made of it.",
    adjoint=_sub_adjoint, sample=("real",), facts=lambda node: kept(node.args[0], "pos", "nonneg"),
    numeric=lambda xp, X, i, j, m, n: X[int(i.item()) - 1 :, int(j.item()) - 1 :][:m, :n],
    known=(([[1, 2, 3], [4, 5, 6]], 1, 2, 2, 1), [2, 5]),
)  # fmt: skip


def unvec(v: Node, m: Any, n: Any) -> Node:
    """The m×n matrix whose stacked columns are v."""
    m, n = size(m), size(n)
    if v.shape != (m * n, ONE):
        given = shape_words(v.shape)
        raise ShapeError(f"unvec(v, {m}, {n}) takes a vector of length {m * n}; it was given {given}")
    return make(UNVEC, (v,), (), (m, n))


def comm(m: Any, n: Any) -> Node:
    """The commutation matrix: comm(m, n)*vec(X) is vec(X') for m×n matrices X."""
    return make(COMM, (), (size(m), size(n)))


def block(rows: Sequence[Sequence[Node]]) -> Node:
    """Blocks beside and below each other, given by rows."""
    parts = [part for row in rows for part in row]
    if len(parts) > MAX_BLOCKS:
        raise LimitError(f"blocks: {len(parts)} are over the limit of {MAX_BLOCKS} (limit: blocks)")
    return make(BLOCK, parts, (tuple(len(row) for row in rows),))


def sub(X: Node, i: Any, j: Any, m: Any, n: Any) -> Node:
    """The m×n part of X that begins at row i and column j, counted from 1."""
    rows, cols = (_end(at, length) for at, length in ((i, m), (j, n)))
    for word, end, have in (("row", rows, X.rows), ("column", cols, X.cols)):
        left = (have - end).number
        if left is not None and left < 0:
            raise ShapeError(f"sub ends at {word} {end} of {shape_words(X.shape)}")
    return make(SUB, (X, size_number(i), size_number(j)), (), (size(m), size(n)))


def _end(at: Any, length: Any) -> Size:
    return size(at) + size(length) - ONE
