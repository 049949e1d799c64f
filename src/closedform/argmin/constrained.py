"""Minima with kinks and constraints: a point near, the active set there, the verdict."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import scipy.linalg
import scipy.optimize

from closedform.argmin.active import Active, State, first_state, places, settled
from closedform.argmin.active_verdict import judged_active
from closedform.argmin.escape import Rule, escape
from closedform.argmin.search import descend, starts
from closedform.argmin.solution import Solution
from closedform.argmin.switches import SMOOTHING, Switch, smoothed
from closedform.argmin.system import Block, System, function
from closedform.argmin.verdict import Verdict
from closedform.argmin.views import Plain
from closedform.errors import ClosedformError
from closedform.functions.algebra import sym
from closedform.functions.vectors import dot

if TYPE_CHECKING:
    from closedform.argmin.problem import Problem

Array = Any
SOFTENINGS = (1.0, 1e-2, 1e-4, 1e-6)
INFEASIBLE, HERE, RUN_OFF, THOUSANDS = 1e-6, 1e-5, 1e10, 1e3
SLOPE, NEARNESS = 1e-7, (1e-4, 1e-6, 1e-8, 1e-10)
"""How near to 0 is first taken for active; less, where what is that near cannot all be active."""


def active_solution(problem: Problem, count: int, point: Array | None = None) -> Solution:
    """The minimum near a point of the user's, or the one that a search finds."""
    problem_count = count if point is None else 1
    begin = problem.begin() if point is None else problem.free(point)
    last: ClosedformError | None = None
    first: Solution | None = None
    for start in starts(begin, problem_count):
        near = _near(problem, start) if point is None else begin
        if near is None:
            continue
        try:
            found = _settled(problem, near)
        except ClosedformError as error:
            last = error
            continue
        out = judged_active(problem, found) if point is None else _at_the_point(problem, found, begin)
        if out.verdict.kind not in ("saddle", "not-converged"):
            return out
        first = first or out
    if first is None:
        return _nowhere(problem, begin, last)
    return first if point is not None else _unless_it_escapes(problem, first, begin)


def _unless_it_escapes(problem: Problem, out: Solution, begin: Array) -> Solution:
    """Where no minimum was found: whether f falls for ever."""
    reached = problem.free(out.x)
    stays = bool(np.abs(reached).max(initial=0.0) < RUN_OFF)
    tries = [reached] if stays and out.verdict.kind != "saddle" else list(starts(begin, 3))
    points = [p for p in (_feasible(problem, z) for z in tries) if p is not None]
    found = _escaping(problem, points)
    if found is None:
        return out
    if out.verdict.kind == "saddle":
        out.verdict.also = (*out.verdict.also, "no-minimum")
        return out
    found.numbers = out.verdict.numbers
    return Solution(problem, out.x, out.value, found, None)


def _at_the_point(problem: Problem, found: Active, point: Array) -> Solution:
    """A point that a person brought: whether it is the consistent one, or how far from it."""
    out = judged_active(problem, found)
    distance = float(np.linalg.norm(found.x - point))
    if distance <= HERE * max(1.0, float(np.abs(point).max(initial=0.0))):
        return out
    verdict = Verdict("not-converged", f"the optimality conditions hold {distance:.3g} away, not here.",
                      "Take that point: solve gives it.", also=(out.verdict.kind,),
                      numbers={**out.verdict.numbers, "distance": distance})  # fmt: skip
    return Solution(problem, problem.whole(point), problem.system.value(point), verdict, None)


def _settled(problem: Problem, near: Array) -> Active:
    L, block, switches, lengths, values = problem.board
    env = problem.system.env(near)
    for s, length in zip(switches, lengths, strict=True):
        env[str(s.s.params[0])] = np.zeros(length)
    unit = _length(problem, near)
    guesses = [first_state(switches, places(switches, env), close, unit) for close in NEARNESS]
    settle = partial(settled, L, block, switches, lengths, values=values, start=near, unit=unit)
    return _first_stationary(settle, [g for k, g in enumerate(guesses) if not k or _differs(g, guesses[k - 1])])


def _length(problem: Problem, z: Array) -> float:
    """The scale of x where it is below 1: the point's own, and that of a Newton step of f."""
    g, H = np.nan_to_num(problem.system.gradient(z)), np.nan_to_num(problem.system.hessian(z))
    step = np.linalg.lstsq(H, g, rcond=1e-10)[0] if H.any() else np.ones(len(z))
    if np.abs(H @ step - g).max(initial=0.0) > 1e-6 * np.abs(g).max(initial=0.0):  # f is linear in some direction
        return 1.0
    return min(1.0, max(float(np.abs(v).max(initial=0.0)) for v in (z, step))) or 1.0


def _differs(one: State, other: State) -> bool:
    return not np.array_equal(one.active, other.active)


def _first_stationary(settle: Callable[..., Active], guesses: list[State]) -> Active:
    """The first guess that leads to a stationary point; else the first that leads to any."""
    found: Active | None = None
    error = ClosedformError("no active set was found")
    for guess in guesses:
        try:
            here = settle(state=guess)
        except ClosedformError as e:
            error = e
            continue
        if here.slope <= SLOPE:
            return here
        found = found or here
    if found is None:
        raise error
    return found


def near_kinks(problem: Problem, start: Array) -> Array:
    """A point near the minimum, with rounded kinks."""
    found = _near(problem, start)
    return start if found is None else found


def _near(problem: Problem, start: Array) -> Array | None:
    """A point near the minimum: kinks rounded off ever less, constraints by SLSQP."""
    kinks = bool(problem.norms) or any(s.kind == "kink" for s in problem.switches)
    soft = smoothed(problem.f, problem.x) if kinks else problem.f
    z = start
    for delta in SOFTENINGS if kinks else (0.0,):
        values = {**problem.values, **({str(SMOOTHING.params[0]): delta} if kinks else {})}
        system = System(soft, [problem.block], values)
        if not problem.constraints:
            z = descend(system, z)
            continue
        found = _sequential(problem, system, z)
        if found is None:
            return None
        z = found
    return z


def _sequential(problem: Problem, system: System, z: Array) -> Array | None:
    rules: list[dict[str, Any]] = [
        {"type": "eq" if s.kind == "equality" else "ineq", "fun": one.value, "jac": one.slope}
        for s, one in _rules(problem)
    ]
    size, far = _unit(system, z), max(1.0, _newton_length(system, z))
    kept = [_in_units(r, far) for r in independent(rules, z)]
    with np.errstate(all="ignore"):
        found = scipy.optimize.minimize(
            lambda y: _finite(system.value(far * y) / (far * size)), z / far,
            jac=lambda y: np.nan_to_num(system.gradient(far * y) / size),
            method="SLSQP", constraints=kept, options={"maxiter": 500, "ftol": 1e-15},
        )  # fmt: skip
    there = far * np.asarray(found.x)
    if not np.isfinite(there).all() or np.abs(there).max() > RUN_OFF * far:
        return None
    for rule in rules:
        c: Array = rule["fun"](there)
        off = np.abs(c) if rule["type"] == "eq" else -c
        if off.max(initial=0.0) > INFEASIBLE * max(1.0, float(np.abs(there).max())):
            return None
    return there


def _in_units(rule: dict[str, Any], far: float) -> dict[str, Any]:
    """A rule of y = x / far, its own values in these units too."""
    value, slope = rule["fun"], rule["jac"]
    return {**rule, "fun": lambda y: value(far * y) / far, "jac": lambda y: slope(far * y)}


def _newton_length(system: System, z: Array) -> float:
    """How far away Newton's step sees a minimum of f, where it is thousands away; else 0."""
    g, H = system.gradient(z), system.hessian(z)
    if not (np.isfinite(g).all() and np.isfinite(H).all() and H.any()):
        return 0.0
    length = float(np.abs(np.linalg.lstsq(H, g, rcond=1e-10)[0]).max())
    return length if length > THOUSANDS else 0.0


def _unit(system: System, z: Array) -> float:
    """The size of f's slope at a start, or of its terms where they happen to cancel there."""
    slope = float(np.abs(np.nan_to_num(system.gradient(z))).max(initial=0.0))
    terms = np.abs(np.nan_to_num(system.hessian(z))) @ np.maximum(np.abs(z), 1.0)
    large = float(terms.max(initial=0.0))
    return max(1e-300, slope if slope > 1e-6 * large else large)


def independent(rules: list[dict[str, Any]], z: Array) -> list[dict[str, Any]]:
    """The rules with those equations left out that follow from others here: SLSQP refuses them."""
    equations = [r for r in rules if r["type"] == "eq"]
    if not equations:
        return rules
    J = np.vstack([r["jac"](z) for r in equations])
    _, R, pivots = scipy.linalg.qr(J.T, pivoting=True)
    sizes = np.abs(np.diag(R))
    kept = sorted(pivots[: int((sizes > 1e-10 * sizes.max(initial=1e-300)).sum())])

    def value(y: Array) -> Array:
        return np.concatenate([r["fun"](y) for r in equations])[kept]

    def slope(y: Array) -> Array:
        return np.vstack([r["jac"](y) for r in equations])[kept]

    return [{"type": "eq", "fun": value, "jac": slope}, *(r for r in rules if r["type"] != "eq")]


def _finite(v: float) -> float:
    return v if np.isfinite(v) else 1e300


class Constrained:
    """A constraint and its Jacobian as functions of the free components."""

    def __init__(self, problem: Problem, u: Any) -> None:
        self.problem, self.u = problem, u
        s = sym("multiplier_of_argmin", u.rows, u.cols)
        length = u.rows.value(problem.sizes) * u.cols.value(problem.sizes)
        product = s * u if u.is_scalar else dot(s, u)
        self.along = System(product, [problem.block, Block(s, np.zeros(length), np.eye(length))], problem.values)

    def value(self, z: Array) -> Array:
        return np.asarray(function(self.u)(self.problem.system.env(z)), float).reshape(-1)

    def slope(self, z: Array) -> Array:
        n = len(z)
        whole = np.concatenate([z, np.zeros(self.along.n - n)])
        return self.along.hessian(whole)[n:, :n]


def _nowhere(problem: Problem, begin: Array, last: ClosedformError | None) -> Solution:
    """Nothing was found: is there a feasible point at all, and does f fall for ever from there?"""
    point = _feasible(problem, begin)
    if point is None:
        verdict = Verdict("infeasible", "no point was found that satisfies the constraints.", "Loosen a constraint.")
        return Solution(problem, problem.whole(begin), problem.system.value(begin), verdict, None)
    why = f" ({last.message})" if last is not None else ""
    verdict = _escaping(problem, [point]) or Verdict(
        "not-converged", f"no minimum was reached{why}.", "Try another start, or more of them.")  # fmt: skip
    return Solution(problem, problem.whole(point), problem.system.value(point), verdict, None)


def _escaping(problem: Problem, points: list[Array]) -> Verdict | None:
    rules = [Rule(s.kind == "equality", one.value, one.slope) for s, one in _rules(problem)]
    return escape(Plain(problem.system), rules, points, problem.block.name)


def _rules(problem: Problem) -> list[tuple[Switch, Constrained]]:
    return [(s, Constrained(problem, s.u)) for s in problem.switches if s.kind.endswith("equality")]


def _feasible(problem: Problem, begin: Array) -> Array | None:
    """A point that satisfies the constraints."""
    rows = _rules(problem)
    if not rows:
        return begin

    def miss(z: Array) -> Array:
        return np.concatenate([r.value(z) if s.kind == "equality" else np.minimum(r.value(z), 0) for s, r in rows])

    for z in starts(begin, 6):
        found = scipy.optimize.least_squares(miss, z)
        if np.abs(found.fun).max(initial=0.0) < INFEASIBLE:
            return np.asarray(found.x)
    return None
