"""What steps cost: flops, bytes and calls, as nanoseconds of one core. Measured figures: ``docs/performance.md``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from closedform.program.ir import Program, Step, dims, flat

FLOP = 1 / 60
"""Nanoseconds a flop of a large matrix product takes."""
THIN_FLOP = 1 / 20
"""The same where the product is bound by reading its matrix (a matrix times a few columns)."""
SOLVE_FLOP = 1 / 25
"""The same for a factorisation, or for solving with one."""
BYTE = 1 / 45
"""Nanoseconds to move a byte to or from a cache that holds it."""
CALL = 700.0
"""Nanoseconds before a call does anything."""
THIN = 8
FACTOR = {
    "lu": 2 / 3, "chol": 1 / 3, "inv": 2.0, "inv_chol": 1.0, "inverse": 2.0, "inverse_spd": 1.0, "solve": 2 / 3,
    "det": 2 / 3, "slogdet": 2 / 3,
}  # fmt: skip
"""Flops of a factorisation in units of n³."""
TRANSCENDENTAL = 15.0
"""Nanoseconds ten elements of exp, tanh and the like take."""


@dataclass(frozen=True)
class Cost:
    """Flops, bytes moved, calls; ``ns`` weighs them."""

    flops: float = 0.0
    bytes: float = 0.0
    calls: float = 1.0
    rate: float = FLOP

    @property
    def ns(self) -> float:
        return self.flops * self.rate + self.bytes * BYTE + self.calls * CALL


def product(rows: int, inner: int, cols: int) -> Cost:
    """A matrix product, a product with a vector, or an inner or outer one."""
    flops = 2.0 * rows * inner * cols
    moved = 8.0 * (rows * inner + inner * cols + rows * cols)
    return Cost(flops, moved, rate=THIN_FLOP if min(rows, inner, cols) < THIN else FLOP)


def elementwise(count: int, operands: int = 2) -> Cost:
    return Cost(count, 8.0 * count * (operands + 1), rate=THIN_FLOP)


def factorisation(kind: str, n: int) -> Cost:
    return Cost(FACTOR[kind] * n**3, 8.0 * n * n, rate=SOLVE_FLOP)


def solving(rows: int, cols: int) -> Cost:
    """Two triangular systems with ``cols`` right-hand sides."""
    rate = THIN_FLOP if cols < THIN else SOLVE_FLOP
    return Cost(2.0 * rows * rows * cols, 8.0 * (rows * rows + 2 * rows * cols), rate=rate)


def cost_of(step: Step, shapes: Mapping[int, tuple[int, int]], sizes: Mapping[str, int]) -> Cost:
    """The cost of one step of a program with these sizes."""
    rows, cols = dims(step.shape, sizes)
    args = [shapes[a] for a in step.args if a in shapes]
    if step.op == "matmul":
        (r, m), (m2, c) = _oriented(args[0], args[1], rows)
        return product(r, max(m, m2) if m == m2 else m, c)
    if step.op == "gram":
        (m, n) = args[0]
        return Cost(float(m) * n * n, 8.0 * (m * n + n * n))
    if step.op in ("solve", "solve_t", "solve_lu", "solve_chol", "solve_lu_t"):
        n = args[0][0]
        own = factorisation("solve", n).flops if step.op == "solve" else 0.0
        rate = THIN_FLOP if cols < THIN else SOLVE_FLOP
        return Cost(own + 2.0 * n * rows * cols, 8.0 * (n * n + 2 * rows * cols), rate=rate)
    if step.op in FACTOR:
        return factorisation(step.op, args[0][0])
    if step.op in ("input", "number", "size", "pi", "T", "index"):
        return Cost(calls=0.0)
    if step.op == "fn":
        count = max([rows * cols, *(r * c for r, c in args)])
        return Cost(count * TRANSCENDENTAL, 16.0 * count, rate=0.1)
    counts = [r * c for r, c in args]
    return Cost(max([rows * cols, *counts]), 8.0 * (rows * cols + sum(counts)), rate=THIN_FLOP)


def _oriented(a: tuple[int, int], b: tuple[int, int], rows: int) -> tuple[tuple[int, int], tuple[int, int]]:
    """Operands of one axis laid as their product wants them: a first one as a row, a second one as a column."""
    left = (a[1], a[0]) if a[1] == 1 and a[0] == b[0] and (rows == 1 or b[0] != 1) else a
    right = (b[1], b[0]) if b[0] == 1 and left[1] == b[1] else b
    return left, right


def total_cost(program: Program) -> Cost:
    """The sum over all steps; a loop's body as often as it runs."""
    shapes = {s.ref: dims(s.shape, program.sizes) for s in (*program.inputs, *flat(program.steps))}
    return _total(program.steps, shapes, program.sizes)


def _total(steps: tuple[Step, ...], shapes: Mapping[int, tuple[int, int]], sizes: Mapping[str, int]) -> Cost:
    flops = moved = calls = time = 0.0
    for step in steps:
        if step.body:
            _, low, high = step.attrs
            times = max(0, high.value(sizes) - low.value(sizes) + 1)
            one = _total(step.body, shapes, sizes)
            one = Cost(one.flops * times, one.bytes * times, one.calls * times, one.rate)
        else:
            one = cost_of(step, shapes, sizes)
        flops, moved, calls = flops + one.flops, moved + one.bytes, calls + one.calls
        time += one.flops * one.rate
    return Cost(flops, moved, calls, time / flops if flops else FLOP)
