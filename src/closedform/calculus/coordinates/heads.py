"""Left sides of lines: ``∂f/∂xₖ``, ``∂²f/∂xₖ∂xₗ``, ``∇²f``."""

from __future__ import annotations

from closedform.calculus.coordinates.chain import Place
from closedform.calculus.coordinates.paper import FORMS, Form, Spelling, subscripted
from closedform.calculus.coordinates.question import Letters, Question
from closedform.expr.node import Node

Head = tuple[str, str, str]


def function_head(letters: Letters, spelling: Spelling) -> Head:
    a, b, c = (_function(letters, form, spelling) for form in FORMS)
    return a, b, c


def _function(letters: Letters, form: Form, spelling: Spelling) -> str:
    return subscripted(spelling.name(spelling.whole, form), letters.at, form)


def partial_head(question: Question, letters: Letters, order: int, spelling: Spelling) -> Head:
    """The left side of an entry of the derivative of this order."""
    by = list(zip(question.variables, letters.by, strict=True))[:order]
    a, b, c = (quotient(_function(letters, form, spelling), by, form, spelling) for form in FORMS)
    return a, b, c


def quotient(above: str, by: list[tuple[Node, Place]], form: Form, spelling: Spelling) -> str:
    below = [subscripted(spelling.name(str(x.params[0]), form), place, form) for x, place in by]
    d, twice = {"text": ("d", "2"), "unicode": ("∂", "²"), "latex": (r"\partial ", "^{2}")}[form]
    if len(below) == 1:
        top, bottom = d + above, d + below[0]
    elif below[0] == below[1]:
        power = twice if form != "text" else "^2"
        top, bottom = d.strip() + twice + " " * (form == "latex") + above, d + below[0] + power
    else:
        top, bottom = d.strip() + twice + " " * (form == "latex") + above, " ".join(d + b for b in below)
        bottom = bottom if form == "latex" else bottom.replace(" ", "")
    return rf"\frac{{{top}}}{{{bottom}}}" if form == "latex" else f"{top}/{bottom}"


def whole_head(question: Question, spelling: Spelling) -> Head:
    """The left side of the answer."""
    a, b, c = (_whole(question, form, spelling) for form in FORMS)
    return a, b, c


def _whole(q: Question, form: Form, spelling: Spelling) -> str:
    f, x = spelling.name(spelling.whole, form), spelling.name(str(q.variable.params[0]), form)
    if q.kind in ("map", "second-map"):
        moved = "".join(f"[{spelling.name(str(d.params[0]), form)}]" for d in q.directions)
        twice = q.kind == "second-map"
        d = {"text": "D2 " if twice else "D ", "unicode": "D²" if twice else "D ",
             "latex": r"\mathrm{D}^{2} " if twice else r"\mathrm{D} "}[form]  # fmt: skip
        return f"{d}{f}({x}){moved}"
    if q.kind == "gradient" and not q.variable.is_scalar:
        return {"text": f"grad {f}", "unicode": f"∇{f}", "latex": rf"\nabla {f}"}[form]
    if q.kind == "hessian" and q.second in (None, q.variable) and not q.variable.is_scalar:
        return {"text": f"hess {f}", "unicode": f"∇²{f}", "latex": rf"\nabla^{{2}} {f}"}[form]
    return quotient(f, [(v, ()) for v in q.variables], form, spelling)


def entry_head(question: Question, place: Place, spelling: Spelling) -> Head:
    """The left side of an entry of the answer."""
    whole = whole_head(question, spelling)
    a, b, c = (subscripted(head, place, form, whole=not place) for head, form in zip(whole, FORMS, strict=True))
    return a, b, c
