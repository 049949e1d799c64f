r"""Steps of an algorithm, ``W = W - ηG``, ``x^{k+1} = x^k - …``, ``W \leftarrow …``: said to be done, not to hold."""

from __future__ import annotations

import re

from closedform.judging.names import NAME

ARROW = r"\\(?:long)?leftarrow(?![A-Za-z])|\\gets(?![A-Za-z])|←|⟵|<--?(?=\s)"
"""Signs by which a name is given a new value."""
_IN_PLACE = re.compile(rf"{NAME}\s*(?:[-+]|\{{\s*[-+]\s*\}}|\\mathrel\{{[-+]\}})")
_COUNTED = re.compile(rf"{NAME}\s*\^\s*(?:\{{\s*\(?|\()?\s*[a-z]\s*\+\s*1\s*\)?\s*\}}?|{NAME}\s*\^\s*\{{?\+\}}?")
REASON = "a step of an algorithm, which gives a name a new value"


def is_updated(first: str, sign: str = "=") -> bool:
    r"""Whether what stands left gets a new value: by its sign, or counted above as in ``x^{(k+1)}``, ``x^+``.

    >>> [is_updated(s) for s in ("x^{(k+1)}", "x^{k+1}", "x^+", "W -", "x^2", "x_{k+1}")]
    [True, True, True, True, False, False]
    """
    if sign != "=":
        return re.match(ARROW, sign + " ") is not None
    return any(pattern.fullmatch(first.strip()) is not None for pattern in (_COUNTED, _IN_PLACE))


def is_next(name: str) -> bool:
    """Whether a name is that of a next value: ``w_{t+1}``, ``W_new``.

    >>> [is_next(name) for name in ("w_tp1", "W_new", "w_t")]
    [True, True, False]
    """
    return re.fullmatch(r"\w+_(?:[a-z]p1|new|next)", name) is not None
