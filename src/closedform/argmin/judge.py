"""The verdict on a point: what it is, by the numbers; and where the stationary point near it lies."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from closedform.argmin.newton import Spot, Walk, spot, walk
from closedform.argmin.probe import Tail, along_null, branches_meet, off_plateau, tail
from closedform.argmin.search import descend
from closedform.argmin.sensitivity import jacobian, predicted_error
from closedform.argmin.verdict import Verdict
from closedform.argmin.views import Point, View
from closedform.expr.node import Node

Array = Any
CONVERGED, DEGENERATE, ILL, ROUNDING = 1e-5, 1e-2, 1e-8, 1e-9
EPS = float(np.finfo(float).eps)


@dataclass
class Judged:
    """A verdict, the point judged, and the stationary point it belongs to."""

    verdict: Verdict
    at: Spot
    end: Spot


@dataclass
class Question:
    """What is judged: a view of the system, its parameters, and how many negative eigenvalues a minimum has there."""

    view: View
    thetas: Sequence[Node]
    name: str
    constraints: int = 0


def judge(question: Question, z: Point, *, brought: bool) -> Judged:
    """The verdict on a point: one that a person brought, or one that a solver of ours left."""
    view = question.view
    first = spot(view, z)
    way = walk(view, z)
    nearer = off_plateau(view, way.end) if way.outcome in ("flat", "lost") else None
    way = way if nearer is None else walk(view, nearer)
    far = way.outcome not in ("arrived", "flat", "degenerate")
    if far and not question.constraints:
        lower = walk(view, view.point(descend(view.system, view.floats(z))))
        way = lower if lower.outcome in ("arrived", "degenerate") and _is_minimum(question, lower.end) else way
    verdict = _verdict(question, way, first) if _is_somewhere(view, z, way) else _ran_off()
    if verdict.exists and not view.system.inside(view.floats(way.end.z)):
        verdict = _outside(question)
    verdict.numbers = numbers(view, first, way)
    if brought and verdict.kind in ("minimum", "ill-conditioned-minimum", "degenerate-minimum"):
        verdict = _arrived_there(question, first, way, verdict)
    return Judged(verdict, first, way.end)


def _is_somewhere(view: View, z: Point, way: Walk) -> bool:
    return all(np.isfinite(view.floats(p)).all() for p in (z, way.end.z))


def _ran_off() -> Verdict:
    return Verdict("no-minimum", "the search runs off to infinity: f falls for ever.",
                   "Add a term that grows, such as a ridge, or bounds.")  # fmt: skip


def _outside(q: Question) -> Verdict:
    return Verdict("no-minimum", f"the stationary point lies outside the set that is declared for {q.name}; inside, f "
                   "falls towards the edge without reaching a minimum.",
                   "Close the set by a constraint, such as x >= 0, in place of the declaration.")  # fmt: skip


def _is_minimum(q: Question, at: Spot) -> bool:
    return at.negative == q.constraints


def numbers(view: View, at: Spot, way: Walk) -> dict[str, Any]:
    """What a verdict rests on."""
    finite = np.isfinite(at.H).all()
    eigen = np.linalg.eigvalsh(at.H) if finite else np.array([np.nan])
    positive = int(len(at.mu) - at.negative - at.null.sum())
    residual = at.H @ at.step + at.g - (at.null_space @ (at.null_space.T @ at.g) if at.null.any() else 0.0)
    size = float(np.linalg.norm(at.g))
    return {
        "gradient": size,
        "newton_step": float(np.linalg.norm(at.step)),
        "newton_decrement": float(np.sqrt(abs(at.g @ at.step))),
        "kantorovich": at.K,
        "lambda_min": float(eigen[0]), "lambda_max": float(eigen[-1]),
        "inertia": (positive, at.negative, int(at.null.sum())),
        "rank": at.rank, "condition": at.condition,
        "residual": float(np.linalg.norm(residual)) / size if size else 0.0,
        "distance": float(np.linalg.norm(view.floats(way.end.z) - view.floats(at.z))),
        "arithmetic": "balls" if hasattr(view, "fine") else "float64",
    }  # fmt: skip


def _verdict(q: Question, way: Walk, first: Spot) -> Verdict:
    if way.outcome == "arrived":
        return _stationary(q, way.end)
    if way.outcome == "flat" and way.end.g.any():
        N = way.end.null_space
        found = _no_minimum(q, way.end, -N @ (N.T @ way.end.g))
        if found.kind == "no-minimum" or not way.end.rank:
            return found
        return _without_curvature(q, way.end)  # the slope is that of rounded data
    if way.outcome in ("flat", "degenerate"):
        return _without_curvature(q, way.end)
    return _no_stationary_point(q, way, first)


def _stationary(q: Question, at: Spot) -> Verdict:
    if at.null.any():
        return _without_curvature(q, at)
    if _is_minimum(q, at):
        if at.condition * EPS > ILL:
            bound = at.condition * EPS
            return Verdict(
                "ill-conditioned-minimum",
                f"a strict minimum, but badly conditioned ({at.condition:.2g}): in float64, errors of the data move "
                f"dx*/dθ by up to {bound:.1g} relative.",
                "Rescale the variables or add a ridge term.", exists=True,
            )  # fmt: skip
        return Verdict("minimum", "a strict minimum: the gradient is 0 and the Hessian positive definite.", exists=True)
    return _with_negative_curvature(q, at)


def _with_negative_curvature(q: Question, at: Spot) -> Verdict:
    d = _lowest(at)
    more: tuple[str, ...] = ()
    ways = [(sign * d, tail(q.view, at.z, sign * d)) for sign in (1.0, -1.0)] if not q.constraints else []
    for way, found in ways:
        if found.kind != "stops":
            d, more = way, ("no-minimum",)
            fall = " and does so without bound" if found.kind == "unbounded" else f" towards {found.limit:.6g}"
            break
    else:
        fall = ""
    kind = "maximum" if at.negative == len(at.mu) else "saddle"
    counted = f"the Hessian has {at.negative} negative eigenvalue{'s' * (at.negative > 1)} of {len(at.mu)}"
    return Verdict(
        kind, f"a {kind}, no minimum: {counted}; f falls in the direction {named(q.name, d)}{fall}.",
        "Start elsewhere, or add a term that bounds f below.", also=more, direction=d,
    )  # fmt: skip


def _lowest(at: Spot) -> Array:
    d = at.scale * at.V[:, 0]
    return d / np.linalg.norm(d)


def _without_curvature(q: Question, at: Spot) -> Verdict:
    """The Hessian is singular at a stationary point."""
    if at.negative > q.constraints:
        found = _with_negative_curvature(q, at)
        found.also = (*found.also, "singular-hessian")
        return found
    whole = at if at.null.any() else _as_null(at)
    seen = along_null(q.view, whole)
    if q.constraints:
        return _flat(q, whole, seen.direction)
    theta = None if seen.kind == "flat" else branches_meet(q.view, whole, q.thetas, seen.kind == "falls")
    fall = tail(q.view, at.z, seen.direction) if seen.kind == "falls" else Tail("stops")
    also = ("no-minimum",) if fall.kind != "stops" else ()
    if theta is not None:
        return Verdict(
            "bifurcation", f"the Hessian loses rank here as {theta} moves: branches of stationary points meet, and "
            "x* has no derivative.", f"Move {theta} to one side.", also=also, direction=seen.direction,
        )  # fmt: skip
    if seen.kind == "falls":
        return Verdict(
            "saddle", "no minimum: without curvature in the direction "
            f"{named(q.name, seen.direction)}, f falls there.", "Start elsewhere.", also=also, direction=seen.direction,
        )  # fmt: skip
    if seen.kind == "rises":
        return Verdict(
            "degenerate-minimum", f"an isolated minimum whose Hessian is singular (rank {whole.rank} of "
            f"{len(at.mu)}): the implicit function theorem does not apply.",
            "Take the derivative from a closed form of x*, or add a ridge term.", direction=seen.direction,
        )  # fmt: skip
    return _flat(q, whole, seen.direction)


def _as_null(at: Spot) -> Spot:
    """The spot with the direction of the last step counted as flat: a root of higher order was approached there."""
    d = at.step / at.scale
    null = np.abs(at.V.T @ d) > 0.5 * np.abs(at.V.T @ d).max(initial=0.0)
    if not null.any():
        null[int(np.argmin(np.abs(at.mu)))] = True
    return Spot(at.z, at.g, at.H, at.scale, at.mu, at.V, null, at.step, at.K)


def _flat(q: Question, at: Spot, direction: Array) -> Verdict:
    N = at.null_space
    leaks = [str(t.params[0]) for t in q.thetas if _leaves_range(q.view, at, N, t)]
    moved = f"; with {', '.join(leaks)} the set of minimisers can vanish" if leaks else ""
    return Verdict(
        "singular-hessian", f"not isolated: the Hessian has rank {at.rank} of {len(at.mu)} and f is flat in the "
        f"direction {named(q.name, direction)}, so that the minimisers form a set and x* has no derivative{moved}.",
        'Add a ridge term, or choose one minimiser (on_fail="least-norm").', direction=direction,
    )  # fmt: skip


def _leaves_range(view: View, at: Spot, N: Array, theta: Node) -> bool:
    B = view.mixed(at.z, theta)
    return bool(np.abs(N.T @ B).max(initial=0.0) > 1e-9 * max(1e-300, float(np.abs(B).max(initial=0.0))))


def _no_stationary_point(q: Question, way: Walk, first: Spot) -> Verdict:
    at = way.end
    found = _saturated(q, first)
    step = at.step if np.isfinite(at.step).all() and not at.negative else -at.g
    verdict = _no_minimum(q, at, step, way, first)
    if found:
        also = tuple(k for k in (verdict.kind, *verdict.also) if k != "saturated")
        return Verdict("saturated", f"f is flat in float64 here, though its slope is not 0: {verdict.sentence}",
                       verdict.next_move, also=also, direction=verdict.direction)  # fmt: skip
    if at.null.any() and "singular-hessian" not in verdict.also and verdict.kind == "no-minimum" and at.rank:
        verdict.also = (*verdict.also, "singular-hessian", f"singular Hessian, rank {at.rank}")
    return verdict


def _ways_on(at: Spot, step: Array, first: Spot | None) -> Iterator[tuple[Point, Array]]:
    """Where f may fall for ever: along a step, without its rounding first, and down the slope of the first point."""
    for here, way in ((at, step), *([(first, first.step), (first, -first.g)] if first is not None else [])):
        if np.isfinite(way).all() and way.any():
            main = np.where(np.abs(way) > ROUNDING * np.abs(way).max(), way, 0.0)
            yield here.z, main / np.linalg.norm(main)
            if not np.array_equal(main, way):
                yield here.z, way / np.linalg.norm(way)


def _no_minimum(q: Question, at: Spot, step: Array, way: Walk | None = None, first: Spot | None = None) -> Verdict:
    size = float(np.linalg.norm(step)) if np.isfinite(step).all() else 0.0
    if not size:
        return Verdict("not-converged", "no stationary point was reached, and the way on is not clear.",
                       "Try another start, or more of them.")  # fmt: skip
    escape = way is not None and way.outcome == "escape"
    d, found = step / size, Tail("stops")
    for z, way_on in _ways_on(at, step, first):
        found = tail(q.view, z, way_on)
        if found.kind != "stops":
            d = way_on
            break
    if found.kind == "stops" and not escape:
        return Verdict("not-converged", "no stationary point was reached: f still falls in the direction "
                       f"{named(q.name, d)}.", "Try another start, or more iterations.", direction=d)  # fmt: skip
    where = f"towards {found.limit:.6g}, without reaching it," if found.kind == "limit" else "for ever"
    kept = f" Newton's step stays {size:.3g} long" if escape else ""
    return Verdict(
        "no-minimum", f"f falls {where} in the direction {named(q.name, d)}"
        + (f":{kept}, however small the gradient." if kept else "; it has no minimum there."),
        "Add a term that grows, such as a ridge, or bounds.", direction=d,
    )  # fmt: skip


def _saturated(q: Question, at: Spot) -> bool:
    """Whether float64 cannot tell f here from f a Newton step away."""
    system, z = q.view.system, q.view.floats(at.z)
    if not np.isfinite(at.step).all() or not at.negative:
        return False
    here = system.value(z)
    return all(system.value(z + sign * at.step) == here for sign in (1.0, -1.0))


def _arrived_there(q: Question, first: Spot, way: Walk, verdict: Verdict) -> Verdict:
    """A point that a person brought: whether it is the minimum, or how far it still is."""
    distance = verdict.numbers["distance"]
    size = max(1.0, float(np.abs(q.view.floats(first.z)).max(initial=0.0)))
    if verdict.kind == "degenerate-minimum":
        return verdict if distance <= DEGENERATE * size else _not_there(distance, verdict)
    error = max([predicted_error(q.view, first, t) for t in q.thetas] or [first.K])
    verdict.numbers["predicted_error"] = error
    if error <= CONVERGED and distance <= CONVERGED * size and first.negative == q.constraints:
        return verdict
    error = max([error, *(_apart(q, first, way.end, t) for t in q.thetas)])
    verdict.numbers["predicted_error"] = error
    steps = max(1, way.steps)
    return Verdict(
        "not-converged", f"a minimum lies {distance:.3g} away; taken here, dx*/dθ is wrong by about {error:.2g} "
        "relative.", f"Take {steps} more Newton step{'s' * (steps > 1)}, or jacobian(..., corrected=True).",
        also=(verdict.kind,), numbers=verdict.numbers,
    )  # fmt: skip


def _not_there(distance: float, verdict: Verdict) -> Verdict:
    return Verdict("not-converged", f"an isolated minimum whose Hessian is singular lies {distance:.3g} away: there "
                   "is no derivative by the implicit function theorem, here or there.",
                   "Take that point: solve gives it.", also=(verdict.kind,), numbers=verdict.numbers)  # fmt: skip


def _apart(q: Question, first: Spot, end: Spot, theta: Node) -> float:
    """How far dx*/dθ here is from the one at the minimum, relative to that: a far point's prediction may not see it."""
    if first.null.any() or end.null.any():
        return 0.0
    here, there = jacobian(q.view, first, theta), jacobian(q.view, end, theta)
    size = float(np.linalg.norm(there))
    return float(np.linalg.norm(here - there)) / size if size else 0.0


def stands_at(name: str, x: Any) -> str:
    """A point in a sentence, with few digits: ``x = -2``, ``w = (1, 2.5)``, ``X = ((1, 0), (0, 1))``."""
    return f"{name} = {_entries(np.asarray(x, float))}"


def _entries(x: Array) -> str:
    if x.ndim == 0:
        return f"{float(x):.6g}"
    shown = [_entries(row) for row in x[:6]]
    return f"({', '.join([*shown, '…'] if len(x) > 6 else shown)})"


def named(name: str, d: Array) -> str:
    """A direction, with its sign and few digits."""
    shown = ", ".join(f"{v:.3g}" for v in d[:6]) + (", …" if len(d) > 6 else "")
    return f"{name} = {shown}" if len(d) == 1 else f"{name} = ({shown})"
