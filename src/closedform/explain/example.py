"""Examples of pages: a command line of this library, run when the page is shown."""

from __future__ import annotations

import shlex
from dataclasses import dataclass, replace
from functools import cached_property

from closedform.errors import ClosedformError
from closedform.formula import Formula, LinearMap, formula
from closedform.read.equation import equation
from closedform.write.marks import greek
from closedform.write.render import render

LEFT = {"grad": "∇{f}({x})", "jacobian": "∂{f}/∂{x}", "hessian": "∇²{f}({x})", "derivative": "D {f}({x})"}
OPTIONS = {
    "--of": "of", "--order": "order", "--by": "by", "--and-by": "and_by", "--where": "where", "--layout": "layout",
    "--symmetric": "symmetric",
}  # fmt: skip


@dataclass(frozen=True)
class Example:
    """A command, and what the library answers to it.

    >>> example = Example("closedform grad \\"x'*x\\" --by x")
    >>> print(example.text)
    f = xᵀx
    ∇f(x) = 2 x
    >>> example.level
    'A'
    """

    command: str

    @property
    def text(self) -> str:
        """The answer, without what differs from run to run."""
        return self._answered[0]

    @property
    def level(self) -> str:
        """The level of its certificate; "X" where two formulas are shown to differ."""
        return self._answered[1]

    @cached_property
    def _answered(self) -> tuple[str, str]:
        _, op, *arguments = shlex.split(self.command)
        typed, options, steps = _parted(arguments)
        where = options.pop("where", None)
        if op == "equal":
            return _compared(typed[0], typed[1], where)
        if op == "implicit":
            return _solved(formula(equation(typed[0]), where), options, steps)
        f = formula(typed[0], where)
        by = options.pop("by")
        found: Formula = getattr(f, op)(by, **options)
        return _shown(f, found, left_side(op, by, found), steps), found.check().level


def _parted(arguments: list[str]) -> tuple[list[str], dict[str, str], bool]:
    typed, options, steps, queue = list[str](), dict[str, str](), False, list(arguments)
    while queue:
        word = queue.pop(0)
        if word == "--steps":
            steps = True
        elif word in OPTIONS:
            options[OPTIONS[word]] = queue.pop(0)
        else:
            typed.append(word)
    return typed, options, steps


def as_typed(f: Formula) -> str:
    """The function in the order and grouping in which it was typed.

    >>> as_typed(formula("(J'*g)'", "J in R^(m×n), g in R^m"))
    '(Jᵀg)ᵀ'
    """
    return render(f._raw, replace(f._context, as_written=True, naming=False), "unicode")


def left_side(op: str, by: str, found: Formula) -> str:
    """What stands left of an answer: ``∇f(x)``, of a linear map with its direction."""
    direction = f"[{greek(found.direction)}]" if isinstance(found, LinearMap) else ""
    return LEFT[op].format(f=greek(found._whole), x=greek(by)) + direction


def _shown(f: Formula, found: Formula, left: str, steps: bool) -> str:
    if steps:
        return found.derivation().unicode
    lines = [f"{greek(f._context.whole)} = {as_typed(f)}", f"{left} = {found.unicode}"]
    return "\n".join([*lines, *(f"where {condition}" for condition in found.conditions)])


def _solved(f: Formula, options: dict[str, str], steps: bool) -> tuple[str, str]:
    """The derivative of the function that an equation defines."""
    of, by, order = options["of"], options["by"], int(options.get("order", "1"))
    found = f.implicit(of, by, order)
    square = "²" if order == 2 else ""
    shown = _shown(f, found, f"∂{square}{greek(of)}/∂{greek(by)}{square}", steps)
    return shown if steps else "0" + shown.removeprefix(greek(f._context.whole)), found.check().level


def _compared(first: str, second: str, where: str | None) -> tuple[str, str]:
    from closedform.check.certificate import Claim
    from closedform.check.certify import certify

    f = formula(first, where)
    g = formula(second, f.where)
    found = certify(Claim("equal", f._raw, g._raw))
    if not found.ok and found.counterexample is None:
        raise ClosedformError(f"it is not known whether {first} equals {second}")
    return f"{as_typed(f)} {'=' if found.ok else '≠'} {as_typed(g)}" + ("" if found.ok else " in general"), found.level
