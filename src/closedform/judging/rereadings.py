"""A derivation is read again in the other ways it may be meant before a line of it is blamed.

A text is read as it stands first. Where not all of it is right then, it is read again with each way that its words and
signs allow; what was taken is said, in ``assumed``, as a note.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from closedform.judging.layout_ways import maps_as_rows, numerators, vec_of_turned
from closedform.judging.records import Judgement, Step
from closedform.judging.ways import (
    Way,
    declared_anew,
    error_terms,
    named_between,
    primes,
    prose_colons,
    slopes_alone,
)

MAX_WAYS = 6


def ways(source: str, found: Judgement) -> Iterator[Way]:
    """The ways that a text allows; ``found`` is what was found as it stands."""
    of_functions = (named_between, slopes_alone, primes, maps_as_rows)
    for way in (prose_colons, *of_functions, vec_of_turned, error_terms, declared_anew):
        yield from way(source)
    yield from numerators(source, found)


def better(again: Judgement, found: Judgement, way: Way) -> bool:
    """Whether another way fits better: less is blamed or undecided, and nothing that stood before what was blamed.

    One that is forced may blame what was undecided, but for no line that was right.
    """
    if len(again.steps) < len(found.steps):  # no line is lost
        return False
    if again.verdict == "right" or way.whole:
        return again.verdict == "right"
    (right, bad), (was_right, was_bad) = _count(again), _count(found)
    first, before = again.first_wrong, found.first_wrong
    if way.forced:
        unfit = before is not None and before.slip == "sizes do not fit"
        decided = (sum(bad), bad[1]) < (sum(was_bad), was_bad[1])
        return right >= was_right and (decided or (bad == was_bad and unfit))
    if first is not None and (before is None or first.line < before.line):
        return False
    return bad < was_bad


def _count(found: Judgement) -> tuple[int, tuple[int, int]]:
    """How many lines are right, and how many blamed and undecided."""
    every = [step.status for step in found.steps]
    return every.count("right"), (every.count("wrong"), every.count("undecided"))


def told(again: Judgement, typed: Judgement, found: Judgement, way: Way, notes: list[str]) -> Judgement:
    """What was found in another way, the lines as they were typed where they can be told apart, and the notes."""
    steps = again.steps
    if [step.line for step in steps] == [step.line for step in typed.steps]:
        steps = tuple(replace(step, text=first.text) for step, first in zip(steps, typed.steps, strict=True))
    if way.doubt:
        pairs = zip(steps, found.steps, strict=False)
        steps = tuple(step if old.status != "wrong" else _doubted(step, way.doubt) for step, old in pairs)
    return Judgement(steps, (*again.assumed, *notes))


def _doubted(step: Step, reason: str) -> Step:
    return Step(step.line, step.text, "undecided", reason)
