"""Implicit functions: y(x) with F(x, y(x)) = 0. From D₁F dx + D₂F dy = 0 the differential dy is solved for."""

from __future__ import annotations

from closedform.calculus.adjoint import inner
from closedform.calculus.derive import MAX_DEPTH_TWICE, Derived, gradient, jacobian, linear_map, refuse_deep
from closedform.calculus.differential import differential
from closedform.calculus.jacobian import read_off
from closedform.calculus.spaces import direction
from closedform.errors import DeclarationError, MissingRule, ShapeError
from closedform.expr.node import Node
from closedform.expr.walk import postorder
from closedform.functions.algebra import inv, mul, power, scale, total
from closedform.functions.declare import shape_words
from closedform.rewrite.normal.engine import is_zero, nmul, nscale, plus
from closedform.rewrite.normal.normal import normal
from closedform.rewrite.simplify import simplify


def implicit(f: Node, y: Node, x: Node) -> Derived:
    """The derivative by ``x`` of y with f = 0: of a scalar y the gradient, of a column the Jacobian, else a map."""
    solve = solved(f, y, x)
    if y.is_scalar:
        return Derived("implicit", _negative(scale(solve, gradient(f, x).node)))
    if x.is_column:
        return Derived("implicit", _negative(mul(solve, jacobian(f, x).node)))
    moved = linear_map(f, x)
    return Derived("implicit", _negative(mul(solve, moved.node)), moved.directions)


def _negative(a: Node) -> Node:
    return simplify(normal(total([(-1, a)])))


def implicit_second(f: Node, y: Node, x: Node) -> Derived:
    """The second derivative, where it is a scalar, a column or a matrix: of a scalar y, or by a scalar x."""
    if not (x.is_scalar or (y.is_scalar and x.is_column)):
        raise MissingRule(
            f"the second derivative of an implicit function is given for a scalar {y.params[0]} by a scalar or a "
            f"vector, and by a scalar {x.params[0]}; this is {shape_words(y.shape)} by {shape_words(x.shape)}"
        )
    refuse_deep(f, MAX_DEPTH_TWICE)
    first = implicit(f, y, x).node
    dx = direction(x)
    dy = inner(first, dx) if y.is_scalar else nscale(dx, first)
    moved = differential(first, {x: dx, y: dy})
    if first.is_column and x.is_column:
        return Derived("implicit-second", simplify(read_off(moved, dx)))
    by_x, by_y = jacobian(first, x).node, jacobian(first, y).node
    return Derived("implicit-second", simplify(plus(by_x, nmul(by_y, first))))


def solved(f: Node, y: Node, x: Node) -> Node:
    """The inverse of the derivative of ``f`` by ``y``, which must exist: raw, so that its condition can be read."""
    fy, name = f.shape, y.params[0]
    if x is y:
        raise DeclarationError(f"{name} cannot be a function of itself")
    if not any(n is y for n in postorder(f)):
        raise DeclarationError(f"{name} does not stand in the equation, which therefore does not define it")
    if not y.is_column:
        raise MissingRule(
            f"{name} is {shape_words(y.shape)}: implicit functions are differentiated where they are scalars or vectors"
        )
    if fy != y.shape:
        raise ShapeError(
            f"the equation is {shape_words(fy)} and {name} is {shape_words(y.shape)}: "
            "as many equations as unknowns are wanted"
        )
    slope = gradient(f, y).node if y.is_scalar else jacobian(f, y).node
    if is_zero(slope):
        raise DeclarationError(f"the equation does not depend on {name}: it does not define it")
    return power(slope, -1) if y.is_scalar else inv(slope)
