"""The door: a derivation in, what was found of each of its steps out."""

from __future__ import annotations

from closedform.errors import ClosedformError, ReadError
from closedform.judging.document import document
from closedform.judging.following import Follower
from closedform.judging.outline import outlines
from closedform.judging.records import Judgement, Step
from closedform.judging.section import Section


def judged(text: str, where: str | None, syntax: str) -> Judgement:
    """What ``closedform.judge`` finds."""
    steps, assumed, problems = list[Step](), list[str](), list[ClosedformError]()
    for outline in outlines(document(text, syntax), where or ""):
        section = Section(outline)
        steps += Follower(section).steps()
        problems += section.problems.values()
        if section.shared.reading is not None:
            assumed += [a for a in section.shared.reading.assumed if a not in assumed]
    if problems and not any(s.status in ("right", "wrong") for s in steps):
        raise problems[0]
    if not steps:
        raise ReadError("there is no equation to judge in this derivation", hint="Write df = … or ∇f = ….")
    return Judgement(tuple(steps), tuple(a for a in assumed if "Xi_" not in a and "Q_" not in a))
