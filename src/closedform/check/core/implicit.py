"""Implicit functions: y along x with F(x, y) = 0, by solving D₁F dx + D₂F dy = 0 in numbers.

The identity for dy holds at every point (x, y), on the zero set of F or not: any point serves.
"""

from __future__ import annotations

from functools import reduce
from typing import Any

from closedform.check.core.evaluate import Evaluator
from closedform.check.core.jet import Jet, Mat
from closedform.expr.node import Node

IMPLICIT = {"implicit", "implicit-second"}


def implicit_sides(claim: Any, ev: Evaluator, y: Node, u: Jet, v: Jet) -> list[tuple[Mat, Mat]]:
    """The answer along ``v`` (and ``u``), and what solving gives. A singular D₂F has no inverse: no such point."""
    f, name, other = claim.function, claim.variable.params[0], y.params[0]
    units = [ev.one.fixed(ev.shape(y)[0], 1, lambda i, _, j=j: i == j) for j in range(ev.shape(y)[0])]  # type: ignore[misc]
    slope = reduce(Jet.__add__, (Jet({0: ev.derivative(f, [{other: e}])}) @ Jet({0: e.T.first}) for e in units))
    inverse = -slope.inverse()
    dv = inverse @ Jet({0: ev.derivative(f, [{name: v}])})
    if claim.kind == "implicit":
        ev.symbols.update(dict.fromkeys(claim.differentials, v))
        answer = ev.evaluate(claim.answer)
        if claim.differentials:
            return [(answer.first, dv.first)]
        if y.is_scalar:
            return [((answer * v).sum().first, dv.first)]
        return [((answer * v if claim.variable.is_scalar else answer @ v).first, dv.first)]
    du = inverse @ Jet({0: ev.derivative(f, [{name: u}])})
    second = inverse @ Jet({0: ev.derivative(f, [{name: u, other: du}, {name: v, other: dv}])})
    answer = ev.evaluate(claim.answer)
    return [((answer * u * v if claim.variable.is_scalar else u.T @ answer @ v).first, second.first)]
