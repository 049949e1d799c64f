"""Problems of many variables: Newton's steps by Cholesky or by conjugate gradients, the residual always looked at."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import scipy.linalg
import scipy.sparse.linalg

from closedform.argmin.probe import tail
from closedform.argmin.search import descend
from closedform.argmin.system import DIRECTION, System, along_node, as_given, function
from closedform.argmin.verdict import Verdict
from closedform.argmin.views import Plain
from closedform.errors import ClosedformError
from closedform.expr.node import Node

Array = Any
FROM, DENSE = 150, 3000
RTOL, ENOUGH, STEPS = 1e-13, 1e-8, 60
SINGLE, CLOSER, CALLS = 2e-6, 1e-2, 200
"""Of one round in single precision: how near it aims, how much nearer it must come, and what it may take."""
TOLERANCES, CLEAR = (1e-3, 1e-4, 1e-5, 1e-6), 8
"""Of eigenvalues, in units of the largest; the sign of one that is so much larger is clear."""
EPS = float(np.finfo(float).eps)


@dataclass
class Large:
    """A system at a point: products with H⁻¹, and the ends of its spectrum."""

    system: System
    z: Array
    residuals: list[float] = field(default_factory=list)
    dense: bool = True
    rtol: float = RTOL

    def __post_init__(self) -> None:
        self.dense = self.dense and self.system.n <= DENSE

    @cached_property
    def hessian(self) -> Array:
        return self.system.hessian(self.z)

    @cached_property
    def factor(self) -> Any:
        """The Cholesky factor, or None where the Hessian is not positive definite."""
        try:
            return scipy.linalg.cho_factor(self.hessian)
        except (np.linalg.LinAlgError, ValueError):
            return None

    @cached_property
    def operator(self) -> Any:
        n = self.system.n
        times = self.hessian.__matmul__ if self.dense else self.system.products(self.z)
        return scipy.sparse.linalg.LinearOperator((n, n), matvec=lambda v: times(v.ravel()), dtype=float)

    def solve(self, b: Array) -> Array:
        """H⁻¹b with a residual that was looked at. Raises ClosedformError where it stays large."""
        if not b.any():
            return np.zeros_like(b)
        if self.dense:
            x = np.full_like(b, np.nan) if self.factor is None else scipy.linalg.cho_solve(self.factor, b)
        else:
            near = self._by_single(b)
            most = min(20 * self.system.n, 20_000)
            x, _ = scipy.sparse.linalg.cg(self.operator, b, near, rtol=self.rtol, maxiter=most)
        residual = float(np.linalg.norm(self.operator @ x - b) / np.linalg.norm(b))
        self.residuals.append(residual)
        if not residual <= ENOUGH:
            way = "Cholesky" if self.dense else "conjugate gradients"
            raise ClosedformError(f"the linear solve by {way} leaves a relative residual of {residual:.1e}")
        return x

    @cached_property
    def narrow(self) -> Any:
        """The operator in single precision: half as much to read."""
        times = self.system.products(self.z, np.float32)
        return scipy.sparse.linalg.LinearOperator((self.system.n,) * 2, matvec=times, dtype=np.float32)

    def _by_single(self, b: Array) -> Array:
        """H⁻¹b as near as conjugate gradients in single precision come, their residuals taken in double."""
        x, r, size = np.zeros_like(b), b, float(np.linalg.norm(b))
        with np.errstate(all="ignore"):  # what single precision does not hold brings nothing nearer
            while (left := float(np.linalg.norm(r))) > self.rtol * size:
                near = max(SINGLE, self.rtol * size / left / 2)
                d, _ = scipy.sparse.linalg.cg(self.narrow, (r / left).astype(np.float32), rtol=near, maxiter=CALLS)
                there = x + left * d.astype(float)
                off = b - self.operator @ there
                if not np.linalg.norm(off) < CLOSER * left:
                    break
                x, r = there, off
        return x

    @cached_property
    def spectrum(self) -> tuple[float, float, Array]:
        """The smallest and the largest eigenvalue by Lanczos, and a vector of the smallest."""
        rng = np.random.default_rng(5)
        start = rng.standard_normal(self.system.n)
        high = float(_lanczos(self.operator, "LA", start, TOLERANCES[0])[0])
        if self.dense and self.factor is not None:
            inverse = scipy.sparse.linalg.LinearOperator(
                self.operator.shape, matvec=lambda v: scipy.linalg.cho_solve(self.factor, v.ravel()), dtype=float
            )
            value, vector = _lanczos(inverse, "LA", start, TOLERANCES[-1])
            return 1 / float(value), high, vector
        shift = abs(high) or 1.0
        turned = scipy.sparse.linalg.LinearOperator(
            self.operator.shape, matvec=lambda v: shift * v.ravel() - self.operator @ v.ravel(), dtype=float
        )
        for tolerance in TOLERANCES:  # as close as it takes to tell the sign
            value, vector = _lanczos(turned, "LA", start, tolerance)
            if abs(shift - float(value)) > CLEAR * tolerance * shift:
                break
        return shift - float(value), high, vector

    def vjp(self, theta: Node, u: Array) -> Array:
        """-B'H⁻¹u: one solve."""
        return -self.system.pulled(self.z, theta, self.solve(u))

    def jacobian(self, theta: Node) -> Array:
        return -np.column_stack([self.solve(column) for column in self.system.mixed(self.z, theta).T])


def _lanczos(operator: Any, which: str, start: Array, tol: float) -> tuple[float, Array]:
    if not np.any(operator @ start):  # a general vector: the operator is 0
        return 0.0, start / np.linalg.norm(start)
    try:
        values, vectors = scipy.sparse.linalg.eigsh(operator, k=1, which=which, v0=start, tol=tol, maxiter=3000)
    except scipy.sparse.linalg.ArpackError as error:
        raise ClosedformError("Lanczos did not find the smallest eigenvalue of the Hessian") from error
    return values[0], vectors[:, 0]


def newton(system: System, start: Array) -> Array:
    """Damped Newton steps while the Hessian is positive definite; else trust regions, and Newton steps from there."""
    z = _newton(system, start)
    if z is None:
        z = descend(system, start)
        near = _newton(system, z)
        return z if near is None else near
    return z


def _newton(system: System, start: Array) -> Array | None:
    """None where the Hessian is not positive definite on the way."""
    z, value = start, system.value(start)
    for _ in range(STEPS):
        g, here = system.gradient(z), Large(system, z)
        try:
            step = here.solve(-g)
        except ClosedformError:
            return None
        slope = float(g @ step)
        if not slope < 0:
            return z if slope == 0 else None
        if np.linalg.norm(step) <= 1e-9 * max(1e-300, float(np.linalg.norm(z))):
            return z + step
        t, moved = _armijo(system.value, z, step, value, slope)
        if t == 0:
            return z
        z, value = z + t * step, moved
    return z


def _armijo(f: Callable[[Array], float], z: Array, step: Array, value: float, slope: float) -> tuple[float, float]:
    t = 1.0
    for _ in range(40):
        moved = f(z + t * step)
        if moved <= value + 1e-4 * t * slope + 4 * EPS * abs(value):
            return t, moved
        t /= 2
    return 0.0, value


def verdict(here: Large) -> Verdict:
    """The kind of a point by the ends of the spectrum and the Newton step."""
    low, high, vector = here.spectrum
    g = here.system.gradient(here.z)
    numbers: dict[str, Any] = {"gradient": float(np.linalg.norm(g)), "lambda_min": low, "lambda_max": high,
                               "arithmetic": "float64, Cholesky" if here.dense else "float64, matrix-free"}  # fmt: skip
    noise = here.system.n * EPS * max(abs(high), abs(low))
    if low < -noise:
        return Verdict("saddle", f"no minimum: the Hessian has the eigenvalue {low:.3g}.", "Start elsewhere.",
                       numbers=numbers, direction=vector)  # fmt: skip
    if low <= noise and not numbers["gradient"] <= 1e-6 * high * float(np.linalg.norm(here.z)):
        return Verdict("not-converged", f"no stationary point was reached: the gradient is {numbers['gradient']:.2g}, "
                       f"and the smallest eigenvalue of the Hessian {low:.3g}.", "Try another start.",
                       numbers=numbers)  # fmt: skip
    if low <= noise or (here.dense and here.factor is None):
        return Verdict(
            "singular-hessian", f"the smallest eigenvalue of the Hessian, {low:.3g}, is 0 to rounding: x* is not "
            "isolated, or the minimum is degenerate.", "Add a ridge term.", numbers=numbers,
        )  # fmt: skip
    step = here.solve(-g)
    size = float(np.linalg.norm(step)) / max(1e-300, float(np.linalg.norm(here.z)))
    numbers |= {"newton_step": float(np.linalg.norm(step)), "condition": high / low, "residual": here.residuals[-1]}
    if size > 1e-6 and numbers["gradient"] > noise:
        return _on_a_tail(here, step, numbers) or Verdict(
            "not-converged", f"the Newton step is still {size:.2g} of x*.", "Take more Newton steps.", numbers=numbers
        )
    if high / low * EPS > 1e-8:
        return Verdict("ill-conditioned-minimum", f"a strict minimum, but badly conditioned ({high / low:.2g}).",
                       "Rescale the variables or add a ridge term.", numbers=numbers, exists=True)  # fmt: skip
    return Verdict("minimum", "a strict minimum: the gradient is 0 and the Hessian positive definite.",
                   numbers=numbers, exists=True)  # fmt: skip


def _on_a_tail(here: Large, step: Array, numbers: dict[str, Any]) -> Verdict | None:
    found = tail(Plain(here.system), here.z, step / np.linalg.norm(step))
    if found.kind == "stops":
        return None
    where = f"towards {found.limit:.6g}, without reaching it," if found.kind == "limit" else "for ever"
    return Verdict("no-minimum", f"f falls {where} along Newton's step, which stays {np.linalg.norm(step):.3g} long.",
                   "Add a term that grows, such as a ridge, or bounds.", numbers=numbers, direction=step)  # fmt: skip


def pushed(here: Large, theta: Node, d: Array) -> Array:
    """B dθ for a direction of a parameter."""
    env = here.system.env(here.z)
    env[DIRECTION] = as_given(np.reshape(d, -1), theta, here.system.sizes)
    moved = [b.pull(function(along_node(G, theta))(env).reshape(-1)) for b, G in here.system.pairs]
    return np.concatenate(moved)
