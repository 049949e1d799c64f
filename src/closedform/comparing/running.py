"""Running the comparison: size by size, contender by contender; what is interrupted keeps what was measured."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any

import numpy as np

from closedform.comparing.contenders import CONTENDERS, FUNCTION, Contender
from closedform.comparing.data import arrays
from closedform.comparing.measure import Cell, measured
from closedform.comparing.question import Question, question
from closedform.comparing.report import Comparison
from closedform.errors import ClosedformError, LimitError
from closedform.limits import OutOfTime

if TYPE_CHECKING:
    from closedform.formula import Formula

PATIENCE = 5.0
"""Seconds that a call may take for the next larger size to be tried."""
Told = Callable[[str, int, int], None]


def compare(
    f: Formula, by: str, op: str = "", sizes: Sequence[int] = (10, 100, 1000), *,
    fixed: Mapping[str, int] | None = None, runs: int = 5, seed: int = 0, only: Sequence[str] = (),
    told: Told | None = None,
) -> Comparison:  # fmt: skip
    """Measure a derivative in closed form beside the ways to get it by automatic or finite differences.

    ``sizes`` are given to every size of the formula but those in ``fixed``; ``runs`` (3 or more) are made after a call
    that is not counted; ``only`` takes contenders whose name begins so; ``told(name, done, of)`` hears of progress.
    Ctrl-C (KeyboardInterrupt) ends it; the comparison then has what was measured, and says so.

    Raises ClosedformError where the derivative is not one that is compared, or no point is found for the function.

    >>> from closedform.formula import formula
    >>> found = compare(formula("1/2*||A*x - b||^2"), "x", sizes=[5], only=["closed form (N", "finite"])
    >>> [row.name for row in found.rows], found.rows[2].cells[0].error < 1e-6
    (['function itself (NumPy)', 'closed form (NumPy)', 'finite differences'], True)
    """
    q = question(f, by, op)
    chosen = [c for c in CONTENDERS if not only or any(c.name.startswith(start) for start in only)]
    present = [c for c in chosen if c.there]
    found = Comparison(q, tuple(sizes), [c.name for c in chosen if not c.there], {})
    found.certificate = q.derivative.check()
    _ready(present)
    try:
        for k, size in enumerate(sorted(sizes)):
            _size(found, q, [FUNCTION, *present], size, dict(fixed or {}), (runs, seed), told, k)
    except (KeyboardInterrupt, OutOfTime) as stop:
        found.stopped = "interrupted" if isinstance(stop, KeyboardInterrupt) else "out of time"
    return found


def _size(
    found: Comparison, q: Question, contenders: list[Contender], size: int, fixed: dict[str, int],
    how: tuple[int, int], told: Told | None, before: int,
) -> None:  # fmt: skip
    runs, seed = how
    try:
        data = arrays(q.function, q.derivative, size, fixed, seed)
    except LimitError as error:
        for c in contenders:
            found.cells.setdefault(c.name, []).append(Cell(size, refused=error.message))
        return
    truth = q.derivative({n: data[n] for n in q.derivative.variables})
    for k, c in enumerate(contenders):
        if told is not None:
            told(f"{c.name}, size {size}", before * len(contenders) + k, len(found.sizes) * len(contenders))
        mine = found.cells.setdefault(c.name, [])
        last = mine[-1] if mine else None
        if last is not None and (last.refused or last.median > PATIENCE):
            why = last.refused or f"the size before took {last.median:.3g} s a call"
            mine.append(Cell(size, refused=why))
            continue
        mine.append(_cell(q, c, data, size, runs, truth))


def _cell(q: Question, c: Contender, data: dict[str, Any], size: int, runs: int, truth: Any) -> Cell:
    """A measurement, or what the library raised: others' errors are of any kind."""
    try:
        with np.errstate(all="ignore"):
            start = time.perf_counter()
            call = c.build(q, data)
            build = time.perf_counter() - start
            itself = c is FUNCTION
            cell = measured(size, call, build, runs, call() if itself else truth)
            memory = c.memory(q, data, call)
    except (ClosedformError, ArithmeticError, AttributeError, LookupError, MemoryError, NotImplementedError,
            RuntimeError, TypeError, ValueError) as error:  # fmt: skip
        return Cell(size, refused=f"{type(error).__name__}: {str(error).splitlines()[0][:100] if str(error) else ''}")
    return Cell(size, cell.seconds, cell.compile, memory, cell.error)


def _ready(contenders: Sequence[Contender]) -> None:
    """Load the libraries, so that no compile time holds that; JAX computes in float32 unless told otherwise."""
    for c in contenders:
        if c.module:
            import_module(c.module)
    if any(c.module == "jax" for c in contenders):
        import jax

        jax.config.update("jax_enable_x64", True)
