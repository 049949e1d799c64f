"""Derivations by coordinates as people read them: their lines printed, each certified as it reads back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from closedform.calculus.coordinates import CoordinateStep, Spelling, coordinates
from closedform.calculus.coordinates.nodes import assembled, entry_of
from closedform.calculus.derivation.laws import Law
from closedform.check.certificate import Claim
from closedform.derivations import FORMS, Derivation, Expression, Step
from closedform.expr.node import Node
from closedform.expr.walk import rebuild
from closedform.functions.algebra import EYE, MUL, mul
from closedform.read.read import read
from closedform.rewrite.display.context import Context
from closedform.rewrite.vectorise.indices import nesting
from closedform.write.marks import greek
from closedform.write.render import Form, render
from closedform.write.tex import letter


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


def by_coordinates(
    f: Node, variable: Node, answer: Node, context: Context, where: str, claim: Callable[[], Claim]
) -> Derivation:
    """The derivation of ``answer``, the gradient or Jacobian of the raw node ``f``, by coordinates.

    ``where`` declares the names, so that every line reads back; ``claim`` is that of the answer as it is printed.
    Raises MissingRule where the formula is none that a course would work out with entries.
    """
    lines: list[CoordinateLine] = []
    for step in coordinates(f, variable, answer, _spelling(context)):
        checked = claim if step.kind in ("entry", "answer") else _claim(step, f, variable, answer, where)
        after = Written(step.node, context, (), step)
        name = str(variable.params[0])
        lines.append(CoordinateLine(
            step.kind, lines[-1].after if lines else None, after, (Law("", spelled=step.laws),), (), (), (),
            name, f"d{name}", checked, step.heads,
        ))  # fmt: skip
    return Derivation(tuple(lines))


def _spelling(context: Context) -> Spelling:
    spell: dict[Form, Callable[[str], str]] = {"text": str, "unicode": greek, "latex": letter}

    def node(matrix: Node, form: Form, named: bool) -> str:
        return render(matrix, replace(context, naming=named and context.naming), form)

    return Spelling(lambda word, form: spell[form](word), node)


def _without_identity(node: Node, args: tuple[Node, ...]) -> Node | None:
    """``unit(i)'*I*unit(k)``, as a delta is read, without the identity: fewer products to check."""
    if node.op is MUL and len(args) == 3 and args[1].op is EYE:
        return mul(args[0], args[2])
    return None


MAX_LOOPS = 3
"""Sums inside each other, the assembled array's included, up to which a line is compared in all its entries."""


def _claim(step: CoordinateStep, f: Node, variable: Node, answer: Node, where: str) -> Callable[[], Claim]:
    """What is claimed of a line, read back from its text.

    That it is f; or that its array is the derivative of f; or, where that would be too many sums to check, that it
    is the entry of the answer, at letters drawn at random (the last line certifies the answer itself).
    """

    def claim() -> Claim:
        entry = rebuild(read(step.text, where, "text").node, _without_identity)
        if step.kind == "function":
            return Claim("equal", f, assembled(entry, f.shape, step.place))
        if step.place and nesting(entry) + len(step.place) > MAX_LOOPS:
            return Claim("equal", entry_of(answer, step.place), entry)
        shape = variable.shape if f.is_scalar else (f.rows, variable.rows)
        kind = "gradient" if f.is_scalar else "jacobian"
        return Claim(kind, f, assembled(entry, shape, step.place), variable)

    return claim
