"""Facts: what may be declared of a symbol, and what follows from what."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

Facts = frozenset[str]
NONE: Facts = frozenset()

IMPLIES: dict[str, tuple[str, ...]] = {
    "pd": ("psd", "inv"),
    "psd": ("sym",),
    "sym": ("square",),
    "diag": ("sym", "lower", "upper"),
    "orth": ("inv",),
    "skew": ("square",),
    "lower": ("square",),
    "upper": ("square",),
    "inv": ("square",),
    "pos": ("nonneg", "nonzero"),
    "pm1": ("nonzero", "discrete"),
    "bit": ("nonneg", "discrete"),
}
WORDS: dict[str, str] = {
    "sym": "symmetric", "psd": "positive semidefinite", "pd": "positive definite", "diag": "diagonal",
    "orth": "orthogonal", "skew": "skew-symmetric", "lower": "lower triangular", "upper": "upper triangular",
    "inv": "invertible", "pos": "positive", "nonneg": "nonnegative", "pm1": "in {-1, 1}", "bit": "in {0, 1}",
    "square": "square", "nonzero": "not zero", "discrete": "discrete",
}  # fmt: skip
LINEAR_SPACES = ("diag", "sym", "skew", "lower", "upper")
"""Facts whose matrices form a linear space: the gradient by such a variable is projected on it."""


def close(facts: Iterable[str]) -> Facts:
    """The facts with all that they imply.

    >>> sorted(close(["psd"]))
    ['psd', 'square', 'sym']
    """
    return _closed(frozenset(facts))


@lru_cache(maxsize=1024)
def _closed(facts: Facts) -> Facts:
    out, todo = set(), list(facts)
    while todo:
        fact = todo.pop()
        if fact not in out:
            out.add(fact)
            todo += IMPLIES.get(fact, ())
    return frozenset(out)


def tangent(facts: Facts) -> Facts:
    """The facts that the differential of a variable has: those of its linear space alone."""
    return close(f for f in LINEAR_SPACES if f in facts)
