"""Which names a text may use: declared ones, single letters, differentials, letters run together."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from closedform.read.alphabet import SPELLED, base_letters
from closedform.read.lexer import Token
from closedform.read.vocabulary import CONSTANTS, is_function

MAX_RUN = 12


@dataclass
class Scope:
    """What is known of names while a text is parsed.

    ``declared`` are variables, bound parts and sizes; ``functions`` abstract ones; ``counts`` how often a
    name stands in the texts.
    """

    declared: set[str]
    functions: set[str]
    counts: dict[str, int]
    indices: list[str] = field(default_factory=list)
    notes: dict[str, None] = field(default_factory=dict)
    every_index: set[str] = field(default_factory=set)
    free_indices: set[str] = field(default_factory=set)
    standing: set[str] = field(default_factory=set)  # undeclared names that stand outside sums over them
    upright: set[str] = field(default_factory=set)
    scalars: set[str] = field(default_factory=set)
    bold: frozenset[str] = frozenset()
    arrows: frozenset[str] = frozenset()
    rows: frozenset[str] = frozenset()
    typeset: bool = False
    counting: dict[str, int] = field(default_factory=dict)  # names of numbers: c = 2

    def note(self, sentence: str) -> None:
        self.notes[sentence] = None

    def stands(self, name: str, tokens: list[Token]) -> bool:
        """Whether a letter that may turn a matrix, H or T, also stands elsewhere than above something."""
        named = (k for k, t in enumerate(tokens) if t.kind == "name" and t.text == name and k)
        above = sum(tokens[k - 1].text in ("^", "{", "-") for k in named)
        return name in self.declared or self.counts.get(name, 0) > above

    def knows(self, name: str) -> bool:
        return name in self.declared or name in CONSTANTS or name in self.indices

    def admits(self, name: str) -> bool:
        """Whether an undeclared name may be a variable: a letter, also Greek, with digits and subscripts."""
        letters = base_letters(name)
        if name in self.upright:
            return True
        return (len(letters) == 1 or letters in SPELLED) and not (is_function(name) and letters not in SPELLED)

    def is_letter(self, name: str) -> bool:
        known = self.knows(name) or (name in self.counts and self.admits(name))
        return known or differential(name, self) is not None


_DIFFERENTIAL = re.compile(r"d(.+?)([0-9]?)$")


def differential(name: str, scope: Scope) -> str | None:
    """The variable whose differential ``dX``, ``dX1`` a name is; None where it is none."""
    if name[0] != "d" or len(name) < 2 or name in scope.declared:
        return None
    whole = name[1:]
    short = whole[:-1] if whole[-1].isdigit() and len(whole) > 1 else ""
    for base in (whole, short):
        if base and (base in scope.declared or (base in scope.counts and scope.admits(base))):
            return base
    for base in (short, whole):
        if base and (len(base) == 1 or base in SPELLED) and base.isalpha() and "d" not in scope.declared:
            return base
    return None


def split_name(name: str, scope: Scope) -> list[str] | None:
    """Letters that run together, as the names they are: ``Ax`` is A and x; None where they are not."""
    if len(name) > MAX_RUN or is_function(name) or scope.admits(name):
        return None
    pieces = list(_pieces(name, scope))
    if "".join(pieces) != name or len(pieces) < 2:
        return None
    if all(map(scope.is_letter, pieces)):
        return pieces
    if len(set(pieces)) == 1 and len(pieces) == 2:  # xx'
        return pieces
    some = any(p[0].isupper() or scope.is_letter(p) for p in pieces)
    capitals = sum(p[0].isupper() for p in pieces)
    few = len(pieces) <= 3 or (len(pieces) == 4 and capitals > 1)
    short = few and all(scope.admits(p) or scope.is_letter(p) for p in pieces)
    return pieces if short and some and any(p[0].isupper() for p in pieces) else None


def _pieces(name: str, scope: Scope) -> Iterable[str]:
    place = 0
    known = sorted((n for n in scope.declared if len(n) > 1), key=len, reverse=True)
    while place < len(name):
        rest = name[place:]
        piece = next((n for n in known if rest.startswith(n)), None)
        if piece is None and rest[0] == "d" and len(rest) > 1 and differential(rest[:2], scope):
            piece = rest[:2]
        if piece is None:
            piece = next((g for g in SPELLED if len(g) > 2 and rest.startswith(g)), None)
        if piece is None:
            found = re.match(r"[^\W\d_](?:[0-9]+|_[A-Za-z0-9]+)?", rest)
            piece = found.group() if found else rest
        yield piece
        place += len(piece)
