"""Conditions under which a derivation goes on, such as ``with 1'y = 1``: what a step may use of them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from fractions import Fraction

from closedform.errors import ClosedformError
from closedform.expr.node import Node
from closedform.expr.walk import postorder, rebuild
from closedform.functions.algebra import SYM, power, scale
from closedform.judging.book import same
from closedform.judging.slips import there_of
from closedform.rewrite.normal.normal import normal

_REASON = re.compile(r"\b(?:since|because|as|using|recall(?:ing)?|due to|remember(?:ing)?)\W*$", re.IGNORECASE)
_SAID = re.compile(
    r"\b(?:with|where|if|when|subject to|such that|s\.t|assum\w+|suppose|provided(?: that)?|given(?: that)?|constraint"
    r"|normali[sz]ed(?: so that)?|on|by definition|we know(?: that)?|recall that)\W*$",
    re.IGNORECASE,
)


def is_condition(words: str) -> bool:
    """Whether the words before an equation say that it is supposed, not that it follows.

    >>> is_condition("labels with"), is_condition("hence")
    (True, False)
    """
    return _SAID.search(words[-60:]) is not None or is_reason(words)


def is_reason(words: str) -> bool:
    """Whether the words before an equation give it as a reason: something known, or that is supposed to be."""
    return _REASON.search(words[-60:]) is not None


@dataclass
class Conditions:
    """Equations that are supposed. ``there`` puts for a variable one that fulfils them whatever the variable is."""

    equations: list[tuple[Node, Node]] = field(default_factory=list)
    there: dict[Node, Node] = field(default_factory=dict)
    unused: bool = False
    """Whether there is one that no step can use."""

    def add(self, left: Node, right: Node, moving: frozenset[str], needed: bool = False) -> None:
        """Suppose an equation. ``needed``: it is left alone where no step can use it."""
        for s in (n for n in postorder(left) if n.op is SYM and n.params[0] not in moving):
            for degree in (1, 2):
                size = power(left * power(right, -1), Fraction(-1, degree))
                put = scale(size, s) if not s.is_scalar else size * s
                try:
                    if same(rebuild(left, there_of({s: put})), right):
                        self.there[s] = put
                        self.equations.append((left, right))
                        return
                except ClosedformError:
                    continue
        if not needed:
            self.equations.append((left, right))
            self.unused = True

    def agree(self, one: Node, other: Node) -> bool:
        """Whether two expressions are the same where the conditions hold."""
        if not self.there or one.shape != other.shape:
            return False
        a, b = (rebuild(e, there_of(self.there)) for e in (one, other))
        return same(a, b)

    def put(self, node: Node) -> Node:
        """The expression with the left sides replaced by the right ones."""
        there = {normal(left): right for left, right in self.equations}
        return rebuild(normal(node), there_of(there)) if there else node
