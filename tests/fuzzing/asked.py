"""Requests about problems of the corpus, whole or damaged: letters at random are seldom a formula."""

from __future__ import annotations

import json
import random
from pathlib import Path

import closedform as cf

DATA = Path(__file__).parents[1] / "data"
PROBLEMS = [json.loads(line) for line in (DATA / "seed_problems.jsonl").read_text("utf-8").splitlines()]
SIGNS = "*'+-()^.[]|,_= \\{}0123456789xAλ\""
VALUES = (
    "",
    "[",
    '{"x": [1, 2]}',
    '{"x": 1e308, "A": [[]]}',
    '{"x": [1, [2]]}',
    '{"A": [[1, 2], [3, 4]], "x": [1, 0]}',
)
CERTIFICATE = cf.formula("x'*A*x").grad("x").check().to_json()


def about(drawn: random.Random) -> dict[str, str]:
    """Every member that a question may have, about one problem."""
    problem = drawn.choice(PROBLEMS)
    formula, by = damaged(problem["formula"], drawn), problem["wrt"]
    return {
        "formula": formula, "where": problem["where"], "by": by, "over": by, "values": drawn.choice(VALUES),
        "answer": problem["answer"], "derivation": f"f = {formula}", "name": damaged("product rule", drawn),
        "certificate": damaged(CERTIFICATE, drawn),
    }  # fmt: skip


def damaged(text: str, drawn: random.Random) -> str:
    """The text, in one of two cases with a sign put in or taken out."""
    if drawn.random() < 0.5:
        return text
    at = drawn.randrange(len(text) + 1)
    return text[:at] + drawn.choice((drawn.choice(SIGNS), "")) + text[at + drawn.randrange(2) :]
