r"""A variable called ``d`` beside differentials: where a d stands that begins none, it is a name of its own."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from closedform.judging.names import LETTERS
from closedform.judging.records import Example, Judgement, Step

_D = re.compile(r"(?<![\w\\.])d(?!\w|\s*_)")
_RUN = re.compile(r"(?<![A-Za-z\\])(?:[A-Za-z]|[A-Z][A-Za-z]|[a-z][A-Z])d(?![A-Za-z0-9_]|\s*_|\s+hoc)")
"""``Xd`` and ``cd`` in LaTeX, and ``dXd``"""
_WORDS = {"And", "Add", "End", "Odd", "Old", "Mid", "Did", "id", "dd"}
_TWICE = re.compile(r"(?<![A-Za-z\\])d(?=d(?![A-Za-z0-9]))")
_BOLD = re.compile(r"\\(?:mathbf|boldsymbol|bm|vec|pmb)\s*\{$")
_SIZED = re.compile(r"(?:\\sqrt|(?<!\\nabla)(?<!∇)_|\^|[_^]\s*\{|\\times|×)\s*$")
_ENDS = re.compile(
    r"\s*(?:['’)+\-−=:,.;&$|*·\]}ᵀ⊤]|\^\s*\{?\s*(?:T|'|⊤|\\(?:top|intercal|mathsf|mathrm))|\\\\|\\\||\n|\Z"
    r"|\\(?:right|rangle|cdot|otimes|in|top|[rl]?Vert|q?quad)(?![A-Za-z]))"
)
_SPACED = re.compile(r"\s+(?:[^\W\d_](?!\w)|\\(?P<letter>[A-Za-z]+))")
_ATTACHED = re.compile(r"(?<![A-Za-z\\])d(?:[A-Za-z](?![A-Za-z])|\\(?P<letter>[A-Za-z]+))|\\mathrm\s*\{\s*d\s*\}")
_DIMENSION = re.compile(r"\$?(?:\s*(?:×|\\times|by\b)|-)\s*(?:dim|\$?d\b|[nmk]\b)")
_SAID = re.compile(r"\s+(?:is|are|in|where|with|and)\s")
_OVER_NUMBER = re.compile(r"(?<=frac\{)d(?=\}\s*\{?\s*\d)|(?<![A-Za-z\\])d(?=\s*/\s*\d)")
_PRODUCT = "d is a variable, dX a differential, d X a product"
NEAR = 100
SIZES, FREE = "nmpk", "cghbvwuzyx"
"""Letters that are read as d is: of a size; of a vector, where nothing else is said, and of no index."""


@dataclass(frozen=True)
class LetterD:
    """A derivation in which the variable d has another letter; ``note`` says what it was taken for."""

    text: str
    letter: str
    note: str = "d is a variable, dX a differential"

    def told(self, found: Judgement) -> Judgement:
        """What was found, in the letters that were typed."""
        return Judgement(tuple(map(self._step, found.steps)), (*map(self._back, found.assumed), self.note))

    def _back(self, text: str) -> str:
        return re.sub(rf"(?<![A-Za-z\\]){self.letter}(?![A-Za-z])|(?<=\bd){self.letter}(?![A-Za-z])", "d", text)

    def _step(self, step: Step) -> Step:
        text, reason, line, right_if = map(self._back, (step.text, step.reason, step.right_line, step.right_if))
        shown = step.example
        if shown is not None:
            shown = Example({self._back(x): value for x, value in shown.point.items()}, shown.before, shown.here)
        return replace(step, text=text, reason=reason, right_line=line, right_if=right_if, example=shown)


def letter_d(source: str) -> list[LetterD]:
    """The derivation with another letter for a variable d, in the ways that the text allows; none where it is none.

    >>> [r.text for r in letter_d("f = b'*X*d, df = b'*dX*d")]
    ["f = b'*X*c, df = b'*dX*c"]
    >>> letter_d("f = x'*x with x in R^d, df = 2*x'*dx")
    []
    """
    kinds = {m.start(): _kind(source, m.start()) for m in _D.finditer(source)}
    if "\\" in source or "$" in source:
        ends = [m.end() - 1 for m in _RUN.finditer(source) if m.group() not in _WORDS]
        kinds |= {k: kind for k in ends if (kind := _kind(source, k)) in ("alone", "spaced")}
    alone, spaced = ([k for k, kind in kinds.items() if kind == wanted] for wanted in ("alone", "spaced"))
    attached = any(_is_letter(m["letter"]) for m in _ATTACHED.finditer(source))
    used = set(re.findall(r"(?<![A-Za-z\\])d?([a-z])(?![A-Za-z])", source))
    sizes = [k for k, kind in kinds.items() if kind == "size"]
    letter = next((c for c in (SIZES if sizes else FREE) if c not in used), "")
    if sizes:
        over = [m.start() for m in _OVER_NUMBER.finditer(source)]
        if not (letter and attached and over):
            return []
        return [LetterD(_put(source, [*sizes, *alone, *over], letter), letter, "d is a size, dX a differential")]
    if not letter or not alone or not (attached or spaced):
        return []
    twice = [m.end() for m in _TWICE.finditer(source)]
    found = [LetterD(_put(source, [*alone, *twice, *spaced], letter), letter, _PRODUCT)] if spaced else []
    return [*found, LetterD(_put(source, [*alone, *twice], letter), letter)]


def _kind(source: str, at: int) -> str:
    """What the d at a place is: ``alone``, ``size``, ``spaced`` (a product or a differential) or ``operator``."""
    before, after = source[max(0, at - NEAR) : at], source[at + 1 : at + NEAR]
    if _SIZED.search(before) or _DIMENSION.match(after):
        return "size"
    if before.endswith("{") and after.startswith("}"):
        return "alone" if _BOLD.search(before) else "operator"
    if re.search(r"\\(?:rm|mathrm|text)\s*\{?$", before):
        return "operator"
    if re.match(r"\s*\\?\|", after) and re.split(r"[\n$]", before)[-1].count("|") % 2 == 0:
        return "operator"
    if _SAID.match(after) or _ENDS.match(after):
        return "alone"
    spaced = _SPACED.match(after)
    return "spaced" if spaced and _is_letter(spaced["letter"]) else "operator"


def _is_letter(command: str | None) -> bool:
    """Whether a command is a letter, or a font or an accent of one."""
    fonts = ("mathbf", "mathrm", "boldsymbol", "bm", "vec", "hat", "tilde", "bar", "ell")
    return command is None or command.lower() in {x.lower() for x in LETTERS} or command in fonts


def _put(source: str, places: list[int], letter: str) -> str:
    out = list(source)
    for at in places:
        out[at] = letter
    return "".join(out)
