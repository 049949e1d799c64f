"""Programs: straight-line steps over numbered values. A vector (row or column) has one axis, a scalar none."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from closedform.expr.op import Shape
from closedform.expr.size import ONE, Size

Ref = int


def rank(shape: Shape) -> int:
    """How many axes a value of this shape has in a program."""
    return (shape[0] is not ONE) + (shape[1] is not ONE)


def dims(shape: Shape, sizes: Mapping[str, int]) -> tuple[int, int]:
    return shape[0].value(sizes), shape[1].value(sizes)


@dataclass(frozen=True)
class Step:
    """``ref = op(args)``; ``body`` is that of a loop, whose last value is summed."""

    ref: Ref
    op: str
    args: tuple[Ref, ...]
    attrs: tuple[Any, ...]
    shape: Shape
    body: tuple[Step, ...] = ()

    @property
    def rank(self) -> int:
        return rank(self.shape)


@dataclass(frozen=True)
class Program:
    """Steps in order, the values that are given, and those that are the answers."""

    inputs: tuple[Step, ...]
    steps: tuple[Step, ...]
    outputs: tuple[Ref, ...]
    sizes: Mapping[str, int] = field(default_factory=dict)

    def by_ref(self) -> dict[Ref, Step]:
        return {s.ref: s for s in (*self.inputs, *flat(self.steps))}

    def uses(self) -> dict[Ref, int]:
        """How often each value is used; an answer counts as a use."""
        count: dict[Ref, int] = {}
        for step in flat(self.steps):
            for a in step.args:
                count[a] = count.get(a, 0) + 1
        for out in self.outputs:
            count[out] = count.get(out, 0) + 1
        return count


def count(step: Step, sizes: Mapping[str, int]) -> int:
    """How many entries a value has."""
    rows, cols = dims(step.shape, sizes)
    return rows * cols


def hoisted(program: Program, fixed: frozenset[str]) -> frozenset[Ref]:
    """The values that depend on fixed inputs alone, their sizes too. None where only sizes are fixed: of which kind an
    array of ones is, an argument tells."""
    held = [s for s in program.inputs if s.attrs[0] in fixed]
    if not held:
        return frozenset()
    found = {s.ref for s in held}
    shown = {size for s in held for size in s.shape}
    told = _told(shown, fixed)
    for step in program.steps:
        inside = list(flat(step.body))
        outside = {a for s in (step, *inside) for a in s.args} - {s.ref for s in inside}
        sizes = (e for s in (step, *inside) for e in (*s.shape, *s.attrs) if isinstance(e, Size))
        if outside <= found and all(size in shown or size.names <= told for size in sizes):
            found.add(step.ref)
    return frozenset(found)


def _told(shown: Collection[Size], known: Collection[str]) -> frozenset[str]:
    """The names that these sizes tell: ``n`` tells n, and ``m + n`` tells m where n is known."""
    told = frozenset(known)
    while more := {n for s in shown if len(s.names - told) == 1 for n in s.names - told if _is_linear(s, n)}:
        told |= more
    return told


def _is_linear(size: Size, name: str) -> bool:
    return all(monomial.count(name) < 2 for monomial, _ in size.terms)


def flat(steps: tuple[Step, ...] | list[Step]) -> Iterator[Step]:
    """Every step, those inside loops before the loop they belong to."""
    for step in steps:
        if step.body:
            yield from flat(step.body)
        yield step


def needed(steps: tuple[Step, ...], outputs: tuple[Ref, ...]) -> tuple[Step, ...]:
    """The steps that the answers rest on."""
    wanted = set(outputs)
    kept: list[Step] = []
    for step in reversed(steps):
        if step.ref not in wanted:
            continue
        if step.body:
            step = replace(step, body=needed(step.body, step.args))
            wanted |= {a for inner in flat(step.body) for a in inner.args}
        wanted |= set(step.args)
        kept.append(step)
    return tuple(reversed(kept))
