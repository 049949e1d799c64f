"""x*(θ) in PyTorch: an autograd function whose backward pass is made of the closed forms, and differentiates again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

from closedform.argmin.solution import Solution
from closedform.argmin.switches import norms, switched
from closedform.errors import ClosedformError, MissingRule
from closedform.tracing.argmin.minimiser import Minimiser
from closedform.tracing.argmin.objective import Objective
from closedform.tracing.argmin.status import numbers_of
from closedform.tracing.value import looked

Array = Any
DENSE = 2000
"""Up to so many entries the Hessian is formed."""
ENOUGH = {torch.float64: 1e-8, torch.float32: 1e-3}


def star(m: Minimiser, objective: Objective, leaves: list[Any], guessed: bool) -> tuple[list[Any], Array]:
    """The tensors of x*, and the status in numbers."""
    task = Task(m, objective, leaves, guessed)
    flat = Star.apply(task, *(task.given[k] for k in task.places))
    return list(objective.split(flat, leaves)), numbers_of(task.solution)


class Task:
    """One call: the tensors that x* depends on, and what is needed to differentiate by them."""

    solution: Solution

    def __init__(self, m: Minimiser, objective: Objective, leaves: list[Any], guessed: bool) -> None:
        self.m, self.objective, self.leaves, self.guessed = m, objective, leaves, guessed
        self.given = [m.live(objective, k) for k in range(len(leaves))]
        tensors = [k for k in objective.by if isinstance(self.given[k], torch.Tensor)]
        self.places = [k for k in tensors if self.given[k].is_floating_point()]
        like = [x for x in leaves if isinstance(x, torch.Tensor) and x.is_floating_point()]
        self.like = like[0] if like else torch.zeros((), dtype=torch.float64)
        self.width = sum(int(np.prod(s, dtype=int)) for s in objective.shapes(leaves))

    def solve(self) -> Array:
        """x* as one flat tensor."""
        with torch.enable_grad():
            self.solution = self.m.solution(self.objective, [_still(x) for x in self.leaves], self.guessed)
        flat = np.asarray(self.solution.x, float).reshape(-1)
        if self.m.refused(self.solution):
            flat = np.full_like(flat, np.nan)
        return self.like.detach().new_tensor(flat)

    def at(self, flat: Array, theta: Sequence[Array]) -> list[Any]:
        out = list(self.leaves)
        for place, part in zip(self.objective.over, self.objective.split(flat, self.leaves), strict=True):
            out[place] = part
        for place, t in zip(self.places, theta, strict=True):
            out[place] = t
        return out

    def slope(self, flat: Array, theta: Sequence[Array]) -> Array:
        """The gradient, flat."""
        leaves = self.at(flat, theta)
        program = self.objective.program("grad", leaves)
        assert program is not None
        parts = program(leaves)
        return torch.cat([torch.as_tensor(p, dtype=flat.dtype, device=flat.device).reshape(-1) for p in parts])

    def hessian(self, flat: Array, theta: Sequence[Array]) -> Array:
        leaves = self.at(flat, theta)
        if len(self.objective.over) == 1:
            program = self.objective.program("hessian", leaves)
            if program is not None:
                found = program(leaves)[0]
                return torch.as_tensor(found, dtype=flat.dtype, device=flat.device).reshape(self.width, self.width)
        return torch.func.jacrev(lambda z: self.slope(z, theta))(flat)

    def solved(self, flat: Array, theta: Sequence[Array], u: Array) -> Array:
        """H⁻¹u with a residual that was looked at. Raises ClosedformError where it stays large."""
        if self.width > DENSE:
            raise ClosedformError(f"the variable has {self.width} entries: PyTorch differentiates up to {DENSE} here",
                                  hint="Use solve(…).vjp(…), which takes products with the Hessian alone.")  # fmt: skip
        H = self.hessian(flat, theta)
        s = 1 / H.diagonal().abs().sqrt()
        factor, info = torch.linalg.cholesky_ex(s[:, None] * H * s)
        if int(info):
            raise ClosedformError("the Hessian is not positive definite in this float type at x*")
        found = s * torch.cholesky_solve((s * u)[:, None], factor)[:, 0]
        off = float((H @ found - u).norm().detach()) / max(float(u.norm().detach()), 1e-300)
        if not off <= ENOUGH.get(flat.dtype, 1e-3):
            raise ClosedformError(f"the linear solve by Cholesky leaves a relative residual of {off:.1e}")
        return found

    def follows_from_values(self) -> bool:
        """Whether the derivative follows from what is active, or from a closed form of x*."""
        f, x, _ = self.objective.packed(self.leaves)
        return bool(norms(f, x) or switched(f, x, (), ())[1] or self.objective.exact)

    def pulled(self, u: Array) -> list[Array]:
        """⟨u, dx*/dθ⟩ by the Jacobians of the solution."""
        out = []
        for k in self.places:
            J = self.solution.jacobian(self.objective.call.leaves[k].name)
            matrix = np.asarray(J, float).reshape(self.width, -1)
            out.append(u.new_tensor(looked(u) @ matrix).reshape(self.leaves[k].shape))
        return out


class Star(torch.autograd.Function):  # type: ignore[misc]
    """θ ↦ x*(θ), one flat tensor."""

    @staticmethod
    def forward(ctx: Any, task: Task, *theta: Array) -> Array:
        flat = task.solve()
        ctx.task = task
        ctx.save_for_backward(flat, *theta)
        return flat

    @staticmethod
    def backward(ctx: Any, u: Array) -> Any:
        task: Task = ctx.task
        flat, *theta = ctx.saved_tensors
        if not task.solution.verdict.exists and task.m.without(task.solution):
            return None, *(torch.full_like(t, torch.nan) for t in theta)
        if task.follows_from_values():
            return None, *Sealed.apply(task, u, *theta)
        v = task.solved(flat, theta, u)
        _, pull = torch.func.vjp(lambda *t: task.slope(flat, t), *theta)
        return None, *(-g for g in pull(v))


class Sealed(torch.autograd.Function):  # type: ignore[misc]
    """A product with the Jacobian, which refuses to be differentiated: it would be taken for a constant."""

    @staticmethod
    def forward(ctx: Any, task: Task, u: Array, *theta: Array) -> Any:
        return tuple(task.pulled(u.detach()))

    @staticmethod
    def backward(ctx: Any, *u: Array) -> Any:
        raise MissingRule("second derivatives of an argmin at kinks are not given")


def _still(x: Any) -> Any:
    return x.detach() if isinstance(x, torch.Tensor) else x
