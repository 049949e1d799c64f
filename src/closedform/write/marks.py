"""The marks that differ between ASCII and Unicode, and where a product needs no mark."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from closedform.rewrite.show import Show

GREEK = dict(
    zip(
        "alpha beta gamma delta epsilon zeta eta theta iota kappa lam mu nu xi rho sigma tau upsilon phi chi psi omega"
        " lambda Gamma Delta Theta Lambda Xi Sigma Upsilon Phi Psi Omega pi".split(),
        "αβγδεζηθικλμνξρστυφχψωλΓΔΘΛΞΣΥΦΨΩπ",
        strict=True,
    )
)
RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")

Between = Callable[[Show, str, Show, str, bool], str]


@dataclass(frozen=True)
class Marks:
    name: Callable[[str], str]
    power: Callable[[str, str], str]
    after: Mapping[str, str]
    between: Between
    times: str
    over: str
    minus: str
    bar: str
    left: str
    right: str


TEXT = Marks(
    name=lambda word: word,
    power=lambda base, exponent: f"{base}^{exponent}",
    after={"transpose": "'", "inverse": "^-1", "inverse-transpose": "^-T"},
    between=lambda *_: "*",
    times=".*", over="./", minus="-", bar="||", left="<", right=">",
)  # fmt: skip


def unicode(known: frozenset[str]) -> Marks:
    """Unicode marks; ``known`` names may stand before a bracket."""
    return Marks(
        name=greek,
        power=_raised,
        after={"transpose": "ᵀ", "inverse": "⁻¹", "inverse-transpose": "⁻ᵀ"},
        between=lambda *about: _between(known, *about),
        times=" ⊙ ", over="./", minus="−", bar="‖", left="⟨", right="⟩",
    )  # fmt: skip


def greek(word: str) -> str:
    """A name with its Greek letter: ``lam`` is λ, ``theta_1`` is θ_1, ``dphi`` is dφ."""
    stem, underscore, rest = word.partition("_")
    if stem[:1] == "d" and stem[1:] in GREEK:
        return "d" + GREEK[stem[1:]] + underscore + rest
    return GREEK.get(stem, stem) + underscore + rest


def _raised(base: str, exponent: str) -> str:
    if exponent.replace("−", "").isdigit():
        return base + exponent.replace("−", "-").translate(RAISED)
    return f"{base}^{exponent}"


def _between(known: frozenset[str], left: Show, before: str, right: Show, after: str, divided: bool) -> str:
    """The mark between two factors: nothing where reading it back is certain, else a space or ``*``."""
    first, last = after[0], before[-1]
    if divided or "‖" in (first, last) or first.isdigit() or not (first.isalpha() or first in "(⟨"):
        return "*"
    if "⟩" == last or first == "⟨" or left.kind in ("abstract", "call"):
        return "*"
    if last.isdigit() and left.kind == "number":
        return "" if first == "(" else " "
    if first == "(":
        bare = left.kind == "name" and before == greek(left.word)
        return ("" if left.word in known else "*") if bare else ""
    if last in ")ᵀ⁻¹²³⁴⁵⁶⁷⁸⁹⁰":
        return ""
    return " "
