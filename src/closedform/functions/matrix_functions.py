"""Functions of a whole matrix: exponential, logarithm, square root, Cholesky and polar factors."""

from __future__ import annotations

from closedform.errors import MissingRule
from closedform.expr.facts import Facts, close
from closedform.expr.node import Node
from closedform.expr.op import Rule
from closedform.expr.size import ONE
from closedform.functions.algebra import eye, inv, zeros
from closedform.functions.declare import shape_words
from closedform.functions.define import Function, always, define, fact, is_zero, kept, where
from closedform.functions.matrix import lyap, tril_half
from closedform.functions.numerics import logarithm, logarithm_frechet, polar_factor, principal, symmetric
from closedform.functions.rearrange import block, sub

COS1, SIN1 = 0.5403023058681398, 0.8414709848078965
SQUARE = {"sig": "(n,n) -> (n,n)"}
FRECHET = {"sig": "(n,n),(n,n) -> (n,n)"}
NO_NEGATIVE = where("no-negative-eigenvalue", lambda X, *_: X)


def _frechet_d(frechet: str) -> Rule:
    """f'(X)[E] is the corner of f([X, E; 0, X]), so its own derivative is the corner of a larger one."""

    def rule(X: Node, E: Node, dX: Node, dE: Node) -> Node:
        f = {"expm_frechet": expm_frechet, "logm_frechet": logm_frechet}[frechet]
        if is_zero(dX):
            return f(X, dE)
        n, nothing = X.rows, zeros(X.rows, X.rows)
        both = f(block([[X, E], [nothing, X]]), block([[dX, dE], [nothing, dX]]))
        return sub(both, 1, n + ONE, n, n)

    return rule


def _polar_d(X: Node, dX: Node) -> Node:
    """X = Q*H: Q'*dQ solves a Lyapunov equation in H where the columns of X are independent."""
    rows, cols = X.rows.number, X.cols.number
    square = X.rows is X.cols
    if square or (rows is not None and cols is not None and rows >= cols):
        Q = polar(X)
        H = Q.T @ X
        turned = Q @ lyap(H, Q.T @ dX - dX.T @ Q)
        return turned if square else turned + (eye(X.rows) - Q @ Q.T) @ dX @ inv(H)
    if rows is not None and cols is not None:
        return _polar_d(X.T, dX.T).T
    given = shape_words(X.shape)
    raise MissingRule(
        f"the derivative of polar(X) for {given} X is not known to this library: which size is larger "
        f"decides its form; declare X square or with numbers as sizes"
    )


def _expm_facts(node: Node) -> Facts:
    (X,) = node.args
    more = {"pd": fact(X, "sym"), "orth": fact(X, "skew")}
    return close(["inv", *(name for name, yes in more.items() if yes)]) | kept(X, "diag", "lower", "upper")


expm: Function = define(
    "expm", doc="The matrix exponential.", **SQUARE,
    d=lambda X, dX: expm_frechet(X, dX), sample=("square",),
    facts=_expm_facts,
    numeric=lambda xp, X: xp.scipy.linalg.expm(X),
    known=(([[0, 1], [-1, 0]],), [[COS1, SIN1], [-SIN1, COS1]]),
)  # fmt: skip
expm_frechet: Function = define(
    "expm_frechet", doc="expm_frechet(X, E): the derivative of expm at X in the direction E.", **FRECHET,
    d=_frechet_d("expm_frechet"), adjoint={1: lambda G, X, E: expm_frechet(X.T, G)},
    sample=("square", "real"),
    numeric=lambda xp, X, E: xp.scipy.linalg.expm_frechet(X, E, compute_expm=False),
    known=(([[0, 0], [0, 1]], [[0, 1], [0, 0]]), [[0, 1.718281828459045], [0, 0]]),
)  # fmt: skip
logm: Function = define(
    "logm", doc="The principal logarithm of a matrix without eigenvalues at or below 0.", **SQUARE,
    d=lambda X, dX: logm_frechet(X, dX),
    facts=lambda node: kept(node.args[0], "sym", "diag", "lower", "upper"),
    domain=NO_NEGATIVE, sample=("right half",), outside=("negative eigenvalues",),
    numeric=lambda xp, X: logarithm(xp, X),
    known=(([[1, 1], [0, 1]],), [[0, 1], [0, 0]]),
)  # fmt: skip
logm_frechet: Function = define(
    "logm_frechet", doc="logm_frechet(X, E): the derivative of logm at X in the direction E.", **FRECHET,
    d=_frechet_d("logm_frechet"), adjoint={1: lambda G, X, E: logm_frechet(X.T, G)},
    domain=NO_NEGATIVE, sample=("right half", "real"), outside=("negative eigenvalues", "real"),
    numeric=logarithm_frechet,
    known=(([[1, 0], [0, 2]], [[0, 1], [0, 0]]), [[0, 0.6931471805599453], [0, 0]]),
)  # fmt: skip
sqrtm: Function = define(
    "sqrtm", doc="The principal square root of a matrix without eigenvalues at or below 0.", **SQUARE,
    d=lambda X, dX: lyap(sqrtm(X), dX),
    facts=lambda node: kept(node.args[0], "sym", "psd", "pd", "diag", "lower", "upper"),
    domain=NO_NEGATIVE, sample=("right half",), outside=("negative eigenvalues",),
    numeric=lambda xp, X: principal(xp, xp.scipy.linalg.sqrtm, X),
    known=(([[4, 5], [0, 9]],), [[2, 1], [0, 3]]),
)  # fmt: skip
chol: Function = define(
    "chol", doc="The lower Cholesky factor of a positive definite matrix: L*L' = S.", **SQUARE,
    d=lambda S, dS: chol(S) @ tril_half(inv(chol(S)) @ dS @ inv(chol(S)).T),
    facts=lambda node: always("lower", "inv")(node) | kept(node.args[0], "diag"),
    domain=where("pd"), sample=("pd",), outside=("indefinite",),
    numeric=lambda xp, S: xp.linalg.cholesky(symmetric(xp, S)),
    known=(([[4, 2], [2, 10]],), [[2, 0], [1, 3]]),
)  # fmt: skip
polar: Function = define(
    "polar", sig="(m,n) -> (m,n)", doc="The polar factor U*V' of X = U*S*V': the gradient of norm_nuc.",
    d=_polar_d, domain=where("full-rank"), sample=("square",), outside=("singular",),
    facts=lambda node: always("orth")(node) if node.is_square else always()(node),
    numeric=polar_factor,
    known=(([[0, 2], [-3, 0]],), [[0, 1], [-1, 0]]),
)  # fmt: skip
