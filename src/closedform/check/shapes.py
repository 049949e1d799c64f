"""Why an answer cannot be right by its shape alone."""

from __future__ import annotations

from typing import Any

from closedform.check.core.sides import IMPLICIT, Claim
from closedform.errors import ClosedformError
from closedform.expr.node import Node


def shape_problem(claim: Claim) -> str:
    """Why the answer cannot be right by its shape alone; empty where it can."""
    f, g, x, w = claim.function, claim.answer, claim.variable, claim.second or claim.variable
    if claim.kind == "equal":
        return "" if f.shape == g.shape else f"the shapes differ: {shape(f)} and {shape(g)}"
    if x is None or w is None:
        raise ClosedformError(f"a claim about a {claim.kind} names its variable")
    if claim.kind == "gradient":
        if not f.is_scalar:
            raise ClosedformError("a gradient is that of a scalar function")
        wanted = [x.shape]
    elif claim.kind == "jacobian":
        rows, cols = f.shape if x.is_scalar else (f.rows, x.rows)
        wanted = [(cols, rows) if claim.layout == "denominator" and not x.is_scalar else (rows, cols)]
        if not (x.is_scalar or (f.is_column and x.is_column)):
            raise ClosedformError("a Jacobian is that of a vector by a vector, or of anything by a scalar")
    elif claim.kind == "map":
        wanted = [f.shape]
    elif claim.kind == "hessian":
        wanted = second_shapes(claim, f, x, w)
    elif claim.kind in IMPLICIT:
        wanted = implicit_shapes(claim, x, w)
    else:
        raise ClosedformError(f"there is no kind of claim called {claim.kind}")
    names = " or ".join(f"{rows}×{cols}" for rows, cols in wanted)
    return "" if g.shape in wanted else f"the answer is {shape(g)}, not {names}"


def second_shapes(claim: Claim, f: Node, x: Node, w: Node) -> list[Any]:
    """The shapes that a second derivative may have: of a matrix, or of a map in one or two differentials."""
    if len(claim.differentials) == 2:
        return [f.shape]
    if len(claim.differentials) == 1:
        return [x.shape] if f.is_scalar else [(f.rows, x.rows)]
    if w.is_scalar and f.is_scalar:
        return [x.shape]
    if x.is_scalar and (f.is_scalar or w.is_scalar):
        return [w.shape, (w.cols, w.rows)] if f.is_scalar else [f.shape]
    if f.is_scalar and x.is_column and w.is_column:
        return [(x.rows, w.rows)]
    raise ClosedformError("this second derivative is a linear map: the claim names its differentials")


def shape(node: Node) -> str:
    return f"{node.rows}×{node.cols}"


def implicit_shapes(claim: Claim, x: Node, y: Node) -> list[Any]:
    """The shapes of the derivative of an implicit scalar or column."""
    if claim.differentials:
        return [y.shape]
    if claim.kind == "implicit":
        return [x.shape if y.is_scalar else (y.rows, x.rows)]
    return [(x.rows, x.rows) if y.is_scalar else y.shape]
