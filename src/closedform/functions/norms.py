"""Norms. Those of entries are written with other functions; spectral and nuclear norm are their own."""

from __future__ import annotations

from fractions import Fraction

from closedform.expr.op import Condition
from closedform.functions.algebra import power, tr, transpose
from closedform.functions.define import Function, always, define, vector_norm, where
from closedform.functions.eigen import leftvec_max, rightvec_max
from closedform.functions.matrix_functions import polar
from closedform.functions.piecewise import absolute, maxentry
from closedform.functions.vectors import total

HALF = Fraction(1, 2)
NORM = {"facts": always("nonneg"), "sample": ("real",)}
WHICH_ONE = (
    "Of a matrix, write sum(abs(X)) for that of all entries, max(colsum(abs(X))) for the induced norm."
)
WHICH_INF = (
    "Of a matrix, write max(vec(abs(X))) for that of all entries, max(rowsum(abs(X))) for the induced."
)
WHICH_TWO = "Of a matrix, write normF(X) for the Frobenius norm, norm_op(X) for the spectral norm."

norm2: Function = define(
    "norm2", aliases=("norm",), doc="The Euclidean norm of a vector.",
    shape=vector_norm("norm2", WHICH_TWO),
    means=lambda x: power(transpose(x) @ x, HALF), smooth=where("notzero"), **NORM,
    numeric=lambda xp, x: xp.linalg.norm(x, keepdims=True),
    known=(([3, 4],), 5.0), latex=r"\lVert {0} \rVert",
)  # fmt: skip
norm1: Function = define(
    "norm1", doc="The sum of the absolute values of the entries of a vector.",
    shape=vector_norm("norm1", WHICH_ONE),
    means=lambda x: total(absolute(x)), smooth=where("nonzero"), **NORM,
    numeric=lambda xp, x: xp.sum(xp.abs(x), keepdims=True),
    known=(([3, -4],), 7.0), latex=r"\lVert {0} \rVert_1",
)  # fmt: skip
norm_inf: Function = define(
    "norm_inf", doc="The largest absolute value of the entries of a vector.",
    shape=vector_norm("norm_inf", WHICH_INF),
    means=lambda x: maxentry(absolute(x)), **NORM,
    smooth=lambda x: (Condition("notzero", x), Condition("unique-max", absolute(x))),
    numeric=lambda xp, x: xp.max(xp.abs(x), keepdims=True),
    known=(([3, -4],), 4.0), latex=r"\lVert {0} \rVert_\infty",
)  # fmt: skip
normF: Function = define(
    "normF", sig="(m,n) -> 1", doc="The Frobenius norm: the root of the sum of squares of all entries.",
    means=lambda X: power(tr(transpose(X) @ X), HALF), smooth=where("notzero"), **NORM,
    numeric=lambda xp, X: xp.linalg.norm(X, keepdims=True),
    known=(([[1, 2], [2, 4]],), 5.0), latex=r"\lVert {0} \rVert_F",
)  # fmt: skip
norm_op: Function = define(
    "norm_op", aliases=("norm",), sig="(m,n) -> 1", doc="The spectral norm: the largest singular value.",
    d=lambda X, dX: leftvec_max(X).T @ dX @ rightvec_max(X), smooth=where("simple-top-singular"), **NORM,
    numeric=lambda xp, X: xp.linalg.norm(X, 2, keepdims=True),
    known=(([[3, 0], [4, 5]],), 6.708203932499369), latex=r"\lVert {0} \rVert_2",
)  # fmt: skip
norm_nuc: Function = define(
    "norm_nuc", sig="(m,n) -> 1", doc="The nuclear norm: the sum of the singular values.",
    d=lambda X, dX: tr(polar(X).T @ dX), smooth=where("full-rank"), **NORM,
    numeric=lambda xp, X: xp.linalg.norm(X, "nuc", keepdims=True),
    known=(([[3, 0], [4, 5]],), 8.94427190999916), latex=r"\lVert {0} \rVert_*",
)  # fmt: skip
