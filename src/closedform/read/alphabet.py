"""The letters and signs a formula may be written with, and the one spelling each of them has inside."""

from __future__ import annotations

from functools import lru_cache

GREEK: dict[str, str] = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "ϵ": "epsilon",
    "ζ": "zeta", "η": "eta", "θ": "theta", "ϑ": "vartheta", "ι": "iota", "κ": "kappa", "λ": "lam", "μ": "mu", "µ": "mu",
    "ν": "nu", "ξ": "xi", "π": "pi", "ρ": "rho", "ϱ": "varrho", "σ": "sigma", "ς": "varsigma",
    "τ": "tau", "υ": "upsilon", "φ": "phi", "ϕ": "phi", "χ": "chi", "ψ": "psi", "ω": "omega",
    "Γ": "Gamma", "Δ": "Delta", "Θ": "Theta", "Λ": "Lambda", "Ξ": "Xi", "Π": "Pi",
    "Σ": "Sigma", "Υ": "Upsilon", "Φ": "Phi", "Ψ": "Psi", "Ω": "Omega",
}  # fmt: skip
"""Typed Greek letters and the names they have inside."""
SPELLED: dict[str, str] = {name: name for name in GREEK.values()} | {"lambda": "lam"}
"""Greek letters spelled in Latin ones."""

SUPERSCRIPTS: dict[str, str] = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺ⁿᵐᵏᵖᵀ", "0123456789-+nmkpT", strict=True))
SUBSCRIPTS: dict[str, str] = dict(zip("₀₁₂₃₄₅₆₇₈₉ᵢⱼₖₗₘₙₚᵣₛₜ", "0123456789ijklmnprst", strict=True))
RAISED: dict[str, str] = {"n": "ⁿ", "m": "ᵐ", "k": "ᵏ", "p": "ᵖ"} | {
    str(digit): sign for digit, sign in enumerate("⁰¹²³⁴⁵⁶⁷⁸⁹")
}
"""How a size is written above the line in sentences for people."""

SIGNS: dict[str, str] = {
    "−": "-", "–": "-", "·": "*", "⋅": "*", "∗": "*", "@": "*", "⊙": ".*", "∘": ".*", "⊘": "./", "⊗": "⊗",
    "⟨": "<", "⟩": ">", "〈": "<", "〉": ">", "‖": "||", "∥": "||", "∣": "|", "′": "'", "’": "'", ".T": "'",
    "∈": "in", "→": "->", "≥": ">=", "…": "..", "≔": "=",
}  # fmt: skip
"""Signs with another spelling inside."""

LOOKALIKES: dict[str, str] = dict(
    zip("АВЕЅІЈКМНОРСТХУаеіјорсухѕΑΒΕΖΗΙΚΜΝΟΡΤΧο", "ABESIJKMHOPCTXYaeijopcyxsABEZHIKMNOPTXo", strict=True)
)
"""Cyrillic and Greek letters that look like Latin ones. They are never merged, only mentioned."""


KEPT = {"lambda_max", "lambda_min"}
"""Names of functions that begin like a Greek letter."""


def script(letter: str) -> str:
    return "Cyrillic" if "Ѐ" <= letter <= "ӿ" else "Greek"


@lru_cache(maxsize=4096)
def canonical(name: str) -> str:
    """The one spelling of a name: ``λ``, ``lambda`` and ``lam`` are ``lam``; ``x₁`` is ``x_1``.

    >>> canonical("λ"), canonical("lambda2"), canonical("dΣ"), canonical("W₁")
    ('lam', 'lam2', 'dSigma', 'W_1')
    """
    if name.isascii() or not any(c in GREEK or c in SUBSCRIPTS for c in name):
        head = name.rstrip("0123456789") if "_" not in name else name[: name.index("_")].rstrip("0123456789")
        if len(head) < 2 or name in KEPT:
            return name
        return _spell(head) + name[len(head) :]
    if name[-1] in SUBSCRIPTS:
        digits = "".join(SUBSCRIPTS[c] for c in name if c in SUBSCRIPTS)
        return canonical(name.rstrip("".join(SUBSCRIPTS))) + "_" + digits
    return canonical("".join(GREEK.get(c, c) for c in name))


def _spell(head: str) -> str:
    if head in SPELLED:
        return SPELLED[head]
    return "d" + SPELLED[head[1:]] if head[0] == "d" and head[1:] in SPELLED else head


def base_letters(name: str) -> str:
    """The name without digits and subscripts behind it."""
    return name.split("_")[0].rstrip("0123456789")


def is_greek(name: str) -> bool:
    """Whether a canonical name is a Greek letter, digits and subscripts aside."""
    return base_letters(name) in SPELLED


def sentence_power(text: str) -> str:
    """A size as the exponent of ℝ: ``ⁿ`` or ``^(n + 1)``."""
    if all(c in RAISED for c in text) and (len(text) == 1 or text.isdigit()):
        return "".join(RAISED[c] for c in text)
    return f"^{text}" if text.isalnum() else f"^({text})"
