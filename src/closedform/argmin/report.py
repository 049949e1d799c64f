"""A solution in lines for people, and as plain data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from closedform.argmin.solution import Solution

WIDE = 40
"""A value longer than this has its line to itself."""
SHOWN = (
    ("gradient", "‖∇f‖"), ("residual_of_F", "‖F‖"), ("sigma_min", "smallest singular value of ∂F/∂x"),
    ("sigma_max", "largest singular value of ∂F/∂x"), ("spectral_radius", "spectral radius of ∂T/∂x"),
    ("newton_step", "Newton step"), ("kantorovich", "Newton-Kantorovich number"),
    ("lambda_min", "λmin"), ("lambda_max", "λmax"), ("inertia", "inertia (+, −, 0)"), ("rank", "rank"),
    ("condition", "condition (equilibrated)"), ("residual", "residual of the linear solve"),
    ("predicted_error", "predicted error of dx*/dθ"), ("distance", "distance to the stationary point"),
    ("active", "active"), ("multipliers", "multipliers"), ("weakly_active", "weakly active"),
    ("strict_complementarity", "strict complementarity gap"), ("licq", "LICQ rank"),
    ("reduced_inertia", "inertia on the tangent space"), ("arithmetic", "arithmetic"),
)  # fmt: skip


def report(s: Solution) -> str:
    """The verdict, the point, the numbers, the next move."""
    lines = [f"verdict   {s.verdict.kind}", f"          {s.verdict.sentence}"]
    if s.verdict.also:
        lines.append(f"also      {', '.join(s.verdict.also)}")
    lines.append(f"x         {_short(s.x)}")
    lines += _values(s)
    numbers = s.verdict.numbers
    lines += [f"  {label}: {_number(numbers[key])}" for key, label in SHOWN if key in numbers]
    lines += [f"note      {note}" for note in s.notes]
    if s.verdict.next_move:
        lines.append(f"next      {s.verdict.next_move}")
    return "\n".join(lines)


def summary(s: Solution) -> str:
    """A few lines: what the point is, where it lies, and what to ask next."""
    lines = [f"{s.verdict.kind}: {s.verdict.sentence}", f"x = {_brief(s.x)}"]
    if "residual_of_F" not in s.verdict.numbers:
        lines[1] += f"{_break(lines[1])}f(x) = {s.value:.10g}, global: {s.minimality}"
    else:
        lines[1] += f"{_break(lines[1])}‖F(x)‖ = {s.value:.3g}"
    return "\n".join([*lines, f"Next: {_ways_on(s)}"])


def _ways_on(s: Solution) -> str:
    names = [*s.problem.parameters]
    by = names[0] if names else "θ"
    if s.verdict.exists and names:
        return f'.jacobian("{by}") is dx*/d{by}; .report has the numbers behind the verdict.'
    if s.verdict.one_sided and names:
        return f'.directional("{by}", v) is the derivative in a direction v; .report has the numbers.'
    if s.verdict.exists:
        return ".report has the numbers behind the verdict."
    said = s.verdict.next_move
    return (said[:1].lower() + said[1:] + " There is no derivative here: .report has the numbers.").strip()


def _break(line: str) -> str:
    return "\n" if "\n" in line or len(line) > WIDE else ",  "


def _brief(x: Any) -> str:
    with np.printoptions(precision=6, threshold=12, edgeitems=3):
        return f"{x:.10g}" if np.ndim(x) == 0 else str(np.asarray(x)).replace("\n", "\n    ")


def _values(s: Solution) -> list[str]:
    """The value there and elsewhere; of a root there are only others."""
    if "residual_of_F" in s.verdict.numbers:
        return [f"other     {_short(o.x)}" for o in s.others[:5]]
    others = [f"other     {_short(o.x)} with f = {o.value:.10g}" for o in s.others[:5]]
    return [f"f(x)      {s.value:.10g}", f"global    {s.minimality}", *others]


def _short(x: Any) -> str:
    with np.printoptions(precision=10, threshold=12):
        return f"{x:.16g}" if np.ndim(x) == 0 else str(np.asarray(x))


def _number(v: Any) -> str:
    if isinstance(v, float):
        return f"{v:.4g}"
    if isinstance(v, np.ndarray):
        return str(np.round(v, 10).tolist())
    return ", ".join(map(str, v)) if isinstance(v, tuple | list) else str(v)


def as_data(s: Solution) -> dict[str, Any]:
    """The solution as plain data for JSON."""
    return {
        "x": s.x, "value": s.value,
        "verdict": {
            "kind": s.verdict.kind, "also": list(s.verdict.also), "sentence": s.verdict.sentence,
            "next": s.verdict.next_move, "numbers": dict(s.verdict.numbers), "direction": s.verdict.direction,
        },
        "others": [{"x": o.x, "value": o.value} for o in s.others],
        "global": s.minimality, "notes": list(s.notes),
    }  # fmt: skip
