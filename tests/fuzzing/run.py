"""Random formulas for as long as asked, counted; what fails is made small and saved as a test."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from closedform.expr.node import Node
from closedform.expr.walk import postorder
from fuzzing import found
from fuzzing.builders import formula
from fuzzing.judge import Fault, Judge
from fuzzing.libraries import Library
from fuzzing.shrink import smaller
from fuzzing.spelling import declarations, spell

KINDS = ("scalar", "scalar", "vector", "matrix")
DEPTHS = (2, 2, 3, 2, 3)
FULL, LIGHT = 1.0, 0.06
EVERY, CERTIFIED = 500, 10


def drawn(seed: int) -> Node:
    """The formula of a number. Every tenth may be made of any function; the others seldom of those that take long."""
    return formula(seed, KINDS[seed % len(KINDS)], DEPTHS[seed // 4 % len(DEPTHS)], LIGHT if seed % 10 else FULL)


def light(seed: int) -> Node:
    """A formula that is certified in some milliseconds."""
    return formula(seed, KINDS[seed % len(KINDS)], 2, 0.02)


def frameworks() -> tuple[Library, ...]:
    return tuple(Library(name) for name in ("torch", "jax") if find_spec(name))


@dataclass
class Record:
    """What has been checked so far."""

    seed: int
    seconds: float = 0.0
    counts: Counter[str] = field(default_factory=Counter)
    operations: Counter[str] = field(default_factory=Counter)
    faults: list[dict[str, Any]] = field(default_factory=list)
    distinct: set[bytes] = field(default_factory=set)

    def write(self, path: Path, last: int) -> None:
        rate = self.counts["formulas"] / max(self.seconds, 1e-9)
        path.write_text(json.dumps({
            "seeds": [self.seed, last], "seconds": round(self.seconds, 1), "formulas per second": round(rate, 2),
            "distinct formulas": len(self.distinct), "counts": dict(sorted(self.counts.items())),
            "functions met": dict(sorted(self.operations.items())), "faults": self.faults,
        }, indent=1, ensure_ascii=False) + "\n", "utf-8")  # fmt: skip


def fuzz(minutes: float, seed: int, record: Path | None, save: bool) -> Record:
    """Formulas from number ``seed`` on until the time is over; of every tenth ten all answers get certificates."""
    judge = Judge(frameworks())
    kept = Record(seed, counts=judge.counts)
    start, number = time.monotonic(), seed
    while time.monotonic() < start + 60 * minutes:
        raw, judge.glances = drawn(number), bool(number // 10 % CERTIFIED)
        kept.operations.update({n.op.name for n in postorder(raw)})
        kept.distinct.add(raw.key)
        for fault in first_of_each(judge.faults(raw, number)):
            report(raw, fault, number, kept, save)
        number += 1
        kept.seconds = time.monotonic() - start
        if record and number % EVERY == 0:
            kept.write(record, number - 1)
    if record:
        kept.write(record, number - 1)
    return kept


def first_of_each(faults: list[Fault]) -> Iterator[Fault]:
    seen: set[str] = set()
    for fault in faults:
        if fault.check not in seen:
            seen.add(fault.check)
            yield fault


def report(raw: Node, fault: Fault, seed: int, kept: Record, save: bool) -> None:
    small = smaller(raw, lambda other: fails(other, fault.check, seed))
    said = next((f.said for f in Judge(frameworks()).faults(small, seed) if f.check == fault.check), fault.said)
    print(f"FAULT {fault.check} of {spell(small)} | {declarations(small)} | seed {seed}: {said}", flush=True)
    kept.faults.append({"seed": seed, "check": fault.check, "text": spell(small), "where": declarations(small),
                        "said": said[:300]})  # fmt: skip
    if save:
        found.save(small, fault.check, said, seed)


def fails(raw: Node, check: str, seed: int) -> bool:
    return any(f.check == check for f in Judge(frameworks()).faults(raw, seed))
