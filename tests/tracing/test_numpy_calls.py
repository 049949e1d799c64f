"""Each NumPy call that losses are written with: value and derivative against JAX."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import closedform as cf
from closedform.tracing import numpy_array
from closedform.tracing.calling import Own
from tests.tracing.most_met.numpy_calls import ARRAYS, NUMPY

jax.config.update("jax_enable_x64", True)
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

    def mine(*given: Any) -> Any:
        return fn(np, *given)

    def its(*given: Any) -> Any:
        return fn(jnp, *given)

    given = tuple(map(jnp.asarray, args))
    np.testing.assert_allclose(np.asarray(Own(mine, "value")(*args)), its(*given), rtol=1e-9, atol=1e-11)
    np.testing.assert_allclose(cf.jacobian(mine)(*args), jax.jacobian(its)(*given), rtol=1e-8, atol=1e-9)
    assert name in ARRAYS or _plain(name.partition(":")[0]) in met


def _plain(name: str) -> str:
    """The name under which NumPy hands a function on: ``np.abs`` is ``np.absolute``."""
    found = getattr(np, name.removeprefix("np."), None)
    return f"np.{found.__name__}" if isinstance(found, np.ufunc) else name


def test_a_hundred_names_are_met() -> None:
    assert len({_plain(name.partition(":")[0]) for name in NUMPY}) >= 150
