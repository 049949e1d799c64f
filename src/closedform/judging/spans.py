"""How far things reach in the text of a formula: brackets, powers, terms."""

from __future__ import annotations

import re

from closedform.errors import ReadError

_OPEN = {"(": ")", "[": "]", "{": "}", "\\{": "\\}", "\\langle": "\\rangle", "⟨": "⟩"}
_BRACKET = re.compile(r"\\langle\b|\\rangle\b|\\[{}]|[()\[\]{}⟨⟩]|\\.")


def opener(text: str, place: int) -> str:
    found = _BRACKET.match(text, place)
    return found.group() if found and found.group() in _OPEN else ""


def close_of(text: str, place: int) -> int:
    """The place behind the bracket that closes the one at ``place``."""
    stack: list[str] = []
    for found in _BRACKET.finditer(text, place):
        sign = found.group()
        if sign in _OPEN:
            stack.append(_OPEN[sign])
        elif stack and sign == stack[-1]:
            stack.pop()
            if not stack:
                return found.end()
    raise ReadError(f"{text[place]} is never closed", span=(place, place + 1), source=text)


def scripts(text: str, place: int) -> int:
    """The place behind the powers and marks that follow."""
    while found := re.compile(r"\s*[_^]\s*(?:(?P<brace>\{)|-?\w|\\[A-Za-z]+|\*|\()").match(text, place):
        place = close_of(text, found.end() - 1) if found["brace"] or found.group()[-1] == "(" else found.end()
    return place


def term_end(text: str, place: int) -> int:
    depth, bars = 0, False
    for k in range(place, len(text)):
        depth += (text[k] in "([{") - (text[k] in ")]}")
        bars ^= text[k] in "|‖" and text[k - 1 : k] != "|"
        if depth < 0 or (depth == 0 and not bars and text[k] in "+-" and text[place:k].strip()):
            return k
    return len(text)


TURN = re.compile(r"\s*(?:'|ᵀ|\^\s*(?:T\b|\\top\b|\\intercal\b|\{\s*(?:T|\\top|\\intercal)\s*\}))\s*\*?")


def behind_space(text: str, place: int) -> int:
    while place < len(text) and text[place].isspace():
        place += 1
    return place


def bracketed(text: str, place: int) -> int:
    """The place behind brackets that stand beside each other, and behind all of a product that begins with a row.

    >>> bracketed("(a'x)^2 a", 0), bracketed("(a) (b)", 0), bracketed("(x - a)^T W (x - a) + c", 0)
    (7, 7, 19)
    """
    while True:
        end = close_of(text, place)
        if TURN.match(text, end) and text[TURN.match(text, end).end() :].strip():  # type: ignore[union-attr]
            return place + len(text[place : term_end(text, place)].rstrip())
        end = scripts(text, end)
        place = behind_space(text, end)
        if text[place : place + 1] != "(" and not opener(text, place):
            return end


def divided(text: str, place: int) -> int:
    """Where the first quotient by a differential behind ``place`` has its line, in one term; -1 where there is none.

    >>> divided(" tr(XA)/∂X", 0), divided("f + g/∂X", 0)
    (7, -1)
    """
    depth = 0
    for k in range(place, len(text)):
        depth += (text[k] in "([{") - (text[k] in ")]}")
        if depth < 0 or (depth == 0 and text[k] in "+-=" and text[place:k].strip()):
            return -1
        if depth == 0 and text[k] == "/" and re.match(r"/\s*\(?(?:\\partial|∂|d)", text[k:]):
            return k
    return -1


_LEADING = re.compile(
    r"\s*(?P<sign>(?:\\nabla|∇)\s*_\s*(?:\{[^{}]*\}|\\?[A-Za-z]+)|\\[dt]?frac\s*\{\s*(?:\\partial|d)\s*\}\s*\{[^{}]*\}"
    r"|[d∂]\s*/\s*[d∂]\\?[A-Za-z]+)(?P<rest>.*)",
    re.DOTALL,
)
_SIGNED = re.compile(r"\\nabla|∇|\\partial|∂|(?<![A-Za-z\\])d[A-Za-z]?\s*/\s*d|\\frac\s*\{\s*d")


def derivative_of_all(text: str) -> str:
    """``∇_x f + g`` as ``∇_x (f + g)``, where no other derivative stands behind; "" where there is nothing to add.

    >>> derivative_of_all("∇_x x'Ax + b'x"), derivative_of_all("∇_x (x'Ax)"), derivative_of_all("∇_x f + ∇_x g")
    ("∇_x (x'Ax + b'x)", '', '')
    """
    found = _LEADING.fullmatch(text)
    if found is None or _SIGNED.search(found["rest"]) or term_end(found["rest"], 0) == len(found["rest"]):
        return ""
    return f"{found['sign']} ({found['rest'].strip()})"


def unwrapped(text: str) -> str:
    text = text.strip()
    for opener, closer in (("(", ")"), ("[", "]"), ("\\{", "\\}"), ("{", "}")):
        if text.startswith(opener) and text.endswith(closer) and close_of(text, 0) == len(text):
            return text[len(opener) : -len(closer)].strip()
    return text
