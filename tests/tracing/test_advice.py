"""What people write first and is not read: the error says where, and what to write, in the words of their library."""

import threading
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import torch

import closedform as cf
from closedform.errors import ClosedformError

jax.config.update("jax_enable_x64", True)
rng = np.random.default_rng(31)
x, w = rng.normal(size=4), rng.normal(size=4)
t = torch.as_tensor(x)


def fills(x: Any) -> Any:
    out = np.zeros(4)
    for i in range(4):
        out[i] = x[i] ** 2
    return out.sum()


def fills_rows(x: Any) -> Any:
    out = np.zeros((2, 4))
    out[0] = x
    return out.sum()


def fills_tensor(x: Any) -> Any:
    out = torch.zeros(4)
    out[0] = x[0]
    return out.sum()


def forgets(x: Any) -> Any:
    np.sum(x**2)


def forgets_in_torch(x: Any) -> Any:
    torch.sum(x**2)


def forgets_in_jax(x: Any) -> Any:
    jnp.sum(x**2)


def gives_two(x: Any) -> Any:
    return torch.sum(x), x


CASES: dict[str, tuple[Callable[..., Any], tuple[Any, ...], str, str]] = {
    "a buffer": (fills, (x,), "filled", "np.stack"),
    "rows of a buffer": (fills_rows, (x,), "filled", "np.stack"),
    "a tensor": (fills_tensor, (t,), "filled", "torch.stack"),
    "no return": (forgets, (x,), "gives nothing back\n  def forgets(x: Any)", "return its value"),
    "no return, torch": (forgets_in_torch, (t,), "nothing back\n  def forgets_in_torch", "return its value"),
    "no return, jax": (forgets_in_jax, (jnp.asarray(x),), "nothing back\n  def forgets_in_jax", "return its value"),
    "two values": (gives_two, (t,), "several values", "torch.stack"),
    "arrays for torch": (lambda w: torch.exp(w).sum(), (x,), "w is an array of NumPy", "torch.as_tensor(w)"),
    "jax for torch": (lambda w: torch.exp(w).sum(), (jnp.asarray(x),), "w is an array of JAX", "torch.as_tensor(w)"),
    "tensors for numpy": (lambda w: np.sum(w**2), (t,), "given to NumPy", "PyTorch's own"),
    "tensors for a ufunc": (lambda w: np.sum(np.exp(w)), (t,), "given to NumPy", "PyTorch's own"),
    "a list": (lambda w: np.sum(w**2), ([1.0, 2.0],), "w is a list of numbers", "np.array(w)"),
    "whole numbers": (lambda y: np.sum(y * x), (np.arange(4),), "y is of whole numbers", "Hand floats"),
    "a whole number": (lambda y: np.sum(y * x), (3,), "y is of whole numbers", "Hand floats"),
    "a tensor of them": (lambda y: torch.sum(y * t), (torch.arange(4),), "y is of whole numbers", "Hand floats"),
    "truth values": (lambda y: np.sum(y * x), (x > 0,), "y is of truth values", "Hand floats"),
    "within a tree": (lambda p: np.sum(p["y"] * p["w"]), ({"y": np.arange(4), "w": x},), "p.y is of whole", "floats"),
}


@pytest.mark.parametrize("name", CASES)
def test_advice(name: str) -> None:
    fn, args, said, hint = CASES[name]
    with pytest.raises(ClosedformError) as caught:
        cf.grad(fn)(*args)
    assert said in str(caught.value)
    assert hint in str(caught.value).splitlines()[-1]
    if "filled" in said or "back" in said:
        assert str(caught.value).startswith("test_advice.py, line ")


def test_arguments_by_name() -> None:
    def loss(w: Any, x: Any, *, scale: Any) -> Any:
        return scale * np.sum(np.exp(w * x))

    np.testing.assert_allclose(cf.grad(loss, "x")(w, x, scale=2.0), 2 * w * np.exp(w * x))
    first, other = cf.grad(loss, ("x", 0))(w, x, scale=2.0)
    np.testing.assert_allclose(first, 2 * w * np.exp(w * x))
    np.testing.assert_allclose(other, 2 * x * np.exp(w * x))
    assert cf.grad(loss, "scale")(w, x, scale=2.0) == pytest.approx(np.sum(np.exp(w * x)))
    for wrong in ("z", 2.0, None, (), ("w", "z"), True):
        with pytest.raises(ClosedformError, match=r"no argument of this function[\s\S]*w, x, scale"):
            cf.grad(loss, wrong)  # type: ignore[arg-type]


def test_arrays_of_numpy_for_a_function_of_jax() -> None:
    np.testing.assert_allclose(cf.grad(lambda w: jnp.sum(jnp.tanh(w) ** 2))(x), 2 * np.tanh(x) / np.cosh(x) ** 2)


def test_nothing_of_torch_changes_while_a_function_is_read() -> None:
    names = ("arange", "linspace", "zeros", "eye")
    before = {name: getattr(torch, name) for name in names}
    seen: list[bool] = []
    elsewhere: list[Any] = []

    def loss(x: Any, W: Any) -> Any:
        seen.append(all(getattr(torch, name) is before[name] for name in names))
        other = threading.Thread(target=lambda: elsewhere.append(torch.arange(3)))
        other.start()
        other.join()
        n = x.shape[0]
        steps = torch.arange(n, dtype=x.dtype) + torch.linspace(0, 1, n, dtype=x.dtype) + torch.arange(2 * n)[:n]
        return ((x * steps) @ W).sum() + (torch.eye(n, dtype=x.dtype) @ x).sum() + torch.zeros(n, n).sum()

    W = torch.as_tensor(rng.normal(size=(4, 3)))
    np.testing.assert_allclose(cf.grad(loss)(t, W), torch.func.grad(loss)(t, W))
    assert all(seen)
    assert all(torch.equal(found, torch.arange(3)) for found in elsewhere)


def test_words_of_numpy_for_arguments_of_torch() -> None:
    W = torch.as_tensor(rng.normal(size=(4, 3)))

    def loss(W: Any) -> Any:
        return (torch.sum(W, axis=1, keepdims=True) * W).square().sum()

    np.testing.assert_allclose(cf.grad(loss)(W), torch.func.grad(loss)(W))
