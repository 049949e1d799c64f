"""What a solver or a judge hands back: the point, the verdict, and the derivatives where there are any."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from closedform.argmin import enclose, sensitivity
from closedform.argmin.active import Active, derivative, moves_together
from closedform.argmin.cone_weak import edge, one_sided
from closedform.argmin.fine import NoBalls
from closedform.argmin.judge import Judged
from closedform.argmin.large import Large, pushed
from closedform.argmin.one_sided import along, margin, parted
from closedform.argmin.report import as_data, report, summary
from closedform.argmin.verdict import NoDerivative, Verdict
from closedform.argmin.views import Exact
from closedform.errors import ClosedformError, DeclarationError, ValueProblem
from closedform.expr.node import Node

if TYPE_CHECKING:
    from closedform.argmin.cone_point import Cone
    from closedform.argmin.problem import Problem

Array = Any
WAYS = ("raise", "warn", "nan", "least-norm")


@dataclass
class Other:
    """Another minimum that was found."""

    x: Array
    value: float


@dataclass(repr=False)
class Solution:
    """A point with its verdict. Derivatives are given where they exist, else NoDerivative is raised.

    ``x`` is the point, ``value`` f there, ``others`` further minima, ``minimality`` "proved" or "unproved" (of
    global minimality).

    >>> import closedform as cf
    >>> cf.formula("(x - t)^2", "x in R, t in R").argmin("x").solve(t=2.0)
    minimum: a strict minimum: the gradient is 0 and the Hessian positive definite.
    x = 2,  f(x) = 0, global: proved (f is convex)
    Next: .jacobian("t") is dx*/dt; .report has the numbers behind the verdict.
    """

    problem: Problem
    x: Any
    value: float
    verdict: Verdict
    judged: Judged | None
    active: Active | None = None
    large: Large | None = None
    others: list[Other] = field(default_factory=list)
    minimality: str = "unproved"
    notes: list[str] = field(default_factory=list)
    cone: Cone | None = None

    def __repr__(self) -> str:
        return summary(self)

    @property
    def report(self) -> str:
        """The verdict, the numbers it rests on, and the next move, for people."""
        return report(self)

    def data(self) -> dict[str, Any]:
        """The report as plain data."""
        return as_data(self)

    @property
    def newton_step(self) -> float:
        """The length of the Newton step: about the distance to the stationary point."""
        return float(self.verdict.numbers.get("newton_step", 0.0))

    @property
    def condition(self) -> float:
        """The condition of the equilibrated Hessian (of the reduced one at constraints)."""
        return float(self.verdict.numbers.get("condition", np.nan))

    def jacobian(self, by: str, *, corrected: bool = False, on_fail: str = "raise") -> Any:
        """dx*/dθ: an array of (shape of x) + (shape of θ).

        ``corrected=True`` adds its change along the Newton step. ``on_fail``: where there is no derivative, "raise"
        NoDerivative, "warn" and give the number all the same, "nan", or "least-norm" (−H⁺B).
        """
        theta = self.problem.parameter(by)
        if on_fail not in WAYS:
            raise ClosedformError(f"on_fail is {', '.join(WAYS)}; this is {on_fail}")
        if not self._of(theta).exists and not (corrected and self.verdict.kind == "not-converged"):
            return self._failing(theta, on_fail)
        return self._shaped(self._derivative(theta, corrected), theta)

    def _of(self, theta: Node) -> Verdict:
        """The verdict for one parameter: another one where it parts constraints that depend on each other."""
        if self.active is None or not self.verdict.exists or moves_together(self.active, theta):
            return self.verdict
        return parted(margin(self.active, self.problem.board))

    def _failing(self, theta: Node, on_fail: str) -> Any:
        if on_fail == "raise":
            raise NoDerivative(self._of(theta))
        entries = int(np.prod(self.problem.shape_of(theta), dtype=int))
        if on_fail == "nan":
            return self._shaped(np.full((self.problem.length, entries), np.nan), theta)
        if on_fail == "warn":
            warnings.warn(str(self.verdict), stacklevel=3)
        if self.judged is None:
            raise NoDerivative(self.verdict)
        at = self.judged.at
        whole = at.null.any() or on_fail == "least-norm"
        view = self.problem.view
        J = sensitivity.least_norm(view, at, theta) if whole else sensitivity.jacobian(view, at, theta)
        return self._shaped(self.problem.block.put(J), theta)

    def _derivative(self, theta: Node, corrected: bool) -> Array:
        put = self.problem.block.put
        if self.cone is not None:
            return put(self.cone.derivative(theta, self.problem.width))
        if self.active is not None:
            return put(derivative(self.active, theta))
        if self.large is not None:
            return put(self.large.jacobian(theta))
        exact = self.problem.exact.get(str(theta.params[0]))
        if self.verdict.kind == "degenerate-minimum":
            if exact is None:
                raise NoDerivative(self.verdict)
            return np.reshape(exact(self.problem.named(self.x)), (self.problem.length, -1))
        assert self.judged is not None
        view, at = self.problem.view, self.judged.at
        J = sensitivity.corrected(view, at, theta) if corrected else sensitivity.jacobian(view, at, theta)
        return put(J)

    def _shaped(self, J: Array, theta: Node) -> Any:
        shape = (*np.shape(self.x), *self.problem.shape_of(theta))
        return np.reshape(J, shape) if shape else float(np.reshape(J, ()))

    def jacobian_error(self, by: str) -> float:
        """The relative error of dx*/dθ at this point, predicted from the Newton step (and the conditioning)."""
        theta = self.problem.parameter(by)
        if self.judged is None or self.active is not None:
            return 0.0 if self.verdict.exists else float("inf")
        step = sensitivity.predicted_error(self.problem.view, self.judged.at, theta)
        exact = isinstance(self.problem.view, Exact)
        return max(step, np.finfo(float).eps * (1.0 if exact else self.condition))

    def vjp(self, u: Any, *names: str, on_fail: str = "raise") -> dict[str, Any]:
        """⟨u, dx*/dθ⟩ for each parameter named (all, without names): the gradient of u'x* by θ."""
        wanted = names or tuple(self.problem.parameters)
        flat = np.reshape(np.asarray(u, float), -1)
        if len(flat) != self.problem.length:
            raise ValueProblem(f"x* has shape {np.shape(self.x)}; this cotangent has shape {np.shape(u)}")
        out = {}
        for name in wanted:
            theta = self.problem.parameter(name)
            if self.large is not None and self.verdict.exists:
                found = self.large.vjp(theta, self.problem.block.pull(flat))
                out[name] = _plain(found.reshape(self.problem.shape_of(theta)))
                continue
            J = np.reshape(self.jacobian(name, on_fail=on_fail), (self.problem.length, -1))
            out[name] = _plain((flat @ J).reshape(self.problem.shape_of(theta)))
        return out

    def jvp(self, directions: Mapping[str, Any] | None = None, /, on_fail: str = "raise", **named: Any) -> Any:
        """How x* moves when the parameters named move in these directions."""
        total: Any = 0.0
        for name, d in {**(directions or {}), **named}.items():
            if self.large is not None and self.verdict.exists:
                b = pushed(self.large, self.problem.parameter(name), self._direction(name, d))
                total = total - self.problem.block.put(self.large.solve(b))
                continue
            J = np.reshape(self.jacobian(name, on_fail=on_fail), (self.problem.length, -1))
            total = total + J @ self._direction(name, d).reshape(-1)
        return _plain(np.reshape(total, np.shape(self.x)))

    def directional(self, by: str, v: Any = 1.0) -> Any:
        """The one-sided derivative of x* in a direction of a parameter: also where a constraint is weakly active."""
        theta = self.problem.parameter(by)
        if not self._of(theta).one_sided:
            return self.jvp({by: v})
        way = self._direction(by, v)
        if self.cone is not None:
            moved = one_sided(edge(self.cone), theta, way)
        else:
            assert self.active is not None
            moved = along(self.active, self.problem.board, {theta: way})
        return _plain(np.reshape(self.problem.block.put(moved), np.shape(self.x)))

    def _direction(self, by: str, v: Any) -> Array:
        """A direction of a parameter, with one entry for each of its."""
        shape, way = self.problem.shape_of(self.problem.parameter(by)), np.asarray(v, float)
        if way.size != int(np.prod(shape, dtype=int)):
            raise ValueProblem(f"{by} has shape {shape}; this direction has shape {way.shape}")
        return way

    def enclosure(self, by: str | None = None) -> tuple[Any, Any]:
        """Proved bounds: of x*, or of dx*/dθ; a pair of arrays, lower and upper.

        Raises ClosedformError where ball arithmetic does not decide.
        """
        found = self.problem.proof(self)
        if found.kind != "unique":
            raise ClosedformError(f"ball arithmetic does not prove a stationary point near this one: {found.kind}")
        view = self.problem.proving(self)[0]
        assert view is not None
        if by is None:
            low, high = found.bounds
            return np.reshape(low[: self.problem.width], np.shape(self.x)), np.reshape(
                high[: self.problem.width], np.shape(self.x))  # fmt: skip
        theta = self.problem.parameter(by)
        try:
            balls = enclose.derivative(view.fine, found.box, theta).entries()
        except NoBalls as error:
            raise ClosedformError(f"ball arithmetic does not enclose dx*/d{by}: {error}") from error
        shape = (*np.shape(self.x), *self.problem.shape_of(theta))
        low, high = enclose.lower_upper(balls[: self.problem.width * int(np.prod(shape[np.ndim(self.x) :], dtype=int))])
        return low.reshape(shape), high.reshape(shape)


def _plain(a: Any) -> Any:
    return float(a) if np.ndim(a) == 0 else a


def unknown_parameter(name: str, known: list[str]) -> DeclarationError:
    return DeclarationError(f"there is no parameter {name} here; there are {', '.join(known) or 'none'}")
