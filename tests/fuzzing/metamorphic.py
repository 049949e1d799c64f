"""Laws between derivatives of different formulas, each an exact claim: they hold whatever the formula is."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from closedform.calculus.derive import gradient, hessian
from closedform.calculus.spaces import space_of
from closedform.check.certificate import Claim
from closedform.errors import LimitError, MissingRule
from closedform.expr.node import Node
from closedform.expr.walk import rebuild
from closedform.functions import elementwise as e
from closedform.functions import norms
from closedform.functions.algebra import add, had, inner, mul, num, power, scale, sym, transpose, zeros
from closedform.rewrite.normal.normal import normal
from fuzzing.spelling import symbols
from fuzzing.variables import SIZES

LAWS = ("linearity", "product", "chain", "symmetry", "Euler", "renaming", "transposing")


def claims(raw: Node, x: Node, rng: Random) -> Iterator[tuple[str, Claim]]:
    """One law, drawn at random among those that apply to a scalar formula and a variable of it."""
    if not raw.is_scalar:
        return
    name = rng.choice(LAWS)
    try:
        claim = LAW[name](raw, x)
    except (MissingRule, LimitError):
        return
    if claim is not None:
        yield name, claim


def grad(f: Node, x: Node) -> Node:
    return gradient(normal(f), x).node


def put(f: Node, x: Node, by: Node) -> Node:
    return rebuild(f, lambda n, _: by if n is x else None)


def _other(x: Node) -> Node:
    """A scalar of x that is not the formula itself."""
    return add(inner(x, x), e.sin(inner(x, x)))


def _linearity(f: Node, x: Node) -> Claim:
    h = _other(x)
    whole = add(scale(num(2), f), scale(num("-3/2"), h))
    return Claim("equal", grad(whole, x), add(scale(num(2), grad(f, x)), scale(num("-3/2"), grad(h, x))))


def _product(f: Node, x: Node) -> Claim:
    h = _other(x)
    return Claim("equal", grad(had(f, h), x), add(scale(f, grad(h, x)), scale(h, grad(f, x))))


def _chain(f: Node, x: Node) -> Claim:
    inside = e.atan(f)
    factor = power(add(num(1), power(f, 2)), -1)
    return Claim("equal", grad(inside, x), scale(factor, grad(f, x)))


def _symmetry(f: Node, x: Node) -> Claim | None:
    """Of the matrix of a Hessian; of mixed second derivatives by two vectors."""
    others = [y for y in symbols(f) if y.is_column and y is not x]
    if not x.is_column:
        return None
    if not others:
        H = hessian(normal(f), x).node
        return Claim("equal", H, transpose(H))
    y = others[0]
    one, two = hessian(normal(f), x, y), hessian(normal(f), y, x)
    if one.directions or two.directions:
        return None
    return Claim("equal", one.node, transpose(two.node))


def _euler(f: Node, x: Node) -> Claim | None:
    """⟨∇F, x⟩ = 2F of F = ‖x‖²·f(x/‖x‖), which is homogeneous of degree 2."""
    if x.params[1] or x.is_scalar:
        return None
    length = norms.norm2(x) if x.is_column else norms.normF(x)
    F = had(inner(x, x), put(f, x, scale(power(length, -1), x)))
    return Claim("equal", inner(grad(F, x), x), scale(num(2), F))


def _renaming(f: Node, x: Node) -> Claim:
    """By a name that sorts elsewhere."""
    y = sym("Z9" if x.params[0] > "Z" else "zz9", x.rows, x.cols, x.params[1])
    return Claim("equal", put(grad(put(f, x, y), y), y, x), grad(f, x))


def _transposing(f: Node, x: Node) -> Claim | None:
    """f(X') has the gradient (∇f)(X')'."""
    if x.rows.name not in SIZES or x.cols.name not in SIZES or space_of(x) or x.params[1]:
        return None
    y = sym("V9", x.cols, x.rows)
    return Claim("equal", grad(put(f, x, transpose(y)), y), transpose(put(grad(f, x), x, transpose(y))))


LAW = {
    "linearity": _linearity, "product": _product, "chain": _chain, "symmetry": _symmetry, "Euler": _euler,
    "renaming": _renaming, "transposing": _transposing,
}  # fmt: skip
__all__ = ["LAWS", "claims", "mul", "zeros"]
