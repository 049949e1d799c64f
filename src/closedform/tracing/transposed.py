"""A rule for cotangents as one for differentials: the transpose of what it does to the cotangent."""

from __future__ import annotations

from collections.abc import Mapping

from closedform.calculus.adjoint import adjoint
from closedform.errors import DeclarationError, MissingRule
from closedform.expr.node import Node
from closedform.functions.algebra import add
from closedform.rewrite.normal.normal import normal
from closedform.rewrite.simplify import simplify


def as_differential(word: str, rules: Mapping[int, Node], G: Node, directions: list[Node]) -> Node:
    """Σ Lₖᵀ(dxₖ), where the rule of each argument is Lₖ(G): ⟨Lₖ(G), dxₖ⟩ = ⟨G, Lₖᵀ(dxₖ)⟩."""
    terms = []
    for k, rule in rules.items():
        try:
            terms.append(adjoint(normal(rule), [G], normal(directions[k]))[G])
        except MissingRule as error:
            raise DeclarationError(
                f"{word} is not linear, and its adjoint cannot be turned into a differential: {error.message}",
                hint="Give d, the differential.",
            ) from error
    return simplify(normal(terms[0] if len(terms) == 1 else add(*terms)))
