"""The command that checks a certificate anew."""

from __future__ import annotations

from typing import Any

import click

from closedform.cli import arguments as a
from closedform.cli.outcome import REFUSED, RIGHT, WRONG, write
from closedform.cli.sources import formula_text


@click.command("replay", cls=a.FormulaCommand)
@click.argument("formula", metavar="CERTIFICATE", required=False)
@a.options(a.FILE, a.TIME)
def replay_command(**o: Any) -> int:
    """Check the claim of a certificate again, at fresh random points.

    CERTIFICATE is its JSON, as --json prints it, or @path, or - for standard input.

    \b
    closedform grad "x'*A*x" --by x --json > answer.json
    closedform replay @answer.json
    """
    from closedform.check.certify import replay
    from closedform.claim_texts import claim_of_texts

    found, before = replay(formula_text(o["formula"], o["file"]), claim_of_texts)
    write(found.line())
    if before is not None:
        same = "the same level" if found.level == before.level else f"it was level {before.level}"
        write(f"{found.level}: {same}")
    if before is not None and before.level != "X" and not found.ok and found.decided:
        return WRONG
    return RIGHT if found.ok else REFUSED
