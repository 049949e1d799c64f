r"""The left side of ``f(x) = …`` and ``x \mapsto …`` in LaTeX: one name, what it is applied to, and no formula."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence

from closedform.read.latex_names import argument
from closedform.read.latex_signs import Sign, Signs

MAX_LEFT_SIDE = 60
SEARCHES = {"min", "max", "arg min", "arg max", "argmin", "argmax", "minimize", "maximize", "minimise", "maximise"}
MEASURES = {
    "NLL", "RSS", "SSE", "SSR", "TSS", "MSE", "RMSE", "MAE", "ELBO", "KL", "BCE", "CE", "LL", "GCV", "AIC", "BIC",
}  # fmt: skip
"""Names of losses and criteria that are typed as letters: no products of matrices."""
LOGS = ("log", "ln")
SAYING = {"=", "|->", "∝", "≈"}
"""Signs behind which a formula stands: what is left of them is said to be that."""
OPENING, CLOSING = ("open", "{", "begin"), ("close", "}", "finish")


def left_side(signs: Signs, start: int, end: int, declared: Container[str] = ()) -> int:
    r"""Where the formula starts behind ``f(x) =`` or ``x \mapsto``, or ``start``."""
    stop = min(end, start + MAX_LEFT_SIDE)
    place = next((k for k in range(start, stop) if signs[k].text in SAYING), start)
    start_of_name = start + (signs[start].text == "-" and start + 1 < place)  # -D_{KL}(q || p) = …
    left = _underived(signs, start_of_name, place)
    if not left or left[0].kind not in ("letter", "word"):
        return start
    arrow = signs[place].text == "|->"
    moved = left[0].text == "Delta" and len(left) > 1 and left[1].kind == "letter"
    left = _unraised(left[1:] if moved else left)  # \\Delta w = …
    left = left[:-1] if left[-1].text == ":" else left
    left = left[1:] if left[0].text in LOGS and len(left) > 2 and left[2].kind == "open" else left  # \\ln p(x) = …
    opened = next((k for k, s in enumerate(left) if s.kind == "open"), len(left))
    given = any(s.kind in ("bar", "mid") for s in left[opened:])
    fits = (
        all(_of_left_side(s, k > opened, given) for k, s in enumerate(left)) and not {s.text for s in left} & SEARCHES
    )
    return place + 1 if fits and (arrow or _one_name(left, opened, declared)) else start


def _underived(signs: Signs, start: int, end: int) -> list[Sign]:
    r"""What stands between: ``\nabla_x f(x)``, ``\frac{\partial f}{\partial x}`` and ``f'(x)`` the function alone."""
    left = signs[start:end]
    if left and left[0].text == "nabla":
        behind = start + 1
        while signs[behind].kind in ("_", "^"):
            behind = argument(signs, behind)[2]
        return signs[behind:end]
    if left and left[0].text == "frac" and left[0].kind == "cmd":
        top, top_end, between = argument(signs, start)
        below, _, behind = argument(signs, between - 1)
        if not (is_d(signs[top]) and is_d(signs[below])):
            return left
        first = argument(signs, top + 1)[2] if signs[top + 1].kind == "^" else top + 1
        return [*signs[first:top_end], *signs[behind:end]]
    primes = next((k for k, s in enumerate(left[1:], 1) if s.kind != "prime"), 1)
    applied = left[primes:] and left[primes].kind == "open" and left[0].kind == "letter"
    return [*left[:1], *left[primes:]] if applied else left


def _unraised(left: Sequence[Sign]) -> list[Sign]:
    r"""The signs without indices, and without powers and primes of names: ``R^2 =``, ``L^{(2)}(w) =``, ``h' =``."""
    out, place = list[Sign](), 0
    while place < len(left):
        braced = place + 1 < len(left) and left[place + 1].kind == "{"
        first = place + 1 + braced
        last = _closing(left, place + 1) if braced else first + 1
        inside = [s for s in left[first:last] if s.text not in ("(", ")", "*")]
        named = len(inside) == 1 and (inside[0].kind in ("num", "word") or inside[0].text == "prime")
        worded = any(s.font in ("script", "fraktur") for s in inside)
        of_name = out and out[-1].kind in ("letter", "word", "}", "close")
        raised = left[place].kind == "^" and (named or worded or (not inside and last > first))
        if of_name and (raised or left[place].kind == "_"):
            place = last + braced
        elif left[place].kind == "prime" and len(out) == 1 and place + 1 == len(left):
            place += 1
        else:
            out.append(left[place])
            place += 1
    return out


def _closing(left: Sequence[Sign], place: int) -> int:
    r"""The place of the brace that closes the one at ``place``, or the end, where none does: ``\max_{i`` of ``i=1``."""
    depth = 0
    for k in range(place, len(left)):
        depth += (left[k].kind == "{") - (left[k].kind == "}")
        if depth == 0:
            return k
    return len(left)


def _one_name(left: Sequence[Sign], opened: int, declared: Container[str]) -> bool:
    """Whether one name stands before the bracket, or letters that are no names and run together: ``RSS(w)``."""
    depth, letters = 0, list[Sign]()
    for k, sign in enumerate(left[:opened]):
        depth += (sign.kind == "{") - (sign.kind == "}")
        if sign.kind in ("letter", "word") and not depth and (k == 0 or left[k - 1].kind != "_"):
            letters.append(sign)
    word = len(letters) == opened < len(left) and all(s.kind == "letter" and not s.gap for s in letters[1:])
    capitals = all(s.text.isupper() and s.text not in declared for s in letters)
    measure = len(letters) == len(left) and "".join(s.text for s in letters) in MEASURES
    return len(letters) == 1 or ((word or measure) and capitals and not any(s.gap for s in letters[1:]))


def _of_left_side(sign: Sign, inside: bool, given: bool) -> bool:
    if inside and (sign.kind in ("bar", "mid", "dots", "prime") or (given and sign.kind == "^")):
        return True
    return sign.kind in ("letter", "word", "open", "close", "_", "{", "}", "num", "&") or sign.text in (",", ";")


def is_d(sign: Sign) -> bool:
    return (sign.kind == "cmd" and sign.text == "partial") or (sign.kind in ("letter", "word") and sign.text == "d")


def tops(signs: Signs, start: int, end: int) -> Iterator[int]:
    """The places that stand in no bracket."""
    depth = 0
    for place in range(start, end):
        depth += (signs[place].kind in OPENING) - (signs[place].kind in CLOSING)
        if depth == 0:
            yield place
