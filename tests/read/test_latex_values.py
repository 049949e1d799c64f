"""Formulas as books and papers set them, against derivatives from automatic differentiation of functions written apart.

``point`` has general data, symmetric only where the source says so; ``value`` is the derivative by ``by``
there, or the value of the formula itself.
"""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import closedform as cf

VALUES = Path(__file__).parents[1] / "data" / "wild_latex_values.jsonl"
FORMULAS = [json.loads(line) for line in VALUES.read_text("utf-8").splitlines()]


@pytest.mark.parametrize("f", FORMULAS, ids=lambda f: f["latex"])
def test_is_read_as_what_was_meant(f: dict[str, Any]) -> None:
    formula = cf.formula(f["latex"], where=f.get("where"), syntax="latex")
    answer = formula if f["kind"] == "value" else getattr(formula, f["kind"])(f["by"])
    point = {name: np.array(v) if isinstance(v, list) else v for name, v in f["point"].items()}
    found = np.asarray(answer(**{name: v for name, v in point.items() if name in answer.variables}))
    assert found.shape == np.shape(f["value"])
    np.testing.assert_allclose(found, f["value"], rtol=1e-8, atol=1e-9)


def test_there_are_enough_and_each_moves() -> None:
    assert len(FORMULAS) >= 150
    assert sum(not np.any(f["value"]) for f in FORMULAS) == 0
