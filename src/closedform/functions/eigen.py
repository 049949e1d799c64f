"""Eigenvalues and eigenvectors of symmetric matrices, singular vectors of any.

Eigenvectors have unit length; which of the two, v or -v, is a convention (the largest entry is positive),
and no derivative of an eigenvalue depends on it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from closedform.errors import ShapeError
from closedform.expr.facts import Facts, close
from closedform.expr.node import Node
from closedform.expr.op import Shape
from closedform.expr.size import ONE
from closedform.functions.algebra import diagm, diagv, eye, ones
from closedform.functions.declare import shape_words
from closedform.functions.define import Function, always, define, fact, where
from closedform.functions.matrix import pinv
from closedform.functions.numerics import eigenvalues, eigenvectors, inverse_gaps, top_singular_vectors

VALUE = {"sig": "(n,n) -> 1", "sample": ("sym",)}
VECTOR = {"sig": "(n,n) -> n", "sample": ("sym",)}


def _signed(node: Node) -> Facts:
    (S,) = node.args
    return close(["pos"] if fact(S, "pd") else ["nonneg"] if fact(S, "psd") else [])


def _eigvec_d(value: Function, vector: Function, S: Node, dS: Node) -> Node:
    return pinv(value(S) * eye(S.rows) - S) @ dS @ vector(S)


def _leftvec_d(X: Node, dX: Node) -> Node:
    """u is the top eigenvector of X*X', of eigenvalue s^2."""
    u, v = leftvec_max(X), rightvec_max(X)
    s = u.T @ X @ v
    return pinv(s**2 * eye(X.rows) - X @ X.T) @ (s * (dX @ v) + X @ dX.T @ u)


def _rightvec_d(X: Node, dX: Node) -> Node:
    u, v = leftvec_max(X), rightvec_max(X)
    s = u.T @ X @ v
    return pinv(s**2 * eye(X.cols) - X.T @ X) @ (s * (dX.T @ u) + X.T @ dX @ v)


def _of_matrix(word: str, left: bool) -> Callable[[tuple[Node, ...], tuple[Any, ...]], Shape]:
    """A vector has but one singular value, whose vectors are a quotient and a sign."""

    def shape(args: tuple[Node, ...], _: tuple[Any, ...]) -> Shape:
        X = args[0]
        if len(args) != 1 or ONE in X.shape:
            given = f"{word} is of a matrix; it was given {', '.join(shape_words(a.shape) for a in args)}"
            raise ShapeError(given, hint="The unit vector along a vector v is v/||v||.")
        return (X.rows if left else X.cols), ONE

    return shape


eigvals: Function = define(
    "eigvals", sig="(n,n) -> n", doc="The eigenvalues of a symmetric matrix, ascending.",
    d=lambda S, dS: diagv(eigvecs(S).T @ dS @ eigvecs(S)),
    facts=_signed, smooth=where("distinct"), sample=("sym",), outside=("square",),
    numeric=eigenvalues,
    known=(([[2, 1], [1, 2]],), [1, 3]),
)  # fmt: skip
eigvecs: Function = define(
    "eigvecs", sig="(n,n) -> (n,n)",
    doc="The unit eigenvectors of a symmetric matrix as columns, in ascending order of eigenvalue.",
    d=lambda S, dS: eigvecs(S) @ (inv_gaps(eigvals(S)) * (eigvecs(S).T @ dS @ eigvecs(S))),
    facts=always("orth"), smooth=where("distinct"), sample=("sym",), outside=("square",),
    numeric=eigenvectors,
    known=(([[41, 12], [12, 34]],), [[-0.6, 0.8], [0.8, 0.6]]),
)  # fmt: skip
inv_gaps: Function = define(
    "inv_gaps", sig="n -> (n,n)",
    doc="Entry i,j: 1/(w[j] - w[i]), 0 on the diagonal; what the derivative of eigenvectors is made of.",
    d=lambda w, dw: inv_gaps(w) ** 2 * (dw @ ones(w.rows).T - ones(w.rows) @ dw.T),
    facts=always("skew"), domain=where("distinct", diagm), sample=("distinct",), outside=("zero",),
    numeric=inverse_gaps,
    known=(([1, 3, 4],), [[0, 0.5, 1 / 3], [-0.5, 0, 1], [-1 / 3, -1, 0]]),
)  # fmt: skip
lambda_max: Function = define(
    "lambda_max", doc="The largest eigenvalue of a symmetric matrix.", **VALUE,
    d=lambda S, dS: eigvec_max(S).T @ dS @ eigvec_max(S),
    facts=_signed, smooth=where("simple-top"), outside=("square",),
    numeric=lambda xp, S: eigenvalues(xp, S)[-1:],
    known=(([[2, 1], [1, 2]],), 3.0),
)  # fmt: skip
lambda_min: Function = define(
    "lambda_min", doc="The smallest eigenvalue of a symmetric matrix.", **VALUE,
    d=lambda S, dS: eigvec_min(S).T @ dS @ eigvec_min(S),
    facts=_signed, smooth=where("simple-bottom"), outside=("square",),
    numeric=lambda xp, S: eigenvalues(xp, S)[:1],
    known=(([[2, 1], [1, 2]],), 1.0),
)  # fmt: skip
eigvec_max: Function = define(
    "eigvec_max", doc="The unit eigenvector of the largest eigenvalue of a symmetric matrix.", **VECTOR,
    d=lambda S, dS: _eigvec_d(lambda_max, eigvec_max, S, dS),
    smooth=where("simple-top"), outside=("square",),
    numeric=lambda xp, S: eigenvectors(xp, S)[:, -1:],
    known=(([[41, 12], [12, 34]],), [0.8, 0.6]),
)  # fmt: skip
eigvec_min: Function = define(
    "eigvec_min", doc="The unit eigenvector of the smallest eigenvalue of a symmetric matrix.", **VECTOR,
    d=lambda S, dS: _eigvec_d(lambda_min, eigvec_min, S, dS),
    smooth=where("simple-bottom"), outside=("square",),
    numeric=lambda xp, S: eigenvectors(xp, S)[:, :1],
    known=(([[41, 12], [12, 34]],), [-0.6, 0.8]),
)  # fmt: skip
leftvec_max: Function = define(
    "leftvec_max", sig="(m,n) -> m", shape=_of_matrix("leftvec_max", left=True),
    doc="The unit left singular vector of the largest singular value.",
    d=_leftvec_d, smooth=where("simple-top-singular"), sample=("real",),
    numeric=lambda xp, X: top_singular_vectors(xp, X)[0],
    known=(([[0, 0], [3, 4]],), [0, 1]),
)  # fmt: skip
rightvec_max: Function = define(
    "rightvec_max", sig="(m,n) -> n", shape=_of_matrix("rightvec_max", left=False),
    doc="The unit right singular vector of the largest singular value; "
    "its sign goes with that of leftvec_max.",
    d=_rightvec_d, smooth=where("simple-top-singular"), sample=("real",),
    numeric=lambda xp, X: top_singular_vectors(xp, X)[1],
    known=(([[0, 0], [3, 4]],), [0.6, 0.8]),
)  # fmt: skip
