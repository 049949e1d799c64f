"""The command for what automatic differentiation does: graph, forward and backward table."""

from __future__ import annotations

from typing import Any

import click

from closedform.answers.page import Page, signs
from closedform.answers.shown import show_certificate, show_function
from closedform.cli import arguments as a
from closedform.cli import records
from closedform.cli.outcome import REFUSED, RIGHT, write
from closedform.cli.sources import formula_text, values
from closedform.cli.work import split_names
from closedform.formula import formula


@click.command("backprop", cls=a.ValuesCommand)
@click.argument("formula", required=False)
@click.argument("assignments", nargs=-1, metavar="[NAME=VALUE]...")
@click.option("--values", "values_file", metavar="PATH", help="Values by name: a .json or .npz file.")
@a.BY
@click.option(
    "--grain", type=click.Choice(["operations", "named"]), default=None,
    help="A row an operation, or a row a part that has a name after where.",
)  # fmt: skip
@click.option(
    "--mode", type=click.Choice(["reverse", "forward", "both"]), default="reverse", help="Adjoints, tangents or both."
)
@click.option("--graph", metavar="PATH", help="Also draw the graph to a .svg, .png or .dot file.")
@click.option("--markdown", "form", flag_value="markdown", help="Print the tables alone, in Markdown.")
@click.option("--html", "form", flag_value="html", help="Print the tables alone, in HTML.")
@a.options(a.READING, a.FILE, a.PRINTING)
def backprop_command(**o: Any) -> int:
    """What automatic differentiation does: the graph, the pass forward and the pass backward.

    \b
    closedform backprop "1/2*(sigmoid(w*x+b)-t)^2 + lam/2*w^2" --by w --by b
    closedform backprop "1/2*(y-t)^2 where y = sigmoid(z), z = w*x+b" w=0.5 x=2 b=0 t=1 --graph graph.svg
    """
    assignments = list(o["assignments"])
    if o["file"] is not None and o["formula"] is not None:
        assignments, o["formula"] = [o["formula"], *assignments], None
    f = formula(formula_text(o["formula"], o["file"]), ", ".join(o["where"]) or None, o["syntax"])
    table = f.backprop(*split_names(o["by"]), grain=o["grain"] or "", mode=o["mode"])
    given = values(assignments, o["values_file"])
    table = table.at(given) if given else table
    if o["graph"]:
        table.save(o["graph"])
    checked = {} if o["no_check"] else {name: g.check() for name, g in table.gradients.items()}
    if o["form"] == "json":
        write(_json(f, table, checked))
    elif o["form"] is not None:
        write(getattr(table, o["form"]))
    else:
        page = Page()
        show_function(page, f)
        page.gap()
        page.lines += (table.unicode if signs() else table.text).split("\n")
        page.gap()
        for name, certificate in checked.items():
            show_certificate(page, certificate, f"by {name}")
        if o["graph"]:
            page.field("graph", o["graph"])
        write(page.text)
    return RIGHT if all(c.ok for c in checked.values()) else REFUSED


def _json(f: Any, table: Any, checked: dict[str, Any]) -> str:
    sections = {
        title.replace(" ", "_"): [
            {
                "name": line.name, "left_latex": line.left["latex"], "of": line.of, "shape": line.shape,
                "through": list(line.through), **dict(line.right), "value": records.plain(table.numbers.get(line.name)),
            }
            for line in lines
        ]
        for title, lines in table.sections
    }  # fmt: skip
    gradients = [
        {"by": name, **records.forms(g), "certificate": records.certificate(checked.get(name))}
        for name, g in table.gradients.items()
    ]
    return records.dump("backprop", f, **sections, gradients=gradients)
