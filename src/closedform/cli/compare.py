"""The command that measures a closed form beside automatic differentiation."""

from __future__ import annotations

import json
import sys
from typing import Any

import click

from closedform.cli import arguments as a
from closedform.cli.files import read_formula
from closedform.cli.outcome import INTERRUPTED, REFUSED, RIGHT, write
from closedform.cli.programs import sizes_given


@click.command("compare", cls=a.FormulaCommand)
@click.argument("formula", metavar="FORMULA|FILE.py:NAME", required=False)
@click.option("--by", required=True, metavar="NAME", help="The variable.")
@click.option("--op", type=click.Choice(["gradient", "jacobian", "hessian"]), help="The derivative.")
@click.option("--sizes", default="10:1000:log", metavar="10:1000:log", help="The sizes, or 10,50,100.")
@click.option("--size", multiple=True, metavar="N=1000", help="A size that stays.")
@click.option("--runs", type=click.IntRange(3), default=5, help="How many runs at least (5).")
@click.option("--only", multiple=True, metavar="NAME", help="Those whose name begins so, as closed or JAX.")
@click.option("--plot", "picture", metavar="PATH", help="Also draw the times to a .png, .svg or .pdf file.")
@click.option("--json", "form", flag_value="json", help="Print everything as JSON.")
@click.option(
    "--time-limit", type=click.FloatRange(min=0), default=600.0, metavar="SECONDS",
    help="Stop after so many seconds (600; 0 for no limit) and print what was measured.",
)  # fmt: skip
@a.options(a.READING, a.FILE)
def compare_command(**o: Any) -> int:
    """Measure the closed form beside JAX, PyTorch, autograd and finite differences.

    Ctrl-C ends it and prints what was measured. A file that is given is run.

    \b
    closedform compare "1/2*||A*x - b||^2" --by x --sizes 10:1000:log
    closedform compare losses.py:loss --by w --op hessian --sizes 10,100 --plot times.svg
    """
    from closedform.comparing import compare, parsed

    f = read_formula(o)
    sizes = parsed(o["sizes"])
    with _Progress(o["form"]) as progress:
        found = compare(
            f, o["by"], o["op"] or "", sizes, fixed=sizes_given(o["size"]), runs=o["runs"], only=o["only"],
            told=progress.told,
        )  # fmt: skip
    if o["picture"] and found.rows:
        found.plot().save(o["picture"])
    write(json.dumps({"version": 1, "command": "compare", **found.record()}, ensure_ascii=False, indent=2)
          if o["form"] == "json" else found.text)  # fmt: skip
    if found.stopped == "interrupted":
        return INTERRUPTED
    return RIGHT if found.certificate is not None and found.certificate.ok and not found.stopped else REFUSED


class _Progress:
    """A bar on standard error, where somebody watches and the run is long."""

    def __init__(self, form: str | None) -> None:
        self.bar: Any = None
        if sys.stderr.isatty():
            from rich.console import Console
            from rich.progress import Progress

            self.bar = Progress(console=Console(stderr=True), transient=True)
            self.task = self.bar.add_task("measuring", total=None)

    def __enter__(self) -> _Progress:
        if self.bar is not None:
            self.bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self.bar is not None:
            self.bar.stop()

    def told(self, what: str, done: int, of: int) -> None:
        if self.bar is not None:
            self.bar.update(self.task, description=what, completed=done, total=of)
