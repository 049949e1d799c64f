r"""Dots that leave out terms, ``x_1^2 + \cdots + x_n^2``, and entries, ``x = (x_1, \dots, x_n)``."""

from __future__ import annotations

from collections.abc import Sequence

from closedform.read.latex_signs import Sign
from closedform.read.vocabulary import INDEX_LETTERS

OPENING, CLOSING = ("open", "{", "begin"), ("close", "}", "finish")
INDICES = ("i", "j", "k", "l", "r", "s")
MAX_TERM = 60


def without_dots(signs: Sequence[Sign]) -> list[Sign]:
    r"""The signs with ``a_1 + \dots + a_n`` as a sum over an index, where the first and the last term are alike."""
    out, place, taken = list(signs), len(signs) - 2, {s.text for s in signs}
    while place > 0:
        between = out[place].kind == "dots" and out[place - 1].text == out[place + 1].text == "+"
        if between and (found := _sum(out, place, taken)) is not None:
            start, end, made = found
            out[start:end] = made
            place = start
        place -= 1
    return out


def _sum(signs: Sequence[Sign], place: int, taken: set[str]) -> tuple[int, int, list[Sign]] | None:
    """Where the terms start and end that the dots stand between, and the sum in their place."""
    last_end = _term_end(signs, place + 2)
    last = signs[place + 2 : last_end]
    start, terms = place - 1, list[Sequence[Sign]]()
    while len(terms) < 3 and (begin := _term_start(signs, start)) < start:
        terms.append(signs[begin:start])
        start = begin
        if signs[start - 1].text != "+" or not start:
            break
        if len(terms) < 3 and _end_of(signs[start : start + len(last)], last, "1") is not None:
            break
        start -= 1
    terms.reverse()
    high = _end_of(terms[0], last, "1") if terms else None
    if high is None or (start and signs[start - 1].text == "-"):
        return None
    alike = all(_end_of(term, last, str(k)) == high for k, term in enumerate(terms, 1))
    free = (i for i in (*INDICES, *sorted(INDEX_LETTERS)) if i not in taken and all(s.text != i for s in terms[0]))
    index = next(free, "") if alike else ""
    return (start, last_end, _made(terms[0], last, high, index)) if index else None


def _term_end(signs: Sequence[Sign], start: int) -> int:
    depth = 0
    for k in range(start, min(len(signs), start + MAX_TERM)):
        sign = signs[k]
        depth += (sign.kind in OPENING) - (sign.kind in CLOSING)
        ends = sign.text in ("+", "-", "=", ",", "|->") or sign.kind in ("end", "&", "\\", "word")
        if depth < 0 or (depth == 0 and ends and not (sign.kind == "word" and k == start)):
            return k
    return start


def _term_start(signs: Sequence[Sign], end: int) -> int:
    """The place where the term begins that ends before ``end``; its sign + or - does not belong to it. ``end`` where a
    term is too long to be looked through."""
    depth = 0
    for k in range(end - 1, max(-1, end - MAX_TERM), -1):
        sign = signs[k]
        depth += (sign.kind in CLOSING) - (sign.kind in OPENING)
        ends = sign.text in ("+", "-", "=", ",", "|->") or sign.kind in ("&", "\\")
        if depth < 0 or (depth == 0 and ends):
            return k + 1
    return 0 if end <= MAX_TERM else end


def _end_of(first: Sequence[Sign], last: Sequence[Sign], number: str) -> str | None:
    """The letter in ``last`` where ``first`` has the number, if all else is the same."""
    letters = set[str]()
    if len(first) != len(last):
        return None
    for one, other in zip(first, last, strict=True):
        if (one.kind, one.text) != (other.kind, other.text):
            if one.text != number or one.kind != "num" or other.kind != "letter":
                return None
            letters.add(other.text)
    return letters.pop() if len(letters) == 1 else None


def _made(first: Sequence[Sign], last: Sequence[Sign], high: str, index: str) -> list[Sign]:
    """The sum over ``index`` in brackets."""
    at, end = first[0], last[-1].end

    def put(kind: str, text: str) -> Sign:
        return Sign(kind, text, at.start, end, True)

    def inside(one: Sign, other: Sign) -> Sign:
        return one if one.text == other.text else one._replace(kind="letter", text=index)

    bounds = [put("_", "_"), put("{", "{"), put("letter", index), put("op", "="), put("num", "1"), put("}", "}")]
    bounds += [put("^", "^"), put("{", "{"), put("letter", high), put("}", "}")]
    body = [inside(one, other) for one, other in zip(first, last, strict=True)]
    return [put("open", "("), put("cmd", "sum"), *bounds, *body, put("close", "(")]


def listed(signs: Sequence[Sign], first: int, last: int) -> Sign | None:
    r"""The length in ``x = (x_1, \dots, x_n)^\top \in \mathbb{R}^n``, or None where it says something else."""
    name, shut = signs[first], next((k for k in range(first, last) if signs[k].kind == "close"), last)
    inside = [s for s in signs[first + 3 : shut] if s.kind not in ("{", "}")]
    if signs[first + 2].kind != "open" or shut == last or not name.text.islower():
        return None
    names = {s.text for s in inside if s.kind == "letter"} - {inside[-1].text}
    dotted = sum(s.kind == "dots" for s in inside) == 1
    plain = all(s.kind in ("letter", "num", "dots", "_") or s.text == "," for s in inside)
    begins = [s.text for s in inside[:3]] == [name.text, "_", "1"]
    ends = [s.text for s in inside[-3:-1]] == [name.text, "_"] and inside[-1].kind in ("letter", "num")
    return inside[-1] if names == {name.text} and dotted and plain and begins and ends else None
