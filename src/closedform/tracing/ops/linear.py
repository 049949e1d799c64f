"""Linear algebra: inverses, determinants, factorisations, functions of matrices."""

from __future__ import annotations

from collections.abc import Callable

from closedform.errors import ShapeError
from closedform.expr.node import Node
from closedform.expr.size import size
from closedform.functions import matrix as m
from closedform.functions import matrix_functions as f
from closedform.functions.algebra import inv, mpow, mul, num, transpose
from closedform.functions.eigen import eigvals, eigvecs
from closedform.functions.elementwise import log
from closedform.functions.known_facts import facts_of
from closedform.functions.piecewise import absolute, sign
from closedform.functions.vectors import cross
from closedform.tracing.branches import holds, symmetric_here
from closedform.tracing.place import refuse
from closedform.tracing.value import Value

SQUARE: dict[str, Callable[[Node], Node]] = {"expm": f.expm, "logm": f.logm, "sqrtm": f.sqrtm, "inv": inv}


def square(x: Value, what: str) -> Value:
    """A square matrix."""
    if x.rank != 2:
        refuse(f"{what} takes a square matrix; this has {x.rank} axes", kind=ShapeError)
    x.trace.sizes.same(x.dims[0], x.dims[1], what)
    return x


def of_square(name: str, x: Value) -> Value:
    """A function of a square matrix, of its shape."""
    x = square(x, name)
    return x.trace.value(SQUARE[name](x.node), x.dims)


def det(x: Value) -> Value:
    x = square(x, "det")
    return x.trace.value(m.det(x.node), ())


def slogdet(x: Value) -> tuple[Value, Value]:
    """The sign of the determinant and the logarithm of its size.

    Where values are given the sign is looked at, and becomes a condition; without values it is positive, as the
    conditions of logdet say.
    """
    x = square(x, "slogdet")
    determinant = x.trace.value(m.det(x.node), ())
    if x.trace.given is None or holds(determinant, num(0)):
        return x.trace.number(1.0), x.trace.value(m.logdet(x.node), ())
    return x.trace.value(sign(determinant.node), ()), x.trace.value(log(absolute(determinant.node)), ())


def logdet(x: Value) -> Value:
    x = square(x, "logdet")
    return x.trace.value(m.logdet(x.node), ())


def solve(a: Value, b: Value) -> Value:
    """X with A X = B."""
    a = square(a, "solve")
    a.trace.sizes.same(a.dims[0], b.dims[0], "solve")
    return a.trace.value(mul(inv(a.node), b.node), b.dims)


def solve_triangular(a: Value, b: Value, lower: bool, left: bool) -> Value:
    """X with A X = B (or X A = B), of the triangle of A that is named."""
    a = square(a, "solve_triangular")
    a.trace.sizes.same(a.dims[0], b.dims[0] if left else b.dims[-1], "solve_triangular")
    known = ("lower" if lower else "upper") in facts_of(a.node)
    A = inv(a.node if known else (m.tril if lower else m.triu)(a.node))
    return a.trace.value(mul(A, b.node) if left else mul(b.node, A), b.dims)


def pinv(x: Value) -> Value:
    return x.trace.value(m.pinv(x.node), x.dims[::-1])


def least_squares(a: Value, b: Value) -> Value:
    """The first answer of ``lstsq``."""
    a.trace.sizes.same(a.dims[0], b.dims[0], "lstsq")
    return a.trace.value(mul(m.pinv(a.node), b.node), (a.dims[1], *b.dims[1:]))


def matrix_power(x: Value, k: int) -> Value:
    x = square(x, "matrix_power")
    return x.trace.value(mpow(x.node, int(k)), x.dims)


def symmetric(x: Value, what: str) -> Node:
    """A node known to be symmetric: by itself, or because the values given are and the symmetric part is the same."""
    x = square(x, what)
    if "sym" in facts_of(x.node):
        return x.node
    if x.trace.given is None:
        refuse(
            f"{what} is of symmetric matrices, and this one is not known to be",
            'Declare it (where="S in Sym(n)" or "S in PD(n)"), or write (S + S.T)/2.',
        )
    symmetric_here(x, what)
    return m.sym_part(x.node)


def cholesky(x: Value, upper: bool = False) -> Value:
    """L with L L' = S."""
    node = f.chol(symmetric(x, "cholesky"))
    return x.trace.value(transpose(node) if upper else node, x.dims)


def eigvalsh(x: Value) -> Value:
    return x.trace.value(eigvals(symmetric(x, "eigvalsh")), x.dims[:1])


def eigh(x: Value) -> tuple[Value, Value]:
    S = symmetric(x, "eigh")
    return x.trace.value(eigvals(S), x.dims[:1]), x.trace.value(eigvecs(S), x.dims)


def cross_product(a: Value, b: Value) -> Value:
    if a.rank != 1 or b.rank != 1:
        refuse("cross is of two vectors of length 3", kind=ShapeError)
    for x in (a, b):
        x.trace.sizes.same(x.dims[0], size(3), "cross")
    return a.trace.value(cross(a.node, b.node), a.dims)

