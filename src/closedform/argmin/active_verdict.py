"""The verdict at a point that is consistent with its active set: constraints, kinks, multipliers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from closedform.argmin.active import WEAK, Active, moves_together, places, tangent
from closedform.argmin.newton import spot
from closedform.argmin.one_sided import Margin, least_curvature, margin, parted
from closedform.argmin.solution import Solution
from closedform.argmin.system import function
from closedform.argmin.verdict import Verdict

if TYPE_CHECKING:
    from closedform.argmin.problem import Problem

Array = Any
STATIONARY, STEP, RUN_OFF, NOISE, TRIES = 1e-7, 1e-6, 1e5, 1e-9, 12
REACHES = (1e-3, 1e-5, 1e-7)
FALLS = 1e-6
WAYS, RISES = (1e-1, 1e-2, 1e-3), 1e-10


def judged_active(problem: Problem, found: Active) -> Solution:
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
        apart = [name for name, t in problem.parameters.items() if not moves_together(found, t)]
        right = f", as {', '.join(apart)} move{'s' * (len(apart) == 1)}, not all of it can stay active" if apart else ""
        right = right or ", dx*/dθ is right all the same" if verdict.exists else ""
        out.notes.append(f"LICQ fails: the {count} gradients of what is active have rank {rank}; the multipliers are "
                         f"not unique{right}")  # fmt: skip
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
    if not _stationary(found, kinks):
        return Verdict("not-converged", "the optimality conditions do not hold here: with the gradients of what is "
                       "active there are no multipliers (a constraint qualification fails), or no minimum was reached.",
                       "Write the constraints so that their gradients are not 0.")  # fmt: skip
    if at_kink and _falls(problem, found, kinks):
        return Verdict("saddle", "no minimum: f falls to a side of this kink.", "Start elsewhere.")
    name = "nonsmooth-minimum" if at_kink else "minimum"
    if len(eigen) and eigen[0] < -1e-10:
        return Verdict("saddle", "no minimum: along the constraints the Hessian of the Lagrangian has a negative "
                       "eigenvalue.", "Start elsewhere.")  # fmt: skip
    if len(eigen) and eigen[0] <= 1e-12 and not state.weak.any():
        return _without_curvature(problem, found)
    on = margin(found, problem.board)
    if state.weak.any():
        return _weak(found, on, bool((state.weak & kinks).any()))
    if on.dependent and (on.bends or not any(moves_together(found, t) for t in problem.parameters.values())):
        return parted(on)
    if at_kink:
        return Verdict(name, "a strict minimum on a kink: x* moves along it, and stays on it.", exists=True)
    active = int(state.active.sum())
    held = f"; {active} constraint{'s' * (active != 1)} active" if problem.constraints else ""
    return Verdict(name, f"a strict minimum{held}: the Hessian is positive definite along what is active.", exists=True)


def _weak(found: Active, on: Margin, kink: bool) -> Verdict:
    """A switch is at the border of its range."""
    curved = least_curvature(on)
    if curved < -1e-10:
        return Verdict("saddle", "no minimum: where what is only just active is let go, f falls.", "Start elsewhere.")
    if found.reduced.min(initial=1.0) <= 1e-12 or curved <= 1e-12:
        return Verdict(
            "singular-hessian", "not isolated: a multiplier is 0 and the Hessian is singular along the rest: the "
            "minimisers form a set.", "Add a ridge term.", also=("weakly-active",),
        )  # fmt: skip
    name, also = ("nonsmooth-minimum", ("weakly-active",)) if kink else ("weakly-active", ())
    said = f"a minimum where a {'kink' if kink else 'constraint'} is only just active: x* has one-sided derivatives"
    if on.obstacle:
        return Verdict(name, f"{said} at most, and none is proved: {on.obstacle}.", "Move a parameter to one side.",
                       also=also)  # fmt: skip
    return Verdict(name, f"{said}, which differ by direction.",
                   'Ask for one direction: solution.directional("θ", v).', also=also, one_sided=True)  # fmt: skip


def _without_curvature(problem: Problem, found: Active) -> Verdict:
    """The Hessian is singular along what is active: f may fall there, rise, or be flat."""
    rises = [_rise(problem, found, way * d) for d in found.flat.T for way in (1.0, -1.0)]
    low = min((r for r in rises if r is not None), default=0.0)
    if low < 0 and not problem.convex():
        return Verdict("saddle", "no minimum: in a direction without curvature along what is active, f falls.",
                       "Start elsewhere.")  # fmt: skip
    if found.flat.shape[1] == 1 and None not in rises and low > 0:
        return Verdict("degenerate-minimum", "an isolated minimum whose Hessian is singular along what is active: the "
                       "implicit function theorem does not apply.", "Add a ridge term.")  # fmt: skip
    return Verdict("singular-hessian", "not isolated: along what is active the Hessian is singular, so that the "
                   "minimisers form a set and x* has no derivative.", "Add a ridge term.")  # fmt: skip


def _rise(problem: Problem, found: Active, d: Array) -> float | None:
    """f a little way off, where it is told from f here; None where the constraints do not hold on the way."""
    size = max(1.0, float(np.abs(found.x).max()))
    rows = np.flatnonzero(found.state.active)
    top = float(np.abs(found.terms).max(initial=0.0))
    for h in WAYS:
        u = np.concatenate(places(problem.switches, problem.system.env(found.x + h * size * d)))
        short = RISES * h * size
        if (np.abs(u[rows]) > short * np.maximum(np.abs(found.A).max(axis=1, initial=0.0), 1e-300)).any():
            return None
        off = found.state.low[~found.state.active] == -np.inf
        if (u[~found.state.active][off] < -short).any():
            continue
        rise = problem.view.rise(problem.view.point(found.x), h * size * d)
        if np.isfinite(rise) and abs(rise) > RISES * (h * size) ** 2 * top:
            return float(rise)
    return 0.0


def _stationary(found: Active, kinks: Array) -> bool:
    """Whether the gradient of L is 0 beside its parts, Newton's step is short, and the multipliers do not run off."""
    n, at = len(found.x), spot(found.view, found.z)
    if found.runs_off or not (np.isfinite(at.g).all() and np.isfinite(at.step).all()):
        return False
    size = max(1.0, float(np.abs(found.x).max(initial=0.0)))
    pulls = float(np.abs(found.A * found.multipliers[:, None]).max(initial=0.0))
    curved = float(np.abs(found.H).max(initial=0.0)) * size
    bends = float(np.abs(found.A[kinks[found.state.active]]).max(initial=0.0))
    scale = max(pulls, curved, bends, 1e-300)
    together = float(np.abs(found.A.T @ found.multipliers).max(initial=0.0))
    if found.left.max(initial=0.0) > STATIONARY:
        return False
    short = np.abs(at.step[:n]).max(initial=0.0) <= STEP * size
    bounded = pulls <= max(RUN_OFF * max(together, bends), NOISE * curved)
    return bool(np.abs(at.g[:n]).max(initial=0.0) <= STATIONARY * scale and short and bounded)


def _falls(problem: Problem, found: Active, kinks: Array) -> bool:
    """Whether f falls across an active kink: to first order, along directions that keep the constraints."""
    state, n = found.state, len(found.x)
    rows = np.flatnonzero(state.active)
    held = tangent(found.A[~kinks[rows]], n)
    ways = [held @ (held.T @ d) for d in np.linalg.pinv(found.A, rcond=1e-12).T[kinks[rows]]] if len(rows) else []
    rng = np.random.default_rng(9)
    ways += [held @ v for v in rng.standard_normal((TRIES, held.shape[1]))]
    size = max(1.0, float(np.abs(found.x).max(initial=0.0)))
    f = function(problem.f)

    def value(z: Array) -> float:
        return float(np.reshape(f(problem.system.env(z)), ()))

    here = value(found.x)
    for way in ways:
        length = float(np.linalg.norm(way))
        if not length:
            continue
        for d in (way / length, -way / length):
            slopes = [(value(found.x + h * size * d) - here) / (h * size) for h in REACHES]
            noise = 1e-14 * max(1.0, abs(here)) / (REACHES[-1] * size)
            if max(slopes[1:]) < -FALLS * max(1.0, float(np.abs(found.multipliers).max(initial=0.0))) - noise:
                return True
    return False


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
