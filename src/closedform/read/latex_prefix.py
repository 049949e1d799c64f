r"""What stands before a formula in LaTeX: ``f(x) =``, ``x \mapsto``, ``\nabla_x``, ``\frac{\partial}{\partial x}``,
``\min_x``. It is left out, and said to be."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from typing import NamedTuple

from closedform.errors import ReadError
from closedform.read.latex_names import Known, argument
from closedform.read.latex_signs import Sign, Signs
from closedform.read.vocabulary import INDEX_LETTERS

MAX_LEFT_SIDE = 60
SEARCHES = {"min", "max", "arg min", "arg max", "argmin", "argmax", "minimize", "maximize", "minimise", "maximise"}
ORDERS = {"minimize", "maximize", "minimise", "maximise", "Minimize", "Maximize"}
CONSTRAINING = {"s.t", "st", "subject to", "Subject to", "such that"}
QUALIFYING = {"for all", "for every", "for any"}
LOGS = ("log", "ln")
OPENING, CLOSING = ("open", "{", "begin"), ("close", "}", "finish")


class Whole(NamedTuple):
    """The formula itself, from ``start`` to ``end``, and the places of what is said to be left out."""

    start: int
    end: int
    left: tuple[int, int] | None = None
    search: tuple[int, int] | None = None
    derivative: tuple[int, int] | None = None


def stop(signs: Signs, end: int) -> tuple[int, bool]:
    r"""Where the formula stops before commas, before ``\text{s.t.}`` or ``\forall``, with all behind it.

    The second value says whether constraints are left out.
    """
    leaving = CONSTRAINING | QUALIFYING
    place = next((k for k in range(end) if signs[k].kind == "word" and signs[k].text in leaving), end)
    constrained = place < end and signs[place].text in CONSTRAINING
    while place and (signs[place - 1].text in (",", ";") or signs[place - 1].kind in ("\\", "&")):
        place -= 1
    return place, constrained


def said_behind(source: str, signs: Signs, start: int, end: int) -> str:
    r"""What ``\\forall`` begins behind the formula, or ``""``."""
    start = next((k for k in range(start, end) if signs[k].kind not in ("\\", "&") and signs[k].text != ","), end)
    said = start < end and signs[start].text in QUALIFYING
    return " ".join(source[signs[start].start : signs[end].start].split()).rstrip("$. ") if said else ""


def whole(source: str, signs: Signs, end: int, known: Known, constrained: bool = False) -> Whole:
    """Where the formula starts and ends."""
    start = _arrow(signs, end)
    behind = _left_sides(signs, start, end, known.declared)
    left = (start, behind) if behind > start else None
    start = behind
    found, search = _search(signs, start, end, constrained), None
    if left is None and (behind := _named_search(signs, start, end, known.declared)):
        left, start, found = (start, behind), behind, behind
    if found > start and (left is None or "arg" in signs[start].text):
        search, start = (start, found), found
    part = _derivative(signs, start, end, known)
    if part is None:
        return Whole(start, end, left, search)
    first, last = part
    if last == end and not _one_product(signs, first, end):
        typed = source[signs[start].start : signs[first - 1].end]
        raise ReadError(
            f"how far {typed} reaches is not clear", span=(signs[start].start, signs[first - 1].end), source=source,
            hint="Put brackets around what is differentiated, or leave the derivative out and ask for it by name.",
        )  # fmt: skip
    return Whole(first, last, left, search, (start, first if last == end else end))


def _arrow(signs: Signs, end: int) -> int:
    r"""Behind ``f: \mathbb{R}^n \to \mathbb{R},``, or 0."""
    if end < 5 or signs[0].kind != "letter" or signs[1].text != ":":
        return 0
    arrow = next((k for k in range(2, min(end, MAX_LEFT_SIDE)) if signs[k].text == "->"), 0)
    comma = next((k for k in range(arrow, min(end, MAX_LEFT_SIDE)) if signs[k].text in (",", ";")), 0)
    return comma + 1 if arrow and comma and _left_side(signs, comma + 1, end) > comma + 1 else 0


def _left_sides(signs: Signs, start: int, end: int, declared: Container[str]) -> int:
    r"""Behind ``y = f(x) =``, behind the ``=`` that a line of a derivation begins with, or ``start``."""
    place = next((k for k in range(start, end) if signs[k].kind != "&"), start)
    if place + 1 < end and signs[place].text == "=":
        return place + 1
    behind = _left_side(signs, start, end, declared)
    if behind == start:
        return start
    again = _left_side(signs, behind, end, declared)
    while again > behind and any(s.kind == "open" for s in signs[behind:again]):
        behind, again = again, _left_side(signs, again, end, declared)
    return _last_side(signs, start, behind, end)


def _last_side(signs: Signs, start: int, behind: int, end: int) -> int:
    r"""Behind the last ``=`` of ``J(w) = \|y - X w\|^2 = (y - X w)^\top (y - X w)``, which are said to be equal.

    The last side must hold what ``J`` is applied to: ``f(x) = x^2 = 4`` is an equation.
    """
    tops = [k for k in _tops(signs, behind, end) if signs[k].text in ("=", ",")]
    if not tops or any(signs[k].text == "," for k in tops):
        return behind
    between = signs[behind : tops[-1]]
    if any(s.text in SEARCHES | ORDERS | {"nabla", "partial"} for s in between) or holds_derivative(signs, end):
        return behind
    opened = next((k for k in range(start, behind) if signs[k].kind == "open"), behind)
    given = {s.text for s in signs[opened:behind] if s.kind == "letter"}
    held = {s.text for s in signs[tops[-1] : end] if s.kind == "letter"}
    shared = given <= held if given else held & {s.text for s in between if s.kind == "letter"}
    return tops[-1] + 1 if shared else behind


def _tops(signs: Signs, start: int, end: int) -> Iterator[int]:
    """The places that stand in no bracket."""
    depth = 0
    for place in range(start, end):
        depth += (signs[place].kind in OPENING) - (signs[place].kind in CLOSING)
        if depth == 0:
            yield place


def _left_side(signs: Signs, start: int, end: int, declared: Container[str] = ()) -> int:
    r"""Where the formula starts behind ``f(x) =`` or ``x \mapsto``, or ``start``."""
    stop = min(end, start + MAX_LEFT_SIDE)
    place = next((k for k in range(start, stop) if signs[k].text in ("=", "|->")), start)
    left = _underived(signs, start, place)
    if not left or left[0].kind not in ("letter", "word"):
        return start
    arrow = signs[place].text == "|->"
    left = _unraised(left)
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
        if not (_is_d(signs[top]) and _is_d(signs[below])):
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
    return len(letters) == 1 or (word and capitals)


def _of_left_side(sign: Sign, inside: bool, given: bool) -> bool:
    if inside and (sign.kind in ("bar", "mid", "dots", "prime") or (given and sign.kind == "^")):
        return True
    return sign.kind in ("letter", "word", "open", "close", "_", "{", "}", "num", "&") or sign.text in (",", ";")


def _search(signs: Signs, start: int, end: int, constrained: bool) -> int:
    r"""Behind ``\min_x`` or ``\arg\min_{w \in …}``, or ``start``: the variable stands by itself behind it."""
    start = next((k for k in range(start, end) if signs[k].kind != "&"), start)
    if start >= end or signs[start].kind != "word" or signs[start].text not in SEARCHES | ORDERS:
        return start
    if signs[start + 1].kind != "_":
        alone = signs[start].text in ORDERS and signs[start + 1].kind != "open"
        return start + 1 if alone or (constrained and signs[start].text in SEARCHES) else start
    first, last, after = argument(signs, start + 1)
    named = []
    for sign in signs[first:last]:
        if sign.kind != "letter" and sign.text != ",":
            break
        named.append(sign.text)
    variables = {n for n in named if n != ","}
    below = {k for at in range(after, end) if signs[at].kind == "_" for k in range(*argument(signs, at)[:2])}
    bare = {s.text for k, s in enumerate(signs[after:end], after) if s.kind == "letter" and k not in below}
    if not variables & INDEX_LETTERS:  # \\max_\\beta \\sum_i p_i \\text{ where } p_i = \\sigma(x_i^\\top \\beta)
        bare |= {s.text for s in signs[end:] if s.kind == "letter"}
    return after if variables and (variables <= bare or (constrained and variables & bare)) else start


def _named_search(signs: Signs, start: int, end: int, declared: Container[str]) -> int:
    r"""Behind ``\min_w F(w) =``, or 0."""
    if start >= end or signs[start].kind != "word" or signs[start].text not in SEARCHES or signs[start + 1].kind != "_":
        return 0
    after = argument(signs, start + 1)[2]
    behind = _left_side(signs, after, end, declared)
    return behind if behind > after else 0


def _derivative(signs: Signs, start: int, end: int, known: Known) -> tuple[int, int] | None:
    r"""What a derivative that stands before it is taken of: ``\nabla_x …``, ``\frac{\partial}{\partial x} …``."""
    if start >= end or signs[start].kind != "cmd":
        return None
    if signs[start].text == "nabla":
        after = start + 1
        while signs[after].kind in ("_", "^"):
            after = argument(signs, after)[2]
        function = signs[after].kind == "letter" and signs[after + 1].text == "("
        return (after, end) if after < end and not function and _more(signs, after, end) else None
    return _fraction(signs, start, end) if signs[start].text == "frac" else None


def _fraction(signs: Signs, start: int, end: int) -> tuple[int, int] | None:
    top, top_end, between = argument(signs, start)
    below, below_end, after = argument(signs, between - 1)
    if not _is_d(signs[top]) or not _is_d(signs[below]) or below_end - below < 2:
        return None
    order = top + 1 < top_end and signs[top + 1].kind == "^"
    behind = argument(signs, top + 1)[2] if order else top + 1
    if behind == top_end and after < end:
        return after, end
    if after == end and _more(signs, behind, top_end):
        return behind, top_end
    return None


def holds_derivative(signs: Signs, end: int) -> bool:
    r"""Whether ``\frac{d}{dt}`` or ``\nabla`` stands somewhere before ``end``."""
    marks = [k for k in range(end) if signs[k].kind == "cmd" and signs[k].text in ("frac", "nabla")]
    return any(signs[k].text == "nabla" or _fraction(signs, k, end) for k in marks)


def _is_d(sign: Sign) -> bool:
    return (sign.kind == "cmd" and sign.text == "partial") or (sign.kind in ("letter", "word") and sign.text == "d")


def _more(signs: Signs, start: int, end: int) -> bool:
    """Whether there is more than a name."""
    return sum(s.kind in ("letter", "word", "num", "cmd", "bar") for s in signs[start:end]) > 1


def _one_product(signs: Signs, start: int, end: int) -> bool:
    depth = bars = 0
    for place in range(start, end):
        sign = signs[place]
        depth += (sign.kind in OPENING) - (sign.kind in CLOSING)
        bars ^= sign.kind == "bar"
        inside = depth or bars or place == start
        if not inside and sign.kind == "op" and sign.text in ("+", "-", "=", ","):
            return False
    return True


def notes(source: str, signs: Signs, found: Whole) -> Iterator[str]:
    """What is said of the parts that are left out."""

    def typed(span: tuple[int, int]) -> str:
        first, last = span
        begin = signs[first - 1].end if first and signs[first - 1].text == "=" else signs[first].start
        return " ".join(source[begin : signs[last - 1].end].split())

    if found.left is not None:
        yield f"What stands right of the sign = is read: {typed((found.left[1], found.end))}."
    if found.search is not None:
        yield f"{typed(found.search)} is left out: what it is taken of is read."
    if found.derivative is not None:
        yield f"A derivative is left out: {typed((found.start, found.end))} is read, what is differentiated."
