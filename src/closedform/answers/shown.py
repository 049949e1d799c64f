"""The parts of a page: the function as read, what was assumed, an equation, where it holds, the certificate."""

from __future__ import annotations

from closedform.answers.forms import as_read, parts
from closedform.answers.page import Page, signs
from closedform.check.certificate import Certificate
from closedform.formula import Formula
from closedform.write.marks import greek


def show_function(page: Page, f: Formula, label: str = "function", name: str = "") -> None:
    """``name`` stands before it; by default, what it is called."""
    called = greek(f._context.whole) if signs() else f._context.whole
    page.field(label, f"{name or called} = {as_read(f, signs())}")
    if f.assumed:
        page.field("assumed", sentences(f.assumed))


def sentences(assumed: tuple[str, ...]) -> str:
    """What was assumed: shapes on one line, sentences each on their own."""
    short = [a for a in assumed if " ∈ " in a and len(a) < 30]
    long = [a for a in assumed if a not in short]
    return "\n".join([*([", ".join(short)] if short else []), *long])


def show_equation(page: Page, left: str, found: Formula) -> None:
    right, where = parts(found, signs())
    page.answer(f"{left} = {right}")
    if where:
        page.fields("where", where)


def show_conditions(page: Page, conditions: tuple[str, ...]) -> None:
    page.fields("holds", [f"{'and' if k else 'where'} {c}" for k, c in enumerate(conditions)] or ["everywhere"])


def show_certificate(page: Page, certificate: Certificate | None, label: str = "certificate") -> None:
    if certificate is None:
        page.field(label, "none: not checked")
    elif certificate.ok:
        page.field(label, certificate.line(), fg="green")
    else:
        page.field(label, f"NOT CERTIFIED, do not rely on it: {certificate.reason}", fg="red", bold=True)
