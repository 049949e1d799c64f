"""The command ``argmin``: the derivative of an argmin as a formula, and with values the numbers and a verdict."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from closedform.answers.page import Page, signs
from closedform.answers.shown import show_certificate, show_conditions, show_equation, show_function
from closedform.cli import arguments as a
from closedform.cli import records
from closedform.cli.outcome import REFUSED, RIGHT, write
from closedform.cli.sources import formula_text, values
from closedform.errors import ClosedformError, MissingRule
from closedform.formula import Formula, LinearMap, formula
from closedform.formula.argmin import Argmin
from closedform.read.named import variable_name
from closedform.write.marks import greek

if TYPE_CHECKING:
    from closedform.argmin.solution import Solution
    from closedform.argmin.unrolled import Unrolled


class ArgminCommand(a.FormulaCommand):
    """A formula, then values by name."""

    further = a.ASSIGNMENT


@click.command("argmin", cls=ArgminCommand)
@click.argument("formula", required=False)
@click.argument("assignments", nargs=-1, metavar="[NAME=VALUE]...")
@click.option("--over", required=True, metavar="NAME", help="The variable that is minimised over.")
@click.option("--by", multiple=True, metavar="NAME", help="A parameter; may be given several times.")
@click.option("--subject-to", metavar="TEXT", help='Constraints, as in "x >= 0, sum(x) = 1".')
@click.option("--values", "values_file", metavar="FILE", help="A .json or .npz file of values by name.")
@click.option("--start", metavar="VALUE", help="Where the search starts, as in [0, 0].")
@click.option("--starts", type=click.IntRange(1, 1000), default=8, help="How many starts are tried (8).")
@click.option("--point", metavar="VALUE", help="Judge this point instead of searching.")
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
    solution = _solved(found, given, o) if given else None
    if solution is None and (o["picture"] or o["unrolled"]):
        raise ClosedformError(f"--{'plot' if o['picture'] else 'unrolled'} is at values: give them")
    steps = _steps(found, given, o) if o["unrolled"] else None
    if solution is not None and o["picture"]:
        found.plot(solution).save(o["picture"])
    derivatives = [] if found.subject_to else [(name, found.derivative(name)) for name in o["by"]]
    if not derivatives and solution is None and found.subject_to:
        raise MissingRule("with constraints the derivative depends on what is active: give values")
    checks = {name: None if o["no_check"] else d.check() for name, d in derivatives}
    if o["form"] == "json":
        write(_json(f, found, derivatives, checks, solution, o))
    elif o["form"] is not None:
        write("\n".join(d.text if o["form"] == "text" else d.latex for _, d in derivatives))
    else:
        write(_page(f, found, derivatives, checks, solution, o))
        if steps is not None:
            write("\n" + "\n".join(_of_steps(steps, o["by"])))
        if o["picture"]:
            write(o["picture"])
    right = all(c is None or c.ok for c in checks.values())
    return RIGHT if right and (solution is None or solution.verdict.exists) else REFUSED


def _solved(found: Argmin, given: dict[str, Any], o: dict[str, Any]) -> Solution:
    if o["point"] is not None:
        return found.diagnose(parsed("--point", o["point"]), given)
    start = None if o["start"] is None else parsed("--start", o["start"])
    return found.solve(given, start=start, starts=o["starts"])


def _steps(found: Argmin, given: dict[str, Any], o: dict[str, Any]) -> Unrolled:
    if not o["by"]:
        raise ClosedformError("--unrolled differentiates by parameters: name them with --by")
    start = None if o["start"] is None else parsed("--start", o["start"])
    return found.unrolled(given, by=o["by"], steps=o["unrolled"], rate=o["rate"], method=o["method"], start=start)


def _of_steps(steps: Unrolled, by: tuple[str, ...]) -> list[str]:
    kind = steps.solution.verdict.kind
    lead = f"{steps.steps} steps of {steps.method} (rate {steps.rate:g}) lead to x = {steps.x}: {kind}"
    return [lead, *(line for name in by for line in steps.compared(name))]


def parsed(option: str, text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        raise ClosedformError(f"{option} is a number or a list, as in [0, 0]; this is {text}") from None


def _left(over: str, by: str) -> str:
    x, t = variable_name(over), variable_name(by)
    return f"∂{greek(x)}*/∂{greek(t)}" if signs() else f"d{x}*/d{t}"


def _page(
    f: Formula, found: Argmin, derivatives: Any, checks: Any, solution: Solution | None, o: dict[str, Any]
) -> str:
    page = Page()
    show_function(page, f)
    for fact in found.facts:
        page.field("known", fact)
    if found.closed_form is not None:
        page.field("closed form", f"{o['over']}* = {found.closed_form.unicode if signs() else found.closed_form.text}")
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
            page.lines.append(f"{_left(o['over'], name)} = {_value(solution, name, o)}")
    return page.text


def _value(solution: Solution, name: str, o: dict[str, Any]) -> str:
    if not solution.verdict.exists and o["on_fail"] == "raise":
        return "none: " + solution.verdict.kind
    return str(solution.jacobian(name, on_fail=o["on_fail"]))


def _json(
    f: Formula, found: Argmin, derivatives: Any, checks: Any, solution: Solution | None, o: dict[str, Any]
) -> str:
    closed = found.closed_form
    record = [
        {"by": name, **records.forms(d), "where": d.where, "conditions": list(d.conditions),
         "certificate": records.certificate(checks[name])}
        for name, d in derivatives
    ]  # fmt: skip
    numbers = None
    if solution is not None:
        numbers = {**solution.data(), "jacobians": {}}
        for name in o["by"]:
            if solution.verdict.exists or o["on_fail"] != "raise":
                numbers["jacobians"][name] = solution.jacobian(name, on_fail=o["on_fail"])
    return records.dump("argmin", f, over=o["over"], facts=list(found.facts),
                        closed_form=None if closed is None else records.forms(closed), derivatives=record,
                        solution=records.plain(finite(numbers)))  # fmt: skip


def finite(v: Any) -> Any:
    """Arrays as lists, so that numbers JSON lacks are found inside them too."""
    if hasattr(v, "tolist"):
        v = v.tolist()
    if isinstance(v, dict):
        return {k: finite(w) for k, w in v.items()}
    return [finite(w) for w in v] if isinstance(v, list | tuple) else v
