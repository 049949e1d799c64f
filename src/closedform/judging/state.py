"""A derivation as far as it has been judged: what goes on from one chain to the next."""

from __future__ import annotations

from closedform.expr.node import Node
from closedform.judging.book import Moving
from closedform.judging.chains import Chain
from closedform.judging.equations import Equations
from closedform.judging.explain import Full
from closedform.judging.records import Step
from closedform.judging.section import Section

UNDECIDED = "it could be shown neither right nor wrong"


class State:
    """The section that is judged, its equations, and which layout gradients have."""

    def __init__(self, section: Section) -> None:
        self.section, self.book = section, section.book
        self.equations = Equations()
        self.layout = ""
        self.lost = False  # whether there was an equation that could not be read
        self.unknown = set[str]()  # names that stand in no function, though derivatives are taken by them

    def step(self, chain: Chain, k: int, status: str, **more: object) -> Step:
        """What is said of member ``k``."""
        member, document = chain.members[k], self.section.outline.document
        left = (chain.members[0].shown or chain.members[0].text) if k == 1 else ""
        here = member.shown or member.text
        text = " ".join(f"{left} = {here}".split()) if left else "= " + " ".join(here.split())
        return Step(document.line(member.start), text, status, **more)  # type: ignore[arg-type]

    def full(self, chain: Chain, k: int, moving: Moving, like: Node | None = None) -> list[Full]:
        """All readings of member ``k``; ``like`` is something of the shape that it should have."""
        said = self.section.read(chain.members[k], like)
        return [Full(s.layout, s.own, self.book.full(s.own, moving)) for s in said]

    def may_be_condition(self, chain: Chain) -> bool:
        return len(chain.members) == 2 and not chain.defines and not self.section.derived(chain.members[0])

    def suppose(self, left: Node, right: Node, needed: bool) -> None:
        """Take up a condition on scalars; ``needed``: one that a line gives as its reason."""
        if left.is_scalar and right.is_scalar:
            self.section.conditions.add(left, right, frozenset(self.book.variables), needed)

    def gradient_by(self, chain: Chain, first: int) -> str:
        """The variable of the gradient that member ``first`` is; "" where it is none."""
        atom = self.section.lone_atom(chain.members[first])
        if atom is None or atom.sign == "d" or atom.order == 2:
            return ""
        return str(self.book.function_and_variable(atom)[1].params[0])
