"""Products with derivatives (JVP, VJP, HVP) and batches: certified, and equal to what JAX computes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from closedform import DeclarationError, Formula, MissingRule, ShapeError, formula

jax.config.update("jax_enable_x64", True)
RNG = np.random.default_rng(7)
M, N = 5, 4
A, W, b, c, x, v = (RNG.normal(size=s) for s in ((M, N), (N, N), M, N, N, N))
u = RNG.normal(size=M)
Function = Callable[[Any], Any]

SCALARS: dict[str, tuple[str, Function, dict[str, Any]]] = {
    "quadratic": ("x'*W*x", lambda x: x @ W @ x, {"W": W, "x": x}),
    "least squares": ("1/2*||A*x - b||^2", lambda x: 0.5 * jnp.sum((A @ x - b) ** 2), {"A": A, "x": x, "b": b}),
    "logistic": ("sum(log(1 + exp(A*x)))", lambda x: jnp.sum(jnp.logaddexp(0, A @ x)), {"A": A, "x": x}),
    "log-sum-exp": ("log(sum(exp(A*x)))", lambda x: jax.nn.logsumexp(A @ x), {"A": A, "x": x}),
    "norm": ("||A*x||", lambda x: jnp.linalg.norm(A @ x), {"A": A, "x": x}),
}
VECTORS: dict[str, tuple[str, Function, dict[str, Any]]] = {
    "softmax": ("softmax(A*x)", lambda x: jax.nn.softmax(A @ x), {"A": A, "x": x}),
    "tanh": ("tanh(A*x + b)", lambda x: jnp.tanh(A @ x + b), {"A": A, "x": x, "b": b}),
    "normalised": ("A*x/||x||", lambda x: A @ x / jnp.linalg.norm(x), {"A": A, "x": x}),
}


def given_to(f: Formula, values: dict[str, Any]) -> dict[str, Any]:
    """The values that a formula takes."""
    return {name: value for name, value in values.items() if name in f.variables}


@pytest.mark.parametrize("name", SCALARS)
def test_the_hessian_along_a_direction(name: str) -> None:
    text, function, values = SCALARS[name]
    product = formula(text).hvp("x")
    assert product.check().level == "A"
    true = jax.jvp(jax.grad(function), (x,), (v,))[1]
    np.testing.assert_allclose(product(given_to(product, values), v=v), true, rtol=1e-11)


@pytest.mark.parametrize("name", VECTORS)
def test_the_jacobian_along_a_direction_and_its_transpose(name: str) -> None:
    text, function, values = VECTORS[name]
    forward, backward = formula(text).jvp("x"), formula(text).vjp("x")
    assert (forward.check().level, backward.check().level) == ("A", "A")
    _, push = jax.jvp(function, (x,), (v,))
    pull = jax.vjp(function, x)[1]
    np.testing.assert_allclose(forward(given_to(forward, values), v=v), push, rtol=1e-11)
    np.testing.assert_allclose(backward(given_to(backward, values), u=u), pull(u)[0], rtol=1e-11)


def test_a_matrix_variable() -> None:
    product = formula("logdet(X)").hvp("X", "V")
    assert product.text == "-X^-T*V'*X^-T"
    assert product.check().level == "A"
    X = W + 5 * np.eye(N)
    V = RNG.normal(size=(N, N))
    true = jax.jvp(jax.grad(lambda X: jnp.linalg.slogdet(X)[1]), (X,), (V,))[1]
    np.testing.assert_allclose(product(X=X, V=V), true, rtol=1e-10)


def test_names_that_are_taken_and_values_that_are_no_scalar() -> None:
    with pytest.raises(DeclarationError, match="v is a name"):
        formula("v'*x").jvp("x")
    with pytest.raises(ShapeError, match="gradient"):
        formula("A*x").hvp("x")


@pytest.mark.parametrize("name", SCALARS)
def test_gradients_of_every_row_at_once(name: str) -> None:
    text, function, values = SCALARS[name]
    batch = formula(text).grad("x").batch("x")
    assert batch.check().ok
    X = RNG.normal(size=(6, N))
    given = given_to(batch, values)
    np.testing.assert_allclose(batch(given, X=X), jax.vmap(jax.grad(function))(X), rtol=1e-10)


@pytest.mark.parametrize("name", VECTORS)
def test_values_of_every_row_at_once(name: str) -> None:
    text, function, values = VECTORS[name]
    batch = formula(text).batch("x")
    assert batch.check().ok
    X = RNG.normal(size=(6, N))
    given = given_to(batch, values)
    np.testing.assert_allclose(batch(given, X=X), jax.vmap(function)(X), rtol=1e-10)


def test_the_per_sample_gradient_is_not_the_gradient_of_the_sum() -> None:
    """``(x@A@x.T).sum()`` over rows has cross terms: its gradient is 1*1'*X*(A + A'), not X*(A + A')."""
    per_sample = formula("x'*A*x").grad("x").batch("x")
    crossed = formula("sum(X*A*X')").grad("X")
    assert per_sample.text == "X*(A + A')"
    assert crossed.text == "ones(m,m)*X*(A + A')" or "ones" in crossed.text
    X, Q = RNG.normal(size=(3, N)), RNG.normal(size=(N, N))
    np.testing.assert_allclose(crossed(X=X, A=Q), np.ones((3, 3)) @ per_sample(X=X, A=Q), rtol=1e-12)


def test_what_has_no_batch_says_so() -> None:
    with pytest.raises(ShapeError, match="rows"):
        formula("x'*A*x").batch("A")
    with pytest.raises(MissingRule, match="map it over the rows"):
        formula("x'*expm(diag(x))*x").batch("x")
