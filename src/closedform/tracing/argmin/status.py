"""What is said of x* where nothing can be raised, as under jit: numbers in arrays."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from closedform.argmin.solution import Solution

KINDS = (
    "minimum", "ill-conditioned-minimum", "several-minima", "nonsmooth-minimum", "degenerate-minimum", "weakly-active",
    "singular-hessian", "bifurcation", "not-converged", "no-minimum", "maximum", "saddle", "saturated", "infeasible",
)  # fmt: skip
MINIMISERS = KINDS[:7]
"""Where x* is a minimiser, whether or not it has a derivative."""


class Status(NamedTuple):
    """The verdict on x* in numbers: an entry each, arrays under ``vmap``.

    ``code`` is the place in ``KINDS``; ``exists`` is 1 where x* has a derivative; then the length of the Newton step,
    the condition of the Hessian, and its smallest eigenvalue (NaN where they are not known).
    """

    code: Any
    exists: Any
    newton_step: Any
    condition: Any
    lambda_min: Any

    @property
    def kind(self) -> str:
        """The word for it; of arrays the worst one."""
        return KINDS[int(np.max(np.asarray(self.code)))]


WIDTH = len(Status._fields)


def numbers_of(s: Solution) -> np.ndarray:
    v = s.verdict
    known = [v.numbers.get(name, np.nan) for name in ("newton_step", "condition", "lambda_min")]
    return np.array([KINDS.index(v.kind), v.exists, *known], float)
