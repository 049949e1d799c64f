"""Every formula and answer of the corpora reads, with the shapes that the corpus names."""

import json
from pathlib import Path
from typing import Any

import pytest

from closedform.errors import ShapeError
from closedform.expr.size import ONE, Size
from closedform.read.alphabet import canonical
from closedform.read.read import Reading, read

DATA = Path(__file__).parents[1] / "data"
FILES = ("seed_problems.jsonl", "wild_problems.jsonl")
PROBLEMS = [json.loads(line) for name in FILES for line in (DATA / name).read_text("utf-8").splitlines()]
OPEN_IDENTITY = {"I", "2*I", "2*tr(X)*I", "tr(A)*I"}  # which must be eye(n) when they stand alone


def fits(reading: Reading, dims: dict[str, list[Any]]) -> bool:
    """Whether shapes agree, one size of the corpus for each size that was read."""
    seen: dict[Size, Any] = {}
    for name, shape in dims.items():
        want = [*shape, 1, 1][:2]
        for have, size in zip(reading.names[canonical(name)].shape, want, strict=True):
            number = have.number if have.number is not None else size
            if number != size or (have is ONE) != (size == 1) or seen.setdefault(have, size) != size:
                return False
    return True


@pytest.mark.parametrize("problem", PROBLEMS, ids=lambda p: p["id"])
def test_shapes(problem: dict[str, Any]) -> None:
    reading = read(problem["formula"], problem["where"])
    assert fits(reading, problem["dims"]), reading.where


@pytest.mark.parametrize("problem", PROBLEMS, ids=lambda p: p["id"])
def test_declarations_are_complete(problem: dict[str, Any]) -> None:
    first = read(problem["formula"], problem["where"])
    if "=" in problem["where"].replace(">=", "").replace("for i =", "").replace("for j =", ""):
        return  # the formula names bound parts, which are no declarations
    again = read(problem["formula"], first.where)
    assert again.node is first.node
    assert again.names == first.names
    assert again.where == first.where


@pytest.mark.parametrize("problem", PROBLEMS, ids=lambda p: p["id"])
def test_answers(problem: dict[str, Any]) -> None:
    where = read(problem["formula"], problem["where"]).where
    if problem["answer"] in OPEN_IDENTITY:
        with pytest.raises(ShapeError, match="the size of I does not follow"):
            read(problem["answer"], where)
    else:
        assert read(problem["answer"], where).node is not None
