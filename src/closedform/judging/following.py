"""Whether each expression of a chain follows from the one before."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

from closedform.errors import ClosedformError, ShapeError
from closedform.expr.node import Node
from closedform.expr.walk import postorder
from closedform.functions.algebra import SYM, sub, transpose, zeros
from closedform.judging.atoms import Atom
from closedform.judging.book import Moving, NotInFunction, same
from closedform.judging.chains import Chain, as_defined, is_zero
from closedform.judging.conditions import is_condition, is_reason
from closedform.judging.equations import Equations, Zero, explained
from closedform.judging.explain import Explainer, Full, agreeing, side_by_side
from closedform.judging.names import cleaned, is_differential
from closedform.judging.records import Example, Step
from closedform.judging.section import Section
from closedform.judging.slips import Slip
from closedform.judging.solutions import ZERO_WORDS
from closedform.judging.updates import REASON as UPDATE
from closedform.judging.updates import is_next
from closedform.rewrite.normal.normal import normal


@dataclass
class State:
    """What goes on from one chain to the next: equations, and which layout gradients have."""

    equations: Equations = field(default_factory=Equations)
    layout: str = ""


class Follower:
    """Judges the chains of a section in order."""

    def __init__(self, section: Section) -> None:
        self.section, self.book = section, section.book
        self.state = State()
        self.lost = False  # whether there was an equation that could not be read
        self.unknown = set[str]()  # names that stand in no function, though derivatives are taken by them

    def steps(self) -> Iterator[Step]:
        chains = self.section.outline.chains
        self._look_ahead(chains)
        for chain in chains:
            if chain.judged:
                yield from self._chain(chain)
            else:
                status = "given" if chain.reason.startswith(("a limit", "the inequality", UPDATE)) else "undecided"
                yield self._step(chain, len(chain.members) - 1, status, reason=chain.reason)

    def _look_ahead(self, chains: list[Chain]) -> None:
        """Conditions hold for lines before them too; solutions tell which equations before them follow."""
        for chain in chains:
            self._choose(chain)
        for chain in chains:
            moving = self.section.moving(chain)
            if chain.solves:
                with suppress(ClosedformError):
                    found = self._full(chain, 1, moving, None)[0].node
                    self.state.equations.ahead.setdefault(chain.solves, []).append(found)
            elif chain.judged and is_condition(chain.words) and self._may_be_condition(chain):
                with suppress(ClosedformError):
                    sides = [self._full(chain, k, moving, None)[0].node for k in (0, 1)]
                    if not same(*sides):
                        self.state.equations.suppose(sub(*sides))
                        self._suppose(sides[0], sides[1], is_reason(chain.words))

    def _choose(self, chain: Chain) -> None:
        """What a gradient is by, where only the line tells."""
        atom = self._first_atom(chain, 1 if chain.defines else 0) if chain.judged and len(chain.members) > 1 else None
        if atom is not None and atom.sign == "jacobian":
            self._of_vector(atom)
        if atom is not None and atom.sign == "nabla" and atom.order == 1 and not self.section.groups:
            with suppress(ClosedformError):
                self.book.choose(atom, self.section.read(chain.members[1])[0].own)

    def _of_vector(self, atom: Atom) -> None:
        """``J`` without a function is of the first one with many values, where the derivation's own has one."""
        own = self.book.defined.get(atom.of)
        many = [n for n, d in self.book.defined.items() if d.is_column and not d.is_scalar]
        if own is not None and own.is_scalar and many:
            name = next(n for n, a in self.section.atoms.found.items() if a is atom)
            self.section.atoms.found[name] = replace(atom, of=many[0])

    def _first_atom(self, chain: Chain, first: int) -> Atom | None:
        tokens = self.section.tokens.get(id(chain.members[first]))
        name = tokens.tokens[0].text if tokens is not None and len(tokens.tokens) == 2 else ""
        return self.section.atoms.found.get(name)

    def _suppose(self, left: Node, right: Node, needed: bool) -> None:
        if left.is_scalar and right.is_scalar:
            self.section.conditions.add(left, right, frozenset(self.book.variables), needed)

    def _may_be_condition(self, chain: Chain) -> bool:
        return len(chain.members) == 2 and not chain.defines and not self.section.derived(chain.members[0])

    def _step(self, chain: Chain, k: int, status: str, **more: object) -> Step:
        member, document = chain.members[k], self.section.outline.document
        left = (chain.members[0].shown or chain.members[0].text) if k == 1 else ""
        text = " ".join(f"{left} = {member.text}".split()) if left else "= " + " ".join(member.text.split())
        return Step(document.line(member.start), text, status, **more)  # type: ignore[arg-type]

    def _chain(self, chain: Chain) -> Iterator[Step]:
        moving = self.section.moving(chain)
        first = 1 if chain.defines or chain.solves else 0
        problem = self._problem(chain, first)
        if problem is not None:
            self._lose(chain)
            for k in range(1, len(chain.members)):
                yield self._step(chain, k, "undecided", reason=problem if k == 1 else "the line before is not decided")
            return
        before = self._full(chain, first, moving, None)
        self._note(chain, first, before)
        if chain.solves:
            yield self._solved(chain, before)
        elif chain.defines:
            yield self._step(chain, 1, "given", reason=UPDATE if is_next(chain.defines) else "")
        elif self._may_be_condition(chain) and is_condition(chain.words) and not before[0].node.is_scalar:
            if not is_reason(chain.words):
                yield self._step(chain, 1, "given", reason="a condition")
                return
        elif self._supposed(chain, moving, before):
            yield self._step(chain, 1, "given", reason="an equation that is supposed")
            with suppress(ClosedformError):
                self._take_up(chain, moving, before)
            return
        elif chain.updates:
            yield self._update(chain, moving, before)
        elif self._equation(chain, before):
            step = self._other_equation(chain, before, moving)
            if step is not None:
                yield step
                return
        start = 1 if chain.solves or chain.updates else first
        yield from self._steps_of(chain, start, before if start == first else self._claimed(chain, moving), moving)

    def _lose(self, chain: Chain) -> None:
        """Remember what a chain that is not decided would have said: an equation, a differential."""
        self.lost |= any(is_zero(m.text) for m in chain.members) or self.section.derived(chain.members[0])
        if self._unknown(chain):
            tokens = [self.section.tokens.get(id(m)) for m in chain.members[1:]]
            names = {t.text for found in tokens if found for t in found.tokens if t.kind == "name"}
            self.unknown |= {name for name in names if is_differential(name)}

    def _claimed(self, chain: Chain, moving: Moving) -> list[Full]:
        return self._full(chain, 1, moving, None)

    def _note(self, chain: Chain, first: int, before: list[Full]) -> None:
        """What a chain says of equations: that a gradient is zero, or what it is."""
        equations = self.state.equations
        by = self._gradient_by(chain, first)
        tokens = self.section.tokens.get(id(chain.members[first]))
        name = tokens.tokens[0].text if tokens is not None and len(tokens.tokens) == 2 else ""
        if by:
            equations.gradient([Zero(f.node, by) for f in before])
        elif name[:1] == "d" and name[1:] in self.book.defined and not equations.gradients:
            found = [self.section.gradients(v) for v in sorted(self.section.moving(chain))]
            equations.gradients = [Zero(g, v) for pairs in found for g, v in pairs]
        elif ZERO_WORDS.search(chain.words) and not chain.defines:
            given = [Zero(g, v) for g, v in self.section.gradients()] if not equations.gradients else []
            equations.zero = equations.gradients or equations.zero or given

    def _steps_of(self, chain: Chain, start: int, truth: list[Full], moving: Moving) -> Iterator[Step]:
        before, wrong, by = truth, False, self._gradient_by(chain, start)
        for k in range(start + 1, len(chain.members)):
            step, now = self._follow(chain, k, truth, before, wrong, moving)
            yield step
            if step.status == "right":
                wrong, truth = False, now
                if chain.defines and not chain.solves:
                    self.book.more.setdefault(chain.defines, []).extend(f.own for f in now)
            if by and now:
                self.state.equations.claim(Zero(now[0].node, by))
            wrong = wrong or step.status == "wrong"
            before = now or before

    def _problem(self, chain: Chain, first: int) -> str:
        try:
            self._full(chain, first, self.section.moving(chain), None)
        except NotInFunction as error:
            self.unknown.add(error.name)
            return error.message + as_defined(self.section.outline, chain, error.name)
        except ClosedformError as error:
            return error.message
        supposed = self.state.equations.zero or self.state.equations.supposed
        name = "" if supposed and len(chain.members) == 2 else self._unknown(chain)
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
            if double := self.section.twice_meant():
                reason = f"{double} stands with and without an index"
                return self._step(chain, k, "undecided", reason=reason), []
            return self._misfit(chain, k, error, explainer, wrong), []
        except ClosedformError as error:
            return self._step(chain, k, "undecided", reason=error.message), []
        zero = is_zero(chain.members[k].text)
        if zero and any(same(t.node, zeros(*t.node.shape)) for t in truth):
            return self._step(chain, k, "right"), truth
        if zero:
            by = self._gradient_by(chain, 1 if chain.defines else 0)
            self.state.equations.set_zero([Zero(t.node, by) for t in truth])
            return self._step(chain, k, "given", reason="an equation to solve"), []
        agreed = agreeing(truth, now)
        if agreed:
            return self._agreed(chain, k, truth, agreed, explainer)
        conditioned = self._conditioned(chain, k, truth, now)
        if conditioned is not None:
            return conditioned, now
        if wrong and agreeing(before, now):
            return self._step(chain, k, "follows", reason="it follows from a line before that is wrong"), now
        if self.state.equations.zero and any(self.state.equations.implies(t.node, n.node) for t in truth for n in now):
            return self._step(chain, k, "right", reason="by the equation before"), now
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
            if (left, right) not in conditions.equations and not is_reason(chain.words):
                self._suppose(left, right, False)
            if (left, right) in conditions.equations:
                return self._step(chain, k, "given", reason="a condition")
        if any(conditions.agree(t.node, n.node) for t in truth for n in now):
            return self._step(chain, k, "right", reason="under the condition that was given")
        equations = self.state.equations
        if equations.supposed and any(equations.holds(t.node, n.node) for t in truth for n in now):
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
        if wrong or "does not follow from the formula" in error.message:
            return self._step(chain, k, "undecided", reason=error.message)
        slip, right, example = explainer.misfit(self.section.texts[id(chain.members[k])], error)
        reason = error.message.replace("\n", "; ")
        if "size" not in reason and "shape" not in reason:
            reason = f"the sizes do not fit: {reason}"
        return self._step(chain, k, "wrong", slip=slip, reason=reason, right_line=right, example=example)

    def _refused(self, chain: Chain, k: int, explainer: Explainer, now: list[Full]) -> Step:
        strange = self._strange(chain, k, explainer, now)
        if strange:
            return self._step(chain, k, "undecided", reason=f"{strange} stands here for the first time, undefined")
        told = explainer.refutation(now)
        if told is None:
            return self._step(chain, k, "undecided", reason=UNDECIDED)
        return self._step(chain, k, "wrong", **told)

    def _strange(self, chain: Chain, k: int, explainer: Explainer, now: list[Full]) -> str:
        """A variable of which nothing is known: it stands here for the first time and is not defined."""
        known = {str(n.params[0]) for t in explainer.truth for n in postorder([t.node, t.own]) if n.op is SYM}
        here = {str(n.params[0]) for f in now for n in postorder(f.node) if n.op is SYM} - known
        place = chain.members[k].start
        if here & self.unknown:
            return min(here & self.unknown)
        for name in sorted(here):
            tokens = [self.section.tokens.get(id(m)) for c in self.section.outline.chains for m in c.members
                      if m.start < place or (c.defines and c is not chain)]  # fmt: skip
            if re.fullmatch(r"\w+_[a-z][pm]\d+", name):
                return name
            if name[:1].isupper() and not any(t.text == name for found in tokens if found for t in found.tokens):
                return name
        return ""

    def _gradient_by(self, chain: Chain, first: int) -> str:
        """The variable of the gradient that the chain begins with; "" where it begins with none."""
        atom = self._first_atom(chain, first)
        if atom is None or atom.sign == "d" or atom.order != 1:
            return ""
        return str(self.book.function_and_variable(atom)[1].params[0])

    # -- equations that are solved
    def _update(self, chain: Chain, moving: Moving, before: list[Full]) -> Step:
        """``x = x - g``: right where it holds or follows from an equation; else the step of an algorithm."""
        try:
            left, right = before[0].node, self._full(chain, 1, moving, before[0].own)[0].node
        except ClosedformError as error:
            return self._step(chain, 1, "undecided", reason=error.message)
        holds = left.shape == right.shape and same(left, right)
        if holds or (self.state.equations.zero and self.state.equations.follows(left, right)):
            return self._step(chain, 1, "right")
        return self._step(chain, 1, "given", reason=UPDATE)

    def _supposed(self, chain: Chain, moving: Moving, before: list[Full]) -> bool:
        """Whether an equation comes from nothing that stands before, and is no identity."""
        if chain.updates and self._first(chain) and not UPDATED.search(chain.words):
            return True
        return self._premise(chain) and not self._identity(chain, moving, before)

    def _first(self, chain: Chain) -> bool:
        return self.section.outline.chains[0] is chain

    def _premise(self, chain: Chain) -> bool:
        """An equation that cannot come from what stands before: ``u'u = 1``, ``A x = b`` with a new name b."""
        if len(chain.members) != 2 or chain.defines or self.section.derived(chain.members[0]):
            return False
        if self.state.equations.zero or self.lost or is_zero(chain.members[1].text):
            return False
        if _CONSTANT.fullmatch(cleaned(chain.members[1].text)):
            return True
        tokens = [self.section.tokens.get(id(m)) for m in chain.members]
        if tokens[0] is None or tokens[1] is None or len(tokens[1].tokens) != 2:
            return False
        name = tokens[1].tokens[0]
        alone = name.kind == "name" and name.text not in self.book.defined
        return alone and self._first(chain) and all(t.text != name.text for t in tokens[0].tokens)

    def _identity(self, chain: Chain, moving: Moving, before: list[Full]) -> bool:
        try:
            return agreeing(before, self._full(chain, 1, moving, before[0].own)) != []
        except ClosedformError:
            return False

    def _take_up(self, chain: Chain, moving: Moving, before: list[Full]) -> None:
        """Suppose an equation: it holds for the lines that follow, and so does its differential."""
        left, right = before[0].node, self._full(chain, 1, moving, before[0].own)[0].node
        zero = sub(left, right)
        self.state.equations.suppose(zero)
        moves = {v for group in self.section.groups for v in group}
        if moves:
            self.state.equations.suppose(self.book.moved(zero, frozenset(moves)))

    def _equation(self, chain: Chain, before: list[Full]) -> bool:
        """Whether a relation after ``… = 0`` is an equation rather than an identity."""
        names = {n.params[0] for n in postorder(before[0].own) if n.op is SYM}
        equations = self.state.equations
        moved = any(n.op is SYM and is_differential(n.params[0]) for n in postorder(equations.seen))
        derived = any(name in self.section.atoms.found or (name[0] == "d" and not moved) for name in names)
        at_hand = self.lost or bool(equations.of()) or (moved and any(name[0] == "d" for name in names))
        return at_hand and not derived and len(chain.members) == 2

    def _other_equation(self, chain: Chain, before: list[Full], moving: Moving) -> Step | None:
        """An equation after others; None where it is to be judged as an identity."""
        equations = self.state.equations
        active = bool(equations.zero) or (bool(equations.supposed) and self.section.derived(chain.members[0]))
        try:
            now = self._full(chain, 1, moving, before[0].own)[0]
        except ClosedformError as error:
            return self._step(chain, 1, "undecided", reason=error.message) if active else None
        left, zero = before[0].node, is_zero(chain.members[1].text)
        if zero:
            now = Full("", zeros(*left.shape), zeros(*left.shape))
        if left.shape == now.node.shape and same(left, now.node):
            return self._step(chain, 1, "right")
        found = equations.follows(left, now.node)
        if found:
            equations.set_zero(equations.of())
            return self._step(chain, 1, "right")
        if INTO.search(chain.words):
            equations.use(sub(left, now.node))
            return self._step(chain, 1, "given", reason="an equation that is used")
        if zero and not equations.gradients:
            equations.set_zero([Zero(left)])
            return self._step(chain, 1, "given", reason="an equation to solve")
        if self._from_claimed(lambda e: e.follows(left, now.node)):
            return self._step(chain, 1, "follows", reason="it follows from a line before that is wrong")
        if self.lost and not active:
            return self._step(chain, 1, "undecided", reason="the equation before is not decided")
        if not (active or zero) and ZERO_WORDS.search(chain.words):
            return self._step(chain, 1, "undecided", reason="there is no equation before")
        if not (active or zero) or is_condition(chain.words):
            return None
        if found is None:
            return self._step(chain, 1, "undecided", reason=UNDECIDED)
        slip, shown = equations.wrong_equation(left, now.own, now.node)
        return self._step(chain, 1, "wrong", **self._told(chain, moving, slip, shown))

    def _solved(self, chain: Chain, value: list[Full]) -> Step:
        """``x = …`` after an equation, put into it."""
        equations, moving = self.state.equations, self.section.moving(chain)
        x, now = self.book.symbol(chain.solves), value[0]
        given = equations.of(chain.solves)
        at_hand = given or [Zero(g, v) for g, v in self.section.gradients(chain.solves)]
        if x is None or not at_hand:
            return self._step(chain, 1, "given" if chain.defines else "undecided", reason="there is no equation before")
        found = equations.solves(x, now.node, at_hand)
        implied = None if found else equations.implies(x, now.node, at_hand)
        found = implied if implied is not None else found
        claimed = self._from_claimed(lambda e: e.solves(x, now.node, e.of(chain.solves)))
        if found or claimed:
            equations.solutions[x] = now.node
        if found:
            return self._step(chain, 1, "right")
        if claimed:
            return self._step(chain, 1, "follows", reason="it follows from a line before that is wrong")
        strange = "" if equations.zero else self._first_seen(now.node, at_hand)
        if found is None or strange:
            reason = f"{strange} stands here for the first time, undefined" if strange else UNDECIDED
            return self._step(chain, 1, "undecided", reason=reason)
        slip, shown = equations.wrong_solution(x, now.own, now.node, at_hand)
        return self._step(chain, 1, "wrong", **self._told(chain, moving, slip, shown))

    def _first_seen(self, value: Node, equations: list[Zero]) -> str:
        """A name of a solution that stands neither in an equation nor in a definition."""
        known = [*(z.node for z in equations), *self.book.defined.values()]
        names = {n.params[0] for n in postorder(known) if n.op is SYM}
        return next((str(n.params[0]) for n in postorder(value) if n.op is SYM and n.params[0] not in names), "")

    def _from_claimed(self, holds: Callable[[Equations], bool | None]) -> bool:
        """Whether something follows from what the person says that the gradients are."""
        claimed = self.state.equations.claimed
        return bool(claimed) and holds(Equations(claimed)) is True

    def _told(self, chain: Chain, moving: Moving, slip: Slip, shown: Example | None) -> dict[str, Any]:
        explainer = Explainer(self.section, chain, 1, [], moving)
        mended = normal(slip.mended) if slip.mended is not None and slip.name in ("factor", "sign") else slip.mended
        return explained(slip, shown, explainer.printed(mended) if mended is not None else "")


_CONSTANT = re.compile(r"-?\d+(?:/\d+)?|I(?:_\{?\w\}?)?|\\(?:mathbf|boldsymbol|bm|mathbb)\s*\{?[1I]\}?")
"""What an equation that is supposed has on its right side."""
UPDATED = re.compile(r"\b(?:updat\w*|iterat\w*|steps?|algorithm|rule|assign\w*)\b", re.IGNORECASE)
INTO = re.compile(r"\b(?:into|back in|insert\w*|constraint)\W*$")
"""What is put into the equation that follows is what was found before."""
UNDECIDED = "it could be shown neither right nor wrong"
