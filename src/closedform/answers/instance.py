"""A counterexample as a small table: the values of the variables, then what was answered beside what is right."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

DIGITS = 5
MOST_ROWS, MOST_COLUMNS = 6, 6

Rows = list[list[str]]


def instance(found: dict[str, Any], labels: tuple[str, str], room: int) -> list[str]:
    """The lines, none wider than ``room``; none where the values are too large to read.

    >>> found = {"point": {"x": [["2.000"]], "A": [["1", "0"], ["3", "-1.5"]]}, "claimed": [["4"]], "true": [["5"]]}
    >>> print(*instance(found, ("the answer is", "right is"), 60), sep="\\n")
    x = 2   A = [1     0]
                [3  -1.5]
    the answer is 4   right is 5
    """
    point = {name: _entries(value) for name, value in found["point"].items()}
    ends = _entries(found["claimed"]), _entries(found["true"])
    if ends[0] == ends[1]:
        ends = _entries(found["claimed"], 40), _entries(found["true"], 40)
    if any(_large(rows) for rows in (*point.values(), *ends)):
        return []
    given = [_block(f"{name} =", rows) for name, rows in point.items()]
    said = [_block(label, rows) for label, rows in zip(labels, ends, strict=True)]
    lines = [*_beside(given, room), *_beside(said, room)]
    return lines if all(len(line) <= room for line in lines) else []


def _large(rows: Rows) -> bool:
    return len(rows) > MOST_ROWS or len(rows[0]) > MOST_COLUMNS


def _entries(value: Sequence[Sequence[str]], digits: int = DIGITS) -> Rows:
    return [[_short(entry, digits) for entry in row] for row in value]


def _short(entry: str, digits: int) -> str:
    """``-3.00000000000`` as ``-3``; what is no decimal number stays as it is."""
    try:
        value = float(entry)
    except ValueError:
        return entry
    if digits > 15:
        return entry
    return str(int(value)) if value.is_integer() and abs(value) < 10**9 else f"{value:.{digits}g}"


def _block(label: str, rows: Rows) -> list[str]:
    """A labelled matrix; a single number needs no brackets."""
    if len(rows) == 1 and len(rows[0]) == 1:
        return [f"{label} {rows[0][0]}"]
    wide = [max(len(row[k]) for row in rows) for k in range(len(rows[0]))]
    margin = " " * len(label)
    lines = ["  ".join(x.rjust(w) for x, w in zip(row, wide, strict=True)) for row in rows]
    return [f"{margin if k else label} [{line}]" for k, line in enumerate(lines)]


def _beside(blocks: list[list[str]], room: int) -> list[str]:
    """Blocks side by side while there is room."""
    lines, row = list[str](), list[list[str]]()
    for block in blocks:
        if row and sum(len(b[0]) + 3 for b in row) + len(block[0]) > room:
            lines += _joined(row)
            row = []
        row.append(block)
    return lines + _joined(row)


def _joined(row: list[list[str]]) -> list[str]:
    height = max((len(block) for block in row), default=0)
    lines = []
    for k in range(height):
        parts = [(block[k] if k < len(block) else "").ljust(len(block[0])) for block in row]
        lines.append("   ".join(parts).rstrip())
    return lines
