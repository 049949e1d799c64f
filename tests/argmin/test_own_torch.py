"""``cf.argmin`` of PyTorch functions: gradcheck to second order, modules, optimisers, refusals."""

from typing import Any

import numpy as np
import pytest
import torch

import closedform as cf

source = torch.Generator().manual_seed(0)


def draw(*shape: int) -> Any:
    return torch.randn(*shape, generator=source, dtype=torch.float64)


def ridge(x: Any, A: Any, b: Any, lam: Any) -> Any:
    return ((A @ x - b) ** 2).sum() + lam * (x**2).sum()


A, b = draw(7, 4).requires_grad_(), draw(7).requires_grad_()
lam = torch.tensor(0.7, dtype=torch.float64, requires_grad=True)
zeros = torch.zeros(4, dtype=torch.float64)


def test_first_and_second_derivatives() -> None:
    best, short = cf.argmin(ridge, where="lam > 0"), b.detach()[:5].requires_grad_()
    assert torch.autograd.gradcheck(lambda *t: best(*t, start=zeros), (A, b, lam))
    assert torch.autograd.gradgradcheck(lambda b, lam: best(A.detach()[:5], b, lam, start=zeros), (short, lam))


def test_in_place_changes_are_seen() -> None:
    best, t = cf.argmin(lambda x, t: (x - t) ** 2), torch.tensor(1.0, dtype=torch.float64)
    assert float(best(t, start=0.0)) == 1
    t += 1
    assert float(best(t, start=0.0)) == 2


def test_an_optimiser_of_torch() -> None:
    def lbfgs(f: Any, start: Any) -> Any:
        x = start.clone().requires_grad_()
        optimiser = torch.optim.LBFGS([x], max_iter=50)

        def closure() -> Any:
            optimiser.zero_grad()
            loss = f(x)
            loss.backward()
            return loss

        optimiser.step(closure)
        return x.detach()

    found, true = (cf.argmin(ridge, solver)(A, b, lam, start=zeros) for solver in (lbfgs, None))
    np.testing.assert_allclose(found.detach(), true.detach(), rtol=0, atol=1e-14)
    (one,), (other,) = (torch.autograd.grad((x**3).sum(), lam) for x in (found, true))
    np.testing.assert_allclose(one, other, rtol=1e-12)


def test_parameters_of_a_module() -> None:
    net = torch.nn.Sequential(torch.nn.Linear(2, 1), torch.nn.Tanh()).double()
    X, y, w = draw(9, 2), draw(9, 1), (draw(9, 1) ** 2).requires_grad_()

    def train(net: Any, X: Any, y: Any, w: Any) -> Any:
        return (w * (net(X) - y) ** 2).sum() + sum((p**2).sum() for p in net.parameters())

    best = cf.argmin(train, starts=1)
    p = best(X, y, w, start=net)
    assert {k: tuple(v.shape) for k, v in p.items()} == {"0.weight": (1, 2), "0.bias": (1,)}
    slope = torch.func.grad(lambda p: train(Called(net, p), X, y, w.detach()))({k: v.detach() for k, v in p.items()})
    assert max(float(g.abs().max()) for g in slope.values()) < 1e-12
    (g,) = torch.autograd.grad(sum((v**2).sum() for v in p.values()), w)
    d, h = draw(9, 1), 1e-5
    ends = [sum((v**2).sum() for v in best(X, y, w.detach() + s * h * d, start=net).values()) for s in (1, -1)]
    assert float((g * d).sum()) == pytest.approx(float(ends[0] - ends[1]) / (2 * h), abs=1e-8)


class Called:
    """A module with other parameters."""

    def __init__(self, net: Any, parameters: Any) -> None:
        self.net, self.named = net, parameters

    def __call__(self, X: Any) -> Any:
        return torch.func.functional_call(self.net, self.named, (X,))

    def parameters(self) -> Any:
        return self.named.values()


def test_a_module_among_the_parameters() -> None:
    hyper, c = torch.nn.Linear(3, 4).double(), draw(3)
    inner = cf.argmin(lambda x, hyper, c: ((x - hyper(c)) ** 2).sum() + (x**4).sum())
    x = inner(hyper, c, start=zeros)
    x.sum().backward()
    true = 2 / (2 + 12 * x.detach() ** 2)
    np.testing.assert_allclose(hyper.bias.grad, true, rtol=1e-13)
    np.testing.assert_allclose(hyper.weight.grad, torch.outer(true, c), rtol=1e-13)


def test_refusals() -> None:
    t = torch.tensor(1.0, dtype=torch.float64, requires_grad=True)
    with pytest.raises(cf.NoDerivative):
        cf.argmin(lambda x, t: torch.exp(-x) * t)(t, start=0.0)
    assert torch.isnan(cf.argmin(lambda x, t: torch.exp(-x) * t, on_fail="nan")(t, start=0.0))
    soft = cf.argmin(lambda x, t: 0.5 * (x - t) ** 2 + x.abs())
    x = soft(t, start=0.0)
    assert float(x.detach()) == 0
    with pytest.raises(cf.NoDerivative) as caught:
        x.backward()
    assert caught.value.verdict.kind == "nonsmooth-minimum"
    far = torch.tensor(3.0, dtype=torch.float64, requires_grad=True)
    (g,) = torch.autograd.grad(soft(far, start=0.0), far, create_graph=True)
    assert float(g.detach()) == 1
    with pytest.raises(cf.MissingRule, match="second derivatives"):
        torch.autograd.grad(g, far)
