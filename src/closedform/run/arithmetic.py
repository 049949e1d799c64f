"""What an evaluation computes with: float64 arrays here, numbers of any size in ``run.widely``."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy
import scipy.linalg
import scipy.special

from closedform.errors import ValueProblem
from closedform.expr.node import Node
from closedform.run.structural import RULES, TINY, Evaluation, dense

Array = Any


@dataclass(frozen=True)
class Arithmetic:
    """Rules for the structural operations, and how a function of the table is applied."""

    rules: Mapping[str, Callable[[Any, Node], Any]]
    function: Callable[[Any, Node, Sequence[Any]], Any]
    dense: Callable[[Any], Any]
    lift: Callable[[Array], Any]


class _Library:
    """What ``numeric`` is given as ``xp``: NumPy's names, with SciPy as ``xp.scipy``."""

    scipy = scipy

    def __getattr__(self, name: str) -> Any:
        return getattr(np, name)


LIBRARY = _Library()
SPECTRAL = frozenset({
    "det", "logdet", "inv", "adj", "pinv", "eigprod", "lyap", "expm", "expm_frechet", "logm", "logm_frechet", "sqrtm",
    "chol", "polar", "eigvals", "eigvecs", "lambda_max", "lambda_min", "eigvec_max", "eigvec_min", "leftvec_max",
    "rightvec_max", "norm_op", "norm_nuc",
})  # fmt: skip
"""Functions of a whole matrix, whose routines answer NaN by an error or by numbers of no meaning."""
FADING = frozenset({"exp", "sinh", "cosh", "det", "eigprod", "normcdf", "normpdf", "gamma", "prod", "prod_others",
                    "sigmoid", "softplus", "softmax", "softmax_rows"})  # fmt: skip
"""Functions that leave the range of float64 where their arguments do not."""


def _function(run: Evaluation, node: Node, more: Sequence[Any]) -> Array:
    arrays = [run.array(b) for b in node.args]
    out = applied(node, arrays, more, lambda: (run.size(node.rows), run.size(node.cols)))
    if node.op.name in FADING and not run.strained:
        size = np.abs(out)
        run.strained = bool(np.any((size < TINY) | np.isinf(size)))
    return out


def applied(
    node: Node, arrays: Sequence[Array], more: Sequence[Any], shape: Callable[[], tuple[int, int]]
) -> Array:
    """The function of a node at these arrays; NaN throughout where a function of a whole matrix meets NaN."""
    op = node.op
    assert op.numeric is not None
    if op.name in SPECTRAL and not all(np.isfinite(a).all() for a in arrays):
        return np.full(shape(), np.nan)
    try:
        return op.numeric(LIBRARY, *arrays, *more)
    except np.linalg.LinAlgError as error:
        raise ValueProblem(f"{op.text} has no value at the arrays given: {error}") from error


PLAIN = Arithmetic(RULES, _function, dense, lambda array: array)
