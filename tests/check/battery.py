"""Claims and values that a changed core fails: right claims kept at level A, wrong ones refused, values known."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from claims import RIGHT
from test_certify import WRONG

from closedform.check.certificate import Claim
from closedform.check.core.field import Field
from closedform.check.core.scalars import Scalars

ACCEPTED: dict[str, Claim] = {name: claim for name, (level, claim) in RIGHT.items() if level == "A"}
SKIPPED = {"sums of norms", "pairs of rows", "high power"}
for _name in SKIPPED:
    ACCEPTED.pop(_name)
REFUSED: dict[str, Claim] = {
    name: claim
    for name, claim in WRONG.items()
    if name.startswith(("relu", "right at", "right for", "a ", "not in", "twice", "root of", "Hessian", "zero", "sum"))
}


def roots_are_squares() -> bool:
    field = Field(Random(3), roots=True)
    f = Scalars(field)
    u = field.random(1, 6)
    return bool(f("root2", u * u).first == f("abs", u).first and f("sign", -u).first == (-f("sign", u)).first)


PROBES: list[Callable[[], bool]] = [roots_are_squares]
EQUIVALENT: dict[str, str] = {}
"""Changes that change nothing that is promised, each with the reason."""
