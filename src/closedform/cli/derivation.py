"""The command that judges a person's own derivation."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

import click

from closedform.answers.page import Page
from closedform.cli import arguments as a
from closedform.cli.outcome import REFUSED, RIGHT, WRONG, write
from closedform.cli.sources import formula_text
from closedform.judging import judge
from closedform.judging.records import MARKS, Judgement, details, headline

EXITS = {"right": RIGHT, "wrong": WRONG, "undecided": REFUSED}
COLOURS = {"right": "green", "wrong": "red", "undecided": "yellow"}


@click.command("judge", cls=a.FormulaCommand)
@click.argument("formula", metavar="FILE", required=False)
@a.WHERE
@click.option("--syntax", type=click.Choice(["auto", "text", "latex"]), default="auto", help="How it is typed.")
@click.option("--json", "form", flag_value="json", help="Print everything as JSON (docs/judge.md).")
@a.TIME
def judge_command(**o: Any) -> int:
    """Judge your own derivation: does each line follow from the one before?

    \b
    closedform judge derivation.tex
    closedform judge - < derivation.txt
    """
    path = o["formula"]
    text = formula_text(path if path in (None, "-") or path.startswith("@") else f"@{path}")
    found = judge(text, ", ".join(o["where"]) or None, o["syntax"])
    write(_json(found) if o["form"] == "json" else _page(found))
    return EXITS[found.verdict]


def _page(found: Judgement) -> str:
    page = Page()
    if found.assumed:
        page.field("assumed", ", ".join(found.assumed))
        page.gap()
    for step in found.steps:
        page.field(f"line {step.line}", f"{MARKS[step.status]}: {step.text}")
        if step.status != "right":
            page.fields("", [f"  {label}{said}" for label, said in details(step)])
    page.gap()
    page.lines.append(page.style(headline(found), fg=COLOURS[found.verdict], bold=True))
    return page.text


def _json(found: Judgement) -> str:
    first = found.first_wrong
    record = {
        "version": 1,
        "command": "judge",
        "verdict": found.verdict,
        "first_wrong": None if first is None else first.line,
        "assumed": list(found.assumed),
        "steps": [asdict(step) for step in found.steps],
    }
    return json.dumps(record, ensure_ascii=False, indent=2)
