"""dx*/dθ = -H⁻¹B, how wrong it is a Newton step away from x*, and what corrects it."""

from __future__ import annotations

from typing import Any

import numpy as np

from closedform.argmin.fine import NoBalls
from closedform.argmin.newton import Spot
from closedform.argmin.views import View
from closedform.errors import ClosedformError
from closedform.expr.node import Node

Array = Any


def jacobian(view: View, at: Spot, theta: Node) -> Array:
    """-H⁻¹B, n × the entries of θ."""
    try:
        return view.jacobian(at.z, theta)
    except (NoBalls, np.linalg.LinAlgError) as error:
        raise ClosedformError("the Hessian is singular here: there is no dx*/dθ") from error


def least_norm(view: View, at: Spot, theta: Node) -> Array:
    """-H⁺B: of all dx the shortest, for a singular Hessian."""
    return -np.linalg.pinv(at.H, rcond=1e-12, hermitian=True) @ view.mixed(at.z, theta)


def change(view: View, at: Spot, theta: Node, J: Array) -> Array:
    """The derivative of -H⁻¹B along the Newton step: -H⁻¹(DB[step] + DH[step] J)."""
    moved = view.mixed_along(at.z, theta, at.step) + view.third(at.z, at.step) @ J
    s = at.scale
    return -s[:, None] * np.linalg.solve(s[:, None] * at.H * s, s[:, None] * moved)


def predicted_error(view: View, at: Spot, theta: Node) -> float:
    """The relative error of dx*/dθ here, as the Newton step predicts it."""
    if at.null.any() or not np.isfinite(at.step).all():
        return float("inf")
    J = jacobian(view, at, theta)
    size = float(np.linalg.norm(J))
    off = float(np.linalg.norm(change(view, at, theta, J))) if at.step.any() else 0.0
    return off / size if size else (0.0 if off == 0 else float("inf"))


def corrected(view: View, at: Spot, theta: Node) -> Array:
    """-H⁻¹B with its change along the Newton step: the error is quadratic in the step."""
    J = jacobian(view, at, theta)
    return J + change(view, at, theta, J) if at.step.any() else J
