"""What was found of a derivation: plain records, and how they read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

STATUSES = ("given", "right", "wrong", "follows", "undecided")


@dataclass(frozen=True)
class Example:
    """Small numbers by which a step is seen to be wrong: values by name, and those of the two sides."""

    point: dict[str, Any]
    before: Any
    here: Any

    @property
    def text(self) -> str:
        """A sentence."""
        at = ", ".join(f"{name} = {shown(value)}" for name, value in self.point.items())
        return f"at {at}: right is {shown(self.before)}, this line gives {shown(self.here)}"


@dataclass(frozen=True)
class Step:
    """One expression of the derivation and whether it follows from the one before.

    ``status``: ``given`` (a definition), ``right``, ``wrong``, ``follows`` (from a line before that is wrong) or
    ``undecided`` (``reason`` says why). Of a wrong one, ``slip`` names what happened, ``right_line`` is what should
    stand here, ``right_if`` a declaration under which the step is right, ``example`` numbers to see it by.
    """

    line: int
    text: str
    status: str
    reason: str = ""
    slip: str = ""
    right_line: str = ""
    right_if: str = ""
    example: Example | None = None


@dataclass(frozen=True)
class Judgement:
    """What :func:`closedform.judge` found: the steps in order, and what was assumed."""

    steps: tuple[Step, ...]
    assumed: tuple[str, ...] = ()

    @property
    def first_wrong(self) -> Step | None:
        """The first step that does not follow; None where there is none."""
        return next((s for s in self.steps if s.status == "wrong"), None)

    @property
    def verdict(self) -> str:
        """``right``, ``wrong`` or ``undecided``."""
        if self.first_wrong is not None:
            return "wrong"
        undecided = any(s.status == "undecided" for s in self.steps)
        return "undecided" if undecided or not any(s.status == "right" for s in self.steps) else "right"

    @property
    def text(self) -> str:
        """All of it, for people."""
        lines = [f"assumed: {', '.join(self.assumed)}"] if self.assumed else []
        for step in self.steps:
            lines.append(f"line {step.line}: {MARKS[step.status]:9}  {step.text}")
            if step.status != "right":
                lines += [f"    {label}{said}" for label, said in details(step)]
        return "\n".join([*lines, headline(self)])

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        wrong = f" in line {self.first_wrong.line}" if self.first_wrong is not None else ""
        return f"<Judgement {self.verdict}{wrong}>"


MARKS = {"given": "given", "right": "right", "wrong": "WRONG", "follows": "follows", "undecided": "undecided"}


def details(step: Step) -> list[tuple[str, str]]:
    """What is said of a step besides its status: labels and sentences."""
    out = []
    if step.slip:
        out.append(("", step.slip + (f": {step.reason}" if step.reason else "")))
    elif step.reason:
        out.append(("", step.reason))
    if step.example is not None:
        out.append(("for instance ", step.example.text))
    if step.right_line:
        out.append(("right is ", step.right_line))
    if step.right_if:
        out.append(("it is right if ", step.right_if))
    return out


def headline(found: Judgement) -> str:
    if found.first_wrong is not None:
        return f"The first wrong step is in line {found.first_wrong.line}."
    if found.verdict == "right":
        return "Every step follows."
    if any(s.status == "undecided" for s in found.steps):
        return "No step is wrong; some could not be decided."
    return "There is no step to judge."


def shown(value: Any) -> str:
    """Numbers as a person writes them: ``3``, ``[1, 2]``, ``[1, 2; 0, 3]``."""
    if isinstance(value, list):
        if value and isinstance(value[0], list):
            return "[" + "; ".join(", ".join(map(shown, row)) for row in value) + "]"
        return "[" + ", ".join(map(shown, value)) + "]"
    return str(int(value)) if float(value).is_integer() and abs(value) < 1e15 else f"{value:.6g}"
