"""Calls that are refused by name: name -> one call of it in each library that has it."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import torch
import torch.nn.functional as F
from jax import lax
from torch import nn

Call = Callable[[Any], Any]
heads = nn.MultiheadAttention(4, 2).double()
cells = {"lstm": nn.LSTM(4, 3).double(), "gru": nn.GRU(4, 3).double(), "rnn_tanh": nn.RNN(4, 3).double()}

NUMPY: dict[str, Call] = {
    "sort": lambda X: np.sort(X, axis=0).sum(),
    "argsort": lambda X: X[np.argsort(X[0])].sum(),
    "partition": lambda X: np.partition(X, 2).sum(),
    "lexsort": lambda X: np.lexsort((X[0],))[0] * X.sum(),
    "unique": lambda X: np.unique(X).sum(),
    "searchsorted": lambda X: np.searchsorted(X[0], 0.3) * X.sum(),
    "digitize": lambda X: np.digitize(X[0], np.array([0.0]))[0] * X.sum(),
    "histogram": lambda X: np.histogram(X)[0].sum(),
    "bincount": lambda X: np.bincount(X[0]).sum(),
    "median": lambda X: np.median(X),
    "quantile": lambda X: np.quantile(X, 0.3),
    "percentile": lambda X: np.percentile(X, 30),
    "argmax": lambda X: X[np.argmax(X[0])].sum(),
    "argmin": lambda X: X[X[0].argmin()].sum(),
    "nonzero": lambda X: X[np.nonzero(X > 0)].sum(),
    "count_nonzero": lambda X: np.count_nonzero(X) * X.sum(),
    "floor": lambda X: np.floor(X).sum(),
    "ceil": lambda X: np.ceil(X).sum(),
    "round": lambda X: np.round(X).sum(),
    "rint": lambda X: np.rint(X).sum(),
    "trunc": lambda X: np.trunc(X).sum(),
    "fix": lambda X: np.fix(X).sum(),
    "fmod": lambda X: np.fmod(X, 2).sum(),
    "remainder": lambda X: (X % 2).sum(),
    "floor_divide": lambda X: (X // 2).sum(),
    "modf": lambda X: np.modf(X)[0].sum(),
    "divmod": lambda X: divmod(X, 2)[0].sum(),
    "isfinite": lambda X: X.sum() if np.isfinite(X).all() else 0 * X.sum(),
    "isnan": lambda X: X.sum() if not np.isnan(X).any() else 0 * X.sum(),
    "isinf": lambda X: X.sum() if not np.isinf(X).any() else 0 * X.sum(),
    "isclose": lambda X: np.isclose(X, X).sum() * X.sum(),
    "allclose": lambda X: np.allclose(X, X) * X.sum(),
    "array_equal": lambda X: np.array_equal(X, X) * X.sum(),
    "nan_to_num": lambda X: np.nan_to_num(X).sum(),
    "nansum": lambda X: np.nansum(X),
    "nanmean": lambda X: np.nanmean(X),
    "nanvar": lambda X: np.nanvar(X),
    "nanstd": lambda X: np.nanstd(X),
    "nanmax": lambda X: np.nanmax(X),
    "nanmin": lambda X: np.nanmin(X),
    "svd": lambda X: np.linalg.svd(X)[1].sum(),
    "svdvals": lambda X: np.linalg.svdvals(X).sum(),
    "qr": lambda X: np.linalg.qr(X)[1].sum(),
    "eig": lambda X: np.linalg.eig(X)[0].sum(),
    "eigvals": lambda X: np.linalg.eigvals(X).sum(),
    "cond": lambda X: np.linalg.cond(X),
    "matrix_rank": lambda X: np.linalg.matrix_rank(X) * X.sum(),
    "convolve": lambda X: np.convolve(X[0], X[1]).sum(),
    "correlate": lambda X: np.correlate(X[0], X[1]).sum(),
    "interp": lambda X: np.interp(0.5, np.arange(4.0), X[0]),
    "fft": lambda X: np.fft.fft(X).sum(),
    "put_along_axis": lambda X: np.put_along_axis(X, np.array([[0]]), 1.0, 1),
    "fill_diagonal": lambda X: np.fill_diagonal(X, 0.0),
    "insert": lambda X: np.insert(X, 1, 2.0).sum(),
    "cumprod": lambda X: np.cumprod(X).sum(),
    "apply_along_axis": lambda X: np.apply_along_axis(np.sum, 0, X).sum(),
    "meshgrid": lambda X: np.meshgrid(X[0], X[1])[0].sum(),
    "gradient": lambda X: np.gradient(X[0]).sum(),
    "arctan2": lambda X: np.arctan2(X, 1.0).sum(),
}
TORCH: dict[str, Call] = {
    "sort": lambda X: X.sort().values.sum(),
    "argsort": lambda X: X[torch.argsort(X[0])].sum(),
    "topk": lambda X: X.topk(2).values.sum(),
    "unique": lambda X: torch.unique(X).sum(),
    "bucketize": lambda X: torch.bucketize(X, torch.tensor([0.0])).sum() * X.sum(),
    "median": lambda X: X.median(),
    "quantile": lambda X: torch.quantile(X, 0.3),
    "argmax": lambda X: X[X[0].argmax()].sum(),
    "nonzero": lambda X: X[X.nonzero()].sum(),
    "floor": lambda X: X.floor().sum(),
    "round": lambda X: torch.round(X).sum(),
    "frac": lambda X: X.frac().sum(),
    "mod": lambda X: (X % 2).sum(),
    "isnan": lambda X: torch.isnan(X).any() * X.sum(),
    "isfinite": lambda X: torch.isfinite(X).all() * X.sum(),
    "nan_to_num": lambda X: torch.nan_to_num(X).sum(),
    "svd": lambda X: torch.linalg.svd(X)[1].sum(),
    "svdvals": lambda X: torch.linalg.svdvals(X).sum(),
    "qr": lambda X: torch.linalg.qr(X)[1].sum(),
    "lu": lambda X: torch.linalg.lu(X)[2].sum(),
    "eig": lambda X: torch.linalg.eig(X)[0].sum(),
    "cond": lambda X: torch.linalg.cond(X),
    "conv1d": lambda X: F.conv1d(X[None], X[None]).sum(),
    "conv2d": lambda X: F.conv2d(X[None], torch.ones(1, 1, 2, 2, dtype=torch.float64)).sum(),
    "conv3d": lambda X: F.conv3d(X[None], torch.ones(1, 1, 1, 2, 2, dtype=torch.float64)).sum(),
    "conv_transpose1d": lambda X: F.conv_transpose1d(X[None], X[None]).sum(),
    "max_pool1d": lambda X: F.max_pool1d(X, 2).sum(),
    "avg_pool1d": lambda X: F.avg_pool1d(X, 2).sum(),
    "interpolate": lambda X: F.interpolate(X[None], scale_factor=2).sum(),
    "scatter": lambda X: torch.zeros(4, dtype=torch.float64).scatter(0, torch.tensor([1]), X[0]).sum(),
    "scatter_add": lambda X: torch.scatter_add(X[0], 0, torch.tensor([1]), X[1]).sum(),
    "index_add": lambda X: X.index_add(0, torch.tensor([1]), X[:1]).sum(),
    "index_copy": lambda X: X.index_copy(0, torch.tensor([1]), X[:1]).sum(),
    "index_put": lambda X: X.index_put((torch.tensor([1]),), torch.tensor(1.0, dtype=torch.float64)).sum(),
    "new_zeros": lambda X: (X.new_zeros(4, 4) + X).sum(),
    "new_empty": lambda X: (X.new_empty(4, 4) + X).sum(),
    "empty_like": lambda X: (torch.empty_like(X) + X).sum(),
    "index_fill": lambda X: X.index_fill(0, torch.tensor([1]), 2.0).sum(),
    "bernoulli": lambda X: torch.bernoulli(X.sigmoid()).sum(),
    "multinomial": lambda X: torch.multinomial(X.sigmoid(), 1).sum(),
    "normal": lambda X: torch.normal(X, 1.0).sum(),
    "rand_like": lambda X: (torch.rand_like(X) * X).sum(),
    "randn_like": lambda X: (torch.randn_like(X) * X).sum(),
    "gumbel_softmax": lambda X: F.gumbel_softmax(X, dim=0).sum(),
    "alpha_dropout": lambda X: F.alpha_dropout(X, 0.5, training=True).sum(),
    "rrelu": lambda X: F.rrelu(X, training=True).sum(),
    "cumprod": lambda X: X.cumprod(0).sum(),
    "cummax": lambda X: X.cummax(0)[0].sum(),
    "cummin": lambda X: X.cummin(0)[0].sum(),
    "logcumsumexp": lambda X: X.logcumsumexp(0).sum(),
    "group_norm": lambda X: F.group_norm(X, 1).sum(),
    "instance_norm": lambda X: F.instance_norm(X[None]).sum(),
    "multi_head_attention_forward": lambda X: heads(X, X, X)[0].sum(),
    **{name: lambda X, cell=cell: cell(X)[0].sum() for name, cell in cells.items()},
    "rnn_relu": lambda X: nn.RNN(4, 3, nonlinearity="relu").double()(X)[0].sum(),
    "meshgrid": lambda X: torch.meshgrid(X[0], X[1], indexing="ij")[0].sum(),
    "gradient": lambda X: torch.gradient(X[0])[0].sum(),
    "atan2": lambda X: torch.atan2(X, X + 2).sum(),
}
JAX: dict[str, Call] = {
    "sort": lambda X: jnp.sort(X).sum(),
    "top_k": lambda X: lax.top_k(X, 2)[0].sum(),
    "argmax": lambda X: X[jnp.argmax(X[0])].sum(),
    "floor": lambda X: jnp.floor(X).sum(),
    "rem": lambda X: lax.rem(X, 2.0).sum(),
    "svd": lambda X: jnp.linalg.svd(X)[1].sum(),
    "eig": lambda X: jnp.linalg.eigvals(X).real.sum(),
    "conv_general_dilated": lambda X: jnp.convolve(X[0], X[1]).sum(),
    "scatter": lambda X: X.at[0].set(1.0).sum(),
    "scatter-add": lambda X: X.at[0].add(1.0).sum(),
    "dynamic_update_slice": lambda X: lax.dynamic_update_slice(X, jnp.ones((1, 1)), (1, 1)).sum(),
    "cumprod": lambda X: jnp.cumprod(X[0]).sum(),
    "cumlogsumexp": lambda X: lax.cumlogsumexp(X[0]).sum(),
    "atan2": lambda X: jnp.arctan2(X, X + 2).sum(),
}
OTHERWISE: dict[str, tuple[str, Call, str]] = {
    "numpy: entries by truth values": ("numpy", lambda X: X[X > 0].sum(), "computed from values"),
    "numpy: writing": ("numpy", lambda X: written(X), "in place"),
    "numpy: random numbers": ("numpy", lambda X: (X * np.random.rand(4)).sum(), "random"),
    "numpy: a conversion": ("numpy", lambda X: np.array([X[0, 0], X[0, 1]]).sum(), "np.stack"),
    "numpy: the largest of each row": ("numpy", lambda X: np.max(X, axis=1).sum(), "along an axis"),
    "numpy: complex numbers": ("numpy", lambda X: (X * 1j).sum(), "complex"),
    "torch: entries by truth values": ("torch", lambda X: X[X > 0].sum(), "computed from values"),
    "torch: vmap": ("torch", lambda X: torch.func.vmap(lambda r: r.sum())(X).sum(), "vmap"),
    "torch: item": ("torch", lambda X: X.sum().item() * X.sum(), "float"),
    "torch: filling": ("torch", lambda X: filled(torch.zeros(4, dtype=torch.float64), X), "torch.stack(parts)"),
    "jax: float": ("jax", lambda X: float(X[0, 0]) * X.sum(), "made a number"),
    "jax: if": ("jax", lambda X: X.sum() if X[0, 0] > 0 else X.max(), "made a number"),
    "jax: entries by truth values": ("jax", lambda X: X[X > 0].sum(), "an index"),
    "jax: NumPy": ("jax", lambda X: np.sum(np.asarray(X)), "a NumPy array"),
    "jax: infinities by data": ("jax", lambda X: jax.nn.logsumexp(jnp.where(X > 0, X, -jnp.inf)), "inf"),
    "jax: while_loop": ("jax", lambda X: lax.while_loop(lambda c: c[0, 0] < 3.0, lambda c: c * 2, X).sum(), "while"),
}


def filled(out: Any, X: Any) -> Any:
    out[0] = X.sum()
    return out.sum()


def written(X: Any) -> Any:
    Y = X.copy()
    Y[0] = 1.0
    return Y.sum()
