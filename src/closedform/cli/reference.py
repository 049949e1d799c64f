"""The table of functions as a page and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict

from closedform.answers.page import LABEL, Page, signs, width, wrapped
from closedform.explain.table import Row, chosen


def _rows(names: Iterable[str]) -> list[Row]:
    return chosen(names, "unicode" if signs() else "text")


def reference(names: Iterable[str]) -> str:
    """The table as a page."""
    page, family = Page(), ""
    for row in _rows(names):
        if row.family != family:
            page.gap()
            family = row.family
            page.lines += [page.style(line, bold=True) for line in wrapped(family, width(), 0)]
        call = row.call
        if len(call) >= LABEL:
            page.lines.append(call)
            call = ""
        page.field(call, row.what)
        page.field("", f"d = {row.differential}")
        if row.conditions:
            page.fields("", _holds(row.conditions))
        if row.aliases:
            page.field("", f"also {', '.join(row.aliases)}")
    return page.text


def _holds(conditions: tuple[str, ...]) -> list[str]:
    return [f"{'and' if k else 'where'} {c}" for k, c in enumerate(conditions)]


def table_json(names: Iterable[str]) -> str:
    record = {"version": 1, "command": "functions", "functions": [asdict(row) for row in _rows(names)]}
    return json.dumps(record, ensure_ascii=False, indent=2)
