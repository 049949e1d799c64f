"""Derivations by coordinates as people read them: their lines printed, each certified as it reads back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from closedform.calculus.coordinates import CoordinateStep, Question, Spelling, coordinates
from closedform.calculus.coordinates.names import definitions
from closedform.calculus.coordinates.nodes import assembled
from closedform.calculus.derivation.laws import Law
from closedform.check.certificate import Claim
from closedform.coordinate_claims import at_answer, at_letters, of_array, quick
from closedform.derivations import FORMS, Derivation, Expression, Step
from closedform.expr.node import Node
from closedform.expr.walk import rebuild
from closedform.functions.algebra import SYM
from closedform.read.declarations import Declarations
from closedform.read.outcome import where_text
from closedform.read.read import read
from closedform.rewrite.display.context import Context
from closedform.rewrite.vectorise.indices import nesting
from closedform.write.marks import greek
from closedform.write.render import Form, render
from closedform.write.tex import filled, letter

__all__ = ["Question", "by_coordinates"]


@dataclass(frozen=True)
class Written(Expression):
    """A line with indices, printed already."""

    step: CoordinateStep | None = None

    def written(self, form: Form, bindings: bool = True) -> str:
        assert self.step is not None
        return self.step.written(form)

    @property
    def tokens(self) -> int:
        assert self.step is not None
        return self.step.tokens


@dataclass(frozen=True)
class CoordinateLine(Step):
    """One line of a derivation by coordinates; ``heads`` is its left side in the three forms."""

    heads: tuple[str, str, str] = ("", "", "")

    def left(self, form: Form = "unicode") -> str:
        return self.heads[FORMS.index(form)]


def by_coordinates(question: Question, context: Context, where: str, claim: Callable[[], Claim]) -> Derivation:
    """The derivation of a derivative by coordinates.

    ``where`` declares the names, so that every line reads back; ``claim`` is that of the answer as it is printed.
    Raises MissingRule where the formula is none that a course would work out with entries.
    """
    lines: list[CoordinateLine] = []
    plain, name = question.freed(), str(question.variable.params[0])
    declared = where_text({str(d.params[0]): d for d in question.directions}, frozenset(), Declarations(), {})
    where = ", ".join(part for part in (where, declared) if part)
    for step in coordinates(question, _spelling(context)):
        checked = claim if step.kind == "answer" else _claim(step, plain, _bound(step, context, where))
        after = Written(step.node, context, (), step)
        let = () if lines else tuple((word, Expression(part, context)) for word, part in definitions(step.parts))
        lines.append(CoordinateLine(
            step.kind, lines[-1].after if lines else None, after, (Law("", spelled=step.laws),), (), (), let,
            name, f"d{name}", checked, _reading(step, checked), heads=step.heads,
        ))  # fmt: skip
    return Derivation(tuple(lines))


def _reading(step: CoordinateStep, claim: Callable[[], Claim]) -> Callable[[], Node | None]:
    """What was read of the text of a line; nothing of an entry in brackets."""
    return (lambda: None) if step.kind == "entry" else (lambda: claim().answer)


def _bound(step: CoordinateStep, context: Context, where: str) -> str:
    """The declarations with the names of parts bound."""
    plain = replace(context, naming=False)
    bound = [f"{word} = {render(part, plain, 'text')}" for word, part in definitions(step.parts)]
    return ", ".join(part for part in (*bound, where) if part)


def _spelling(context: Context) -> Spelling:
    spell: dict[Form, Callable[[str], str]] = {"text": str, "unicode": greek, "latex": letter}

    def node(matrix: Node, form: Form, named: bool) -> str:
        return render(matrix, replace(context, naming=named and context.naming), form)

    return Spelling(lambda word, form: spell[form](word), node, filled, whole=context.whole)


MAX_LOOPS = 3
"""Sums inside each other, the assembled array's included, up to which a line is compared in all its entries."""


def _claim(step: CoordinateStep, asked: Question, where: str) -> Callable[[], Claim]:
    """What is claimed of a line, read back from its text.

    That it is f; or that its array is the derivative of f; or, where that would be too many sums to check, that it
    is the derivative, or the entry of the answer, at letters drawn at random.
    """

    def claim() -> Claim:
        entry = step.node
        if step.kind != "entry":
            entry = quick(_moved(read(step.text, where, "text").node, asked))
        if step.kind == "function":
            return Claim("equal", asked.function, assembled(entry, asked.function.shape, step.place))
        order = 2 if step.kind == "second" else 1 if step.kind == "partial" else len(asked.variables)
        applied = asked.directions != () and step.kind in ("map", "entry")
        letters = step.letters
        if nesting(entry) + len(step.place) > MAX_LOOPS:
            if order < len(asked.variables):
                return at_letters(asked, letters, order, entry)
            return at_answer(asked, letters, entry, applied)
        return of_array(asked, letters, order, entry, applied)

    return claim


def _moved(node: Node, asked: Question) -> Node:
    """What was read, with the variable as it moves: its entries free where it is declared in a space."""
    x = asked.variable
    return rebuild(node, lambda n, _: x if n.op is SYM and n.params[0] == x.params[0] else None)
