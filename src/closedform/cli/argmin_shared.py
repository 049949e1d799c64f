"""What the commands ``argmin`` and ``root`` share: their options, the search, and how both are shown."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from closedform.answers.page import Page, signs
from closedform.answers.shown import show_certificate, show_conditions, show_equation
from closedform.cli import arguments as a
from closedform.cli import records
from closedform.errors import ClosedformError
from closedform.formula import LinearMap
from closedform.read.named import variable_name
from closedform.write.marks import greek

if TYPE_CHECKING:
    from closedform.argmin.solution import Solution

Derivatives = Sequence[tuple[str, Any]]
"""Names of parameters, each with the derivative of x* by it."""


class ArgminCommand(a.FormulaCommand):
    """A formula, then values by name."""

    further = a.ASSIGNMENT


TYPED = a.options(
    click.argument("formula", required=False),
    click.argument("assignments", nargs=-1, metavar="[NAME=VALUE]..."),
)
BY = click.option("--by", multiple=True, metavar="NAME", help="A parameter; may be given several times.")
SEARCH = a.options(
    click.option("--values", "values_file", metavar="FILE", help="A .json or .npz file of values by name."),
    click.option("--start", metavar="VALUE", help="Where the search starts, as in [0, 0]."),
    click.option("--starts", type=click.IntRange(1, 1000), default=8, help="How many starts are tried (8)."),
    click.option("--point", metavar="VALUE", help="Judge this point instead of searching."),
)


def solved(found: Any, given: dict[str, Any], o: Mapping[str, Any]) -> Solution:
    """The point that a search finds, or the one that was brought, with its verdict."""
    solution: Solution
    if o["point"] is not None:
        solution = found.diagnose(parsed("--point", o["point"]), given)
    else:
        solution = found.solve(given, start=start_of(o), starts=o["starts"])
    return solution


def start_of(o: Mapping[str, Any]) -> Any:
    return None if o["start"] is None else parsed("--start", o["start"])


def parsed(option: str, text: str) -> Any:
    """A number or a list that was typed."""
    try:
        return json.loads(text)
    except ValueError:
        raise ClosedformError(f"{option} is a number or a list, as in [0, 0]; this is {text}") from None


def checked(derivatives: Derivatives, o: Mapping[str, Any]) -> dict[str, Any]:
    """The certificates by name of the parameter."""
    return {name: None if o["no_check"] else d.check() for name, d in derivatives}


def is_right(checks: Mapping[str, Any], solution: Solution | None) -> bool:
    """Whether every certificate holds, and the derivative exists at the values."""
    return all(c is None or c.ok for c in checks.values()) and (solution is None or solution.verdict.exists)


def formulas(derivatives: Derivatives, form: str) -> str:
    """The derivatives alone, a line each."""
    return "\n".join(d.text if form == "text" else d.latex for _, d in derivatives)


def show_derivatives(page: Page, over: str, derivatives: Derivatives, checks: Mapping[str, Any]) -> None:
    for name, d in derivatives:
        page.gap()
        left = f"D {over}*({name})[{d.direction}]" if isinstance(d, LinearMap) else _left(over, name)
        show_equation(page, left, d)
        show_conditions(page, d.conditions)
        show_certificate(page, checks[name])


def show_solution(page: Page, solution: Solution | None, o: Mapping[str, Any]) -> None:
    """The report, then the derivatives at the point."""
    if solution is None:
        return
    page.gap()
    page.lines += solution.report.split("\n")
    for name in o["by"]:
        page.gap()
        given = _is_given(solution, o)
        value = str(solution.jacobian(name, on_fail=_on_fail(o))) if given else "none: " + solution.verdict.kind
        page.lines.append(f"{_left(o['over'], name)} = {value}")


def derivatives_data(derivatives: Derivatives, checks: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The derivatives as plain data."""
    return [
        {"by": name, **records.forms(d), "where": d.where, "conditions": list(d.conditions),
         "certificate": records.certificate(checks[name])}
        for name, d in derivatives
    ]  # fmt: skip


def solution_data(solution: Solution | None, o: Mapping[str, Any]) -> Any:
    """The solution as plain data, with the derivatives at the point."""
    if solution is None:
        return None
    names = o["by"] if _is_given(solution, o) else ()
    jacobians = {name: solution.jacobian(name, on_fail=_on_fail(o)) for name in names}
    return records.plain(finite({**solution.data(), "jacobians": jacobians}))


def finite(v: Any) -> Any:
    """Arrays as lists, so that numbers JSON lacks are found inside them too."""
    if hasattr(v, "tolist"):
        v = v.tolist()
    if isinstance(v, dict):
        return {k: finite(w) for k, w in v.items()}
    return [finite(w) for w in v] if isinstance(v, list | tuple) else v


def _on_fail(o: Mapping[str, Any]) -> str:
    return str(o.get("on_fail") or "raise")


def _is_given(solution: Solution, o: Mapping[str, Any]) -> bool:
    return solution.verdict.exists or _on_fail(o) != "raise"


def _left(over: str, by: str) -> str:
    x, t = variable_name(over), variable_name(by)
    return f"∂{greek(x)}*/∂{greek(t)}" if signs() else f"d{x}*/d{t}"
