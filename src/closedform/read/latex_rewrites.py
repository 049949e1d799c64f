r"""Spellings that are taken apart before all else: ``x^{(k)\top}``, ``x_*``, ``\begin{Vmatrix}``, ``…|_{x=c}``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from closedform.errors import ReadError
from closedform.read.latex_names import argument, is_turn
from closedform.read.latex_signs import Sign, Signs
from closedform.read.lexer import Token

LONGEST_STAR = 8


def rewritten(signs: Sequence[Sign]) -> Signs:
    """The signs with such spellings taken apart."""
    out, place = Signs(), 0
    while place < len(signs):
        sign = signs[place]
        if sign[:2] == ("open", "<") and (product := _dirac(signs, place)):
            out += rewritten(product[0])
            place = product[1]
        elif sign.text == "Vmatrix" and sign.kind in ("begin", "finish"):
            out += _norm_of_rows(sign)
            place += 1
        elif sign.text == "binom" and sign.kind == "cmd" and (parts := _two(signs, place)):
            out += _binomial(sign, *(rewritten(part) for part in parts[:2]))
            place = parts[2]
        elif sign.kind == "{" and _lone_operator(signs, place):
            out.append(signs[place + 1])
            place += 3
        elif sign.kind == "^" and _member_turned(signs, place):
            shut = place + 4
            out += [*signs[place : shut + 1], signs[shut + 2], sign, signs[shut + 1]]
            place = shut + 3
        elif sign.kind in ("^", "_") and (stars := _stars(signs, place)) and (named := _named(out, sign)) >= 0:
            out[named] = out[named]._replace(text=out[named].text + "_" + "star" * stars[0])
            place = stars[1]
        else:
            out.append(sign)
            place += 1
    return out


def _dirac(signs: Sequence[Sign], place: int) -> tuple[list[Sign], int] | None:
    r"""``\langle x | A | y \rangle`` as the signs of ``\langle x, (A) y \rangle``, and the place behind it."""
    depth, bars, opening = 0, list[int](), ("open", "{", "begin")
    for k in range(place, len(signs)):
        sign = signs[k]
        depth += (sign.kind in opening) - (sign.kind in ("close", "}", "finish"))
        if depth == 0:
            break
        if depth == 1 and (sign.text == "," or sign.text == "||"):
            return None
        if depth == 1 and (sign.kind == "mid" or sign[:2] == ("bar", "|")):
            bars.append(k)
    else:
        return None
    parts = [list(signs[a + 1 : b]) for a, b in pairwise([place, *bars, k])]
    if signs[k][:2] != ("close", "<") or len(parts) not in (2, 3) or not all(parts):
        return None
    if len(parts) == 3 and _holds_sum(parts[1]):
        return None  # H - E may take a number from an operator: the product says which is meant
    comma = signs[bars[0]]._replace(kind="op", text=",", side=0)
    if len(parts) == 3:
        shut = signs[bars[1]]
        parts[1] = [comma._replace(kind="open", text="("), *parts[1], shut._replace(kind="close", text="(", side=0)]
    return [signs[place], *parts[0], comma, *(s for part in parts[1:] for s in part), signs[k]], k + 1


def _lone_operator(signs: Sequence[Sign], place: int) -> bool:
    r"""Whether braces hold an operator alone, which only keeps it close: ``a{\cdot}b``."""
    before = signs[place - 1].kind if place else ""
    inside, shut = signs[place + 1 : place + 3] if place + 2 < len(signs) else (signs[place], signs[place])
    return inside.kind == "op" and inside.text != "," and shut.kind == "}" and before not in ("^", "_", "cmd")


def _holds_sum(signs: Sequence[Sign]) -> bool:
    """Whether a + or - stands outside of all braces."""
    depth = 0
    for sign in signs:
        depth += (sign.kind == "{") - (sign.kind == "}")
        if depth == 0 and sign.kind == "op" and sign.text in ("+", "-"):
            return True
    return False


def _two(signs: Sequence[Sign], place: int) -> tuple[Sequence[Sign], Sequence[Sign], int] | None:
    """The two arguments of a command, and the place behind them."""
    found, place = list[Sequence[Sign]](), place + 1
    for _ in range(2):
        last = _group_end(signs, place)
        found.append(signs[place + 1 : last] if signs[place].kind == "{" else signs[place : place + 1])
        place = last + 1
    return (found[0], found[1], place) if all(found) else None


def _group_end(signs: Sequence[Sign], place: int) -> int:
    depth = 0
    for k in range(place, len(signs)):
        depth += (signs[k].kind == "{") - (signs[k].kind == "}")
        if depth == 0:
            return k
    return len(signs) - 1


def _binomial(sign: Sign, top: Sequence[Sign], below: Sequence[Sign]) -> list[Sign]:
    r"""``\binom{n}{k}`` as ``\frac{n!}{k! (n - k)!}``."""

    def put(kind: str, text: str) -> Sign:
        return Sign(kind, text, sign.start, sign.end, True)

    def factorial(inside: Sequence[Sign]) -> list[Sign]:
        return [put("open", "("), *inside, put("close", "("), put("op", "!")]

    rest = [put("open", "("), *top, put("close", "("), put("op", "-"), put("open", "("), *below, put("close", "(")]
    above = [put("{", "{"), *factorial(top), put("}", "}")]
    return [put("cmd", "frac"), *above, put("{", "{"), *factorial(below), *factorial(rest), put("}", "}")]


def _norm_of_rows(sign: Sign) -> list[Sign]:
    bar = Sign("bar", "||", sign.start, sign.end, sign.gap, side=1 if sign.kind == "begin" else -1)
    rows = sign._replace(text="pmatrix")
    return [bar, rows] if sign.kind == "begin" else [rows, bar]


def _member_turned(signs: Sequence[Sign], place: int) -> bool:
    r"""Whether ``^{(k)\top}`` stands at ``place``: the transpose of a member of a family."""
    kinds = [s.kind for s in signs[place + 1 : place + 7]]
    fits = len(kinds) == 6 and kinds[:2] == ["{", "open"] and kinds[3] == "close" and kinds[5] == "}"
    return fits and kinds[2] in ("letter", "num") and signs[place + 2].text == "(" and is_turn(signs[place + 5])


def _stars(signs: Sequence[Sign], place: int) -> tuple[int, int] | None:
    r"""How many stars ``_*``, ``_{**}`` or ``^\star`` has, and the place behind it; None where there is more."""
    braced = signs[place + 1].kind == "{"
    first = last = place + 1 + braced
    while last < min(len(signs), first + LONGEST_STAR) and signs[last].kind == "op" and signs[last].text == "*":
        last += 1
    long = all(s.end - s.start > 1 for s in signs[first:last])  # \star, \ast: no product, and no conjugate
    if last == first or (braced and signs[last].kind != "}") or (signs[place].kind == "^" and not long):
        return None
    return (1, place + 2) if not braced else (last - first, last + 1)


def _named(out: Sequence[Sign], script: Sign) -> int:
    """The place of the letter that stars stand on, -1 where they stand on something else."""
    place = len(out) - 1
    if place > 1 and script.kind == "^" and out[place - 1].kind == "_" and out[place].kind in ("letter", "num"):
        place -= 2  # x_i^\star
    if place < 0 or out[place].kind != "letter" or (script.kind == "^" and out[place].text[0].isupper()):
        return -1
    return place


class Point(NamedTuple):
    r"""``|_{x=c}`` at the end of a formula: the place of the bar, the name, the signs of what it is put to."""

    bar: int
    name: Sign
    first: int
    last: int


def at_point(signs: Signs, end: int) -> Point | None:
    place = next((k for k in range(end - 1, -1, -1) if signs[k].kind in ("bar", "at")), -1)
    if place < 0 or signs[place].text != "|" or signs[place + 1].kind != "_":
        return None
    first, last, after = argument(signs, place + 1)
    inside = signs[first:last]
    if after != end or len(inside) < 3 or inside[0].kind != "letter" or inside[1].text != "=":
        return None
    return Point(place, inside[0], first + 2, last)


def put_to(tokens: Sequence[Token], point: Point, name: str, value: Sequence[Token], source: str) -> Iterator[Token]:
    """The tokens of a formula with ``value`` in the place of the name; they stand where that stood."""
    if all(t.text != name for t in tokens):
        span = (point.name.start, point.name.end)
        raise ReadError(f"{point.name.text} stands nowhere in what is read at the point", span=span, source=source)
    whole = [Token("op", "(", 0, 0, 1), *value, Token("op", ")", 0, 0)] if len(value) > 1 else value
    before = whole[0]
    for token in tokens:
        if token.kind == "name" and token.text == name:
            if len(value) > 1 and before.kind in ("name", "num"):
                yield Token("op", "*", token.start, token.start)
            yield from (t._replace(start=token.start, end=token.end) for t in whole)
        else:
            yield token
        before = token
