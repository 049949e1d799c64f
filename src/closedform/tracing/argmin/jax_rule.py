"""x*(θ) in JAX: its derivative is -H⁻¹B of the closed forms, in forward and reverse mode, of any order, jitted, mapped.

Where arrays have values the search and the verdict are those of ``solve``, and what does not exist is raised. Where
they have none (jit, vmap) both run on the host, and NaN stands for what does not exist.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.scipy.linalg import cho_factor, cho_solve

from closedform.argmin.solution import Solution
from closedform.argmin.switches import norms, switched
from closedform.errors import ClosedformError, MissingRule
from closedform.tracing.argmin.minimiser import Minimiser
from closedform.tracing.argmin.objective import Objective, look
from closedform.tracing.argmin.status import MINIMISERS, WIDTH, numbers_of

Array = Any
DENSE = 2000
"""Up to so many entries the Hessian is formed."""
EXISTS = 1


def star(m: Minimiser, objective: Objective, leaves: list[Any], guessed: bool) -> tuple[list[Any], Array]:
    """The arrays of x*, and the status in numbers."""
    return Star(m, objective, leaves, guessed)()


class Star:
    """One call: what moves are the leaves that are arrays or numbers; the others stay as they are."""

    def __init__(self, m: Minimiser, objective: Objective, leaves: list[Any], guessed: bool) -> None:
        self.m, self.objective, self.leaves, self.guessed = m, objective, leaves, guessed
        self.places = [k for k, leaf in enumerate(objective.call.leaves) if leaf.name]
        self.count = len(objective.over)
        floats = [x for x in leaves if "float" in str(getattr(x, "dtype", ""))]
        self.dtype = jnp.result_type(*floats) if floats else jnp.result_type(float)
        self.rough = np.finfo(self.dtype).bits < 64

    def __call__(self) -> tuple[list[Any], Array]:
        given = [self._as_array(self.leaves[k]) for k in self.places]
        smooth = jax.custom_jvp(self._point)
        smooth.defjvp(lambda p, t: self._rule(smooth, p, t))
        flat, status = smooth(*given)
        return self._split(flat), status

    def _as_array(self, x: Any) -> Any:
        return jnp.asarray(x, self.dtype) if not hasattr(x, "dtype") else jnp.asarray(x)

    def _filled(self, given: Sequence[Any]) -> list[Any]:
        out = list(self.leaves)
        for k, x in zip(self.places, given, strict=True):
            out[k] = x
        return out

    def _split(self, flat: Array) -> list[Any]:
        return list(self.objective.split(flat, self.leaves))

    @property
    def width(self) -> int:
        return sum(int(np.prod(s, dtype=int)) for s in self.objective.shapes(self.leaves))

    # the point

    def _point(self, *given: Any) -> tuple[Any, Any]:
        if not any(isinstance(x, jax.core.Tracer) for x in given):
            flat, status = self._host(given, None)
            return jnp.asarray(flat, self.dtype), jnp.asarray(status, self.dtype)
        near = None
        if self.m.solver is not None:
            near = jnp.concatenate([jnp.ravel(x) for x in self.m.run_solver(self.objective, self._filled(given))])
        shapes = (jax.ShapeDtypeStruct((self.width,), self.dtype), jax.ShapeDtypeStruct((WIDTH,), self.dtype))
        more = () if near is None else (near,)
        found: tuple[Any, Any] = jax.pure_callback(self._called, shapes, *more, *given, vmap_method="sequential")
        return found

    def _called(self, *given: Any) -> tuple[Any, Any]:
        many = [np.asarray(x) for x in given]
        near, many = (None, many) if self.m.solver is None else (many[0], many[1:])
        flat, status = self._host(many, near, quiet=True)
        return flat.astype(self.dtype), status.astype(self.dtype)

    def _host(self, given: Sequence[Any], near: Array | None, quiet: bool = False) -> tuple[Array, Array]:
        try:
            found = self._solution(given, near)
        except ClosedformError:
            if not quiet:
                raise
            return np.full(self.width, np.nan), np.array([KIND_LOST, 0.0, np.nan, np.nan, np.nan])
        flat = np.asarray(found.x, float).reshape(-1)
        missing = found.verdict.kind not in MINIMISERS if quiet else self.m.refused(found)
        return (np.full_like(flat, np.nan) if missing else flat), numbers_of(found)

    def _solution(self, given: Sequence[Any], near: Array | None) -> Solution:
        leaves = self._filled(given)
        if near is not None:
            return self.m.judged(self.objective, leaves, np.asarray(near, float))
        return self.m.solution(self.objective, leaves, self.guessed)

    # its derivative

    def _rule(self, smooth: Callable[..., Any], given: Sequence[Any], moved: Sequence[Any]) -> Any:
        flat, status = smooth(*given)
        if not isinstance(status, jax.core.Tracer) and not float(status[EXISTS]):
            self.m.without(self._solution(given, None))
        alive = jnp.where(status[EXISTS] > 0, 1.0, jnp.nan).astype(self.dtype)
        if self._kept("by values", lambda: self._by_values(given)):
            dx = self._by_solution(given, moved)
        else:
            dx = self._kept("tangent", lambda: jax.jit(self._tangent))(flat, given, self._floating(moved))
        return (flat, status), (dx * alive, jnp.zeros_like(status))

    def _kept(self, what: str, make: Callable[[], Any]) -> Any:
        """What was made before for the same reading at the same shapes: a jitted function is compiled once."""
        key = (what, id(self.objective.read), *(look(x) for x in self.leaves))
        programs: dict[Any, Any] = self.objective.programs
        if key not in programs:
            programs[key] = make()
        return programs[key]

    def _floating(self, moved: Sequence[Any]) -> list[Any]:
        """The tangents of what is no whole number."""
        return [t for t in moved[self.count :] if t.dtype != jax.dtypes.float0]

    def _tangent(self, flat: Array, given: Sequence[Any], moved: Sequence[Any]) -> Array:
        """-H⁻¹B dθ."""
        still, theta, rest = given[: self.count], given[self.count :], iter(moved)
        ways = [
            next(rest) if jnp.issubdtype(t.dtype, jnp.floating) else np.zeros(t.shape, jax.dtypes.float0) for t in theta
        ]
        b = jax.jvp(lambda *t: self._slope(flat, (*still, *t)), tuple(theta), tuple(ways))[1]
        return self._solved(flat, given, -b)

    def _slope(self, flat: Array, given: Sequence[Any]) -> Array:
        """The gradient, flat."""
        leaves = self._at(flat, given)
        program = self.objective.program("grad", leaves)
        assert program is not None
        return jnp.concatenate([jnp.ravel(g) for g in program(leaves)])

    def _at(self, flat: Array, given: Sequence[Any]) -> list[Any]:
        return self._filled([*self._split(flat), *given[self.count :]])

    def _hessian(self, flat: Array, given: Sequence[Any]) -> Array:
        leaves = self._at(flat, given)
        if self.count == 1:
            program = self.objective.program("hessian", leaves)
            if program is not None:
                return jnp.reshape(program(leaves)[0], (self.width, self.width))
        return jax.jacfwd(lambda z: self._slope(z, given))(flat)

    def _solved(self, flat: Array, given: Sequence[Any], b: Array) -> Array:
        """H⁻¹b; NaN where the residual stays large."""
        small = self.width <= DENSE
        H = self._hessian(flat, given) if small else None
        enough = 1e-3 if self.rough else 1e-8

        def times(v: Array) -> Array:
            return H @ v if small else jax.jvp(lambda z: self._slope(z, given), (flat,), (v,))[1]

        def solve(product: Callable[[Array], Array], rhs: Array) -> Array:
            if small:
                s = 1 / jnp.sqrt(jnp.abs(jnp.diag(H)))
                out = s * cho_solve(cho_factor(s[:, None] * H * s), s * rhs)
            else:
                out = jax.scipy.sparse.linalg.cg(product, rhs, tol=1e-13, maxiter=20 * self.width)[0]
            off = jnp.linalg.norm(product(out) - rhs)
            return jnp.where(off <= enough * jnp.linalg.norm(rhs), out, jnp.nan)

        return jax.lax.custom_linear_solve(times, b, solve, symmetric=True)

    # where it follows from what is active, or from a closed form

    def _by_values(self, given: Sequence[Any]) -> bool:
        """Whether the derivative follows from what is active, or from a closed form of x*."""
        f, x, _ = self.objective.packed(self._filled(given))
        return bool(norms(f, x) or switched(f, x, (), ())[1] or self.objective.exact)

    def _by_solution(self, given: Sequence[Any], moved: Sequence[Any]) -> Array:
        """The Jacobian by each parameter comes from the solution; it is not differentiated again."""
        wanted = [k for k in range(self.count, len(given)) if moved[k].dtype != jax.dtypes.float0]
        shapes = [jax.ShapeDtypeStruct((self.width, *np.shape(given[k])), self.dtype) for k in wanted]

        def jacobians(*values: Any) -> list[Any]:
            found = self._solution([np.asarray(v) for v in values], None)
            out = []
            for k, shape in zip(wanted, shapes, strict=True):
                name = self.objective.call.leaves[self.places[k]].name
                J = found.jacobian(name) if found.verdict.exists else np.full(shape.shape, np.nan)
                out.append(np.asarray(J, self.dtype).reshape(shape.shape))
            return out

        def sealed(*values: Any) -> Any:
            if any(isinstance(x, jax.core.Tracer) for x in values):
                return jax.pure_callback(jacobians, shapes, *values, vmap_method="sequential")
            return [jnp.asarray(J) for J in jacobians(*values)]

        many = jax.custom_jvp(sealed)
        many.defjvp(_refuse)
        total = jnp.zeros(self.width, self.dtype)
        for J, k in zip(many(*given), wanted, strict=True):
            total = total + jnp.tensordot(J, moved[k], axes=moved[k].ndim)
        return total


def _refuse(primals: Any, tangents: Any) -> Any:
    """The Jacobian would be taken for a constant, and its derivative for 0."""
    raise MissingRule("second derivatives of an argmin at kinks are not given")


KIND_LOST = 8.0
"""not-converged"""

