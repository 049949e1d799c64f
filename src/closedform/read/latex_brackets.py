r"""Brackets, bars and braces of LaTeX: which open, which close, and what a name before one means."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from closedform.read.latex_frames import Open
from closedform.read.latex_functions import check_inverse
from closedform.read.latex_layout import fraction_part
from closedform.read.latex_names import argument, index_items
from closedform.read.latex_norms import norm_by, norm_mark
from closedform.read.latex_scripts import MARKS, put_index, script_range
from closedform.read.latex_signs import Sign
from closedform.read.latex_sums import term_indices
from closedform.read.lexer import Token
from closedform.read.vocabulary import APPLIED

if TYPE_CHECKING:
    from closedform.read.latex import Translator

ROUND = ("(", "[", "{")
FUNCTION_LETTERS = ("f", "g", "h", "ell", "phi", "psi")


def open_bracket(t: Translator, sign: Sign) -> None:
    kind = sign.text
    if kind == "[" and t.ended and _typed_index(t, sign):
        return
    t.place += 1
    if kind in ROUND:
        if _applies(t):
            t.push(kind, sign)
            t.put_sign("op", "(", sign)
            t.top.opened += 1
            return
        _check_prime(t, sign)
        if _names(t):
            _check_product(t, sign)
        t.stop_arguments()
    if t.ended and (kind in ("|", "||") or t.out[-1].kind == "name"):
        t.put("op", "*", sign.start, sign.start)
    t.operand(sign)
    t.push(kind, sign)
    t.put_sign("op", "(" if kind in ROUND else kind, sign)


def _names(t: Translator) -> bool:
    """Whether a name without an index has just been read."""
    return t.ended and bool(t.plain) and t.out[-1].text == t.plain


def _applies(t: Translator) -> bool:
    """Whether it is a function, applied to the bracket that opens here."""
    known = t.known
    return _names(t) and (t.plain in known.functions or (t.plain in APPLIED and t.plain not in known.declared))


def _check_prime(t: Translator, sign: Sign) -> None:
    """``f'(x)``: the transpose of f, or its derivative?"""
    if not t.ended or len(t.out) < 2 or t.out[-1].text != "'" or t.out[-2].kind != "name":
        return
    mark, name = t.out[-1], t.out[-2]
    if t.source[mark.start] not in "'′’" or name.text in t.known.declared:
        return
    if name.text not in t.known.bare_apart or name.text in APPLIED or name.text in FUNCTION_LETTERS:
        typed = t.typed(name.start, mark.end)
        hint = f"Write {t.typed(name.start, name.end)}^\\top for the transpose."
        t.fail(f"{typed}(…) may be a product with the transpose or a derivative", (name.start, sign.end), hint)


def _check_product(t: Translator, sign: Sign) -> None:
    """A name before a bracket is a factor, unless it looks like an unknown function."""
    name, known = t.plain, t.known
    if name in known.declared:
        return
    signs, place = t.signs, t.place
    while signs[place].kind in ("letter", "^", "_") or signs[place].text == ",":
        place = argument(signs, place)[2] if signs[place].kind in ("^", "_") else place + 1
    inside = signs[t.place : place]
    single = sum(s.kind == "letter" for s in inside) == 1 or (len(inside) > 1 and inside[1].kind == "_")
    if signs[place].kind == "close" and signs[place + 1].kind == "_" and len(inside) == 1:
        return  # p (x)_k
    lone = signs[place].kind == "close" and (len(inside) <= 1 or any(s.text == "," for s in inside) or single)
    function = name.split("_")[0] in FUNCTION_LETTERS or _is_summand(t, sign)
    if lone or (function and name not in known.bare_apart):
        typed = t.typed(t.out[-1].start, t.out[-1].end)
        hint = f"For a product write {typed} \\cdot (…); for a function declare {name}: R^n -> R."
        t.fail(f"{typed}(…) may be a function or a product", (t.out[-1].start, sign.end), hint)
    if not sign.gap and name[0].islower():
        t.note(f"{t.typed(t.out[-1].start, t.out[-1].end)}(…) is read as a product.")


def _is_summand(t: Translator, sign: Sign) -> bool:
    r"""Whether a small letter and the bracket are all that is summed: ``\sum_i \rho(y_i - z_i)``, where a constant
    factor would stand before the sum."""
    if t.top.kind != "sum" or t.out[-2].text != "," or sign.gap or not t.plain[0].islower():
        return False
    shut, depth = t.place, 1
    while depth and t.signs[shut].kind != "end":
        depth += (t.signs[shut].kind == "open") - (t.signs[shut].kind == "close")
        shut += 1
    behind = t.signs[shut]
    ends = behind.kind in ("end", "close", "}", "\\") or behind.text in ("+", "-", ",", "=")
    return ends and t.top.index in term_indices(t.signs, t.place, shut - 1)


def _typed_index(t: Translator, sign: Sign) -> bool:
    """``x[i]`` as in the text language."""
    signs, place = t.signs, t.place + 1
    while signs[place].kind in ("letter", "num") or signs[place].text in (",", ":"):
        place += 1
    items = index_items(signs[t.place + 1 : place])
    whole = signs[place].kind == "close" and signs[place].text == "[" and items and len(items) <= 2
    if (
        sign.gap
        or not whole
        or not items
        or not all(i == ":" or isinstance(i, int) or i in t.active or i in t.known.summed for i in items)
    ):
        return False
    put_index(t, items, sign.start, signs[place].end)
    t.place, t.plain = place + 1, ""
    return True


def close_bracket(t: Translator, sign: Sign) -> None:
    t.end_unseen()
    frame, kind = t.top, sign.text
    shut = t.typed(sign.start, sign.end)
    if frame.kind != kind:
        if len(t.frames) == 1:
            t.fail(f"{shut} closes nothing", sign)
        opened = t.typed(frame.sign.start, frame.sign.end)
        parts = kind + frame.kind == "[||"  # [h \| x]
        hint = r"Write \begin{bmatrix} a \\ b \end{bmatrix} for a vector of two parts." if parts else ""
        t.fail(f"{shut} closes {opened}, which is still open", (frame.sign.start, sign.end), hint)
    t.end_product()
    t.place += 1
    t.frames.pop()
    t.plain = ""
    if frame.index:
        t.active.remove(frame.index)
    check_inverse(t, frame)
    alone = kind == "(" and t.next.kind == "_" and len(t.out) - frame.opened == 2 and not frame.after
    if alone and t.out[-1].kind == "name" and t.out[-2].text == "(":
        del t.out[-2]
        t.ended = True
        return
    if kind in ROUND and t.next.kind == "_" and _is_positive_part(t):
        _positive_part(t, frame, sign)
        return
    if kind == "|" and (_is_norm(t) if t.next.kind == "_" else _is_length(t, frame)):
        kind = "||"
        t.out[frame.opened] = t.out[frame.opened]._replace(text=kind)
    if kind == "||" and norm_by(t, frame, sign):
        return
    t.put_sign("op", {"<": ">"}.get(kind, kind if kind[0] == "|" else ")"), sign)
    t.ended = True
    if kind == "||":
        t.place = norm_mark(t, t.place)
    elif kind == "<" and t.next.kind == "_":
        t.place = _space_of_product(t)
    t.out += frame.after


def _is_positive_part(t: Translator) -> bool:
    first, last, _ = script_range(t.signs, t.place, t.source)
    return [s.text for s in t.signs[first:last]] == ["+"]


def _positive_part(t: Translator, frame: Open, sign: Sign) -> None:
    """``[1 - u]_+`` is ``max(0, 1 - u)``."""
    start = frame.sign.start
    front = [("name", "max"), ("op", "("), ("num", "0"), ("op", ",")]
    t.inserted += [(frame.opened, Token(kind, text, start, start, 1)) for kind, text in reversed(front)]
    t.put_sign("op", ")", sign)
    t.place = script_range(t.signs, t.place, t.source)[2]
    t.put("op", ")", sign.end, t.signs[t.place - 1].end)
    t.ended = True
    t.out += frame.after
    t.note(f"{t.typed(start, t.last_end)} is read as the positive part, max(0, …).")


def _is_norm(t: Translator) -> bool:
    """Whether single bars have the mark of a norm: ``|x|_2``."""
    first, last, _ = script_range(t.signs, t.place, t.source)
    return "".join(s.text for s in t.signs[first:last]) in MARKS


def _is_length(t: Translator, frame: Open) -> bool:
    r"""Whether single bars stand around vectors with arrows and their sums alone: ``|\\vec{u} - \\vec{v}|``."""
    inside = t.out[frame.opened + 1 :]
    signs = {o.text for o in inside if o.kind != "name"}
    turned = frame.opened and t.out[frame.opened - 1].text == "'"
    vectors = [_is_vector(t, o, inside[k + 1 : k + 2]) for k, o in enumerate(inside) if not _is_index(inside, k)]
    return signs <= {"+", "-", "[", "]"} and not turned and all(vectors)


def _is_index(inside: Sequence[Token], place: int) -> bool:
    return inside[place].kind != "name" or (place > 0 and inside[place - 1].text == "[")


def _is_vector(t: Translator, name: Token, behind: Sequence[Token]) -> bool:
    """Whether a small letter has the shape of a vector; a bold one by itself may be taken entry by entry."""
    member = bool(behind) and behind[0].text == "["
    shape = t.fonts.get((name.text, member), ("",))[0]
    return shape == "arrow" or (shape == "bold" and member and name.text.islower())


def _space_of_product(t: Translator) -> int:
    r"""The mark in ``\\langle X, Y\\rangle_F``, which says what the brackets say; the place behind it."""
    first, last, after = script_range(t.signs, t.place, t.source)
    if "".join(s.text for s in t.signs[first:last]) not in ("F", "Fro", "fro", "2"):
        what = t.typed(t.signs[first].start, t.signs[last - 1].end)
        span = (t.signs[first].start, t.signs[last - 1].end)
        t.fail(f"the inner product _{what} is not known", span, r"Write x^\top A y for \langle x, y\rangle_A.")
    return after


def bar(t: Translator, sign: Sign) -> None:
    """A bar that does not say whether it opens or closes, unless ``\\left`` or ``\\right`` does."""
    frame = next((f for f in reversed(t.frames) if f.kind not in ("argument", "sum", "brace")), t.top)
    if sign.text == "||" and t.source[sign.start] == "|" and frame.kind == "|" and t.ended:
        middle = sign.start + 1  # |x||y|
        close_bracket(t, sign._replace(text="|", end=middle))
        t.place -= 1
        bar(t, sign._replace(text="|", start=middle, gap=False))
        return
    closes = sign.side < 0 or (sign.side == 0 and t.ended and frame.kind == sign.text)
    (close_bracket if closes else open_bracket)(t, sign)


def brace(t: Translator, sign: Sign) -> None:
    t.place += 1
    if t.signs[t.place].kind == "}":
        t.place += 1
        return
    t.operand(sign)
    ended = t.ended
    if ended and t.out[-1].kind == "name":
        t.put("op", "*", sign.start, sign.start)
    t.push("brace", sign)
    t.top.signed = ended


def open_script(t: Translator, first: int, last: int) -> None:
    """Read the signs from ``first`` to ``last`` as a bracket, then go on behind them."""
    sign = t.signs[first]
    if t.signs[last].kind != "}" or last == first:
        t.fail("what is meant here is not clear", sign, "Put it in braces: {…}.")
    t.put("op", "(", t.signs[first - 1].start, sign.start)
    t.push("script", sign)
    t.returns.append(t.place)
    t.place = first


def unbrace(t: Translator, sign: Sign) -> None:
    t.end_unseen()
    frame = t.top
    if frame.kind not in ("brace", "script", "top", "bottom"):
        opened = t.typed(frame.sign.start, frame.sign.end)
        t.fail(f"}} closes {opened}, which is still open", (frame.sign.start, sign.end))
    if not t.ended:
        t.fail("something is missing here", sign)
    t.end_product()
    t.frames.pop()
    t.plain = ""
    t.place += 1
    if frame.kind == "brace":
        _end_brace(t, frame, sign)
        return
    t.put("op", ")", t.last_end, sign.end if frame.kind == "script" else t.last_end)
    if frame.kind == "script":
        t.place = t.returns.pop()
        t.out += frame.after
    elif frame.kind == "top":
        fraction_part(t, "bottom", frame.sign)
    else:
        t.put("op", ")", sign.end, sign.end)


def _end_brace(t: Translator, frame: Open, sign: Sign) -> None:
    t.top.operands += max(0, frame.operands - 1)
    beside = t.next.kind in ("^", "_", "letter", "num", "open", "word", "cmd") or frame.signed
    if frame.added and beside:
        hint = "Write ( ) where brackets are meant."
        t.fail(
            "braces do not show in print, so what they hold together is not clear",
            (frame.sign.start, sign.end),
            hint,
        )
