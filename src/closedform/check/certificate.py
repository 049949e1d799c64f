"""What is claimed, and what was found: plain records."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import Any

from closedform.expr.node import Node

WORDS = {
    "A": "exact, with a bound",
    "B": "exact, with heuristics",
    "C": "to 50 digits",
    "D": "in float64",
    "X": "not certified",
}


@dataclass(frozen=True)
class Claim:
    """That ``answer`` is what ``kind`` says of ``function``.

    ``kind``: ``gradient`` (df = ⟨answer, dX⟩), ``jacobian`` (df = answer·dx), ``map`` (df = answer, which
    holds the symbol ``differentials[0]``), ``hessian`` (d²f, by ``variable`` and ``second``, which is
    ``variable`` where not given; a matrix, or a map in ``differentials``), ``equal`` (function = answer).
    ``layout="denominator"`` transposes a Jacobian, ``convention="free"`` takes the entries on and above
    the diagonal of a symmetric variable as free.
    """

    kind: str
    function: Node
    answer: Node
    variable: Node | None = None
    second: Node | None = None
    differentials: tuple[str, ...] = ()
    layout: str = "numerator"
    convention: str = "space"


@dataclass(frozen=True)
class Certificate:
    """The outcome of a check.

    ``level`` is A (exact, with a bound), B (exact, with named heuristics), C (to 50 digits), D (in float64) or X
    (not certified); ``reason`` says why. ``decided`` is False where the claim was neither shown right nor wrong.
    ``bound`` is log2 of the probability that a false claim passes, None where no number is claimed. ``sizes`` are
    those at which both sides were compared; ``every_size`` says that they prove it for all.

    >>> Certificate("A", "the two sides agree", bound=-100.2, every_size=True).line()
    'level A (exact, with a bound), wrong with probability below 2^-100, for every size'
    """

    level: str
    reason: str
    bound: float | None = None
    sizes: tuple[dict[str, int], ...] = field(default=(), hash=False)
    trials: int = 0
    heuristics: tuple[str, ...] = ()
    every_size: bool = False
    counterexample: dict[str, Any] | None = field(default=None, hash=False)
    milliseconds: float = 0.0
    decided: bool = True

    @property
    def ok(self) -> bool:
        """Whether the claim is certified.

        >>> Certificate("X", "the two sides differ").ok
        False
        """
        return self.level != "X"

    def line(self) -> str:
        """One line for people.

        >>> Certificate("X", "the two sides differ").line()
        'refused: the two sides differ'
        >>> Certificate("X", "no point was found", decided=False).line()
        'not certified: no point was found'
        """
        if self.level == "X":
            return f"{'refused' if self.decided else 'not certified'}: {self.reason}"
        parts = [f"level {self.level} ({WORDS[self.level]})"]
        if self.bound is not None:
            parts.append(f"wrong with probability below 2^{self.bound:.0f}")
        if self.heuristics:
            parts.append("; ".join(self.heuristics))
        parts.append("for every size" if self.every_size else f"at sizes {self._sizes()}")
        return ", ".join(parts)

    def _sizes(self) -> str:
        shown = [", ".join(f"{k}={v}" for k, v in s.items()) for s in self.sizes]
        return " | ".join(dict.fromkeys(s for s in shown if s)) or "as given"

    def to_json(self) -> str:
        """All fields as a JSON object.

        >>> Certificate("C", "the two sides agree").to_json()[:13]
        '{"level": "C"'
        """
        return json.dumps(asdict(self), ensure_ascii=False)
