"""The printed forms of a formula, and where it holds."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property

from closedform.calculus.conditions import Conditions, conditions_of
from closedform.calculus.every_index import unsaid
from closedform.calculus.implicit import solved
from closedform.calculus.implied import never
from closedform.errors import ReadError, ShapeError
from closedform.expr.node import Node
from closedform.expr.op import Condition
from closedform.expr.walk import postorder
from closedform.formula.base import Base
from closedform.functions.algebra import EYE, UNIT
from closedform.read.read import read
from closedform.write.conditions import condition_text
from closedform.write.render import Form, render

IN_THE_FORM = "in the form printed; elsewhere that is NaN, and the derivative its limit"


class Printed(Base):
    """Text, Unicode and LaTeX, and the conditions."""

    def _printed(self, form: Form) -> str:
        out = render(self._raw, self._context, form)
        if not any(n.op in (EYE, UNIT) for n in postorder(self._raw)):
            return out
        try:
            syntax = "latex" if form == "latex" else "text"
            follows = read(out, self.where, syntax).node.shape == self._raw.shape
        except (ReadError, ShapeError):
            follows = False
        return out if follows else render(self._raw, replace(self._context, sized=True), form)

    @cached_property
    def text(self) -> str:
        """The formula in the language it is typed in; reads back under ``where``.

        >>> formula("A^-1*x").text
        'A^-1*x'
        """
        return self._printed("text")

    @cached_property
    def unicode(self) -> str:
        """The formula with ᵀ, ⁻¹, ⊙ and the like; reads back under ``where``. ``str()`` gives it too.

        >>> formula("A^-1*(x.*y)").unicode
        'A⁻¹(x ⊙ y)'
        """
        return self._printed("unicode")

    @cached_property
    def latex(self) -> str:
        r"""The formula in LaTeX, without ``$``. A notebook shows it typeset.

        >>> print(formula("A^-1*x").latex)
        A^{-1} x
        """
        return self._printed("latex")

    def __str__(self) -> str:
        return self.unicode

    def __repr__(self) -> str:
        return f"<Formula {self.unicode}>"

    def _repr_latex_(self) -> str:
        return f"$\\displaystyle {self.latex}$"

    @cached_property
    def conditions(self) -> tuple[str, ...]:
        """Where it holds: of a function, where it is defined; of a derivative, where that exists.

        >>> formula("||x||").conditions, formula("||x||").grad("x").conditions
        ((), ('x ≠ 0',))
        """
        holds = tuple(map(self._where_it_holds, self._conditions))
        printed = (condition_text(c, self._context) for c in self._limits)
        return (*holds, *(f"{text} {IN_THE_FORM}" for text in printed if text not in holds))

    def _where_it_holds(self, c: Condition) -> str:
        text = condition_text(c, self._context)
        return f"{text}, which never holds" if never(c) else text

    @cached_property
    def _conditions(self) -> tuple[Condition, ...]:
        """One for each text."""
        found = self._found
        known = (*found.defined, *found.differentiable, *self._solvable())
        inverses = (c for c in self._unsaid(known) if c.kind == "invertible")
        every = _joined([*known, *inverses])
        return tuple({condition_text(c, self._context): c for c in every}.values())

    @property
    def _start(self) -> Node:
        """The function at the beginning."""
        found: Base = self
        while found._origin is not None:
            found = found._origin.function
        return found._typed

    @cached_property
    def _found(self) -> Conditions:
        """Those of the function at the beginning, and of its derivative."""
        origin, order, raw, variables = self._origin, 0, self._typed, []
        while origin is not None:
            if origin.kind == "batch":
                origin = origin.function._origin
                continue
            order += 2 if origin.kind in ("hessian", "implicit-second") else 1
            raw = origin.function._typed
            variables += [v for v in (origin.variable, origin.second) if v is not None]
            origin = origin.function._origin
        return conditions_of(raw, tuple(variables), order)

    @cached_property
    def _limits(self) -> list[Condition]:
        """Where what is printed has no value though the derivative exists, and is continuous."""
        known = self._conditions
        return [] if any(map(never, known)) else self._unsaid(known)

    def _unsaid(self, known: tuple[Condition, ...]) -> list[Condition]:
        return unsaid(self._raw, self._start, known)

    def _solvable(self) -> list[Condition]:
        """What implicit functions need: that the equation can be solved for the unknown."""
        origin, out = self._origin, list[Condition]()
        while origin is not None:
            f, y = origin.function, origin.second
            if origin.kind.startswith("implicit") and y is not None:
                out += conditions_of(solved(f._node, y, origin.variable), ()).defined
            origin = f._origin
        return out


def _joined(found: list[Condition]) -> list[Condition]:
    """``d ≥ 0`` and ``d ≠ 0`` as ``d > 0``, of each entry too."""
    zero = {c.expr for c in found if c.kind == "nonzero" or (c.kind == "notzero" and c.expr.is_scalar)}
    both = {c.expr for c in found if c.kind == "nonneg"} & zero
    joined = (Condition("positive", c.expr) if c.kind == "nonneg" and c.expr in both else c for c in found)
    return [c for c in joined if c.expr not in both or c.kind not in ("nonzero", "notzero")]


def all_of(*conditions: tuple[str, ...]) -> tuple[str, ...]:
    """Conditions of several answers together: what one needs at all, another need not ask for its form.

    >>> all_of((f"x ≠ 0 {IN_THE_FORM}", "s > 0"), ("x ≠ 0",))
    ('s > 0', 'x ≠ 0')
    """
    every = dict.fromkeys(text for some in conditions for text in some)
    weaker = {f"{text} {IN_THE_FORM}" for text in every}
    return tuple(text for text in every if text not in weaker)
