"""JAX functions: primitives and named sub-computations against jax.grad; trees of arguments."""

from collections.abc import Callable
from typing import Any, NamedTuple

import jax
import jax.nn as nn
import jax.numpy as jnp
import jax.scipy as js
import numpy as np
import pytest

import closedform as cf
from closedform.errors import ClosedformError

jax.config.update("jax_enable_x64", True)
rng = np.random.default_rng(17)
X, w, y, W = (jnp.asarray(rng.normal(size=s)) for s in ((7, 4), 4, 7, (3, 4)))
A, Y, T, b, V = (jnp.asarray(rng.normal(size=s)) for s in ((4, 4), (7, 3), (7, 2), 3, (2, 3)))
S = A @ A.T + jnp.eye(4)
p = jnp.asarray(rng.uniform(0.2, 0.8, size=4))
ids = jnp.asarray([0, 2, 1, 1, 0, 2, 0])
layers = {"W1": W, "b1": b, "W2": V}

FUNCTIONS: dict[str, tuple[Callable[..., Any], tuple[Any, ...]]] = {
    "dot_general": (lambda w, A: w @ A @ w, (w, A)),
    "reduce_sum, integer_pow": (lambda w, X, y: jnp.mean((X @ w - y) ** 2) + 0.1 * jnp.sum(w**2), (w, X, y)),
    "logaddexp": (lambda w, X, y: jnp.sum(jnp.logaddexp(0, -y * (X @ w))), (w, X, y)),
    "log_softmax": (lambda W, X, Y: -jnp.mean(jnp.sum(Y * nn.log_softmax(X @ W.T), axis=1)), (W, X, Y)),
    "softmax": (lambda W, X, Y: jnp.sum(Y * nn.softmax(X @ W.T)), (W, X, Y)),
    "logsumexp": (lambda w, X: js.special.logsumexp(X @ w), (w, X)),
    "logsumexp of rows": (lambda W, X, y: y @ js.special.logsumexp(X @ W.T, axis=1), (W, X, y)),
    "dictionary": (lambda q, X, T: jnp.mean((jnp.tanh(X @ q["W1"].T + q["b1"]) @ q["W2"].T - T) ** 2), (layers, X, T)),
    "relu": (lambda q, X, T: jnp.mean((nn.relu(X @ q["W1"].T + q["b1"]) @ q["W2"].T - T) ** 2), (layers, X, T)),
    "slogdet": (lambda A: jnp.linalg.slogdet(A @ A.T + jnp.eye(4))[1], (A,)),
    "inv": (lambda A, w: w @ jnp.linalg.inv(A) @ w, (A, w)),
    "solve": (lambda A, w: w @ jnp.linalg.solve(A, w), (A, w)),
    "norm": (lambda w, X: jnp.linalg.norm(X @ w), (w, X)),
    "trace": (lambda A: jnp.trace(A @ A), (A,)),
    "det": (lambda A: jnp.linalg.det(A), (A,)),
    "cholesky": (lambda S: jnp.sum(jnp.log(jnp.diag(jnp.linalg.cholesky(S)))), (S,)),
    "eigh": (lambda S: jnp.linalg.eigh(S)[0][0], (S,)),
    "expm": (lambda A: jnp.trace(js.linalg.expm(A)), (A,)),
    "kron": (lambda A, W: jnp.sum(jnp.kron(A, W) ** 2), (A, W)),
    "var": (lambda w: jnp.var(w), (w,)),
    "gelu": (lambda w, X: jnp.sum(nn.gelu(X @ w)), (w, X)),
    "silu": (lambda w, X: jnp.sum(nn.silu(X @ w)), (w, X)),
    "sigmoid": (lambda w, X: jnp.sum(nn.sigmoid(X @ w)), (w, X)),
    "softplus": (lambda w, X: jnp.sum(nn.softplus(X @ w)), (w, X)),
    "log_sigmoid": (lambda w, X: jnp.sum(nn.log_sigmoid(X @ w)), (w, X)),
    "leaky_relu": (lambda w, X: jnp.sum(nn.leaky_relu(X @ w)), (w, X)),
    "elu": (lambda w, X: jnp.sum(nn.elu(X @ w)), (w, X)),
    "select_n": (lambda w, X: jnp.sum(jnp.where(X @ w > 0, (X @ w) ** 2, -X @ w)), (w, X)),
    "max, min": (lambda w, p: jnp.sum(jnp.maximum(w, p) * jnp.minimum(w, 2 * p)), (w, p)),
    "clip": (lambda w: jnp.sum(jnp.clip(w, -0.5, 0.4) * w), (w,)),
    "cond": (lambda w: jax.lax.cond(w[0] > 0, lambda x: x.sum(), lambda x: (x**2).sum(), w), (w,)),
    "scan": (lambda w: jax.lax.scan(lambda c, t: (c * 0.5 + t**2, None), 0.0, w)[0], (w,)),
    "fori_loop": (lambda w: jax.lax.fori_loop(0, 3, lambda i, c: c * 2 + w.sum() * i, 0.0), (w,)),
    "vmap": (lambda A, X: jnp.sum(jax.vmap(lambda x: x @ A @ x)(X)), (A, X)),
    "jit": (lambda w, X: jax.jit(lambda v: jnp.sum(jnp.cos(v)))(X @ w), (w, X)),
    "one_hot": (lambda W, X, ids: -jnp.sum(nn.one_hot(ids, 3) * nn.log_softmax(X @ W.T)), (W, X, ids)),
    "one_hot of a closed-over array": (lambda W, X: jnp.sum(nn.one_hot(ids, 3) * nn.softmax(X @ W.T)), (W, X)),
    "slice": (lambda w: w[0] * w[-1] + w[1:3].sum(), (w,)),
    "outer": (lambda w, y: jnp.sum(jnp.outer(w, y) ** 2), (w, y)),
    "concatenate": (lambda w, y: jnp.sum(jnp.concatenate([w, 2 * y]) ** 2), (w, y)),
    "stack": (lambda w, p: jnp.sum(jnp.stack([w, p]) ** 3), (w, p)),
    "reduce_prod": (lambda w: jnp.prod(w), (w,)),
    "reduce_max": (lambda w: jnp.max(w) ** 2, (w,)),
    "cumsum": (lambda w: jnp.sum(jnp.cumsum(w) ** 2), (w,)),
    "exp, log, log1p, expm1": (lambda p: jnp.sum(jnp.exp(p) * jnp.log(p) + jnp.log1p(p) - jnp.expm1(p)), (p,)),
    "sin, cos, tan": (lambda p: jnp.sum(jnp.sin(p) + jnp.cos(p) * jnp.tan(p)), (p,)),
    "asin, acos, atan": (lambda p: jnp.sum(jnp.arcsin(p) + jnp.arccos(p) * jnp.arctan(p)), (p,)),
    "sinh, cosh": (lambda p: jnp.sum(jnp.sinh(p) * jnp.cosh(p)), (p,)),
    "sqrt, rsqrt, pow": (lambda p: jnp.sum(jnp.sqrt(p) + jax.lax.rsqrt(p) * p**2.5), (p,)),
    "abs, sign": (lambda w: jnp.sum(jnp.abs(w) * w + jnp.sign(w) * w), (w,)),
    "erf, erfc, lgamma, digamma": (
        lambda p: jnp.sum(js.special.erf(p) * js.special.erfc(p) + js.special.gammaln(p) * js.special.digamma(p)),
        (p,)),
    "normal density": (lambda w: jnp.sum(js.stats.norm.logpdf(w)), (w,)),
    "layer norm": (
        lambda X: jnp.sum(((X - X.mean(1, keepdims=True)) / jnp.sqrt(X.var(1, keepdims=True) + 1e-5)) ** 3), (X,)),
    "reshape, transpose": (lambda X, T: jnp.sum((X.reshape(2, 14) @ T.reshape(14, 1)).T ** 2), (X, T)),
    "tril, triu": (lambda A: jnp.sum(jnp.tril(A) @ jnp.triu(A)), (A,)),
    "pinv": (lambda X: jnp.sum(jnp.linalg.pinv(X) ** 2), (X,)),
}  # fmt: skip


@pytest.mark.parametrize("name", FUNCTIONS)
def test_gradient(name: str) -> None:
    fn, args = FUNCTIONS[name]
    mine, truth = cf.grad(fn)(*args), jax.grad(fn)(*args)
    assert jax.tree.structure(mine) == jax.tree.structure(truth)
    for one, other in zip(jax.tree.leaves(mine), jax.tree.leaves(truth), strict=True):
        assert isinstance(one, jax.Array)
        np.testing.assert_allclose(one, other, rtol=1e-8, atol=1e-10)


class Pair(NamedTuple):
    slope: Any
    shift: Any


def test_trees_of_arguments() -> None:
    tree = {"first": [W, b], "second": Pair(V, jnp.asarray([0.1, -0.2]))}

    def loss(q: Any, X: Any) -> Any:
        hidden = jnp.tanh(X @ q["first"][0].T + q["first"][1])
        return jnp.sum((hidden @ q["second"].slope.T + q["second"].shift) ** 2)

    mine, truth = cf.grad(loss)(tree, X), jax.grad(loss)(tree, X)
    assert jax.tree.structure(mine) == jax.tree.structure(truth)
    jax.tree.map(lambda a, b: np.testing.assert_allclose(a, b, rtol=1e-9), mine, truth)


@pytest.mark.parametrize(("fn", "said"), [
    (lambda x: jax.lax.while_loop(lambda c: c[0] < 3.0, lambda c: c * 2, x).sum(), "while_loop"),
    (lambda x: jnp.sort(x)[0], "sort"),
    (lambda x: jax.lax.stop_gradient(x) @ x, "stop_gradient"),
    (lambda x: jnp.sum(x[:, None, None, None] * x[None, :, None, None]), "four axes"),
])  # fmt: skip
def test_what_is_refused_is_named(fn: Callable[..., Any], said: str) -> None:
    with pytest.raises(ClosedformError, match=said):
        cf.grad(fn)(w)


def test_sizes_are_named() -> None:
    slope = cf.grad(lambda w, X, y: jnp.mean((X @ w - y) ** 2))
    slope(w, X, y)
    assert slope.function.where == "w in R^n, X in R^(m×n), y in R^m"
    assert slope.formula == cf.formula("1/m*||X*w - y||^2", "X in R^(m×n)").grad("w")
    small = slope(w[:2], X[:5, :2], y[:5])
    np.testing.assert_allclose(small, jax.grad(lambda w, X, y: jnp.mean((X @ w - y) ** 2))(w[:2], X[:5, :2], y[:5]))
