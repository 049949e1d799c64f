"""Functions that a derivation defines, applied to something else than the argument they were defined with."""

from __future__ import annotations

import re
from collections.abc import Collection

from closedform.read.alphabet import SPELLED
from closedform.read.vocabulary import is_function

_WORDS = re.compile(r"\\[A-Za-z]+|[A-Za-z]")
MOST_TOGETHER = 4
_NAMES = re.compile(r"[^\W\d]\w*")


def calls_of(functions: Collection[str]) -> re.Pattern[str]:
    r"""A function before a bracket, behind no other letter of its name; a number may stand there.

    >>> [m["name"] for m in calls_of(["g", r"\sigma"]).finditer(r"2g(x) + y\sigma(z) + arg(x) + x_2g(t)")]
    ['g', '\\sigma']
    """
    names = sorted(functions, key=len, reverse=True)
    commands, letters = (
        "|".join(re.escape(n) for n in names if n.startswith("\\") == wanted) or "(?!)" for wanted in (True, False)
    )
    before = r"(?<![^\W\d]\d)(?<![^\W\d])(?<!\\)"
    return re.compile(rf"(?P<name>(?<!\\)(?:{commands})|{before}(?:{letters}))\s*\(")


def put_in(body: str, argument: str, value: str, syntax: str, known: Collection[str] = ()) -> str:
    r"""The text of a function's body with ``value`` for its argument.

    >>> put_in("y'*y + Cy + by", "y", "A*x", "text", {"by"})
    "(A*x)'*(A*x) + C*(A*x) + by"
    >>> put_in(r"\log y^\top y", "y", "Ax", "latex")
    '\\log (Ax)^\\top (Ax)'
    """
    pattern = _WORDS if syntax == "latex" else _NAMES
    fonts = rf"\\(?:mathbf|boldsymbol|bm|vec|mathrm)\s*(?:\{{\s*{re.escape(argument)}\s*\}}|{re.escape(argument)}\b)"
    body = re.sub(r"\^T(?=[A-Za-z(])", "^T ", body) if syntax == "latex" else body
    if syntax == "latex" and len(argument) == 1:
        body = re.sub(fonts, argument, body)
    whole = f"({value.strip()})"
    times = r"\cdot " if syntax == "latex" else "* "

    def apart(word: str) -> str:
        """Letters that run together, each of which is a name: ``Ax``."""
        together = len(argument) == 1 and argument in word and len(word) < MOST_TOGETHER and word.isalpha()
        if not together or word in known or word in SPELLED or is_function(word) or word[0] == "d":
            return word
        return "*".join(whole if letter == argument else letter for letter in word)

    def put(found: re.Match[str]) -> str:
        if found.group() != argument:
            return found.group() if syntax == "latex" else apart(found.group())
        before = _NAMED.search(body[: found.start()])
        factor = before is not None and (len(before[1]) == 1 or before[1] in SPELLED)
        return f"{times}{whole}" if factor else whole

    return pattern.sub(put, body)


_NAMED = re.compile(r"(?<![A-Za-z^])(?<!\\sum_)(?<!\\prod_)\\?([A-Za-z]+)\s*$")
"""A name before a bracket, which is no function of it."""
