"""Functions that a derivation defines, applied to something else than the argument they were defined with."""

from __future__ import annotations

import re

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
    return pattern.sub(lambda found: whole if found.group() == argument else found.group(), body)
