"""What is said of a point that should be a minimum: the kind, a sentence, the numbers, the next move."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from closedform.errors import ClosedformError

DIFFERENTIABLE = ("minimum", "ill-conditioned-minimum", "several-minima")
"""Kinds at which the derivative of the argmin (of this branch) exists by the implicit function theorem."""


@dataclass
class Verdict:
    """``kind`` is one word, ``also`` what is true besides; ``numbers`` are what the sentence rests on."""

    kind: str
    sentence: str
    next_move: str = ""
    also: tuple[str, ...] = ()
    numbers: dict[str, Any] = field(default_factory=dict)
    direction: Any = None
    exists: bool = False
    """Whether the derivative is given by default."""
    one_sided: bool = False
    """Whether it is given direction by direction."""

    def __str__(self) -> str:
        return f"{self.kind}: {self.sentence}" + (f" {self.next_move}" if self.next_move else "")


class NoDerivative(ClosedformError):
    """There is no derivative of the argmin at this point; ``verdict`` says why.

    >>> import closedform as cf
    >>> solution = cf.formula("exp(-x)*t", "x in R, t in R").argmin("x").solve(t=1.0)
    >>> try:
    ...     solution.jacobian("t")
    ... except NoDerivative as error:
    ...     print(error.verdict.kind)
    no-minimum
    """

    def __init__(self, verdict: Verdict) -> None:
        super().__init__(f"{verdict.kind}: {verdict.sentence}", hint=verdict.next_move)
        self.verdict = verdict
