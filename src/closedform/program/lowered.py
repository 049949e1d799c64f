"""Steps that a backend has better words for: broadcasting, outer products as one, slopes."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from typing import Any

from closedform.expr.op import Shape
from closedform.program.ir import Program, Ref, Step, count, dims, needed

LARGE = 10_000
"""Entries from which one thin product is faster than several outer ones that are added."""
WIDE = 32
"""Columns from which a product is not bound by reading the other matrix."""
BEYOND_CACHE = 1_000_000
"""Entries of a matrix that is better not formed as a whole."""


class Lowering:
    """One program being written with the operations that a backend ``has``."""

    def __init__(self, program: Program, has: Collection[str]) -> None:
        self.program, self.has = program, has
        self.steps = program.by_ref()
        self.uses = program.uses()
        self.next = max(self.steps, default=0) + 1
        self.extra: list[Step] = []
        self.turned: dict[Ref, Ref] = {}
        self.seen: dict[object, Ref] = {}

    def run(self) -> Program:
        steps = self.block(self.program.steps)
        outputs = tuple(self.turned.get(r, r) for r in self.program.outputs)
        return replace(self.program, steps=needed(steps, outputs), outputs=outputs)

    def block(self, steps: tuple[Step, ...]) -> tuple[Step, ...]:
        out: list[Step] = []
        for step in steps:
            step = replace(step, args=tuple(self.turned.get(a, a) for a in step.args))
            if step.body:
                held, self.seen = self.seen, dict(self.seen)
                step = replace(step, body=self.block(step.body))
                step = replace(step, args=tuple(self.turned.get(a, a) for a in step.args))
                self.seen = held
            for rule in RULES:
                step = rule(self, step) or step
            out += self.extra
            self.extra = []
            key = (step.op, step.args, step.attrs, step.shape)
            if not step.body and key in self.seen:
                self.turned[step.ref] = self.seen[key]
                continue
            self.seen[key] = step.ref
            self.steps[step.ref] = step
            out.append(step)
        return tuple(out)

    def op(self, ref: Ref) -> str:
        return self.steps[ref].op

    def arg(self, ref: Ref, k: int) -> Ref:
        return self.steps[ref].args[k]

    def fresh(self, op: str, args: tuple[Ref, ...], shape: Shape) -> Ref:
        step = Step(self.next, op, args, (), shape)
        self.next += 1
        self.steps[step.ref] = step
        self.extra.append(step)
        return step.ref

    def spread(self, ref: Ref) -> tuple[str, Ref] | None:
        """A matrix with equal columns or equal rows: which, and the vector."""
        if self.op(ref) != "outer":
            return None
        left, right = self.steps[ref].args
        if self.op(right) == "ones":
            return "rows", left
        return ("cols", right) if self.op(left) == "ones" else None


Rule = Callable[[Lowering, Step], Step | None]


def _broadcast(low: Lowering, step: Step) -> Step | None:
    """A matrix and a vector for each of its columns or rows: ``M + b*ones'``."""
    if step.op not in ("add", "mul", "sub") or step.rank != 2 or "plus_rows" not in low.has:
        return None
    for k in (1, 0) if step.op != "sub" else (1,):
        found = low.spread(step.args[k])
        other = step.args[1 - k]
        if found is None or low.steps[other].rank != 2:
            continue
        way, vector = found
        if step.op == "mul":
            return replace(step, op=way, args=(vector, other) if way == "rows" else (other, vector))
        return replace(step, op=("plus_" if step.op == "add" else "less_") + way, args=(other, vector))
    return None


def _equal_entries(low: Lowering, step: Step) -> Step | None:
    """A number for each entry of a vector: ``v + c*ones``."""
    if step.op not in ("add", "sub") or step.rank != 1 or "plus_rows" not in low.has:
        return None
    for k in (1, 0):
        number, other = _number(low, step.args[k]), step.args[1 - k]
        if number is not None and _number(low, other) is None and low.steps[other].rank == 1:
            return replace(step, args=(other, number) if k else (number, other))
    return None


def _number(low: Lowering, ref: Ref) -> Ref | None:
    """c of ``c*ones``."""
    step = low.steps[ref]
    if step.op != "mul" or low.op(step.args[1]) != "ones" or low.steps[step.args[0]].rank:
        return None
    return step.args[0]


def _outers(low: Lowering, step: Step) -> Step | None:
    """``u*v' + x*y'`` as one product of two columns with two rows."""
    if step.op not in ("add", "sub") or step.rank != 2 or "outers" not in low.has:
        return None
    if any(low.op(a) != "outer" or low.uses[a] > 1 for a in step.args):
        return None
    rows, cols = dims(step.shape, low.program.sizes)
    if rows * cols < LARGE:
        return None
    (u, v), (x, y) = (low.steps[a].args for a in step.args)
    if step.op == "sub":
        x = low.fresh("neg", (x,), low.steps[x].shape)
    return replace(step, op="outers", args=(u, x, v, y))


def _slope(low: Lowering, step: Step) -> Step | None:
    """``sigmoid(z).*sigmoid(-z)`` with one exponential."""
    if step.op != "mul" or "sigmoid_slope" not in low.has:
        return None
    first, second = (low.steps[a] for a in step.args)
    if any(s.op != "fn" or s.attrs[0] != "sigmoid" for s in (first, second)):
        return None
    for z, minus in ((first.args[0], second.args[0]), (second.args[0], first.args[0])):
        if low.op(minus) == "neg" and low.arg(minus, 0) == z:
            return replace(step, op="fn", **_of_multiple(low, z))
    return None


def _of_multiple(low: Lowering, z: Ref) -> dict[str, Any]:
    """The argument of a slope, the number of a multiple apart where a backend takes it there."""
    number = low.steps[low.arg(z, 0)] if low.op(z) == "mul" else low.steps[z]
    if number.op != "number" or "sigmoid_slope_times" not in low.has:
        return {"args": (z,), "attrs": ("sigmoid_slope",)}
    return {"args": (low.arg(z, 1),), "attrs": ("sigmoid_slope_times", abs(number.attrs[0]))}


def _row_times(low: Lowering, step: Step) -> Step | None:
    """``A'*v`` as ``v'*A``, where a backend is slow with the transpose of a matrix that lies by rows."""
    if step.op != "matmul" or "row_times" not in low.has:
        return None
    left, right = step.args
    if low.op(left) != "T" or low.steps[right].rank != 1:
        return None
    return replace(step, op="row_times", args=(right, low.arg(left, 0)))


def _turned_times(low: Lowering, step: Step) -> Step | None:
    """``A'*B`` with B of many columns."""
    if step.op != "matmul" or "turned_times" not in low.has or low.op(step.args[0]) != "T":
        return None
    below = low.arg(step.args[0], 0)
    inner = low.steps[step.args[1]]
    if inner.rank < 2 or inner.op == "T" or low.op(below) == "khatri":
        return None
    if dims(step.shape, low.program.sizes)[1] < WIDE or count(low.steps[below], low.program.sizes) < LARGE:
        return None
    return replace(step, op="turned_times", args=(below, step.args[1]))


def _kron_with_identity(low: Lowering, step: Step) -> Step | None:
    if step.op != "fn" or step.attrs[0] != "kron" or "kron_eye" not in low.has:
        return None
    left, right = step.args
    if low.steps[left].rank < 2 or low.steps[right].rank < 2:
        return None
    if low.op(right) == "eye":
        return Step(step.ref, "kron_eye", (left,), (low.steps[right].shape[0],), step.shape)
    if low.op(left) == "eye":
        return Step(step.ref, "eye_kron", (right,), (low.steps[left].shape[0],), step.shape)
    return None


def _weighted_gram(low: Lowering, step: Step) -> Step | None:
    """``M'*M`` of a large M with scaled rows: M is never there as a whole."""
    if step.op != "gram" or "weighted_gram" not in low.has:
        return None
    scaled = low.steps[step.args[0]]
    if scaled.op != "rows" or low.uses[scaled.ref] > 1 or count(scaled, low.program.sizes) < BEYOND_CACHE:
        return None
    return replace(step, op="weighted_gram", args=scaled.args)


def _negative_number(low: Lowering, step: Step) -> Step | None:
    if step.op != "neg" or low.op(step.args[0]) != "number":
        return None
    return Step(step.ref, "number", (), (-low.steps[step.args[0]].attrs[0],), step.shape)


RULES: tuple[Rule, ...] = (
    _broadcast, _equal_entries, _outers, _slope, _row_times, _turned_times, _kron_with_identity, _weighted_gram,
    _negative_number,
)  # fmt: skip


def lowered(program: Program, has: Collection[str]) -> Program:
    """The program in the words of a backend that ``has`` these operations."""
    return Lowering(program, has).run()
