"""The verdict on a person's own answer, for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from closedform.answers.forms import as_read, left_side
from closedform.answers.instance import instance
from closedform.answers.page import LABEL, Page, signs, width
from closedform.answers.shown import show_certificate, show_conditions, show_equation, show_function

if TYPE_CHECKING:
    from closedform.answers.verdict import Verdict

COLOURS = {"right": "green", "wrong": "red", "convention": "yellow", "uncertified": "red"}


def show_verdict(page: Page, v: Verdict) -> None:
    equal = v.asked is None
    show_function(page, v.function)
    page.field("compared" if equal else "your answer", as_read(v.answer, signs()))
    if v.notes:
        page.fields("", v.notes)
    page.gap()
    page.lines.append(page.style(headline(v), fg=COLOURS[v.kind], bold=True))
    finding = v.remark or ("" if v.difference is not None or v.right else v.certificate.reason)
    if finding:
        page.field("finding", finding)
    if v.right:
        show_conditions(page, v.conditions)
        show_certificate(page, v.certificate)
        return
    if v.difference is not None:
        show_equation(page, "difference", v.difference)
    if v.declaration:
        page.field("right if", v.declaration)
    _show_counterexample(page, v)
    if not equal:
        _show_truth(page, v)


def headline(v: Verdict) -> str:
    what = "equal" if v.asked is None else v.asked.words
    sampled = ", as far as 110 digits at random points tell" if v.certificate.level == "C" else ""
    return {
        "right": f"Right{sampled}: this is {what}." if v.asked else f"Equal{sampled}.",
        "wrong": f"Wrong: this is not {what}." if v.asked else "Not equal.",
        "convention": f"Right in another convention; it is not {what} as asked.",
        "uncertified": f"Not certified: it could not be shown whether this is {what}.",
    }[v.kind]


def _show_counterexample(page: Page, v: Verdict) -> None:
    found = v.certificate.counterexample
    if found is None or v.kind != "wrong" or v.remark or v.declaration:
        return
    labels = ("the second is", "the first is") if v.asked is None else ("your answer is", "right is")
    lines = instance(found, labels, width() - LABEL)
    page.block("for instance", lines)


def _show_truth(page: Page, v: Verdict) -> None:
    assert v.asked is not None
    page.gap()
    show_equation(page, left_side(v.asked, v.truth, signs()), v.truth)
    if v.kron is not None:
        show_equation(page, "matrix of vec", v.kron)
    show_conditions(page, v.truth.conditions)
    show_certificate(page, v.truth.check())


def verdict_text(v: Verdict) -> str:
    page = Page(coloured=False)
    show_verdict(page, v)
    return page.text
