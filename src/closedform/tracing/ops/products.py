"""Products of matrices: ``@``, dot, outer, einsum, tensordot."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from closedform.errors import ClosedformError, ShapeError
from closedform.expr.node import Node
from closedform.functions.algebra import diagm, diagv, eye, had, inner, mul, scale, tr, transpose
from closedform.functions.rearrange import kron as kronecker
from closedform.functions.vectors import colsum, rowsum, total
from closedform.tracing.ops import stacked_products, stacks
from closedform.tracing.ops.basic import times
from closedform.tracing.ops.whole import of_products
from closedform.tracing.place import refusal, refuse
from closedform.tracing.value import Value


@of_products
def matmul(a: Value, b: Value) -> Value:
    """``a @ b``: a vector is a row on the left and a column on the right."""
    if not a.rank or not b.rank:
        refuse("@ is of arrays; one side here is a number", "Write * for a product with a number.", ShapeError)
    if 3 in (a.rank, b.rank):
        return stacks.matmul(a, b)
    a.trace.sizes.same(a.dims[-1], b.dims[0], "@")
    A, B = a.node, b.node
    if a.rank == b.rank == 1:
        return a.trace.value(had(A, B) if A.is_scalar else mul(transpose(A), B), ())
    if a.rank == 1:
        return a.trace.value(_mul(transpose(B), A), b.dims[1:])
    return a.trace.value(_mul(A, B), (a.dims[0], *b.dims[1:]))


def _mul(A: Node, B: Node) -> Node:
    return had(A, B) if A.is_scalar and B.is_scalar else mul(A, B)


def dot(a: Value, b: Value) -> Value:
    """``np.dot``: a product with a number, or ``@``."""
    if b.rank == 3:
        refuse("np.dot with a stack of matrices on the right has four axes", "Write @ for the product of each matrix.")
    return matmul(a, b) if a.rank and b.rank else times(a, b)


def inner_product(a: Value, b: Value) -> Value:
    """``np.inner``: the last axes are summed over."""
    if not a.rank or not b.rank:
        return times(a, b)
    if 3 in (a.rank, b.rank):
        refuse("np.inner of stacks of matrices is not read", "Write np.einsum.")
    labels = ("ij", "kj") if a.rank == b.rank == 2 else ("ij"[2 - a.rank :], "kj"[2 - b.rank :])
    return einsum([tuple(s) for s in labels], "".join(s[:-1] for s in labels), [a, b])


@of_products
def rowdot(a: Value, b: Value) -> Value:
    """``vecdot``: the products of rows with rows, summed along the last axis."""
    if a.rank == b.rank == 1:
        return matmul(a, b)
    if 3 in (a.rank, b.rank) or not a.rank or not b.rank:
        refuse("vecdot is read of vectors and matrices", "Write np.sum(a * b, axis=-1).")
    a.trace.sizes.same(a.dims[-1], b.dims[-1], "vecdot")
    product = times(a, b)
    return a.trace.value(rowsum(product.node), product.dims[:1])


@of_products
def outer(a: Value, b: Value) -> Value:
    """Every entry of one by every entry of the other."""
    if a.rank != 1 or b.rank != 1:
        refuse("the outer product here is of two vectors", kind=ShapeError)
    return a.trace.value(mul(a.node, transpose(b.node)), (a.dims[0], b.dims[0]))


@of_products
def kron(a: Value, b: Value) -> Value:
    """The Kronecker product."""
    if a.rank != b.rank or a.rank == 3:
        refuse("kron here is of two vectors or of two matrices", kind=ShapeError)
    return a.trace.value(kronecker(a.node, b.node), tuple(m * n for m, n in zip(a.dims, b.dims, strict=True)))


Labelled = tuple[tuple[str, ...], Value]


@of_products
def einsum(labels: Sequence[Sequence[str]], out: Sequence[str], operands: Sequence[Value]) -> Value:
    """Sums of products by labels of axes; what needs an array of four axes on the way is refused."""
    parts: list[Labelled] = [_without_repeats(tuple(names), x) for names, x in zip(labels, operands, strict=True)]
    sizes, seen = operands[0].trace.sizes, dict[str, object]()
    for names, x in parts:
        if len(names) != x.rank:
            refuse(f"einsum: {len(names)} labels for an array of {x.rank} axes", kind=ShapeError)
        for name, k in zip(names, range(x.rank), strict=True):
            seen[name] = sizes.same(seen[name], x.dims[k], "einsum") if name in seen else x.dims[k]  # type: ignore[arg-type]
    while len(parts) > 1:
        parts = [_lonely_summed(p, out, [q for q in parts if q is not p]) for p in parts]
        parts = _contracted(parts, out)
    return _arranged(_lonely_summed(parts[0], out, []), tuple(out))


def _without_repeats(names: tuple[str, ...], x: Value) -> Labelled:
    """``ii``: the diagonal."""
    if len(names) == 2 and names[0] == names[1]:
        x.trace.sizes.same(x.dims[0], x.dims[1], "einsum")
        return names[:1], x.trace.value(diagv(x.node), x.dims[:1])
    if len(names) == 3 and len(set(names)) < 3:
        return _diagonals(names, x)
    return names, x


def _diagonals(names: tuple[str, ...], x: Value) -> Labelled:
    """``bii``: the diagonal of each block."""
    twice = next((n for n in names if names.count(n) == 2), None)
    if twice is None or x.rank != 3:
        refuse(f"einsum: {''.join(names)} is not read")
    first = next(k for k, n in enumerate(names) if n != twice)
    turned = stacks.permuted(x, (first, *(k for k in range(3) if k != first)))
    n = x.trace.sizes.same(turned.dims[1], turned.dims[2], "einsum")
    only = times(turned, x.trace.value(eye(n), (n, n)))
    return (names[first], twice), stacks.summed(only, 2, False)


def _lonely_summed(part: Labelled, out: Sequence[str], others: Sequence[Labelled]) -> Labelled:
    """Sum over the labels that stand nowhere else."""
    names, x = part
    needed = {n for other, _ in others for n in other} | set(out)
    lonely = [n for n in names if n not in needed]
    if not lonely:
        return part
    if len(names) == 2 and not others and len(lonely) == 2:
        return (), x.trace.value(total(x.node), ())
    for name in lonely:
        at = names.index(name)
        if len(names) == 3:
            names, x = tuple(n for n in names if n != name), stacks.summed(x, at, False)
        elif len(names) == 1:
            names, x = (), x.trace.value(total(x.node), ())
        else:
            node = colsum(x.node) if at == 0 else rowsum(x.node)
            names, x = (names[1 - at],), x.trace.value(node, (x.dims[1 - at],))
    return names, x


def _contracted(parts: list[Labelled], out: Sequence[str]) -> list[Labelled]:
    """The first pair whose product is a matrix at most, those that share a label before others."""
    pairs = sorted(combinations(range(len(parts)), 2), key=lambda p: not set(parts[p[0]][0]) & set(parts[p[1]][0]))
    for i, j in pairs:
        others = [p for k, p in enumerate(parts) if k not in (i, j)]
        keep = set(out) | {n for names, _ in others for n in names}
        found = _pair(parts[i], parts[j], keep)
        if found is not None:
            return [*others[:i], found, *others[i:]]
    raise _too_large()


def _too_large() -> ClosedformError:
    return refusal("einsum: this needs an array of four axes, or contracts what is no stack of matrices")


def _pair(one: Labelled, two: Labelled, keep: set[str]) -> Labelled | None:
    (a, x), (b, y) = one, two
    kept = tuple(dict.fromkeys(n for n in (*a, *b) if n in keep))
    summed = [n for n in a if n in b and n not in keep]
    both = [n for n in a if n in b and n in keep]
    if any(n not in keep and n not in summed for n in (*a, *b)):
        return None
    if len(kept) > 2 or 3 in (len(a), len(b)):
        return stacked_products.pair(one, two, kept)
    dims = {n: d for names, v in (one, two) for n, d in zip(names, v.dims, strict=True)}
    node = _node(a, x.node, b, y.node, summed, both)
    order = node[0]
    return order, x.trace.value(node[1], tuple(dims[n] for n in order))


def _node(
    a: tuple[str, ...], A: Node, b: tuple[str, ...], B: Node, summed: list[str], both: list[str]
) -> tuple[tuple[str, ...], Node]:
    if not a or not b:
        other, node = (b, B) if not a else (a, A)
        return other, had(A, B) if node.is_scalar else scale(A if not a else B, node)
    if len(a) == len(b) and set(a) == set(b):
        return _aligned(a, A, B if a == b else transpose(B), summed, both)
    if both:
        (label,) = both
        if len(a) < len(b):
            a, A, b, B = b, B, a, A
        if len(b) == 2:
            raise _too_large()
        scaled = mul(diagm(B), A) if a[0] == label else mul(A, diagm(B))
        return a, scaled
    left = A if not summed or a[-1] == summed[0] else transpose(A)
    right = B if summed and b[0] == summed[0] else transpose(B)
    rest = tuple(n for n in a if n not in summed), tuple(n for n in b if n not in summed)
    if not summed:
        return (*rest[0], *rest[1]), mul(A, transpose(B))
    if len(a) == 1:
        return rest[1], mul(transpose(right), A)
    return (*rest[0], *rest[1]), mul(left, B if len(b) == 1 else right)


def _aligned(
    a: tuple[str, ...], A: Node, B: Node, summed: list[str], both: list[str]
) -> tuple[tuple[str, ...], Node]:
    """Two arrays with the same labels."""
    if not summed:
        return a, had(A, B)
    if not both:
        return (), inner(A, B) if not A.is_scalar else had(A, B)
    product = had(A, B)
    return tuple(both), rowsum(product) if a[0] == both[0] else colsum(product)


def _arranged(part: Labelled, out: tuple[str, ...]) -> Value:
    names, x = part
    if names == out:
        return x
    if len(names) == 3 == len(set(out)) == len(out) and set(names) == set(out):
        return stacks.permuted(x, [names.index(n) for n in out])
    if names[::-1] == out:
        return x.trace.value(transpose(x.node), x.dims[::-1])
    if len(out) == 2 and len(names) == 1 and out[0] == out[1]:
        return x.trace.value(diagm(x.node), (*x.dims, *x.dims))
    refuse(f"einsum: {''.join(names)} -> {''.join(out)} is not read")


def subscripts(text: str, count: int) -> tuple[list[str], str]:
    """The labels of ``"ij,j->i"``; without an arrow, those that stand once, in order of the alphabet."""
    if "." in text:
        refuse("einsum with ... is not read", "Write the labels of all axes.")
    left, arrow, right = text.replace(" ", "").partition("->")
    labels = left.split(",")
    if len(labels) != count:
        refuse(f"einsum: {len(labels)} groups of labels for {count} arrays", kind=ShapeError)
    if not arrow:
        right = "".join(sorted(n for n in set(left) - {","} if left.count(n) == 1))
    return labels, right


def tensordot(a: Value, b: Value, left: Sequence[int], right: Sequence[int]) -> Value:
    """The axes of one summed against those of the other."""
    names = ["a0", "a1", "a2"][: a.rank]
    others = ["b0", "b1", "b2"][: b.rank]
    for i, j in zip(left, right, strict=True):
        others[j] = names[i]
    out = [n for k, n in enumerate(names) if k not in left] + [n for k, n in enumerate(others) if k not in right]
    return einsum([names, others], out, [a, b])


def among_three(x: Value, places: tuple[int, ...]) -> Value:
    """An array of one or two axes at these places among three."""
    return stacked_products.arranged(tuple("abc"[k] for k in places), x, "abc")


def trace_of(x: Value) -> Value:
    """The sum of the diagonal."""
    if x.rank != 2:
        refuse(f"trace here is of a matrix; this has {x.rank} axes", 'Write np.einsum("bii->b", X).', ShapeError)
    x.trace.sizes.same(x.dims[0], x.dims[1], "trace")
    return x.trace.value(tr(x.node), ())

