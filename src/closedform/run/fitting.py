"""Sizes from arrays: numbers for the named sizes, read off the shapes of what was given."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from closedform.errors import ValueProblem
from closedform.expr.size import Size

LARGEST = 2**40


@dataclass(frozen=True)
class Equation:
    """A size that is a number because of ``source``, which says it in words: ``A (m×n) is 3×4``."""

    size: Size
    number: int
    source: str


def solve_sizes(equations: Iterable[Equation], given: Mapping[str, int]) -> dict[str, int]:
    """Numbers for the sizes named; ValueProblem where two things disagree. What nothing fixes is left out.

    >>> from closedform.expr.size import size
    >>> solve_sizes([Equation(size("m") * size("n"), 12, "v"), Equation(size("n"), 4, "x")], {})
    {'n': 4, 'm': 3}
    """
    sizes = dict(given)
    reasons = {name: f"{name}={number} was given" for name, number in given.items()}
    waiting = list(equations)
    progress = True
    while waiting and progress:
        progress, still = False, []
        for equation in waiting:
            unknown = equation.size.names - sizes.keys()
            if not unknown:
                _agree(equation, sizes, reasons)
                progress = True
            elif len(unknown) == 1 and solvable(equation.size, name := next(iter(unknown))):
                sizes[name] = _solve(equation, name, sizes)
                reasons[name] = equation.source
                progress = True
            else:
                still.append(equation)
        waiting = still
    return sizes


def solvable(size: Size, name: str) -> bool:
    """Whether a number for the size fixes the one unknown name in it: it grows with that name."""
    with_name = [c for m, c in size.terms if name in m]
    return all(c > 0 for c in with_name) or all(c < 0 for c in with_name)


def _agree(equation: Equation, sizes: Mapping[str, int], reasons: Mapping[str, str]) -> None:
    if equation.size.value(sizes) == equation.number:
        return
    if not equation.size.names:
        have = f"{equation.source}; {equation.size} is wanted, not {equation.number}"
        raise ValueProblem(f"sizes do not match: {have}")
    why = "; ".join(dict.fromkeys(reasons[n] for n in sorted(equation.size.names)))
    expected = equation.size.value(sizes)
    raise ValueProblem(
        f"sizes do not match: {equation.source}, so {equation.size} is {equation.number}, "
        f"but it is {expected} elsewhere ({why})"
    )


def _solve(equation: Equation, name: str, sizes: Mapping[str, int]) -> int:
    """The whole number that gives the size its value, by bisection."""
    at_one = equation.size.value({**sizes, name: 1})
    direction = 1 if equation.size.value({**sizes, name: 2}) >= at_one else -1
    low, high = 1, LARGEST
    while low < high:
        middle = (low + high) // 2
        if direction * equation.size.value({**sizes, name: middle}) < direction * equation.number:
            low = middle + 1
        else:
            high = middle
    if equation.size.value({**sizes, name: low}) != equation.number:
        raise ValueProblem(
            f"sizes do not match: {equation.source}, but no whole {name} of 1 or more makes {equation.size} "
            f"the number {equation.number}"
        )
    return low
