"""Stacks of matrices: arrays of three axes in NumPy, JAX and PyTorch, value and derivatives against autodiff."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import nn

import closedform as cf
from closedform.errors import ClosedformError, ShapeError

jax.config.update("jax_enable_x64", True)
rng = np.random.default_rng(43)


def r(*shape: int) -> Any:
    return rng.normal(size=shape)


X, W, A, x, w, b = r(3, 4, 5), r(5, 2), r(3, 4, 4), r(3, 4), r(5), r(2)
Q, K, V, B, U, Z = r(3, 4, 5), r(3, 6, 5), r(3, 6, 2), r(3, 5, 2), r(7, 5), r(4, 5)


def sm(n: Any, s: Any, axis: int = -1) -> Any:
    e = n.exp(s - s.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


FUNCTIONS: dict[str, tuple[Callable[..., Any], tuple[Any, ...]]] = {
    "X@W": (lambda n, X, W: n.sum((X @ W) ** 2), (X, W)),
    "X@w": (lambda n, X, w: n.sum((X @ w) ** 2), (X, w)),
    "bij,bj->bi": (lambda n, A, x: n.sum(n.einsum("bij,bj->bi", A, x) ** 3), (A, x)),
    "bij,bj->bi x": (lambda n, x, A: n.sum(n.einsum("bij,bj->bi", A, x) ** 3), (x, A)),
    "bi,bij,bj->b": (lambda n, x, A: n.sum(n.einsum("bi,bij,bj->b", x, A, x) ** 2), (x, A)),
    "bij,bjk": (lambda n, X, B: n.sum(n.einsum("bij,bjk->bik", X, B) ** 2), (X, B)),
    "X@B": (lambda n, X, B: n.sum((X @ B) ** 2), (X, B)),
    "X@B by B": (lambda n, B, X: n.sum((X @ B) ** 2), (B, X)),
    "attention": (lambda n, Q, K, V: n.sum((sm(n, Q @ n.swapaxes(K, 1, 2) / 2.0) @ V) ** 2), (Q, K, V)),
    "attention by K": (lambda n, K, Q, V: n.sum((sm(n, Q @ K.transpose(0, 2, 1) / 2.0) @ V) ** 2), (K, Q, V)),
    "attention einsum": (
        lambda n, Q, K, V: n.sum(n.einsum("bqk,bkd->bqd", sm(n, n.einsum("bqd,bkd->bqk", Q, K)), V) ** 2), (Q, K, V)),
    "sum0": (lambda n, X: n.sum(X.sum(0) ** 2), (X,)),
    "sum1": (lambda n, X: n.sum(X.sum(1) ** 2), (X,)),
    "sum2": (lambda n, X: n.sum(X.sum(2) ** 2), (X,)),
    "sum12": (lambda n, X: n.sum(X.sum((1, 2)) ** 2), (X,)),
    "sum02": (lambda n, X: n.sum(X.sum((0, 2)) ** 2), (X,)),
    "sum01": (lambda n, X: n.sum(X.sum((0, 1)) ** 2), (X,)),
    "mean-1k": (lambda n, X: n.sum((X - X.mean(-1, keepdims=True)) ** 3), (X,)),
    "mean1k": (lambda n, X: n.sum((X - X.mean(1, keepdims=True)) ** 3), (X,)),
    "mean0k": (lambda n, X: n.sum((X - X.mean(0)) ** 3), (X,)),
    "layernorm": (
        lambda n, X, w: n.sum(((X - X.mean(-1, keepdims=True)) / n.sqrt(X.var(-1, keepdims=True) + 1e-5) * w) ** 3),
        (X, w)),
    "var01": (lambda n, X: n.sum(X.var((0, 1)) ** 2), (X,)),
    "mlp": (lambda n, X, W, b: n.mean(n.tanh(X @ W + b) ** 2), (X, W, b)),
    "softmax1": (lambda n, X: n.sum(sm(n, X, 1) ** 2), (X,)),
    "softmax0": (lambda n, X: n.sum(sm(n, X, 0) ** 2), (X,)),
    "lse": (lambda n, X: n.sum(n.log(n.exp(X).sum(-1)) ** 2), (X,)),
    "norm": (lambda n, X: n.linalg.norm(X), (X,)),
    "norm-1": (lambda n, X: n.sum(n.linalg.norm(X, axis=-1)), (X,)),
    "norm12": (lambda n, X: n.sum(n.linalg.norm(X, axis=(1, 2))), (X,)),
    "X[1]": (lambda n, X: n.sum(X[1] ** 2 * X[0]), (X,)),
    "X[:,1]": (lambda n, X: n.sum(X[:, 1] ** 2 * X[:, -1]), (X,)),
    "X[...,2]": (lambda n, X: n.sum(X[..., 2] ** 2 * X[:, :, 0]), (X,)),
    "slices": (lambda n, X: n.sum(X[1:, :2, 1:3] ** 3), (X,)),
    "X[1,2]": (lambda n, X: n.sum(X[1, 2] ** 2), (X,)),
    "X[1,2,3]": (lambda n, X: X[1, 2, 3] ** 2 * X[0, 0, 0], (X,)),
    "T": (lambda n, X: n.sum(X.T[1] ** 2 * X.T[0]), (X,)),
    "transpose102": (lambda n, X: n.sum(n.transpose(X, (1, 0, 2))[1] ** 3), (X,)),
    "transpose201": (lambda n, X: n.sum(n.transpose(X, (2, 0, 1))[1] ** 3), (X,)),
    "transpose120": (lambda n, X: n.sum(n.transpose(X, (1, 2, 0))[1] ** 3), (X,)),
    "reshape": (lambda n, X: n.sum(X.reshape(12, 5)[3] ** 2), (X,)),
    "reshape2": (lambda n, X: n.sum((X.reshape(3, 20) @ n.ones(20)) ** 2), (X,)),
    "reshape3": (lambda n, U: n.sum(U.reshape(7, 5, 1).sum(1) ** 2), (U,)),
    "heads": (lambda n, Z: n.sum(n.transpose(Z.reshape(4, 2, 3), (1, 0, 2))[1] ** 3), (r(4, 6),)),
    "ravel": (lambda n, X: n.sum(X.ravel()[3:9] ** 2), (X,)),
    "pairwise": (lambda n, U, Z: n.sum(n.exp(-((U[:, None, :] - Z[None, :, :]) ** 2).sum(-1))), (U, Z)),
    "pairwise self": (
        lambda n, U: n.sum(n.exp(-((U[:, None] - U[None]) ** 2).sum(-1)) * n.arange(49.0).reshape(7, 7)), (U,)),
    "bcast": (lambda n, x, X: n.sum((x[:, :, None] * X) ** 2), (x, X)),
    "bcast2": (lambda n, w, X: n.sum((w * X) ** 2), (w, X)),
    "bcast3": (lambda n, Z, X: n.sum((Z * X + Z) ** 2), (Z, X)),
    "bcast4": (lambda n, w, X: n.sum((w[None, None, :] + X) ** 3), (w, X)),
    "bcast5": (lambda n, v, X: n.sum((v[:, None, None] + X) ** 3), (r(3), X)),
    "bcast6": (lambda n, v, X: n.sum((v[:, None] + X) ** 3), (r(4), X)),
    "A@X": (lambda n, M, X: n.sum((M @ X) ** 2), (r(6, 4), X)),
    "v@X": (lambda n, v, X: n.sum((v @ X) ** 2), (r(4), X)),
    "bii->b": (lambda n, A: n.sum(n.einsum("bii->b", A) ** 2), (A,)),
    "ijk->kji": (lambda n, X: n.sum(n.einsum("ijk->kji", X)[1] ** 3), (X,)),
    "ijk,jk->i": (lambda n, X, Z: n.sum(n.einsum("ijk,jk->i", X, Z) ** 2), (X, Z)),
    "ijk,k->ij": (lambda n, X, w: n.sum(n.einsum("ijk,k->ij", X, w) ** 2), (X, w)),
    "ijk,lk->ijl": (lambda n, X, U: n.sum(n.einsum("ijk,lk->ijl", X, U) ** 2), (X, U)),
    "ijk,lj->ilk": (lambda n, X, M: n.sum(n.einsum("ijk,lj->ilk", X, M) ** 2), (X, r(2, 4))),
    "ijk,ijk->": (lambda n, X, Y: n.einsum("ijk,ijk->", X, Y) ** 2, (X, Q)),
    "bi,bj->bij": (
        lambda n, x, y: n.sum(n.einsum("bi,bj->bij", x, y) ** 2 * n.arange(60.0).reshape(3, 4, 5)), (x, r(3, 5))),
    "i,j,k->ijk": (lambda n, a, b, c: n.sum(n.einsum("i,j,k->ijk", a, b, c) ** 2), (r(2), r(3), r(4))),
    "where": (lambda n, X: n.sum(n.where(X > 0, X ** 2, -X)), (X,)),
    "max": (lambda n, X: n.max(X) ** 2, (X,)),
    "maximum": (lambda n, X: n.sum(n.maximum(X, 0) * X), (X,)),
    "concat0": (lambda n, X, Y: n.sum(n.concatenate([X, 2 * Y], 0)[4] ** 3), (X, Q)),
    "concat1": (lambda n, X, Y: n.sum(n.concatenate([X, 2 * Y], 1)[:, 5] ** 3), (X, Q)),
    "concat2": (lambda n, X, Y: n.sum(n.concatenate([X, 2 * Y], 2)[..., 7] ** 3), (X, Q)),
    "stack": (lambda n, U, Z: n.sum(n.stack([U, U ** 2])[1] ** 3), (U, Z)),
    "stack1": (lambda n, U: n.sum(n.stack([U, U ** 2], axis=1).sum(1) ** 3), (U,)),
    "stack2": (lambda n, U: n.sum(n.stack([U, U ** 2], axis=-1)[..., 1] ** 3), (U,)),
    "expand": (
        lambda n, U: n.sum(n.expand_dims(U, 1) * n.expand_dims(U, 0) * n.arange(1.0, 50).reshape(7, 7, 1)), (U,)),
    "squeeze": (lambda n, X: n.sum(n.squeeze(X[:, :1, :]) ** 3), (X,)),
    "b1": (lambda n, X: n.sum((X @ n.swapaxes(X, 1, 2)) ** 2), (r(1, 4, 5),)),
    "i1": (lambda n, X: n.sum((X @ n.swapaxes(X, 1, 2)) ** 2), (r(3, 1, 5),)),
    "j1": (lambda n, X: n.sum((X @ n.swapaxes(X, 1, 2)) ** 2), (r(3, 4, 1),)),
    "gram": (lambda n, X: n.sum((n.swapaxes(X, 1, 2) @ X) ** 2), (X,)),
    "diff": (lambda n, X: n.sum(n.diff(X, axis=1) ** 2), (X,)),
    "tensordot": (lambda n, X, Z: n.sum(n.tensordot(X, Z, 2) ** 2), (X, Z)),
    "dot": (lambda n, X, W: n.sum(n.dot(X, W) ** 2), (X, W)),
}  # fmt: skip


IN_JAX = ("X@W", "bij,bj->bi", "X@B by B", "transpose201")


def slope(f: Callable[[Any], Any], x: Any) -> Any:
    """By differences of the fourth order."""
    out, h = np.zeros_like(x), 1e-3
    for place in np.ndindex(x.shape):
        e = np.zeros_like(x)
        e[place] = h
        out[place] = (8 * (f(x + e) - f(x - e)) - (f(x + 2 * e) - f(x - 2 * e))) / (12 * h)
    return out


@pytest.mark.parametrize("name", FUNCTIONS)
def test_gradient(name: str) -> None:
    fn, args = FUNCTIONS[name]
    found = cf.grad(lambda *g: fn(np, *g))(*args)
    truth = slope(lambda v: fn(np, v, *args[1:]), args[0])
    assert found.shape == truth.shape
    np.testing.assert_allclose(found, truth, rtol=1e-7, atol=1e-8 * np.abs(truth).max())


@pytest.mark.parametrize("name", IN_JAX)
def test_gradient_in_jax(name: str) -> None:
    fn, args = FUNCTIONS[name]
    jaxs = tuple(map(jnp.asarray, args))
    same(cf.grad(lambda *g: fn(jnp, *g))(*jaxs), jax.grad(lambda *g: fn(jnp, *g))(*jaxs))


def same(mine: Any, truth: Any) -> None:
    for one, other in zip(jax.tree.leaves(mine), jax.tree.leaves(truth), strict=True):
        assert np.shape(one) == np.shape(other)
        np.testing.assert_allclose(one, other, rtol=1e-8, atol=1e-9)


def test_every_kind_of_derivative() -> None:
    def f(n: Any) -> Callable[..., Any]:
        return lambda X, W: n.tanh(X @ W)

    def g(n: Any) -> Callable[..., Any]:
        return lambda X, W: n.sum(n.tanh(X @ W) ** 2)

    along, back = r(3, 4, 5), r(3, 4, 2)
    same(cf.jacobian(f(np), (0, 1))(X, W), jax.jacobian(f(jnp), (0, 1))(X, W))
    same(cf.hessian(g(np), (0, 1))(X, W), jax.hessian(g(jnp), (0, 1))(X, W))
    same(cf.jvp(f(np))(X, W, along), jax.jvp(lambda X: f(jnp)(X, W), (X,), (along,))[1])
    same(cf.vjp(f(np))(X, W, back), jax.vjp(lambda X: f(jnp)(X, W), X)[1](back)[0])
    same(cf.hvp(g(np))(X, W, along), jax.jvp(jax.grad(lambda X: g(jnp)(X, W)), (X,), (along,))[1])
    slope = cf.grad(g(np))
    for other in (X, r(6, 2, 5), r(1, 2, 5)):
        same(slope(other, W), jax.grad(g(jnp))(other, W))
    assert slope.check().level == "A"


def test_branches_and_arrays_from_around() -> None:
    def branch(X: Any) -> Any:
        return (X[0] ** 2).sum() if X.sum() > 0 else (X[1] ** 3).sum()

    slope = cf.grad(branch)
    for given in (np.abs(X), -np.abs(X)):
        same(slope(given), _branch(given))
    same(cf.grad(lambda W: np.sum((X @ W) ** 2))(W), jax.grad(lambda W: jnp.sum((X @ W) ** 2))(W))


def _branch(X: Any) -> Any:
    out = np.zeros_like(X)
    if X.sum() > 0:
        out[0] = 2 * X[0]
    else:
        out[1] = 3 * X[1] ** 2
    return out


def test_vmap() -> None:
    def forms(A: Any) -> Any:
        return jnp.sum(jax.vmap(lambda x: x @ A @ x)(U) ** 2)

    def grams(X: Any) -> Any:
        return jnp.sum(jax.vmap(lambda M: jnp.tanh(M @ M.T))(X) ** 2)

    def kernel(Z: Any) -> Any:
        return jnp.sum(jax.vmap(lambda x: jax.vmap(lambda z: jnp.exp(-jnp.sum((x - z) ** 2)))(Z))(U))

    for fn, given in ((forms, r(5, 5)), (grams, X), (kernel, Z)):
        same(cf.grad(fn)(jnp.asarray(given)), jax.grad(fn)(jnp.asarray(given)))


TORCH: dict[str, tuple[Callable[..., Any], tuple[Any, ...]]] = {
    "scaled_dot_product_attention": (lambda Q, K, V: (F.scaled_dot_product_attention(Q, K, V) ** 2).sum(), (Q, K, V)),
    "causal": (lambda Q: (F.scaled_dot_product_attention(Q, Q, Q, is_causal=True) ** 2).sum(), (Q,)),
    "bmm": (lambda Q, K: torch.bmm(Q, K.transpose(1, 2)).pow(2).sum(), (Q, K)),
    "mT": (lambda Q, K: (Q @ K.mT).pow(2).sum(), (Q, K)),
    "linear": (lambda Q, W: F.linear(Q, W.T).pow(2).sum(), (Q, W)),
    "layer_norm": (lambda Q: (F.layer_norm(Q, (5,)) ** 3).sum(), (Q,)),
    "softmax": (lambda Q: (Q.softmax(-1) ** 2).sum(), (Q,)),
    "heads": (lambda Z: (Z.view(4, 2, 3).transpose(0, 1)[1] ** 3).sum(), (r(4, 6),)),
    "permute": (lambda Q: (Q.permute(2, 0, 1)[1] ** 3).sum(), (Q,)),
    "pairs": (lambda U: torch.exp(-((U[:, None] - U[None]) ** 2).sum(-1)).pow(2).sum(), (U,)),
    "flatten": (lambda Q: (Q.flatten(1)[1] ** 3).sum(), (Q,)),
    "einsum": (lambda Q, K: torch.einsum("bid,bjd->bij", Q, K).pow(2).sum(), (Q, K)),
    "mean over two": (lambda Q: (Q.mean(dim=(1, 2)) ** 2).sum(), (Q,)),
}  # fmt: skip


@pytest.mark.parametrize("name", TORCH)
def test_torch(name: str) -> None:
    fn, args = TORCH[name]
    tensors = [torch.tensor(a, requires_grad=True) for a in args]
    fn(*tensors).backward()
    same(cf.grad(fn)(*(t.detach() for t in tensors)).numpy(), tensors[0].grad)


def test_a_network_on_a_batch_of_sequences() -> None:
    net = nn.Sequential(nn.Linear(5, 4), nn.GELU(), nn.LayerNorm(4), nn.Linear(4, 2)).double()
    given = torch.tensor(Q)
    net(given).pow(2).mean().backward()
    found = cf.grad(lambda net, X: net(X).pow(2).mean())(net, given)
    for name, parameter in net.named_parameters():
        same(found[name], parameter.grad)


@pytest.mark.parametrize(("fn", "said"), [
    (lambda X: np.linalg.inv(X).sum(), "inv takes a square matrix; this has 3 axes"),
    (lambda X: np.cumsum(X, axis=1).sum(), "cumsum here is of a vector"),
    (lambda X: X[:, None].sum(), "four axes"),
    (lambda X: np.einsum("bij,cij->bc", X, X[:, :, :4].sum()), "labels for an array of 0 axes"),
    (lambda X: np.trace(X), "trace here is of a matrix"),
    (lambda X: np.linalg.norm(X, 1, axis=(1, 2)).sum(), "norms of order 1 of the matrices of a stack"),
    (lambda X: np.kron(X, X).sum(), "kron"),
])  # fmt: skip
def test_what_is_no_batch_is_refused_by_name(fn: Callable[..., Any], said: str) -> None:
    with pytest.raises(ClosedformError, match=said):
        cf.grad(fn)(A)
    with pytest.raises(ShapeError, match="4 axes; arrays of one, two and three axes are read"):
        cf.grad(lambda X: X.sum())(r(2, 2, 2, 2))
