r"""The marks of norms: ``\|x\|_2``, ``\|X\|_F^2``, and those that are operands: ``\|x\|_3``, ``\|x\|_W``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from closedform.read.alphabet import canonical
from closedform.read.latex_frames import Open
from closedform.read.latex_scripts import MARKS, script_range
from closedform.read.latex_signs import Sign
from closedform.read.lexer import Token

if TYPE_CHECKING:
    from closedform.read.latex import Translator

SPACES_OF_FUNCTIONS = {"L", "H", "C", "B", "V"}
r"""``\|f\|_{L_2}`` and the like: norms of functions."""


def norm_mark(t: Translator, place: int) -> int:
    r"""The mark of a norm, before or behind its power: ``\|x\|_2^2``, ``\|x\|^2_F``; the place behind the first."""
    lower = _lower(t, place)
    if lower < 0:
        return place
    first, last, after = script_range(t.signs, lower, t.source)
    word = "".join(s.text for s in t.signs[first:last])
    t.put("mark", MARKS.get(word, word), t.signs[lower].start, t.signs[last - 1].end)
    return _behind(t, place, lower, after)


def _lower(t: Translator, place: int) -> int:
    """The place of the subscript, which may stand behind a power; -1 where there is none."""
    if t.signs[place].kind == "^":
        place = script_range(t.signs, place, t.source)[2]
    return place if t.signs[place].kind == "_" else -1


def _behind(t: Translator, place: int, lower: int, after: int) -> int:
    if lower == place:
        return after
    t.jumps[lower] = after
    return place


def norm_by(t: Translator, frame: Open, sign: Sign) -> bool:
    r"""``\|x\|_3`` and ``\|x\|_W`` become ``norm(x, 3)`` and ``norm(x, W)``; whether it was one of these."""
    lower = _lower(t, t.place)
    if lower < 0:
        return False
    first, last, after = script_range(t.signs, lower, t.source)
    inside = t.signs[first:last]
    if "".join(s.text for s in inside) in MARKS or not (_is_number(inside) or _is_matrix(t, inside)):
        return False
    start = frame.sign.start
    t.out[frame.opened] = Token("op", "(", start, start, 1)
    t.inserted.append((frame.opened, Token("name", "norm", start, start, 1)))
    t.put_sign("op", ",", sign)
    end = Token("op", ")", t.signs[after - 1].end, t.signs[after - 1].end, 1)
    t.place = _behind(t, t.place, lower, after)
    if last - first == 1:
        t.put_sign("num" if inside[0].kind == "num" else "name", canonical(inside[0].text), inside[0])
        t.out += [end, *frame.after]
        t.ended, t.plain = True, ""
        return True
    t.ended = False
    t.open_script(first, last)
    t.top.after = [end, *frame.after]
    return True


def _is_number(inside: Sequence[Sign]) -> bool:
    one = inside[0]
    return len(inside) == 1 and (one.kind == "num" or (one.kind == "letter" and one.text in ("p", "q")))


def _is_matrix(t: Translator, inside: Sequence[Sign]) -> bool:
    """A capital, its inverse or transpose, perhaps with an index."""
    one = inside[0]
    if one.kind != "letter" or not one.text[:1].isupper() or one.font in ("script", "fraktur", "double"):
        return False
    rest = [s for s in inside[1:] if s.kind not in ("{", "}")]
    texts = [s.text for s in rest]
    if texts and texts[0] == "_":
        texts = texts[2:]
    if not texts and rest and one.text in SPACES_OF_FUNCTIONS and one.text not in t.known.declared:
        return False
    return texts in ([], ["^", "-", "1"], ["^", "-", "T"], ["^", "-", "top"])
