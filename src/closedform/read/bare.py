"""Functions without parentheses in text, where what they take is clear: ``log det(X)``, ``log|X|``, ``log det X``."""

from __future__ import annotations

from dataclasses import replace

from closedform.read.lexer import Token, Tokens
from closedform.read.names import Scope
from closedform.read.vocabulary import DETERMINANT, is_function

OPENING, CLOSING, LOGS = {"(", "[", "{"}, {")", "]", "}"}, {"log", "ln"}
BINDS_MORE = {"^", ".^", "'", "(", "["}
ENDS = {"", "+", "-", ")", "]", ",", ";", "where", "=", "|", "||"}
BARS = {"|", "||"}


def with_brackets(tokens: Tokens, start: int, scope: Scope) -> Tokens:
    """The tokens with the brackets that such functions leave out. What is not clear stays as it is."""
    listed = tokens.tokens
    bare = [k for k in range(start, len(listed) - 1) if _is_bare(listed, k, scope)]
    if tokens.typeset or not bare:
        return tokens
    groups = [[token] for token in listed]
    for place in bare:
        last = _end(listed, place + 1)
        if last >= 0 and listed[last + 1].text not in BINDS_MORE:
            _bracket(tokens, place, last, groups)
            scope.note(_said(tokens, place, last))
    return replace(tokens, tokens=[token for group in groups for token in group])


def _is_bare(tokens: list[Token], place: int, scope: Scope) -> bool:
    token, following = tokens[place], tokens[place + 1]
    plain = token.kind == "name" and is_function(token.text) and not scope.knows(token.text)
    return plain and token.text not in scope.functions and (following.text in BARS or _calls(tokens, place + 1))


def _calls(tokens: list[Token], place: int) -> bool:
    """Whether a function applied to something stands at ``place``; ``det X`` alone is let pass as one."""
    name, behind = tokens[place], tokens[min(place + 1, len(tokens) - 1)]
    if name.kind != "name" or not is_function(name.text):
        return False
    single = name.text == "det" and behind.kind == "name" and tokens[place + 2].text in ENDS
    return behind.text == "(" or (single and tokens[place - 1].text in LOGS)


def _bracket(tokens: Tokens, place: int, last: int, groups: list[list[Token]]) -> None:
    name, first, final = tokens.tokens[place], tokens.tokens[place + 1], tokens.tokens[last]
    opening, closing = Token("op", "(", first.start, first.start), Token("op", ")", final.end, final.end)
    if name.text in LOGS and first.text == "det":
        groups[place] = [Token("name", "logdet", name.start, first.end, name.gap)]
        single = tokens.tokens[place + 2].text != "("
        groups[place + 1] = [opening] if single else []
        groups[last] += [closing] if single else []
        return
    groups[place].append(opening)
    if name.text in LOGS and first.text == "|":
        groups[place + 1] = [Token("name", DETERMINANT, first.start, first.end), opening]
        groups[last] = [closing]
    groups[last].append(closing)


def _said(tokens: Tokens, place: int, last: int) -> str:
    name, first, final = tokens.tokens[place], tokens.tokens[place + 1], tokens.tokens[last]
    taken = tokens.source[first.start : final.end]
    shown = f"{name.text}({taken})"
    if name.text in LOGS and first.text == "det":
        inner = tokens.source[first.end : final.end].strip()
        shown = "logdet" + (inner if inner[0] == "(" else f"({inner})")
    return f"{tokens.source[name.start : final.end]} is read as {shown}."


def _end(tokens: list[Token], first: int) -> int:
    """The last token of ``det(X)`` or ``|X|`` or ``det X`` that starts at ``first``; -1 where it does not end."""
    bar = tokens[first].text if tokens[first].text in BARS else ""
    if not bar and tokens[first + 1].text != "(":
        return first + 1
    depth = 0
    for place in range(first + 1, len(tokens) - 1):
        text = tokens[place].text
        depth += (text in OPENING) - (text in CLOSING)
        if depth == 0 and (text == bar if bar else text == ")"):
            return place
    return -1
