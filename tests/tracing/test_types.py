"""The types of answers: those that the gradients of the library itself have; labels under ``jax.jit``."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import torch

import closedform as cf
from closedform.errors import ClosedformError, LimitError
from closedform.functions.algebra import mul, sym
from closedform.program import products
from closedform.tracing.extent import answers_within_limits

jax.config.update("jax_enable_x64", True)
rng = np.random.default_rng(8)
X, W, C = rng.normal(size=(5, 3)), rng.normal(size=(3, 4)), rng.integers(0, 200, (5, 3)).astype("uint8")
Y, B = np.array([0, 2, 1, 3, 3]), np.array([True, False, True, True, False])


def square(w, X, y):
    return ((X @ w - y) ** 2).mean()


def weighed(w, X, y):
    return (((X @ w) * y) ** 2).mean()


def signs(w, X, y):
    return ((X @ w) * (2 * y - 1)).sum()


TORCH = {
    "int64": (square, torch.tensor(Y)), "uint8": (square, torch.tensor(Y, dtype=torch.uint8)),
    "truth values": (weighed, torch.tensor(B)), "float64": (square, torch.tensor(Y, dtype=torch.float64)),
    "converted": (lambda w, X, y: ((X @ w - y.float()) ** 2).mean(), torch.tensor(Y)),
    "to double": (lambda w, X, y: ((X @ w - y.double()) ** 2).mean(), torch.tensor(Y)),
    "signs": (signs, torch.tensor(Y)), "quotient": (lambda w, X, y: (X @ w - y / 7).sum() ** 2, torch.tensor(Y)),
}  # fmt: skip


@pytest.mark.parametrize("dtype", [torch.float32, torch.float16])
@pytest.mark.parametrize("case", TORCH)
def test_torch_promotes_whole_numbers_to_the_floats_beside_them(case, dtype):
    loss, y = TORCH[case]
    w, Z = (torch.tensor(a, dtype=dtype) for a in (W[:, 0], X))
    value, slope = cf.value_and_grad(loss)(w, Z, y)
    u = w.clone().requires_grad_()
    its = loss(u, Z, y)
    (truth,) = torch.autograd.grad(its, u)
    assert (value.dtype, slope.dtype) == (its.dtype, truth.dtype)
    close = 2e-2 if dtype is torch.float16 else 1e-5
    assert torch.allclose(slope, truth, close, close * float(truth.abs().max()))


def test_torch_differences_of_large_whole_numbers_are_exact():
    def f(w, a, b):
        return (w * (a - b)).sum()

    w, a = torch.ones(2), torch.tensor([1_700_000_001, 1_700_000_130])
    assert cf.grad(f)(w, a, torch.full((2,), 1_700_000_000)).tolist() == [1.0, 130.0]


def test_a_module_in_float32_with_labels_as_targets():
    model = torch.nn.Linear(3, 1)
    target = torch.tensor(Y > 1, dtype=torch.int64)

    def loss(model, X, y):
        return torch.nn.functional.binary_cross_entropy_with_logits(model(X)[:, 0], y.float())

    found = cf.grad(loss)(model, torch.tensor(X, dtype=torch.float32), target)
    loss(model, torch.tensor(X, dtype=torch.float32), target).backward()
    assert found["weight"].dtype is torch.float32
    assert torch.allclose(found["weight"], model.weight.grad, 1e-5, 1e-6)
    assert torch.allclose(found["bias"], model.bias.grad, 1e-5, 1e-6)


@pytest.mark.parametrize(
    ("own", "other"),
    [("float32", "uint8"), ("float32", "int64"), ("float64", "int32"), ("float32", "float64"), ("float64", "float32")],
)
def test_jax_and_numpy_gradients_are_of_the_type_of_their_argument(own, other):
    w, y = W[:, 0].astype(own), Y.astype(other)
    for Z in (C,) if other == "int64" else (X.astype(own),):
        given = tuple(map(jnp.asarray, (w, Z, y)))
        truth = jax.grad(square)(*given)
        for slope in (cf.grad(square), jax.jit(cf.grad(square))):
            assert slope(*given).dtype == truth.dtype == own
            assert np.allclose(slope(*given), truth, 1e-4)
        value, slope = cf.value_and_grad(square)(w, Z, y)
        assert (np.asarray(value).dtype, slope.dtype) == (square(w, Z, y).dtype, own)
        assert np.allclose(slope, truth, 1e-4)


LABELS = {
    "take_along_axis": lambda W, X, y: jnp.take_along_axis(jax.nn.log_softmax(X @ W), y[:, None], axis=1).mean(),
    "one_hot": lambda W, X, y: (jax.nn.one_hot(y, 4) * jax.nn.log_softmax(X @ W)).sum(),
    "pairs": lambda W, X, y: jax.nn.log_softmax(X @ W)[jnp.arange(len(y)), y].mean(),
    "columns": lambda W, X, y: (W[:, y] ** 2 * jnp.arange(1, 6)).sum(),
    "rows": lambda W, X, y: (jnp.tanh(W.T)[y] ** 2 * X).sum(),
    "take": lambda W, X, y: (jnp.take(W, y, axis=1) ** 3 * jnp.arange(1, 6)).sum(),
    "of a vector": lambda W, X, y: (jnp.exp(W[1])[y] * X[:, 2]).sum(),
}


@pytest.mark.parametrize("case", LABELS)
def test_labels_under_jit_and_vmap(case):
    loss, slope = LABELS[case], cf.grad(LABELS[case])
    fast, dtype = jax.jit(cf.grad(loss)), ["int64", "int32", "int8"][len(case) % 3]
    for y in (Y, Y[::-1]):
        given = jnp.asarray(W), jnp.asarray(X), jnp.asarray(y.astype(dtype))
        truth = jax.grad(loss)(*given)
        assert np.allclose(slope(*given), truth, 1e-9, 1e-12)
        assert np.allclose(fast(*given), truth, 1e-9, 1e-12)
    both = jnp.asarray(np.stack([Y, Y[::-1]]).astype(dtype))
    mapped = jax.vmap(cf.grad(loss), (None, None, 0))(jnp.asarray(W), jnp.asarray(X), both)
    assert np.allclose(mapped[1], truth, 1e-9, 1e-12)


def test_labels_that_count_from_the_end_and_labels_beyond():
    loss = LABELS["pairs"]
    slope, given = cf.grad(loss), (jnp.asarray(W), jnp.asarray(X))
    last = jnp.asarray(np.array([0, -1, -4, 3, -2]))
    for found in (slope(*given, last), jax.jit(cf.grad(loss))(*given, last)):
        assert np.allclose(found, jax.grad(loss)(*given, last), 1e-9)
    with pytest.raises(ClosedformError, match="class numbers"):
        slope(*given, jnp.asarray(Y + 2))
    assert np.isnan(jax.jit(cf.grad(loss))(*given, jnp.asarray(Y + 2))).any()


def test_an_index_that_is_computed_is_refused_under_jit_alone():
    slope = cf.grad(lambda E, i: (E[i[0]] ** 2).sum())
    assert np.allclose(slope(jnp.asarray(W), jnp.array([2, 0]))[2], 2 * W[2])
    with pytest.raises(ClosedformError, match="an index that is computed from values"):
        jax.jit(cf.grad(lambda E, i: (E[i[0]] ** 2).sum()))(jnp.asarray(W), jnp.array([2, 0]))


@pytest.mark.parametrize("library", [np.asarray, jnp.asarray, torch.tensor])
def test_entries_chosen_by_truth_values_that_are_an_argument(library):
    slope = cf.grad(lambda x, m: (x[m] ** 3).sum())
    x = X[:, 0]
    for m in (B, ~B):
        assert np.allclose(np.asarray(slope(library(x), library(m))), np.where(m, 3 * x**2, 0))


def test_repeated_rows_are_a_product():
    slope = cf.grad(lambda E, i: np.sum(np.tanh(E[i]) ** 2))
    slope(X, np.array([0, 1, 0, 0, 2, 1, 3]))
    assert slope.formula.text == "2*chosen'*(tanh(chosen*E) - tanh(chosen*E).^3)"


def test_a_where_inside_that_is_not_seen_through_is_not_advised():
    def sinc(s):
        inside = np.where(s == 0, 1.0, s)
        return np.sum(np.where(s == 0, 1.0, np.sin(inside) / inside))

    with pytest.raises(ClosedformError, match="there is a where inside"):
        cf.grad(sinc)(np.array([0.2, 0.0]))


def likelihood(xp):
    def of(F, H, ys):
        m, P, out = xp.ones(3), xp.eye(3), 0.0
        for k in range(2):
            m, P = F @ m, F @ P @ F.T + 0.1 * xp.eye(3)
            S, v = H @ P @ H.T + xp.eye(2), ys[k] - H @ m
            K = xp.linalg.solve(S, H @ P).T
            out = out + v @ xp.linalg.solve(S, v) + xp.linalg.slogdet(S)[1]
            m, P = m + K @ v, (xp.eye(3) - K @ H) @ P
        return out

    return of


@pytest.mark.parametrize("most", [10, 100_000])
def test_a_filter_is_right_whether_or_not_all_orders_of_its_products_are_weighed(most, monkeypatch):
    monkeypatch.setattr(products, "MOST_CUTS", most)
    given = X[:3] * 0.4, W[:2, :3], X[:2, :2]
    assert np.allclose(cf.grad(likelihood(np))(*given), jax.grad(likelihood(jnp))(*given), 1e-8)


def test_more_products_than_can_be_put_in_order_are_a_limit():
    long = [mul(*(sym(f"A{j}", "n", "n") for j in range(k + 60))) for k in range(6)]
    answers_within_limits(long[:5])
    with pytest.raises(LimitError, match=r"6 products of 375 factors \(limit: 20000 pairs"):
        answers_within_limits(long)
