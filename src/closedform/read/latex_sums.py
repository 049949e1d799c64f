r"""``\sum_{i=1}^{n}``, ``\prod_i``: the index, its range, and a frame for what is summed or multiplied."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from closedform.read.latex_names import argument
from closedform.read.latex_ranges import below, factor_mask, mask
from closedform.read.latex_scripts import script_range
from closedform.read.latex_signs import Sign, Signs
from closedform.read.lexer import Token

if TYPE_CHECKING:
    from closedform.read.latex import Translator

MAX_TERM = 2_000
EXTREMES = {"max": "max_over", "min": "min_over"}
OPENING, CLOSING = ("open", "{", "begin"), ("close", "}", "finish")
UNCLEAR = r"Write \sum_{i=1}^{n}, \sum_i or \sum_{i,j}."


def summation(t: Translator, sign: Sign) -> None:
    """A sum or product over one or more indices."""
    place, scripts, under = t.place + 1, {}, 0
    while t.signs[place].kind in ("_", "^"):
        first, last, after = script_range(t.signs, place, t.source)
        under = first if t.signs[place].kind == "_" else under
        scripts[t.signs[place].kind] = (t.signs[first:last], (t.signs[first].start, t.signs[last - 1].end))
        place = after
    if "_" not in scripts:
        entries = r"\mathbf{1}^\top x for the sum" if sign.text == "sum" else r"\operatorname{prod}(x) for that"
        t.fail(rf"\{sign.text} has no index", sign, rf"Write \{sign.text}_i x_i, or {entries} of all entries.")
    lower, span = scripts["_"]
    upper = scripts["^"][0] if "^" in scripts else []
    if not upper and (meant := _beside(t, under, under + len(lower))):
        head = rf"what belongs above or behind \{sign.text} stands below it"
        t.fail(head, (sign.start, t.signs[place - 1].end), f"Did you mean {meant} ?")
    lower, upper = _counted(lower, upper)
    _end_same(t, {s.text for s in lower}, place)
    free = _free(t, lower) if any(s.text == "≠" for s in lower) else set[str]()
    found = below(lower, upper, term_indices(t.signs, place, t.end), {*t.active, *t.known.fixed, *free})
    if any(s.text == "in" for s in lower):
        many = sum(s.kind == "letter" for s in lower) > 2
        hint = r"with a matrix e of 0 and 1: \sum_{i,j} e_{ij} …." if many else r"with e_i 0 or 1: \sum_i e_i …."
        t.fail("which of the indices are in a set is not known", span, "Write it " + hint)
    if not found.clear or (found.pairs and sign.text not in ("sum", "prod")):
        t.fail("what is summed over is not clear", span, UNCLEAR)
    for each in found.ranges:
        _check_bound(t, each.low)
        _check_bound(t, each.high)
    for number, (index, low, high) in enumerate(found.ranges):
        if index in t.active:
            t.fail(f"{index} is summed twice", span, "Give each sum its own index.")
        _open(t, sign, index, low, high, number > 0)
    masked = mask if sign.text == "sum" else factor_mask
    for kind, text in (token for pair in found.pairs for token in masked(pair)):
        t.put(kind, text, sign.start, sign.end, 0)
    ends = [("op", ")")] if sign.text == "sum" else [("op", "-"), ("num", "1"), ("op", ")"), ("op", ")")]
    t.top.after += [Token(kind, text, sign.end, sign.end) for _ in found.pairs for kind, text in ends]


def _free(t: Translator, lower: list[Sign]) -> set[str]:
    r"""The ``i`` of ``\sum_{j \ne i}`` where it stands for one number: declared so, or an index before all sums."""
    signs = t.signs
    first = next(k for k, s in enumerate(signs) if s.kind == "cmd" and s.text in ("sum", "prod"))
    below_names = [k for k in range(1, first) if signs[k].kind == "_" and signs[k - 1].kind in ("letter", "close", "}")]
    before = {s.text for k in below_names for s in signs[slice(*argument(signs, k)[:2])] if s.kind == "letter"}
    letters = {s.text for s in lower if s.kind == "letter"}
    return letters & (t.known.counts | before) if len(letters) > 1 else set()


def _counted(lower: list[Sign], upper: list[Sign]) -> tuple[list[Sign], list[Sign]]:
    r"""``i \in [n]`` and ``i \in \{1, \dots, n\}`` as what stands below and above for i from 1 to n."""
    place = next((k for k, s in enumerate(lower) if s.text == "in"), len(lower))
    inside = lower[place + 1 :]
    if upper or len(inside) < 3 or inside[0].kind != "open" or inside[-1].kind != "close":
        return lower, upper
    words = [s.text for s in inside[:-2] if s.text != ","]
    counting = words == ["["] or (len(words) == 3 and words[1] == "1" and inside[-4].kind == "dots")
    counting = counting and inside[-2].kind in ("letter", "num")
    return (lower[:place], inside[-2:-1]) if counting else (lower, upper)


def _beside(t: Translator, first: int, last: int) -> str:
    r"""The sum that ``\sum_{i=1^{n} x_i}`` means, or ``\sum_{i x_i}``; empty where that is not clear."""
    signs, index = t.signs, t.signs[first]
    low, high, body = index.text, "", first + 1
    if signs[body].text == "=":
        power = next((k for k in range(first, last) if signs[k].kind == "^"), last)
        if power == last or not all(_in_bound(s) for s in signs[body + 1 : power]):
            return ""
        start, end, body = argument(signs, power)
        low = t.source[index.start : signs[power - 1].end]
        high = f"^{{{t.source[signs[start].start : signs[end - 1].end]}}}"
    inside = [s.text for k in range(body, last) if signs[k].kind == "_" for s in signs[slice(*argument(signs, k)[:2])]]
    numbered = index.text in inside and signs[body].kind in ("letter", "num", "open")
    if index.kind != "letter" or not (numbered or (high and body >= last)):
        return ""
    typed = t.typed(signs[t.place].start, signs[t.place].end)
    return f"{typed}_{{{low}}}{high} {t.source[signs[body - 1].end : signs[last - 1].end].strip()}".strip()


def _in_bound(sign: Sign) -> bool:
    return sign.kind in ("letter", "num") or sign.text in ("+", "-")


def _end_same(t: Translator, letters: set[str], place: int) -> None:
    """A sum ends before another one over its index."""
    t.place = place
    t.stop_arguments()
    while t.ended and t.top.kind == "sum" and t.top.index in letters:
        t.pop_unseen()


def end_over_same(t: Translator) -> None:
    r"""Before ``/ \sum_i`` a sum over i ends."""
    if t.next.text != "sum" or t.signs[t.place + 1].kind != "_":
        return
    first, last, _ = script_range(t.signs, t.place + 1, t.source)
    letters = {s.text for s in t.signs[first:last]}
    while t.top.kind == "sum" and t.top.index in letters:
        t.pop_unseen()


def extreme(t: Translator, sign: Sign) -> bool:
    r"""Whether ``\max_i`` is of what is numbered by i, which is then read."""
    first, last, after = script_range(t.signs, t.place + 1, t.source)
    inside = term_indices(t.signs, after, t.end)
    if inside.isdisjoint(s.text for s in t.signs[first:last]):
        return False
    summation(t, sign)
    return True


def _check_bound(t: Translator, signs: Sequence[Sign]) -> None:
    for sign in signs:
        if sign.kind not in ("letter", "num") and sign.text not in ("+", "-", "*", "⋅"):
            t.fail("the range of a sum is not understood", sign, UNCLEAR)


def _open(t: Translator, sign: Sign, index: str, low: Sequence[Sign], high: Sequence[Sign], inside: bool) -> None:
    if not inside or not t.ended:
        t.operand(sign)
    function = EXTREMES.get(sign.text, sign.text)
    t.put_sign("name", function, sign)
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
    t.push("sum", sign, index=index, function=function)


def _bound(t: Translator, signs: Sequence[Sign]) -> None:
    for sign in signs:
        kind = "name" if sign.kind == "letter" else "num" if sign.kind == "num" else "op"
        t.put_sign(kind, "*" if sign.text == "⋅" else sign.text, sign)


def term_indices(signs: Signs, place: int, end: int) -> set[str]:
    """The letters that are indices in the term that starts at ``place``, those of its own sums apart."""
    depth, found, own, bars = 0, set(), set(), False
    for k in range(place, min(end, place + MAX_TERM)):
        sign = signs[k]
        depth += (sign.kind in OPENING) - (sign.kind in CLOSING)
        bars ^= sign.kind == "bar"
        ends = (
            sign.text in ("+", "-", "=", ",")
            and sign.kind == "op"
            and k > place
            and not bars
            and signs[k - 1].text not in ("*", "/", "×", "⋅")
        )
        if depth < 0 or (depth == 0 and ends and signs[k - 1].kind != "op"):
            break
        if sign.kind in ("_", "^"):
            first, last, _ = argument(signs, k)
            letters = {s.text for s in signs[first:last] if s.kind == "letter"}
            if k and signs[k - 1].text in ("sum", "prod", *EXTREMES):
                own |= letters
            elif sign.kind == "_" or signs[first].text == "(":
                found |= letters
    return found - own
