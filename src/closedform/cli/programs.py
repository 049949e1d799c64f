"""The commands for programs: source text, products with derivatives, batches."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import click

from closedform.answers.asked import OPS, Asked
from closedform.answers.page import Page, signs
from closedform.answers.shown import show_certificate, show_conditions, show_equation, show_function
from closedform.cli import arguments as a
from closedform.cli import records
from closedform.cli.files import read_formula
from closedform.cli.outcome import REFUSED, RIGHT, write
from closedform.errors import ClosedformError
from closedform.formula import Formula

FORMULA = click.argument("formula", required=False)
BY = click.option("--by", required=True, metavar="NAME", help="The variable.")


def _show(op: str, left: str, f: Formula, found: Formula, o: dict[str, Any]) -> int:
    """The answer on a page, alone, or as JSON."""
    certificate = None if o["no_check"] else found.check()
    if o["form"] == "json":
        record = {
            "by": o["by"], **records.forms(found), "where": found.where, "conditions": list(found.conditions),
            "certificate": records.certificate(certificate),
        }  # fmt: skip
        write(records.dump(op, f, derivatives=[record]))
    elif o["form"] is not None:
        write(found.text if o["form"] == "text" else found.latex)
    else:
        page = Page()
        show_function(page, f)
        page.gap()
        show_equation(page, left, found)
        page.fields("convention", tuple(note for note in found.assumed if note not in f.assumed))
        show_conditions(page, found.conditions)
        show_certificate(page, certificate)
        write(page.text)
    return RIGHT if certificate is None or certificate.ok else REFUSED


@dataclass(frozen=True)
class Along:
    """A product with a derivative: how it is asked for, and how its left side is written."""

    ask: Callable[[Formula, str, str], Formula]
    name: str
    what: str
    left: tuple[str, str]
    says: str
    example: str


PRODUCTS = {
    "jvp": Along(
        Formula.jvp, "v", "direction", ("J v", "J*v"),
        "The derivative along a direction, J*v; the Jacobian is not formed.", "softmax(A*x)",
    ),
    "vjp": Along(
        Formula.vjp, "u", "cotangent", ("Jᵀu", "J'*u"),
        "The gradient of <u, f>, J'*u; the Jacobian is not formed.", "softmax(A*x)",
    ),
    "hvp": Along(
        Formula.hvp, "v", "direction", ("H v", "H*v"),
        "The Hessian times a direction, H*v; the Hessian is not formed.", "log(sum(exp(A*x)))",
    ),
}  # fmt: skip


def _product_command(op: str, along: Along) -> click.Command:
    @click.command(op, cls=a.FormulaCommand, help=f'{along.says}\n\n\b\nclosedform {op} "{along.example}" --by x')
    @FORMULA
    @BY
    @click.option(f"--{along.what}", "name", default=along.name, metavar="NAME",
                  help=f"The name of the {along.what} ({along.name}).")  # fmt: skip
    @a.options(a.READING, a.FILE, a.PRINTING)
    def command(**o: Any) -> int:
        f = read_formula(o)
        return _show(op, along.left[not signs()], f, along.ask(f, o["by"], o["name"]), o)

    return command


PRODUCT_COMMANDS = tuple(_product_command(op, along) for op, along in PRODUCTS.items())


@click.command("batch", cls=a.FormulaCommand)
@FORMULA
@BY
@click.option("--op", type=click.Choice(["value", "gradient"]), default="gradient", help="What is wanted of each row.")
@a.options(a.READING, a.FILE, a.PRINTING)
def batch_command(**o: Any) -> int:
    """Values or gradients for every row of a matrix at once, without a loop.

    \b
    closedform batch "x'*A*x" --by x
    closedform batch "x'*A*x" --by x --op value
    """
    f = read_formula(o)
    one = f.grad(o["by"]) if o["op"] == "gradient" else f
    return _show("batch", f"{o['op']} by rows", f, one.batch(o["by"]), o)


@click.command("code", cls=a.FormulaCommand)
@FORMULA
@click.option("--target", default="numpy", metavar="NAME", help="numpy, jax, torch, julia, octave or matlab.")
@click.option("--op", type=click.Choice([*OPS, *PRODUCTS]), help="A derivative instead; needs --by.")
@click.option("--by", metavar="NAME", help="The variable of --op (by default the gradient).")
@click.option("--name", default="f", metavar="NAME", help="The name of the function (f).")
@click.option("--fixed", multiple=True, metavar="NAME", help="Variables that stay (A,y): their work is done once.")
@click.option("--explain-plan", is_flag=True, help="The steps with flops and bytes instead.")
@click.option("--size", multiple=True, metavar="N=1000", help="A size to plan for.")
@a.options(a.READING, a.FILE, a.TIME)
def code_command(**o: Any) -> int:
    """Source text of a fast function: of a formula, or of a derivative.

    \b
    closedform code "1/2*||A*x - b||^2" --by x
    closedform code "log(sum(exp(A*x)))" --by x --op hvp --target jax
    """
    f = read_formula(o)
    if o["op"] and not o["by"]:
        raise click.UsageError("--op needs --by, the variable")
    found = _asked(f, o["op"] or "gradient", o["by"]) if o["by"] else f
    if not o["name"].isidentifier() or not o["name"].isascii():
        raise ClosedformError(f"{o['name']} is no name for a function")
    fixed = tuple(name.strip() for one in o["fixed"] for name in one.split(","))
    if o["explain_plan"]:
        write(str(found.plan(o["target"], fixed=fixed, **sizes_given(o["size"]))))
    else:
        write(found.code(o["target"], name=o["name"], fixed=fixed).rstrip())
    return RIGHT


def _asked(f: Formula, op: str, by: str) -> Formula:
    along = PRODUCTS.get(op)
    return Asked(op, by).of(f) if along is None else along.ask(f, by, along.name)


def sizes_given(given: tuple[str, ...]) -> dict[str, int]:
    out = {}
    for one in given:
        name, _, number = one.partition("=")
        if not number.strip().isdigit() or not int(number):
            raise ClosedformError(f"--size takes a name and a whole number, as in n=1000; this is {one}")
        out[name.strip()] = int(number)
    return out
