"""Chains that are equations: such as are supposed, used or solved, and steps of an algorithm."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from closedform.errors import ClosedformError
from closedform.expr.node import Node
from closedform.expr.walk import postorder
from closedform.functions.algebra import SYM, mul, sub, zeros
from closedform.judging.atoms import Atom
from closedform.judging.book import Moving, multiple, same
from closedform.judging.chains import Chain, is_zero
from closedform.judging.conditions import is_condition
from closedform.judging.equations import Equations, Zero, explained
from closedform.judging.explain import Explainer, Full, agreeing
from closedform.judging.names import cleaned, is_differential
from closedform.judging.records import Example, Step
from closedform.judging.slips import Slip
from closedform.judging.solutions import ZERO_WORDS
from closedform.judging.state import UNDECIDED, State
from closedform.judging.updates import REASON as UPDATE
from closedform.rewrite.normal.normal import normal

_CONSTANT = re.compile(r"-?\d+(?:/\d+)?|I(?:_\{?\w\}?)?|\\(?:mathbf|boldsymbol|bm|mathbb)\s*\{?[1I]\}?")
"""What an equation that is supposed has on its right side."""
_CONCLUDES = re.compile(
    r"(?:\b(?:so|hence|thus|therefore|then|gives|yields|implies|follows(?: that)?|get|obtain|conclude)"
    r"|⇒|=>|\\implies|\\Rightarrow)\W*$",
    re.IGNORECASE,
)
_SOLVES = re.compile(
    r"\b(?:satisf\w+|solv\w+|solution\s+(?:of|to)|(?:defined|determined|given|obtained)\s+(?:by|from))\b[^.]{0,40}$",
    re.IGNORECASE,
)
"""What stands before an equation that says what a new name is."""
_UPDATED = re.compile(r"\b(?:updat\w*|iterat\w*|steps?|algorithm|rule|assign\w*)\b", re.IGNORECASE)
_INTO = re.compile(r"\b(?:into|(?:back|plug\w*|substitut\w*) in|insert\w*|constraint)\W*$")
"""What is put into the equation that follows is what was found before."""


class EquationChains:
    """Tells equations from identities, and judges them by the equations before."""

    def __init__(self, state: State) -> None:
        self.state, self.section, self.book = state, state.section, state.book

    # -- supposed
    def supposed(self, chain: Chain, moving: Moving, before: list[Full]) -> bool:
        """Whether an equation comes from nothing that stands before, and is no identity."""
        if chain.updates and self._first(chain) and not _UPDATED.search(chain.words):
            return True
        return self._premise(chain) and not self._identity(chain, moving, before)

    def _first(self, chain: Chain) -> bool:
        return self.section.outline.chains[0] is chain

    def _premise(self, chain: Chain) -> bool:
        """An equation that cannot come from what stands before: ``u'u = 1``, ``A x = b`` with a new name b."""
        if len(chain.members) != 2 or chain.defines or self.section.derived(chain.members[0]):
            return False
        if self.state.equations.zero or self.state.lost or is_zero(chain.members[1].text):
            return False
        if _CONSTANT.fullmatch(cleaned(chain.members[1].text)):
            return self.section.lexed.lone_name(chain.members[0]) not in self.book.defined or is_condition(chain.words)
        if self._of_new_names(chain) or self._of_one_name(chain):
            return True
        tokens = [self.section.tokens.get(id(m)) for m in chain.members]
        if tokens[0] is None or tokens[1] is None or len(tokens[1].tokens) != 2:
            return False
        name = tokens[1].tokens[0]
        alone = name.kind == "name" and name.text not in self.book.defined
        return alone and self._first(chain) and all(t.text != name.text for t in tokens[0].tokens)

    def _of_new_names(self, chain: Chain) -> bool:
        """``A v = λ v``, from which a derivation begins: each side has a name of its own, and nothing defines any."""
        sides = [set(self.section.lexed.names(m)) for m in chain.members]
        moved = {v for group in self.section.movement.groups for v in group}
        if moved and not sides[0] | sides[1] <= moved:  # one that stands still is said to, or forgotten
            return False
        free = not (sides[0] | sides[1]) & self.book.defined.keys()
        return free and self._first(chain) and bool(sides[0] - sides[1]) and bool(sides[1] - sides[0])

    def _of_one_name(self, chain: Chain) -> bool:
        """``P P = P``, from which a derivation begins: what is said of one name that nothing defines."""
        one, other = (set(self.section.lexed.names(m)) for m in chain.members[:2])
        return self._first(chain) and len(one) == 1 and one == other and not one & self.book.defined.keys()

    def doubtful(self, chain: Chain) -> bool:
        """Whether what seems to be supposed may as well be claimed: it is of defined names, or said with "hence"."""
        if is_condition(chain.words) or self._of_one_name(chain):
            return False
        named = any(name in self.book.defined for m in chain.members for name in self.section.lexed.names(m))
        return not chain.updates and (named or _CONCLUDES.search(chain.words) is not None)

    def _identity(self, chain: Chain, moving: Moving, before: list[Full]) -> bool:
        try:
            return agreeing(before, self.state.full(chain, 1, moving, before[0].own)) != []
        except ClosedformError:
            return False

    def take_up(self, chain: Chain, moving: Moving, before: list[Full]) -> None:
        """Suppose an equation: it holds for the lines that follow, and so does its differential."""
        left, right = before[0].node, self.state.full(chain, 1, moving, before[0].own)[0].node
        zero = sub(left, right)
        self.state.equations.suppose(zero)
        moves = {v for group in self.section.movement.groups for v in group}
        if moves:
            self.state.equations.suppose(self.book.moved(zero, frozenset(moves)))

    # -- of names that stand for what solves them
    def named(self, chain: Chain) -> str:
        """The name that an equation says the value of, ``the Newton step p solves A p = -g``; "" where it is none."""
        said = chain.defines or chain.solves or chain.updates
        if len(chain.members) != 2 or said or not _SOLVES.search(chain.words):
            return ""
        before = [m for c in self.section.outline.chains for m in c.members if m.start < chain.members[0].start]
        known = {n for m in before for n in self.section.lexed.names(m)} | self.book.defined.keys()
        here = [n for m in chain.members for n in self.section.lexed.names(m) if n not in known]
        return next((n for n in here if self.book.symbol(n) is not None), "")

    def given(self, chain: Chain, moving: Moving, before: list[Full]) -> Step:
        """What a name is said to solve: supposed, but for a Newton step, of which it is known."""
        try:
            right = self.state.full(chain, 1, moving, before[0].own)[0].node
            zero = sub(before[0].node, right)
        except ClosedformError as error:
            return self.state.step(chain, 1, "undecided", reason=error.message)
        if "newton" in self.section.outline.document.said.lower():
            if not self._newton(zero, self.book.symbol(self.named(chain))):
                return self.state.step(chain, 1, "undecided", reason=UNDECIDED)
            self.state.equations.suppose(zero)
            return self.state.step(chain, 1, "right")
        if self.state.equations.of():
            return self.state.step(chain, 1, "undecided", reason="it is not said whether it is supposed or follows")
        self.take_up(chain, moving, before)
        return self.state.step(chain, 1, "given", reason="an equation that is supposed")

    def _newton(self, zero: Node, step: Node | None) -> bool:
        """Whether ``H p = -g`` or ``H p = g`` for the gradient and the Hessian of the derivation's function."""
        for gradient, v in self.section.gradients():
            with suppress(ClosedformError):
                hessian = self.book.derivative(Atom("nabla", self.section.outline.function, v, 2))
                if step is not None and step.shape == gradient.shape:
                    right = [mul(hessian, step) + multiple(c, gradient) for c in (1, -1)]
                    return any(same(multiple(c, zero), r) for c in (1, -1) for r in right)
        return False

    # -- after others
    def update(self, chain: Chain, moving: Moving, before: list[Full]) -> Step:
        """``x = x - g``: right where it holds or follows from an equation; else the step of an algorithm."""
        try:
            left, right = before[0].node, self.state.full(chain, 1, moving, before[0].own)[0].node
        except ClosedformError as error:
            return self.state.step(chain, 1, "undecided", reason=error.message)
        holds = left.shape == right.shape and same(left, right)
        if holds or (self.state.equations.zero and self.state.equations.follows(left, right)):
            return self.state.step(chain, 1, "right")
        return self.state.step(chain, 1, "given", reason=UPDATE)

    def is_equation(self, chain: Chain, before: list[Full]) -> bool:
        """Whether a relation after ``… = 0`` is an equation rather than an identity."""
        names = {n.params[0] for n in postorder(before[0].own) if n.op is SYM}
        equations = self.state.equations
        moved = any(n.op is SYM and is_differential(n.params[0]) for n in postorder(equations.seen))
        derived = any(name in self.section.atoms.found or (name[0] == "d" and not moved) for name in names)
        at_hand = self.state.lost or bool(equations.of()) or (moved and any(name[0] == "d" for name in names))
        return at_hand and not derived and len(chain.members) == 2

    def after_others(self, chain: Chain, before: list[Full], moving: Moving) -> Step | None:
        """An equation after others; None where it is to be judged as an identity."""
        equations = self.state.equations
        active = bool(equations.zero) or (bool(equations.supposed) and self.section.derived(chain.members[0]))
        try:
            now = self.state.full(chain, 1, moving, before[0].own)[0]
        except ClosedformError as error:
            return self.state.step(chain, 1, "undecided", reason=error.message) if active else None
        left, zero = before[0].node, is_zero(chain.members[1].text)
        if zero:
            now = Full("", zeros(*left.shape), zeros(*left.shape))
        if left.shape == now.node.shape and same(left, now.node):
            return self.state.step(chain, 1, "right")
        if equations.zero and equations.is_constraint(left, now.node):
            equations.use(sub(left, now.node))
            return self.state.step(chain, 1, "right")
        found = equations.follows(left, now.node)
        if found:
            equations.set_zero(equations.of())
            return self.state.step(chain, 1, "right")
        if _INTO.search(chain.words):
            equations.use(sub(left, now.node))
            return self.state.step(chain, 1, "given", reason="an equation that is used")
        if zero and not equations.gradients:
            equations.set_zero([Zero(left)])
            return self.state.step(chain, 1, "given", reason="an equation to solve")
        if self._from_claimed(lambda e: e.follows(left, now.node)):
            return self.state.step(chain, 1, "follows", reason="it follows from a line before that is wrong")
        if self.state.lost and not active:
            return self.state.step(chain, 1, "undecided", reason="the equation before is not decided")
        if not (active or zero) and ZERO_WORDS.search(chain.words):
            return self.state.step(chain, 1, "undecided", reason="there is no equation before")
        if not (active or zero) or is_condition(chain.words):
            return None
        if found is None:
            return self.state.step(chain, 1, "undecided", reason=UNDECIDED)
        slip, shown = equations.wrong_equation(left, now.own, now.node)
        return self.state.step(chain, 1, "wrong", **self._told(chain, moving, slip, shown))

    # -- solved
    def solved(self, chain: Chain, value: list[Full]) -> Step:
        """``x = …`` after an equation, put into it."""
        equations, moving = self.state.equations, self.section.moving(chain)
        x, now = self.book.symbol(chain.solves), value[0]
        given = equations.of(chain.solves)
        at_hand = given or [Zero(g, v) for g, v in self.section.gradients(chain.solves)]
        if x is None or not at_hand:
            status = "given" if chain.defines else "undecided"
            return self.state.step(chain, 1, status, reason="there is no equation before")
        found = equations.solves(x, now.node, at_hand)
        implied = None if found else equations.implies(x, now.node, at_hand)
        found = implied if implied is not None else found
        claimed = self._from_claimed(lambda e: e.solves(x, now.node, e.of(chain.solves)))
        if found or claimed:
            equations.solutions[x] = now.node
        if found:
            return self.state.step(chain, 1, "right")
        if claimed:
            return self.state.step(chain, 1, "follows", reason="it follows from a line before that is wrong")
        strange = self._first_seen(now.node, at_hand)
        strange = "" if equations.zero and not self._may_stack(strange) else strange
        if found is None or strange:
            reason = f"{strange} stands here for the first time, undefined" if strange else UNDECIDED
            return self.state.step(chain, 1, "undecided", reason=reason)
        slip, shown = equations.wrong_solution(x, now.own, now.node, at_hand)
        return self.state.step(chain, 1, "wrong", **self._told(chain, moving, slip, shown))

    def _first_seen(self, value: Node, equations: list[Zero]) -> str:
        """A name of a solution that stands neither in an equation nor in a definition."""
        known = [*(z.node for z in equations), *self.book.defined.values()]
        names = {n.params[0] for n in postorder(known) if n.op is SYM}
        return next((str(n.params[0]) for n in postorder(value) if n.op is SYM and n.params[0] not in names), "")

    def _may_stack(self, name: str) -> bool:
        """Whether a name may be the matrix of the members of a family: ``Φ`` beside ``φ_n``."""
        reading = self.section.shared.reading
        return reading is not None and name[:1].isupper() and name[:1].lower() + name[1:] in reading.families

    def _from_claimed(self, holds: Callable[[Equations], bool | None]) -> bool:
        """Whether something follows from what the person says that the gradients are."""
        claimed = self.state.equations.claimed
        return bool(claimed) and holds(Equations(claimed)) is True

    def _told(self, chain: Chain, moving: Moving, slip: Slip, shown: Example | None) -> dict[str, Any]:
        explainer = Explainer(self.section, chain, 1, [], moving)
        mended = normal(slip.mended) if slip.mended is not None and slip.name in ("factor", "sign") else slip.mended
        return explained(slip, shown, explainer.printed(mended) if mended is not None else "")
