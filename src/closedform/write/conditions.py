"""Conditions in words: where a formula is defined, and where it has its derivative."""

from __future__ import annotations

from closedform.expr.op import Condition
from closedform.rewrite.display import Context, display
from closedform.rewrite.normal.normal import normal
from closedform.write.plain import text

PHRASES = {
    "positive": "{0} > 0",
    "nonneg": "{0} >= 0",
    "below-one": "|{0}| < 1",
    "nonzero": "{0} is not 0",
    "notzero": "{0} is not 0",
    "invertible": "{0} is invertible",
    "pd": "{0} is positive definite",
    "simple-top": "the largest eigenvalue of {0} is simple",
    "simple-bottom": "the smallest eigenvalue of {0} is simple",
    "simple-top-singular": "the largest singular value of {0} is simple",
    "distinct": "the eigenvalues of {0} are distinct",
    "distinct-singular": "the singular values of {0} are distinct",
    "no-negative-eigenvalue": "{0} has no eigenvalue that is 0 or negative",
    "full-rank": "{0} has full rank",
    "unique-max": "{0} has a single largest entry",
    "unique-min": "{0} has a single smallest entry",
}
ENTRIES = ("positive", "nonneg", "below-one", "nonzero")


def condition_text(condition: Condition, context: Context) -> str:
    """One condition, for people.

    >>> from closedform.functions.algebra import sym
    >>> condition_text(Condition("positive", sym("x", "n")), Context())
    'every entry of x > 0'
    """
    expr = normal(condition.expr)
    shown = text(display(expr, context))
    if condition.kind in ENTRIES and not expr.is_scalar:
        shown = f"every entry of {shown}"
    phrase = PHRASES.get(condition.kind, "{0}: " + condition.kind)
    return phrase.format(shown)
