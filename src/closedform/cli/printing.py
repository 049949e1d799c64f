"""Answers printed in the form asked for: a page, the answer alone, or JSON."""

from __future__ import annotations

import json
from typing import Any

from closedform.answers.page import Page, signs
from closedform.answers.paper import show_verdict
from closedform.answers.shown import show_certificate, show_conditions, show_equation, show_function
from closedform.answers.verdict import Verdict
from closedform.check.certificate import Certificate
from closedform.cli import records, standalone
from closedform.cli.outcome import write
from closedform.cli.show import Answer, outside, show_answer, show_unused
from closedform.derivations import Derivation
from closedform.formula import Formula
from closedform.taylor import Taylor


def print_derivatives(command: str, f: Formula, found: list[Answer], form: str | None, laws: bool = True) -> None:
    if form == "json":
        write(records.dump(command, f, derivatives=[records.derivative(answer) for answer in found]))
        return
    if form == "html":
        write(standalone.page(f, found))
        return
    if form is not None:
        write("\n".join(_only(answer.derivation or answer.kron or answer.found, form, laws) for answer in found))
        for answer in found:
            _warn(answer.certificate)
        return
    page = Page()
    show_function(page, f)
    show_unused(page, f, {by for answer in found for by in (answer.asked.by, answer.asked.and_by)})
    for answer in found:
        show_answer(page, f, answer, laws)
    write(page.text)


def print_expansions(f: Formula, found: list[tuple[str, Taylor, tuple[Certificate, ...]]], form: str | None) -> None:
    if form == "json":
        write(records.dump("taylor", f, expansions=[records.expansion(*one) for one in found]))
        return
    if form is not None:
        write("\n".join(_only(one, form) for _, one, _ in found))
        for certificate in (c for _, _, checks in found for c in checks):
            _warn(certificate)
        return
    page = Page()
    show_function(page, f)
    for _, one, checks in found:
        page.gap()
        page.answer(one.unicode if signs() else one.text)
        show_conditions(page, one.conditions)
        for order, certificate in enumerate(checks, 1):
            show_certificate(page, certificate, f"order {order}")
        if not checks:
            show_certificate(page, None)
    write(page.text)


def _only(f: Formula | Derivation | Taylor, form: str, laws: bool = True) -> str:
    if isinstance(f, Derivation) and form == "markdown":
        return f.markdown
    if isinstance(f, Derivation) and not laws:
        return f.lines("latex" if form == "latex" else "text")
    return f.text if form == "text" else f.latex


def _warn(certificate: Certificate | None) -> None:
    if certificate is not None and not certificate.ok:
        write(f"NOT CERTIFIED: {certificate.reason}", to_stderr=True)


def print_simplified(f: Formula, short: Formula, certificate: Certificate | None, form: str | None) -> None:
    if form == "json":
        record = {**records.forms(short), "where": short.where, "conditions": list(short.conditions)}
        write(records.dump("simplify", f, simplified=record, certificate=records.certificate(certificate)))
    elif form is not None:
        write(_only(short, form))
        _warn(certificate)
    else:
        page = Page()
        show_function(page, f)
        page.gap()
        show_equation(page, f._context.whole, short)
        show_conditions(page, short.conditions)
        show_certificate(page, certificate)
        write(page.text)


def print_value(f: Formula, found: Formula, value: Any, form: str, broken: tuple[str, ...]) -> None:
    if broken and form != "json":
        write(outside(broken), to_stderr=True)
    if form == "json":
        write(records.dump("eval", f, evaluated=records.forms(found), value=value, violated=list(broken)))
    elif form == "latex":
        write(r"\begin{bmatrix} " + r" \\ ".join(_latex_row(row) for row in value) + r" \end{bmatrix}"
              if isinstance(value, list) else _latex_row(value))  # fmt: skip
    else:
        write(json.dumps(value))


def _latex_row(row: Any) -> str:
    entries = row if isinstance(row, list) else [row]
    return " & ".join(f"{x:g}" if isinstance(x, float) else str(x) for x in entries)


def print_verdict(command: str, verdict: Verdict, form: str | None) -> None:
    if form == "json":
        write(records.dump(command, verdict.function, **records.verdict(verdict)))
    elif form is not None:
        write(verdict.kind if verdict.right else f"{verdict.kind}: {_only(verdict.truth, form)}")
    else:
        page = Page()
        show_verdict(page, verdict)
        write(page.text)
