"""The command for derivatives of implicit functions."""

from __future__ import annotations

from typing import Any

import click

from closedform.answers.page import Page, signs
from closedform.answers.shown import show_certificate, show_conditions, show_equation, show_function
from closedform.cli import arguments as a
from closedform.cli import records
from closedform.cli.outcome import REFUSED, RIGHT, write
from closedform.cli.show import show_derivation
from closedform.cli.sources import formula_text
from closedform.formula import Formula, LinearMap, formula
from closedform.read.equation import equation
from closedform.read.named import variable_name
from closedform.write.marks import greek


@click.command("implicit", cls=a.FormulaCommand)
@click.argument("formula", metavar="EQUATION", required=False)
@click.option(
    "--of", required=True, metavar="NAME", help="The unknown that the equation defines: a scalar or a vector."
)
@click.option("--by", required=True, metavar="NAME", help="The variable.")
@click.option("--order", type=click.IntRange(1, 2), default=1, help="The order of the derivative (1).")
@click.option("--steps", is_flag=True, help="Also how it is derived, a certified line for each law.")
@a.options(a.READING, a.FILE, a.PRINTING)
def implicit_command(**o: Any) -> int:
    """The derivative of an implicit function, y(x) with F(x, y) = 0.

    \b
    closedform implicit "F(x,y)" --of y --by x --where "F: R^n x R^m -> R^m"
    closedform implicit "A*y + exp(y) = B*x" --of y --by x --steps
    """
    text = equation(formula_text(o["formula"], o["file"]))
    f = formula(text, ", ".join(o["where"]) or None, o["syntax"])
    found = f.implicit(o["of"], o["by"], o["order"])
    certificate = None if o["no_check"] else found.check()
    if o["form"] == "json":
        write(_json(f, found, certificate, o))
    elif o["form"] is not None:
        answer = found.derivation() if o["steps"] else found
        write(answer.text if o["form"] == "text" else answer.latex)
    else:
        write(_page(f, found, certificate, o))
    if certificate is not None and not certificate.ok and o["form"] not in (None, "json"):
        write(f"NOT CERTIFIED: {certificate.reason}", to_stderr=True)
    return RIGHT if certificate is None or certificate.ok else REFUSED


def left_side(found: Formula, o: dict[str, Any]) -> str:
    """``∂y/∂x``, of a map ``Dy(X)[dX]``."""
    spell = greek if signs() else str
    y, x = (spell(variable_name(o[k])) for k in ("of", "by"))
    if isinstance(found, LinearMap):
        return f"D {y}({x})[{spell(found.direction)}]"
    d, square = ("∂", "²") if signs() else ("d", "2")
    return f"{d}{square}{y}/{d}{x}{square}" if o["order"] == 2 else f"{d}{y}/{d}{x}"


def _page(f: Formula, found: Formula, certificate: Any, o: dict[str, Any]) -> str:
    page = Page()
    assert found._origin is not None
    show_function(page, found._origin.function, "equation", "0")
    page.gap()
    show_equation(page, left_side(found, o), found)
    show_conditions(page, found.conditions)
    show_certificate(page, certificate)
    if o["steps"]:
        show_derivation(page, found.derivation(), certificate is not None)
    return page.text


def _json(f: Formula, found: Formula, certificate: Any, o: dict[str, Any]) -> str:
    record = {
        "of": o["of"], "by": o["by"], "order": o["order"], **records.forms(found), "where": found.where,
        "conditions": list(found.conditions), "certificate": records.certificate(certificate),
    }  # fmt: skip
    if o["steps"]:
        record["steps"] = records.steps(found.derivation(), certificate is not None)
    return records.dump("implicit", f, derivatives=[record])
