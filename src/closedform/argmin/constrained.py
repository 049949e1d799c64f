"""Minima with kinks and constraints: a point near, the active set there, the verdict."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import scipy.linalg
import scipy.optimize

from closedform.argmin.active import WEAK, Active, first_state, places, settled
from closedform.argmin.newton import spot
from closedform.argmin.search import descend, starts
from closedform.argmin.solution import Solution
from closedform.argmin.switches import SMOOTHING, smoothed
from closedform.argmin.system import Block, System, function
from closedform.argmin.verdict import Verdict
from closedform.errors import ClosedformError
from closedform.functions.algebra import sym
from closedform.functions.vectors import dot

if TYPE_CHECKING:
    from closedform.argmin.problem import Problem

Array = Any
SOFTENINGS = (1.0, 1e-2, 1e-4, 1e-6)
INFEASIBLE = 1e-6


def active_solution(problem: Problem, count: int, point: Array | None = None) -> Solution:
    """The minimum near a point of the user's, or the one that a search finds."""
    problem_count = count if point is None else 1
    begin = problem.begin() if point is None else problem.free(point)
    last: ClosedformError | None = None
    for start in starts(begin, problem_count):
        near = _near(problem, start) if point is None else begin
        if near is None:
            continue
        try:
            found = _settled(problem, near)
        except ClosedformError as error:
            last = error
            continue
        return _judged(problem, found)
    return _nowhere(problem, begin, last)


def _settled(problem: Problem, near: Array) -> Active:
    L, block, switches, lengths, values = problem.board
    env = problem.system.env(near)
    for s, length in zip(switches, lengths, strict=True):
        env[str(s.s.params[0])] = np.zeros(length)
    return settled(L, block, switches, lengths, first_state(switches, places(switches, env)), values, near)


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
        for s, one in ((s, Constrained(problem, s.u)) for s in problem.switches if s.kind.endswith("equality"))
    ]
    independent = _independent(rules, z)
    size = max(1e-300, float(np.abs(np.nan_to_num(system.gradient(z))).max(initial=0.0)))
    with np.errstate(all="ignore"):
        found = scipy.optimize.minimize(
            lambda y: _finite(system.value(y) / size), z, jac=lambda y: np.nan_to_num(system.gradient(y) / size),
            method="SLSQP", constraints=independent, options={"maxiter": 500, "ftol": 1e-15},
        )  # fmt: skip
    if not np.isfinite(found.x).all() or np.abs(found.x).max() > 1e10:
        return None
    for rule in rules:
        c: Array = rule["fun"](found.x)
        off = np.abs(c) if rule["type"] == "eq" else -c
        if off.max(initial=0.0) > INFEASIBLE * max(1.0, float(np.abs(found.x).max())):
            return None
    return np.asarray(found.x)


def _independent(rules: list[dict[str, Any]], z: Array) -> list[dict[str, Any]]:
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
        length = u.rows.value(problem.system.sizes) * u.cols.value(problem.system.sizes)
        product = s * u if u.is_scalar else dot(s, u)
        self.along = System(product, [problem.block, Block(s, np.zeros(length), np.eye(length))], problem.values)

    def value(self, z: Array) -> Array:
        return np.asarray(function(self.u)(self.problem.system.env(z)), float).reshape(-1)

    def slope(self, z: Array) -> Array:
        n = len(z)
        whole = np.concatenate([z, np.zeros(self.along.n - n)])
        return self.along.hessian(whole)[n:, :n]


def _nowhere(problem: Problem, begin: Array, last: ClosedformError | None) -> Solution:
    """Nothing was found: is there a feasible point at all?"""
    if problem.constraints and not _feasible(problem, begin):
        verdict = Verdict("infeasible", "no point was found that satisfies the constraints.", "Loosen a constraint.")
    else:
        why = f" ({last.message})" if last is not None else ""
        verdict = Verdict("not-converged", f"no minimum was reached{why}.", "Try another start, or more of them.")
    return Solution(problem, problem.whole(begin), problem.system.value(begin), verdict, None)


def _feasible(problem: Problem, begin: Array) -> bool:
    rows = [(s, Constrained(problem, s.u)) for s in problem.switches if s.kind.endswith("equality")]

    def miss(z: Array) -> Array:
        return np.concatenate([r.value(z) if s.kind == "equality" else np.minimum(r.value(z), 0) for s, r in rows])

    for z in starts(begin, 6):
        found = scipy.optimize.least_squares(miss, z)
        if np.abs(found.fun).max(initial=0.0) < INFEASIBLE:
            return True
    return False


def _judged(problem: Problem, found: Active) -> Solution:
    """The verdict at a point with a consistent active set."""
    verdict = _verdict(problem, found)
    verdict.numbers = _numbers(problem, found)
    x = problem.whole(found.x)
    value = problem.system.value(found.x)
    out = Solution(problem, x, value, verdict, None, found)
    if verdict.kind not in ("saddle", "not-converged") and problem.convex():
        out.minimality = "proved (f and the constraints are convex)"
    rank, count = found.licq
    if rank < count:
        out.notes.append(f"LICQ fails: the {count} gradients of what is active have rank {rank}; the multipliers are "
                         "not unique, dx*/dθ is right all the same")  # fmt: skip
    return out


def _verdict(problem: Problem, found: Active) -> Verdict:
    eigen, state = found.reduced, found.state
    kinks = _entries(problem, "kink") | _entries(problem, "norm")
    at_kink = bool((state.active & kinks).any() or (state.weak & kinks).any())
    largest = _norm_multipliers(problem, found)
    if largest > 1 + WEAK:
        return Verdict("not-converged", "no minimum at this kink of a norm: f falls from here.", "Start elsewhere.")
    if largest >= 1 - WEAK:
        return Verdict("nonsmooth-minimum", "a minimum at the border of a kink of a norm: x* has no derivative here.",
                       "Move a parameter to one side.", also=("weakly-active",))  # fmt: skip
    name = "nonsmooth-minimum" if at_kink else "minimum"
    if len(eigen) and eigen[0] < -1e-10:
        return Verdict("saddle", "no minimum: along the constraints the Hessian of the Lagrangian has a negative "
                       "eigenvalue.", "Start elsewhere.")  # fmt: skip
    if len(eigen) and eigen[0] <= 1e-12 and not state.weak.any():
        return Verdict("singular-hessian", "not isolated: along what is active the Hessian is singular, so that the "
                       "minimisers form a set and x* has no derivative.", "Add a ridge term.")  # fmt: skip
    if state.weak.any():
        where = "kink" if (state.weak & kinks).any() else "constraint"
        if len(eigen) and eigen[0] <= 1e-12:
            return Verdict(
                "singular-hessian", "not isolated: a multiplier is 0 and the Hessian is singular along the rest: the "
                "minimisers form a set.", "Add a ridge term.", also=("weakly-active",),
            )  # fmt: skip
        return Verdict(
            "nonsmooth-minimum" if where == "kink" else "weakly-active",
            f"a minimum where a {where} is only just active: x* has one-sided derivatives, which differ by direction.",
            'Ask for one direction: solution.directional("θ", v).', also=("weakly-active",) if where == "kink" else (),
        )  # fmt: skip
    if at_kink:
        return Verdict(name, "a strict minimum on a kink: x* moves along it, and stays on it.", exists=True)
    active = int(state.active.sum())
    held = f"; {active} constraint{'s' * (active != 1)} active" if problem.constraints else ""
    return Verdict(name, f"a strict minimum{held}: the Hessian is positive definite along what is active.", exists=True)


def _norm_multipliers(problem: Problem, found: Active) -> float:
    """The largest ‖s‖ of the norms that are held at 0; below 1 the kink is strict."""
    s, at, out = found.state.stands.copy(), 0, 0.0
    s[found.state.active] = found.multipliers
    for switch, length in zip(problem.switches, problem.lengths(), strict=True):
        if switch.kind == "norm":
            out = max(out, float(np.linalg.norm(s[at : at + length])))
        at += length
    return out


def _condition(sizes: Array) -> float:
    if not len(sizes):
        return 1.0
    return float(sizes.max() / sizes.min()) if sizes.min() else float("inf")


def _entries(problem: Problem, kind: str) -> Array:
    return np.concatenate([
        np.full(n, s.kind == kind) for s, n in zip(problem.switches, problem.lengths(), strict=True)
    ])  # fmt: skip


def _numbers(problem: Problem, found: Active) -> dict[str, Any]:
    state, eigen = found.state, found.reduced
    labels = [
        (s.text or str(s.s.params[0])) + (f" [{i + 1}]" if n > 1 else "")
        for s, n in zip(problem.switches, problem.lengths(), strict=True) for i in range(n)
    ]  # fmt: skip
    at = spot(found.view, found.z)
    inequality = state.active & ~state.equality
    s = state.stands.copy()
    s[state.active] = found.multipliers
    gaps = np.minimum(np.abs(s - state.low), np.abs(s - state.high))[inequality]
    sizes = np.abs(eigen)
    out: dict[str, Any] = {
        "gradient": float(np.linalg.norm(at.g)), "newton_step": float(np.linalg.norm(at.step)),
        "active": tuple(labels[k] for k in np.flatnonzero(state.active)),
        "multipliers": found.multipliers, "licq": found.licq,
        "reduced_inertia": (int((eigen > 1e-12).sum()), int((eigen < -1e-12).sum()), int((sizes <= 1e-12).sum())),
        "condition": _condition(sizes),
    }  # fmt: skip
    if len(gaps):
        out["strict_complementarity"] = float(gaps.min())
    if state.weak.any():
        out["weakly_active"] = tuple(labels[k] for k in np.flatnonzero(state.weak))
    return out
