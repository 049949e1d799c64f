"""Slips of those who know the derivative of scalars: its rule used for matrices, and a Jacobian without its rest."""

from __future__ import annotations

from closedform.answers.asked import Asked, is_map
from closedform.answers.attempt import Attempt, Typed, certified, lacks_direction
from closedform.answers.conventions import Finding
from closedform.check.certificate import Claim
from closedform.errors import ClosedformError
from closedform.formula import formula
from closedform.functions.algebra import diagv


def diagonal(attempt: Attempt) -> Finding | None:
    """A vector that is the diagonal of the Jacobian or the Hessian."""
    answer, truth, asked = attempt.answer._raw, attempt.truth._raw, attempt.asked
    if asked is None or asked.op not in ("jacobian", "hessian") or is_map(attempt.truth):
        return None
    fits = truth.is_square and not truth.is_scalar and answer.shape == (truth.rows, diagv(truth).cols)
    if not fits or not certified(Claim("equal", diagv(truth), answer)).ok:
        return None
    return Finding(f"it is the diagonal of the {asked.op.capitalize()}, which is a matrix", False)


def scalar_rule(typed: Typed, attempt: Attempt) -> Finding | None:
    """What would be right of a scalar: 2X for X^2, whose derivative is a map in dX."""
    asked = attempt.asked
    if asked is None or asked.op != "derivative" or not lacks_direction(attempt):
        return None
    try:
        f = formula(typed.function, f"{asked.by} in R", typed.syntax)
        answer = formula(typed.answer, f.where, typed.syntax)
        alone = Attempt(f, answer, Asked("gradient", asked.by))
        if not (alone.fits and alone.certificate.ok):
            return None
    except ClosedformError:
        return None
    moved = attempt.truth._directions()[0].params[0]
    why = "" if attempt.truth._raw.is_column else "matrices do not commute, and "
    return Finding(f"it is the rule for scalars; {why}the derivative here is a map in {moved}", False)
