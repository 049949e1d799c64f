"""Variables with structure: the direction they move in, and gradients projected on their space."""

from __future__ import annotations

from closedform.errors import DeclarationError
from closedform.expr.facts import LINEAR_SPACES, WORDS, Facts, tangent
from closedform.expr.node import Node
from closedform.functions.algebra import SYM, diagm, diagv, eye, had, num, scale, sym, total
from closedform.functions.known_facts import facts_of
from closedform.functions.matrix import tril, triu
from closedform.rewrite.normal.normal import normal


def direction(x: Node, name: str | None = None) -> Node:
    """The differential of a variable: ``dX``, with the facts of the tangent space alone."""
    facts = facts_of(x)
    if "discrete" in facts:
        kind = next(WORDS[f] for f in ("pm1", "bit") if f in facts)
        raise DeclarationError(f"{x.params[0]} is {kind}: there is no derivative by it")
    declared = [f for f in tangent(facts) if f in LINEAR_SPACES]
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
    """The variable without facts that are no linear space (orthogonality is not used while differentiating)."""
    if x.op is SYM and "orth" in x.params[1]:
        return sym(x.params[0], x.rows, x.cols, [f for f in x.params[1] if f != "orth"] + ["inv"])
    return x
