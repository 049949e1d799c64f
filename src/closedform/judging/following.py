"""Whether each chain of a derivation follows from what stands before it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace

from closedform.errors import ClosedformError
from closedform.functions.algebra import sub
from closedform.judging.atoms import Atom
from closedform.judging.book import NotInFunction, same
from closedform.judging.chains import Chain, as_defined, is_zero
from closedform.judging.conditions import is_condition, is_reason
from closedform.judging.equation_chains import EquationChains
from closedform.judging.equations import Zero
from closedform.judging.explain import Full
from closedform.judging.hypotheses import first_step, opens
from closedform.judging.identities import Identities
from closedform.judging.lexed import GIVEN_GRADIENT
from closedform.judging.multipliers import constraints
from closedform.judging.names import is_differential
from closedform.judging.records import Step
from closedform.judging.section import Section
from closedform.judging.solutions import ZERO_WORDS
from closedform.judging.state import State
from closedform.judging.updates import REASON as UPDATE
from closedform.judging.updates import is_next

GIVEN = ("a limit", "the inequality", UPDATE, GIVEN_GRADIENT)
_ALL = re.compile(r"\b(?:both|all|each|these|them|two)\b", re.IGNORECASE)


class Follower:
    """Judges the chains of a section in order."""

    def __init__(self, section: Section) -> None:
        self.section, self.book = section, section.book
        self.state = State(section)
        self.equations, self.identities = EquationChains(self.state), Identities(self.state)
        self.waiting: list[Chain] = []

    def steps(self) -> Iterator[Step]:
        chains = self.section.outline.chains
        self._look_ahead(chains)
        for chain in chains:
            self._suppose_till(self.section.outline.document.line(chain.members[-1].start))
            if chain.judged:
                yield from self._chain(chain)
            else:
                status = "given" if chain.reason.startswith(GIVEN) else "undecided"
                yield self.state.step(chain, len(chain.members) - 1, status, reason=chain.reason)

    # -- looking ahead
    def _look_ahead(self, chains: list[Chain]) -> None:
        """Conditions hold for lines before them too; solutions tell which equations before them follow."""
        for chain in chains:
            self._choose(chain)
        begun = first_step(self.section.outline.document)
        for chain in chains:
            moving = self.section.moving(chain)
            if chain.solves:
                with suppress(ClosedformError):
                    found = self.state.full(chain, 1, moving)[0].node
                    self.state.equations.ahead.setdefault(chain.solves, []).append(found)
            elif chain.judged and is_condition(chain.words) and self.state.may_be_condition(chain):
                if opens(chain.words) and begun < chain.members[0].start:
                    self.waiting.append(chain)
                else:
                    self._suppose(chain)
        self.state.equations.constraints = constraints(self.section)
        self.state.equations.seen += self.state.equations.constraints

    def _suppose_till(self, line: int) -> None:
        """Take up what is supposed for what follows alone: ``if x'x = 1``."""
        document = self.section.outline.document
        for chain in [c for c in self.waiting if document.line(c.members[0].start) <= line]:
            self.waiting.remove(chain)
            self._suppose(chain)

    def _suppose(self, chain: Chain) -> None:
        with suppress(ClosedformError):
            sides = [self.state.full(chain, k, self.section.moving(chain))[0].node for k in (0, 1)]
            if not same(*sides):
                self.state.equations.suppose(sub(*sides))
                self.state.suppose(sides[0], sides[1], is_reason(chain.words))

    def _choose(self, chain: Chain) -> None:
        """What a gradient is by, where only the line tells."""
        if not chain.judged or len(chain.members) < 2:
            return
        atom = self.section.lone_atom(chain.members[1 if chain.defines else 0])
        if atom is not None and atom.sign == "jacobian":
            self._of_vector(atom)
        if atom is not None and atom.sign == "nabla" and atom.order == 1 and not self.section.movement.groups:
            with suppress(ClosedformError):
                self.book.choose(atom, self.section.read(chain.members[1])[0].own)

    def _of_vector(self, atom: Atom) -> None:
        """``J`` without a function is of the first one with many values, where the derivation's own has one."""
        own = self.book.defined.get(atom.of)
        many = [n for n, d in self.book.defined.items() if d.is_column and not d.is_scalar]
        if own is not None and own.is_scalar and many:
            name = next(n for n, a in self.section.atoms.found.items() if a is atom)
            self.section.atoms.found[name] = replace(atom, of=many[0])

    # -- chain by chain
    def _chain(self, chain: Chain) -> Iterator[Step]:
        moving = self.section.moving(chain)
        first = 1 if chain.defines or chain.solves else 0
        problem = self._problem(chain, first)
        if problem is not None:
            self._lose(chain)
            for k in range(1, len(chain.members)):
                reason = problem if k == 1 else "the line before is not decided"
                yield self.state.step(chain, k, "undecided", reason=reason)
            return
        if name := self._undefined(chain):
            yield from self._from_there(chain, name, moving)
            return
        before = self.state.full(chain, first, moving)
        if self.equations.named(chain):
            yield self.equations.given(chain, moving, before)
            return
        self._note(chain, first, before)
        if chain.solves:
            yield self.equations.solved(chain, before)
        elif chain.defines:
            yield self.state.step(chain, 1, "given", reason=UPDATE if is_next(chain.defines) else "")
        elif self._conditional(chain) and not before[0].node.is_scalar:
            if not is_reason(chain.words):
                yield self.state.step(chain, 1, "given", reason="a condition")
                return
        elif self.equations.supposed(chain, moving, before):
            if self.equations.doubtful(chain):
                yield self.state.step(chain, 1, "undecided", reason="it is not said whether it is supposed or follows")
                return
            yield self.state.step(chain, 1, "given", reason="an equation that is supposed")
            with suppress(ClosedformError):
                self.equations.take_up(chain, moving, before)
            return
        elif chain.updates:
            yield self.equations.update(chain, moving, before)
        elif self.equations.is_equation(chain, before):
            step = self.equations.after_others(chain, before, moving)
            if step is not None:
                yield step
                return
        start = 1 if chain.solves or chain.updates else first
        truth = before if start == first else self.state.full(chain, 1, moving)
        yield from self.identities.steps(chain, start, truth, moving)

    def _conditional(self, chain: Chain) -> bool:
        said = is_condition(chain.words) and not ZERO_WORDS.search(chain.words)
        return said and self.state.may_be_condition(chain)

    def _lose(self, chain: Chain) -> None:
        """Remember what a chain that is not decided would have said: an equation, a differential."""
        self.state.lost |= any(is_zero(m.text) for m in chain.members) or self.section.derived(chain.members[0])
        if self._unknown(chain):
            names = {n for m in chain.members[1:] for n in self.section.lexed.names(m)}
            self.state.unknown |= {name for name in names if is_differential(name)}

    def _note(self, chain: Chain, first: int, before: list[Full]) -> None:
        """What a chain says of equations: that a gradient is zero, or what it is."""
        equations = self.state.equations
        by = self.state.gradient_by(chain, first)
        name = self.section.lexed.lone_name(chain.members[first])
        if by:
            equations.gradient([Zero(f.node, by) for f in before])
        elif name[:1] == "d" and name[1:] in self.book.defined and not equations.gradients:
            found = [self.section.gradients(v) for v in sorted(self.section.moving(chain))]
            equations.gradients = [Zero(g, v) for pairs in found for g, v in pairs]
        elif ZERO_WORDS.search(chain.words) and chain.solves and equations.gradients:
            if _ALL.search(chain.words) and not equations.zero:
                equations.zero = equations.gradients
            # that the other gradients are zero too is not used: what needs it is undecided
            self.state.lost = not equations.zero
        elif ZERO_WORDS.search(chain.words) and not chain.defines:
            given = [Zero(g, v) for g, v in self.section.gradients()] if not equations.gradients else []
            equations.zero = equations.gradients or equations.zero or given

    def _problem(self, chain: Chain, first: int) -> str | None:
        """Why a chain cannot be judged, where it cannot."""
        try:
            self.state.full(chain, first, self.section.moving(chain))
        except NotInFunction as error:
            self.state.unknown.add(error.name)
            return error.message + as_defined(self.section.outline, chain, error.name)
        except ClosedformError as error:
            return error.message
        return None

    def _undefined(self, chain: Chain) -> str:
        supposed = self.state.equations.zero or self.state.equations.supposed
        return "" if supposed and len(chain.members) == 2 else self._unknown(chain)

    def _from_there(self, chain: Chain, name: str, moving: frozenset[str]) -> Iterator[Step]:
        """A chain from a differential that nothing tells on: what follows it is judged by it."""
        reason = f"{name} is not defined, so that d{name} is not known"
        yield self.state.step(chain, 1, "undecided", reason=reason)
        if not any(is_zero(m.text) for m in chain.members) and self._problem(chain, 1) is None:
            yield from self.identities.steps(chain, 1, self.state.full(chain, 1, moving), moving)
        else:
            for k in range(2, len(chain.members)):
                yield self.state.step(chain, k, "undecided", reason="the line before is not decided")
        self._lose(chain)

    def _unknown(self, chain: Chain) -> str:
        """A variable whose differential is said to be something."""
        name = self.section.lexed.lone_name(chain.members[0]) if not chain.defines else ""
        return name[1:] if name[:1] == "d" and name[1:] in self.section.movement.own[id(chain.members[0])] else ""
