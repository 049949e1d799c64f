"""Chains of equal expressions: whether each is what those before it are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress

from closedform.errors import ClosedformError, ShapeError
from closedform.expr.node import Node
from closedform.expr.walk import postorder, rebuild
from closedform.functions.algebra import SYM, transpose, zeros
from closedform.judging.book import Moving, entry_of, same
from closedform.judging.cases import implied_case
from closedform.judging.chains import Chain, is_zero
from closedform.judging.conditions import is_condition, is_reason
from closedform.judging.equations import Zero
from closedform.judging.explain import Explainer, Full, agreeing, side_by_side
from closedform.judging.names import is_differential
from closedform.judging.numbers import example
from closedform.judging.properties import PROPERTIES, agree_under
from closedform.judging.records import Step
from closedform.judging.slips import there_of
from closedform.judging.state import UNDECIDED, State

_UNCLEAR = re.compile(r"does not follow from the formula|\bmay be\b|\bstands for one of them")
"""What is said of a line that has more readings than one, or none: that its sizes do not fit is not shown."""
_OURS = re.compile(r"d?Xi_9\d\d|d?Xi_1\d{3}")
"""Names that stand for what was written as a derivative."""


class Identities:
    """Judges the expressions of a chain, one after the other."""

    def __init__(self, state: State) -> None:
        self.state, self.section = state, state.section

    def steps(self, chain: Chain, start: int, truth: list[Full], moving: Moving) -> Iterator[Step]:
        before, wrong, by = truth, False, self.state.gradient_by(chain, start)
        for k in range(start + 1, len(chain.members)):
            step, now = self._follow(chain, k, truth, before, wrong, moving)
            yield step
            if step.status == "right":
                wrong, truth = False, now
                if chain.defines and not chain.solves:
                    self.state.book.more.setdefault(chain.defines, []).extend(f.own for f in now)
            if by and now:
                self.state.equations.claim(Zero(now[0].node, by))
            wrong = wrong or step.status == "wrong"
            before = now or before

    def _follow(
        self, chain: Chain, k: int, truth: list[Full], before: list[Full], wrong: bool, moving: Moving
    ) -> tuple[Step, list[Full]]:
        explainer = Explainer(self.section, chain, k, truth, moving)
        try:
            now = self.state.full(chain, k, moving, before[0].own)
        except ShapeError as error:
            if double := self.section.twice_meant():
                reason = f"{double} stands with and without an index"
                return self.state.step(chain, k, "undecided", reason=reason), []
            step = self._misfit(chain, k, error, explainer, wrong)
            return step, truth if step.status == "right" else []
        except ClosedformError as error:
            return self.state.step(chain, k, "undecided", reason=error.message), []
        zero = is_zero(chain.members[k].text)
        if zero and any(same(t.node, zeros(*t.node.shape)) for t in truth):
            return self.state.step(chain, k, "right"), truth
        if zero:
            by = self.state.gradient_by(chain, 1 if chain.defines else 0)
            self.state.equations.set_zero([Zero(t.node, by) for t in truth])
            return self.state.step(chain, k, "given", reason="an equation to solve"), []
        if at := self._entry(truth, now):
            return self.state.step(chain, k, "right", reason=f"it is the entry {at}"), now
        agreed = agreeing(truth, now)
        if agreed:
            return self._agreed(chain, k, truth, agreed, explainer)
        conditioned = self._conditioned(chain, k, truth, now)
        if conditioned is not None:
            return conditioned, now
        if wrong and agreeing(before, now):
            return self.state.step(chain, k, "follows", reason="it follows from a line before that is wrong"), now
        if self.state.equations.zero and any(self.state.equations.implies(t.node, n.node) for t in truth for n in now):
            return self.state.step(chain, k, "right", reason="by the equation before"), now
        convention = explainer.convention(now)
        if convention is not None:
            return self.state.step(chain, k, "right", reason=convention), now
        refused, within = self._refused(chain, k, explainer, now), self._in_cases(chain, k, truth, now)
        told = within is not None and (refused.status == "wrong" or within.status == "right")
        return within if told and within is not None else refused, now

    def _entry(self, truth: list[Full], now: list[Full]) -> str:
        """The index of the entry that one side is of the other, ``∇f = ∂f/∂x_i``; "" where it is none."""
        for at in sorted(self.section.shared.fixed):
            for t, n in ((t.node, n.node) for t in truth for n in now):
                column, entry = (t, n) if n.is_scalar else (n, t)
                fits = column.is_column and entry.is_scalar and not column.is_scalar
                if fits and same(entry_of(column, (at,)), entry):
                    return at
        return ""

    def _in_cases(self, chain: Chain, k: int, truth: list[Full], now: list[Full]) -> Step | None:
        """A line that holds in the case it is said for, or that may; None where it is said for no case."""
        atoms = self.section.atoms.found.values()
        cases = chain.cases or implied_case(self.section.lone_atom(chain.members[0]), atoms)
        fit = [(t.node, n.node) for t in truth for n in now if t.node.shape == n.node.shape]
        within = [(case, sides) for case in cases for pair in fit if (sides := case.within(*pair))]
        for case, sides in within:
            if all(same(*pair) for pair in sides):
                return self.state.step(chain, k, "right", reason=f"for {case.text}")
        names = self.section.lexed.names(chain.members[k])
        supposed = self._supposed(chain, fit)
        if supposed is not None:
            return self.state.step(chain, k, "right", reason=f"for {supposed}")
        others = [case for case in cases if not (case.letters or case.name) and case.speaks_of(names)]
        others += [case for case, _ in within if not case.whole]
        if others:
            return self.state.step(chain, k, "undecided", reason=f"it is said for {others[0].text}, which is not used")
        for case, sides in within:
            if (shown := example(*sides[0])) is not None:
                reason = f"the two sides differ for {case.text}"
                return self.state.step(chain, k, "wrong", slip="does not follow", reason=reason, example=shown)
        reason = f"it is said for {within[0][0].text}" if within else ""
        return self.state.step(chain, k, "undecided", reason=reason) if within else None

    def _supposed(self, chain: Chain, fit: list[tuple[Node, Node]]) -> str | None:
        """What makes two sides equal of that which is supposed where the chain stands: values and facts, in words."""
        there = dict[Node, Node]()
        for case in (c for c in chain.cases if c.name):
            symbol = self.section.book.symbol(case.name)
            if symbol is not None:
                with suppress(ClosedformError):
                    zero = zeros(*symbol.shape)
                    value = zero if is_zero(case.value) else self.section.shared.node(case.value, symbol)
                    there |= {symbol: value} if value.shape == symbol.shape else {}
        for pair in fit:
            one, other = (rebuild(side, there_of(there)) for side in pair)
            words = ", ".join(case.text for case in chain.cases if case.name)
            if there and same(one, other):
                return words
            if agree_under(one, other, chain.facts):
                said = [f"{PROPERTIES.get(fact, fact)} {name}" for name, fact in chain.facts]
                return ", ".join([words, *said] if words else said)
        return None

    def _conditioned(self, chain: Chain, k: int, truth: list[Full], now: list[Full]) -> Step | None:
        """A line that is a condition, that holds under one, or that may."""
        conditions = self.section.conditions
        left, right = truth[0].node, now[0].node
        alone = len(chain.members) == 2 and not chain.defines and left.is_scalar and right.is_scalar
        derived = self.section.derived(chain.members[0])
        if alone and not derived and is_condition(chain.words):
            if (left, right) not in conditions.equations and not is_reason(chain.words):
                self.state.suppose(left, right, False)
            if (left, right) in conditions.equations:
                return self.state.step(chain, k, "given", reason="a condition")
        if any(conditions.agree(t.node, n.node) for t in truth for n in now):
            return self.state.step(chain, k, "right", reason="under the condition that was given")
        equations = self.state.equations
        if equations.supposed and any(equations.holds(t.node, n.node) for t in truth for n in now):
            return self.state.step(chain, k, "right", reason="under the condition that was given")
        if equations.zero and any(equations.implies(t.node, n.node) for t in truth for n in now):
            return self.state.step(chain, k, "right", reason="by the equation before")
        if conditions.unused:
            return self.state.step(chain, k, "undecided", reason="it may follow from a condition that was given")
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
                return self.state.step(chain, k, "wrong", slip="mixed layouts", reason=reason, **more), agreed
            self.state.layout = layout
        return self.state.step(chain, k, "right"), agreed

    def _misfit(self, chain: Chain, k: int, error: ClosedformError, explainer: Explainer, wrong: bool) -> Step:
        if unknown := self._unknown(chain, k):
            return self.state.step(chain, k, "undecided", reason=f"it is not known what {unknown} is")
        if wrong or _UNCLEAR.search(error.message) is not None:
            return self.state.step(chain, k, "undecided", reason=error.message)
        if explainer.fits_bracketed(self.section.text(chain.members[k])):
            return self.state.step(chain, k, "right", reason="with brackets around what is a number")
        slip, right, example = explainer.misfit(self.section.text(chain.members[k]), error)
        reason = error.message.replace("\n", "; ")
        if "size" not in reason and "shape" not in reason:
            reason = f"the sizes do not fit: {reason}"
        return self.state.step(chain, k, "wrong", slip=slip, reason=reason, right_line=right, example=example)

    def _refused(self, chain: Chain, k: int, explainer: Explainer, now: list[Full]) -> Step:
        if any(_OURS.fullmatch(str(n.params[0])) for t in explainer.truth for n in postorder(t.node) if n.op is SYM):
            return self.state.step(chain, k, "undecided", reason="a derivative before it could not be read")
        strange = self._strange(chain, k, explainer, now) or self._unknown(chain, k)
        if strange:
            self.state.unknown.add(strange)
            return self.state.step(chain, k, "undecided", reason=f"{strange} stands here for the first time, undefined")
        if still := explainer.unmoved(now):
            reason = f"{still} does not stand in what is differentiated, so that d{still} tells nothing of it"
            return self.state.step(chain, k, "undecided", reason=reason)
        told = explainer.refutation(now)
        if told is None:
            return self.state.step(chain, k, "undecided", reason=UNDECIDED)
        return self.state.step(chain, k, "wrong", **told)

    def _unknown(self, chain: Chain, k: int) -> str:
        """A name in the line that stood before it for the first time, undefined."""
        names = self.section.lexed.names(chain.members[k])
        unknown = sorted(self.state.unknown)
        return next((n for n in unknown if n in names or {*n.split("_")} <= {*names}), "")

    def _strange(self, chain: Chain, k: int, explainer: Explainer, now: list[Full]) -> str:
        """A variable of which nothing is known: it stands here for the first time and is not defined."""
        known = {str(n.params[0]) for t in explainer.truth for n in postorder([t.node, t.own]) if n.op is SYM}
        here = {str(n.params[0]) for f in now for n in postorder(f.node) if n.op is SYM} - known
        place = chain.members[k].start
        if here & self.state.unknown:
            return min(here & self.state.unknown)
        for name in sorted(here):
            tokens = [self.section.tokens.get(id(m)) for c in self.section.outline.chains for m in c.members
                      if m.start < place or (c.defines and c is not chain)]  # fmt: skip
            if re.fullmatch(r"\w+_[a-z][pm]\d+", name):
                return name
            stands = {name, name[1:]} if is_differential(name) else {name}
            if not any(t.text in stands for found in tokens if found for t in found.tokens):
                return name
        return ""
