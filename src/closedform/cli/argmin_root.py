"""The command ``root``: the derivative of a root or a fixed point, and with values the numbers and a verdict."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from closedform.answers.page import Page, signs
from closedform.answers.shown import show_certificate, show_conditions, show_equation, show_function
from closedform.cli import arguments as a
from closedform.cli import records
from closedform.cli.argmin import ArgminCommand, finite, parsed
from closedform.cli.outcome import REFUSED, RIGHT, write
from closedform.cli.sources import formula_text, values
from closedform.errors import MissingRule
from closedform.formula import Formula, LinearMap, formula
from closedform.read.equation import equation
from closedform.read.named import variable_name
from closedform.write.marks import greek

if TYPE_CHECKING:
    from closedform.argmin.solution import Solution


@click.command("root", cls=ArgminCommand)
@click.argument("formula", required=False)
@click.argument("assignments", nargs=-1, metavar="[NAME=VALUE]...")
@click.option("--over", required=True, metavar="NAME", help="The unknown.")
@click.option("--by", multiple=True, metavar="NAME", help="A parameter; may be given several times.")
@click.option("--fixed-point", is_flag=True, help="The formula is T, and x = T(x) is solved.")
@click.option("--values", "values_file", metavar="FILE", help="A .json or .npz file of values by name.")
@click.option("--start", metavar="VALUE", help="Where the search starts, as in [0, 0].")
@click.option("--starts", type=click.IntRange(1, 1000), default=8, help="How many starts are tried (8).")
@click.option("--point", metavar="VALUE", help="Judge this point instead of searching.")
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
    solution = _solved(found, given, o) if given else None
    derivatives = _derivatives(found, o["by"], solution)
    checks = {name: None if o["no_check"] else d.check() for name, d in derivatives}
    if o["form"] == "json":
        write(_json(f, derivatives, checks, solution, o))
    elif o["form"] is not None:
        write("\n".join(d.text if o["form"] == "text" else d.latex for _, d in derivatives))
    else:
        write(_page(f, derivatives, checks, solution, o))
    right = all(c is None or c.ok for c in checks.values())
    return RIGHT if right and (solution is None or solution.verdict.exists) else REFUSED


def _solved(found: Any, given: dict[str, Any], o: dict[str, Any]) -> Solution:
    solution: Solution
    if o["point"] is not None:
        solution = found.diagnose(parsed("--point", o["point"]), given)
        return solution
    start = None if o["start"] is None else parsed("--start", o["start"])
    solution = found.solve(given, start=start, starts=o["starts"])
    return solution


def _derivatives(found: Any, by: tuple[str, ...], solution: Solution | None) -> list[tuple[str, Formula]]:
    """The formulas; of a matrix unknown there are none, and numbers alone are given."""
    try:
        return [(name, found.derivative(name)) for name in by]
    except MissingRule:
        if solution is None:
            raise
        return []


def _left(over: str, by: str) -> str:
    x, t = variable_name(over), variable_name(by)
    return f"∂{greek(x)}*/∂{greek(t)}" if signs() else f"d{x}*/d{t}"


def _page(f: Formula, derivatives: Any, checks: Any, solution: Solution | None, o: dict[str, Any]) -> str:
    page = Page()
    show_function(page, f, "map" if o["fixed_point"] else "equation", "T = " if o["fixed_point"] else "0 = ")
    for name, d in derivatives:
        page.gap()
        left = f"D {o['over']}*({name})[{d.direction}]" if isinstance(d, LinearMap) else _left(o["over"], name)
        show_equation(page, left, d)
        show_conditions(page, d.conditions)
        show_certificate(page, checks[name])
    if solution is not None:
        page.gap()
        page.lines += solution.report.split("\n")
        for name in o["by"]:
            page.gap()
            value = str(solution.jacobian(name)) if solution.verdict.exists else "none: " + solution.verdict.kind
            page.lines.append(f"{_left(o['over'], name)} = {value}")
    return page.text


def _json(f: Formula, derivatives: Any, checks: Any, solution: Solution | None, o: dict[str, Any]) -> str:
    record = [
        {"by": name, **records.forms(d), "where": d.where, "conditions": list(d.conditions),
         "certificate": records.certificate(checks[name])}
        for name, d in derivatives
    ]  # fmt: skip
    numbers = None
    if solution is not None:
        exists = solution.verdict.exists
        numbers = {**solution.data(), "jacobians": {n: solution.jacobian(n) for n in o["by"] if exists}}
    return records.dump("root", f, over=o["over"], fixed_point=o["fixed_point"], derivatives=record,
                        solution=records.plain(finite(numbers)))  # fmt: skip
