"""Determinants, inverses, symmetric and triangular parts, the equation A*X + X*A = Q."""

from __future__ import annotations

from fractions import Fraction

from closedform.expr.facts import Facts
from closedform.expr.node import Node
from closedform.functions import algebra
from closedform.functions.algebra import eye, scale, tr, transpose
from closedform.functions.define import Function, always, define, kept, where
from closedform.functions.numerics import adjugate, log_determinant, lyapunov, pseudo_inverse
from closedform.functions.rearrange import kron

HALF = Fraction(1, 2)
TO_SCALAR = {"sig": "(n,n) -> 1", "sample": ("square",)}
TO_SQUARE = {"sig": "(n,n) -> (n,n)", "sample": ("square",)}
SINGULAR = {"domain": where("invertible"), "outside": ("singular",)}


def _det_facts(node: Node) -> Facts:
    return kept(node.args[0], "pd") and frozenset({"pos", "nonneg", "nonzero"})


def _part(*names: str) -> object:
    def facts(node: Node) -> Facts:
        return always(*names)(node) | kept(node.args[0], "diag", "sym" if "sym" in names else "diag")

    return facts


def _pinv_d(X: Node, dX: Node) -> Node:
    """Golub and Pereyra, 1973; at constant rank."""
    P = pinv(X)
    left, right = eye(X.rows) - X @ P, eye(X.cols) - P @ X
    return -(P @ dX @ P) + P @ P.T @ dX.T @ left + right @ dX.T @ P.T @ P


def _kronecker_sum(A: Node, *_: Node) -> Node:
    return kron(eye(A.rows), A) + kron(transpose(A), eye(A.rows))


det: Function = define(
    "det", doc="The determinant.",
    d=lambda X, dX: tr(adj(X) @ dX), facts=_det_facts, **TO_SCALAR,
    numeric=lambda xp, X: xp.linalg.det(X)[None, None],
    known=(([[2, 1], [5, 3]],), 1.0), latex=r"\det({0})",
)  # fmt: skip
logdet: Function = define(
    "logdet", sig="(n,n) -> 1", doc="The logarithm of the determinant, which must be positive.",
    d=lambda X, dX: tr(algebra.inv(X) @ dX),
    domain=where("positive", lambda X: det(X)), sample=("positive det",), outside=("negative det", "zero"),
    numeric=log_determinant,
    known=(([[2, 1], [0, 3]],), 1.791759469228055), latex=r"\log\det({0})",
)  # fmt: skip
inverse: Function = define(
    "inv", doc="The inverse, X^-1.", means=algebra.inv, **TO_SQUARE, **SINGULAR,
    numeric=lambda xp, X: xp.linalg.inv(X),
    known=(([[2, 1], [5, 3]],), [[3, -1], [-5, 2]]),
)  # fmt: skip
adj: Function = define(
    "adj", doc="The adjugate: det(X)*X^-1 where X has an inverse, and its continuation where it has none.",
    d=lambda X, dX: tr(algebra.inv(X) @ dX) * adj(X) - adj(X) @ dX @ algebra.inv(X),
    facts=lambda node: kept(node.args[0], "sym", "pd", "diag", "lower", "upper"),
    smooth=where("invertible"), **TO_SQUARE,
    numeric=adjugate,
    known=(([[1, 2], [2, 4]],), [[4, -2], [-2, 1]]),
)  # fmt: skip
pinv: Function = define(
    "pinv", sig="(m,n) -> (n,m)", doc="The Moore-Penrose inverse; differentiable at constant rank.",
    d=_pinv_d, smooth=where("full-rank"), sample=("real",),
    facts=lambda node: kept(node.args[0], "sym", "psd", "diag"),
    numeric=pseudo_inverse,
    known=(([[1, 1]],), [0.5, 0.5]),
)  # fmt: skip
eigsum: Function = define(
    "eigsum", doc="The sum of the eigenvalues: the trace.", means=tr, **TO_SCALAR,
    numeric=lambda xp, X: xp.trace(X)[None, None],
    known=(([[2, 1], [5, 3]],), 5.0),
)  # fmt: skip
eigprod: Function = define(
    "eigprod", doc="The product of the eigenvalues: the determinant.", means=det, facts=_det_facts,
    **TO_SCALAR,
    numeric=lambda xp, X: xp.linalg.det(X)[None, None],
    known=(([[2, 1], [5, 3]],), 1.0),
)  # fmt: skip
sym_part: Function = define(
    "sym_part", text="sym", doc="The symmetric part, (X + X')/2.",
    means=lambda X: scale(algebra.num(HALF), X + X.T), facts=_part("sym"), **TO_SQUARE,
    numeric=lambda xp, X: (X + X.T) / 2,
    known=(([[1, 2], [4, 3]],), [[1, 3], [3, 3]]),
)  # fmt: skip
skew_part: Function = define(
    "skew_part", text="skew", doc="The skew-symmetric part, (X - X')/2.",
    means=lambda X: scale(algebra.num(HALF), X - X.T), facts=always("skew"), **TO_SQUARE,
    numeric=lambda xp, X: (X - X.T) / 2,
    known=(([[1, 2], [4, 3]],), [[0, -1], [1, 0]]),
)  # fmt: skip
triu: Function = define(
    "triu", doc="The upper triangle with the diagonal; zeros below.",
    adjoint=lambda G, X: triu(G), facts=_part("upper"), **TO_SQUARE,
    numeric=lambda xp, X: xp.triu(X),
    known=(([[1, 2], [4, 3]],), [[1, 2], [0, 3]]),
)  # fmt: skip
tril: Function = define(
    "tril", doc="The lower triangle with the diagonal; zeros above.",
    adjoint=lambda G, X: tril(G), facts=_part("lower"), **TO_SQUARE,
    numeric=lambda xp, X: xp.tril(X),
    known=(([[1, 2], [4, 3]],), [[1, 0], [4, 3]]),
)  # fmt: skip
tril_half: Function = define(
    "tril_half", doc="The lower triangle with half the diagonal, of which the derivative of chol is made.",
    adjoint=lambda G, X: tril_half(G), facts=_part("lower"), **TO_SQUARE,
    numeric=lambda xp, X: xp.tril(X) - X * xp.eye(X.shape[0]) / 2,
    known=(([[1, 2], [4, 3]],), [[0.5, 0], [4, 1.5]]),
)  # fmt: skip
lyap: Function = define(
    "lyap", sig="(n,n),(n,n) -> (n,n)", doc="lyap(A, Q): the X with A*X + X*A = Q.",
    d=lambda A, Q, dA, dQ: lyap(A, dQ - dA @ lyap(A, Q) - lyap(A, Q) @ dA),
    adjoint={1: lambda G, A, Q: lyap(A.T, G)},
    facts=lambda node: kept(node.args[1], "sym") & kept(node.args[0], "sym"),
    domain=where("invertible", _kronecker_sum), sample=("right half", "real"), outside=("skew", "real"),
    numeric=lyapunov,
    known=(([[1, 0], [0, 2]], [[2, 3], [6, 4]]), [[1, 1], [2, 1]]),
)  # fmt: skip
