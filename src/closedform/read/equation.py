"""An equation as the formula that it says is zero."""

from __future__ import annotations

import re

from closedform.errors import ReadError


def equation(text: str) -> str:
    """``a = b`` as ``(a) - (b)``; a formula without ``=`` is said to be zero.

    >>> equation("A*y = b where A in R^(n×n)")
    '(A*y) - (b) where A in R^(n×n)'
    """
    head, where, rest = _parted(text)
    sides, depth, begin = [], 0, 0
    for place, letter in enumerate(head):
        depth += (letter in "([{") - (letter in ")]}")
        if letter == "=" and depth == 0 and head[place - 1 : place] not in ("<", ">"):
            sides.append(head[begin:place])
            begin = place + 1
    sides.append(head[begin:])
    if len(sides) > 2 or not all(side.strip() for side in sides):
        raise ReadError("an equation has two sides and one =", hint='Write "A*y = b", or "A*y - b" for that to be 0.')
    if len(sides) == 1 or sides[1].strip() == "0":
        return sides[0] + where + rest
    return f"({sides[0].strip()}) - ({sides[1].strip()})" + where + rest


def _parted(text: str) -> tuple[str, str, str]:
    found = re.search(r"\swhere\s", text)
    return (text, "", "") if found is None else (text[: found.start()], found.group(), text[found.end() :])
