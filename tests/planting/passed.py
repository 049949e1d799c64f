"""Planted faults that pass, each by name with the reason: no other answer than the right one, or beyond its level."""

from __future__ import annotations

import json
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path

from closedform.check.certificate import Certificate

LIST = Path(__file__).parents[1] / "data/planted_passed.json"


@cache
def listed() -> list[dict[str, str]]:
    """Rows: a name or pattern of names, the levels at which it may pass, and why."""
    rows: list[dict[str, str]] = json.loads(LIST.read_text("utf-8"))
    return rows


def why(name: str, found: Certificate) -> str:
    """The reason why a planted fault may pass at this level; "" where none is known."""
    return next((r["why"] for r in listed() if found.level in r["levels"] and fnmatchcase(name, r["name"])), "")
