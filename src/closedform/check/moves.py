"""Entries moved about: Kronecker products, vec, parts of matrices and matrices of parts."""

from __future__ import annotations

from collections.abc import Callable

from closedform.check.jet import Jet, Mat, like


def stack(entries: list[Jet], rows: int, cols: int) -> Jet:
    """A matrix of 1×1 jets."""
    length = max(len(e.c) for e in entries)
    first = entries[0].c[0]
    c = [like(first, rows, cols, [e.part(s)[0, 0] for e in entries]) for s in range(length)]
    q = None
    if all(e.q is not None for e in entries):
        q = like(entries[0].q, rows, cols, [e.q[0, 0] for e in entries])  # type: ignore[index]
    return Jet(c, q)


def kron(a: Jet, b: Jet) -> Jet:
    def one(x: Mat, y: Mat) -> Mat:
        p, q = x.tolist(), y.tolist()
        rows, cols = len(p) * len(q), x.ncols() * y.ncols()
        return like(x, rows, cols, [s * t for r in p for u in q for s in r for t in u])

    return a.bilinear(b, one)


def vec(a: Jet) -> Jet:
    rows, cols = a.shape
    return a.gather(rows * cols, 1, (i * cols + j for j in range(cols) for i in range(rows)))


def unvec(v: Jet, rows: int, cols: int) -> Jet:
    return v.gather(rows, cols, (j * rows + i for i in range(rows) for j in range(cols)))


def keep(a: Jet, test: Callable[[int, int], bool]) -> Jet:
    """The matrix with 0 where ``test`` fails."""
    rows, cols = a.shape
    places = ((i, j) for i in range(rows) for j in range(cols))
    return a.gather(rows, cols, (i * cols + j if test(i, j) else None for i, j in places))


def place(a: Jet, shape: tuple[int, int], top: int, left: int) -> Jet:
    """``a`` from row ``top`` and column ``left`` of a matrix of zeros; what stands out of it is cut off."""
    rows, cols = shape
    m, n = a.shape

    def where(i: int, j: int) -> int | None:
        return i * n + j if 0 <= i < m and 0 <= j < n else None

    return a.gather(rows, cols, (where(i - top, j - left) for i in range(rows) for j in range(cols)))


def row_sums(a: Jet) -> Jet:
    cols = a.shape[1]
    ones = a.value.gather(cols, 1, [0] * cols)
    return a @ ones.linear(lambda m: like(m, cols, 1, [1] * cols))
