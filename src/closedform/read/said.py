"""Properties said in plain words, ``Q is symmetric``, or as equations, ``Q = Q'``, and the facts they declare."""

from __future__ import annotations

from collections.abc import Sequence

from closedform.errors import DeclarationError
from closedform.expr.size import Size

PLAIN: dict[str, str] = {
    "symmetric": "sym", "skew": "skew", "skewsymmetric": "skew", "antisymmetric": "skew", "diagonal": "diag",
    "orthogonal": "orth", "positivedefinite": "pd", "symmetricpositivedefinite": "pd", "spd": "pd", "pd": "pd",
    "positivesemidefinite": "psd", "symmetricpositivesemidefinite": "psd", "psd": "psd", "lowertriangular": "lower",
    "uppertriangular": "upper", "invertible": "inv", "nonsingular": "inv", "regular": "inv", "square": "square",
    "positive": "pos", "nonnegative": "nonneg",
}  # fmt: skip
"""Words without spaces and hyphens, and the fact they say."""
LEFT_OUT = {"is", "are", "a", "an", "matrix", "matrices", "vector", "number", "and"}
EQUATIONS: dict[str, str] = {
    "X=X'": "sym", "X'=X": "sym", "X=-X'": "skew", "X'=-X": "skew", "X'*X=I": "orth", "X'X=I": "orth",
}  # fmt: skip
DEFINITE = {"succ": "pd", "succeq": "psd"}
r"""The facts that ``A \succ 0`` and ``A \succeq 0`` say."""
SPOKEN = {"sym": "symmetric", "skew": "skew", "orth": "orthogonal", "pd": "pd", "psd": "psd"}
"""The words of those facts that equations and orders say."""


def plain_fact(words: Sequence[str]) -> str | None:
    """The fact that the words behind a name say.

    >>> plain_fact(["is", "positive", "-", "definite"]), plain_fact(["nice"])
    ('pd', None)
    """
    single = " ".join(words).lower().replace("-", " ").split()
    return PLAIN.get("".join(word for word in single if word not in LEFT_OUT))


def says_vector(words: Sequence[str]) -> bool:
    """Whether the words behind a name say that it is a vector.

    >>> says_vector(["is", "a", "vector"]), says_vector(["is", "a", "positive", "vector"])
    (True, False)
    """
    return [w for w in words if w not in ("is", "are", "a", "column")] in (["vector"], ["vectors"])


def nearest_fact(words: Sequence[str]) -> str:
    """The word of a property that misspelled words come near, or ``""``."""
    from difflib import get_close_matches

    single = "".join(w for w in " ".join(words).lower().replace("-", " ").split() if w not in LEFT_OUT)
    near = get_close_matches(single, PLAIN, 1, 0.75)
    return near[0] if near else ""


def tall_columns(name: str, rows: Size, cols: Size) -> DeclarationError:
    """``W'*W = I`` of a W that is not square: orthonormal columns, a fact that nothing here knows how to use."""
    head = f"{name}'*{name} = I is used of square matrices only, and {name} is {rows}×{cols}"
    return DeclarationError(head, hint="Leave it out: the gradient is then the one in the ambient space.")


def equation_fact(texts: Sequence[str]) -> str | None:
    """The fact that an equation of a name with itself says.

    >>> equation_fact(["Q", "'", "*", "Q", "=", "I"]), equation_fact(["Q", "=", "A", "'"])
    ('orth', None)
    """
    shown = "".join("X" if text == texts[0] else text for text in texts).replace("^T", "'")
    return EQUATIONS.get(shown)
