r"""``\begin{cases}`` and indicators ``\mathbb 1[x > 0]``, as sums and products with ``step``.

``\begin{cases} a & x > 0 \\ b & \text{otherwise} \end{cases}`` is ``a ⊙ step(x) + b ⊙ (1 - step(x))``. Logarithms,
roots and quotients in a case, which may have no value where it does not hold, get one in ``guards.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from closedform.errors import LimitError, ReadError
from closedform.read.latex_signs import Sign, Signs

AGAINST = {">": "<=", "<": ">=", ">=": "<", "<=": ">", "=": "≠", "≠": "="}
REST = {"otherwise", "else", "elsewhere", "otherwise."}
JOINING = {"if", "for", "when", "where"}
PARTIAL = {"inv", "logdet", "asin", "acos"}
OPENING, CLOSING = ("open", "{", "begin"), ("close", "}", "finish")
MAX_CASES, MAX_DEPTH, MAX_SIGNS = 12, 10, 200_000
HINT = r"Cases are one formula & one inequality: \begin{cases} x & x > 0 \\ 0 & \text{otherwise} \end{cases}."


class Row(NamedTuple):
    """A case: its value and the comparisons that must hold, none of what is left."""

    value: list[Sign]
    holds: list[tuple[list[Sign], str, list[Sign]]]


def array_of_cases(signs: Signs) -> bool:
    r"""Whether ``\left\{ \begin{array} … \end{array}`` ends here, before ``\right.``; it becomes ``cases``."""
    start = max((k for k, s in enumerate(signs) if s[:2] == ("begin", "array")), default=0)
    if not start or signs[-1][:2] != ("finish", "array") or signs[start - 1][:2] != ("open", "{"):
        return False
    signs[-1] = signs[-1]._replace(text="cases")
    signs[start - 1 : start + 1] = [signs[start]._replace(text="cases", start=signs[start - 1].start)]
    return True


def without_cases(source: str, signs: Signs) -> Signs:
    """The signs with cases and indicators written out."""
    texts = {s.text for s in signs if s.kind in ("begin", "op")}
    if not texts & {"cases", "dcases", *AGAINST}:
        return signs
    out = Signs()
    out += _indicators(source, _cases(source, signs))
    return out


def _cases(source: str, signs: Sequence[Sign]) -> list[Sign]:
    out: list[Sign] = []
    starts: list[int] = []
    for sign in signs:
        out.append(sign)
        if sign.text not in ("cases", "dcases"):
            continue
        if sign.kind == "begin":
            starts.append(len(out) - 1)
            if len(starts) > MAX_DEPTH or len(out) > MAX_SIGNS:
                raise LimitError("cases stand too deep within each other (limit: cases)", source=source)
        elif sign.kind == "finish" and starts:
            start = starts.pop()
            rows = [_row(source, part) for part in _split(out[start + 1 : -1], "\\") if part]
            if not 2 <= len(rows) <= MAX_CASES or any(not r.holds for r in rows[:-1]):
                raise _refused(source, out[start], sign, "these cases are not read")
            out[start:] = _bracket(_nested(rows, out[start]), out[start])
    return out


def _row(source: str, signs: list[Sign]) -> Row:
    parts = _split(signs, "&")
    said_at = next((k for k, s in enumerate(signs) if s.kind == "word" and s.text in JOINING | REST), 0)
    if len(parts) == 1 and said_at:
        parts = [signs[:said_at], signs[said_at:]]
    value = _trimmed(parts[0])
    said = [s for s in parts[1] if s.text not in JOINING and s.text not in (",", ".")] if len(parts) == 2 else []
    if len(parts) > 2 or not value or (len(parts) == 2 and not said):
        raise _refused(source, signs[0], signs[-1], "this case is not read")
    for k, sign in enumerate(value):
        if sign.text in PARTIAL or (sign.text == "det" and value[k - 1].text == "log" and k):
            raise _refused(source, sign, sign, "a case that has no value elsewhere is not supported")
    if not said or (len(said) == 1 and said[0].text in REST):
        return Row(value, [])
    return Row(value, _comparisons(source, said))


def _comparisons(source: str, signs: list[Sign]) -> list[tuple[list[Sign], str, list[Sign]]]:
    at = [k for k, (sign, depth) in enumerate(_with_depth(signs)) if depth == 0 and sign.text in AGAINST]
    bounds = [-1, *at, len(signs)]
    sides = [signs[a + 1 : b] for a, b in pairwise(bounds)]
    words = any(s.kind == "word" and s.text in ("and", "or") for s in signs)
    if not 1 <= len(at) <= 2 or not all(sides) or words:
        raise _refused(source, signs[0], signs[-1], "this condition is not read")
    return [(sides[k], signs[at[k]].text, sides[k + 1]) for k in range(len(at))]


def _nested(rows: list[Row], sign: Sign) -> list[Sign]:
    """``a·h + (1 - h)·(the rest)``, from the last case on; the last one is what the others leave."""
    out = rows[-1].value
    for row in reversed(rows[:-1]):
        terms = [_times(row.value, _holding(row.holds, sign), sign), _times(out, _failing(row.holds, sign), sign)]
        terms = [t for t in terms if t]
        joined = [*terms[0], _made("op", "+", sign), *terms[1]] if len(terms) == 2 else (terms or [[_zero(sign)]])[0]
        out = joined
    return out


def _times(value: list[Sign], factor: list[Sign], sign: Sign) -> list[Sign]:
    texts = [s.text for s in value]
    if texts == ["0"]:
        return []
    return factor if texts == ["1"] else [*_bracket(value, sign), _made("op", ".*", sign), *factor]


def _holding(holds: list[tuple[list[Sign], str, list[Sign]]], sign: Sign) -> list[Sign]:
    """1 where all comparisons hold, 0 elsewhere."""
    out: list[Sign] = []
    for left, relation, right in holds:
        out += [_made("op", ".*", sign)] * bool(out) + _indicator(left, relation, right, sign)
    return _bracket(out, sign)


def _failing(holds: list[tuple[list[Sign], str, list[Sign]]], sign: Sign) -> list[Sign]:
    if len(holds) == 1:
        left, relation, right = holds[0]
        return _indicator(left, AGAINST[relation], right, sign)
    return _bracket([_made("num", "1", sign), _made("op", "-", sign), *_holding(holds, sign)], sign)


def _indicator(left: list[Sign], relation: str, right: list[Sign], sign: Sign) -> list[Sign]:
    """``step`` is 0 at 0, so ``a >= b`` is ``1 - step(b - a)``."""
    if relation in ("=", "≠"):
        return _equal(left, relation, right, sign)
    if relation in ("<", ">="):
        left, right = right, left
    if [s.text for s in left] == ["0"]:
        left = []
    over = [_made("op", "-", sign), *_bracket(right, sign)] if [s.text for s in right] != ["0"] else []
    step = [_made("word", "step", sign), *_bracket([*left, *over], sign)]
    if relation in (">", "<"):
        return step
    return _bracket([_made("num", "1", sign), _made("op", "-", sign), *step], sign)


def _equal(left: list[Sign], relation: str, right: list[Sign], sign: Sign) -> list[Sign]:
    """``step((a - b)^2)`` is 0 where both are equal, 1 elsewhere."""
    apart = [*_bracket(left, sign), _made("op", "-", sign), *_bracket(right, sign)]
    square = [*_bracket(apart, sign), _made("^", "^", sign), _made("num", "2", sign)]
    other = [_made("word", "step", sign), *_bracket(square, sign)]
    return other if relation == "≠" else _bracket([_made("num", "1", sign), _made("op", "-", sign), *other], sign)


def _indicators(source: str, signs: list[Sign]) -> list[Sign]:
    r"""``\mathbb 1[x > 0]``, ``\mathbf 1_{x > 0}`` and ``[x > 0]``."""
    out: list[Sign] = []
    place, compared = 0, _compared(signs)
    while place < len(signs):
        sign = signs[place]
        opener = place + (sign.kind == "const" or (sign.text == "I" and sign.kind == "letter"))
        opener += signs[opener].kind == "_" and opener > place
        wanted = signs[opener].kind in ("open", "{") if opener > place else sign.text == "[" and sign.kind == "open"
        within = opener + (wanted and opener > place and signs[opener + 1].kind == "open")
        if wanted and (opener in compared or within in compared):
            first = opener if opener in compared else within
            end = compared[first] + first - opener
            inside = signs[first + 1 : compared[first]]
            out += _holding(_comparisons(source, inside), sign)
            place = end + 1
        else:
            out.append(sign)
            place += 1
    return out


def _compared(signs: Sequence[Sign]) -> dict[int, int]:
    """The brackets in which a comparison stands, but in none inside them: where they open and where they close."""
    stack, marked, found = list[int](), set[int](), dict[int, int]()
    for k, sign in enumerate(signs):
        if sign.kind in CLOSING:
            if stack and stack[-1] in marked:
                found[stack[-1]] = k
            del stack[-1:]
        elif sign.kind in OPENING:
            stack.append(k)
        elif sign.kind == "op" and sign.text in AGAINST and stack:
            marked.add(stack[-1])
    return found


def _with_depth(signs: Sequence[Sign]) -> list[tuple[Sign, int]]:
    depth, out = 0, []
    for sign in signs:
        depth -= sign.kind in CLOSING
        out.append((sign, depth))
        depth += sign.kind in OPENING
    return out


def _split(signs: list[Sign], kind: str) -> list[list[Sign]]:
    out: list[list[Sign]] = [[]]
    for sign, depth in _with_depth(signs):
        if depth == 0 and sign.kind == kind:
            out.append([])
        else:
            out[-1].append(sign)
    return out


def _trimmed(signs: list[Sign]) -> list[Sign]:
    """Without a comma at the end."""
    while signs and signs[-1].text in (",", ";", "."):
        signs = signs[:-1]
    return signs


def _bracket(signs: list[Sign], sign: Sign) -> list[Sign]:
    return [_made("open", "(", sign), *signs, _made("close", "(", sign)]


def _made(kind: str, text: str, sign: Sign) -> Sign:
    return Sign(kind, text, sign.start, sign.end, True)


def _zero(sign: Sign) -> Sign:
    return _made("num", "0", sign)


def _refused(source: str, first: Sign, last: Sign, message: str) -> ReadError:
    return ReadError(message, span=(first.start, last.end), source=source, hint=HINT)
