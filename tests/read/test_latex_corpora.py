"""The LaTeX of every line of the corpora is read as its text is."""

import json
from pathlib import Path
from typing import Any

import pytest

from closedform import formula
from closedform.errors import ReadError

DATA = Path(__file__).parents[1] / "data"
LINES = [json.loads(line) for name in ("seed_problems.jsonl", "wild_problems.jsonl")
         for line in (DATA / name).read_text("utf-8").splitlines()]  # fmt: skip
HALF_RAISED = {"sca-lennard-jones"}
"""``^12`` in LaTeX raises the 1 alone."""


@pytest.mark.parametrize("line", [p for p in LINES if " where " not in p["formula"]], ids=lambda p: p["id"])
def test_latex_is_read_as_text(line: dict[str, Any]) -> None:
    if line["id"] in HALF_RAISED:
        with pytest.raises(ReadError, match="only the 1 of 12 is raised"):
            formula(line["latex"], where=line["where"] or None, syntax="latex")
        return
    read = formula(line["latex"], where=line["where"] or None, syntax="latex")
    assert read == formula(line["formula"], where=line["where"] or None)
