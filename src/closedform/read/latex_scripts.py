r"""What stands above and below: transposes, powers, inverses, indices, members of families."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from closedform.errors import ReadError
from closedform.read.alphabet import canonical
from closedform.read.latex_names import Known, argument, index_items, is_turn
from closedform.read.latex_signs import Sign, Signs
from closedform.read.lexer import Token

if TYPE_CHECKING:
    from closedform.read.latex import Translator

MARKS = {
    "F": "F",
    "fro": "F",
    "Fro": "F",
    "infty": "inf",
    "inf": "inf",
    "*": "*",
    "op": "op",
    "nuc": "nuc",
    "1,1": "11",
    "max": "max",
    "1": "1",
    "2": "2",
}
ADJOINTS = {"*", "H", "ast", "dag"}


def script_range(signs: Signs, place: int, source: str) -> tuple[int, int, int]:
    """The signs of a script and the place behind them; refuses ``x^12``, of which only the 1 is raised."""
    first, last, after = argument(signs, place)
    if first == last:
        word = "exponent" if signs[place].kind == "^" else "subscript"
        raise ReadError(
            f"an {word} is missing".replace("an s", "a s"), span=(signs[place].start, signs[place].end), source=source
        )
    if signs[place].kind == signs[first].kind == "^" and argument(signs, first)[2] == last:
        first, last, _ = script_range(signs, first, source)  # x^{^\top}
    one, follower = signs[first], signs[after]
    if signs[place + 1].kind != "{" and one.kind == "num" and follower.kind == "num" and not follower.gap:
        digits = one.text + follower.text
        sign = signs[place].kind
        verb = "raised" if sign == "^" else "lowered"
        raise ReadError(
            f"only the {one.text} of {digits} is {verb}", span=(signs[place].start, follower.end), source=source,
            hint=f"Write {sign}{{{digits}}}.",
        )  # fmt: skip
    if signs[place + 1].kind != "{" and one.kind == "cmd" and one.text in ("frac", "sqrt", "sum"):
        raise ReadError(
            f"what {signs[place].kind} takes is not clear", span=(signs[place].start, one.end), source=source,
            hint=f"Put it in braces: {signs[place].kind}{{…}}.",
        )  # fmt: skip
    return first, last, after


def member(signs: Signs, first: int, last: int) -> list[int | str] | None:
    """The index in ``^{(i)}``."""
    if last - first != 3 or signs[first].text not in ("(", "[") or signs[last - 1].kind != "close":
        return None
    return index_items(signs[first + 1 : last - 1])


def superscript(t: Translator, place: int) -> None:
    """A superscript behind an operand."""
    signs = t.signs
    first, last, after = script_range(signs, place, t.source)
    if signs[after].kind == "_" and after not in t.jumps:
        t.jumps[after] = subscript(t, after)
    t.place = after
    inner, end = signs[first : min(last, first + 3)], signs[after - 1].end
    one, final = inner[0], signs[last - 1]
    if signs[after].kind == "^":
        span = (signs[place].start, signs[after].end)
        t.fail("two superscripts stand on one another", span, "Write (x^2)^3 or x^{2^3}.")
    if len(inner) == 1 and is_turn(one) and not _is_power(one, signs[place + 1], t.known):
        _turn(t, one, signs[place].start, end)
    elif one.text == "-" and len(inner) == 2 and is_turn(inner[1]):
        t.out += _inverse(signs[place].start, one)
        _turn(t, inner[1], inner[1].start, end)
    elif len(inner) == 1 and one.text in ("+", "dagger"):
        for text in ("^", "{", "+", "}"):
            t.put("op", text, signs[place].start, end)
    elif len(inner) == 1 and one.text in ADJOINTS and one.text not in t.known.declared:
        what = t.typed(signs[place].start, end)
        hint = "All numbers are real: write ^\\top for the transpose."
        t.fail(f"the conjugate transpose {what} is not supported", (signs[place].start, end), hint)
    elif _doubtful_turn(t, inner):
        what, name = t.typed(signs[place].start, end), one.text
        power = f", or declare {name} in R for the power." if len(inner) == 1 else "."
        hint = "Write ^\\top for the transpose" + power
        t.fail(f"{what} may be a transpose or a power", (signs[place].start, end), hint)
    elif _root_of_matrix(t, signs[first:last], signs[place], end):
        pass
    elif one.text in ("(", "[") and _whole(signs, first, last):
        what = t.typed(signs[place].start, end)
        hint = "Members of a family are x^{(i)} of a name; powers are written without the brackets."
        t.fail(f"what {what} means is not clear", (signs[place].start, end), hint)
    elif final.kind == "cmd" and is_turn(final):
        what = t.typed(one.start, end)
        t.fail(f"^{{{what}}} is not read", (signs[place].start, end), r"Write one after the other: (X^2)^\top.")
    else:
        _power(t, place, first, last)


def _turn(t: Translator, sign: Sign, start: int, end: int) -> None:
    """The transpose; one by the letter T is marked, since T may be a name too."""
    t.put("T" if sign.text == "T" and sign.kind == "letter" else "op", "'", start, end)


def _doubtful_turn(t: Translator, inner: Sequence[Sign]) -> bool:
    """``x^t``, and ``x^{tr}``, where t is nothing else."""
    texts = [s.text for s in inner if s.kind in ("letter", "word")]
    if len(texts) != len(inner) or texts not in (["t"], ["t", "r"], ["tr"]):
        return False
    return not ({*texts} & (t.known.declared | t.known.low if len(texts) == 1 else t.known.declared))


LONGEST_ROOT = 12


def _root_of_matrix(t: Translator, exponent: Sequence[Sign], mark: Sign, end: int) -> bool:
    r"""``\\Sigma^{1/2}`` and ``\\Sigma^{-1/2}`` of a declared matrix: its square root, and the inverse of that."""
    if len(exponent) > LONGEST_ROOT:
        return False
    base, texts = t.out[-1], "".join(s.text for s in exponent if s.kind not in ("{", "}"))
    inverse = texts.startswith("-")
    if base.kind != "name" or base.text not in t.known.matrices or texts.lstrip("-") not in ("1/2", "frac12"):
        return False
    t.out[-1:] = [Token("name", "sqrtm", base.start, base.start, 1), Token("op", "(", base.start, base.start), base]
    t.put("op", ")", base.end, end)
    if inverse:
        t.out += _inverse(mark.start, mark)
    t.note(f"{t.typed(base.start, end)} is read as the {'inverse of the ' * inverse}matrix square root of {base.text}.")
    return True


def _whole(signs: Signs, first: int, last: int) -> bool:
    """Whether one pair of brackets holds all."""
    depth = 0
    for place in range(first, last - 1):
        depth += (signs[place].kind == "open") - (signs[place].kind == "close")
        if depth == 0:
            return False
    return signs[last - 1].kind == "close"


def _is_power(one: Sign, before: Sign, known: Known) -> bool:
    """``x^T`` where T is declared a scalar is a power."""
    return one.text == "T" and one.kind == "letter" and before.kind != "{" and "T" in known.declared - known.arrays


def _inverse(start: int, minus: Sign) -> list[Token]:
    return [
        Token("op", "^", start, minus.end), Token("op", "-", minus.start, minus.end),
        Token("num", "1", minus.end, minus.end),
    ]  # fmt: skip


def _power(t: Translator, place: int, first: int, last: int) -> None:
    signs, operator = t.signs, "^"
    if signs[first].text == ".*":
        operator, first = ".^", first + 1
        if first == last:
            t.fail("an exponent is missing", signs[first - 1])
    elif signs[first].text == "⊗":
        t.fail("Kronecker powers are not supported", signs[first], r"Write A \otimes A.")
    t.put("op", operator, signs[place].start, signs[place].end)
    inner = signs[first : min(last, first + 3)]
    minus = inner[0].text == "-" and inner[0].kind == "op"
    rest = inner[1:] if minus else inner
    if len(rest) == 1 and last - first < 3 and rest[0].kind in ("letter", "num", "word") and rest[0].text != "e":
        braced = signs[place + 1].kind == "{"
        if braced:
            t.put_sign("op", "(", signs[place + 1])
        if minus:
            t.put_sign("op", "-", inner[0])
        t.put_sign("num" if rest[0].kind == "num" else "name", canonical(rest[0].text), rest[0])
        if braced:
            t.put_sign("op", ")", signs[last])
        t.ended = True
        return
    t.open_script(first, last)


def subscript(t: Translator, place: int) -> int:
    """Indices behind a bracket or a call, as in ``(X A)_{ij}``; the place behind them."""
    signs = t.signs
    first, last, after = script_range(signs, place, t.source)
    items = index_items(signs[first:last])
    if not items or len(items) > 2:
        what = t.typed(signs[place].start, signs[last - 1].end)
        t.fail(
            f"the index {what} is not read",
            (signs[place].start, signs[last - 1].end),
            "Indices are numbers or letters: x_i, A_{ij}.",
        )
    put_index(t, items, signs[first].start, signs[last - 1].end)
    return after


def put_index(t: Translator, items: Sequence[int | str], start: int, end: int) -> None:
    t.put("op", "[", start, start, 0)
    for number, item in enumerate(items):
        if number:
            t.put("op", ",", end, end)
        if item == ":":
            t.put("op", ":", start, end)
        else:
            name, sign, shift = (*re.split(r"([+-])", str(item)), "", "")[:3]
            t.put("num" if isinstance(item, int) else "name", name, start, end)
            if shift:
                t.put("op", sign, start, end)
                t.put("num", shift, start, end)
    t.put("op", "]", end, end)
