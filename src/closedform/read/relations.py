"""Constraints as people type them: two formulas with a sign between them, and where each stands in the text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from closedform.errors import ClosedformError, DeclarationError

SIGN = re.compile(r"=>|=<|>=|<=|==|!=|[=<>≥≤≠]")
PLAIN = {">=": ">=", "≥": ">=", "<=": "<=", "≤": "<=", "=": "="}
MEANT = {"=>": ">=", "=<": "<=", ">": ">=", "<": "<=", "==": "="}
OPEN, SHUT = "([{", ")]}"


@dataclass(frozen=True)
class Piece:
    """A part of a typed text, and where it begins there."""

    text: str
    start: int

    @property
    def span(self) -> tuple[int, int]:
        return self.start, self.start + len(self.text)


@dataclass(frozen=True)
class Relation:
    """``left sign right``; the sign is =, <= or >=."""

    left: Piece
    sign: str
    right: Piece


def constraints(source: str) -> list[Piece]:
    """The parts between commas that stand in no bracket. Raises DeclarationError at a semicolon.

    >>> [p.text for p in constraints("x >= max(0, t), sum(x) = 1")]
    ['x >= max(0, t)', 'sum(x) = 1']
    """
    cuts, depth = [-1], 0
    for place, letter in enumerate(source):
        depth += (letter in OPEN) - (letter in SHUT)
        if letter == ";" and depth == 0:
            raise DeclarationError("commas part constraints, not semicolons", span=(place, place + 1), source=source)
        if letter == "," and depth == 0:
            cuts.append(place)
    ends = [*cuts[1:], len(source)]
    return [p for p in (_piece(source, cut + 1, end) for cut, end in zip(cuts, ends, strict=True)) if p.text]


def relation(source: str, piece: Piece) -> Relation:
    """A constraint parted at its sign. Raises DeclarationError where it has none, another one, or several.

    >>> r = relation("x ≤ 2", constraints("x ≤ 2")[0])
    >>> r.left.text, r.sign, r.right
    ('x', '<=', Piece(text='2', start=4))
    """
    found = list(_signs(piece))
    if not found:
        raise DeclarationError(f"{piece.text} is no constraint: it has no =, <= or >=", span=piece.span, source=source,
                               hint=f'Write "{piece.text} >= 0", or "{piece.text} = 0".')  # fmt: skip
    sides = [_piece(source, a, b) for a, b in zip([piece.start, *(m[1] for m in found)],
                                                  [*(m[0] for m in found), piece.span[1]], strict=True)]  # fmt: skip
    signs = [source[a:b] for a, b in found]
    for (a, b), sign, left, right in zip(found, signs, sides[:-1], sides[1:], strict=True):
        _refuse(source, (a, b), sign, left, right)
    if len(found) > 1:
        apart = ", ".join(f"{l.text} {s} {r.text}" for l, s, r in zip(sides[:-1], signs, sides[1:], strict=True))
        mend = f'Write "{apart}".' if len({PLAIN[sign] for sign in signs}) == 1 else ""
        raise DeclarationError(f"{piece.text} is no constraint: it has {len(found)} signs", span=found[1],
                               source=source, hint=mend)  # fmt: skip
    return Relation(sides[0], PLAIN[signs[0]], sides[1])


def _refuse(source: str, span: tuple[int, int], sign: str, left: Piece, right: Piece) -> None:
    """A side that is missing, and a sign that no constraint has."""
    if sign not in PLAIN:
        mend = f'Write "{left.text} {MEANT[sign]} {right.text}".' if sign in MEANT and left.text and right.text else ""
        why = "leaves out the edge, where a minimum may lie" if sign in "<>" else "is none of =, <= and >="
        typed = " ".join(part for part in (left.text, sign, right.text) if part)
        raise DeclarationError(f"{typed} is no constraint: {sign} {why}", span=span, source=source, hint=mend)
    if not (left.text and right.text):
        where = "before" if not left.text else "after"
        raise DeclarationError(f"nothing stands {where} {sign}", span=span, source=source,
                               hint='A constraint is two formulas with a sign between them, as "x >= 0".')  # fmt: skip


def _signs(piece: Piece) -> Iterator[tuple[int, int]]:
    """Where signs stand outside of brackets; inside of them too where a bracket is never closed."""
    depths, depth = [], 0
    for letter in piece.text:
        depth += (letter in OPEN) - (letter in SHUT)
        depths.append(depth)
    for found in SIGN.finditer(piece.text):
        if depths[found.start()] == 0 or depth != 0:
            yield piece.start + found.start(), piece.start + found.end()


def _piece(source: str, start: int, end: int) -> Piece:
    part = source[start:end]
    return Piece(part.strip(), start + len(part) - len(part.lstrip()))


@contextmanager
def placed(source: str, *parts: tuple[int, Piece]) -> Iterator[None]:
    """Errors about a text that was put together of pieces, each with its place in it, as errors about ``source``."""
    try:
        yield
    except ClosedformError as error:
        if error.span is not None:
            ends = [_moved(error.span[0], parts), _moved(max(error.span[0], error.span[1] - 1), parts)]
            error.span, error.source = (min(ends), max(ends) + 1), source
        raise


def _moved(place: int, parts: tuple[tuple[int, Piece], ...]) -> int:
    """The place in the typed text: inside the piece it is in, else at the end of the one before it."""
    at, piece = max((p for p in parts if p[0] <= place), key=lambda p: p[0], default=parts[0])
    return piece.start + min(max(place - at, 0), len(piece.text) - 1)
