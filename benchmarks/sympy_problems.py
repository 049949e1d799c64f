"""Functions as closedform reads them, as SymPy builds them, and as NumPy evaluates them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import sympy as sp
from sympy.matrices.expressions import HadamardProduct, Trace

inv, tr = np.linalg.inv, np.trace
SHAPES = {"A": "NN", "B": "NN", "X": "NN", "M": "MN", "x": "N1", "a": "N1", "b": "N1", "d": "M1"}


@dataclass(frozen=True)
class Problem:
    """``typed`` for closedform; ``build`` from symbols ``s`` for SymPy; its ``value`` for arrays ``v``."""

    typed: str
    by: str
    build: Callable[[Any], Any]
    value: Callable[[Any], Any]
    op: str = "grad"


def residual(s: Any) -> Any:
    return (s.M * s.x - s.d).T * (s.M * s.x - s.d)


def squares(v: Any) -> Any:
    return (v.M @ v.x - v.d).T @ (v.M @ v.x - v.d)


PROBLEMS = (
    Problem("a'*x", "x", lambda s: s.a.T * s.x, lambda v: v.a.T @ v.x),
    Problem("x'*x", "x", lambda s: s.x.T * s.x, lambda v: v.x.T @ v.x),
    Problem("x'*A*x", "x", lambda s: s.x.T * s.A * s.x, lambda v: v.x.T @ v.A @ v.x),
    Problem("x'*A'*A*x", "x", lambda s: s.x.T * s.A.T * s.A * s.x, lambda v: v.x.T @ v.A.T @ v.A @ v.x),
    Problem("||M*x - d||^2", "x", residual, squares),
    Problem("A*x", "x", lambda s: s.A * s.x, lambda v: v.A @ v.x, "jacobian"),
    Problem("x'*A*x", "x", lambda s: s.x.T * s.A * s.x, lambda v: v.x.T @ v.A @ v.x, "hessian"),
    Problem("||M*x - d||^2", "x", residual, squares, "hessian"),
    Problem("a'*X*b", "X", lambda s: s.a.T * s.X * s.b, lambda v: v.a.T @ v.X @ v.b),
    Problem("a'*X'*X*b", "X", lambda s: s.a.T * s.X.T * s.X * s.b, lambda v: v.a.T @ v.X.T @ v.X @ v.b),
    Problem("a'*X^-1*b", "X", lambda s: s.a.T * s.X.I * s.b, lambda v: v.a.T @ inv(v.X) @ v.b),
    Problem("tr(A*X)", "X", lambda s: Trace(s.A * s.X), lambda v: tr(v.A @ v.X)),
    Problem("tr(X'*X)", "X", lambda s: Trace(s.X.T * s.X), lambda v: tr(v.X.T @ v.X)),
    Problem("tr(A*X*B)", "X", lambda s: Trace(s.A * s.X * s.B), lambda v: tr(v.A @ v.X @ v.B)),
    Problem("tr(A*X*B*X')", "X", lambda s: Trace(s.A * s.X * s.B * s.X.T), lambda v: tr(v.A @ v.X @ v.B @ v.X.T)),
    Problem("tr(X^2)", "X", lambda s: Trace(s.X**2), lambda v: tr(v.X @ v.X)),
    Problem("tr(X^3)", "X", lambda s: Trace(s.X**3), lambda v: tr(v.X @ v.X @ v.X)),
    Problem("tr(X^2*B)", "X", lambda s: Trace(s.X**2 * s.B), lambda v: tr(v.X @ v.X @ v.B)),
    Problem("tr(A*X^-1)", "X", lambda s: Trace(s.A * s.X.I), lambda v: tr(v.A @ inv(v.X))),
    Problem("tr(A*X^2*B*X^-T)", "X", lambda s: Trace(s.A * s.X**2 * s.B * s.X.I.T),
            lambda v: tr(v.A @ v.X @ v.X @ v.B @ inv(v.X).T)),
    Problem("tr(X)^2", "X", lambda s: Trace(s.X) ** 2, lambda v: tr(v.X) ** 2),
    Problem("tr(A*(X.*B))", "X", lambda s: Trace(s.A * HadamardProduct(s.X, s.B)), lambda v: tr(v.A @ (v.X * v.B))),
    Problem("logdet(X)", "X", lambda s: sp.log(sp.Determinant(s.X)), lambda v: np.log(np.linalg.det(v.X))),
    Problem("exp(tr(X))", "X", lambda s: sp.exp(Trace(s.X)), lambda v: np.exp(tr(v.X))),
    Problem("tr(X)*det(X)", "X", lambda s: Trace(s.X) * sp.Determinant(s.X), lambda v: tr(v.X) * np.linalg.det(v.X)),
    Problem("log(x'*A*x)", "x", lambda s: sp.log(Trace(s.x.T * s.A * s.x)), lambda v: np.log(v.x.T @ v.A @ v.x)),
)  # fmt: skip
