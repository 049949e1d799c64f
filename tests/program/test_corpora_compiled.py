"""The programs of every line of the corpora, on every library, beside the formula's own value."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest
from backends import LIKE, TARGETS, called, relative
from problems import VERBS, Problem, drawn, names, problems, second_order, sizes_read

import closedform as cf
from closedform.program.compiled import Compiled

LINES = [*problems("seed_problems.jsonl"), *problems("wild_problems.jsonl")]


@cache
def answer(number: int) -> cf.Formula:
    p = LINES[number]
    f = cf.formula(p["formula"], where=p["where"] or None)
    verb = "hessian" if p["op"] == "derivative" and second_order(p) else VERBS[p["op"]]
    found: cf.Formula = getattr(f, verb)(p["wrt"])
    return found


def at(g: cf.Formula, p: Problem, draw: int) -> dict[str, Any]:
    data, dx = drawn(p, draw)
    given = {**names(p, data, dx), **sizes_read(g, data)}
    return {k: given[k] for k in g.variables}


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("number", range(len(LINES)), ids=lambda k: LINES[k]["id"])
def test_a_line(number: int, target: str) -> None:
    p, g = LINES[number], answer(number)
    values = at(g, p, 0)
    compiled = Compiled((g._raw,), target, g.text)
    true = np.asarray(g(**values))
    got = called(compiled, {n: values[n] for n in compiled.arguments})
    assert relative(got, true) < 1e-10
    for fixed in (compiled.arguments[1::2], compiled.arguments[::2]):
        if 0 < len(fixed) < len(compiled.arguments):
            prepared = Compiled((g._raw,), target, g.text, fixed={n: LIKE[target](values[n]) for n in fixed})
            assert relative(called(prepared, values), true) < 1e-10
