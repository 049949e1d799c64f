"""Names that a chain gives in passing: between two equals signs, or at its end."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from closedform.judging.chains import Outline, is_zero, letters_of, used
from closedform.judging.names import bare, is_differential
from closedform.judging.relations import Member, Relation

NO_NAMES = {"I", "e", "pi", "ones"}


def between(out: Outline, relation: Relation, below: list[str]) -> Iterator[tuple[str, Member, Member]]:
    r"""New names in a chain, each with its member and what it equals; ``below`` are the formulas that come later.

    ``\hat\mu = \bar x = …`` names ``\bar x``; ``g = … = p`` names p, where p stands below.
    """
    members, syntax = relation.members, out.document.syntax
    pairs = list(pairwise(members[1:]))
    if len(members) > 2 and any(bare(members[-1].text) in letters_of(text, syntax) for text in below):
        pairs.append((members[-1], members[-2]))
    for member, body in pairs:
        name = bare(member.text)
        if not name or is_differential(name) or name in NO_NAMES or name in out.defined or used(out, name):
            continue
        others = [m.text for m in members if m is not member]
        if not is_zero(body.text) and all(name not in letters_of(text, syntax) for text in others):
            yield name, member, body
