"""Variables with structure: the direction they move in, and gradients projected on their space."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import count

from closedform.errors import DeclarationError
from closedform.expr.facts import LINEAR_SPACES, WORDS, Facts, close, tangent
from closedform.expr.node import Node
from closedform.expr.walk import postorder
from closedform.functions.algebra import SYM, diagm, diagv, eye, had, num, scale, sym, total
from closedform.functions.known_facts import facts_of
from closedform.functions.matrix import tril, triu
from closedform.rewrite.normal.normal import normal


def directions(f: Node, variables: Iterable[Node], suffix: str = "") -> dict[Node, Node]:
    """The differentials of variables of ``f``: ``dX``, or ``dX1`` and so on where f has that name itself."""
    taken = {n.params[0] for n in postorder(f) if n.op is SYM}
    out = {}
    for x in variables:
        names = (f"d{x.params[0]}{k or ''}" for k in count(int(suffix or 0)))
        out[x] = direction(x, next(name for name in names if name not in taken))
    return out


def direction(x: Node, name: str | None = None) -> Node:
    """The differential of a variable: ``dX``, with the facts of the tangent space alone."""
    facts = facts_of(x)
    if "discrete" in facts:
        kind = next(WORDS[f] for f in ("pm1", "bit") if f in facts)
        raise DeclarationError(f"{x.params[0]} is {kind}: there is no derivative by it")
    spaces = [f for f in tangent(facts) if f in LINEAR_SPACES]
    declared = [f for f in spaces if not any(f in close([g]) for g in spaces if g != f)]
    return sym(name or f"d{x.params[0]}", x.rows, x.cols, declared)


def space_of(x: Node) -> str | None:
    """The linear space a variable is declared in (``sym``, ``diag``, …), or None."""
    facts: Facts = facts_of(x)
    return next((f for f in LINEAR_SPACES if f in facts), None)


def project(g: Node, x: Node, symmetric: str = "projected") -> Node:
    """The gradient in the space of the variable: the orthogonal projection of the unconstrained one.

    ``symmetric="free"``: entries above the diagonal as free variables, ``G + G' - G.*I``.
    """
    space = space_of(x)
    if space is None:
        return g
    if space == "sym" and symmetric == "free":
        g = normal(scale(num("1/2"), g + g.T))
        return normal(total([(1, g), (1, g.T), (-1, had(g, eye(g.rows)))]))
    if space in ("sym", "skew"):
        sign = 1 if space == "sym" else -1
        return normal(scale(num("1/2"), total([(1, g), (sign, g.T)])))
    if space == "diag":
        return normal(diagm(diagv(g)))
    return normal(tril(g) if space == "lower" else triu(g))


def ambient(x: Node) -> Node:
    """The variable without facts that are no linear space: orthogonality and commuting with others are not used
    while differentiating by it."""
    if x.op is not SYM:
        return x
    facts = [f for f in x.params[1] if f != "orth" and not f.startswith("commutes:")]
    if "orth" in x.params[1]:
        facts.append("inv")
    return sym(x.params[0], x.rows, x.cols, facts) if len(facts) < len(x.params[1]) or "orth" in x.params[1] else x


def held_plain(symbols: Iterable[Node], variables: Iterable[Node]) -> dict[Node, Node]:
    """What to put for symbols while differentiating by ``variables``: those themselves, and what is declared to
    commute with one of them."""
    moving = list(variables)
    out = {x: ambient(x) for x in moving if ambient(x) is not x}
    gone = {f"commutes:{x.params[0]}" for x in moving}
    for y in symbols:
        if y not in moving and gone & set(y.params[1]):
            out[y] = sym(y.params[0], y.rows, y.cols, [f for f in y.params[1] if f not in gone])
    return out
