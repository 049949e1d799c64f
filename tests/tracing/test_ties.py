"""At ties and kinks: the derivative where there is one, else that of one of the two sides."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import torch
import torch.nn.functional as F

import closedform as cf

POINT = [0.0, 1.0, -1.3]
SLOPE = torch.tensor([0.3], dtype=torch.float64)


@pytest.mark.parametrize("f", [
    lambda x: F.elu(x).sum(), lambda x: F.elu(x, 2.0).sum(), lambda x: F.celu(x).sum(), lambda x: F.celu(x, 2.0).sum(),
    lambda x: F.selu(x).sum(), lambda x: F.leaky_relu(x).sum(), lambda x: F.prelu(x, SLOPE).sum(),
])  # fmt: skip
def test_rectified_functions_of_torch(f: Callable[[Any], Any]) -> None:
    x = torch.tensor(POINT, dtype=torch.float64, requires_grad=True)
    f(x).backward()
    assert np.allclose(cf.grad(f)(x.detach()), x.grad, rtol=1e-12)


@pytest.mark.parametrize("f", [
    lambda x: jax.nn.elu(x).sum(), lambda x: jax.nn.elu(x, 2.0).sum(), lambda x: jax.nn.celu(x).sum(),
    lambda x: jax.nn.celu(x, 2.0).sum(), lambda x: jax.nn.selu(x).sum(), lambda x: jax.nn.leaky_relu(x).sum(),
])  # fmt: skip
def test_rectified_functions_of_jax(f: Callable[[Any], Any]) -> None:
    x = jnp.array(POINT)
    assert np.allclose(cf.grad(f)(x), jax.grad(f)(x), rtol=1e-6)


def test_equal_slopes_and_one_of_two() -> None:
    assert cf.grad(lambda x: np.minimum(x**2, 2 * x - 1).sum())(np.array([1.0, 3.0])).tolist() == [2.0, 2.0]
    assert cf.grad(lambda x: np.maximum(x, x**2).sum())(np.array([1.0, 3.0]))[0] in (1.0, 2.0)
    assert cf.formula("sum(elu(x))").grad("x")(x=[0.0, 1.0]).tolist() == [1.0, 1.0]


def test_where_they_hold() -> None:
    assert cf.formula("sum(elu(x))").grad("x").conditions == ()
    assert cf.formula("sum(elu(x))").hessian("x").conditions == ("every entry of x ≠ 0",)
    assert cf.formula("sum(huber(x, 1))").hessian("x").conditions == ("abs(x) ≠ 1 in every entry",)
