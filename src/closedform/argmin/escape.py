"""Where f falls for ever among points that satisfy the constraints: a direction that they allow without end."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.optimize

from closedform.argmin.judge import named
from closedform.argmin.probe import tail
from closedform.argmin.verdict import Verdict
from closedform.argmin.views import Plain

Array = Any
FAR, HOLDS, FALLS = (1.0, 1e2, 1e4, 1e6, 1e9, 1e12, 1e18, 1e24), 1e-9, 1e-9


@dataclass
class Rule:
    """A constraint as a function of the free components: = 0, or ≥ 0."""

    equality: bool
    value: Callable[[Array], Array]
    slope: Callable[[Array], Array]


def escape(view: Plain, rules: Sequence[Rule], points: Sequence[Array], name: str) -> Verdict | None:
    """The verdict where from one of the points f falls without end, seen at ever farther points."""
    for z in points:
        for d in _directions(view, rules, z):
            found = tail(view, z, d)
            if found.kind == "stops" or not _allowed(rules, z, d):
                continue
            where = f"towards {found.limit:.6g}, without reaching it," if found.kind == "limit" else "for ever"
            return Verdict("no-minimum", f"f falls {where} in the direction {named(name, d)}, which the constraints "
                           "allow without end." if rules else f"f falls {where} in the direction {named(name, d)}.",
                           "Add a term that grows, such as a ridge, or bounds.", direction=d)  # fmt: skip
    return None


def _directions(view: Plain, rules: Sequence[Rule], z: Array) -> Iterator[Array]:
    """The steepest one that all constraints allow to first order, among all, and among those without curvature."""
    g, H = view.slopes(z)
    rows = [(r.equality, r.slope(z)) for r in rules]
    if not all(np.isfinite(a).all() for a in (g, H, *(A for _, A in rows))) or not g.any():
        return
    equal = [A for equality, A in rows if equality]
    sides = [A for equality, A in rows if not equality]
    for more in ([], [H / max(float(np.abs(H).max()), 1e-300)]) if H.any() else ([],):
        held = np.vstack([*equal, *more]) if equal or more else None
        found = scipy.optimize.linprog(
            g / np.abs(g).max(), A_ub=-np.vstack(sides) if sides else None,
            b_ub=np.zeros(sum(len(A) for A in sides)) if sides else None, A_eq=held,
            b_eq=None if held is None else np.zeros(len(held)), bounds=(-1, 1), method="highs",
        )  # fmt: skip
        if found.status == 0 and found.fun < -FALLS:
            yield np.asarray(found.x) / np.linalg.norm(found.x)


def _allowed(rules: Sequence[Rule], z: Array, d: Array) -> bool:
    size = max(1.0, float(np.abs(z).max()))
    for r in rules:
        here, steep = np.abs(r.value(z)) if r.equality else -r.value(z), max(1.0, float(np.abs(r.slope(z)).max()))
        for t in FAR:
            u = r.value(z + t * size * d)
            off = np.abs(u) if r.equality else -u
            if not (off <= HOLDS * t * size * steep + 2 * np.maximum(here, 0)).all():
                return False
    return True
