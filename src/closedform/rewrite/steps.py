"""Steps as data: every law that acts can report here. Derivations are made of these records."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from closedform.expr.node import Node


@dataclass(frozen=True)
class Step:
    """One law acting: its name in words, the expression before, and after."""

    law: str
    before: Node
    after: Node


_records: ContextVar[list[Step] | None] = ContextVar("records", default=None)


def report(law: str, before: Node, after: Node) -> Node:
    """Tell the recorder, if there is one, that ``law`` turned ``before`` into ``after``; returns ``after``."""
    records = _records.get()
    if records is not None and before is not after:
        records.append(Step(law, before, after))
    return after


def recording() -> bool:
    return _records.get() is not None


@contextmanager
def recorded() -> Iterator[list[Step]]:
    """Collect the steps of all laws that act inside the block (memoised results report nothing again)."""
    steps: list[Step] = []
    token = _records.set(steps)
    try:
        yield steps
    finally:
        _records.reset(token)
