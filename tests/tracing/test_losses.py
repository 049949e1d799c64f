"""Functions as people write them, in NumPy, JAX and PyTorch: gradient against autodiff, and the certificate."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import torch

import closedform as cf

jax.config.update("jax_enable_x64", True)
rng = np.random.default_rng(6)
X, w, y, b = rng.normal(size=(7, 4)), rng.normal(size=4), rng.normal(size=7), rng.normal(size=3)
signs, counts, bits = np.sign(y), rng.integers(0, 5, size=7) * 1.0, (y > 0) * 1.0
W, Y, T = rng.normal(size=(3, 4)), rng.dirichlet(np.ones(3), size=7), rng.normal(size=(7, 2))
V, c, V2, c2 = rng.normal(size=(5, 3)), rng.normal(size=5), rng.normal(size=(2, 5)), rng.normal(size=2)
K = rng.normal(size=(4, 4))
S, A = K @ K.T + np.eye(4), K + 3 * np.eye(4)
U, Z, R = rng.normal(size=(7, 2)), rng.normal(size=(4, 2)), (rng.uniform(size=(7, 4)) > 0.4) * 1.0
Q, keys, vals = rng.normal(size=(6, 4)), rng.normal(size=(5, 4)), rng.normal(size=(5, 3))
mu, a = rng.normal(size=4), rng.normal(size=4)
deep = [rng.normal(size=s) / 2 for s in ((3, 4), 3, (5, 3), 5, (3, 5), 3, (4, 3), 4, (2, 4), 2)]


def network(n: Any, X: Any, *layers: Any) -> Any:
    for k in range(0, len(layers), 2):
        X = X @ layers[k].T + layers[k + 1]
        if k < len(layers) - 2:
            X = n.tanh(X)
    return X


FUNCTIONS: dict[str, tuple[Callable[..., Any], tuple[Any, ...]]] = {
    "least squares": (lambda n, w, X, y: ((X @ w - y) ** 2).sum() / 2, (w, X, y)),
    "mean squared error": (lambda n, w, X, y: ((X @ w - y) ** 2).mean(), (w, X, y)),
    "ridge": (lambda n, w, X, y, lam: ((X @ w - y) ** 2).sum() / X.shape[0] + lam * (w @ w), (w, X, y, 0.3)),
    "lasso": (lambda n, w, X, y: ((X @ w - y) ** 2).sum() / 2 + 0.1 * n.abs(w).sum(), (w, X, y)),
    "elastic net by matrix": (lambda n, X, w, y: ((X @ w - y) ** 2).sum() + 0.5 * (X**2).sum(), (X, w, y)),
    "weighted least squares": (lambda n, w, X, y, p: (p * (X @ w - y) ** 2).sum(), (w, X, y, bits + 0.5)),
    "logistic with signs": (lambda n, w, X, y: n.log(1 + n.exp(-y * (X @ w))).mean(), (w, X, signs)),
    "logistic with bits": (lambda n, w, X, y: (n.log1p(n.exp(X @ w)) - y * (X @ w)).sum(), (w, X, bits)),
    "poisson": (lambda n, w, X, y: (n.exp(X @ w) - y * (X @ w)).sum(), (w, X, counts)),
    "gamma regression": (lambda n, w, X, y: (X @ w + y**2 * n.exp(-(X @ w))).mean(), (w, X, y)),
    "hinge": (lambda n, w, X, y: n.maximum(1 - y * (X @ w), 0 * y).sum(), (w, X, signs)),
    "least squares in several": (lambda n, W, X, Y: ((X @ W.T - Y) ** 2).sum(), (W, X, Y)),
    "softmax regression": (
        lambda n, W, X, Y: (n.log(n.exp(X @ W.T).sum(1)) - (Y * (X @ W.T)).sum(1)).mean(), (W, X, Y)),
    "gaussian likelihood by mean": (
        lambda n, mu, X, S: (((X - mu) @ n.linalg.inv(S)) * (X - mu)).sum() / 2, (mu, X, S)),
    "gaussian likelihood by covariance": (
        lambda n, S, x, mu: (x - mu) @ n.linalg.solve(S, x - mu) / 2 + n.linalg.slogdet(S)[1] / 2, (S, a, mu)),
    "squared exponential kernel": (lambda n, x, z: n.exp(-((x - z) ** 2).sum() / 2), (mu, a)),
    "kernel ridge": (lambda n, a, S, z: ((S @ a - z) ** 2).sum() + 0.2 * a @ S @ a, (a, S, mu)),
    "attention": (
        lambda n, Q, K, V: ((n.exp(Q @ K.T / 2) / n.exp(Q @ K.T / 2).sum(1)[:, None]) @ V).sum(), (Q, keys, vals)),
    "layer norm": (
        lambda n, X, g: (g * (X - X.mean(1)[:, None]) / n.sqrt(((X - X.mean(1)[:, None]) ** 2).mean(1) + 1e-5)[:, None]
                         ).sum(0) @ g, (X, w)),
    "network of one hidden layer": (
        lambda n, W, b, V, c, X, T: ((network(n, X, W, b, V, c)[:, :2] - T) ** 2).mean(), (W, b, V, c, X, T)),
    "network of two hidden layers": (
        lambda n, W, b, V, c, V2, c2, X, T: ((network(n, X, W, b, V, c, V2, c2) - T) ** 2).mean(),
        (W, b, V, c, V2, c2, X, T)),
    "network of five layers": (
        lambda n, *given: ((network(n, given[-2], *given[:-2]) - given[-1]) ** 2).mean(), (*deep, X, T)),
    "kernel matrix": (
        lambda n, X, a: a @ n.exp(-((X[:, None] - X[None]) ** 2).sum(-1) / 2) @ a, (Q[:3, :2], b)),
    "gaussian process likelihood": (
        lambda n, s, S, x: x @ n.linalg.solve(s * S + n.eye(4), x) / 2 + n.linalg.slogdet(s * S + n.eye(4))[1] / 2,
        (0.7, S, mu)),
    "triplet": (
        lambda n, L, x, y, z: n.maximum(((L @ (x - y)) ** 2).sum() - ((L @ (x - z)) ** 2).sum() + 1, 0 * (x @ x)),
        (W, w, mu, a)),
    "contrastive": (
        lambda n, U, V: (n.log(n.exp(U @ V.T).sum(1)) - (U * V).sum(1)).mean(), (Q[:5], keys)),
    "attention with weights": (
        lambda n, A, Q, K, V: ((n.exp(Q @ A @ K.T) / n.exp(Q @ A @ K.T).sum(1)[:, None]) @ V).sum(),
        (K, Q, keys, vals)),
    "matrix factorisation": (lambda n, U, Z, X, R: (R * (U @ Z.T - X) ** 2).sum(), (U, Z, X, R)),
    "metric learning": (lambda n, L, x, z: n.log(1 + ((L @ (x - z)) ** 2).sum()), (K, mu, a)),
    "portfolio": (lambda n, w, S, mu, g: w @ mu - g / 2 * (w @ S @ w), (w, S, mu, 2.5)),
    "sharpe ratio": (lambda n, w, S, mu: (w @ mu) / n.sqrt(w @ S @ w), (w, S, mu)),
    "rayleigh quotient": (lambda n, x, A: (x @ A @ x) / (x @ x), (w, A)),
    "log determinant": (lambda n, A: n.linalg.slogdet(A)[1], (A,)),
    "cosine": (lambda n, x, z: (x @ z) / n.sqrt((x @ x) * (z @ z)), (w, a)),
    "procrustes": (lambda n, A, X, T: ((X @ A - T) ** 2).sum(), (Z, X, T)),
}  # fmt: skip


def numpy_style(fn: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *args: fn(np, *args)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_in_every_style(name: str) -> None:
    fn, args = FUNCTIONS[name]
    jaxs = tuple(jnp.asarray(x) if isinstance(x, np.ndarray) else x for x in args)
    truth = np.asarray(jax.grad(lambda *g: fn(jnp, *g))(*jaxs))
    mine = cf.grad(numpy_style(fn))
    np.testing.assert_allclose(mine(*args), truth, rtol=1e-8, atol=1e-10)
    np.testing.assert_allclose(cf.grad(lambda *g: fn(jnp, *g))(*jaxs), truth, rtol=1e-8, atol=1e-10)
    tensors = tuple(torch.tensor(x) if isinstance(x, np.ndarray) else x for x in args)
    found = cf.grad(lambda *g: fn(torch, *g))(*tensors)
    assert isinstance(found, torch.Tensor)
    np.testing.assert_allclose(found.numpy(), truth, rtol=1e-8, atol=1e-10)
    assert mine.check().level in "AB", mine.check().line()
