"""The door: a derivation in, what was found of each of its steps out."""

from __future__ import annotations

from contextlib import suppress

from closedform.errors import ClosedformError, LimitError, ReadError
from closedform.judging.document import document, is_latex
from closedform.judging.families import apart
from closedform.judging.following import Follower
from closedform.judging.letter_d import letter_d
from closedform.judging.long_names import long_names
from closedform.judging.outline import outlines
from closedform.judging.records import Judgement, Step
from closedform.judging.rereadings import MAX_WAYS, better, told, ways
from closedform.judging.scalars import as_numbers
from closedform.judging.section import Section
from closedform.judging.ways import Way

MAX_LINES = 600


def judged(text: str, where: str | None, syntax: str) -> Judgement:
    """What ``closedform.judge`` finds; where not all is right, in the other ways in which the text may be meant."""
    typed = found = _by_letters(text, where, syntax)
    notes, tried = list[str](), set[str]()
    for _ in range(MAX_WAYS):
        if found.verdict == "right":
            break
        way = next((w for w in ways(text, found) if w.texts[0] not in tried), None)
        if way is None:
            break
        tried.add(way.texts[0])
        again = _together(way, where, syntax)
        if again is not None and better(again, found, way):
            notes += [way.note] if way.note else []
            found = told(again, typed, found, way, notes)
            text = way.texts[0] if len(way.texts) == 1 else text
    return found


def _together(way: Way, where: str | None, syntax: str) -> Judgement | None:
    """What is found in the parts of another text; None where it cannot be read."""
    parts = list[Judgement]()
    for part in way.texts:
        try:
            parts.append(_by_letters(part, where, syntax))
        except ClosedformError:
            return None
    assumed = dict.fromkeys(a for part in parts for a in part.assumed)
    return Judgement(tuple(step for part in parts for step in part.steps), tuple(assumed))


def _by_letters(text: str, where: str | None, syntax: str) -> Judgement:
    """What is found in the reading of the letter d in which the most of the steps are right."""
    found = list[Judgement]()
    for reading in letter_d(text):
        with suppress(ClosedformError):
            found.append(reading.told(_by_names(reading.text, where, syntax)))
    return max(found, key=_fits) if found else _by_names(text, where, syntax)


def _fits(found: Judgement) -> tuple[bool, int, bool]:
    """How well a reading fits: an undecided one excuses no line that one with as many right steps blames."""
    right = sum(step.status == "right" for step in found.steps)
    return found.verdict == "right", right, found.verdict == "undecided"


def _by_names(text: str, where: str | None, syntax: str) -> Judgement:
    """What is found; where not all is right, in another way to read names if that fits better."""
    found, sections = _judged(text, where, syntax)
    for numbers in as_numbers(sections) if found.verdict != "right" else []:
        with suppress(ClosedformError):
            again, others = _judged(text, ", ".join(w for w in (where, numbers.where) if w), syntax)
            if numbers.fits(others) and _not_before(again, found):
                return numbers.told(again)
    other = apart(text) if found.verdict != "right" else None
    if other is not None:
        with suppress(ClosedformError):
            again, _ = _judged(other.text, where, syntax)
            return other.told(again) if again.verdict != "undecided" and other.are_vectors(again) else found
    return found


def _not_before(again: Judgement, found: Judgement) -> bool:
    """Whether nothing is blamed that stands before what was blamed; all is right where nothing was."""
    if found.first_wrong is None:
        return again.verdict == "right"
    return again.first_wrong is None or again.first_wrong.line >= found.first_wrong.line


def _judged(text: str, where: str | None, syntax: str) -> tuple[Judgement, list[Section]]:
    steps, assumed, sections = list[Step](), list[str](), list[Section]()
    named = long_names(text, is_latex(text) if syntax == "auto" else syntax == "latex")
    taken_apart = document(named.text, syntax)
    lines = sum(len(r.members) for r in taken_apart.relations)
    if lines > MAX_LINES:
        raise LimitError(f"the derivation has {lines} expressions (limit: {MAX_LINES} expressions)")
    for outline in outlines(taken_apart, where or ""):
        section = Section(outline)
        steps += Follower(section).steps()
        assumed += [a for a in section.notes() if a not in assumed]
        sections.append(section)
    if not steps:
        raise ReadError("there is no equation to judge in this derivation", hint="Write df = … or ∇f = ….")
    return named.told(Judgement(tuple(steps), tuple(assumed))), sections
