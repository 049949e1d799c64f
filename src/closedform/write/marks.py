"""The marks that differ between ASCII and Unicode, and where a product needs no mark."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from closedform.functions.declared import is_declared
from closedform.functions.table import by_text
from closedform.rewrite.show import Show

GREEK = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "zeta": "ζ", "eta": "η",
    "theta": "θ", "iota": "ι", "kappa": "κ", "lam": "λ", "lambda": "λ", "mu": "μ", "nu": "ν", "xi": "ξ",
    "pi": "π", "rho": "ρ", "sigma": "σ", "tau": "τ", "upsilon": "υ", "phi": "φ", "chi": "χ", "psi": "ψ",
    "omega": "ω", "Gamma": "Γ", "Delta": "Δ", "Theta": "Θ", "Lambda": "Λ", "Xi": "Ξ", "Sigma": "Σ",
    "Upsilon": "Υ", "Phi": "Φ", "Psi": "Ψ", "Omega": "Ω",
}  # fmt: skip
RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")

Between = Callable[[Show, str, str, bool, bool], str]
"""The mark after a factor, from the factor, the text so far, the next text, whether there was a division, and
whether a bracket follows the next."""


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
    sized: bool = False
    barred: Mapping[str, str] = field(default_factory=dict)  # functions that are written with bars, and their mark


TEXT = Marks(
    name=lambda word: word,
    power=lambda base, exponent: f"{base}^{not_transposed(exponent)}",
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
        barred={"norm_nuc": "_*", "norm_op": "_op"},
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
    return f"{base}^{not_transposed(exponent)}"


def not_transposed(exponent: str) -> str:
    """A name that would be read as the mark of a transpose, in brackets: ``s^(T)``."""
    return f"({exponent})" if exponent in ("T", "-T", "−T") else exponent


def _between(known: frozenset[str], left: Show, before: str, after: str, divided: bool, opens: bool) -> str:
    """The mark between two factors: nothing where reading it back is certain, else a space or ``*``."""
    first, last = after[0], before[-1]
    if left.kind in ("power", "epower") and last not in RAISED_MARKS:
        return "*"
    if left.kind == "number" and (divided or first in "‖⟨") and (first.isalpha() or first in "(‖⟨"):
        return " " if divided else ""
    if first == "‖" and left.kind == "name" and not divided:
        return ""
    if before.endswith("‖_*"):
        return " "
    if divided or {first, last} & set("‖⟨⟩") or not (first.isalpha() or first == "("):
        return "*"
    if first == "(":
        if left.kind in CALLED or (left.kind == "name" and left.word not in known):
            return "*"
        return ""
    if left.kind not in CALLED and (last in ")]" or last in RAISED_MARKS):
        return ""
    return "" if not opens and _letters_split(before, after, known) else " "


CALLED = ("call", "abstract", "eye", "ones", "zeros", "sumover")
RAISED_MARKS = "ᵀ⁻⁰¹²³⁴⁵⁶⁷⁸⁹"


def _letters_split(before: str, after: str, known: frozenset[str]) -> bool:
    """Whether the letters that would run together are known names of one letter each, and no word."""
    left = before[len(before.rstrip(LETTERS)) :]
    right = after[: len(after) - len(after.lstrip(LETTERS))]
    rest = after[len(right) : len(right) + 1]
    run = left + right
    ends = before[: -len(left)][-1:] if left else "0"
    joined = ends == "_" or (ends.isalnum() and ends not in RAISED_MARKS)
    if not left or not right or joined or rest.isalnum() or rest in ("_", "("):
        return False
    word = run in known or run in WORDS or is_declared(run)
    return run[0] != "d" and all(c in known for c in run) and not word


LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
WORDS = frozenset(GREEK) | frozenset(by_text)
