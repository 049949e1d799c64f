"""A plan for people: each statement of the NumPy program with its flops and bytes at given sizes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from closedform.errors import ValueProblem
from closedform.expr.node import Node
from closedform.program.arguments import arguments_of, stays
from closedform.program.code import written_for
from closedform.program.costs import Cost, cost_of, total_cost
from closedform.program.fused import fused
from closedform.program.ir import dims, flat
from closedform.program.plan import plan, typical_sizes


@dataclass(frozen=True)
class Line:
    """One step: what is done, to values of which shapes, at what cost."""

    operation: str
    shape: tuple[int, int]
    cost: Cost


@dataclass(frozen=True)
class Plan:
    """The steps of a program at sizes, and the text of the function."""

    sizes: Mapping[str, int]
    lines: tuple[Line, ...]
    total: Cost
    code: str

    def __str__(self) -> str:
        head = "sizes " + ", ".join(f"{n} = {v}" for n, v in self.sizes.items()) if self.sizes else "no sizes"
        rows = [f"  {line.operation:<14} {_shape(line.shape):>13} {_si(line.cost.flops, 'flop'):>12} "
                f"{_si(line.cost.bytes, 'B'):>10}" for line in self.lines]  # fmt: skip
        foot = f"  {'total':<14} {'':>13} {_si(self.total.flops, 'flop'):>12} {_si(self.total.bytes, 'B'):>10}"
        return "\n".join([head, *rows, foot])


def _shape(shape: tuple[int, int]) -> str:
    rows, cols = shape
    return f"{rows}×{cols}" if cols > 1 and rows > 1 else f"{max(rows, cols)}"


def _whole(sizes: Mapping[str, int], known: Collection[str]) -> Mapping[str, int]:
    strange = next((n for n in sizes if n not in known), None)
    if strange is not None:
        raise ValueProblem(f"{strange} is no size of this formula; it has {', '.join(sorted(known)) or 'none'}")
    wrong = next((n for n, v in sizes.items() if type(v) is not int or v < 1), None)
    if wrong is not None:
        raise ValueProblem(f"{wrong} is {sizes[wrong]!r}; a size is a whole number of 1 or more")
    return sizes


def _si(number: float, unit: str) -> str:
    for factor, prefix in ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k")):
        if number >= factor:
            return f"{number / factor:.3g} {prefix}{unit}"
    return f"{number:.0f} {unit}"


def explained(
    nodes: tuple[Node, ...], sizes: Mapping[str, int], target: str = "numpy", fixed: Iterable[str] = (),
    order: Mapping[str, int] | None = None,
) -> Plan:  # fmt: skip
    """The plan for these sizes; sizes that are not given are about 1000."""
    backend, writer = written_for(target)
    arguments = arguments_of(nodes, order)
    staying = stays(fixed, arguments, order or ())
    typical = typical_sizes(nodes)
    every = {**typical, **_whole(sizes, typical)}
    program = fused(plan(nodes, every, staying))
    shapes = {s.ref: dims(s.shape, every) for s in (*program.inputs, *flat(program.steps))}
    shown = [s for s in flat(program.steps) if s.op not in ("number", "size", "pi", "index", "T")]
    lines = tuple(
        Line(str(s.attrs[0]) if s.op == "fn" else s.op, shapes[s.ref], cost_of(s, shapes, every))
        for s in shown if s.op != "loop"
    )  # fmt: skip
    code = writer(backend, program, arguments, "f", "", staying).text()
    used = {n for s in (*program.inputs, *program.steps) for size in s.shape for n in size.names}
    return Plan({n: v for n, v in every.items() if n in used}, lines, total_cost(program), code)
