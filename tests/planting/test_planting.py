"""A fixed sample of the planted faults; all by ``./dev fuzz --planted``. None may pass without a known reason."""

import pytest
from exact import judged

from planting import answers, fooling, printers
from planting.passed import why

LINES = answers.lines()
SAMPLE = [line for k, line in enumerate(LINES) if k % 23 == 5]
MOST, EACH = 6, 5
TRICKS = fooling.tricks()
FEW = [trick for k, trick in enumerate(TRICKS) if k % EACH == 2]
FORMULAS = printers.formulas()


@pytest.mark.parametrize("line", SAMPLE, ids=lambda line: line["id"])
def test_mutated_answers_are_refused(line: answers.Line) -> None:
    claim = answers.right_claim(line)
    assert claim is not None and judged(claim).ok
    for mutant in answers.mutants(line, claim, MOST):
        if not mutant.same:
            found = judged(mutant.claim)
            assert not found.ok or (why(mutant.name, found) and answers.equal_at_points(mutant)), mutant.name


@pytest.mark.parametrize("name", fooling.bases())
def test_what_false_claims_are_made_of_is_right(name: str) -> None:
    assert judged(fooling.bases()[name][0]).level == "A"


def test_there_are_enough() -> None:
    assert len(TRICKS) >= 1000 and len({t.claim for t in TRICKS}) == len(TRICKS)
    assert len(printers.broken()) >= 60


@pytest.mark.parametrize("trick", FEW, ids=lambda t: f"{t.family}: {t.name}"[:60])
def test_false_claims_are_refused(trick: fooling.Trick) -> None:
    found = judged(trick.claim)
    assert not found.ok or why(f"{trick.family}: {trick.name}", found)


@pytest.mark.parametrize("form", printers.FORMS)
@pytest.mark.parametrize("formula", FORMULAS, ids=lambda f: f.text[:40])
def test_the_printers_are_right(formula: printers.Formula, form: str) -> None:
    assert not printers.noticed(formula, form)


@pytest.mark.parametrize("one", printers.broken(), ids=lambda one: f"{one.name} in {one.form}")
def test_a_broken_printer_is_noticed(one: printers.Broken) -> None:
    assert one.noticed(FORMULAS) or printers.equivalent(one)
