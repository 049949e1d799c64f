"""Which declared facts a step uses, asked of the checker: without them the line does not follow."""

from __future__ import annotations

from dataclasses import replace

from closedform.calculus.derivation.facts import declared, weakened
from closedform.calculus.derivation.laws import Law
from closedform.calculus.derivation.line import Line
from closedform.check.certificate import Claim
from closedform.errors import ClosedformError
from closedform.expr.node import Node
from closedform.rewrite.normal.normal import normal


def facts_used(before: Line | None, line: Line, raw: Node, node: Node) -> tuple[Law, ...]:
    """What was declared of a symbol and is needed for this line to follow from the one ``before``.

    ``raw`` is the function as it was typed, ``node`` its normal form.
    """
    if before is None or line.claim not in ("map", "equal"):
        return ()
    before, line = (replace(one, function=raw) if one.function is node else one for one in (before, line))
    found = sorted(declared(raw), key=lambda one: str(one[0].params[0]))
    return tuple(law for symbol, plain, law in found if _needed(before, line, symbol, plain))


def _needed(before: Line, line: Line, symbol: Node, plain: Node) -> bool:
    follows = before.claim == line.claim == "map" and before.function is line.function
    after = weakened(line, symbol, plain)
    try:
        if follows or line.claim == "equal":
            old = weakened(before, symbol, plain).truth
            return normal(old) is not normal(after.truth) and _refuted(Claim("equal", old, after.truth))
        assert after.direction is not None
        names = (str(after.direction.params[0]),)
        return _refuted(Claim("map", after.function, after.truth, after.variable, None, names))
    except ClosedformError:  # without the fact the line has no meaning, as for the eigenvalues of a general matrix
        return False


def _refuted(claim: Claim) -> bool:
    from closedform.check.certify import certify

    found = certify(claim)
    return found.decided and not found.ok
