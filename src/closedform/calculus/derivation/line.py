"""One line of a derivation, as data."""

from __future__ import annotations

from dataclasses import dataclass

from closedform.calculus.derivation.laws import Law
from closedform.expr.node import Node

Changes = tuple[tuple[Node, Node], ...]


@dataclass(frozen=True)
class Line:
    """``left = node`` by ``laws``.

    ``left``: f, df, grad, dgrad, jac, djac, hess, map. ``node`` is what is printed; ``truth`` the same with
    every placeholder filled, which is certified as what ``claim`` says of ``function``: "equal", or "map", its
    differential by ``variable`` in ``direction``; "answer" is the claim of the derivative itself. ``changed``
    are the parts of the line before and what became of them.
    """

    left: str
    node: Node
    laws: tuple[Law, ...]
    truth: Node
    claim: str
    function: Node
    variable: Node
    direction: Node | None = None
    notes: tuple[Law, ...] = ()
    changed: Changes = ()
