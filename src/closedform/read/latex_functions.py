r"""Functions in LaTeX: ``\log``, ``\operatorname{tr}``, words, ``e^{…}``, with brackets or without."""

from __future__ import annotations

from typing import TYPE_CHECKING

from closedform.expr.partials import is_kind
from closedform.functions.table import by_text
from closedform.read import latex_words as words
from closedform.read.alphabet import canonical
from closedform.read.latex_frames import Open
from closedform.read.latex_names import is_turn
from closedform.read.latex_scripts import script_range
from closedform.read.latex_signs import Sign
from closedform.read.latex_sums import EXTREMES, extreme
from closedform.read.lexer import Token
from closedform.read.vocabulary import CONSTANTS, is_function

if TYPE_CHECKING:
    from closedform.read.latex import Translator

BEGINS = {"letter", "num", "word", "const", "cmd", "open", "bar", "begin", "{"}
ENDINGS = {"where", "with", "for"}


def word(t: Translator, sign: Sign) -> None:
    """An upright word: a function, a name of several letters, a constant."""
    text = words.WORDS.get(sign.text, sign.text)
    if text in ("arg min", "arg max"):
        typed = t.typed(sign.start, sign.end)
        t.fail(f"{typed} is read only before a formula", sign, f"Write {typed}_x ….")
    if text == "E" and text not in t.known.declared and t.signs[t.place + 1].kind in ("open", "_"):
        refuse_expectation(t, sign)
    if not text.replace("_", "").isalnum() or text in ENDINGS:
        hint = r"Write the formula alone; names of several letters are \mathrm{loss}."
        t.fail(f"the words “{sign.text}” are not read", sign, hint)
    if text == "e" and "e" not in t.known.declared and euler(t, sign):
        return
    follower = t.signs[t.place + 1]
    if text == "d" and follower.kind == "letter" and t.differential(sign, follower._replace(gap=False)):
        return
    if text in EXTREMES and follower.kind == "_" and extreme(t, sign):
        return
    if is_kind(text) and _derivative(t, text, sign):
        return
    if text in t.known.declared or text in t.known.functions:
        t.name(text, sign.start, sign.end, sign)
    elif text in ("Id", "eye") and follower.text != "(":
        t.name("I", sign.start, sign.end, sign)
    elif is_function(text) and not (text in CONSTANTS and follower.kind != "open"):
        t.place += 1
        function(t, text, sign)
    elif follower.kind == "open" and follower.text == "(" and len(text) > 1 and text not in CONSTANTS:
        t.place += 1
        _call(t, text, sign, [])
    else:
        t.name(text, sign.start, sign.end, sign)


def refuse_expectation(t: Translator, sign: Sign) -> None:
    hint = r"Write the mean over data as a sum, \frac{1}{m} \sum_{i=1}^{m} …, or E \cdot (…) for a product."
    t.fail("expected values are not supported", sign, hint)


def function(t: Translator, name: str, sign: Sign) -> None:
    """A function; ``t.place`` is behind its word."""
    t.stop_arguments(t.place - 1)
    after = _power(t, name, sign)
    if name == "log" and not after and t.next.kind == "word" and t.next.text == "det":
        name, sign = "logdet", sign._replace(end=t.next.end)
        t.place += 1
        after = _power(t, name, sign)
    if t.next.kind == "_":
        after = _to_base(t, name, sign, after)
    if t.next.kind == "open" and t.next.text in ("(", "[", "{"):
        _call(t, name, sign, after)
        return
    if t.next.kind not in BEGINS and t.next.text not in ("-", "<"):
        typed = t.typed(sign.start, sign.end)
        t.fail(f"{typed} is given nothing", sign, f"Write {typed}(x).")
    t.operand(sign)
    t.put_sign("name", name, sign)
    t.put("op", "(", t.next.start, t.next.start)
    t.push("argument", sign, after=after, greedy=_takes_all(name))


def _takes_all(name: str) -> bool:
    if name in words.WHOLE_PRODUCT:
        return True
    ops = by_text.get(name, ())
    return not (any(op.elementwise for op in ops) or name in words.ELEMENTWISE_WORDS)


def _call(t: Translator, name: str, sign: Sign, after: list[Token]) -> None:
    """A function and the bracket that follows it, which is all it takes."""
    bracket = t.next
    t.operand(sign)
    t.put_sign("name", name, sign)
    t.place += 1
    frame = t.push(bracket.text, bracket, after=after, function=name)
    t.put_sign("op", "(", bracket)
    frame.opened = len(t.out)
    if name == "sum" and t.next.kind == "letter":
        _sum_header(t)


def check_inverse(t: Translator, frame: Open) -> None:
    r"""``\operatorname{tr}(X^\top X)^{-1}`` and ``\log\det(X)^2`` are asked about."""
    if frame.function not in ("tr", "logdet") or t.next.kind != "^":
        return
    first, last, after = script_range(t.signs, t.place, t.source)
    if frame.function == "tr" and last - first == 2 and t.signs[first].text == "-" and t.signs[first + 1].text == "1":
        hint = r"Write \operatorname{tr}((…)^{-1}) or \frac{1}{\operatorname{tr}(…)}."
        span = (frame.sign.start, t.signs[after - 1].end)
        t.fail("this may be the trace of an inverse or the inverse of a trace", span, hint)
    if frame.function == "logdet":
        span = (frame.sign.start, t.signs[after - 1].end)
        hint = r"Write (\log\det(…))^2 or \log(\det(…)^2)."
        t.fail("this may be the power of the determinant or of its logarithm", span, hint)


def _sum_header(t: Translator) -> None:
    r"""``\operatorname{sum}(i, …)``, as in the text language."""
    first, second = t.next, t.signs[t.place + 1]
    if first.kind == "letter" and second.text == ",":
        t.put_sign("name", first.text, first)
        t.put_sign("op", ",", second)
        t.place += 2
        t.active.append(first.text)
        t.top.index = first.text


def _power(t: Translator, name: str, sign: Sign) -> list[Token]:
    r"""The power in ``\tanh^2 x``, which stands behind the bracket in the end."""
    if t.next.kind != "^":
        return []
    first, last, after = script_range(t.signs, t.place, t.source)
    inner = t.signs[first:last]
    typed, end = t.typed(sign.start, t.signs[after - 1].end), t.signs[after - 1].end
    if len(inner) != 1 or inner[0].kind not in ("num", "letter") or is_turn(inner[0]):
        hint = f"Write {t.typed(sign.start, sign.end)}(…)^{{…}}."
        if inner[0].text == "-" and inner[-1].text == "1":
            hint = "Write the inverse function by its name, as in \\arcsin, or \\frac{1}{…}."
        t.fail(f"what {typed} means is not clear", (sign.start, end), hint)
    t.place = after
    kind = "num" if inner[0].kind == "num" else "name"
    operator = "^" if _takes_all(name) else ".^"
    return [
        Token("op", operator, sign.end, inner[0].start, 1),
        Token(kind, inner[0].text, inner[0].start, inner[0].end, 1),
    ]


def _to_base(t: Translator, name: str, sign: Sign, power: list[Token]) -> list[Token]:
    r"""``\log_2 x`` as the quotient ``(log(x)/log(2))``: what stands behind it in the end."""
    first, last, after = script_range(t.signs, t.place, t.source)
    base = t.signs[first]
    if name != "log" or power or last - first != 1 or base.kind != "num" or base.text in ("0", "1"):
        _refuse_subscript(t, name, sign)
    t.place = after
    t.operand(sign)
    t.put_sign("op", "(", sign)
    behind = (("op", "/"), ("name", "log"), ("op", "("), ("num", base.text), ("op", ")"), ("op", ")"))
    return [Token(kind, text, base.start, base.end, 0) for kind, text in behind]


def _refuse_subscript(t: Translator, name: str, sign: Sign) -> None:
    first, last, _ = script_range(t.signs, t.place, t.source)
    typed, end = t.typed(sign.start, sign.end), t.signs[last - 1].end
    base = "".join(s.text for s in t.signs[first:last])
    hints = {"log": f"Write \\frac{{\\log(…)}}{{\\log {base}}}.", "max": r"Write \max(x) for the largest entry."}
    hints["min"] = r"Write \min(x) for the smallest entry."
    t.fail(
        f"{t.typed(sign.start, end)} is not read",
        (sign.start, end),
        hints.get(name, f"Write {typed} without the subscript."),
    )


def _derivative(t: Translator, kind: str, sign: Sign) -> bool:
    r"""``\operatorname{grad}[f](u)`` or ``\operatorname{grad}_{1}[L](u, v)``; whether it is that."""
    place = t.place + 1
    if t.signs[place].kind == "_":
        first, last, place = script_range(t.signs, place, t.source)
        kind += "".join(s.text for s in t.signs[first:last])
    if t.signs[place].text != "[":
        return False
    letter, shut, bracket = t.signs[place + 1 : place + 4]
    if letter.text not in t.known.functions or shut.kind != "close" or bracket.text != "(":
        t.fail(f"{kind}[f](u) takes a function declared with an arrow", sign, "Declare f: R^n -> R.")
    t.stop_arguments()
    t.operand(sign)
    for kind_of, text in (("name", kind), ("op", "["), ("name", letter.text), ("op", "]")):
        t.put(kind_of, text, sign.start, shut.end, 0)
    t.place = place + 4
    frame = t.push("(", bracket)
    t.put_sign("op", "(", bracket)
    frame.opened = len(t.out)
    return True


def nabla(t: Translator, sign: Sign) -> None:
    r"""``\nabla f(u)`` of a declared function."""
    place, kind = t.place + 1, "grad"
    if t.signs[place].kind == "^":
        first, last, place = script_range(t.signs, place, t.source)
        kind = "hess" if t.signs[first].text == "2" and last - first == 1 else ""
    letter, bracket = t.signs[place : place + 2] if t.signs[place].kind != "end" else (sign, sign)
    if not kind or letter.text not in t.known.functions or bracket.text != "(":
        hint = r"Leave \nabla out and ask for the derivative, or declare f: R^n -> R."
        t.fail("a formula is read here, not its derivative", sign, hint)
    t.operand(sign)
    for kind_of, text in (("name", kind), ("op", "["), ("name", letter.text), ("op", "]")):
        t.put(kind_of, text, sign.start, letter.end, 0)
    t.place = place + 2
    frame = t.push("(", bracket)
    t.put_sign("op", "(", bracket)
    frame.opened = len(t.out)


def euler(t: Translator, sign: Sign) -> bool:
    """``e^{…}``: the exponential, of a square matrix the matrix exponential; whether it was that."""
    place = t.place + 1
    if t.signs[place].kind != "^":
        return False
    first, last, after = script_range(t.signs, place, t.source)
    one = t.signs[first]
    if last - first == 1 and is_turn(one):
        return False
    t.operand(sign)
    t.put_sign("name", "e^", sign)
    if last - first == 1 and one.kind in ("letter", "num") and one.text != "e":
        t.put("op", "(", one.start, one.start)
        t.put_sign("name" if one.kind == "letter" else "num", canonical(one.text), one)
        t.put("op", ")", one.end, t.signs[after - 1].end)
        t.ended, t.place, t.plain = True, after, ""
        return True
    t.place = after
    t.open_script(first, last)
    return True
