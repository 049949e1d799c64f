r"""``x = …`` that says what solves an equation: ``w^*``, ``\hat w``, a function's argument after its gradient."""

from __future__ import annotations

import re

from closedform.judging.book import HABITS
from closedform.judging.chains import Outline, is_zero, letters_of, names_in, used
from closedform.judging.names import NAME, bare, cleaned
from closedform.judging.relations import Relation

ZERO_WORDS = re.compile(r"\b(?:zero|vanish\w*|stationar\w*|optim\w*|minimi\w*|maximi\w*|solv\w*|normal equations?)\b")
_STAR = r"\s*(?:\^\s*(?:\*|\\ast\b|\\star\b|⋆|\{\s*(?:\*|\\ast|\\star|⋆)\s*\})|\*|⋆)"
_STARRED = re.compile(rf"(?P<name>{NAME}){_STAR}")
_FOUND = re.compile(r"(?P<base>\w+?)_(?:ML|MLE|MAP|opt|star|ast|hat|widehat|LS|OLS|ridge|min|max)(?:_\w+)?")


def starred(text: str) -> str:
    r"""The variable whose best value is written ``w^*``, ``\hat w``, ``\mu_{ML}``; "" where it is no such name.

    >>> starred("w^*"), starred(r"\hat{w}"), starred(r"\mu_{ML}"), starred(r"\hat\beta_{LS}"), starred("w_1")
    ('w', 'w', 'mu', 'beta', '')
    """
    text = cleaned(text)
    mark = _STARRED.fullmatch(text)
    if mark:
        return bare(mark["name"])
    found = _FOUND.fullmatch(bare(text))
    return re.sub(r"_[A-Z]{2,}$", "", found["base"]) if found else ""


def plain_stars(text: str, names: set[str], syntax: str) -> str:
    """The text with ``w^*`` as a name that can be read, for those that are known."""

    def name(found: re.Match[str]) -> str:
        base = bare(found["name"])
        if f"{base}_star" not in names:
            return found["name"] if base[:1].islower() and not found["name"].startswith("\\nabla") else found.group()
        return f"{found['name']}_{{star}}" if syntax == "latex" else f"{base}_star"

    return re.sub(_STARRED.pattern + r"(?=\s*(?:[)\]}},;'^]|$)|\s+[-+=]|\^)", name, text)


def is_solution(out: Outline, relation: Relation, name: str, said: bool) -> bool:
    """Whether ``x = …`` says the value of a variable that was there before, rather than defining it."""
    if not used(out, name) or re.search(_SLOPE.format(name=re.escape(name)), out.document.source):
        return False
    if ZERO_WORDS.search(relation.words):
        return True
    if said or all(c.defines for c in out.chains):
        return False
    last, zero = out.chains[-1], any(is_zero(c.members[-1].text) for c in out.chains)
    spoken = ZERO_WORDS.search(" ".join(c.words for c in out.chains)) is not None
    if zero or (spoken and not last.defines and name in names_in(out, last)):
        return True
    if spoken and not last.defines and not _moves(out, name):
        return True
    syntax = out.document.syntax
    fresh = {n for m in relation.members[1:] for n in letters_of(m.text, syntax) if not used(out, n)}
    if name in {bare(a) for a in out.functions.values()} or _by(out, name):
        return not any(_moves(out, n) or _differentiated_by(out, n) for n in fresh)
    inside = any(name in names_in(out, c) for c in out.defined.values())
    return inside and not fresh and not _has_differential(out, name)


def _by(out: Outline, name: str) -> bool:
    """Whether a derivative before is one by the name: said, or by habit."""
    starts = [cleaned(c.members[0].text) for c in out.chains if not c.defines]
    signed = [t for t in starts if _SIGNED.search(t)]
    if any(re.search(_BY_NAME.format(name=re.escape(name)), t) for t in signed):
        return True
    inside = {n for c in out.defined.values() for n in names_in(out, c)}
    by_habit = next((v for v in HABITS if v in inside and v not in out.defined), "")
    return name == by_habit and any(not re.search(r"_|/|\\frac", t) for t in signed)


_SLOPE = r"\\[tdc]?frac\s*\{{\s*d\s*\\?{name}\s*\}}|(?<![A-Za-z\\])d\\?{name}\s*/\s*d[A-Za-zα-ω\\]"
"""``dx/dt`` of what is a function of t."""
_SIGNED = re.compile(r"∇|\\nabla|∂|\\partial|\b[Gg]rad\b|(?<!\w)d[A-Za-z]\w*\s*/\s*d|\\frac\s*\{\s*d")
_BY_NAME = r"(?:∂|\\partial|/\s*d|\{{\s*d|_\s*\{{?)\s*(?:\\math\w+\s*\{{\s*)?\\?{name}(?!\w)"


def _moves(out: Outline, name: str) -> bool:
    """Whether the differential of a name stands in the derivation."""
    pattern = rf"(?<![A-Za-z/])d\s*(?:\\math\w+\s*\{{)?\\?{re.escape(name)}(?!\w)"
    return re.search(pattern, out.document.source) is not None


def _differentiated_by(out: Outline, name: str) -> bool:
    return re.search(_BY_NAME.format(name=re.escape(name)), out.document.source) is not None


def _has_differential(out: Outline, name: str) -> bool:
    """Whether something is said to be the differential of the name, as of one that is defined."""
    firsts = (cleaned(r.members[0].text) for r in out.document.relations if len(r.members) > 1)
    return any(re.fullmatch(rf"d\s*\\?{re.escape(name)}", first) for first in firsts)
