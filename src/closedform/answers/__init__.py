"""The judging of a person's own answer: is it the derivative, and if not, what is wrong with it."""

from __future__ import annotations

from closedform.answers.asked import Asked
from closedform.answers.verdict import Verdict
from closedform.formula import Formula
from closedform.read.named import variable_name

__all__ = ["Asked", "Verdict", "check", "equal"]


def check(
    function: str | Formula, answer: str | Formula, where: str | None = None, *, by: str | None = None,
    and_by: str | None = None, op: str | None = None, syntax: str = "auto", layout: str = "numerator",
    symmetric: str = "projected",
) -> Verdict:  # fmt: skip
    """Judge a person's own answer: is it the derivative of the function?

    ``op`` is "gradient", "jacobian", "hessian" or "derivative"; where it or ``by`` is not given, each that
    fits is tried. The verdict prints as on the command line. Raises what reading raises.

    >>> verdict = check("x'*A*x", "2*A*x", by="x")
    >>> verdict.kind, verdict.truth.text, verdict.difference.text, verdict.declaration
    ('wrong', "(A + A')*x", "(A - A')*x", 'A in Sym(n)')
    >>> print(check("A*X*B", "kron(B', A)").remark)
    it is the matrix K with vec(Y) = K*vec(dX), columns stacked (the Kronecker form), of the map in dX
    """
    from closedform.answers.judging import checked

    by, and_by = (None if name is None else variable_name(name) for name in (by, and_by))
    return checked(function, answer, where, by, Asked(op or "", by or "", and_by, layout, symmetric), syntax)


def equal(first: str | Formula, second: str | Formula, where: str | None = None, *, syntax: str = "auto") -> Verdict:
    """Judge whether two formulas are equal. The verdict prints as on the command line.

    >>> equal("tr(A*B)", "tr(B*A)").kind
    'right'
    >>> print(equal("A*B", "B*A", "A in R^(2x2), B in R^(2x2)").difference)
    BA − AB
    """
    from closedform.answers.judging import compared

    return compared(first, second, where, syntax)
