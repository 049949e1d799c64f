r"""What LaTeX sets above one another or in rows: fractions, roots, matrices."""

from __future__ import annotations

from typing import TYPE_CHECKING

from closedform.read.alphabet import canonical
from closedform.read.latex_names import argument
from closedform.read.latex_signs import Sign
from closedform.read.lexer import Token

if TYPE_CHECKING:
    from closedform.read.latex import Translator


def put_one(t: Translator, one: Sign) -> None:
    """A sign that is the whole of an argument: a number, or a name in the shape that it has."""
    name = canonical(one.text)
    t.put_sign("num" if one.kind == "num" else "name", name, one)
    if one.font in ("bold", "arrow"):
        (t.arrows if one.font == "arrow" else t.bold).add(name)


def fraction(t: Translator, sign: Sign) -> None:
    r"""A fraction; behind a name it is a factor and no argument, ``\gamma \frac{a}{b}``."""
    t.place += 1
    if t.ended and t.plain and t.out[-1].text == t.plain and t.plain not in t.known.functions:
        t.put("op", "*", sign.start, sign.start)
    t.operand(sign)
    t.put_sign("op", "(", sign)
    fraction_part(t, "top", sign)


def fraction_part(t: Translator, part: str, sign: Sign) -> None:
    """Begin the numerator or the denominator at ``t.place``; one sign is read whole."""
    if part == "bottom":
        t.put("op", "/", t.last_end, t.last_end)
    first, last, after = argument(t.signs, t.place - 1)
    if first == last or t.signs[first].kind == "end":
        t.fail("a fraction has two parts", sign, r"Write \frac{a}{b}.")
    one = t.signs[first]
    t.ended = False
    if last - first == 1 and one.kind in ("letter", "num", "const") and one.text != "e":
        put_one(t, one)
        t.ended, t.place = True, after
        if part == "top":
            fraction_part(t, "bottom", sign)
        else:
            t.put("op", ")", one.end, max(one.end, t.signs[after - 1].end))
            t.plain = ""
        return
    if t.signs[t.place].kind != "{":
        t.fail("what the fraction takes is not clear", one, r"Put it in braces: \frac{…}{…}.")
    t.put("op", "(", one.start, one.start)
    t.push(part, sign)
    t.place = first


def root(t: Translator, sign: Sign) -> None:
    t.place += 1
    after: list[Token] = []
    if t.next.text == "[" and t.next.kind == "open":
        order = t.signs[t.place + 1]
        if order.kind not in ("num", "letter") or t.signs[t.place + 2].kind != "close":
            t.fail("the order of a root is a number or a name", order)
        kind = "num" if order.kind == "num" else "name"
        texts = [("op", ")"), ("op", "^"), ("op", "("), ("num", "1"), ("op", "/"), (kind, order.text), ("op", ")")]
        after = [Token(k, text, order.start, order.end, 1) for k, text in texts]
        t.place += 3
    t.operand(sign)
    if after:
        t.put_sign("op", "(", sign)
    else:
        t.put_sign("name", "sqrt", sign)
    first, last, behind = argument(t.signs, t.place - 1)
    one = t.signs[first]
    t.put("op", "(", one.start, one.start)
    t.ended = False
    if last - first == 1 and one.kind in ("letter", "num") and one.text != "e":
        put_one(t, one)
        t.put("op", ")", one.end, t.signs[behind - 1].end)
        t.out += after
        t.ended, t.place, t.plain = True, behind, ""
        return
    if t.next.kind != "{" or first == last:
        t.fail(r"what \sqrt takes is not clear", sign, r"Put it in braces: \sqrt{…}.")
    t.push("script", sign, after=after)
    t.returns.append(behind)
    t.place = first


def begin(t: Translator, sign: Sign) -> None:
    t.place += 1
    t.stop_arguments()
    t.operand(sign)
    if sign.text == "vmatrix":
        t.put_sign("name", "det", sign)
        t.put_sign("op", "(", sign)
    t.push("env", sign)
    t.put_sign("op", "[", sign)


def finish(t: Translator, sign: Sign) -> None:
    t.end_unseen()
    frame = t.top
    if frame.kind != "env" or frame.sign.text != sign.text:
        t.fail(f"{t.typed(sign.start, sign.end)} closes nothing that is open", sign)
    t.end_product()
    t.frames.pop()
    t.put_sign("op", "]", sign)
    if sign.text == "vmatrix":
        t.put_sign("op", ")", sign)
    t.place += 1
    t.ended, t.plain = True, ""


def cell(t: Translator, sign: Sign) -> None:
    t.place += 1
    if not any(f.kind == "env" for f in t.frames):
        return
    t.end_unseen()
    t.end_product()
    if sign.kind == "\\" and t.next.kind == "finish":
        return
    if not t.ended:
        t.fail("an entry of the matrix is missing", sign)
    t.put_sign("op", "," if sign.kind == "&" else ";", sign)
    t.ended = False
