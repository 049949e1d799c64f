"""Proofs in ball arithmetic: a box that holds exactly one stationary point, and intervals for x* and dx*/dθ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from flint import arb, arb_mat

from closedform.argmin.fine import Fine, NoBalls, Point, precision
from closedform.expr.node import Node

Array = Any


@dataclass
class Enclosure:
    """``kind``: ``unique`` (one stationary point in the box), ``none`` or ``undecided``; the box of balls."""

    kind: str
    box: Point
    definite: bool = False
    """Whether the Hessian is positive definite throughout the box: the stationary point is a strict minimum."""

    @property
    def bounds(self) -> tuple[Array, Array]:
        return lower_upper(self.box)


def lower_upper(balls: Sequence[Any]) -> tuple[Array, Array]:
    """Bounds in float64, rounded outwards."""
    low = [np.nextafter(float((b.mid() - b.rad()).mid()), -np.inf) for b in balls]
    high = [np.nextafter(float((b.mid() + b.rad()).mid()), np.inf) for b in balls]
    return np.array(low), np.array(high)


def krawczyk(fine: Fine, z: Point, radius: float, saddle: int = 0) -> Enclosure:
    """Krawczyk's test on the box of that radius around z: K(X) = z - Y∇f(z) + (I - Y H(X))(X - z) inside X."""
    n = fine.system.n
    box = [arb(v.mid(), radius) for v in z]
    try:
        slopes = fine.gradient(box)
        if not all(e.contains(0) for e in slopes):
            return Enclosure("none", box)
        with precision(fine.bits):
            H = fine.hessian(box)
            Y = fine.hessian(z).mid().inv().mid()
            middle = arb_mat(n, 1, [v.mid() for v in z])
            spread = arb_mat(n, 1, [arb(0, radius)] * n)
            eye = arb_mat(n, n, [int(i == j) for i in range(n) for j in range(n)])
            image = middle - Y * arb_mat(n, 1, fine.gradient(z)) + (eye - Y * H) * spread
            inside = all(_interior(a, b) for a, b in zip(image.entries(), box, strict=True))
    except (NoBalls, ZeroDivisionError) as error:
        return Enclosure(f"undecided ({error})" if str(error) else "undecided", box)
    if not inside:
        return Enclosure("undecided", box)
    return Enclosure("unique", image.entries(), not saddle and positive_definite(H))


def _interior(a: Any, b: Any) -> bool:
    return bool(abs(a - b.mid()) < b.rad())


def positive_definite(H: Any) -> bool:
    """By the pivots of a symmetric elimination in balls."""
    rows, n = [list(r) for r in H.tolist()], H.nrows()
    for k in range(n):
        if not rows[k][k] > 0:
            return False
        for i in range(k + 1, n):
            c = rows[i][k] / rows[k][k]
            rows[i] = [a - c * b for a, b in zip(rows[i], rows[k], strict=True)]
    return True


def enclosed(fine: Fine, z: Point, saddle: int = 0) -> Enclosure:
    """The first box, of growing radius, in which the test succeeds; then the box it shrinks to."""
    found = Enclosure("undecided", z)
    size = float(np.linalg.norm(fine.floats(z))) or 1.0
    for k in (30, 24, 18, 12, 8, 5):
        found = krawczyk(fine, z, size * 10.0**-k, saddle)
        if found.kind == "unique":
            return found
    return found


def derivative(fine: Fine, box: Point, theta: Node) -> Any:
    """Balls for dx*/dθ: -H(X)⁻¹B(X) for every x in the box."""
    with precision(fine.bits):
        H, B = fine.hessian(box), fine.mixed(box, theta)
        try:
            return -H.solve(B)
        except ZeroDivisionError as error:
            raise NoBalls("the Hessian may be singular in the box") from error
