"""A derivation as a person writes it, taken apart: relations ``a = b = c`` with their places, and the words between."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from closedform.errors import LimitError, ReadError
from closedform.judging.manners import (
    partial_operators,
    plain_curves,
    plain_ells,
    plain_layers,
    plain_maps,
    plain_ranges,
    plain_stacked,
)
from closedform.judging.pieces import MAX_CHARACTERS, pieces
from closedform.judging.relations import (
    Relation,
    entries_of_functions,
    increments,
    logarithms,
    plain_functionals,
    plain_hats,
    plain_partials,
    plain_tex,
    slopes_alone,
)
from closedform.judging.shorthand import plain_shorthand
from closedform.judging.statements import relations_of
from closedform.judging.text_sums import with_lowered
from closedform.read.alphabet import SPELLED


@dataclass
class Document:
    """The relations in order, and all that was said, formulas included, for the search of declarations."""

    source: str
    syntax: str
    relations: list[Relation] = field(default_factory=list)
    said: str = ""
    """The words and formulas, without the signs between lines."""
    families: list[str] = field(default_factory=list)

    def line(self, start: int) -> int:
        return self.source.count("\n", 0, start) + 1


def document(source: str, syntax: str = "auto") -> Document:
    """Take a derivation apart. ``syntax`` is "text", "latex" or "auto"."""
    if len(source) > MAX_CHARACTERS:
        raise LimitError(f"the derivation has {len(source)} characters (limit: {MAX_CHARACTERS} characters)")
    if syntax == "auto":
        syntax = "latex" if is_latex(source) else "text"
    if syntax not in ("text", "latex"):
        raise ReadError(f"the syntax {syntax} is not known", hint="Known are auto, text and latex.")
    source = plain_ranges(plain_stacked(plain_maps(source)))
    if syntax == "latex":
        source = plain_curves(plain_layers(plain_ells(plain_shorthand(source))))
        source = partial_operators(plain_partials(plain_functionals(source)))
    else:
        source = plain_partials(with_lowered(source))
    found = Document(source, syntax)
    for family in _FAMILY.finditer(source):
        found.families.append(_declared(family))
        source = source[: family.start()] + " " * len(family.group()) + source[family.end() :]
    found.families += said_functions(source)
    if syntax == "latex":
        source = plain_tex(source)
    cut = pieces(source, syntax)
    ends = {"row": "\n", "stop": ".\n"}
    found.said = "".join(ends.get(p.kind) or p.text + " " for p in cut)
    found.relations = relations_of(cut, syntax)
    logarithms(found.relations)
    slopes_alone(found.relations, syntax)
    plain_hats(found.relations, source)
    entries_of_functions(found.relations)
    increments(found.source, found.relations)
    if not found.relations:
        raise ReadError("there is no equation in this derivation", hint="Write f = …, df = … or ∇f = … on each line.")
    return found


_POWER = r"(?:\^(?:\w+|\([^()]*\)|\{[^{}]*\}))?"
_SPACE = rf"(?:\\(?:mathbb|mathbf|Bbb)\s*\{{?\s*R\s*\}}?|\\R\b|ℝ|R){_POWER}"
_FAMILY = re.compile(
    r"\b\w+\[(\w)\]\s+in\s+R(?:\^\S+?)?\s+for\s+\1\s*=\s*1\.\.\w+"
    rf"|(?<![\w\\])(?P<f>[A-Za-z])\w*\s*(?::|\\colon)\s*{_SPACE}\s*(?:->|→|\\(?:right|long|longright)?arrow\b|\\to\b)\s*{_SPACE}"
)
"""Declarations with colons, equals signs or words in them: of families, and of abstract functions."""


def _declared(family: re.Match[str]) -> str:
    r"""``f: \mathbb{R}^n \to \mathbb{R}`` as the language has it."""
    if family["f"] is None:
        return family.group()
    text = re.sub(r"\\(?:mathbb|mathbf|Bbb)\s*\{?\s*R\s*\}?|\\R\b|ℝ", " R", family.group())
    text = re.sub(r"→|\\(?:right|long|longright)?arrow\b|\\to\b", "->", text).replace("\\colon", ":")
    return re.sub(r"\{([^{}]*)\}", r"(\1)", text).replace("\\times", "*")


_SAID = re.compile(
    r"(?<![\w\\])\$?(?P<f>\\?[A-Za-z]+)\$?\s+(?:is|be|denotes)\s+(?:an?|any|some)\s+(?:[a-z-]+,?\s+){0,4}function\b"
    r"|\b(?:an?|any|some)\s+(?:[a-z-]+,?\s+){1,4}function\s+\$?(?P<g>\\?[A-Za-z]+)\$?(?![\w(^'=])"
)


def said_functions(source: str) -> list[str]:
    r"""Functions of numbers that words declare and nothing defines, where a prime is their slope.

    >>> said_functions(r"$\rho$ is a differentiable function, $\nabla f = \rho'(\|x\|^2)2x$")
    ['rho: R -> R']
    """
    out = []
    for name in dict.fromkeys(m["f"] or m["g"] for m in _SAID.finditer(source)):
        letters = name.lstrip("\\")
        known = len(letters) == 1 or letters in SPELLED
        primed = re.search(rf"(?<![A-Za-z\\]){re.escape(name)}\s*(?:'|\^\s*\{{?\s*\\prime)+\s*\}}?\s*\(", source)
        defined = re.search(rf"(?<![A-Za-z\\]){re.escape(name)}\s*\(\s*\\?\w+\s*\)\s*&?\s*:?=", source)
        if known and primed and not defined:
            out.append(f"{letters}: R -> R")
    return out


_LATEX = re.compile(r"\\[A-Za-z]{2,}|\\\\|\$")


def is_latex(source: str) -> bool:
    return _LATEX.search(source) is not None
