"""``x_i`` beneath a sum over i: the member ``x[i]``, however the name is written.

In text also what is meant beside it: ``x_1`` and ``x_k`` of an x that has members are entries, ``pi_k`` is a weight,
``delta_ij`` the identity, ``max(i, …)`` the largest over i, and ``z_j = …`` says what each member is.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator
from dataclasses import dataclass, field, replace

from closedform.errors import ReadError
from closedform.read.lexer import Token, Tokens
from closedform.read.parts import Part, parts_of
from closedform.read.vocabulary import CONSTANTS, INDEX_LETTERS, OVER, WEIGHTS, is_function

LENGTHS = ("n", "m", "k", "p", "q", "N", "M", "K")
"""What the number of members of a family is called where its sum does not say how far it runs."""
_JOINED = re.compile(r"(.*[^_])_([a-z]+|[0-9]+)")


def with_members(texts: list[Tokens]) -> tuple[list[Tokens], dict[str, str]]:
    """The texts with such names as members, and how far each index runs, where a sum says so."""
    texts = [tokens if tokens.typeset else replace(tokens, tokens=list(_over(tokens.tokens))) for tokens in texts]
    members = _Members(texts[0], texts[1])
    if not members.ranges:
        return texts, {}
    taken = {token.text for tokens in texts for token in tokens.tokens}
    free = (letter for letter in LENGTHS if letter not in taken)
    ranges = {i: high or members.length(i) or next(free, "") for i, high in members.ranges.items()}
    return [members.rewritten(tokens) for tokens in texts], {i: high for i, high in ranges.items() if high}


def _over(listed: list[Token]) -> Iterator[Token]:
    """``max(i, x[i])`` as ``max_over(i, x[i])``."""
    for k, token in enumerate(listed):
        head = [t.text for t in listed[k + 1 : k + 4]]
        if token.text in ("max", "min") and head[0:3:2] == ["(", ","] and head[1] in INDEX_LETTERS:
            inside = range(k + 4, _closing(listed, k + 1))
            if any(listed[j].text.endswith("_" + head[1]) or _indexes(listed, j, head[1]) for j in inside):
                token = token._replace(text=token.text + "_over")
        yield token


def _indexes(listed: list[Token], place: int, index: str) -> bool:
    beside = listed[place - 1].text, listed[place + 1].text
    return listed[place].text == index and (beside[0] in ("[", ",") and beside[1] in ("]", ","))


def _closing(listed: list[Token], opening: int) -> int:
    depth = 0
    for place in range(opening, len(listed)):
        depth += (listed[place].text == "(") - (listed[place].text == ")")
        if depth == 0:
            return place
    return len(listed)


@dataclass
class _Members:
    """What is known of members before the texts are read."""

    formula: Tokens
    where: Tokens
    ranges: dict[str, str] = field(default_factory=dict)
    bases: set[str] = field(default_factory=set)
    own: set[str] = field(default_factory=set)
    told: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        for index, high in (pair for tokens in (self.formula, self.where) for pair in _sums(tokens)):
            self.ranges[index] = high if self.ranges.get(index, high) == high else ""
        heads = {part.texts[0] for tokens in (self.formula, self.where) for part in self._parts(tokens)}
        self.own = {name for name in heads if (found := _JOINED.fullmatch(name)) and found[1] in heads}
        for tokens in (self.formula, self.where):
            for k, token in enumerate(tokens.tokens[:-1]):
                base, at = self._split(token, self.ranges)
                if base and not self.ranges.keys().isdisjoint(at):
                    self.bases.add(base)
                elif token.kind == "name" and tokens.tokens[k + 1].text == "[":
                    self.bases.add(token.text)

    def length(self, index: str) -> str:
        """How long a declared vector is of which an entry has this index: ``y in R^n`` beside ``y_i``."""
        told = {part.texts[0]: part.texts[-1] for tokens in (self.formula, self.where) for part in self._parts(tokens)
                if part.texts[1:2] == ["in"] and part.texts[-2] == "^"}  # fmt: skip
        lengths = {told[base] for base in self._with(index) if base in told}
        return lengths.pop() if len(lengths) == 1 else ""

    def _with(self, index: str) -> Iterator[str]:
        """What is typed with this index alone."""
        for tokens in (self.formula, self.where):
            for k, token in enumerate(tokens.tokens):
                base, at = self._split(token, self.ranges)
                if base and at == [index]:
                    yield base
                elif [t.text for t in tokens.tokens[k + 1 : k + 4]] == ["[", index, "]"]:
                    yield token.text

    def rewritten(self, tokens: Tokens) -> Tokens:
        """The text with its members; a note says which there are."""
        out: list[Token] = []
        read: dict[str, str] = {}
        within = self._of_each(tokens)
        for k, token in enumerate(tokens.tokens):
            base, at = self._meant(tokens, k, self.ranges.keys() | within.get(k, set()))
            if not base:
                out.append(token)
                continue
            read[token.text] = f"{base}[{','.join(at)}]"
            out += _member(token, base, at)
        found = replace(tokens, tokens=out)
        read = {typed: meant for typed, meant in read.items() if typed not in self.told}
        self.told |= read.keys()
        if not read:
            return found
        note = f"{', '.join(read)} {'are' if len(read) > 1 else 'is'} read as {', '.join(read.values())}."
        return replace(found, notes=(*tokens.notes, note))

    def _parts(self, tokens: Tokens) -> list[Part]:
        """What is declared; of a formula behind the word where."""
        start = next((k + 1 for k, t in enumerate(tokens.tokens) if t.text == "where"), None)
        start = 0 if start is None and tokens is self.where else start
        return [] if start is None or len(tokens.tokens) - start < 2 else parts_of(tokens, start)

    def _of_each(self, tokens: Tokens) -> dict[int, set[str]]:
        """At each token of ``z_j = x_j^2``, where z has members, the index that runs there."""
        found: dict[int, set[str]] = {}
        for part in self._parts(tokens):
            base, at = self._split(part.tokens[0], self.ranges)
            if base in self.bases and part.texts[1:2] == ["="] and not any(map(str.isdigit, at)):
                found.update((k, set(at)) for k in range(part.start, part.end))
        return found

    def _meant(self, tokens: Tokens, place: int, indices: set[str]) -> tuple[str, list[str]]:
        token, behind = tokens.tokens[place], tokens.tokens[min(place + 1, len(tokens.tokens) - 1)]
        base, at = self._split(token, indices)
        if not base or token.text in self.own or (behind.text == "(" and behind.gap == 0 and not tokens.typeset):
            return "", []
        if indices.isdisjoint(at) and (tokens.typeset or base not in self.bases):
            return "", []
        if len(at) > 2:
            mend = "A name has one index, or two where it is a matrix."
            span = (token.start, token.end)
            raise ReadError(f"{token.text} has {len(at)} indices", span=span, source=tokens.source, hint=mend)
        if base == "pi":
            return WEIGHTS, at
        return ("I", at) if base == "delta" and len(at) == 2 and not self._stands("delta") else (base, at)

    def _stands(self, name: str) -> bool:
        return any(t.text == name for tokens in (self.formula, self.where) for t in tokens.tokens)

    def _split(self, token: Token, ranges: Container[str]) -> tuple[str, list[str]]:
        """``A`` and the indices i, j of the name ``A_ij``; nothing where it is no such name."""
        found = _JOINED.fullmatch(token.text) if token.kind == "name" else None
        if found is None or is_function(found[1]) or found[1] in CONSTANTS - {"pi"}:
            return "", []
        whole = found[2] in ranges or found[2].isdigit()
        at = [found[2]] if whole else list(found[2])
        known = all(i in ranges or i in INDEX_LETTERS or i.isdigit() for i in at)
        return (found[1], at) if known and found[2] != "0" else ("", [])


def _sums(tokens: Tokens) -> Iterator[tuple[str, str]]:
    """The index of each sum, and the end of its range, or nothing."""
    listed = tokens.tokens
    for k in range(len(listed) - 3):
        name, opening, index, behind = listed[k : k + 4]
        if name.text not in OVER or opening.text != "(" or index.kind != "name" or behind.text not in (",", "=", "in"):
            continue
        end = next((j for j in range(k + 4, len(listed)) if listed[j].text in (",", "")), k)
        dots = next((j for j in range(k + 4, end) if listed[j].text[:2] == ".." or listed[j].text == "…"), end)
        yield index.text, tokens.text(dots + 1, end) if dots + 1 < end and behind.text != "," else ""


def _member(token: Token, base: str, at: list[str]) -> list[Token]:
    """``base[i, j]``, of which each token stands where the name is."""
    _, typed, start, end, gap = token
    middle = start + len(base) if end - start == len(typed) else end
    signs = [sign for index in at for sign in (("op", ","), ("num" if index.isdigit() else "name", index))][1:]
    behind = [Token(kind, text, middle, end) for kind, text in [("op", "["), *signs]]
    return [Token("name", base, start, middle, gap), *behind, Token("op", "]", end, end)]
