"""What stands left of the sign ``=`` in ``f(x) = x'*A*x``: the name of the function and of its variables."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import replace

from closedform.read.lexer import Tokens


def without_left_side(formula: Tokens, functions: Container[str]) -> tuple[Tokens, tuple[str, ...]]:
    """The right side, and the variables that the left one names; a declared function is left alone.

    >>> from closedform.read.lexer import lex
    >>> rest, names = without_left_side(lex("f(x) = x'*A*x"), ())
    >>> rest.tokens[0].text, names
    ('x', ('x',))
    """
    tokens = formula.tokens
    if tokens[0].kind != "name" or tokens[0].text in functions:
        return formula, ()
    names, place = list[str](), 1
    if tokens[place].text == "(":
        while tokens[place].text in ("(", ",") and tokens[place + 1].kind == "name":
            names.append(tokens[place + 1].text)
            place += 2
        if tokens[place].text != ")" or not names:
            return formula, ()
        place += 1
    if tokens[place].text != "=" or tokens[place + 1].kind == "end":
        return formula, ()
    right = formula.text(place + 1, len(tokens) - 1).strip()
    note = f"What stands right of the sign = is read: {right}."
    return replace(formula, tokens=tokens[place + 1 :], notes=(*formula.notes, note)), tuple(names)
