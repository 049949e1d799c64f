"""PyTorch functions and modules against torch's own autograd."""

from collections.abc import Callable
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import nn

import closedform as cf
from closedform.errors import ClosedformError

torch.manual_seed(3)


def r(*shape: int) -> torch.Tensor:
    return torch.randn(*shape, dtype=torch.float64)


X, w, y, A, W, T, b = r(7, 4), r(4), r(7), r(4, 4), r(3, 4), r(7, 2), r(3)
Y, p = torch.softmax(r(7, 3), 1), torch.rand(7, dtype=torch.float64) * 0.6 + 0.2
S, ids, bits = A @ A.T + torch.eye(4), torch.tensor([0, 2, 1, 1, 0, 2, 0]), (y > 0).double()
keys, values = r(5, 4), r(5, 2)

FUNCTIONS: dict[str, tuple[Callable[..., Any], tuple[Any, ...]]] = {
    "matmul": (lambda w, A: w @ A @ w, (w, A)),
    "mean, pow, sum": (lambda w, X, y: ((X @ w - y) ** 2).mean() + 0.1 * w.pow(2).sum(), (w, X, y)),
    "binary_cross_entropy_with_logits": (lambda w, X, y: F.binary_cross_entropy_with_logits(X @ w, y), (w, X, bits)),
    "binary_cross_entropy": (lambda p, y: F.binary_cross_entropy(p, y), (p, bits)),
    "cross_entropy": (lambda W, X, k: F.cross_entropy(X @ W.T, k), (W, X, ids)),
    "cross_entropy of weights": (lambda W, X, Y: F.cross_entropy(X @ W.T, Y, reduction="sum"), (W, X, Y)),
    "cross_entropy of closed-over labels": (lambda W, X: F.cross_entropy(X @ W.T, ids), (W, X)),
    "nll_loss": (lambda W, X, k: F.nll_loss(F.log_softmax(X @ W.T, dim=1), k), (W, X, ids)),
    "softmax": (lambda W, X, Y: (Y * F.softmax(X @ W.T, dim=1)).sum(), (W, X, Y)),
    "log_softmax method": (lambda W, X, Y: (Y * (X @ W.T).log_softmax(1)).sum(), (W, X, Y)),
    "softmax by hand": (lambda w, X, y: y @ (torch.exp(X @ w - (X @ w).max()) / torch.exp(X @ w - (X @ w).max()).sum()),
                        (w, X, y)),
    "softmax of rows by hand": (
        lambda W, X, Y: (Y * stable_rows(X @ W.T)).sum(), (W, X, Y)),
    "logsumexp": (lambda W, X, y: y @ torch.logsumexp(X @ W.T, dim=1), (W, X, y)),
    "mse_loss": (lambda w, X, y: F.mse_loss(X @ w, y), (w, X, y)),
    "l1_loss": (lambda w, X, y: F.l1_loss(X @ w, y), (w, X, y)),
    "huber_loss": (lambda w, X, y: F.huber_loss(X @ w, y, delta=0.7), (w, X, y)),
    "smooth_l1_loss": (lambda w, X, y: F.smooth_l1_loss(X @ w, y, beta=0.5), (w, X, y)),
    "kl_div": (lambda W, X, Y: F.kl_div((X @ W.T).log_softmax(1), Y, reduction="sum"), (W, X, Y)),
    "linear": (lambda W, b, X: F.linear(X, W, b).tanh().sum(), (W, b, X)),
    "layer_norm": (lambda X, w: (F.layer_norm(X, (4,), w) ** 3).sum(), (X, w)),
    "attention": (lambda Q, K, V: F.scaled_dot_product_attention(Q, K, V).sum(), (X, keys, values)),
    "attention by hand": (
        lambda Q, K, V: (torch.softmax(Q @ K.mT / Q.shape[-1] ** 0.5, -1) @ V).sum(), (X, keys, values)),
    "logdet": (lambda A: torch.logdet(A @ A.T + torch.eye(4)), (A,)),
    "slogdet": (lambda A: torch.linalg.slogdet(A).logabsdet, (A,)),
    "solve": (lambda A, w: w @ torch.linalg.solve(A, w), (A, w)),
    "inv": (lambda A, w: w @ torch.linalg.inv(A) @ w, (A, w)),
    "det": (lambda A: torch.linalg.det(A), (A,)),
    "cholesky": (lambda A: torch.linalg.cholesky(A @ A.T + torch.eye(4)).diagonal().log().sum(), (A,)),
    "matrix_exp": (lambda A: torch.matrix_exp(A).trace(), (A,)),
    "matrix_power": (lambda A: torch.matrix_power(A, 3).sum(), (A,)),
    "norms": (lambda w, X: torch.linalg.norm(X @ w) + X.norm() + w.norm(p=1), (w, X)),
    "einsum": (lambda A, X: torch.einsum("ni,ij,nj->n", X, A, X).sum(), (A, X)),
    "outer": (lambda w, y: torch.outer(w, y).pow(2).sum(), (w, y)),
    "activations": (lambda w: (F.gelu(w) + F.silu(w) + F.softplus(w) + F.elu(w) + F.leaky_relu(w) + F.relu(w)
                               + F.logsigmoid(w) + F.mish(w) + F.hardtanh(w) + F.softsign(w)).sum(), (w,)),
    "gelu by tanh": (lambda w: F.gelu(w, approximate="tanh").sum(), (w,)),
    "entrywise": (lambda p: (p.exp() * p.log() + p.sqrt() + p.sin() * p.cos() + p.tan() + p.sigmoid() + p.tanh()
                             + p.erf() + p.lgamma() + p.log1p() + p.expm1() + p.abs() + p.reciprocal()).sum(), (p,)),
    "var, std": (lambda w: w.var() + w.std(unbiased=False), (w,)),
    "max, min, clamp": (lambda w: w.max() * w.min() + w.clamp(min=0.1).sum(), (w,)),
    "where": (lambda w: torch.where(w > 0, w**2, -w).sum(), (w,)),
    "cat, stack": (lambda w, y: (torch.cat([w, y]) ** 2).sum() + (torch.stack([w, 2 * w]) ** 3).sum(), (w, y)),
    "indexing": (lambda X: X[1, 2] * X[:, 0].sum() + X[2:, 1:3].pow(2).sum(), (X,)),
    "shapes": (lambda X: (X.view(2, 14).T @ X.reshape(-1)[:2].unsqueeze(1)).squeeze().pow(2).sum(), (X,)),
    "diag, trace": (lambda A: torch.diag(A).sum() * torch.trace(A @ A), (A,)),
    "cosine_similarity": (lambda w, A: F.cosine_similarity(w, A[0], dim=0), (w, A)),
    "embedding": (lambda E, k: (F.embedding(k, E) ** 2).sum(), (W, ids)),
    "accumulated": (lambda w: accumulated(w), (w,)),
    "branch": (lambda w: (w**2).sum() if w.sum() > 0 else (w**3).sum(), (w,)),
}  # fmt: skip


def stable_rows(Z: Any) -> Any:
    e = torch.exp(Z - Z.max(dim=1, keepdim=True).values)
    return e / e.sum(dim=1, keepdim=True)


def accumulated(w: Any) -> Any:
    out = 2 * w.sum()
    for k in range(1, 4):
        out += (w**k).sum()
    return out


@pytest.mark.parametrize("name", FUNCTIONS)
def test_gradient(name: str) -> None:
    fn, args = FUNCTIONS[name]
    x = args[0].clone().requires_grad_(True)
    with torch.enable_grad():
        fn(x, *args[1:]).backward()
    torch.testing.assert_close(cf.grad(fn)(*args), x.grad, rtol=1e-8, atol=1e-10)


NETS = {
    "one hidden layer": nn.Sequential(nn.Linear(4, 3), nn.Tanh(), nn.Linear(3, 2)),
    "relu and layer norm": nn.Sequential(nn.Linear(4, 5), nn.ReLU(), nn.LayerNorm(5), nn.Linear(5, 2)),
    "gelu, no bias": nn.Sequential(nn.Linear(4, 3, bias=False), nn.GELU(), nn.Linear(3, 2)),
    "sigmoid and softmax": nn.Sequential(nn.Linear(4, 3), nn.Sigmoid(), nn.Linear(3, 2), nn.Softmax(dim=1)),
    "five layers": nn.Sequential(nn.Linear(4, 3), nn.Tanh(), nn.Linear(3, 5), nn.Tanh(), nn.Linear(5, 3), nn.Tanh(),
                                 nn.Linear(3, 6), nn.Tanh(), nn.Linear(6, 2)),
}  # fmt: skip


@pytest.mark.parametrize("name", NETS)
def test_modules(name: str) -> None:
    net = NETS[name].double()
    net.zero_grad()
    F.mse_loss(net(X), T).backward()
    found = cf.grad(lambda net, X, T: F.mse_loss(net(X), T))(net, X, T)
    assert list(found) == [n for n, _ in net.named_parameters()]
    for n, parameter in net.named_parameters():
        torch.testing.assert_close(found[n], parameter.grad, rtol=1e-8, atol=1e-10)


def test_parameters_have_names_in_the_formula() -> None:
    net = NETS["one hidden layer"].double()
    slope = cf.grad(lambda net, X, T: nn.MSELoss()(net(X), T))
    slope(net, X, T)
    assert slope.labels["weight_0"] == "net.0.weight"
    assert set(slope.formula) == {"weight_0", "bias_0", "weight_2", "bias_2"}
    assert all(f.check().level in "AB" for f in slope.formula.values())


def test_a_module_that_is_trained_is_read_once_and_seen_as_it_is() -> None:
    net = nn.Linear(4, 2).double()

    def loss(X: Any) -> Any:
        return (net(X) - T).pow(2).sum()

    slope = cf.grad(loss)
    slope(X)
    with torch.no_grad():
        net.weight += 1
    x = X.clone().requires_grad_(True)
    loss(x).backward()
    torch.testing.assert_close(slope(X), x.grad)


@pytest.mark.parametrize(("fn", "said"), [
    (lambda w: w.sort().values[0], "sort"),
    (lambda w: F.dropout(w, 0.5).sum(), "random"),
    (lambda w: w.detach() @ w, "detach"),
    (lambda w: torch.sum(w * float(w[0])), "float"),
    (lambda w: w.add_(1).sum(), "in place"),
    (lambda w: F.conv1d(w[None], w[None]).sum(), "conv1d"),
])  # fmt: skip
def test_what_is_refused_is_named(fn: Callable[..., Any], said: str) -> None:
    with pytest.raises(ClosedformError, match=said) as caught:
        cf.grad(fn)(w)
    assert "test_torch.py, line" in str(caught.value)
