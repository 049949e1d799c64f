"""The same derivatives by closedform and by SymPy's ``diff``, side by side in one run."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from statistics import median
from types import SimpleNamespace
from typing import Any

import numpy as np
import sympy as sp
from sympy_problems import PROBLEMS, SHAPES, Problem
from timing import median_ms, seconds, table

from closedform import formula

WARM, REPEATS = 3, 9
SIZES = {"N": 4, "M": 3, "1": 1}
FREE = {"N": sp.Symbol("n", integer=True, positive=True), "M": sp.Symbol("m", integer=True, positive=True), "1": 1}
NAME = re.compile(rf"(?<!\w)[{''.join(SHAPES)}](?!\w)")
FAILURES = (AttributeError, TypeError, ValueError, NotImplementedError, RecursionError)


def by_closedform(problem: Problem, k: int) -> Any:
    """The answer, printed. Repeat ``k`` has names of its own, so that nothing is found in a table of earlier ones."""
    found = getattr(formula(NAME.sub(lambda m: f"{m[0]}{k}", problem.typed)), problem.op)(f"{problem.by}{k}")
    found.text  # noqa: B018
    return found


def by_sympy(problem: Problem, k: int, sizes: dict[str, Any] = FREE) -> Any:
    s = SimpleNamespace(**{name: symbol(name, k, sizes) for name in SHAPES})
    by = getattr(s, problem.by)
    found = problem.build(s).diff(by)
    if problem.op == "hessian":
        found = found.diff(by)
    str(found)
    return found


def symbol(name: str, k: int, sizes: dict[str, Any]) -> Any:
    rows, cols = SHAPES[name]
    return sp.MatrixSymbol(f"{name}{k}", sizes[rows], sizes[cols])


def arrays() -> dict[str, Any]:
    rng = np.random.default_rng(3)
    found = {name: rng.standard_normal((SIZES[rows], SIZES[cols])) for name, (rows, cols) in SHAPES.items()}
    found["A"] = found["A"] @ found["A"].T + np.triu(found["B"]) / 9  # x'*A*x is positive, A not symmetric
    found["X"] = found["X"] / 3 + np.eye(SIZES["N"])
    return found


def slopes(value: Callable[[Any], Any], data: dict[str, Any], by: str) -> Any:
    """The derivative by complex steps, exact to rounding for these functions: a row an entry of the value."""
    columns = []
    for k in range(data[by].size):
        moved = data[by].astype(complex)
        moved.flat[k] += 1e-30j
        columns.append(np.ravel(value(SimpleNamespace(**{**data, by: moved}))).imag / 1e-30)
    return np.array(columns).T


def truth(problem: Problem, data: dict[str, Any]) -> Any:
    x = data[problem.by]
    if problem.op == "hessian":  # of quadratics, for which central differences of the slopes are exact
        steps = [e.reshape(x.shape) for e in np.eye(x.size)]
        ends = [[slopes(problem.value, {**data, problem.by: x + s * e}, problem.by) for s in (1, -1)] for e in steps]
        return np.array([(up - down)[0] / 2 for up, down in ends])
    found = slopes(problem.value, data, problem.by)
    return found if problem.op == "jacobian" else found.reshape(x.shape)


def agrees(found: Any, want: Any) -> bool:
    found = np.asarray(found, float)
    return np.size(found) == np.size(want) and np.allclose(np.ravel(found), np.ravel(want), rtol=1e-8, atol=1e-10)


def judged(problem: Problem) -> str:
    """What SymPy's answer is worth, by its value; a transposed layout is taken as right."""
    data = arrays()
    want = truth(problem, data)
    assert agrees(our_value(by_closedform(problem, 0), data), want), problem.typed
    try:
        answer = by_sympy(problem, 0, SIZES)
    except FAILURES as error:
        return type(error).__name__
    if answer.has(sp.Derivative):
        return "unevaluated"
    found = explicit(answer.xreplace({symbol(name, 0, SIZES): sp.ImmutableMatrix(a) for name, a in data.items()}))
    return "right" if agrees(found, want) or agrees(found.T, want) else "**wrong**"


def explicit(answer: Any) -> Any:
    """The numbers of an answer whose symbols have been replaced by matrices of numbers."""
    done = answer.doit()
    whole = done.as_explicit().doit() if isinstance(done, sp.MatrixExpr) else done
    return np.array(whole.tolist() if hasattr(whole, "tolist") else whole, float)


def our_value(answer: Any, data: dict[str, Any]) -> Any:
    given = {f"{name}0": a[:, 0] if a.shape[1] == 1 else a for name, a in data.items()} | {"n": SIZES["N"]}
    return answer({name: given[name] for name in answer.variables})


def interleaved(problem: Problem) -> Iterator[tuple[float, float]]:
    for k in range(1, WARM + REPEATS + 1):
        pair = seconds(lambda: by_closedform(problem, k)), seconds(lambda: by_sympy(problem, k))  # noqa: B023
        if k > WARM:
            yield pair


def sympy_section() -> str:
    rows, ratios = [], []
    for problem in PROBLEMS:
        judgement = judged(problem)
        call = "`{}` {} {}".format(problem.typed.replace("|", "\\|"), problem.op, problem.by)
        if judgement in ("right", "**wrong**"):
            ours, theirs = (median_ms(times) for times in zip(*interleaved(problem), strict=True))
            rows.append((call, judgement, f"{ours:.2f}", f"{theirs:.2f}", f"{theirs / ours:.1f}"))
            ratios += [theirs / ours] if judgement == "right" else []
        else:
            rows.append((call, judgement, "", "", ""))
    heads = ("derivative", f"SymPy {sp.__version__}", "closedform ms", "SymPy ms", "ratio")
    return f"""## Beside SymPy

The functions are built or read, differentiated and printed; medians of {REPEATS} interleaved repeats after
{WARM} for warming up. Each repeat has variables of its own names, so that neither side finds the answer in a table of
earlier ones. SymPy's `diff` of `MatrixSymbol`s; its answers, and ours, are compared with complex-step derivatives.

Where SymPy is right ({len(ratios)} of {len(rows)}), it takes {median(ratios):.1f} times as long in the median
({min(ratios):.1f} to {max(ratios):.1f}).

{table(heads, rows)}"""
