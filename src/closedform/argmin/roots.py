"""Roots F(x, θ) = 0 and fixed points x = T(x, θ) at arrays, with the verdict that fits them.

They are the stationary points of L(x, s) = ⟨s, F(x)⟩ with s = 0: Newton's step on ∇L there is Newton's step on F, and
everything that is computed of a system, in balls or in float64, is computed of this one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.optimize

from closedform.argmin.judge import CONVERGED, Judged, stands_at
from closedform.argmin.newton import Spot, Walk, spot, walk
from closedform.argmin.problem import Problem, natural_shape
from closedform.argmin.root_kinds import judged_root
from closedform.argmin.search import damped, starts
from closedform.argmin.sensitivity import predicted_error
from closedform.argmin.solution import Other, Solution
from closedform.argmin.space import basis_of, shape_at, sizes_of, start_of
from closedform.argmin.switches import unknown_kink
from closedform.argmin.system import Block, System, function
from closedform.argmin.verdict import Verdict
from closedform.argmin.views import Exact, best_view
from closedform.errors import ClosedformError, ShapeError, ValueProblem
from closedform.expr.node import Node
from closedform.expr.walk import postorder
from closedform.functions.algebra import SYM, had, mul, sym, tr, transpose
from closedform.functions.vectors import dot
from closedform.rewrite.normal.normal import normal

Array = Any
FOUND = ("root", "ill-conditioned-root", "several-roots", "fixed-point", "degenerate-root")


class Head(Block):
    """The block of x in a system that also has multipliers: what comes after x is left out."""

    def put(self, z: Array) -> Array:
        return super().put(z[: self.width])


@dataclass
class RootProblem(Problem):
    """F with values; ``map`` is T where x = T(x) was asked for."""

    map: Node | None = None

    def __post_init__(self) -> None:
        self._refuse_kinks()
        symbols = {str(n.params[0]): n for n in postorder(self.f) if n.op is SYM}
        rows, cols = shape_at(self.x, sizes_of(symbols, self.values), self.start)
        basis = basis_of(self.x, rows, cols)
        self.block = Head(self.x, np.zeros(rows * cols), basis)
        self.shape = np.shape(self.start) if self.start is not None else natural_shape(self.x, rows, cols)
        s = sym("multiplier_of_root", self.f.rows, self.f.cols)
        self.node = normal(self.f)
        self.norms, self.switches, self.begun = [], [], None
        sizes = {**sizes_of(symbols, self.values), **_sizes_of_x(self.x, rows, cols)}
        missing = sorted((self.f.rows.names | self.f.cols.names) - set(sizes))
        if missing:
            raise ValueProblem(f"the size {missing[0]} of the equations is not known: give values of all variables")
        count = self.f.rows.value(sizes) * self.f.cols.value(sizes)
        if count != rows * cols:
            raise ShapeError(f"{count} equations for {rows * cols} unknowns: a root wants as many of both")
        self.multiplier = Block(s, np.zeros(count), basis)
        self.system = System(_paired(s, self.f), [self.block, self.multiplier], self.values)
        begin = self.begin()
        self._fits_space(begin)
        self.view = best_view(self.system, self._with_zeros(begin))

    def _refuse_kinks(self) -> None:
        strange = unknown_kink(self.f, self.x)
        if strange is not None:
            raise ClosedformError(f"the root of a function with {strange} of the variable is not solved here")

    def _with_zeros(self, z: Array) -> Array:
        return np.concatenate([z, np.zeros(self.width)])

    def begin(self) -> Array:
        if self.start is not None:
            return self.free(self.start)
        return start_of(self.system, self.block, lambda z: _finite(self.residual(z)) and _finite(self.slope(z)))

    def _fits_space(self, z: Array) -> None:
        """What F gives must lie in the space that x is declared in: else there are more equations than unknowns."""
        if self.block.basis is None:
            return
        F = self._values(z + 0.1 * np.random.default_rng(3).standard_normal(len(z)))
        off = F - self.multiplier.put(self.multiplier.free(F))
        if np.isfinite(off).all() and np.abs(off).max(initial=0.0) > 1e-9 * max(1.0, float(np.abs(F).max())):
            raise ShapeError(f"the equations do not lie in the space that {self.block.name} is declared in")

    def _values(self, z: Array) -> Array:
        return np.asarray(function(self.f)(self.system.env(self._with_zeros(z))), float).reshape(-1)

    def residual(self, z: Array) -> Array:
        """F at the free components of x."""
        return self.multiplier.pull(self._values(z))

    def slope(self, z: Array) -> Array:
        n = self.width
        return self.system.hessian(self._with_zeros(z))[n:, :n]

    # searching

    def solve(self, count: int) -> Solution:
        """The root reached from the start; others from ``count - 1`` more starts."""
        with np.errstate(all="ignore"):
            begin = self.begin()
            found = [self._reached(z) for z in starts(begin, count)]
            roots = [j for j in found if j.verdict.kind in FOUND]
            main = found[0] if found[0].verdict.kind not in ("no-root", "not-converged") else (roots or found)[0]
            return self._with_others(self._as_solution(main, main.end), main, roots)

    def diagnose(self, point: Any) -> Solution:
        """A point that the user brings, judged as it is."""
        with np.errstate(all="ignore"):
            z = self.view.point(self._with_zeros(self.free(point)))
            first, way = spot(self.view, z), walk(self.view, z, saddle=True)
            verdict = judged_root(self, way, self.free(point))
            self._note(verdict, first, way)
            if verdict.kind in FOUND and not verdict.kind.startswith("degenerate"):
                verdict = self._arrived_there(verdict, first)
            self.shape = np.shape(point)
            return self._as_solution(Judged(verdict, first, way.end), first)

    def _arrived_there(self, verdict: Verdict, first: Spot) -> Verdict:
        error = max([predicted_error(self.view, first, t) for t in self.smooth_parameters()] or [first.K])
        verdict.numbers["predicted_error"] = error
        if error <= CONVERGED:
            return verdict
        gap = verdict.numbers["distance"]
        return Verdict("not-converged", f"a root lies {gap:.3g} away; taken here, dx*/dθ is wrong by about {error:.2g} "
                       "relative.", "Take more Newton steps, or jacobian(..., corrected=True).", also=(verdict.kind,),
                       numbers=verdict.numbers)  # fmt: skip

    def _reached(self, z: Array) -> Judged:
        try:
            near = scipy.optimize.least_squares(self.residual, z, jac=self.slope, xtol=1e-15, ftol=1e-15, gtol=1e-15).x
        except (ValueError, np.linalg.LinAlgError):
            near = z
        found = self._judged(near)
        return self._judged(damped(self.residual, self.slope, z)) if found.verdict.kind == "not-converged" else found

    def _judged(self, near: Array) -> Judged:
        way = walk(self.view, self.view.point(self._with_zeros(near)), saddle=True)
        verdict = judged_root(self, way, near)
        self._note(verdict, way.end, way)
        return Judged(verdict, way.end, way.end)

    def _note(self, verdict: Verdict, at: Spot, way: Walk) -> None:
        n = self.width
        J = at.H[n:, :n] if np.isfinite(at.H).all() else np.full((n, n), np.nan)
        sizes = np.linalg.svd(J, compute_uv=False) if np.isfinite(J).all() else np.array([np.nan])
        verdict.numbers = {
            "residual_of_F": float(np.linalg.norm(at.g[n:])), "newton_step": float(np.linalg.norm(at.step[:n])),
            "kantorovich": at.K, "sigma_min": float(sizes[-1]), "sigma_max": float(sizes[0]), "rank": at.rank // 2,
            "condition": at.condition,
            "distance": float(np.linalg.norm(self.view.floats(way.end.z)[:n] - self.view.floats(at.z)[:n])),
            "arithmetic": "balls" if isinstance(self.view, Exact) else "float64",
        }  # fmt: skip
        if self.map is not None and np.isfinite(J).all() and self.block.basis is None:
            radius = float(np.abs(np.linalg.eigvals(np.eye(n) - J)).max(initial=0.0))
            verdict.numbers["spectral_radius"] = radius
            if verdict.kind in FOUND:
                calls = "attracting" if radius < 1 else "repelling" if radius > 1 else "neutral"
                verdict.also = (*verdict.also, calls)

    # handing back

    def _as_solution(self, judged: Judged, at: Spot) -> Solution:
        z = self.view.floats(at.z)[: self.width]
        F = float(np.linalg.norm(at.g[self.width :]))
        out = Solution(self, self.whole(z), F, judged.verdict, Judged(judged.verdict, at, judged.end))
        out.minimality = "unproved (there may be other roots)"
        return out

    def _with_others(self, out: Solution, main: Judged, roots: list[Judged]) -> Solution:
        if main.verdict.kind not in FOUND:
            return out
        seen = [self.view.floats(main.end.z)[: self.width]]
        near = 1e-6 * max(1.0, float(np.linalg.norm(seen[0])))
        for j in roots:
            z = self.view.floats(j.end.z)[: self.width]
            if all(np.linalg.norm(z - other) > near for other in seen):
                seen.append(z)
                out.others.append(Other(self.whole(z), 0.0))
        if out.others:
            v, first = out.verdict, stands_at(self.block.name, out.others[0].x)
            out.verdict = Verdict(
                "several-roots", f"{v.sentence} Others exist, as at {first}; the derivative is of this branch.",
                "Start nearer to the one that is meant.", also=(v.kind, *v.also), numbers=v.numbers, exists=v.exists,
            )  # fmt: skip
        return out

    def proving(self, solution: Solution) -> tuple[Exact | None, Any]:
        if isinstance(self.view, Exact) and solution.judged is not None:
            return self.view, solution.judged.end.z
        return None, None


def _paired(s: Node, F: Node) -> Node:
    """⟨s, F⟩."""
    if F.is_scalar:
        return had(s, F)
    return dot(s, F) if F.is_column else tr(mul(transpose(s), F))


def _sizes_of_x(x: Node, rows: int, cols: int) -> dict[str, int]:
    return {d.name: k for d, k in zip(x.shape, (rows, cols), strict=True) if d.name}


def _finite(a: Array) -> bool:
    return bool(np.isfinite(a).all())
