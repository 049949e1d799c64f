"""The command for pictures."""

from __future__ import annotations

from typing import Any

import click

from closedform.cli import arguments as a
from closedform.cli.outcome import RIGHT, write
from closedform.cli.sources import formula_text, values
from closedform.cli.work import split_names
from closedform.errors import ClosedformError
from closedform.formula import formula

KINDS = ("contours", "curve", "jacobian", "hessian")


@click.command("plot", cls=a.ValuesCommand)
@click.argument("formula", required=False)
@click.argument("assignments", nargs=-1, metavar="[NAME=VALUE]...")
@click.option("--values", "values_file", metavar="PATH", help="Values by name: a .json or .npz file.")
@a.BY
@click.option("--kind", type=click.Choice(KINDS), default=None, help="The picture; by default the one that fits.")
@click.option("--range", "spans", multiple=True, metavar="LOW:HIGH", help="The range of each axis, or of both.")
@click.option("--start", metavar="NUMBERS", help="Where the descent path starts, as 1,2.")
@click.option("--output", "-o", default="plot.png", metavar="PATH", help="A .png, .svg or .pdf file (plot.png).")
@a.options(a.READING, a.FILE, a.TIME)
def plot_command(**o: Any) -> int:
    """A picture: contours with gradient and descent path, or a Jacobian or Hessian as a heat map.

    \b
    closedform plot "(1-x)^2 + 5*(y-x^2)^2" --by x --by y --range -2:2 --start -1.5,1.5
    closedform plot "x'*A*x" "A=[[2,1],[0,-1]]" "x=[0,0]" --by x --kind hessian -o hessian.svg
    """
    assignments = list(o["assignments"])
    if o["file"] is not None and o["formula"] is not None:
        assignments, o["formula"] = [o["formula"], *assignments], None
    f = formula(formula_text(o["formula"], o["file"]), ", ".join(o["where"]) or None, o["syntax"])
    spans = [(numbers(one, ":", 2)[0], numbers(one, ":", 2)[1]) for one in o["spans"]]
    start = numbers(o["start"], ",", 2) if o["start"] else None
    given = values(assignments, o["values_file"])
    picture = f.plot(*split_names(o["by"]), kind=o["kind"] or "", span=spans, start=start, data=given)
    picture.save(o["output"])
    write(f"{picture}\n{o['output']}")
    return RIGHT


def numbers(text: str, between: str, count: int) -> list[float]:
    """Numbers with a sign between them, as ``-2:2``."""
    parts = text.split(between)
    try:
        found = [float(part) for part in parts]
    except ValueError:
        found = []
    if len(found) != count:
        raise ClosedformError(f"{count} numbers with {between} between them are wanted; this is {text}")
    return found
