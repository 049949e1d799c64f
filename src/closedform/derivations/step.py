"""One line of a derivation, with its law, and its certificate."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from closedform.calculus.derivation.laws import Law
from closedform.check.certificate import Certificate, Claim
from closedform.derivations.expression import FORMS, Expression
from closedform.derivations.statements import EMPTY, is_still, statement
from closedform.expr.node import Node
from closedform.write.marks import greek
from closedform.write.render import Form
from closedform.write.tex import letter

LEFT: dict[str, tuple[str, str, str]] = {
    "f": ("{f}", "{f}", "{f}"),
    "df": ("d{f}", "d{f}", "d{f}"),
    "grad": ("grad {f}", "∇{f}", r"\nabla {f}"),
    "dgrad": ("d grad {f}", "d∇{f}", r"d \nabla {f}"),
    "jac": ("jac {f}", "∂{f}/∂{x}", r"\frac{{\partial {f}}}{{\partial {x}}}"),
    "djac": ("d jac {f}", "d(∂{f}/∂{x})", r"d \frac{{\partial {f}}}{{\partial {x}}}"),
    "dmap": ("d d{f}", "d(d{f})", r"d(d{f})"),
    "hess": ("hess {f}", "∇²{f}", r"\nabla^{{2}} {f}"),
    "map": ("D {f}({x})[{dx}]", "D {f}({x})[{dx}]", r"\mathrm{{D}} {f}({x})[{dx}]"),
    "implicit": ("d{dx}/d{x}", "∂{dx}/∂{x}", r"\frac{{\partial {dx}}}{{\partial {x}}}"),
    "implicit-second": ("d2{dx}/d{x}2", "∂²{dx}/∂{x}²", r"\frac{{\partial^{{2}} {dx}}}{{\partial {x}^{{2}}}}"),
    "second": ("D2 {f}({x})[{dx}]", "D²{f}({x})[{dx}]", r"\mathrm{{D}}^{{2}} {f}({x})[{dx}]"),
}


@dataclass(frozen=True)
class Known:
    """A callable that gives what was found already."""

    value: Any

    def __call__(self) -> Any:
        return self.value


@dataclass(frozen=True)
class Step:
    """One line of a derivation: ``left = after``, from ``before`` by ``law``.

    ``let`` are the parts that get a name in this line, ``changed`` what was replaced in the line before and by
    what, ``notes`` remarks such as ``dA = 0``; ``whole`` is what the function is called.
    """

    kind: str
    before: Expression | None
    after: Expression
    laws: tuple[Law, ...]
    notes: tuple[Law, ...]
    changed: tuple[tuple[Expression, Expression], ...]
    let: tuple[tuple[str, Expression], ...]
    variable: str
    differential: str
    claim: Callable[[], Claim] = field(compare=False)
    reading: Callable[[], Node | None] = field(compare=False, default=lambda: None)
    needs: Callable[[], tuple[Law, ...]] = field(compare=False, default=lambda: ())
    whole: str = "f"

    def __getstate__(self) -> dict[str, Any]:
        """What is found when it is asked for is found before it is pickled."""
        known = {name: Known(getattr(self, name)()) for name in ("claim", "reading", "needs")}
        return {**self.__dict__, **known}

    @property
    def read_back(self) -> bool:
        """Whether what is certified is the printed text itself, read back; else it is the node that was printed."""
        return self.reading() is not None

    def left(self, form: Form = "unicode") -> str:
        """What stands left of the equals sign: ``df``."""
        at = FORMS.index(form)
        spell = (str, greek, letter)[at]
        return LEFT[self.kind][at].format(f=spell(self.whole), x=spell(self.variable), dx=spell(self.differential))

    @property
    def law(self) -> str:
        """The laws by name with their formulas, as text."""
        return self.reason("text")

    def reason(self, form: Form = "unicode") -> str:
        """The laws and remarks of this line, and the declared facts that it uses."""
        return (r",\ " if form == "latex" else "; ").join(self.reasons(form))

    def reasons(self, form: Form = "unicode") -> list[str]:
        """The same one by one; what does not move stands together at the end: ``dA = 0, db = 0``."""
        said = [statement(law, form) for law in self.said if not is_still(law)]
        still = [statement(law, form) for law in self.said if is_still(law)]
        return said + ([(r",\ " if form == "latex" else ", ").join(still)] if still else [])

    @property
    def said(self) -> tuple[Law, ...]:
        """All that is said of this line: laws, remarks, declared facts, and what does not move."""
        still = [law for law in self.notes if is_still(law)]
        laws = [law for law in (*self.laws, *self.notes) if law.spelled != EMPTY and law not in still]
        return (*laws, *self.facts, *still)

    @cached_property
    def facts(self) -> tuple[Law, ...]:
        """What was declared of variables and is used here, such as ``A = A'``: without it the line would not follow."""
        return self.needs()

    @property
    def uses(self) -> tuple[str, ...]:
        """The same as text, and the variables that do not move: ``("A = A'", "dA = 0")``."""
        return tuple(statement(law, "text") for law in self.said if law in self.facts or is_still(law))

    @property
    def span(self) -> tuple[int, int] | None:
        """Where in ``before.text`` the part stands that changed; None where it is not one piece of the text."""
        if self.before is None or not self.changed:
            return None
        part = self.changed[0][0].text
        at = self.before.text.find(part)
        return (at, at + len(part)) if at >= 0 else None

    @cached_property
    def certified(self) -> Certificate:
        """The certificate of this line, from the independent checker."""
        from closedform.check.certify import certify

        return certify(self.claim())
