"""Every function of the table on every backend that has it, at generic points, beside its own value."""

from __future__ import annotations

import numpy as np
import pytest
from backends import TARGETS, called, relative
from points import point

from closedform.errors import MissingRule
from closedform.expr.op import Op
from closedform.expr.size import ONE
from closedform.functions.table import functions
from closedform.program.compiled import Compiled
from closedform.run import precise

LACKING = {"torch": set(), "jax": set(), "numpy": set()}
"""What a library has no form for; refused by name."""
PRECISE = [getattr(precise, n) for n in ("expm1", "log1p", "log1mexp", "log_normcdf", "log_cosh")]


def values_at(op: Op, seed: int) -> tuple[Compiled, dict, np.ndarray]:
    at = point(op, seed)
    values = {}
    for a in at.node.args:
        if a.op.name == "sym":
            array = at.env[a.params[0]]
            values[a.params[0]] = array.reshape([n for n, s in zip(array.shape, a.shape, strict=True) if s is not ONE])
    true = at.value(at.node)
    return at, values, true.reshape([n for n, s in zip(true.shape, at.node.shape, strict=True) if s is not ONE])


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("op", functions(), ids=lambda op: op.name)
@pytest.mark.parametrize("seed", [1, 2])
def test_every_function(op: Op, target: str, seed: int) -> None:
    at, values, true = values_at(op, seed)
    if op.name in LACKING[target]:
        with pytest.raises(MissingRule, match=op.name):
            Compiled((at.node,), target)(*values.values())
        return
    compiled = Compiled((at.node,), target)
    extra = {a.name: at.sizes[a.name] for a in compiled._all if a.is_size}
    assert relative(called(compiled, {**values, **extra}), true) < 1e-10
