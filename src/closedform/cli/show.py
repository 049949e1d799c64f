"""Answers for people: the function as read, what was assumed, the answer, where it holds, the certificate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from closedform.answers.asked import Asked
from closedform.answers.forms import left_side
from closedform.answers.page import LABEL, Page, signs, width, wrapped
from closedform.answers.shown import show_certificate, show_conditions, show_equation
from closedform.check.certificate import Certificate
from closedform.derivations import Derivation
from closedform.formula import Formula
from closedform.write.render import Form


@dataclass(frozen=True)
class Answer:
    """One derivative with what was asked, and its certificate unless that was not wanted."""

    asked: Asked
    found: Formula
    certificate: Certificate | None
    kron: Formula | None = None
    derivation: Derivation | None = None

    @property
    def ok(self) -> bool:
        if self.certificate is None:
            return True
        return self.certificate.ok and (self.derivation is None or self.derivation.certified)


def show_unused(page: Page, f: Formula, asked: set[str | None]) -> None:
    """What is declared and does not stand in the formula, which may be a slip."""
    idle = [name for name in f._reading.names if name not in f.variables and name not in asked]
    if idle:
        page.field("unused", f"{', '.join(idle)}: declared, but not in the formula")


def show_answer(page: Page, f: Formula, answer: Answer, laws: bool = True) -> None:
    found = answer.found
    page.gap()
    show_equation(page, left_side(answer.asked, found, signs()), found)
    if answer.kron is not None:
        show_equation(page, "matrix of vec", answer.kron)
    new = tuple(a for a in found.assumed if a not in f.assumed)
    if new:
        page.fields("convention", new)
    show_conditions(page, found.conditions)
    show_certificate(page, answer.certificate)
    if answer.certificate is not None and answer.certificate.witnesses:
        page.fields("witnesses", answer.certificate.witnesses)
    if answer.derivation is not None:
        show_derivation(page, answer.derivation, answer.certificate is not None, laws)


def show_derivation(page: Page, derivation: Derivation, check: bool, laws: bool = True) -> None:
    """The lines of a derivation, then what became of their certificates."""
    page.gap()
    form: Form = "unicode" if signs() else "text"
    for line in derivation.page(width(), form) if laws else derivation.lines(form).split("\n"):
        margin = " " * (len(line) - len(line.lstrip()))
        fits = len(line) <= width()
        page.lines += [line] if fits else [margin + part for part in wrapped(line, width() - len(margin), 6)]
    if not check:
        return
    bad = [k for k, step in enumerate(derivation.steps, 1) if not step.certified.ok]
    if bad:
        page.field("each line", f"NOT CERTIFIED: line {', '.join(map(str, bad))}", fg="red", bold=True)
    else:
        levels = sorted({step.certified.level for step in derivation.steps})
        page.field("each line", f"certified by itself, level {' and '.join(levels)}", fg="green")


def show_value(page: Page, found: Formula, asked: Asked | None, value: Any, broken: tuple[str, ...]) -> None:
    """The value of a formula, or of the derivative asked for, and the conditions that do not hold there."""
    page.gap()
    if asked is not None:
        show_equation(page, left_side(asked, found, signs()), found)
    for k, line in enumerate(_lines(value)):
        page.lines.append(page.style(("" if k else "value").ljust(LABEL), dim=not k) + page.style(line, bold=True))
    show_conditions(page, found.conditions)
    if broken:
        page.field("outside", outside(broken), fg="red", bold=True)


def outside(broken: tuple[str, ...]) -> str:
    return f"at these values it does not hold that {', '.join(broken)}"


def _lines(value: Any) -> list[str]:
    if isinstance(value, float):
        return [repr(value)]
    import numpy as np

    shown = np.array2string(value, max_line_width=width() - LABEL, precision=10, separator=", ", threshold=200)
    return [line for line in shown.split("\n") if line]
