"""The command ``root``: the derivative of a root or a fixed point, and with values the numbers and a verdict."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from closedform.answers.page import Page
from closedform.answers.shown import show_function
from closedform.cli import argmin_shared as shared
from closedform.cli import arguments as a
from closedform.cli import records
from closedform.cli.outcome import REFUSED, RIGHT, write
from closedform.cli.sources import formula_text, values
from closedform.errors import MissingRule
from closedform.formula import Formula, formula
from closedform.read.equation import equation

if TYPE_CHECKING:
    from closedform.argmin.solution import Solution


@click.command("root", cls=shared.ArgminCommand)
@shared.TYPED
@click.option("--over", required=True, metavar="NAME", help="The unknown.")
@shared.BY
@click.option("--fixed-point", is_flag=True, help="The formula is T, and x = T(x) is solved.")
@shared.SEARCH
@a.options(a.READING, a.FILE, a.PRINTING)
def root_command(**o: Any) -> int:
    """The derivative of a root, F(x*, θ) = 0, or a fixed point: a formula, and with values the numbers and a verdict.

    \b
    closedform root "x^3 + a*x = 1" a=2 --over x --by a --where "x in R, a in R"
    closedform root "tanh(W*x + b)" --over x --by b --fixed-point --where "W in R^(n×n)"
    """
    text = formula_text(o["formula"], o["file"])
    f = formula(text if o["fixed_point"] else equation(text), ", ".join(o["where"]) or None, o["syntax"])
    found = f.fixed_point(o["over"]) if o["fixed_point"] else f.root(o["over"])
    given = values(o["assignments"], o["values_file"])
    solution = shared.solved(found, given, o) if given else None
    derivatives = _derivatives(found, o["by"], solution)
    checks = shared.checked(derivatives, o)
    if o["form"] == "json":
        write(_json(f, derivatives, checks, solution, o))
    elif o["form"] is not None:
        write(shared.formulas(derivatives, o["form"]))
    else:
        write(_page(f, derivatives, checks, solution, o))
    return RIGHT if shared.is_right(checks, solution) else REFUSED


def _derivatives(found: Any, by: tuple[str, ...], solution: Solution | None) -> list[tuple[str, Formula]]:
    """The formulas; of a matrix unknown there are none, and numbers alone are given."""
    try:
        return [(name, found.derivative(name)) for name in by]
    except MissingRule:
        if solution is None:
            raise
        return []


def _page(f: Formula, derivatives: Any, checks: Any, solution: Solution | None, o: dict[str, Any]) -> str:
    page = Page()
    show_function(page, f, "map" if o["fixed_point"] else "equation", "T" if o["fixed_point"] else "0")
    shared.show_derivatives(page, o["over"], derivatives, checks)
    shared.show_solution(page, solution, o)
    return page.text


def _json(f: Formula, derivatives: Any, checks: Any, solution: Solution | None, o: dict[str, Any]) -> str:
    return records.dump("root", f, over=o["over"], fixed_point=o["fixed_point"],
                        derivatives=shared.derivatives_data(derivatives, checks),
                        solution=shared.solution_data(solution, o))  # fmt: skip
