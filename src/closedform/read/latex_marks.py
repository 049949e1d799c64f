r"""What stands around and on a formula in LaTeX and is no part of it: ``\[ \]``, a full stop, doubled bars."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import get_close_matches

from closedform.errors import ReadError
from closedform.read import latex_words as words
from closedform.read.latex_signs import Sign

_ENDING = re.compile(r"\\(?:end\s*\{[A-Za-z]+\*?\}|[\])\\]|q?quad|[,;: ])\Z")
_LONGEST_ENDING = 40
_SPACES = re.compile(r"\s*")
_BRACKET = re.compile(r"\s*(?:\\(?:left|bigl?|Bigl?)\s*)?[(\[]")
_SEARCH = re.compile(r"\s*(?:\\[,;!])?\s*\\(min|max)(?![A-Za-z])")
_SUPPORT = re.compile(
    r"\{?\s*(?:\\(?:operatorname\*?|mathop|mathrm|text|rm)\s*)*\{?\s*(?:\\mathrm\s*\{)?\s*"
    r"\\?(?P<arg>arg)?(?:\\,|\\;|\\!|~|\s|\{|\})*\\?(?P<which>min|max)(?:imize|imise)?\s*\}*"
)


def tail(source: str) -> int:
    r"""Where only a full stop, a comma and what closes the formula follow: ``\]``, ``$``, ``\end{equation}``.

    >>> tail(r"\[ x^\top y. \]")
    11
    """
    end = len(source)
    while True:
        stop = len(source[:end].rstrip(" \t\n$.,;~"))
        found = _ENDING.search(source[max(0, end - _LONGEST_ENDING) : end])
        if found is not None:
            stop = min(stop, end - len(found.group()))
        if stop == end:
            return end
        end = stop


def head(source: str) -> int:
    r"""Where a formula starts behind ``$`` or ``\[``."""
    place = len(source) - len(source.lstrip("$ \n\t"))
    return place + 2 if source.startswith(("\\[", "\\("), place) else place


def braces(source: str) -> tuple[dict[int, int], dict[int, int]]:
    r"""Where each brace that opens is closed, and for each ``\over`` the brace it stands in."""
    stack: list[int] = []
    mates: dict[int, int] = {}
    overs: dict[int, int] = {}
    for found in re.finditer(r"\\over(?![A-Za-z])|\\.|%[^\n]*|[{}]", source, re.DOTALL):
        if found.group() == "{":
            stack.append(found.start())
        elif found.group() == "}":
            if not stack:
                raise ReadError("} closes nothing", span=found.span(), source=source)
            mates[stack.pop()] = found.start()
        elif found.group() == r"\over" and stack and stack[-1] not in overs.values():
            overs[found.start()] = stack[-1]
    if stack:
        raise ReadError("{ is never closed", span=(stack[-1], stack[-1] + 1), source=source)
    return mates, overs


def supported(source: str, place: int) -> str:
    r"""``arg min`` or ``min`` where an argument of ``\underset`` that starts at ``place`` says so.

    >>> supported(r"\underset{x}{\operatorname{arg\,min}} x^2", 12)
    'arg min'
    """
    place = _SPACES.match(source, place).end()  # type: ignore[union-attr]
    found = _SUPPORT.match(source, place)
    return "" if found is None else ("arg " if found["arg"] else "") + found["which"]


def searched(source: str, place: int) -> tuple[str, int] | None:
    r"""``arg min`` and the place behind it where ``\min`` follows ``\arg``."""
    found = _SEARCH.match(source, place)
    return None if found is None else (f"arg {found.group(1)}", found.end())


def applied(source: str, place: int) -> bool:
    r"""Whether a bracket follows: ``\vec(X)`` is the function, ``\vec x`` an arrow."""
    return _BRACKET.match(source, place) is not None


def merged_bars(signs: Sequence[Sign]) -> list[int]:
    r"""The first of each two bars that are one: ``\left|\left| x \right|\right|`` is a norm."""
    stack: list[int] = []
    mates: dict[int, int] = {}
    for place, sign in enumerate(signs):
        if sign.kind == "bar" and sign.text == "|" and sign.side > 0:
            stack.append(place)
        elif sign.kind == "bar" and sign.text == "|" and sign.side < 0 and stack:
            mates[stack.pop()] = place
    pairs = [k for k in mates if mates.get(k + 1, -2) + 1 == mates[k]]
    return sorted(at for k in pairs for at in (k, mates[k + 1]) if k - 1 not in pairs)


def accented(typed: str, accent: str) -> str | None:
    r"""The letter in ``{\mathbf{x}}`` below an accent, or None where there is more than one."""
    inner = typed.strip("{} ")
    inner = re.sub(rf"\\(?:mathbf|boldsymbol|bm|mathrm|{accent})\b\s*", "", inner).strip("{} ")
    letter = words.LETTERS.get(inner[1:], "") if inner[:1] == "\\" else inner
    one = letter.isalpha() and letter.isascii() and (len(letter) == 1 or inner[:1] == "\\")
    return letter if one else None


def unknown(name: str) -> tuple[str, str]:
    """What is said of a command that is not read, and the mend."""
    if name in words.REFUSED:
        return words.REFUSED[name]
    near = get_close_matches(name, words.KNOWN, 1, 0.75)
    hint = f"Did you mean \\{near[0]}?" if near else f"For a function write \\operatorname{{{name}}}(…)."
    return f"\\{name} is no command that is read here", hint if name.isalpha() else ""


def upright(typed: str) -> str:
    r"""The word in ``{\\rm arg\\,min}``."""
    inner = typed[1:-1] if typed[0] == "{" else typed
    inner = re.sub(r"\\(?:mathrm|text|textrm|rm|mathsf)\b|[{}]", "", inner)
    return " ".join(inner.replace("\\_", "_").replace("\\,", " ").replace("~", " ").split())
