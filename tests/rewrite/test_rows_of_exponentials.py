"""Softmax and log-sum-exp of rows, however they are written: one form, which does not overflow."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import closedform as cf

RNG = np.random.default_rng(11)
Z, C = RNG.standard_normal((2, 4, 3))


@pytest.mark.parametrize(("text", "gradient"), [
    ("sum(log(rowsum(exp(Z))))", "softmax_rows(Z)"), ("sum(log(exp(Z)*ones(n)))", "softmax_rows(Z)"),
    ("sum(log(colsum(exp(Z))))", "softmax_rows(Z')'"),
    ("tr(C'*(exp(Z)./(rowsum(exp(Z))*ones(n)')))",
     "C.*softmax_rows(Z) - diag(rowsum(C.*softmax_rows(Z)))*softmax_rows(Z)"),
])  # fmt: skip
def test_gradients(text: str, gradient: str) -> None:
    g = cf.formula(text, "Z in R^(m×n), C in R^(m×n)").grad("Z")
    assert g.text == gradient and g.check().level == "A"
    assert np.isfinite(g.compile()(**{"Z": 1000 * Z} | ({"C": C} if "C" in g.variables else {}))).all()


def test_the_square_of_the_sums_leaves_one() -> None:
    f = cf.formula("tr(C'*diag(1./rowsum(exp(Z)).^2)*exp(Z))", "Z in R^(m×n), C in R^(m×n)")
    want = jax.grad(lambda z: (C * jnp.exp(z) / jnp.exp(z).sum(1, keepdims=True) ** 2).sum())(Z)
    assert np.allclose(f.grad("Z")(Z=Z, C=C), want, rtol=1e-5) and f.grad("Z").check().level == "A"


def test_a_loss_by_hand_keeps_its_shift() -> None:
    def loss(W: Any, X: Any, Y: Any) -> Any:
        S = X @ W
        S = S - S.max(axis=1, keepdims=True)
        return -(Y * (S - np.log(np.exp(S).sum(axis=1, keepdims=True)))).sum()

    W, X, Y = RNG.standard_normal((3, 4)), RNG.standard_normal((5, 3)), RNG.random((5, 4))
    slope = cf.grad(loss)
    slope(W, X, Y)
    want = jax.grad(lambda w: -(Y * jax.nn.log_softmax(X @ w, axis=1)).sum())(1000 * W)
    assert np.allclose(slope(1000 * W, X, Y), want, rtol=1e-5, atol=1e-6)
