"""The door: a derivation in, what was found of each of its steps out."""

from __future__ import annotations

from contextlib import suppress

from closedform.errors import ClosedformError, LimitError, ReadError
from closedform.judging.document import document, is_latex
from closedform.judging.families import apart
from closedform.judging.following import Follower
from closedform.judging.long_names import long_names
from closedform.judging.outline import outlines
from closedform.judging.records import Judgement, Step
from closedform.judging.section import Section

MAX_LINES = 600


def judged(text: str, where: str | None, syntax: str) -> Judgement:
    """What ``closedform.judge`` finds; where not all is right, with ``u_k`` as vectors beside ``u`` if that fits."""
    found = _judged(text, where, syntax)
    other = apart(text) if found.verdict != "right" else None
    if other is not None:
        with suppress(ClosedformError):
            again = _judged(other.text, where, syntax)
            return other.told(again) if again.verdict != "undecided" and other.are_vectors(again) else found
    return found


def _judged(text: str, where: str | None, syntax: str) -> Judgement:
    steps, assumed = list[Step](), list[str]()
    named = long_names(text, is_latex(text) if syntax == "auto" else syntax == "latex")
    taken_apart = document(named.text, syntax)
    lines = sum(len(r.members) for r in taken_apart.relations)
    if lines > MAX_LINES:
        raise LimitError(f"the derivation has {lines} expressions (limit: {MAX_LINES} expressions)")
    for outline in outlines(taken_apart, where or ""):
        section = Section(outline)
        steps += Follower(section).steps()
        assumed += [a for a in section.notes() if a not in assumed]
    if not steps:
        raise ReadError("there is no equation to judge in this derivation", hint="Write df = … or ∇f = ….")
    return named.told(Judgement(tuple(steps), tuple(assumed)))
