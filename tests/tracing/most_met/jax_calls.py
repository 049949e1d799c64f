"""JAX: primitives, and computations that JAX names, that are met most; each example takes arrays."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import jax.scipy as js
import numpy as np
from jax import lax, nn

from tests.tracing import arrays as a

jax.config.update("jax_enable_x64", True)
Example = tuple[Callable[..., Any], tuple[Any, ...]]
x, y, z, p, u, v, A, B, C, P, M, K, S = (
    jnp.asarray(t) for t in (a.x, a.y, a.z, a.p, a.u, a.v, a.A, a.B, a.C, a.P, a.M, a.K, a.S)
)
ids = jnp.asarray([2, 0, 4, 4])

PRIMITIVES: dict[str, Example] = {
    "exp": (lambda x: jnp.exp(x), (x,)),
    "exp2": (lambda x: jnp.exp2(x), (x,)),
    "log": (lambda P: jnp.log(P), (P,)),
    "log1p": (lambda p: jnp.log1p(p), (p,)),
    "expm1": (lambda x: jnp.expm1(x), (x,)),
    "sqrt": (lambda P: jnp.sqrt(P), (P,)),
    "rsqrt": (lambda P: lax.rsqrt(P), (P,)),
    "cbrt": (lambda x: jnp.cbrt(x), (x,)),
    "square": (lambda A: jnp.square(A), (A,)),
    "integer_pow": (lambda x: x**3, (x,)),
    "pow": (lambda p: p**2.5, (p,)),
    "sin": (lambda x: jnp.sin(x), (x,)),
    "cos": (lambda x: jnp.cos(x), (x,)),
    "tan": (lambda p: jnp.tan(p), (p,)),
    "asin": (lambda p: jnp.arcsin(p), (p,)),
    "acos": (lambda p: jnp.arccos(p), (p,)),
    "atan": (lambda x: jnp.arctan(x), (x,)),
    "sinh": (lambda x: jnp.sinh(x), (x,)),
    "cosh": (lambda x: jnp.cosh(x), (x,)),
    "tanh": (lambda A: jnp.tanh(A), (A,)),
    "asinh": (lambda x: jnp.arcsinh(x), (x,)),
    "acosh": (lambda p: jnp.arccosh(1 + p), (p,)),
    "atanh": (lambda p: jnp.arctanh(p), (p,)),
    "logistic": (lambda A: nn.sigmoid(A), (A,)),
    "erf": (lambda x: js.special.erf(x), (x,)),
    "erfc": (lambda x: js.special.erfc(x), (x,)),
    "lgamma": (lambda p: js.special.gammaln(p), (p,)),
    "digamma": (lambda p: js.special.digamma(p), (p,)),
    "abs": (lambda x: jnp.abs(x), (x,)),
    "sign": (lambda x: jnp.sign(x) * x, (x,)),
    "neg": (lambda x: -x, (x,)),
    "add": (lambda A, x: A + x, (A, x)),
    "sub": (lambda A, x: A - x, (A, x)),
    "mul": (lambda A, z: A * z[:, None], (A, z)),
    "div": (lambda A, p: A / p, (A, p)),
    "max": (lambda x, y: jnp.maximum(x, y), (x, y)),
    "min": (lambda x, y: jnp.minimum(x, y), (x, y)),
    "clamp": (lambda x: lax.clamp(-0.5, x, 0.7), (x,)),
    "gt": (lambda x, y: (x > y) * x, (x, y)),
    "lt": (lambda x, y: (x < y) * x, (x, y)),
    "ge": (lambda x, y: (x >= y) * x, (x, y)),
    "le": (lambda x, y: (x <= y) * x, (x, y)),
    "eq": (lambda x, y: (x == y) * x + y, (x, y)),
    "ne": (lambda x, y: (x != y) * x, (x, y)),
    "and": (lambda x, y: ((x > 0) & (y > 0)) * x, (x, y)),
    "or": (lambda x, y: ((x > 0) | (y > 0)) * x, (x, y)),
    "not": (lambda x: ~(x > 0) * x, (x,)),
    "select_n": (lambda x, y: jnp.where(x > y, x**2, y), (x, y)),
    "is_finite": (lambda A: js.special.logsumexp(A, axis=1), (A,)),
    "stop_gradient": (lambda A: nn.softmax(A), (A,)),
    "convert_element_type": (lambda x: (x > 0).astype(float) * x, (x,)),
    "dot_general": (lambda A, C: A @ C, (A, C)),
    "dot_general: with a vector": (lambda x, A: A @ x, (x, A)),
    "dot_general: einsum": (lambda A, M: jnp.einsum("in,ij,jn->n", A, M, A), (A, M)),
    "reduce_sum": (lambda A: A.sum(axis=1), (A,)),
    "reduce_max": (lambda x: jnp.max(x), (x,)),
    "reduce_min": (lambda A: jnp.min(A), (A,)),
    "reduce_prod": (lambda u: jnp.prod(u), (u,)),
    "reduce_and": (lambda x: jnp.all(x > 0) * x + x, (x,)),
    "reduce_or": (lambda x: jnp.any(x > 0) * x, (x,)),
    "cumsum": (lambda x: jnp.cumsum(x), (x,)),
    "broadcast_in_dim": (lambda x: jnp.broadcast_to(x, (3, 5)), (x,)),
    "reshape": (lambda A: A.reshape(10, 2) ** 2, (A,)),
    "transpose": (lambda A: A.T * 2, (A,)),
    "squeeze": (lambda x: jnp.squeeze(x[:, None]) * 2, (x,)),
    "concatenate": (lambda x, z: jnp.concatenate([x, z]), (x, z)),
    "slice": (lambda x: lax.slice(x, (1,), (4,)) ** 2, (x,)),
    "slice: with steps": (lambda A: A[:, ::2], (A,)),
    "dynamic_slice": (lambda x: lax.dynamic_slice(x, (1,), (3,)) ** 2, (x,)),
    "split": (lambda x: jnp.split(x, [2])[1] ** 2, (x,)),
    "rev": (lambda x: x[::-1] * x, (x,)),
    "pad": (lambda x: jnp.pad(x, (1, 2)), (x,)),
    "gather": (lambda x: x[jnp.array([0, 3, 3])], (x,)),
    "gather: labels": (lambda A, k: A[jnp.arange(A.shape[0]), k], (A, ids)),
    "iota": (lambda A: A * jnp.eye(4, 5), (A,)),
    "copy": (lambda x: jnp.array(x) * 2, (x,)),
    "cholesky": (lambda K: jnp.linalg.cholesky(K @ K.T + jnp.eye(4)), (K,)),
    "triangular_solve": (
        lambda K, z: js.linalg.solve_triangular(jnp.linalg.cholesky(K @ K.T + jnp.eye(4)), z, lower=True), (K, z)),
    "cond": (lambda x: lax.cond(x[0] > 0, lambda t: t * 2, lambda t: t**2, x), (x,)),
    "scan": (lambda x: lax.scan(lambda c, t: (c * 0.5 + t**2, None), 0.0, x)[0], (x,)),
    "scan: with values": (lambda x: lax.scan(lambda c, t: (c * 0.5 + t, c * t), 0.0, x)[1], (x,)),
    "custom_jvp_call": (lambda A: nn.relu(A), (A,)),
    "custom_vjp_call": (lambda x: doubled(x), (x,)),
    "remat2": (lambda x: jax.checkpoint(lambda t: jnp.sin(t) ** 2)(x), (x,)),
    "jit": (lambda x: jax.jit(lambda t: jnp.cos(t) * t)(x), (x,)),
}  # fmt: skip


@jax.custom_vjp
def doubled(x: Any) -> Any:
    return 2 * x


doubled.defvjp(lambda x: (2 * x, None), lambda _, g: (2 * g,))

NAMED: dict[str, Example] = {
    "inv": (lambda M: jnp.linalg.inv(M), (M,)),
    "det": (lambda M: jnp.linalg.det(M), (M,)),
    "slogdet": (lambda M: jnp.linalg.slogdet(M)[1], (M,)),
    "solve": (lambda M, z: jnp.linalg.solve(M, z), (M, z)),
    "trace": (lambda M: jnp.trace(M @ M), (M,)),
    "kron": (lambda A, C: jnp.kron(A, C), (A[:2, :2], C[:3])),
    "expm": (lambda M: js.linalg.expm(M / 4), (M,)),
    "_pinv": (lambda A: jnp.linalg.pinv(A), (A[:3, :2],)),
    "eigh": (lambda K: jnp.linalg.eigh((K + K.T) / 2)[0], (K,)),
    "eigvalsh": (lambda K: jnp.linalg.eigvalsh((K + K.T) / 2), (K,)),
    "norm": (lambda A: jnp.linalg.norm(A), (A,)),
    "norm: of rows": (lambda A: jnp.linalg.norm(A, axis=1), (A,)),
    "matrix_power": (lambda M: jnp.linalg.matrix_power(M, 3), (M,)),
    "_lstsq": (lambda A, x: jnp.linalg.lstsq(A.T, x)[0], (A, x)),
    "_cho_solve": (lambda K, z: js.linalg.cho_solve(js.linalg.cho_factor(K @ K.T + jnp.eye(4)), z), (K, z)),
    "diagonal": (lambda M: jnp.diagonal(M) ** 2, (M,)),
    "_diag": (lambda x: jnp.diag(x), (x,)),
    "tril": (lambda M: jnp.tril(M), (M,)),
    "triu": (lambda M: jnp.triu(M, 1), (M,)),
    "_var": (lambda A: jnp.var(A, axis=1), (A,)),
    "_std": (lambda x: jnp.std(x), (x,)),
    "cov": (lambda A: jnp.cov(A), (A,)),
    "clip": (lambda x: jnp.clip(x, -0.5, 0.7), (x,)),
    "cross": (lambda u, v: jnp.cross(u, v), (u, v)),
    "diff": (lambda x: jnp.diff(x), (x,)),
    "trapezoid": (lambda y, x: jnp.trapezoid(y, x), (y, jnp.sort(x))),
    "tile": (lambda x: jnp.tile(x, 2), (x,)),
    "_roll_static": (lambda x: jnp.roll(x, 2) * x, (x,)),
    "_flip": (lambda A: jnp.flip(A, 0), (A,)),
    "take_along_axis": (lambda A, k: jnp.take_along_axis(A, k[:, None], axis=1), (A, ids)),
    "polyval": (lambda u, x: jnp.polyval(u, x), (u, x)),
    "hypot": (lambda x, y: jnp.hypot(x, y), (x, y)),
    "logaddexp": (lambda x, y: jnp.logaddexp(x, y), (x, y)),
    "xlogy": (lambda x, p: js.special.xlogy(x, p), (x, p)),
    "relu": (lambda A: nn.relu(A), (A,)),
    "relu6": (lambda A: nn.relu6(5 * A), (A,)),
    "leaky_relu": (lambda A: nn.leaky_relu(A, 0.2), (A,)),
    "elu": (lambda A: nn.elu(A, 0.7), (A,)),
    "celu": (lambda A: nn.celu(A, 0.7), (A,)),
    "selu": (lambda A: nn.selu(A), (A,)),
    "silu": (lambda A: nn.silu(A), (A,)),
    "mish": (lambda A: nn.mish(A), (A,)),
    "softplus": (lambda A: nn.softplus(A), (A,)),
    "soft_sign": (lambda A: nn.soft_sign(A), (A,)),
    "log_sigmoid": (lambda A: nn.log_sigmoid(A), (A,)),
    "hard_tanh": (lambda A: nn.hard_tanh(A), (A,)),
    "hard_sigmoid": (lambda A: nn.hard_sigmoid(3 * A), (A,)),
    "hard_silu": (lambda A: nn.hard_silu(3 * A), (A,)),
    "squareplus": (lambda A: nn.squareplus(A), (A,)),
    "glu": (lambda C: nn.glu(C.T, axis=0), (C[:, :2],)),
    "log_softmax": (lambda A: nn.log_softmax(A), (A,)),
    "standardize": (lambda A: nn.standardize(A), (A,)),
    "_one_hot": (lambda A, k: (nn.one_hot(k, 5) * A).sum(1), (A, ids)),
}  # fmt: skip
JAX = {**PRIMITIVES, **NAMED}
FUNCTIONS: dict[str, Example] = {
    "gelu": (lambda A: nn.gelu(A), (A,)),
    "exact gelu": (lambda A: nn.gelu(A, approximate=False), (A,)),
    "logsumexp": (lambda A: js.special.logsumexp(A, axis=0), (A,)),
    "ndtr": (lambda x: js.special.ndtr(x), (x,)),
    "logit": (lambda p: js.special.logit(p), (p,)),
    "another diagonal": (lambda M: jnp.trace(M, 1) * jnp.triu(M, 2) + jnp.tril(M, -1) + jnp.diag(M[0, :3], 1), (M,)),
    "stack": (lambda x, y: jnp.stack([x, y, x * y]), (x, y)),
    "swapaxes": (lambda A: jnp.swapaxes(A, 0, 1) * 2, (A,)),
    "normal density": (lambda x: js.stats.norm.logpdf(x), (x,)),
    "layer norm": (lambda A: (A - A.mean(1, keepdims=True)) / jnp.sqrt(A.var(1, keepdims=True) + 1e-5), (A,)),
    "fori_loop": (lambda x: lax.fori_loop(0, 3, lambda i, c: c * 2 + x.sum() * i, 0.0), (x,)),
    "vmap": (lambda M, A: jax.vmap(lambda t: t @ M @ t)(A.T), (M, A)),
    "one_hot of closed-over labels": (lambda A: (nn.one_hot(ids, 5) * A).sum(1), (A,)),
    "labels around": (lambda A: A[jnp.arange(4), ids], (A,)),
    "rows by columns": (lambda A: A[np.ix_([0, 2], [1, 4, 3])], (A,)),
    "truth values": (lambda A: A[np.array([True, False, True, True])], (A,)),
    "huber": (lambda x, y: jnp.where(jnp.abs(x - y) < 1, (x - y) ** 2 / 2, jnp.abs(x - y) - 0.5), (x, y)),
    "sigmoid cross entropy": (
        lambda A, P: -P * nn.log_sigmoid(A) - (1 - P) * nn.log_sigmoid(-A), (A, P)),
    "cosine similarity": (
        lambda A, B: (A * B).sum(-1) / (jnp.linalg.norm(A, axis=-1) * jnp.linalg.norm(B, axis=-1)), (A, B)),
    "softmax cross entropy of labels": (
        lambda A, k: -jnp.take_along_axis(nn.log_softmax(A), k[:, None], axis=-1)[:, 0], (A, ids)),
    "hinge": (lambda z, M: jnp.maximum(0, 1 - z * M[0]), (z, M)),
}  # fmt: skip
"""What is written with several of them."""
