"""PyTorch functions: each function, layer and loss against autograd; modules and their parameters."""

from collections.abc import Callable
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import nn
from torch.overrides import TorchFunctionMode, resolve_name

import closedform as cf
from closedform.errors import ClosedformError
from closedform.tracing.calling import Own
from tests.tracing.most_met.torch_calls import CALLS, LOSSES, MODULES, WRITTEN_OUT

torch.manual_seed(3)


def r(*shape: int) -> torch.Tensor:
    return torch.randn(*shape, dtype=torch.float64)


X, w, y, A, W, T, b = r(7, 4), r(4), r(7), r(4, 4), r(3, 4), r(7, 2), r(3)
Y = torch.softmax(r(7, 3), 1)
ids = torch.tensor([0, 2, 1, 1, 0, 2, 0])


class Names(TorchFunctionMode):
    """The functions that are called, as PyTorch tells them apart."""

    def __init__(self) -> None:
        super().__init__()
        self.met: set[Any] = set()

    def __torch_function__(self, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        self.met |= {function, str(resolve_name(function)).rpartition(".")[2]}
        return function(*args, **(kwargs or {}))


def called(name: str) -> Any:
    found: Any = torch
    for part in name.partition(":")[0].split(".")[1:]:
        found = getattr(found, part)
    return found


@pytest.mark.parametrize("name", CALLS)
def test_value_and_derivative(name: str) -> None:
    fn, args = CALLS[name]
    with Names() as names:
        value = fn(*args)
    assert called(name) in names.met or name.partition(":")[0].rpartition(".")[2] in names.met
    written = WRITTEN_OUT.get(name, fn)
    truth = torch.autograd.functional.jacobian(lambda x: written(x, *args[1:]), args[0])
    torch.testing.assert_close(torch.as_tensor(Own(fn, "value")(*args)), value, rtol=1e-9, atol=1e-11)
    torch.testing.assert_close(cf.jacobian(fn)(*args), truth, rtol=1e-8, atol=1e-9)


@pytest.mark.parametrize("name", MODULES)
def test_layers(name: str) -> None:
    net, args = MODULES[name]
    assert any(type(m).__name__ == name for m in net.modules())
    agrees(net.double(), lambda net, *args: (net(*args) ** 2).sum(), *args)


def agrees(net: nn.Module, loss: Callable[..., Any], *args: Any) -> None:
    net.zero_grad()
    loss(net, *args).backward()
    found = cf.grad(loss)(net, *args)
    assert list(found) == [n for n, _ in net.named_parameters()]
    for n, parameter in net.named_parameters():
        torch.testing.assert_close(found[n], parameter.grad, rtol=1e-8, atol=1e-10)


@pytest.mark.parametrize("name", LOSSES)
def test_losses(name: str) -> None:
    loss, args = getattr(nn, name)(), LOSSES[name]
    x = args[0].clone().requires_grad_(True)
    loss(x, *args[1:]).sum().backward()
    found = cf.grad(lambda *given: loss(*given).sum())(*args)
    torch.testing.assert_close(found, x.grad, rtol=1e-8, atol=1e-10)


FUNCTIONS: dict[str, tuple[Callable[..., Any], tuple[Any, ...]]] = {
    "mean, pow, sum": (lambda w, X, y: ((X @ w - y) ** 2).mean() + 0.1 * w.pow(2).sum(), (w, X, y)),
    "cross_entropy of closed-over labels": (lambda W, X: F.cross_entropy(X @ W.T, ids), (W, X)),
    "softmax by hand": (lambda w, X, y: y @ stable(X @ w, 0), (w, X, y)),
    "softmax of rows by hand": (lambda W, X, Y: (Y * stable(X @ W.T, 1)).sum(), (W, X, Y)),
    "attention by hand": (
        lambda Q, K, V: (torch.softmax(Q @ K.mT / Q.shape[-1] ** 0.5, -1) @ V).sum(), (X, r(5, 4), r(5, 2))),
    "shapes": (lambda X: (X.view(2, 14).T @ X.reshape(-1)[:2].unsqueeze(1)).squeeze().pow(2).sum(), (X,)),
    "numbers made of lengths": (lambda X: (X * torch.arange(len(X))[:, None] / torch.linspace(1, 2, X.shape[1])).sum(),
                                (X,)),
    "accumulated": (lambda w: accumulated(w), (w,)),
    "branch": (lambda w: (w**2).sum() if w.sum() > 0 else (w**3).sum(), (w,)),
}  # fmt: skip


def stable(Z: Any, dim: int) -> Any:
    e = torch.exp(Z - Z.max(dim=dim, keepdim=True).values)
    return e / e.sum(dim=dim, keepdim=True)


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
    "five layers": nn.Sequential(nn.Linear(4, 3), nn.Tanh(), nn.Linear(3, 5), nn.Tanh(), nn.Linear(5, 3), nn.Tanh(),
                                 nn.Linear(3, 6), nn.Tanh(), nn.Linear(6, 2)),
}  # fmt: skip


@pytest.mark.parametrize("name", NETS)
def test_modules(name: str) -> None:
    agrees(NETS[name].double(), lambda net, X, T: F.mse_loss(net(X), T), X, T)


class Parts(nn.Module):
    """Parameters in lists and dictionaries."""

    def __init__(self) -> None:
        super().__init__()
        self.weights = nn.ParameterList([nn.Parameter(r(4, 3)), nn.Parameter(r(3, 2))])
        self.heads = nn.ModuleDict({"mean": nn.Linear(2, 2), "spread": nn.Linear(2, 2, bias=False)})
        self.layers = nn.ModuleList([nn.Linear(2, 2), nn.Linear(2, 2)])

    def forward(self, X: Any) -> Any:
        Z = torch.tanh(X @ self.weights[0]) @ self.weights[1]
        for layer in self.layers:
            Z = torch.sigmoid(layer(Z))
        return self.heads["mean"](Z) * torch.exp(self.heads["spread"](Z))


def test_lists_and_dictionaries_of_parameters() -> None:
    agrees(Parts().double(), lambda net, X, T: ((net(X) - T) ** 2).mean(), X, T)


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
