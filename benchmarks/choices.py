"""How often the planner is wrong: its form against all orders of the same product, and solve against inverse."""

from __future__ import annotations

import functools
import json
import os
from collections.abc import Callable, Iterator
from typing import Any

import hand
import numpy as np
import scipy.linalg
from rounds import in_turn

from closedform import formula
from closedform.program.compiled import Compiled
from closedform.program.ir import Program

Array = Any
CHAINS, SIZES, WIDTHS = 50, (2, 10, 60, 250, 700), (1, 3, 30, 200, 400)
SMALLEST = 2e-5
"""Seconds below which a call is more than its products."""
WRONG = 1.2


def orders(i: int, j: int) -> Iterator[Any]:
    """Every way to put brackets around factors i..j, as nested pairs."""
    if i == j:
        yield i
        return
    for k in range(i, j):
        for left in orders(i, k):
            for right in orders(k + 1, j):
                yield (left, right)


def evaluated(order: Any, arrays: list[Array]) -> Array:
    if isinstance(order, int):
        return arrays[order]
    return evaluated(order[0], arrays) @ evaluated(order[1], arrays)


def off(chosen: Any, forms: dict[Any, Callable[[], Array]], value: Array) -> float | None:
    """The time of the chosen form in units of the best; None for what is too quick to tell."""
    assert all(np.allclose(form(), value, rtol=1e-8, atol=1e-8) for form in forms.values())
    quick = {name: min(t) for name, t in in_turn(forms, 3, 0.002).items()}
    rivals = sorted((n for n in forms if n != chosen), key=lambda n: quick[n])[:2]
    times = in_turn({n: forms[n] for n in (chosen, *rivals)}, 11, 0.003)
    least = {name: min(t) for name, t in times.items()}
    return None if min(least.values()) < SMALLEST else least[chosen] / min(least.values())


def order_of(program: Program) -> Any:
    """The brackets of a planned product."""
    have: dict[int, Any] = {step.ref: "ABCDE".index(step.attrs[0]) for step in program.inputs}
    for step in program.steps:
        assert step.op in ("matmul", "outer"), step.op
        have[step.ref] = (have[step.args[0]], have[step.args[1]])
    return have[program.outputs[0]]


def chain_case(r: np.random.Generator) -> float | None:
    count = int(r.integers(3, 6))
    sizes = [int(r.choice(SIZES)) for _ in range(count)] + [int(r.choice((1, *SIZES)))]
    arrays = [r.normal(size=sizes[k : k + 2]) / np.sqrt(sizes[k + 1]) for k in range(count)]
    names = "ABCDE"[:count]
    spaces = ", ".join(f"{n} in R^(s{k}×{'1' if sizes[k + 1] == 1 else f's{k + 1}'})" for k, n in enumerate(names))
    if sizes[-1] == 1:
        arrays[-1] = arrays[-1].reshape(-1)
        spaces = spaces.rpartition(",")[0] + f", {names[-1]} in R^s{count - 1}"
    program = Compiled((formula("*".join(names), spaces)._raw,), "numpy")
    chosen = order_of(program.program(dict(zip(names, arrays, strict=True))))
    forms = {o: functools.partial(evaluated, o, arrays) for o in orders(0, count - 1)}
    return off(chosen, forms, program(*arrays))


def solve_case(r: np.random.Generator, width: int, n: int) -> float | None:
    """inv(S)*B with S positive definite: a solve, or the inverse."""
    B, S = r.normal(size=(n, width)), r.normal(size=(n, n))
    S = S @ S.T / n + np.eye(n)
    program = Compiled((formula("inv(S)*B", "S in PD(n), B in R^(n×k)")._raw,), "numpy")
    steps = program.program({"S": S, "B": B}).steps
    formed = any(s.op in ("inv_chol", "inv") for s in steps)

    def solved() -> Array:
        return scipy.linalg.cho_solve(scipy.linalg.cho_factor(S, lower=True), B)

    return off(formed, {False: solved, True: lambda: hand.inverse_spd(S) @ B}, program(S, B))


def distributed_case(r: np.random.Generator, m: int, n: int) -> float | None:
    """A'(diag(p) - pp')A with the bracket formed, or distributed."""
    A, x = r.normal(size=(m, n)), r.normal(size=n) / 10
    program = Compiled((formula("logsumexp(A*x)").hessian("x")._raw,), "numpy")
    steps = program.program({"A": A, "x": x}).steps
    z = A @ x
    p = np.exp(z - z.max())
    p /= p.sum()

    def apart() -> Array:
        S = np.sqrt(p)[:, None] * A
        return S.T @ S - np.outer(A.T @ p, p @ A)

    whole = any(s.op == "fn" and s.attrs[0] == "run.softmax_spread" for s in steps)
    forms = {True: lambda: A.T @ ((np.diag(p) - np.outer(p, p)) @ A), False: apart}
    return off(whole, forms, program(A, x))


def found() -> Iterator[float | None]:
    r = np.random.default_rng(3)
    yield from (chain_case(r) for _ in range(CHAINS))
    yield from (solve_case(r, width, 400) for width in WIDTHS)
    yield from (distributed_case(r, *size) for size in ((60, 200), (300, 60), (500, 400), (150, 150)))


if __name__ == "__main__":
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    told = [v for v in found() if v is not None]
    wrong = [v for v in told if v > WRONG]
    print(json.dumps({"cases": len(told), "wrong": len(wrong), "worst": max(told)}))
