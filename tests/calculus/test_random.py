"""Random formulas: every form and every derivative certified exactly; what is not known is refused by name."""

from __future__ import annotations

from collections import Counter

import pytest
from derivatives import outcomes
from random_formulas import KINDS, formula

from closedform.expr.walk import postorder

SEEDS = 100
DEPTH = 3
CASES = [(seed, kind) for seed in range(SEEDS) for kind in KINDS]
MOST_REFUSED = 0.02
counted: Counter[str] = Counter()


@pytest.mark.parametrize("wide", [False, True], ids=["plain", "wide"])
@pytest.mark.parametrize(("seed", "kind"), CASES)
def test_everything_is_certified(seed: int, kind: str, wide: bool) -> None:
    for outcome in outcomes(formula(seed, kind, DEPTH, wide)):
        counted[outcome.level] += 1
        assert outcome.level in ("A", "B", "C", "refused"), (outcome.asked, outcome.certificate)


def test_refusals_are_rare() -> None:
    total = sum(counted.values()) or 1
    assert counted["refused"] <= MOST_REFUSED * total, dict(counted)


def test_the_formulas_are_general() -> None:
    seen = Counter(n.op.name for seed, kind in CASES for n in postorder(formula(seed, kind, DEPTH, True)))
    assert len(seen) > 40, seen
    assert {"sumover", "softmax", "mpow", "det", "had", "diagm", "diagv", "pow"} <= set(seen)
