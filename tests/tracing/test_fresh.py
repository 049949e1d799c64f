"""Functions as people write them, which found faults when they were first read."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import torch
import torch.nn.functional as F

import closedform as cf

jax.config.update("jax_enable_x64", True)
rng = np.random.default_rng(77)


def _mixture(mu: Any, X: Any, np: Any = np) -> Any:
    d = np.sum((X[:, None, :] - np.stack([mu, -mu, 2 * mu])[None]) ** 2, axis=-1)
    return -np.sum(np.log(np.sum(np.exp(-0.5 * d), axis=1)))


def test_a_hessian_without_a_matrix_form_is_an_array_all_the_same() -> None:
    mu, X = rng.normal(size=3), rng.normal(size=(8, 3))
    found = cf.hessian(lambda mu, X: _mixture(mu, X))
    np.testing.assert_allclose(found(mu, X), jax.hessian(lambda m: _mixture(m, X, jnp))(mu), atol=1e-12)
    assert "dmu" in found.formula.text


def test_windows_of_a_vector_are_certified_at_sizes_that_have_them() -> None:
    k, x = rng.normal(size=5), rng.normal(size=9)

    def energy(k: Any, x: Any, np: Any = np) -> Any:
        return np.sum(np.stack([k @ x[i : i + 5] for i in range(5)]) ** 2)

    slope = cf.grad(lambda k, x: energy(k, x), 1)
    np.testing.assert_allclose(slope(k, x), jax.grad(lambda x: energy(k, x, jnp))(x), atol=1e-12)
    assert slope.check().ok


def test_unfold() -> None:
    x, k = torch.as_tensor(rng.normal(size=6)), torch.as_tensor(rng.normal(size=3))

    def energy(x: Any, k: Any) -> Any:
        return (x.unfold(0, 3, 1) @ k).square().sum()

    np.testing.assert_allclose(cf.grad(energy)(x, k), torch.func.grad(energy)(x, k), atol=1e-12)


def test_supervised_contrastive_loss() -> None:
    z, y = torch.as_tensor(rng.normal(size=(6, 4))), torch.tensor([0, 0, 1, 1, 2, 2])

    def loss(z: Any, y: Any) -> Any:
        z = F.normalize(z, dim=1)
        own = torch.eye(6, dtype=torch.bool)
        scores = (z @ z.T / 0.5).masked_fill(own, -1e9)
        logs = scores - torch.logsumexp(scores, 1, keepdim=True)
        pairs = ((y[:, None] == y[None]) & ~own).double()
        return -(pairs * logs).sum(1).div(pairs.sum(1)).mean()

    np.testing.assert_allclose(cf.grad(loss)(z, y), torch.func.grad(loss)(z, y), rtol=1e-9, atol=1e-12)


def test_causal_attention_of_jax() -> None:
    x, W, V = (jnp.asarray(rng.normal(size=s)) for s in ((6, 4), (4, 4), (4, 3)))

    def loss(x: Any, W: Any, V: Any) -> Any:
        scores = jnp.where(jnp.tril(jnp.ones((6, 6), bool)), (x @ W) @ x.T / jnp.sqrt(4.0), -jnp.inf)
        return jnp.sum(jnp.tanh(jax.nn.softmax(scores) @ (x @ V)))

    np.testing.assert_allclose(cf.grad(loss, 1)(x, W, V), jax.grad(loss, 1)(x, W, V), rtol=1e-9, atol=1e-12)
