"""The command ``argmin``: the derivative of an argmin as a formula, and with values the numbers and a verdict."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from closedform.answers.page import Page, signs
from closedform.answers.shown import show_function
from closedform.cli import argmin_shared as shared
from closedform.cli import arguments as a
from closedform.cli import records
from closedform.cli.outcome import REFUSED, RIGHT, write
from closedform.cli.sources import formula_text, values
from closedform.errors import ClosedformError, MissingRule
from closedform.formula import Formula, formula
from closedform.formula.argmin import Argmin

if TYPE_CHECKING:
    from closedform.argmin.solution import Solution
    from closedform.argmin.unrolled import Unrolled


@click.command("argmin", cls=shared.ArgminCommand)
@shared.TYPED
@click.option("--over", required=True, metavar="NAME", help="The variable that is minimised over.")
@shared.BY
@click.option("--subject-to", metavar="TEXT", help='Constraints, as in "x >= 0, sum(x) = 1".')
@shared.SEARCH
@click.option("--unrolled", type=click.IntRange(1, 100_000), metavar="STEPS", help="Also that of so many steps.")
@click.option("--method", type=click.Choice(["gradient", "momentum", "adam"]), default="adam", help="The steps (adam).")
@click.option("--rate", type=float, default=0.1, help="The rate of the steps (0.1).")
@click.option("--plot", "picture", metavar="FILE", help="A picture of f around the point: a .png, .svg or .pdf file.")
@click.option("--on-fail", type=click.Choice(["raise", "warn", "nan", "least-norm"]), default="raise")
@a.options(a.READING, a.FILE, a.PRINTING)
def argmin_command(**o: Any) -> int:
    """The derivative of x*(θ) = argmin f(x, θ): a formula, and with values the numbers and a verdict.

    \b
    closedform argmin "||A*x - b||^2 + lam*||x||^2" --over x --by lam --where "lam > 0"
    closedform argmin "(x^2 - a)^2" a=4 --over x --by a --where "x in R, a in R" --start 1
    closedform argmin "1/2*||x - t||^2" --over x --by t --subject-to "x >= 0, sum(x) = 1" t=[1,2]
    """
    f = formula(formula_text(o["formula"], o["file"]), ", ".join(o["where"]) or None, o["syntax"])
    found = f.argmin(o["over"], subject_to=o["subject_to"])
    given = values(o["assignments"], o["values_file"])
    solution = shared.solved(found, given, o) if given else None
    if solution is None and (o["picture"] or o["unrolled"]):
        raise ClosedformError(f"--{'plot' if o['picture'] else 'unrolled'} is at values: give them")
    steps = _steps(found, given, o) if o["unrolled"] else None
    if solution is not None and o["picture"]:
        found.plot(solution).save(o["picture"])
    derivatives = [] if found.subject_to else [(name, found.derivative(name)) for name in o["by"]]
    if not derivatives and solution is None and found.subject_to:
        raise MissingRule("with constraints the derivative depends on what is active: give values")
    checks = shared.checked(derivatives, o)
    if o["form"] == "json":
        write(as_json(f, found, derivatives, checks, solution, o))
    elif o["form"] is not None:
        write(shared.formulas(derivatives, o["form"]))
    else:
        write(_page(f, found, derivatives, checks, solution, o))
        if steps is not None:
            write("\n" + "\n".join(_of_steps(steps, o["by"])))
        if o["picture"]:
            write(o["picture"])
    return RIGHT if shared.is_right(checks, solution) else REFUSED


def _steps(found: Argmin, given: dict[str, Any], o: dict[str, Any]) -> Unrolled:
    if not o["by"]:
        raise ClosedformError("--unrolled differentiates by parameters: name them with --by")
    start, rate, method = shared.start_of(o), o["rate"], o["method"]
    return found.unrolled(given, by=o["by"], steps=o["unrolled"], rate=rate, method=method, start=start)


def _of_steps(steps: Unrolled, by: tuple[str, ...]) -> list[str]:
    kind = steps.solution.verdict.kind
    lead = f"{steps.steps} steps of {steps.method} (rate {steps.rate:g}) lead to x = {steps.x}: {kind}"
    return [lead, *(line for name in by for line in steps.compared(name))]


def _page(
    f: Formula, found: Argmin, derivatives: Any, checks: Any, solution: Solution | None, o: dict[str, Any]
) -> str:
    page = Page()
    show_function(page, f)
    for fact in found.facts:
        page.field("known", fact)
    if found.closed_form is not None:
        page.field("closed form", f"{o['over']}* = {found.closed_form.unicode if signs() else found.closed_form.text}")
    shared.show_derivatives(page, o["over"], derivatives, checks)
    shared.show_solution(page, solution, o)
    return page.text


def as_json(
    f: Formula, found: Argmin, derivatives: Any, checks: Any, solution: Solution | None, o: dict[str, Any]
) -> str:
    """All of it as JSON."""
    closed = found.closed_form
    return records.dump("argmin", f, over=o["over"], facts=list(found.facts),
                        closed_form=None if closed is None else records.forms(closed),
                        derivatives=shared.derivatives_data(derivatives, checks),
                        solution=shared.solution_data(solution, o))  # fmt: skip
