"""The command that says what is installed and tries the library."""

from __future__ import annotations

import json

import click

from closedform.answers.page import Page
from closedform.cli import arguments as a
from closedform.cli.outcome import RIGHT, WRONG, write
from closedform.doctor import Report, examined


@click.command("doctor", cls=a.FormulaCommand)
@click.option("--load", is_flag=True, help="Also import JAX and PyTorch where they are installed.")
@click.option("--json", "form", flag_value="json", help="Print everything as JSON.")
@a.TIME
def doctor_command(load: bool, form: str | None) -> int:
    """What is installed, and whether the library works here.

    \b
    closedform doctor
    closedform doctor --json
    """
    report = examined(load)
    if form == "json":
        write(json.dumps({"version": 1, "command": "doctor", **report.record()}, ensure_ascii=False, indent=2))
    else:
        write(_shown(report))
    return RIGHT if report.ok else WRONG


def _shown(report: Report) -> str:
    page = Page()
    for name, found in report.versions.items():
        page.field(name, found or "not installed")
    page.gap()
    for finding in report.findings:
        page.field(finding.name, f"{'yes' if finding.ok else 'NO'}: {finding.seen} ({finding.milliseconds:g} ms)")
    page.gap()
    page.lines.append(page.style("all well" if report.ok else "something is wrong", bold=True))
    return page.text
