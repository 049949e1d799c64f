"""The derivative of k steps of a solver, which is not that of the argmin: both, and why they differ."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from closedform.argmin.solution import Solution
from closedform.argmin.system import System
from closedform.argmin.verdict import NoDerivative
from closedform.errors import ClosedformError
from closedform.expr.node import Node

if TYPE_CHECKING:
    from closedform.argmin.problem import Problem

Array = Any
METHODS = ("gradient", "momentum", "adam")
BETAS, EPSILON = (0.9, 0.999), 1e-8
MOST = 1_000_000
ALIKE = 1e-6
"""Derivatives closer than this, relative, are said to be the same."""


@dataclass(repr=False)
class Unrolled:
    """Where k steps lead, with the derivative of those steps and the verdict on where they lead as an argmin."""

    problem: Problem
    method: str
    steps: int
    rate: float
    x: Any
    solution: Solution
    """The verdict on the point that the steps lead to."""
    minimum: Solution
    """The minimum that lies near it, where there is one; else the same."""
    jacobians: dict[str, Array] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"{self.steps} steps of {self.method} (rate {self.rate:g}) lead to a point that is\n{self.solution!r}"

    def derivative_of_steps(self, by: str) -> Any:
        """d(x after k steps)/dθ, by forward differentiation of the steps: (shape of x) + (shape of θ)."""
        theta = self.problem.parameter(by)
        if by not in self.jacobians:
            raise ClosedformError(f"the steps were not differentiated by {by}: name it in by=")
        J = self.problem.block.put(self.jacobians[by])
        shape = (*np.shape(self.x), *self.problem.shape_of(theta))
        return np.reshape(J, shape) if shape else float(np.reshape(J, ()))

    def derivative_of_argmin(self, by: str) -> Any:
        """dx*/dθ of the argmin that the steps lead to. Raises NoDerivative where there is none."""
        return self.minimum.jacobian(by)

    @property
    def report(self) -> str:
        """Both derivatives, and why they differ."""
        lines = [f"steps     {self.steps} of {self.method} with rate {self.rate:g}", *self.solution.report.split("\n")]
        for by in self.jacobians:
            lines += self.compared(by)
        return "\n".join(lines)

    def compared(self, by: str) -> list[str]:
        """The lines of the report on one parameter."""
        mine = self.derivative_of_steps(by)
        head = [f"d(x after {self.steps} steps)/d{by} = {_short(mine)}"]
        try:
            true = self.derivative_of_argmin(by)
        except NoDerivative as error:
            return [*head, f"dx*/d{by}: none ({error.verdict.kind}). The numbers above are those of {self.steps} "
                    "steps; other numbers of steps have others."]  # fmt: skip
        gap = float(np.linalg.norm(np.subtract(mine, true)))
        if gap <= ALIKE * max(float(np.linalg.norm(true)), 1e-300):
            return [*head, f"dx*/d{by} is the same to {gap:.1g}."]
        return [*head, f"dx*/d{by} = {_short(true)}",
                f"They differ by {gap:.2g}: {self.steps} steps are another function of {by} than the argmin."]


def _short(x: Any) -> str:
    with np.printoptions(precision=6, threshold=12):
        return f"{x:.8g}" if np.ndim(x) == 0 else str(np.asarray(x)).replace("\n", " ")


def unrolled(problem: Problem, by: Sequence[str], steps: int, method: str, rate: float) -> Unrolled:
    """k steps from the start of the problem, differentiated by the parameters named."""
    if method not in METHODS:
        raise ClosedformError(f"steps are of {', '.join(METHODS)}; {method} is none of them")
    if not (0 < steps <= MOST and rate > 0):
        raise ClosedformError(f"the number of steps is from 1 to {MOST}, and the rate positive")
    if problem.constraints:
        raise ClosedformError("steps are taken without constraints")
    thetas = [problem.parameter(name) for name in by]
    z = np.array(problem.begin(), float)
    sizes = [int(np.prod(problem.shape_of(t), dtype=int)) for t in thetas]
    J = np.zeros((len(z), sum(sizes)))
    with np.errstate(all="ignore"):
        z, J = _run(problem.system, thetas, z, J, steps, RULES[method](rate))
    if not np.isfinite(z).all():
        raise ClosedformError(f"the steps run off to infinity: a rate of {rate:g} is too large")
    ends = np.cumsum(sizes)[:-1]
    parts = dict(zip(by, np.split(J, ends, axis=1), strict=True))
    x = problem.whole(z)
    found = problem.diagnose(np.asarray(x))
    return Unrolled(problem, method, steps, rate, x, found, _reached(problem, found), parts)


def _reached(problem: Problem, found: Solution) -> Solution:
    """The minimum to which Newton's steps lead from a point that is not there yet."""
    near = found.verdict.kind == "not-converged" and set(found.verdict.also) & {"minimum", "ill-conditioned-minimum"}
    if not near or found.judged is None:
        return found
    return problem.diagnose(np.asarray(problem.whole(problem.view.floats(found.judged.end.z))))


def _run(system: System, thetas: Sequence[Node], z: Array, J: Array, steps: int, rule: Rule) -> tuple[Array, Array]:
    for _ in range(steps):
        g, H = system.gradient(z), system.hessian(z)
        B = np.hstack([system.mixed(z, t) for t in thetas]) if thetas else np.zeros((len(z), 0))
        move, dmove = rule(g, H @ J + B)
        z, J = z - move, J - dmove
    return z, J


Rule = Callable[[Array, Array], tuple[Array, Array]]


def _gradient(rate: float) -> Rule:
    return lambda g, dg: (rate * g, rate * dg)


def _momentum(rate: float) -> Rule:
    kept: list[Array] = []

    def rule(g: Array, dg: Array) -> tuple[Array, Array]:
        m, dm = (BETAS[0] * kept[0] + g, BETAS[0] * kept[1] + dg) if kept else (g, dg)
        kept[:] = [m, dm]
        return rate * m, rate * dm

    return rule


def _adam(rate: float) -> Rule:
    (b1, b2), kept = BETAS, list[Any]()

    def rule(g: Array, dg: Array) -> tuple[Array, Array]:
        if not kept:
            kept[:] = [0, np.zeros_like(g), np.zeros_like(dg), np.zeros_like(g), np.zeros_like(dg)]
        k, m, dm, v, dv = kept
        m, dm = b1 * m + (1 - b1) * g, b1 * dm + (1 - b1) * dg
        v, dv = b2 * v + (1 - b2) * g * g, b2 * dv + (1 - b2) * 2 * g[:, None] * dg
        kept[:] = [k + 1, m, dm, v, dv]
        c, d = 1 - b1 ** (k + 1), 1 - b2 ** (k + 1)
        root = np.sqrt(v / d)
        droot = np.where(v[:, None] > 0, dv / d / (2 * np.where(root > 0, root, 1.0)[:, None]), 0.0)
        below = root + EPSILON
        return rate * m / c / below, rate / c * (dm / below[:, None] - (m / below**2)[:, None] * droot)

    return rule


RULES: dict[str, Callable[[float], Rule]] = {"gradient": _gradient, "momentum": _momentum, "adam": _adam}
