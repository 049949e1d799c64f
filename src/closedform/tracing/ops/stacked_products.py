"""Products of two arrays by labels of axes, where three axes take part."""

from __future__ import annotations

from collections.abc import Sequence

from closedform.expr.node import Node
from closedform.expr.size import ONE
from closedform.functions.algebra import mul, transpose
from closedform.tracing.ops import stacks
from closedform.tracing.ops.basic import times
from closedform.tracing.ops.reduce import axis_of, sum_of
from closedform.tracing.ops.stacks import column_of, matrix_of
from closedform.tracing.value import Value, shape_of

Labelled = tuple[tuple[str, ...], Value]


def pair(one: Labelled, two: Labelled, kept: tuple[str, ...]) -> Labelled | None:
    """The product of two arrays, summed over the labels that are not kept; None where it is too large."""
    a, b = one[0], two[0]
    every = tuple(dict.fromkeys((*a, *b)))
    if len(kept) > 3:
        return None
    if len(every) <= 3:
        return _entrywise(one, two, every, kept)
    summed = [n for n in a if n in b and n not in kept]
    both = [n for n in a if n in b and n in kept]
    left, right = ([n for n in own if n not in (*summed, *both)] for own in (a, b))
    if not both and len(summed) + len(left) <= 3 and len(summed) + len(right) <= 3:
        return _contracted(one, two, left, summed, right)
    if len(both) == len(summed) == len(left) == len(right) == 1:
        return (both[0], left[0], right[0]), _blocks(one, two, both[0], left[0], summed[0], right[0])
    return None


def _entrywise(one: Labelled, two: Labelled, every: tuple[str, ...], kept: tuple[str, ...]) -> Labelled:
    out = times(arranged(*one, every), arranged(*two, every))
    if not kept:
        return (), sum_of(out)
    for at in [k for k, n in enumerate(every) if n not in kept][::-1]:
        out = sum_of(out, axis_of(out, at))
    return tuple(n for n in every if n in kept), out


def arranged(names: tuple[str, ...], x: Value, every: Sequence[str]) -> Value:
    """The axes in the order of three labels, with one of length one for each that is missing."""
    order = [n for n in every if n in names]
    if x.rank == 3:
        return stacks.permuted(x, [names.index(n) for n in order])
    node, own = x.node, dict(zip(names, x.dims, strict=True))
    if x.rank == 2 and tuple(order) != names:
        node = transpose(node)
    missing = [k for k, n in enumerate(every) if n not in names]
    if missing == [2]:
        node = column_of(node)
    elif missing == [0, 1]:
        node = transpose(node)
    return x.trace.value(node, tuple(own.get(n, ONE) for n in every), x.kind)


def _contracted(one: Labelled, two: Labelled, left: list[str], summed: list[str], right: list[str]) -> Labelled:
    """As one product of matrices: what is kept against what is summed."""
    (a, x), (b, y) = one, two
    rows = as_matrix(a, x, left, summed)
    cols = as_matrix(b, y, right, summed)
    dims = tuple(v.dims[names.index(n)] for own, names, v in ((left, a, x), (right, b, y)) for n in own)
    node = mul(rows, transpose(cols))
    whole = shape_of(dims)
    if node.shape != whole:
        node = matrix_of(column_of(node), *whole)
    return (*left, *right), x.trace.value(node, dims)


def as_matrix(names: tuple[str, ...], x: Value, rows: Sequence[str], cols: Sequence[str]) -> Node:
    """The node of an array as a matrix with these labels along its rows and columns."""
    order = [*rows, *cols]
    if x.rank == 1:
        return x.node if rows else transpose(x.node)
    if x.rank == 2:
        node = x.node if tuple(order) == names else transpose(x.node)
        return node if len(rows) == 1 else column_of(node) if rows else transpose(column_of(node))
    turned = stacks.permuted(x, [names.index(n) for n in order])
    if len(rows) == 2:
        return turned.node
    b, i, j = turned.dims
    whole = column_of(turned.node)
    return matrix_of(whole, b, i * j) if len(rows) == 1 else whole if rows else transpose(whole)


def _blocks(one: Labelled, two: Labelled, batch: str, left: str, inner: str, right: str) -> Value:
    (a, x), (b, y) = one, two
    first = stacks.permuted(x, [a.index(n) for n in (batch, left, inner)])
    if b.index(inner) > b.index(right):
        other = stacks.permuted(y, [b.index(n) for n in (batch, right, inner)])
        if other.dims[0] is not ONE and first.dims[0] is not ONE:
            return stacks.scores(first, other)
    return stacks.matmul(first, stacks.permuted(y, [b.index(n) for n in (batch, inner, right)]))
