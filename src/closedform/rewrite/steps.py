"""Steps as data: every law that acts reports here. Derivations are made of these records.

Two kinds report: the laws that have a name of their own, and the forms: what a constructor of the normal form does with
its arguments (``form`` is True). A reader wants few of the second kind; each derivation chooses which it shows.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from closedform.expr.node import Node


@dataclass(frozen=True)
class Step:
    """One law acting: its name in words, the expression before, and after."""

    law: str
    before: Node
    after: Node
    form: bool = False


@dataclass
class Recorder:
    """The steps so far, and what was brought to normal form since it began."""

    steps: list[Step] = field(default_factory=list)
    normals: dict[str, dict[Node, Node]] = field(default_factory=dict)
    """Normal forms found while recording, of each kind: those remembered from before would report nothing."""


_recorder: ContextVar[Recorder | None] = ContextVar("recorder", default=None)


def report(law: str, before: Node, after: Node, form: bool = False) -> Node:
    """Tell the recorder, if there is one, that ``law`` turned ``before`` into ``after``; returns ``after``."""
    recorder = _recorder.get()
    if recorder is not None and before is not after:
        recorder.steps.append(Step(law, before, after, form))
    return after


def recorder() -> Recorder | None:
    """Who listens, if anyone does."""
    return _recorder.get()


@contextmanager
def unrecorded() -> Iterator[None]:
    """Inside the block nothing is reported: for what is remembered on the nodes and would report only once."""
    token = _recorder.set(None)
    try:
        yield
    finally:
        _recorder.reset(token)


@contextmanager
def recorded() -> Iterator[list[Step]]:
    """Collect the steps of all laws that act inside the block, the same whatever was computed before."""
    listening = Recorder()
    token = _recorder.set(listening)
    try:
        yield listening.steps
    finally:
        _recorder.reset(token)
