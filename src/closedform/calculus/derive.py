"""The readings of the differential: gradient, Jacobian, Hessian and linear maps of a normal node."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass

from closedform.calculus.adjoint import adjoint, inner
from closedform.calculus.differential import differential
from closedform.calculus.jacobian import read_off
from closedform.calculus.spaces import direction, directions, project
from closedform.errors import LimitError, MissingRule, ShapeError
from closedform.expr.node import Node
from closedform.expr.walk import depth, postorder, rebuild
from closedform.functions.algebra import SUMOVER
from closedform.functions.declare import shape_words
from closedform.rewrite import keep_sums
from closedform.rewrite.display.build import cost
from closedform.rewrite.normal.engine import UNITY, ntranspose, nzero
from closedform.rewrite.normal.normal import normal
from closedform.rewrite.simplify import simplify, simplify_all


@dataclass(frozen=True)
class Derived:
    """A derivative: what kind of claim it is, and the expression; ``directions`` are the differentials in it."""

    kind: str
    node: Node
    directions: tuple[Node, ...] = ()


MAX_DEPTH, MAX_DEPTH_TWICE = 2500, 200
"""How deep a formula may be nested to be differentiated, and to be differentiated twice."""


def refuse_deep(root: Node, limit: int) -> None:
    """Raise LimitError where the graph is nested deeper than ``limit``."""
    if depth(root) > limit:
        raise LimitError(f"to be differentiated so, the formula is nested deeper than {limit} (limit: depth)")


def gradients(f: Node, variables: list[Node], symmetric: str = "projected") -> list[Derived]:
    """The gradients of a scalar by several variables at once, in one backward pass."""
    if not f.is_scalar:
        raise ShapeError(
            f"a gradient is of a scalar; this is {shape_words(f.shape)}: ask for the Jacobian or the derivative"
        )
    refuse_deep(f, MAX_DEPTH)
    moves = directions(f, variables)
    back = adjoint(differential(f, moves), moves.values(), UNITY)
    found = [project(back[d], x, symmetric) for x, d in moves.items()]
    plain = [simplify(found[0])] if len(found) == 1 else simplify_all(found)
    return [Derived("gradient", g) for g in plain]


def gradient(f: Node, x: Node, symmetric: str = "projected") -> Derived:
    """∇f: the shape of x, with df = ⟨∇f, dx⟩."""
    return gradients(f, [x], symmetric)[0]


def linear_map(f: Node, x: Node, name: str | None = None) -> Derived:
    """Df(x)[dx] as an expression in dx."""
    refuse_deep(f, MAX_DEPTH)
    d = direction(x, name) if name else directions(f, [x])[x]
    df = differential(f, {x: d})
    plain = simplify(df)
    if f.is_scalar and not x.is_scalar:
        g = simplify(adjoint(df, [d], UNITY)[d])
        plain = _shorter(plain, inner(g, d))
    return Derived("map", plain, (d,))


def _shorter(a: Node, b: Node) -> Node:
    return b if cost(b) < cost(a) else a


def jacobian(f: Node, x: Node, layout: str = "numerator") -> Derived:
    """J with dy = J dx for columns; the derivative by a scalar has the shape of f; the transpose on request."""
    if x.is_scalar and not f.is_column:
        d = directions(f, [x])[x]
        refuse_deep(f, MAX_DEPTH)
        moved = differential(f, {x: d})
        return Derived("jacobian", simplify(normal(rebuild(moved, lambda n, _: UNITY if n is d else None))))
    if not (f.is_column and x.is_column):
        raise ShapeError(
            f"a Jacobian is of a vector by a vector; this is {shape_words(f.shape)} by {shape_words(x.shape)}: "
            "ask for the derivative, which is a linear map"
        )
    refuse_deep(f, MAX_DEPTH_TWICE)
    d = directions(f, [x])[x]
    j = simplify(read_off(differential(f, {x: d}), d))
    return Derived("jacobian", ntranspose(j) if layout == "denominator" else j)


def hessian(f: Node, x: Node, y: Node | None = None) -> Derived:
    """Second derivatives: H by a vector or scalar, a map dX1 ↦ d(∇f) by a matrix, mixed by two variables.

    The Hessian by x then y is the derivative by y of the gradient by x.
    """
    y = y or x
    refuse_deep(f, MAX_DEPTH_TWICE)
    if not f.is_scalar:
        return _second_map(f, x, y)
    g = gradient(f, x).node
    if g.is_column and y.is_column:
        d = directions(f, [y])[y]
        return Derived("hessian", simplify(read_off(differential(g, {y: d}), d)))
    d = directions(f, [y], "1")[y]
    moved = differential(g, {y: d})
    return Derived("hessian", simplify(project(moved, x)) if moved is not nzero(moved.shape) else moved, (d,))


def pullback(f: Node, x: Node, u: Node) -> Derived:
    """J'u: the gradient of ⟨u, f⟩, by one backward pass from the cotangent u."""
    refuse_deep(f, MAX_DEPTH)
    d = directions(f, [x])[x]
    back = adjoint(differential(f, {x: d}), [d], u)[d]
    return Derived("vjp", simplify(project(back, x, "projected")), (u,))


def hessian_along(f: Node, x: Node, name: str) -> Derived:
    """d(∇f) along a direction of that name."""
    refuse_deep(f, MAX_DEPTH_TWICE)
    d = direction(x, name)
    return Derived("hessian", simplify(project(differential(gradient(f, x).node, {x: d}), x)), (d,))


def _second_map(f: Node, x: Node, y: Node) -> Derived:
    """Of a vector by vectors, the map dx1 ↦ dJ; of anything else, bilinear in two differentials."""
    if f.is_column and x.is_column:
        d = directions(f, [y], "1")[y]
        return Derived("second-map", simplify(differential(jacobian(f, x).node, {y: d})), (d,))
    first = linear_map(f, x)
    d = directions(first.node, [y], "1")[y]
    return Derived("second-map", simplify(differential(first.node, {y: d})), (*first.directions, d))


Answers = dict[Node, Derived]


def shortest(raw: Node, compute: Callable[[Node], Answers]) -> Answers:
    """What ``compute`` finds from the normal form of ``raw``; with sums over an index, the shorter of two ways:
    all sums as matrix products, or kept as sums."""
    if not any(n.op is SUMOVER for n in postorder(raw)):
        return compute(normal(raw))
    ways, problem = [], None
    for context in (nullcontext(), keep_sums()):
        with context:
            try:
                ways.append(compute(normal(raw)))
            except MissingRule as error:
                problem = problem or error
    if problem is not None and not ways:
        raise problem
    return {x: min((way[x] for way in ways), key=lambda d: cost(d.node)) for x in ways[0]}
