"""Masks that are constants behind what is not defined everywhere, and matrices that are symmetric by construction."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import torch
import torch.nn.functional as F
from jax.scipy.linalg import cho_factor, cho_solve, cholesky

import closedform as cf
from closedform.errors import MissingRule
from closedform.functions.algebra import add, mul, num, scale, sym, transpose
from closedform.functions.elementwise import exp, sin
from closedform.functions.known_facts import facts_of

jax.config.update("jax_enable_x64", True)
rng = np.random.default_rng(21)
Z = rng.normal(size=(6, 4))
LABELS = torch.tensor([3, 4, 5, 0, 1, 2])
SELF = torch.eye(6, dtype=torch.bool)
LATER = torch.triu(torch.ones(6, 6, dtype=torch.bool), 1)


def _scores(z: Any) -> Any:
    z = F.normalize(z, dim=1)
    return z @ z.T / 0.5


TORCH: dict[str, Callable[..., Any]] = {
    "cross entropy, -inf": lambda z: F.cross_entropy(_scores(z).masked_fill(SELF, float("-inf")), LABELS),
    "cross entropy, -1e9": lambda z: F.cross_entropy(_scores(z).masked_fill(SELF, -1e9), LABELS),
    "logsumexp": lambda z: torch.logsumexp(_scores(z).masked_fill(SELF, -torch.inf), dim=1).mean(),
    "where": lambda z: torch.logsumexp(torch.where(SELF, torch.tensor(-torch.inf), _scores(z)), 1).sum(),
    "other side": lambda z: torch.softmax(torch.where(~LATER, _scores(z), -torch.inf), 1).square().sum(),
    "causal": lambda z: (torch.softmax((z @ z.T).masked_fill(LATER, -torch.inf), -1) @ z).square().sum(),
}


@pytest.mark.parametrize("name", TORCH)
def test_masks_of_torch(name: str) -> None:
    z, fn = torch.as_tensor(Z), TORCH[name]
    slope = cf.grad(fn)
    np.testing.assert_allclose(slope(z), torch.func.grad(fn)(z), rtol=1e-10, atol=1e-12)
    assert slope.check().level in ("A", "B")


def test_labels_of_the_data_as_a_mask() -> None:
    def loss(z: Any, y: Any) -> Any:
        same = y[:, None] == y[None, :]
        return torch.logsumexp(_scores(z).masked_fill(same, -1e3), 1).mean()

    z, y = torch.as_tensor(Z), torch.tensor([0, 0, 1, 1, 2, 2])
    np.testing.assert_allclose(cf.grad(loss)(z, y), torch.func.grad(loss)(z, y), rtol=1e-9, atol=1e-12)


def test_masks_of_numpy_and_jax() -> None:
    def loss(z: Any, np: Any = np) -> Any:
        z = z / np.linalg.norm(z, axis=1, keepdims=True)
        scores = np.where(np.eye(6, dtype=bool), -np.inf, z @ z.T)
        return np.sum(np.log(np.sum(np.exp(scores), axis=1)))

    def of_jax(z: Any) -> Any:
        return loss(z, jnp)

    true = jax.grad(of_jax)(Z)
    np.testing.assert_allclose(cf.grad(lambda z: loss(z))(Z), true, rtol=1e-10)
    np.testing.assert_allclose(cf.grad(of_jax)(jnp.asarray(Z)), true, rtol=1e-10)


def test_where_that_guards_its_branch_is_refused_in_the_words_of_the_library() -> None:
    z = torch.as_tensor(Z)
    with pytest.raises(MissingRule, match=r"torch\.where\(test, x, 1\)"):
        cf.grad(lambda z: torch.where(z > 0, torch.log(z), z).sum())(z)
    with pytest.raises(MissingRule, match=r"jnp\.where"):
        cf.grad(lambda z: jnp.where(z > 0, jnp.log(z), z).sum())(jnp.asarray(Z))
    with pytest.raises(MissingRule, match="fills a row"):
        cf.grad(lambda z: torch.softmax(z.masked_fill(torch.ones(6, 4, dtype=torch.bool), -torch.inf), 1).sum())(z)


def test_sums_with_their_transposes_are_symmetric() -> None:
    P, Q, S = sym("P", "n", "n"), sym("Q", "n", "n"), sym("S", "n", "n", ["sym"])
    for known in (
        add(exp(P), exp(transpose(P))),
        add(exp(mul(P, Q)), exp(mul(transpose(Q), transpose(P)))),
        add(scale(num(2), sin(exp(P))), S, scale(num(2), sin(exp(transpose(P))))),
    ):
        assert "sym" in facts_of(known)
    for other in (add(exp(P), exp(P)), add(exp(P), exp(transpose(Q))), add(exp(mul(P, Q)), exp(mul(Q, P)))):
        assert "sym" not in facts_of(other)


def _kernel(X: Any, ell: Any, noise: Any) -> Any:
    one = jax.vmap(lambda a: jax.vmap(lambda b: jnp.exp(-0.5 * jnp.sum((a - b) ** 2) / ell**2))(X))(X)
    return one + noise * jnp.eye(X.shape[0])


def _evidence(factor: Callable[[Any], Any]) -> Callable[..., Any]:
    def evidence(ell: Any, noise: Any, X: Any, y: Any) -> Any:
        L, lower = factor(_kernel(X, ell, noise))
        return 0.5 * y @ cho_solve((L, lower), y) + jnp.sum(jnp.log(jnp.diag(L)))

    return evidence


FACTORS: dict[str, Callable[[Any], Any]] = {
    "jnp": lambda K: (jnp.linalg.cholesky(K), True),
    "scipy lower": lambda K: (cholesky(K, lower=True), True),
    "scipy upper": lambda K: (cholesky(K), False),
    "cho_factor": lambda K: cho_factor(K),
}


@pytest.mark.parametrize("name", FACTORS)
def test_gaussian_process_by_nested_vmap(name: str) -> None:
    fn, at = _evidence(FACTORS[name]), (1.2, 0.3, jnp.asarray(Z[:5]), jnp.asarray(Z[:5, 0]))
    slope = cf.grad(fn)
    np.testing.assert_allclose(slope(*at), jax.grad(fn)(*at), rtol=1e-8, atol=1e-12)
    assert slope.check().level in ("A", "B")


def test_one_triangle_of_a_matrix_that_need_not_be_symmetric_is_refused() -> None:
    S = jnp.asarray(Z @ Z.T + np.eye(6))
    with pytest.raises(MissingRule, match="one triangle"):
        cf.grad(lambda S: jnp.sum(cholesky(S, lower=True)))(S)
