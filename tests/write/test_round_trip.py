"""What is printed reads back to the same normal node, bindings included."""

import json
from pathlib import Path

import pytest

from closedform.read.read import read
from closedform.rewrite.display import Context
from closedform.rewrite.normal.normal import normal
from closedform.write import render
from closedform.write.render import Form

DATA = Path(__file__).parents[1] / "data/seed_problems.jsonl"
PROBLEMS = [json.loads(line) for line in DATA.read_text("utf-8").splitlines()]
IDENTITIES = ("I", "2*I")  # no formula by themselves: eye(n) is
PRINTED = [
    pytest.param(p["formula"], p["where"], p[which], id=f"{p['id']}-{which}")
    for p in PROBLEMS
    for which in ("formula", "answer")
    if p[which] not in IDENTITIES
]


@pytest.mark.parametrize("form", ["text", "unicode"])
@pytest.mark.parametrize(("formula", "where", "shown"), PRINTED)
def test_printed_text_reads_back(formula: str, where: str, shown: str, form: Form) -> None:
    reading = read(formula, where or None)
    node = normal(read(shown, reading.where).node)
    sizes = {name for n in reading.names.values() for side in n.shape for name in side.names}
    context = Context(
        order=reading.order,
        families=reading.families,
        taken=frozenset(reading.names) | frozenset(reading.indices) | sizes,
    )
    assert normal(read(render(node, context, form), reading.where).node) is node
