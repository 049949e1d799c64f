"""What is supposed only for what follows: ``if A is symmetric``, ``for λ = 0``, after steps that hold without it."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from closedform.judging.names import bare, cleaned
from closedform.judging.prose import facts

if TYPE_CHECKING:
    from closedform.judging.document import Document
    from closedform.judging.relations import Relation

_IF = (
    r"if|when|whenever|provided(?:\s+that)?|in\s+case"
    r"|(?:special|the|that|particular)\s+case(?:\s+(?:of|where|that|when))?"
)
_SAID = re.compile(rf"\b(?:{_IF}|for)\b(?P<said>[^=.;\n]{{0,80}})", re.IGNORECASE)
_OPENS = re.compile(rf"\b(?:{_IF})\W*$", re.IGNORECASE)
_VALUED = re.compile(
    r"\b(?:for|at|with|let|put|set|setting|taking|take|choosing|choose|particular(?:ly)?|e\.g)\W*$", re.IGNORECASE
)
_PLAIN = re.compile(
    r"-?\s*(?:\d+(?:\.\d+)?|\\[tdc]?frac\s*\{?\d\}?\s*\{?\d\}?|\d+/\d+)?\s*(?:\\math\w+\s*)?\{?\s*(?:I|0|1)?\s*\}?(?:_\{?\w+\}?)?"
)
_DERIVATIVE = re.compile(
    r"\W*(?:d\s*[A-Za-z\\(]|∇|\\nabla|∂|\\partial|\\[tdc]?frac\s*\{\s*(?:\\partial|∂|d\b|d[A-Za-z\\])|[Gg]rad\b|[Hh]ess\b|\?)"
)


@dataclass(frozen=True)
class Supposed:
    """A fact of a matrix that is said to be supposed from a place on."""

    start: int
    name: str
    fact: str


def opens(words: str) -> bool:
    """Whether the words before an equation suppose it for what follows alone.

    >>> opens("in the special case where"), opens("so")
    (True, False)
    """
    return _OPENS.search(words[-60:]) is not None


def is_derivative(relation: Relation) -> bool:
    """Whether a relation begins with a derivative or a differential."""
    return len(relation.members) > 1 and _DERIVATIVE.match(cleaned(relation.members[0].text)) is not None


_CURVED = re.compile(r"\b(?:riemannian|natural gradient|covariant derivative)\b", re.IGNORECASE)
_GRADIENT = re.compile(r"\W*(?:\\operatorname\s*\{\s*)?(?:grad|\\nabla|∇|\\tilde\s*\{?\s*\\nabla)")


def on_manifold(words: str, first: str) -> bool:
    """Whether a gradient is one on a manifold, which is not that of the function.

    >>> on_manifold("the Riemannian gradient is", r"\\operatorname{grad} f"), on_manifold("the gradient is", "∇f")
    (True, False)
    """
    return _CURVED.search(words) is not None and _GRADIENT.match(first) is not None


def first_step(document: Document) -> int:
    """Where the first derivative of a derivation stands."""
    places = [r.members[0].start for r in document.relations if is_derivative(r)]
    return min(places, default=len(document.source))


def supposed_facts(document: Document) -> list[Supposed]:
    """Facts that are said only with ``if`` and the like, after a derivative that was taken without them.

    What stands in a line below all formulas, ``for symmetric W.``, is said of them all.
    """
    begun = first_step(document)
    last = max((document.line(m.start) for r in document.relations if len(r.members) > 1 for m in r.members), default=0)
    found = [
        Supposed(m.start(), name, fact)
        for m in _SAID.finditer(document.source, begun) if document.line(m.start()) <= last
        for name, fact in facts(m["said"])
        if "×" not in fact and fact not in ("R", "vector", "matrix", "square")
    ]
    said = Counter(dict.fromkeys([(s.name, s.fact) for s in found], 0))
    for pair in facts(document.said):
        said[pair] += pair in said
    late = Counter((s.name, s.fact) for s in found)
    return [s for s in found if said[s.name, s.fact] <= late[s.name, s.fact]]


def is_value(relation: Relation, used: bool, begun: bool) -> bool:
    """Whether ``λ = 0`` or ``B = I`` supposes something of a name that steps before it hold without."""
    if not (used and begun) or len(relation.members) != 2 or not bare(relation.members[0].text):
        return False
    if opens(relation.words):
        return True
    plain = _PLAIN.fullmatch(cleaned(relation.members[1].text)) is not None
    return plain and _VALUED.search(relation.words[-60:]) is not None
