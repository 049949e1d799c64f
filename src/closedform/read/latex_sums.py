r"""``\sum_{i=1}^{n}``, ``\prod_i``: the index, its range, and a frame for what is summed or multiplied."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from closedform.read.latex_names import argument
from closedform.read.latex_scripts import script_range
from closedform.read.latex_signs import Sign, Signs

if TYPE_CHECKING:
    from closedform.read.latex import Translator

MAX_TERM = 2_000
OPENING, CLOSING = ("open", "{", "begin"), ("close", "}", "finish")
UNCLEAR = r"Write \sum_{i=1}^{n}, \sum_i or \sum_{i,j}."


def summation(t: Translator, sign: Sign) -> None:
    """A sum or product over one or more indices."""
    place, scripts = t.place + 1, {}
    while t.signs[place].kind in ("_", "^"):
        first, last, after = script_range(t.signs, place, t.source)
        scripts[t.signs[place].kind] = (t.signs[first:last], (t.signs[first].start, t.signs[last - 1].end))
        place = after
    if "_" not in scripts:
        entries = r"\mathbf{1}^\top x for the sum" if sign.text == "sum" else r"\operatorname{prod}(x) for that"
        t.fail(rf"\{sign.text} has no index", sign, rf"Write \{sign.text}_i x_i, or {entries} of all entries.")
    lower, span = scripts["_"]
    upper = scripts["^"][0] if "^" in scripts else []
    ranges = _ranges(t, lower, upper, span)
    t.place = place
    t.stop_arguments()
    while t.ended and t.top.kind == "sum" and any(index == t.top.index for index, _, _ in ranges):
        t.pop_unseen()
    for number, (index, low, high) in enumerate(ranges):
        if index in t.active:
            t.fail(f"{index} is summed twice", span, "Give each sum its own index.")
        _open(t, sign, index, low, high, number > 0)


def _ranges(
    t: Translator, lower: Sequence[Sign], upper: Sequence[Sign], span: tuple[int, int]
) -> list[tuple[str, Sequence[Sign], Sequence[Sign]]]:
    found: list[tuple[str, Sequence[Sign], Sequence[Sign]]] = []
    names: list[str] = []
    place = 0
    while place < len(lower):
        sign = lower[place]
        if sign.kind == "letter":
            names.append(sign.text)
            place += 1
        elif sign.text == "," and names:
            place += 1
        elif sign.text == "=" and names:
            end = next((k for k in range(place, len(lower)) if lower[k].text == ","), len(lower))
            found += [(name, lower[place + 1 : end], upper) for name in names]
            names, place = [], end + 1
        else:
            t.fail("what is summed over is not clear", span, UNCLEAR)
    found += [(name, [], upper) for name in names]
    for _, low, high in found:
        _check_bound(t, low)
        _check_bound(t, high)
    return found


def _check_bound(t: Translator, signs: Sequence[Sign]) -> None:
    for sign in signs:
        if sign.kind not in ("letter", "num") and sign.text not in ("+", "-", "*", "⋅"):
            t.fail("the range of a sum is not understood", sign, UNCLEAR)


def _open(t: Translator, sign: Sign, index: str, low: Sequence[Sign], high: Sequence[Sign], inside: bool) -> None:
    if not inside or not t.ended:
        t.operand(sign)
    t.put_sign("name", sign.text, sign)
    t.put_sign("op", "(", sign)
    t.put_sign("name", index, sign)
    if high:
        t.put_sign("op", "=", sign)
        if low:
            _bound(t, low)
        else:
            t.put_sign("num", "1", sign)
        t.put_sign("op", "..", sign)
        _bound(t, high)
    t.put_sign("op", ",", sign)
    t.active.append(index)
    t.push("sum", sign, index=index, function=sign.text)


def _bound(t: Translator, signs: Sequence[Sign]) -> None:
    for sign in signs:
        kind = "name" if sign.kind == "letter" else "num" if sign.kind == "num" else "op"
        t.put_sign(kind, "*" if sign.text == "⋅" else sign.text, sign)


def term_indices(signs: Signs, place: int, end: int) -> set[str]:
    """The letters that are indices in the term that starts at ``place``, those of its own sums apart."""
    depth, found, own = 0, set(), set()
    for k in range(place, min(end, place + MAX_TERM)):
        sign = signs[k]
        depth += (sign.kind in OPENING) - (sign.kind in CLOSING)
        ends = (
            sign.text in ("+", "-", "=", ",")
            and sign.kind == "op"
            and k > place
            and signs[k - 1].text not in ("*", "/", "×", "⋅")
        )
        if depth < 0 or (depth == 0 and ends and signs[k - 1].kind != "op"):
            break
        if sign.kind in ("_", "^"):
            first, last, _ = argument(signs, k)
            letters = {s.text for s in signs[first:last] if s.kind == "letter"}
            if k and signs[k - 1].text in ("sum", "prod"):
                own |= letters
            elif sign.kind == "_" or signs[first].text == "(":
                found |= letters
    return found - own
