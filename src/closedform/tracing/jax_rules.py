"""Functions with a derivative rule of the user's own, which a closed form is only where it is the derivative."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.extend import core

from closedform.tracing.place import refuse

SCALES = (0.5, 3.0, 1e3)
CLOSE = 1e-3


def agree(eqn: Any, name: str) -> None:
    """The rule of a ``custom_jvp`` or ``custom_vjp`` must be the derivative of what is computed, at random points."""
    inner = eqn.params.get("call_jaxpr") or eqn.params.get("fun_jaxpr")
    if not all(isinstance(k, int) for v in eqn.invars for k in v.aval.shape):
        return  # this was asked at the shapes given before

    def own(*args: Any) -> Any:
        found = eqn.primitive.get_bind_params(eqn.params)
        subfuns, params = found if isinstance(found, tuple) else ((), found)
        return eqn.primitive.bind(*subfuns, *args, **params)

    rng = np.random.default_rng(5)
    for scale in SCALES:
        at = [_drawn(rng, v.aval, min(scale, 3.0)) for v in eqn.invars]
        mine, its = (_pulled(f, at, scale) for f in (core.jaxpr_as_fun(inner), own))
        if not all(np.allclose(a, b, CLOSE, CLOSE, equal_nan=True) for a, b in zip(mine, its, strict=True)):
            refuse(
                f"{name or 'this'} has a derivative rule of its own, which is not the derivative of what it computes",
                "Differentiate without the rule, or give it to cf.declare.",
            )


def _drawn(rng: np.random.Generator, aval: Any, scale: float) -> Any:
    if not jnp.issubdtype(aval.dtype, jnp.floating):
        return jnp.ones(aval.shape, aval.dtype)
    return jnp.asarray(rng.uniform(0.1, 1.0, aval.shape) * scale, aval.dtype)


def _pulled(f: Any, at: list[Any], scale: float) -> list[Any]:
    """The cotangents of the arguments that are floats, of random ones of the values."""
    places = [k for k, x in enumerate(at) if jnp.issubdtype(x.dtype, jnp.floating)]

    def moving(*some: Any) -> Any:
        return f(*[some[places.index(k)] if k in places else x for k, x in enumerate(at)])

    out, back = jax.vjp(moving, *[at[k] for k in places])
    rng = np.random.default_rng(6)
    seeds = [jnp.asarray(rng.normal(size=x.shape) * scale, x.dtype) for x in out]
    return [np.asarray(g, float) / scale for g in back(type(out)(seeds))]
