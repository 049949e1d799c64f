"""``x_i`` beneath a sum over i: the member ``x[i]``, however the name is written."""

from __future__ import annotations

import re
from dataclasses import replace

from closedform.read.lexer import Token, Tokens
from closedform.read.vocabulary import CONSTANTS, OVER, is_function

_JOINED = re.compile(r"(.*[^_])_([a-z]+)")


def with_members(texts: list[Tokens]) -> tuple[list[Tokens], dict[str, str]]:
    """The texts with such names as members, and how far each index runs, where a sum says so."""
    ranges: dict[str, str] = {}
    for index, high in (pair for tokens in texts for pair in _sums(tokens)):
        ranges[index] = high if ranges.get(index, high) == high else ""
    if not ranges:
        return texts, ranges
    alone = {t.text for tokens in texts for k, t in enumerate(tokens.tokens) if _alone(tokens.tokens, k)}
    told: set[str] = set()
    known = {i: high for i, high in ranges.items() if high}
    return [_rewritten(tokens, ranges, alone, told) for tokens in texts], known


def _sums(tokens: Tokens) -> list[tuple[str, str]]:
    """The index of each sum, and the end of its range, or nothing."""
    listed, found = tokens.tokens, []
    for k in range(len(listed) - 3):
        name, opening, index, behind = listed[k : k + 4]
        if name.text not in OVER or opening.text != "(" or index.kind != "name" or behind.text not in (",", "=", "in"):
            continue
        end = next((j for j in range(k + 4, len(listed)) if listed[j].text in (",", "")), k)
        dots = next((j for j in range(k + 4, end) if listed[j].text[:2] == ".." or listed[j].text == "…"), end)
        found.append((index.text, tokens.text(dots + 1, end) if dots + 1 < end and behind.text != "," else ""))
    return found


def _alone(listed: list[Token], place: int) -> bool:
    return listed[place].kind == "name" and listed[place + 1].text != "["


def _rewritten(tokens: Tokens, ranges: dict[str, str], alone: set[str], told: set[str]) -> Tokens:
    out: list[Token] = []
    read: dict[str, str] = {}
    for token in tokens.tokens:
        base, at = _split(token, ranges)
        if not base or base in alone:
            out.append(token)
            continue
        read[token.text] = f"{base}[{','.join(at)}]"
        out += _member(token, base, at)
    found = replace(tokens, tokens=out)
    read = {typed: meant for typed, meant in read.items() if typed not in told}
    told |= read.keys()
    if not read:
        return found
    note = f"{', '.join(read)} {'are' if len(read) > 1 else 'is'} read as {', '.join(read.values())}."
    return replace(found, notes=(*tokens.notes, note))


def _split(token: Token, ranges: dict[str, str]) -> tuple[str, list[str]]:
    """``A`` and the summed indices i, j of the name ``A_ij``; nothing where it is no such name."""
    found = _JOINED.fullmatch(token.text) if token.kind == "name" else None
    if found is None or is_function(found[1]) or found[1] in CONSTANTS:
        return "", []
    at = [found[2]] if found[2] in ranges else list(found[2])
    return (found[1], at) if len(at) <= 2 and ranges.keys() >= set(at) else ("", [])


def _member(token: Token, base: str, at: list[str]) -> list[Token]:
    """``base[i, j]``, of which each token stands where the name is."""
    _, typed, start, end, gap = token
    middle = start + len(base) if end - start == len(typed) else end
    inside = [("name", at[0])] + [sign for index in at[1:] for sign in (("op", ","), ("name", index))]
    behind = [Token(kind, text, middle, end) for kind, text in [("op", "["), *inside]]
    return [Token("name", base, start, middle, gap), *behind, Token("op", "]", end, end)]
