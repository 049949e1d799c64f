"""Whether each expression of a chain follows from the one before."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from closedform.errors import ClosedformError, ShapeError
from closedform.expr.node import Node
from closedform.expr.walk import postorder, rebuild
from closedform.functions.algebra import SYM, sub, transpose, zeros
from closedform.judging.book import Moving, multiple, same
from closedform.judging.conditions import is_condition
from closedform.judging.explain import Explainer, Full, side_by_side
from closedform.judging.outline import ZERO_WORDS, Chain, is_zero
from closedform.judging.records import Step
from closedform.judging.section import Section


@dataclass
class State:
    """What goes on from one chain to the next: what was set to zero, and which layout gradients have."""

    zero: list[Node] = field(default_factory=list)
    layout: str = ""
    wrong: bool = False
    gradient: list[Node] = field(default_factory=list)


class Follower:
    """Judges the chains of a section in order."""

    def __init__(self, section: Section) -> None:
        self.section, self.book = section, section.book
        self.state = State()

    def steps(self) -> Iterator[Step]:
        for chain in self.section.outline.chains:
            if chain.judged:
                yield from self._chain(chain)
            else:
                yield self._step(chain, len(chain.members) - 1, "undecided", reason=chain.reason)

    def _step(self, chain: Chain, k: int, status: str, **more: object) -> Step:
        member, document = chain.members[k], self.section.outline.document
        left = (chain.members[0].shown or chain.members[0].text) if k == 1 else ""
        text = " ".join(f"{left} = {member.text}".split()) if left else "= " + " ".join(member.text.split())
        return Step(document.line(member.start), text, status, **more)  # type: ignore[arg-type]

    def _chain(self, chain: Chain) -> Iterator[Step]:
        moving = self.section.moving(chain)
        first = 1 if chain.defines else 0
        problem = self._problem(chain, first)
        if problem is not None:
            for k in range(1, len(chain.members)):
                yield self._step(chain, k, "undecided", reason=problem if k == 1 else "the line before is not decided")
            return
        before = self._full(chain, first, moving, None)
        if chain.defines:
            yield self._step(chain, 1, "given")
        if ZERO_WORDS.search(chain.words) and not chain.defines:
            self.state.zero = self.state.gradient or self.state.zero or self.section.gradients()
        if self._starts_with_gradient(chain, first):
            self.state.gradient = [f.node for f in before]
        if self.state.zero and not chain.defines and self._equation(chain, before, moving):
            yield self._solved(chain, before, moving)
            return
        truth, wrong = before, False
        for k in range(first + 1, len(chain.members)):
            step, now = self._follow(chain, k, truth, before, wrong, moving)
            yield step
            if step.status == "right":
                wrong, truth = False, now
                if chain.defines:
                    self.book.more.setdefault(chain.defines, []).extend(f.own for f in now)
            wrong = wrong or step.status == "wrong"
            before = now or before
        self.state.wrong |= wrong

    def _problem(self, chain: Chain, first: int) -> str:
        try:
            self._full(chain, first, self.section.moving(chain), None)
        except ClosedformError as error:
            return error.message
        name = self._unknown(chain)
        return f"{name} is not defined, so that d{name} is not known" if name else None  # type: ignore[return-value]

    def _unknown(self, chain: Chain) -> str:
        """A variable whose differential is said to be something."""
        tokens = self.section.tokens.get(id(chain.members[0]))
        if chain.defines or tokens is None or len(tokens.tokens) != 2:
            return ""
        name = tokens.tokens[0].text
        return name[1:] if name[0] == "d" and name[1:] in self.section.own[id(chain.members[0])] else ""

    def _full(self, chain: Chain, k: int, moving: Moving, like: Node | None) -> list[Full]:
        said = self.section.read(chain.members[k], like)
        return [Full(s.layout, s.own, self.book.full(s.own, moving)) for s in said]

    # -- one step
    def _follow(
        self, chain: Chain, k: int, truth: list[Full], before: list[Full], wrong: bool, moving: Moving
    ) -> tuple[Step, list[Full]]:
        explainer = Explainer(self.section, chain, k, truth, moving)
        try:
            now = self._full(chain, k, moving, before[0].own)
        except ShapeError as error:
            return self._misfit(chain, k, error, explainer, wrong), []
        except ClosedformError as error:
            return self._step(chain, k, "undecided", reason=error.message), []
        if is_zero(chain.members[k].text) and not any(same(t.node, zeros(*t.node.shape)) for t in truth):
            self.state.zero = [t.node for t in truth]
            return self._step(chain, k, "given", reason="an equation to solve"), []
        agreed = _agreeing(truth, now)
        if agreed:
            return self._agreed(chain, k, truth, agreed, explainer)
        conditioned = self._conditioned(chain, k, truth, now)
        if conditioned is not None:
            return conditioned, now
        if wrong and _agreeing(before, now):
            return self._step(chain, k, "follows", reason="it follows from a line before that is wrong"), now
        convention = explainer.convention(now)
        if convention is not None:
            return self._step(chain, k, "right", reason=convention), now
        return self._refused(chain, k, explainer, now), now

    def _conditioned(self, chain: Chain, k: int, truth: list[Full], now: list[Full]) -> Step | None:
        """A line that is a condition, that holds under one, or that may."""
        conditions = self.section.conditions
        left, right = truth[0].node, now[0].node
        alone = len(chain.members) == 2 and not chain.defines and left.is_scalar and right.is_scalar
        derived = self.section.derived(chain.members[0])
        if alone and not derived and is_condition(chain.words):
            conditions.add(left, right, frozenset(self.section.book.variables))
            return self._step(chain, k, "given", reason="a condition")
        if any(conditions.agree(t.node, n.node) for t in truth for n in now):
            return self._step(chain, k, "right", reason="under the condition that was given")
        if conditions.unused:
            return self._step(chain, k, "undecided", reason="it may follow from a condition that was given")
        return None

    def _agreed(
        self, chain: Chain, k: int, truth: list[Full], agreed: list[Full], explainer: Explainer
    ) -> tuple[Step, list[Full]]:
        layouts = {f.layout for f in truth} & {"row", "column"}
        chosen = {explainer.layout_of(f, truth) for f in agreed} if len(layouts) == 2 else set()
        if len(chosen) == 1:
            layout = chosen.pop()
            if self.state.layout and layout != self.state.layout:
                words = {"row": "a row", "column": "a column"}
                reason = f"this gradient is {words[layout]}, one before was {words[self.state.layout]}"
                turned = transpose(agreed[0].own)
                more = {"right_line": explainer.printed(turned), "example": side_by_side(turned, agreed[0].node)}
                return self._step(chain, k, "wrong", slip="mixed layouts", reason=reason, **more), agreed
            self.state.layout = layout
        return self._step(chain, k, "right"), agreed

    def _misfit(self, chain: Chain, k: int, error: ClosedformError, explainer: Explainer, wrong: bool) -> Step:
        if wrong:
            return self._step(chain, k, "undecided", reason=error.message)
        slip, right, example = explainer.misfit(self.section.texts[id(chain.members[k])], error)
        reason = error.message.replace("\n", "; ")
        return self._step(chain, k, "wrong", slip=slip, reason=reason, right_line=right, example=example)

    def _refused(self, chain: Chain, k: int, explainer: Explainer, now: list[Full]) -> Step:
        told = explainer.refutation(now)
        if told is None:
            return self._step(chain, k, "undecided", reason="it could be shown neither right nor wrong")
        return self._step(chain, k, "wrong", **told)

    def _starts_with_gradient(self, chain: Chain, first: int) -> bool:
        tokens = self.section.tokens.get(id(chain.members[first]))
        name = tokens.tokens[0].text if tokens is not None and len(tokens.tokens) == 2 else ""
        atom = self.section.atoms.found.get(name)
        return atom is not None and atom.sign != "d" and atom.order == 1

    # -- equations that are solved
    def _equation(self, chain: Chain, before: list[Full], moving: Moving) -> bool:
        """Whether a relation after ``… = 0`` is an equation rather than an identity."""
        names = {n.params[0] for n in postorder(before[0].own) if n.op is SYM}
        derived = any(name in self.section.atoms.found or name[0] == "d" for name in names)
        return not derived and len(chain.members) == 2

    def _solved(self, chain: Chain, before: list[Full], moving: Moving) -> Step:
        try:
            right = self._full(chain, 1, moving, before[0].own)[0].node
        except ClosedformError as error:
            return self._step(chain, 1, "undecided", reason=error.message)
        left = before[0].node
        if left.shape == right.shape and self._solves(left, right):
            return self._step(chain, 1, "right")
        return self._step(chain, 1, "undecided", reason="equations that are solved are not judged in general")

    def _solves(self, left: Node, right: Node) -> bool:
        for zero in self.state.zero:
            if left.op is SYM:
                put = rebuild(zero, lambda n, _: right if n is left else None)
                return same(put, zeros(*put.shape))
            for c in (1, -1, 2, -2):
                if zero.shape == left.shape and same(multiple(c, sub(left, right)), zero):
                    return True
        return left is not None and same(left, right)


def _agreeing(truth: list[Full], now: list[Full]) -> list[Full]:
    return [n for n in now if any(same(t.node, n.node) for t in truth)]
