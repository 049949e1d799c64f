"""Examples of pages: a command line of this library, run when the page is shown."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from functools import cached_property

from closedform.errors import ClosedformError
from closedform.formula import Formula, formula
from closedform.write.marks import greek

LEFT = {"grad": "∇f({x})", "jacobian": "∂f/∂{x}", "hessian": "∇²f({x})", "derivative": "D f({x})[d{x}]"}
OPTIONS = {"--by": "by", "--and-by": "and_by", "--where": "where", "--layout": "layout", "--symmetric": "symmetric"}


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
            return _compared(*typed, where)
        f = formula(typed[0], where)
        by = options.pop("by")
        found: Formula = getattr(f, op)(by, **options)
        return _shown(f, found, LEFT[op].format(x=greek(by)), steps), found.check().level


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


def _shown(f: Formula, found: Formula, left: str, steps: bool) -> str:
    if steps:
        return found.derivation().unicode
    lines = [f"f = {f.unicode}", f"{left} = {found.unicode}"]
    return "\n".join([*lines, *(f"where {condition}" for condition in found.conditions)])


def _compared(first: str, second: str, where: str | None) -> tuple[str, str]:
    from closedform.check.certificate import Claim
    from closedform.check.certify import certify

    f = formula(first, where)
    g = formula(second, f.where)
    found = certify(Claim("equal", f._raw, g._raw))
    if not found.ok and found.counterexample is None:
        raise ClosedformError(f"it is not known whether {first} equals {second}")
    return f"{f.unicode} {'=' if found.ok else '≠'} {g.unicode}" + ("" if found.ok else " in general"), found.level
