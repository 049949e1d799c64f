"""``n!`` as ``gamma(n + 1)``, and its logarithm as ``loggamma(n + 1)``, which does not overflow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from closedform.read.latex_signs import Sign
from closedform.read.lexer import Token

if TYPE_CHECKING:
    from closedform.read.latex import Translator

ENDS = {"close", "}", "end"}


def factorial(t: Translator, sign: Sign) -> None:
    if not t.ended or t.out[-1].text == "'":
        t.fail("! has nothing to stand on", sign, "A factorial stands behind a number: n!, (2 n)!.")
    if t.signs[t.place + 1].text == "!":
        t.fail("double factorials are not supported", sign)
    start = _operand(t)
    before = [token.text for token in t.out[max(0, start - 2) : start]]
    t.place += 1
    first = t.out[start].start
    if before == ["log", "("] and (t.next.kind in ENDS or t.next.text in ("+", "-")):
        t.out[start - 2] = t.out[start - 2]._replace(text="loggamma")
        behind = ["+", "1"]
    else:
        opening = Token("op", "(", first, first)
        front = [Token("name", "gamma", first, first, 1), opening, opening]
        t.out[start:start] = front[: 2 if len(t.out) - start == 1 else 3]
        behind = ["+", "1", ")"] if len(t.out) - start == 3 else [")", "+", "1", ")"]
    for text in behind:
        t.put("num" if text == "1" else "op", text, sign.start, sign.end)
    t.note(f"{t.typed(first, sign.end)} is read as the gamma function at one more.")
    t.ended, t.plain = True, ""


def _operand(t: Translator) -> int:
    """Where the operand begins that has just ended: a name, a number, an entry, a bracket or a call."""
    place, depth = len(t.out) - 1, 0
    while place >= 0:
        text = t.out[place].text
        depth += (text in (")", "]")) - (text in ("(", "["))
        if depth == 0:
            break
        place -= 1
    called = place > 0 and t.out[place].text in ("(", "[") and t.out[place - 1].kind == "name"
    return place - 1 if called else max(place, 0)
