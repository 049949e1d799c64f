"""Other ways in which derivatives by matrices may be meant: stacked, transposed, in numerator layout."""

from __future__ import annotations

import re
from collections.abc import Iterator

from closedform.judging.names import NAME
from closedform.judging.records import Judgement
from closedform.judging.ways import SIGN, Way

_MAP = re.compile(
    rf"(?<![\w\\}}])(?:\\(?:mathrm|mathsf|mathbf|operatorname)\s*\{{\s*D\s*\}}|D)\s*(?P<f>\\?[A-Za-z]+)\s*"
    rf"\(\s*(?P<x>{NAME})\s*\)(?=\s*&?\s*=)"
)


def maps_as_rows(source: str) -> Iterator[Way]:
    """``Dφ(X) = …`` of a function φ: the derivative by the stacked matrix, a row where φ is a number.

    >>> next(maps_as_rows("F(X) = A*X, DF(X) = I ⊗ A")).texts
    ('F(X) = A*X, ∂vec(F)/∂vec(X) = I ⊗ A',)
    """

    def stacked(m: re.Match[str]) -> str:
        if not re.search(rf"(?<![\w\\D]){re.escape(m['f'])}\s*\(\s*{re.escape(m['x'])}\s*\){SIGN}", source):
            return m.group()
        if "\\" in source:
            return rf"\frac{{\partial\operatorname{{vec}}({m['f']})}}{{\partial\operatorname{{vec}}({m['x']})}}"
        return f"∂vec({m['f']})/∂vec({m['x']})"

    plain = _MAP.sub(stacked, source)
    if plain != source:
        yield Way((plain,), "D is the derivative by the stacked variable", forced=True)


_VEC_TURNED = re.compile(
    r"\(\s*(?P<vec>\\(?:operatorname|mathrm|text)\s*\{\s*vec\s*\}|vec)\s*(?P<of>\((?:[^()]|\([^()]*\))*\))'\s*\)'"
)


def vec_of_turned(source: str) -> Iterator[Way]:
    """``(vec (A B)')'``: a vector that were turned twice; vec is of the transposed.

    >>> next(vec_of_turned("(vec (A*B)')'")).texts
    ("(vec((A*B)'))'",)
    """
    plain = _VEC_TURNED.sub(r"(\g<vec>(\g<of>'))'", source)
    if plain != source:
        yield Way((plain,), "vec is of the transposed")


_BY_MATRIX = re.compile(
    r"(?:\\[dt]?frac\s*\{\s*\\partial|∂|\bd).{0,80}?(?:\{\s*\\partial|/\s*(?:∂|d))\s*(?:[A-Z](?![a-z])|\\[A-Z])"
)


_BY_TURNED = re.compile(
    r"(?:\{\s*\\partial|/\s*(?:∂|d))\s*(?:[A-Z]|\\[A-Z][a-z]+)\s*(?:'|ᵀ|\^\s*(?:T|\\top|\{\s*(?:T|\\top|\\intercal)\s*\}))"
)


def numerators(source: str, found: Judgement) -> Iterator[Way]:
    """Gradients by matrices that are all transposed, two or more of them: numerator layout, though no word says so."""
    plain = f"{source.rstrip()}\n\n(numerator layout)\n"
    if _BY_TURNED.search(source):
        yield Way((plain,), "derivatives by X' are the transposed ones", whole=True)
    lines = [step for step in found.steps if _BY_MATRIX.match(step.text) and step.status != "given"]
    if len(lines) > 1 and all(step.status == "wrong" for step in lines):
        doubt = "" if any(step.slip == "mixed layouts" for step in lines) else _IN_NUMERATOR
        note = "" if doubt else "gradients by matrices are in numerator layout"
        yield Way((plain,), note, whole=True, doubt=doubt)


_IN_NUMERATOR = "it is right in numerator layout, of which no word is said, and no size tells"
