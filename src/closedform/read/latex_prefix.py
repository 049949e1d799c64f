r"""What stands before a formula in LaTeX: ``f(x) =``, ``x \mapsto``, ``\nabla_x``, ``\frac{\partial}{\partial x}``,
``\min_x``. It is left out, and said to be."""

from __future__ import annotations

from collections.abc import Container, Iterator
from typing import NamedTuple

from closedform.errors import ReadError
from closedform.read.latex_left import CLOSING, MAX_LEFT_SIDE, OPENING, SEARCHES, is_d, left_side, tops
from closedform.read.latex_names import Known, argument
from closedform.read.latex_pieces import quoted
from closedform.read.latex_signs import Signs
from closedform.read.said import DEFINITE
from closedform.read.vocabulary import INDEX_LETTERS

ORDERS = {"minimize", "maximize", "minimise", "maximise", "Minimize", "Maximize"}
SPOKEN = {"If", "Let", "Consider", "Suppose", "Given", "Define", "Then", "Now", "Hence", "Thus", "So"}
CONSTRAINING = {"s.t", "st", "subject to", "Subject to", "such that"}
QUALIFYING = {"for all", "for every", "for any"}


class Whole(NamedTuple):
    """The formula itself, from ``start`` to ``end``, and the places of what is said to be left out."""

    start: int
    end: int
    left: tuple[int, int] | None = None
    search: tuple[int, int] | None = None
    derivative: tuple[int, int] | None = None
    quantified: int = 0


def stop(signs: Signs, end: int) -> tuple[int, bool]:
    r"""Where the formula stops before commas, before ``\text{s.t.}`` or ``\forall``, with all behind it.

    The second value says whether constraints are left out.
    """
    leaving = CONSTRAINING | QUALIFYING
    first = quantified(signs, end)
    place = next((k for k in range(first, end) if signs[k].kind == "word" and signs[k].text in leaving), end)
    place = min(place, next((k for k in tops(signs, first, end) if _counts_behind(signs, k, end)), end))
    constrained = place < end and signs[place].text in CONSTRAINING
    while place and (signs[place - 1].text in (",", ";") or signs[place - 1].kind in ("\\", "&")):
        place -= 1
    return place, constrained


def _counts_behind(signs: Signs, place: int, end: int) -> bool:
    r"""Whether ``, i = 1, \dots, n`` or ``\text{for } i \in \mathcal{I}`` stands from ``place`` to the end."""
    sign = signs[place]
    if sign.kind == "word" and sign.text in ("for", "for each"):
        return counting(signs, place + 1, end) or signs[place + 2].text == "in"
    return sign.text == "," and counting(signs, place + 1, end)


def counting(signs: Signs, start: int, end: int) -> bool:
    r"""Whether ``i = 1, \dots, n`` or ``i, j = 1, 2, \dots`` stands from ``start`` to the end."""
    if end - start > MAX_LEFT_SIDE:
        return False
    inside = [s for s in signs[start:end] if s.kind != "end"]
    equals = next((k for k, s in enumerate(inside) if s.text == "="), 0)
    letters = all(s.kind == "letter" or s.text == "," for s in inside[:equals])
    dotted = any(s.kind == "dots" for s in inside[equals:])
    return bool(equals) and letters and dotted and all(
        s.kind in ("letter", "num", "dots") or s.text in (",", "-", "+", ".", ";") for s in inside[equals + 1 :]
    )


def with_for(signs: Signs, start: int) -> None:
    r"""Turn the comma of ``a_i \in \mathbb{R}^n, i = 1, \dots, m``, from ``start`` on, into the word ``for``."""
    for k in range(start, len(signs) - 5):
        letter, equals, _, comma, dots = signs[k + 1 : k + 6]
        counts = (letter.kind, equals.text, comma.text, dots.kind) == ("letter", "=", ",", "dots")
        if counts and signs[k].kind == "op" and signs[k].text == "," and any(s.text == "in" for s in signs[start:k]):
            signs[k] = signs[k]._replace(kind="word", text="for")


def defines(signs: Signs, place: int) -> bool:
    r"""Whether ``z = X\\beta``, ``z \\in \\mathbb{R}^n`` or ``z > 0`` stands at ``place``; z stands before it."""
    name, behind = signs[place], place + 1
    if name.kind not in ("letter", "word") or counting(signs, place, len(signs)):
        return False
    before = [k for k in range(place - 1) if signs[k].kind == name.kind and signs[k].text == name.text]
    if signs[behind].kind in ("_", "^"):
        behind = argument(signs, behind)[2]
    while signs[behind].text == "," and signs[behind + 1].kind == "letter":  # X, Y \in \mathbb{R}^n
        behind += 2
    if signs[behind].text == "(":  # h(x) = … or h_\theta(x) = …, of h that is applied before
        before = [k for k in before if signs[k + behind - place].text == "("]
        behind = next((k + 1 for k in range(behind, len(signs)) if signs[k].kind == "close"), behind)
    sign, right = signs[behind], signs[min(behind + 1, len(signs) - 1)]
    compared = right.text == "0" and sign.text in (">", ">=", *DEFINITE)
    return bool(before) and (sign.text == "=" or compared or (sign.text == "in" and right.font == "double"))


# -- declarations
def quantified(signs: Signs, end: int) -> int:
    r"""Behind ``\forall x \in \mathbb{R}^n,`` or ``\forall x, y:`` that a formula begins with, or 0."""
    if not end or signs[0].kind != "word" or signs[0].text not in QUALIFYING:
        return 0
    within = False
    for place in tops(signs, 1, min(end, MAX_LEFT_SIDE)):
        within = within or signs[place].text in ("in", ">", ">=")
        if (signs[place].text == "," and within) or (signs[place].text == ":" and signs[place + 1].text != "="):
            return place + 1 if place + 1 < end else 0
    return 0


def said_behind(source: str, signs: Signs, start: int, end: int) -> str:
    r"""What ``\\forall`` begins behind the formula, or ``""``."""
    start = next((k for k in range(start, end) if signs[k].kind not in ("\\", "&") and signs[k].text != ","), end)
    said = start < end and (signs[start].text in {*QUALIFYING, "for", "for each"} or counting(signs, start, end))
    return " ".join(source[signs[start].start : signs[end].start].split()).rstrip("$. ") if said else ""


def whole(source: str, signs: Signs, end: int, known: Known, constrained: bool = False) -> Whole:
    """Where the formula starts and ends."""
    start = quantified(signs, end) or _arrow(signs, end) or _spoken(signs, end)
    behind = _left_sides(signs, start, end, known.declared)
    left = (start, behind) if behind > start else None
    start = behind
    found, search = _search(signs, start, end, constrained), None
    if left is None and (behind := _named_search(signs, start, end, known.declared)):
        left, start, found = (start, behind), behind, behind
    named = left is not None and not any(s.kind == "open" for s in signs[left[0] : left[1]])
    if found > start and (left is None or named or "arg" in signs[start].text):
        search, start = (start, found), found
    part = _derivative(signs, start, end, known)
    if part is None:
        return Whole(start, end, left, search, quantified=quantified(signs, end))
    first, last = part
    if last == end and not _one_product(signs, first, end):
        typed = source[signs[start].start : signs[first - 1].end]
        raise ReadError(
            f"how far {typed} reaches is not clear", span=(signs[start].start, signs[first - 1].end), source=source,
            hint="Put brackets around what is differentiated, or leave the derivative out and ask for it by name.",
        )  # fmt: skip
    derivative = (start, first if last == end else end)
    return Whole(first, last, left, search, derivative, quantified(signs, end))


def _arrow(signs: Signs, end: int) -> int:
    r"""Behind ``f: \mathbb{R}^n \to \mathbb{R},``, or 0."""
    if end < 5 or signs[0].kind != "letter" or signs[1].text != ":":
        return 0
    arrow = next((k for k in range(2, min(end, MAX_LEFT_SIDE)) if signs[k].text == "->"), 0)
    comma = next((k for k in range(arrow, min(end, MAX_LEFT_SIDE)) if signs[k].text in (",", ";")), 0)
    return comma + 1 if arrow and comma and left_side(signs, comma + 1, end) > comma + 1 else 0


def _spoken(signs: Signs, end: int) -> int:
    r"""Behind the word that a sentence begins with, ``\text{Let } f(x) = …``."""
    return int(end > 1 and signs[0].kind == "word" and signs[0].text in SPOKEN)


def _left_sides(signs: Signs, start: int, end: int, declared: Container[str]) -> int:
    r"""Behind ``y = f(x) =``, behind the ``=`` that a line of a derivation begins with, or ``start``."""
    place = next((k for k in range(start, end) if signs[k].kind != "&"), start)
    if place + 1 < end and signs[place].text == "=":
        return place + 1
    behind = left_side(signs, start, end, declared)
    if behind == start:
        return start
    again = left_side(signs, behind, end, declared)
    while again > behind and any(s.kind == "open" for s in signs[behind:again]):
        behind, again = again, left_side(signs, again, end, declared)
    return _last_side(signs, start, behind, end)


def _last_side(signs: Signs, start: int, behind: int, end: int) -> int:
    r"""Behind the last ``=`` of ``J(w) = \|y - X w\|^2 = (y - X w)^\top (y - X w)``, which are said to be equal.

    The last side must hold what ``J`` is applied to: ``f(x) = x^2 = 4`` is an equation.
    """
    found = [k for k in tops(signs, behind, end) if signs[k].text in ("=", ",")]
    if not found or any(signs[k].text == "," for k in found):
        return behind
    between = signs[behind : found[-1]]
    if any(s.text in SEARCHES | ORDERS | {"nabla", "partial"} for s in between) or holds_derivative(signs, end):
        return behind
    opened = next((k for k in range(start, behind) if signs[k].kind == "open"), behind)
    given = {s.text for s in signs[opened:behind] if s.kind == "letter"}
    held = {s.text for s in signs[found[-1] : end] if s.kind == "letter"}
    shared = given <= held if given else held & {s.text for s in between if s.kind == "letter"}
    return found[-1] + 1 if shared else behind


def _search(signs: Signs, start: int, end: int, constrained: bool) -> int:
    r"""Behind ``\min_x`` or ``\arg\min_{w \in …}``, or ``start``: the variable stands by itself behind it."""
    start = next((k for k in range(start, end) if signs[k].kind != "&"), start)
    if start >= end or signs[start].kind != "word" or signs[start].text not in SEARCHES | ORDERS:
        return start
    if signs[start + 1].kind != "_":
        arg = signs[start].text in ("arg min", "arg max")
        ordered = signs[start].text in ORDERS and signs[start + 1].kind != "open"
        alone = (arg and _more(signs, start + 1, end)) or ordered
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
    behind = left_side(signs, after, end, declared)
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
    if not is_d(signs[top]) or not is_d(signs[below]) or below_end - below < 2:
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
        return quoted(source, begin, signs[last - 1].end)

    if found.quantified:
        yield f"What stands before is left out: {typed((0, found.quantified - 1))}."
    if found.left is not None:
        said = signs[found.left[1] - 1]
        typed_sign = source[said.start : said.end] if said.text in ("∝", "≈") else "="
        yield f"What stands right of the sign {typed_sign} is read: {typed((found.left[1], found.end))}."
    if found.search is not None:
        yield f"{typed(found.search)} is left out: what it is taken of is read."
    if found.derivative is not None:
        yield f"A derivative is left out: {typed((found.start, found.end))} is read, what is differentiated."
