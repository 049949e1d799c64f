"""What a function reads from around it may change between calls; what only looks like a derivative is refused."""

import threading
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import nn

import closedform as cf
from closedform.errors import ClosedformError, MissingRule

jax.config.update("jax_enable_x64", True)
rng = np.random.default_rng(6)
X5 = rng.normal(size=5)

scale = 2.0
weights: list[float] = [1.0, 2.0]
table = {"a": 1.0}
held = SimpleNamespace(power=2.0, unused=0)
matrix = rng.normal(size=(3, 5))
mask = np.array([True, False, True, False, True])
single = np.array(2.0)


def squeezed(z: Any) -> Any:
    return np.tanh(z)


def helper(x: Any) -> Any:
    return scale * squeezed(x)


def _set(name: str, value: Any) -> Callable[[], None]:
    return lambda: globals().update({name: value})


CHANGES: dict[str, tuple[Callable[[Any], Any], Callable[[], None]]] = {
    "number of a helper": (lambda x: np.sum(helper(x) ** 2), _set("scale", 3.0)),
    "function of a helper": (lambda x: np.sum(helper(x) ** 3), _set("squeezed", np.sin)),
    "list": (lambda x: np.sum(weights[0] * x**2), lambda: weights.__setitem__(0, 5.0)),
    "dictionary": (lambda x: table["a"] * np.sum(x**2), lambda: table.update(a=4.0)),
    "attribute": (lambda x: np.sum(np.abs(x) ** held.power), lambda: setattr(held, "power", 3.0)),
    "computed from an array": (lambda x: np.linalg.norm(matrix) * np.sum(x**2), lambda: matrix.__imul__(2)),
    "entries chosen": (lambda x: np.sum(x[mask] ** 2), lambda: mask.__setitem__(1, True)),
    "array of one number": (lambda x: np.sum(single * x**2), lambda: single.__setitem__((), 7.0)),
}


def _differences(fn: Callable[[Any], Any], x: Any, h: float = 1e-5) -> Any:
    return np.array([(fn(x + h * e) - fn(x - h * e)) / (2 * h) for e in np.eye(len(x))])


@pytest.mark.parametrize("name", CHANGES)
def test_what_changes_around_is_seen(name: str) -> None:
    fn, change = CHANGES[name]
    slope = cf.grad(fn)
    before = slope(X5)
    np.testing.assert_allclose(before, _differences(fn, X5), atol=1e-7)
    change()
    assert not np.allclose(slope(X5), before)
    np.testing.assert_allclose(slope(X5), _differences(fn, X5), atol=1e-7)


def test_what_the_function_does_not_name_is_no_change() -> None:
    slope = cf.grad(lambda x: np.sum(np.abs(x) ** held.power))
    slope(X5)
    read = slope._reads[0]
    held.unused += 1
    slope(X5)
    assert slope._reads[0] is read


class Scaled(nn.Module):
    shift: torch.Tensor

    def __init__(self) -> None:
        super().__init__()
        self.inner = nn.Sequential(nn.Linear(4, 3), nn.BatchNorm1d(3), nn.LeakyReLU(0.1), nn.Linear(3, 1)).double()
        self.register_buffer("shift", torch.zeros(1, dtype=torch.float64))
        self.scale = 2.0

    def forward(self, x: Any) -> Any:
        return self.inner(x) * self.scale + self.shift


SETTINGS: dict[str, Callable[[Any], Any]] = {
    "buffer": lambda m: m.inner[1].running_mean.add_(0.7),
    "buffer replaced": lambda m: setattr(m, "shift", torch.ones(1, dtype=torch.float64)),
    "attribute": lambda m: setattr(m, "scale", 5.0),
    "setting": lambda m: setattr(m.inner[2], "negative_slope", 0.8),
    "layer": lambda m: m.inner.__setitem__(2, nn.Tanh()),
    "hook": lambda m: m.inner[0].register_forward_hook(lambda _, given, out: out * 2),
}


@pytest.mark.parametrize("name", SETTINGS)
@pytest.mark.parametrize("given", [True, False])
def test_settings_of_modules(name: str, given: bool) -> None:
    module, x = Scaled().eval(), torch.as_tensor(rng.normal(size=(6, 4)))

    def loss(x: Any, m: Any = module) -> Any:
        return m(x).square().mean()

    slope = cf.grad(lambda x, m: loss(x, m)) if given else cf.grad(lambda x: loss(x))
    more = (module,) if given else ()
    first = slope(x, *more)
    SETTINGS[name](module)
    true = torch.func.grad(loss)(x)
    assert not torch.allclose(first, true)
    torch.testing.assert_close(slope(x, *more), true)


def test_training_mode_is_seen_and_steps_are_no_change() -> None:
    module = nn.Sequential(nn.Linear(4, 3), nn.Dropout(0.5), nn.Linear(3, 1)).double().eval()
    x, slope = torch.as_tensor(rng.normal(size=(6, 4))), cf.grad(lambda m, x: m(x).square().mean())
    slope(module, x)
    read = slope._reads[0]
    with torch.no_grad():
        for p in module.parameters():
            p.add_(0.3)
    found = slope(module, x)
    assert slope._reads[0] is read
    true = torch.autograd.grad(module(x).square().mean(), list(module.parameters()))
    for mine, its in zip(found.values(), true, strict=True):
        torch.testing.assert_close(mine, its)
    module.train()
    with pytest.raises(MissingRule, match="dropout draws random numbers"):
        slope(module, x)


def test_other_sizes_that_take_another_branch() -> None:
    slope = cf.grad(lambda x: np.sum(x**2) if x.shape[0] > 4 else np.sum(x**3))
    for n, power in ((5, 2), (6, 2), (3, 3), (7, 2)):
        x = rng.normal(size=n)
        np.testing.assert_allclose(slope(x), power * x ** (power - 1))
    ends = cf.grad(lambda x: np.sum(x[2:100] ** 2) + np.sum(x[:3]))
    for n in (5, 2, 7):
        x = rng.normal(size=n)
        np.testing.assert_allclose(ends(x), np.where(np.arange(n) < 2, 0, 2 * x) + (np.arange(n) < 3))


def _with_rule(value: Callable[[Any], Any], rule: Callable[[Any, Any], Any]) -> Callable[[Any], Any]:
    made = jax.custom_vjp(value)
    made.defvjp(lambda x: (value(x), x), lambda x, g: (rule(x, g),))
    return made


def test_rules_of_the_users_own_that_are_no_derivatives() -> None:
    softplus = _with_rule(lambda x: jnp.log1p(jnp.exp(x)), lambda x, g: g * jax.nn.sigmoid(x))
    slope = cf.grad(lambda x: jnp.sum(softplus(x)))
    for n in (4, 5):
        x = jnp.asarray(rng.normal(size=n))
        np.testing.assert_allclose(slope(x), jax.nn.sigmoid(x), rtol=1e-12)
    for turned in (_with_rule(lambda x: x, lambda x, g: -g), _with_rule(lambda x: x, lambda x, g: jnp.clip(g, -1, 1))):
        with pytest.raises(MissingRule, match="rule of its own"):
            cf.grad(lambda x, turned=turned: jnp.sum(turned(x) ** 2))(jnp.asarray(X5))


def test_stopped_gradients_that_matter_and_hidden_conversions() -> None:
    x = jnp.asarray(X5)
    with pytest.raises(MissingRule, match="stop_gradient"):
        cf.grad(lambda x: jnp.sum(jnp.exp(x - jax.lax.stop_gradient(jnp.max(x)))))(x)

    def softmax(x: Any) -> Any:
        e = jnp.exp(x - jax.lax.stop_gradient(jnp.max(x)))
        return (e / jnp.sum(e))[0]

    np.testing.assert_allclose(cf.grad(softmax)(x), jax.grad(softmax)(x), atol=1e-14)
    with pytest.raises(MissingRule, match="conversion of floats"):
        cf.grad(lambda x: jnp.sum(x.astype(int) * x))(jnp.asarray([1.0, 2.0]))


def test_keys_of_random_numbers_as_arguments() -> None:
    def loss(x: Any, key: Any) -> Any:
        return jnp.sum(x**2 * jax.random.normal(key, (5,)))

    slope, x = cf.grad(loss), jnp.asarray(X5)
    for seed in (0, 1):
        key = jax.random.PRNGKey(seed)
        np.testing.assert_allclose(slope(x, key), jax.grad(loss)(x, key), rtol=1e-12)


def test_a_mask_that_comes_to_fill_a_row() -> None:
    seen = np.array([True, True, False, True, True])
    slope = cf.grad(lambda x: np.log(np.sum(np.exp(np.where(seen, x, -np.inf)))))
    slope(X5)
    seen[:] = False
    with pytest.raises(ClosedformError, match="fills a row"):
        slope(X5)


def test_what_is_printed_or_refused_in_words() -> None:
    np.testing.assert_allclose(cf.grad(lambda x: (f"{x[0]:.3f}", np.sum(x**2))[1])(X5), 2 * X5)
    x = torch.as_tensor(X5)
    with pytest.raises(MissingRule, match=r"torch\.tensor"):
        cf.grad(lambda x: torch.tensor(x).sum())(x)
    with pytest.raises(MissingRule, match=r"torch\.func"):
        cf.grad(lambda x: torch.func.grad(lambda z: (z**3).sum())(x).sum())(x)


def test_one_module_in_several_threads() -> None:
    module = nn.Sequential(nn.Linear(4, 3), nn.Tanh(), nn.Linear(3, 1)).double()
    slope, faults = cf.grad(lambda m, x: F.mse_loss(m(x), x[:, :1])), list[Any]()
    W1, b1, W2, b2 = (p.detach().clone() for p in module.parameters())

    def loss(b: Any, x: Any) -> Any:
        return F.mse_loss(torch.tanh(x @ W1.T + b1) @ W2.T + b, x[:, :1])

    def work(n: int) -> None:
        x = torch.as_tensor(np.random.default_rng(n).normal(size=(n, 4)))
        try:
            torch.testing.assert_close(slope(module, x)["2.bias"], torch.func.grad(loss)(b2, x))
        except (AssertionError, ClosedformError) as error:
            faults.append(error)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(2, 7)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert not faults
