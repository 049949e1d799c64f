"""Whole numbers that name classes: one entry of each row is chosen, by a matrix of zeros and ones."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from closedform.errors import ValueProblem
from closedform.expr.size import ONE, Size
from closedform.functions.algebra import SYM, had, inner
from closedform.functions.vectors import rowsum
from closedform.tracing.place import refuse, without_values
from closedform.tracing.value import Given, Value

Number = Callable[[Size], int]


def one_hot(y: Value, classes: Size, *, wrap: bool = False) -> Value:
    """The matrix with a one in each row where ``y`` says, the vector where y is one number: made at each call.

    ``wrap``: negative labels count from the end. Under ``jax.jit`` labels that name no class give rows without numbers.
    """
    name = y.node.params[0] if y.node.op is SYM else None
    if name is None or not y.whole:
        refuse("class labels are an argument that holds whole numbers, as it is given")
    dims = (*y.dims, classes)

    def make(have: Mapping[str, Any], number: Number) -> Any:
        count = number(classes)
        given = have.as_given(name) if isinstance(have, Given) else have[name]
        low = -count if wrap else 0
        if without_values(given):
            return _unseen(given, low, count)
        labels = np.asarray(given)
        if labels.min(initial=0) < low or labels.max(initial=0) >= count:
            raise ValueProblem(f"{name} holds class numbers from 0 to {count - 1}; not so these")
        return 1.0 * (labels[..., None] % count == np.arange(count))

    return y.trace.derive(f"{name}_onehot", dims, make)


def _unseen(given: Any, low: int, count: int) -> Any:
    """The matrix of labels that have no values under ``jax.jit`` and ``jax.vmap``."""
    import jax.numpy as jnp

    labels = given.astype(int)[..., None]
    return jnp.where((labels >= low) & (labels < count), 1.0 * (labels % count == np.arange(count)), jnp.nan)


def picked(x: Value, y: Value, *, wrap: bool = False) -> Value:
    """Of each row the entry that ``y`` says."""
    x.trace.sizes.same(x.dims[0], y.dims[0], "choosing by labels")
    hot = one_hot(y, x.dims[1], wrap=wrap)
    return x.trace.value(rowsum(had(hot.node, x.node)), x.dims[:1])


def picked_one(x: Value, y: Value) -> Value:
    """The entry of a vector that the number ``y`` says."""
    return x.trace.value(inner(one_hot(y, x.dims[0]).node, x.node), ())


def picked_along(x: Value, y: Value, axis: int) -> Value:
    """``take_along_axis`` and ``gather``: one entry of each row, as a column where the labels are one."""
    if axis != x.rank - 1 or y.rank != x.rank or (y.rank == 2 and y.dims[1] is not ONE):
        refuse("entries chosen along an axis by values are read one of each row", "Write y[:, None] for the labels y.")
    if y.rank == 1:
        return x.trace.value(picked_one(x, y.trace.value(y.node, (), "i")).node, (ONE,))
    found = picked(x, y.trace.value(y.node, y.dims[:1], y.kind))
    return x.trace.value(found.node, (*found.dims, ONE))
