"""The problems of generated code: formulas as typed, data, the hand-written form, the function for AD."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace as Data
from typing import Any

import hand
import numpy as np

Array = Any


@dataclass(frozen=True)
class Problem:
    """``typed`` with ``where``, differentiated by ``by``: a gradient, an HVP (along ``d``+by), a Hessian or a Jacobian.

    ``function(L, x, d)`` is the same in JAX or PyTorch, L being the library's words; ``hand(d)`` the frozen NumPy form.
    """

    name: str
    kind: str
    typed: str
    by: str
    data: Callable[..., Data]
    sizes: tuple[tuple[int, ...], ...]
    hand: Callable[[Data], Any]
    function: Callable[[Any, Any, Any], Any]
    where: str = ""
    columns: bool = False
    """Whether the dense Hessian by a matrix is ordered by its columns."""
    every: tuple[str, ...] = ()
    """All variables of a gradient by several."""
    array: bool = False
    """Whether the Hessian by a matrix is asked for as an array of four axes, not as a matrix."""
    level: int | None = None
    """How far XLA optimises JAX's own, of 3: at 3 LLVM unrolls a loop of 30 before it vectorises."""


def draws(seed: int = 7) -> np.random.Generator:
    return np.random.default_rng(seed)


def quadratic(n: int) -> Data:
    r = draws()
    return Data(A=r.normal(size=(n, n)), x=r.normal(size=n))


def regression(m: int, n: int) -> Data:
    r = draws()
    A = r.normal(size=(m, n)) / np.sqrt(n)
    return Data(A=A, x=r.normal(size=n), dx=r.normal(size=n), b=r.normal(size=m), y=(r.random(m) < 0.5) * 1.0)


def factors(m: int, n: int, k: int) -> Data:
    r = draws()
    return Data(U=r.normal(size=(m, k)), V=r.normal(size=(n, k)), T=r.normal(size=(m, n)))


def covariance(n: int) -> Data:
    r = draws()
    X, S, D = (r.normal(size=(n, n)) for _ in range(3))
    return Data(X=X @ X.T / n + np.eye(n), S=S + S.T, dX=D + D.T)


def net(m: int) -> Data:
    r = draws()
    return Data(X=r.normal(size=(m, 10)), W=r.normal(size=(20, 10)) / 3, b=r.normal(size=20), v=r.normal(size=20),
                c=0.3, y=r.normal(size=m))  # fmt: skip


def classes(m: int, d: int, k: int) -> Data:
    r = draws()
    Y = np.eye(k)[r.integers(0, k, m)]
    return Data(X=r.normal(size=(m, d)), W=r.normal(size=(d, k)) / np.sqrt(d), Y=Y)


def samples(m: int, n: int) -> Data:
    r = draws()
    return Data(X=r.normal(size=(m, n)), A=r.normal(size=(n, n)))


def typed_chain(n: int) -> Data:
    r = draws()
    return Data(W=r.normal(size=(n, n)) / np.sqrt(n), x=r.normal(size=n))


def logistic(L: Any, x: Any, d: Any) -> Any:
    z = d.A @ x
    return L.softplus(z).sum() - d.y @ z


def net_loss(L: Any, p: Any, d: Any) -> Any:
    W, b, v, c = p
    return ((L.tanh(d.X @ W.T + b) @ v + c - d.y) ** 2).sum() / 2


def weights_loss(L: Any, W: Any, d: Any) -> Any:
    return net_loss(L, (W, d.b, d.v, d.c), d)


def softmax_loss(L: Any, W: Any, d: Any) -> Any:
    Z = d.X @ W
    return L.logsumexp(Z, 1).sum() - (d.Y * Z).sum()


LOGISTIC = "sum(softplus(A*x)) - y'*A*x"
NET = "sum((tanh(X*W' + ones(m)*b')*v + c*ones(m) - y).^2)/2"
NET_SPACES = "X in R^(m×d), W in R^(h×d), b in R^h, v in R^h, c in R, y in R^m"
SOFTMAX = "sum(logsumexp_rows(X*W)) - tr(Y'*X*W)"
QUADRATIC, LEAST, LSE, FIT = "x'*A*x", "||A*x - b||^2", "logsumexp(A*x)", "sum((U*V' - T).^2)"
PROBLEMS = (
    Problem("quadratic x'Ax", "gradient", QUADRATIC, "x", quadratic, ((3,), (300,), (1000,)),
            lambda d: hand.grad_quadratic(d.A, d.x), lambda L, x, d: x @ d.A @ x),
    Problem("quadratic x'Ax", "Hessian", QUADRATIC, "x", quadratic, ((100,), (1000,)),
            lambda d: hand.hess_quadratic(d.A), lambda L, x, d: x @ d.A @ x),
    Problem("least squares", "Hessian", LEAST, "x", regression, ((1000, 200), (2000, 1000)),
            lambda d: hand.hess_least_squares(d.A), lambda L, x, d: ((d.A @ x - d.b) ** 2).sum()),
    Problem("logistic", "gradient", LOGISTIC, "x", regression, ((100, 20), (2000, 1000)),
            lambda d: hand.grad_logistic(d.A, d.y, d.x), logistic),
    Problem("logistic", "Hessian", LOGISTIC, "x", regression, ((100, 20), (1000, 100), (2000, 1000)),
            lambda d: hand.hess_logistic(d.A, d.x), logistic),
    Problem("logistic", "HVP", LOGISTIC, "x", regression, ((1000, 100), (10000, 500)),
            lambda d: hand.hvp_logistic(d.A, d.x, d.dx), logistic),
    Problem("log-sum-exp", "Hessian", LSE, "x", regression, ((1000, 100), (2000, 1000)),
            lambda d: hand.hess_logsumexp(d.A, d.x), lambda L, x, d: L.logsumexp(d.A @ x, 0)),
    Problem("matrix factorisation", "gradient", FIT, "U", factors, ((100, 100, 10), (1000, 1000, 10)),
            lambda d: hand.grad_factorisation(d.U, d.V, d.T), lambda L, U, d: ((U @ d.V.T - d.T) ** 2).sum()),
    Problem("matrix factorisation", "Hessian", FIT, "U", factors, ((10, 10, 5), (50, 50, 5), (100, 100, 10)),
            lambda d: hand.hess_factorisation(d.V, len(d.U)), lambda L, U, d: ((U @ d.V.T - d.T) ** 2).sum(),
            "", True),
    Problem("⟨S, X⟩ − log det X", "gradient", "tr(S*X) - logdet(X)", "X", covariance, ((50,), (500,)),
            lambda d: hand.grad_logdet(d.S, d.X), lambda L, X, d: (d.S * X).sum() - L.logdet(X),
            "X in PD(n), S in Sym(n)"),
    Problem("⟨S, X⟩ − log det X", "HVP", "tr(S*X) - logdet(X)", "X", covariance, ((200,), (500,)),
            lambda d: hand.hvp_logdet(d.X, d.dX), lambda L, X, d: (d.S * X).sum() - L.logdet(X),
            "X in PD(n), S in Sym(n)"),
    Problem("⟨S, X⟩ − log det X", "Hessian", "tr(S*X) - logdet(X)", "X", covariance, ((8,), (30,)),
            lambda d: hand.hess_logdet(d.X), lambda L, X, d: (d.S * X).sum() - L.logdet(X),
            "X in PD(n), S in Sym(n)", True),
    Problem("⟨S, X⟩ − log det X, four axes", "Hessian", "tr(S*X) - logdet(X)", "X", covariance,
            ((8,), (30,), (40,)),
            lambda d: hand.hess_logdet_axes(d.X), lambda L, X, d: (d.S * X).sum() - L.logdet(X),
            "X in R^(n×n), S in Sym(n)", array=True),
    Problem("⟨S, X⟩ − log det X, four axes, AD at level 2", "Hessian", "tr(S*X) - logdet(X)", "X", covariance,
            ((30,), (40,)),
            lambda d: hand.hess_logdet_axes(d.X), lambda L, X, d: (d.S * X).sum() - L.logdet(X),
            "X in R^(n×n), S in Sym(n)", array=True, level=2),
    Problem("net 10-20-1 tanh", "gradient", NET, "W", net, ((32,), (1000,)),
            lambda d: hand.grad_net(d.X, d.W, d.b, d.v, d.c, d.y), net_loss, NET_SPACES, False, ("W", "b", "v", "c")),
    Problem("net 10-20-1 tanh", "Hessian", NET, "W", net, ((32,), (1000,)),
            lambda d: hand.hess_net_weights(d.X, d.W, d.b, d.v, d.c, d.y), weights_loss, NET_SPACES, array=True),
    Problem("softmax regression", "gradient", SOFTMAX, "W", classes, ((200, 20, 5), (1000, 50, 10)),
            lambda d: hand.grad_softmax(d.X, d.W, d.Y), softmax_loss),
    Problem("softmax regression", "Hessian", SOFTMAX, "W", classes, ((200, 20, 5), (1000, 50, 10)),
            lambda d: hand.hess_softmax(d.X, d.W), softmax_loss, "", True, array=True),
    Problem("tanh(Ax)", "Jacobian", "tanh(A*x)", "x", quadratic, ((100,), (1000,)),
            lambda d: hand.jac_tanh(d.A, d.x), lambda L, x, d: L.tanh(d.A @ x)),
    Problem("per-sample xᵢ'Axᵢ", "gradient", "sum(diag(X*A*X'))", "X", samples, ((1000, 10), (1000, 100), (4000, 100)),
            lambda d: hand.per_sample(d.X, d.A), lambda L, X, d: ((X @ d.A) * X).sum()),
    Problem("x'W²(W²)'x as typed", "gradient", "x'*W^2*(W^2)'*x", "W", typed_chain, ((300,), (1000,)),
            lambda d: hand.grad_typed(d.x, d.W), lambda L, W, d: d.x @ (W @ W) @ (W @ W).T @ d.x),
)  # fmt: skip
