"""Each NumPy call that losses are written with: value and derivative against JAX."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import closedform as cf
from closedform.tracing import numpy_array
from tests.tracing.most_met.numpy_calls import ARRAYS, NUMPY

jax.config.update("jax_enable_x64", True)
rng = np.random.default_rng(8)
CALLS = {**NUMPY, **ARRAYS}


@pytest.mark.parametrize("name", CALLS)
def test_value_and_derivative(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    fn, args = CALLS[name]
    met: list[str] = []
    read = numpy_array.called

    def noted(trace: Any, handler: Any, called: str, *rest: Any) -> Any:
        met.append(called)
        return read(trace, handler, called, *rest)

    monkeypatch.setattr(numpy_array, "called", noted)

    given = tuple(map(jnp.asarray, args))
    weights = rng.uniform(0.5, 1.5, size=np.shape(fn(np, *args)))

    def weighed(n: Any, *given: Any) -> Any:
        return n.sum(weights * fn(n, *given))

    value, truth = jax.jit(jax.value_and_grad(lambda *given: weighed(jnp, *given)))(*given)
    found, slope = cf.value_and_grad(lambda *given: weighed(np, *given))(*args)
    np.testing.assert_allclose(found, value, rtol=1e-9, atol=1e-11)
    np.testing.assert_allclose(slope, truth, rtol=1e-8, atol=1e-9)
    assert name in ARRAYS or _plain(name.partition(":")[0]) in met


def _plain(name: str) -> str:
    """The name under which NumPy hands a function on: ``np.abs`` is ``np.absolute``."""
    found = getattr(np, name.removeprefix("np."), None)
    return f"np.{found.__name__}" if isinstance(found, np.ufunc) else name


def test_a_hundred_names_are_met() -> None:
    assert len({_plain(name.partition(":")[0]) for name in NUMPY}) >= 150
