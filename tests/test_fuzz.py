"""Random formulas over the whole table of functions, judged in every way; and all at which a fault was ever found."""

from __future__ import annotations

from typing import Any

import pytest
from fuzzing import found, run
from fuzzing.judge import Judge

from closedform.expr.walk import postorder
from closedform.functions.table import functions

COUNT, BATCH, DRAWN = 520, 10, 6000
BATCHES = range(0, COUNT, BATCH)
SHARED = 0.9
"""The share of the functions that so many formulas of the long runs meet at least; what takes long is drawn seldom."""


@pytest.mark.parametrize("first", BATCHES)
def test_nothing_is_wrong(first: int) -> None:
    judge = Judge()
    for number in range(first, first + BATCH):
        assert not judge.faults(run.light(number), number), number


@pytest.mark.parametrize("row", found.saved(), ids=lambda row: row["text"][:50])
def test_what_was_found_once_stays_mended(row: dict[str, Any]) -> None:
    raw = found.unpacked(row["nodes"])
    assert not Judge(run.frameworks()).faults(raw, row["seed"])


def test_every_function_is_met() -> None:
    met = {n.op.name for k in range(DRAWN) for n in postorder(run.drawn(k))}
    assert len(met & {op.name for op in functions()}) >= SHARED * len(functions())


def test_a_formula_survives_its_file() -> None:
    for number in BATCHES:
        raw = run.drawn(number)
        assert found.unpacked(found.packed(raw)) is raw
