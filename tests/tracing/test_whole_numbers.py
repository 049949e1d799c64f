"""Arrays of short whole numbers: right, or refused where their library would come round at the other end."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import torch

import closedform as cf
from closedform.errors import ClosedformError, LimitError, ValueProblem

W = np.array([0.5, 0.25])
SMALL = np.array([[1, 2], [3, 4], [5, 7]], np.int8)
LARGE = np.array([[100, 50], [3, 4], [5, 7]], np.int8)


def squares(w, X):
    return ((X * X) @ w).sum()


def torch_squares(w, X):
    return ((X * X).double() @ w).sum()


CASES = {"numpy": (squares, np.asarray), "jax": (squares, jnp.asarray), "torch": (torch_squares, torch.as_tensor)}


@pytest.mark.parametrize("library", CASES)
@pytest.mark.parametrize("dtype", ["int8", "uint8"])
def test_squares_beyond_the_type_are_refused_at_later_calls_too(library, dtype):
    f, array = CASES[library]
    slope = cf.grad(f)
    small, large = array(SMALL.astype(dtype)), array(LARGE.astype(dtype))
    assert np.allclose(np.asarray(slope(array(W), small)), (SMALL.astype(float) ** 2).sum(0))
    for answer in (slope, cf.grad(f)):
        with pytest.raises(ValueProblem, match=dtype):
            answer(array(W), large)


def test_wider_types_hold_what_short_ones_do_not():
    slope = cf.grad(squares)
    for dtype in ("int16", "int64", "float64"):
        assert np.allclose(slope(W, LARGE.astype(dtype)), (LARGE.astype(float) ** 2).sum(0))


def test_arrays_that_are_closed_over():
    X = LARGE.copy()
    slope = cf.grad(lambda w: ((X * X) @ w).sum())
    with pytest.raises(ValueProblem, match="X"):
        slope(W)
    X[:] = SMALL
    assert np.allclose(slope(W), (SMALL.astype(float) ** 2).sum(0))


def test_labels_in_eight_bits():
    def loss(w, X, y):
        p = 1 / (1 + np.exp(-X @ w))
        return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))

    X, y = SMALL / 10.0, np.array([0, 1, 1], np.uint8)
    slope = cf.grad(loss)
    assert np.allclose(slope(W, X, y), X.T @ (1 / (1 + np.exp(-X @ W)) - y) / 3)
    with pytest.raises(ValueProblem, match="uint8"):
        slope(W, X, np.array([0, 2, 1], np.uint8))


def test_truth_values_add_up_to_truth_values():
    slope = cf.grad(lambda w, m: np.sum((m + m) * 1.0 * w))
    assert np.allclose(slope(W, np.array([False, False])), 0)
    assert np.allclose(slope(W, np.array([True, False])), [1, 0])


def test_functions_of_eight_bits_that_numpy_rounds():
    assert np.allclose(cf.grad(lambda w, X: np.sum(np.sqrt(X) @ w))(W, LARGE), np.sqrt(LARGE.astype(float)).sum(0))


def residual(steps):
    def f(w):
        for _ in range(steps):
            w = w - 0.01 * np.tanh(w)
        return w.sum()

    return f


def test_long_loops_are_refused_by_name():
    for steps in (300, 3000):
        with pytest.raises(LimitError, match="loops unrolled"):
            cf.grad(residual(steps))(W)


def test_transformations_of_jax_go_through_a_derivative():
    def f(x):
        return jnp.sum(jnp.tanh(x) ** 2 * jnp.arange(1.0, 4.0))

    x = jnp.array([0.1, -0.4, 0.7])
    slope, its = cf.grad(f), jax.grad(f)
    assert np.allclose(jax.jit(slope)(x), its(x), atol=1e-5)
    assert np.allclose(jax.vmap(slope)(jnp.stack([x, 2 * x])), jax.vmap(its)(jnp.stack([x, 2 * x])), atol=1e-5)
    assert np.allclose(jax.jacobian(slope)(x), jax.hessian(f)(x), atol=1e-5)
    assert np.allclose(cf.jacobian(slope)(x), jax.hessian(f)(x), atol=1e-5)


def test_transformations_of_torch_are_named():
    x = torch.tensor([[0.1, 0.2], [0.3, -0.4]], dtype=torch.float64)
    with pytest.raises(ClosedformError, match="hides the values"):
        torch.func.vmap(cf.grad(lambda x: torch.sum(torch.tanh(x))))(x)


def test_a_jax_function_before_any_call():
    with pytest.raises(ClosedformError, match="at arrays, or with declared shapes"):
        cf.grad(lambda w, X: jnp.sum((X @ w) ** 2)).formula  # noqa: B018


def test_what_is_declared_of_no_argument():
    with pytest.raises(ClosedformError, match="no argument V"):
        cf.grad(lambda x: np.sum(x**2), where="V in R^k").formula  # noqa: B018


def test_a_choice_within_a_choice():
    def f(x):
        safe = jnp.where(x > 0, x, 1.0)
        return jnp.sum(jnp.where(x > 0, jnp.log(safe) * x, 0.0))

    x = jnp.array([0.5, -0.2, 2.0])
    assert np.allclose(cf.grad(f)(x), jax.grad(f)(x), atol=1e-6)


def test_why_a_formula_has_no_value():
    from scipy.special import entr

    with pytest.raises(ValueProblem, match="has none"):
        cf.grad(lambda p: np.sum(entr(p)))(np.array([0.0, 0.3, 0.7]))


class Held:
    __slots__ = ("b",)

    @property
    def twice(self):
        return 2 * self.b


def test_slots_properties_and_attributes_by_name_are_watched():
    held, name, x = Held(), "b", np.array([1.0, 2.0])
    held.b = 2.0
    for f in (lambda x: held.twice * x.sum(), lambda x: getattr(held, name) * x.sum()):
        slope = cf.grad(f)
        before = slope(x)
        held.b += 1.0
        assert np.allclose(slope(x), before * held.b / (held.b - 1))
