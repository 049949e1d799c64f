"""Functions that a derivation defines, applied to something else than the argument they were defined with."""

from __future__ import annotations

import re

from closedform.read.alphabet import SPELLED

_WORDS = re.compile(r"\\[A-Za-z]+|[A-Za-z]")
_NAMES = re.compile(r"[^\W\d]\w*")


def put_in(body: str, argument: str, value: str, syntax: str) -> str:
    r"""The text of a function's body with ``value`` for its argument.

    >>> put_in("y'*y + cy", "y", "A*x", "text")
    "(A*x)'*(A*x) + cy"
    >>> put_in(r"\log y^\top y", "y", "Ax", "latex")
    '\\log (Ax)^\\top (Ax)'
    """
    pattern = _WORDS if syntax == "latex" else _NAMES
    fonts = rf"\\(?:mathbf|boldsymbol|bm|vec|mathrm)\s*(?:\{{\s*{re.escape(argument)}\s*\}}|{re.escape(argument)}\b)"
    if syntax == "latex" and len(argument) == 1:
        body = re.sub(fonts, argument, body)
    whole = f"({value.strip()})"
    times = r"\cdot " if syntax == "latex" else "* "

    def put(found: re.Match[str]) -> str:
        if found.group() != argument:
            return found.group()
        before = _NAMED.search(body[: found.start()])
        factor = before is not None and (len(before[1]) == 1 or before[1] in SPELLED)
        return f"{times}{whole}" if factor else whole

    return pattern.sub(put, body)


_NAMED = re.compile(r"(?<![A-Za-z^])\\?([A-Za-z]+)\s*$")
"""A name before a bracket, which is no function of it."""
