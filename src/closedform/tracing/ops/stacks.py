"""Stacks of matrices: an array of three axes (b, i, j) is the matrix of its b·i rows, one block below the other.

What acts on entries or rows acts on that matrix as it stands. What acts on each block by itself is written with
Kronecker products: block by block equals all by all, with what stands outside the diagonal blocks masked.
"""

from __future__ import annotations

from collections.abc import Sequence

from closedform.expr.node import Node
from closedform.expr.size import ONE, Size
from closedform.functions import rearrange as r
from closedform.functions.algebra import ONES, eye, fill, had, mul, ones, transpose, unit
from closedform.functions.rearrange import kron
from closedform.functions.vectors import colsum, rowsum
from closedform.tracing.place import refuse
from closedform.tracing.value import Dims, Value, shape_of

SWAPPED = "swapped"


def flat(x: Value) -> Value:
    """The matrix of all rows."""
    return x.trace.value(x.node, shape_of(x.dims), x.kind)


def restacked(x: Value, dims: Dims) -> Value:
    """The rows of a matrix as those of a stack."""
    return x.trace.value(x.node, dims, x.kind)


def matrix_of(column: Node, rows: Size, cols: Size) -> Node:
    """A column of rows·cols entries as a matrix, row by row."""
    if cols is ONE:
        return column
    return transpose(column) if rows is ONE else transpose(r.unvec(column, cols, rows))


def column_of(node: Node) -> Node:
    """The entries of a matrix below each other, row by row."""
    return node if node.is_column else transpose(node) if node.rows is ONE else r.vec(transpose(node))


def repeated_each(node: Node, n: Size) -> Node:
    """Every row n times."""
    return node if n is ONE else kron(node, ones(n))


def repeated_whole(node: Node, n: Size) -> Node:
    """The matrix n times below itself."""
    return node if n is ONE else kron(ones(n), node)


def for_each(n: Size, node: Node) -> Node:
    """What multiplies every block of n by ``node``."""
    return node if n is ONE else eye(n) if node.op is ONES and node.is_scalar else kron(eye(n), node)


def rows_in(x: Value, dims: Dims) -> Node:
    """The node of an array among stacks of these axes: one row, or as many as they have."""
    b, i, _ = dims
    p, q, _ = (ONE,) * (3 - x.rank) + x.dims
    node = transpose(x.node) if x.rank == 1 and not x.is_one else x.node
    if p is ONE and q is ONE:
        return node
    if q is ONE:
        node = repeated_each(node, i)
    return repeated_whole(node, b) if p is ONE else node


def spread_stack(x: Value, dims: Dims) -> Node:
    """The node with the shape of a stack."""
    node, (rows, cols) = rows_in(x, dims), shape_of(dims)
    if node.shape == (rows, cols):
        return node
    if node.is_scalar:
        return fill(node, ones(rows, cols))
    node = mul(ones(rows), node) if node.rows is not rows else node
    return mul(node, transpose(ones(cols))) if node.cols is not cols else node


def beside(k: Size, n: Size) -> Node:
    """What adds the n blocks of k columns."""
    return ones(n) if k is ONE else repeated_whole(eye(k), n)


def mask(n: Size, rows: Size, cols: Size) -> Node:
    """Ones in the diagonal blocks."""
    return eye(n) if rows is ONE and cols is ONE else kron(eye(n), ones(rows, cols))


# axes


def permuted(x: Value, axes: Sequence[int]) -> Value:
    """The axes in another order, by exchanges of neighbours."""
    order = [int(k) % 3 for k in axes]
    if sorted(order) != [0, 1, 2]:
        refuse(f"axes {tuple(axes)} of an array of three axes")
    here, out = [0, 1, 2], x
    for place in range(3):
        at = here.index(order[place])
        while at > place:
            out = blocks_turned(out) if at == 2 else rows_exchanged(out)
            here[at - 1], here[at] = here[at], here[at - 1]
            at -= 1
    return out


def blocks_turned(x: Value) -> Value:
    """(b, i, j) as (b, j, i): each block transposed."""
    b, i, j = x.dims
    if x.why is not None and x.why[0] == SWAPPED:
        known: Value = x.why[1]
        return known
    if b is ONE:
        node = transpose(x.node)
    elif i is ONE or j is ONE:
        node = column_of(x.node) if i is ONE else matrix_of(x.node, b, i)
    else:
        node = mul(transpose(block_diagonal(x)), beside(i, b))
    out = x.trace.value(node, (b, j, i), x.kind)
    out.why = (SWAPPED, x)
    return out


def rows_exchanged(x: Value) -> Value:
    """(b, i, j) as (i, b, j)."""
    b, i, j = x.dims
    node = x.node if b is ONE or i is ONE else mul(r.comm(i, b), x.node)
    return x.trace.value(node, (i, b, j), x.kind)


def block_diagonal(x: Value) -> Node:
    """The blocks on the diagonal of a matrix."""
    b, i, j = x.dims
    if b is ONE:
        return x.node
    return had(mul(x.node, transpose(beside(j, b))), mask(b, i, j))


# sums


def summed(x: Value, axis: int, keepdims: bool) -> Value:
    """The sum along one axis."""
    b, i, j = x.dims
    if axis == 2:
        out = x.trace.value(rowsum(x.node) if j is not ONE else x.node, (b, i, ONE))
    elif axis == 1:
        out = x.trace.value(_sums(b, i, x.node) if i is not ONE else x.node, (b, ONE, j))
    else:
        over = mul(transpose(beside(i, b)), x.node) if i is not ONE else transpose(colsum(x.node))
        out = x.trace.value(over if b is not ONE else x.node, (ONE, i, j))
    return out if keepdims else squeezed_one(out, axis)


def _sums(b: Size, i: Size, node: Node) -> Node:
    return transpose(colsum(node)) if b is ONE else mul(for_each(b, transpose(ones(i))), node)


def summed_rows(x: Value, keepdims: bool) -> Value:
    """The sum along the first two axes."""
    column = colsum(x.node)
    last = x.dims[2]
    return x.trace.value(transpose(column), (ONE, ONE, last)) if keepdims else x.trace.value(column, (last,))


def squeezed_one(x: Value, axis: int) -> Value:
    """A stack without one axis, which has length one."""
    b, i, j = x.dims
    if axis < 2:
        return x.trace.value(x.node, (i, j) if axis == 0 else (b, j), x.kind)
    return x.trace.value(matrix_of(x.node, b, i), (b, i), x.kind)


def stacked_up(x: Value, at: int) -> Value:
    """A matrix with a further axis of length one."""
    m, n = x.dims
    if at < 2:
        return x.trace.value(x.node, (ONE, m, n) if at == 0 else (m, ONE, n), x.kind)
    return x.trace.value(column_of(x.node) if not x.is_one else x.node, (m, n, ONE), x.kind)


# products


def matmul(a: Value, b: Value) -> Value:
    """``a @ b`` where one side is a stack: block by block."""
    sizes = a.trace.sizes
    sizes.same(a.dims[-1], b.dims[0] if b.rank == 1 else b.dims[-2], "@")
    if b.rank == 1:
        return _column(a, mul(a.node, b.node))
    if b.rank == 2:
        return a.trace.value(_times(a.node, b.node), (*a.dims[:2], b.dims[1]))
    if a.rank == 1:
        return a.trace.value(mul(for_each(b.dims[0], transpose(a.node)), b.node), (b.dims[0], b.dims[2]))
    if a.rank == 2:
        return a.trace.value(mul(for_each(b.dims[0], a.node), b.node), (b.dims[0], a.dims[0], b.dims[2]))
    if b.dims[0] is ONE:
        return matmul(a, squeezed_one(b, 0))
    if a.dims[0] is ONE:
        return matmul(squeezed_one(a, 0), b)
    sizes.same(a.dims[0], b.dims[0], "@")
    if b.why is not None and b.why[0] == SWAPPED:
        return scores(a, b.why[1])
    return a.trace.value(mul(block_diagonal(a), b.node), (*a.dims[:2], b.dims[2]))


def _times(A: Node, B: Node) -> Node:
    return had(A, B) if A.is_scalar and B.is_scalar else mul(A, B)


def _column(a: Value, column: Node) -> Value:
    b, i, _ = a.dims
    return a.trace.value(matrix_of(column, b, i), (b, i))


def scores(a: Value, b: Value) -> Value:
    """Every row of a block by every row of the block beside it: (b, i, d), (b, k, d) give (b, i, k)."""
    (n, i, _), k = a.dims, b.dims[1]
    every = had(mul(a.node, transpose(b.node)), mask(n, i, k))
    return a.trace.value(mul(every, beside(k, n)), (n, i, k))


# indexing


def picked(x: Value, axis: int, at: Node) -> Value:
    """The entry along one axis that ``at`` says, counted from one; the axis stays, of length one."""
    b, i, j = x.dims
    if axis == 2:
        return x.trace.value(mul(x.node, unit(at, j)), (b, i, ONE), x.kind)
    if axis == 1:
        return x.trace.value(mul(for_each(b, transpose(unit(at, i))), x.node), (b, ONE, j), x.kind)
    chosen = transpose(unit(at, b)) if i is ONE else kron(transpose(unit(at, b)), eye(i))
    return x.trace.value(mul(chosen, x.node), (ONE, i, j), x.kind)


def part(x: Value, axis: int, low: Size, length: Size) -> Value:
    """A slice of step one along one axis; ``low`` counts from zero."""
    b, i, _ = x.dims
    dims = (*x.dims[:axis], length, *x.dims[axis + 1 :])
    if axis == 1:
        rows = r.sub(eye(i), low + ONE, ONE, length, i)
        return x.trace.value(mul(for_each(b, rows), x.node), dims, x.kind)
    first = (low * i + ONE, ONE) if axis == 0 else (ONE, low + ONE)
    return x.trace.value(r.sub(x.node, *first, *shape_of(dims)), dims, x.kind)

