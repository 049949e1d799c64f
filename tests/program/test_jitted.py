"""JAX programs as one call of XLA: the same answers and errors, and within transformations of the caller's own."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import scipy.sparse
from backends import LIKE

import closedform as cf
from closedform.errors import ClosedformError, ValueProblem

RNG = np.random.default_rng(11)
X = RNG.standard_normal((4, 4)) + 5 * np.eye(4)
HESSIAN = cf.formula("-logdet(X)", "X in R^(n×n)").hessian("X")
QUICK = HESSIAN.compile("jax", dense=True, jit=True)
TRUTH = np.asarray(jax.hessian(lambda X: -jnp.linalg.slogdet(X)[1])(LIKE["jax"](X)))


def test_an_array_of_four_axes_is_that_of_jax() -> None:
    assert QUICK.options == {"xla_backend_optimization_level": 2}
    for given in (X, LIKE["jax"](X), X.tolist()):
        assert np.allclose(QUICK(given), TRUTH, rtol=1e-9, atol=1e-12)
    assert np.allclose(QUICK(X=X), TRUTH, rtol=1e-9, atol=1e-12)


def test_within_transformations() -> None:
    at = LIKE["jax"](X)
    assert np.allclose(jax.jit(QUICK)(at), TRUTH, rtol=1e-9, atol=1e-12)
    assert np.allclose(jax.vmap(QUICK)(jnp.stack([2 * at, at]))[1], TRUTH, rtol=1e-9, atol=1e-12)
    third = jax.jacfwd(QUICK)(at)
    step = 1e-5 * RNG.standard_normal((4, 4))
    slope = (np.asarray(QUICK(X + step)) - np.asarray(QUICK(X - step))) / 2
    assert np.allclose(np.tensordot(third, step, 2), slope, rtol=1e-5, atol=1e-12)


def test_sizes_stay_numbers_and_names_are_taken() -> None:
    f = cf.formula("tr(A)*eye(n)", "A in R^(k×k)").compile("jax", jit=True)
    assert f.options is None
    assert f.arguments == ("A", "n")
    at = LIKE["jax"](X)
    for n in (3, 5):
        assert np.allclose(f(at, n), np.trace(X) * np.eye(n))
        assert np.allclose(f(n=n, A=at), np.trace(X) * np.eye(n))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (scipy.sparse.eye(4), "X is sparse"), ("a", "X is str"), (np.ones(3), "X has shape"),
        (np.ones((3, 4)), "sizes do not match"), (1j * X, "complex"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused_as_without(given: object, said: str) -> None:
    plain = HESSIAN.compile("jax", dense=True)
    for program in (plain, QUICK):
        with pytest.raises(ValueProblem, match=said):
            program(given)


def test_it_is_for_jax() -> None:
    with pytest.raises(ClosedformError, match="jit=True is for programs of JAX"):
        HESSIAN.compile("torch", jit=True)
