r"""Marks above that number layers and steps: ``a^{(l-1)}``, ``W^l``, ``G^{(l)}_{ij}``. They belong to the name."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from closedform.read.alphabet import canonical
from closedform.read.latex_names import argument, spelled
from closedform.read.latex_signs import Sign, Signs

LAYERS = ("l", "ell")
"""Letters that number layers even where they stand above without brackets."""

STEPS = {"l", "ell", "k", "t", "s", "i", "j", "n"}
"""Letters that number layers and steps; ``x^{(p-1)}`` is sooner a power."""

LONGEST = 5
"""The signs of ``(l-1)``: a mark has no more."""
FURTHEST = 40
"""A subscript of more signs is looked through for no name."""


class Mark(NamedTuple):
    """``^{(l-1)}`` at ``place``: its letter, what is added to that, whether it has brackets, and where it ends."""

    place: int
    letter: str
    shift: str
    braced: bool
    end: int


def with_layers(source: str, signs: Signs, where: str) -> tuple[Signs, dict[str, str]]:
    """The signs with such marks in the names that they stand at, and notes on these; a declared letter is no mark."""
    declared = set(re.findall(r"[A-Za-z]+", where))
    marks = [mark for mark in _marks(signs) if mark.letter not in declared]
    counted = Counter(m.letter for m in marks if m.braced)
    steps = {m.letter for m in marks if m.braced and m.shift and m.letter in STEPS and counted[m.letter] > 1}
    capital = {m.letter for m in marks if _named(signs, m.place)[0].text[0].isupper()}
    layers = {x for x in capital & {*LAYERS} if all(_in_script(signs, k) for k, s in enumerate(signs) if s.text == x)}
    layers |= _on_the_left(signs, marks)
    chosen = [m for m in marks if m.letter in (steps if m.braced else layers) or (m.braced and _pair(signs, m))]
    summed = _summed(signs)
    chosen = [m for m in chosen if m.letter not in summed]
    if not chosen:
        return signs, {}
    out, notes = Signs(), dict[str, str]()
    folded = {m.place: m for m in chosen}
    place = 0
    while place < len(signs):
        mark = folded.get(place)
        base = _named(signs, place)[0].start if mark else -1
        at = next((k for k in range(len(out) - 1, -1, -1) if out[k].start == base), -1) if mark else -1
        if mark and at >= 0:  # a second mark above the same name finds it no more
            name = f"{out[at].text}_{spelled(mark.letter + mark.shift)}"
            end = signs[mark.end - 1].end if at == len(out) - 1 else out[at].end
            if not mark.braced or mark.shift:
                typed = source[out[at].start : end] if end > out[at].end else f"{out[at].text}^{mark.letter}"
                notes[canonical(name)] = f"{typed} is a name of its own, {canonical(name)}."
            out[at] = out[at]._replace(text=name, end=end)
            place = mark.end
        else:
            out.append(signs[place])
            place += 1
    out.pair()
    return out, notes


def _on_the_left(signs: Signs, marks: list[Mark]) -> set[str]:
    r"""The k of ``x^{k+1} = …``: a name is given, and no power."""
    first = marks[0] if marks else None
    if first is None or first.place != 1 or first.braced or first.letter not in STEPS:
        return set()
    behind = signs[first.end : first.end + 2]
    return {first.letter} if behind[0].text == "=" or [s.text for s in behind] == [":", "="] else set()


def _marks(signs: Signs) -> Iterator[Mark]:
    """What may be a mark: a letter above a name, alone or with a number added, perhaps in brackets."""
    for place, sign in enumerate(signs):
        if sign.kind != "^" or not _named(signs, place):
            continue
        first, last, end = argument(signs, place)
        inside = signs[first:last] if last - first <= LONGEST and signs[end].kind != "^" else []
        braced = len(inside) > 2 and inside[0].text in ("(", "[") and inside[-1].kind == "close"
        inside = inside[1:-1] if braced else inside
        shift = "".join(s.text for s in inside[1:])
        shifted = len(inside) == 3 and inside[1].text in ("+", "-") and inside[2].text.isdigit()
        if inside and inside[0].kind == "letter" and (len(inside) == 1 or shifted):
            yield Mark(place, inside[0].text, shift, braced, end)


def _named(signs: Sequence[Sign], place: int) -> list[Sign]:
    """The letter that a script at ``place`` stands at, perhaps behind its subscript; nothing where there is none."""
    before = place - 1
    if before >= 0 and signs[before].kind == "}":
        depth, furthest = 0, max(0, before - FURTHEST)
        while before >= furthest:
            depth += (signs[before].kind == "}") - (signs[before].kind == "{")
            if depth == 0:
                break
            before -= 1
        if depth:
            return []
        before = before - 2 if before > 1 and signs[before - 1].kind == "_" else -1
    elif before > 1 and signs[before - 1].kind == "_":
        before -= 2
    raised = before > 0 and signs[before - 1].kind == "^"
    return [signs[before]] if before >= 0 and signs[before].kind == "letter" and not raised else []


def _pair(signs: Signs, mark: Mark) -> bool:
    """Whether the name has two indices below as well: ``G^{(l)}_{ij}``."""
    below = mark.end if signs[mark.end].kind == "_" else -1
    if below < 0 and signs[mark.place - 1].kind == "}":
        near = range(mark.place - 1, max(0, mark.place - FURTHEST), -1)
        below = next((k for k in near if signs[k].kind == "_"), -1)
    first, last, _ = argument(signs, below) if below > 0 else (0, 0, 0)
    return sum(s.kind in ("letter", "num") for s in signs[first:last]) == 2


def _in_script(signs: Signs, place: int) -> bool:
    """Whether a sign stands above or below something, with nothing but a number added."""
    for mark in range(max(0, place - 4), place):
        if signs[mark].kind in ("^", "_"):
            first, last, _ = argument(signs, mark)
            if first <= place < last and last - first <= LONGEST:
                return True
    return False


def _summed(signs: Signs) -> set[str]:
    found = set[str]()
    for place, sign in enumerate(signs):
        if sign.kind == "cmd" and sign.text in ("sum", "prod") and signs[place + 1].kind == "_":
            first, last, _ = argument(signs, place + 1)
            found |= {s.text for s in signs[first:last] if s.kind == "letter"}
    return found
