"""The exact judge that tests of the kernel share, and wrong answers made of right ones."""

from __future__ import annotations

from collections.abc import Iterator

from closedform.check.certificate import Certificate, Claim
from closedform.check.certify import certify
from closedform.expr.node import Node
from closedform.functions.algebra import NUM, ZERO, num, ones, transpose
from closedform.functions.known_facts import facts_of


def judged(claim: Claim) -> Certificate:
    """The certificate of a claim; one not decided in its time, as on a busy machine, is looked at for longer."""
    found = certify(claim)
    return found if found.decided else certify(claim, effort="high")


def equal(a: Node, b: Node) -> Certificate:
    """The certificate that two formulas are one."""
    return judged(Claim("equal", a, b))


def refutes(found: Certificate) -> bool:
    """Whether a claim was shown wrong (one that could not be decided was not)."""
    return not found.ok and found.decided


def is_nothing(a: Node) -> bool:
    return a.op is ZERO or (a.op is NUM and a.params[0] == 0)


def mutants(a: Node) -> Iterator[tuple[str, Node]]:
    """What ``a`` is not: twice it, its negative, its transpose (of which some are equal: see ``is_wrong``); of 0, 1."""
    if is_nothing(a):
        yield "one", ones(a.rows, a.cols)
        return
    yield "twice", num(2) * a
    yield "negative", -a
    if a.is_square and not a.is_scalar and "sym" not in facts_of(a):
        yield "transpose", transpose(a)
