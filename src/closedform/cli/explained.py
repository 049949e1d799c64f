"""The command that shows the page of a law or a function."""

from __future__ import annotations

import json
import re

import click

from closedform.answers.page import Page, width, wrapped
from closedform.cli import arguments as a
from closedform.cli.outcome import RIGHT, write
from closedform.explain.functions import function_names
from closedform.explain.lookup import page_names, page_of, written_pages
from closedform.explain.page import Page as Found


class WordsCommand(a.FormulaCommand):
    """Words, in quotes or not."""

    further = re.compile("")


@click.command("explain", cls=WordsCommand)
@click.argument("words", nargs=-1, metavar="[NAME]...")
@click.option("--markdown", "form", flag_value="markdown", help="Print the page in Markdown.")
@click.option("--json", "form", flag_value="json", help="Print the page, or the list of names, as JSON.")
@a.TIME
def explain_command(words: tuple[str, ...], form: str | None) -> int:
    """The page of a law or a function; without a name, what there is.

    \b
    closedform explain "product rule"
    closedform explain logdet
    """
    name = " ".join(words)
    if form == "json":
        write(_json(name))
    elif not name:
        write(_list())
    else:
        page = page_of(name)
        write(page.markdown if form == "markdown" else _shown(page))
    return RIGHT


def _shown(found: Found) -> str:
    page = Page()
    page.lines.append(page.style(found.title, bold=True))
    for label, text in found.sections()[1:]:
        if not text:
            continue
        page.gap()
        if label == "example":
            page.lines += [
                f"  {page.style(part, dim=line.startswith('$'))}".rstrip()
                for line in text.split("\n") for part in _example(line)
            ]  # fmt: skip
        elif label:
            page.fields(label, [line for line in text.split("\n") if line])
        else:
            page.lines += [line for part in text.split("\n") for line in (wrapped(part, width(), 0) or [""])]
    return page.text


def _alphabetic(title: str) -> str:
    """A title without its article."""
    return title.removeprefix("The ").removeprefix("A ").casefold()


def _example(line: str) -> list[str]:
    """A line of an example; where it is too wide, its law stands below it."""
    room = width() - 2
    if len(line) <= room:
        return [line]
    formula, gap, law = line.rstrip().rpartition("   ")
    margin = " " * (len(line) - len(line.lstrip()))
    if not gap or not formula.strip() or len(law) > len(line) - 8:
        return [margin + part for part in wrapped(line, room - len(margin), 6)]
    head = [margin + part for part in wrapped(formula, room - len(margin), 6)]
    return [*head, *(" " * 8 + part for part in wrapped(law, room - 8, 2))]


def _list() -> str:
    page = Page()
    page.fields("pages", sorted((source.title for source in written_pages()), key=_alphabetic))
    page.gap()
    page.field("functions", ", ".join(sorted(function_names(), key=str.casefold)))
    return page.text


def _json(name: str) -> str:
    record = {"version": 1, "command": "explain"}
    found = {"page": page_of(name).record()} if name else {"names": list(page_names())}
    return json.dumps({**record, **found}, ensure_ascii=False, indent=2)
