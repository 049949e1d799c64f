"""What is claimed, and what was found: plain records."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from typing import Any

from closedform.check.core.claim import Claim
from closedform.check.record import record

__all__ = ["Certificate", "Claim"]

WORDS = {
    "A": "exact, with a bound",
    "B": "exact, with heuristics",
    "C": "to 110 digits",
    "D": "in float64",
    "X": "not certified",
}
SHOWN = 4
"""So many sizes are named in the line for people; the record has all."""


@dataclass(frozen=True)
class Certificate:
    """The outcome of a check; ``docs/certificate.md`` states what each level proves.

    ``level`` is A (exact, with a bound), B (exact, with named heuristics), C (to 110 digits), D (in float64) or X
    (not certified); ``reason`` says why. ``decided`` is False where the claim was neither shown right nor wrong.
    ``bound`` is log2 of the probability that a false claim passes, None where no number is claimed, with the
    ``degree`` and the ``height`` (bits) that it is computed from, and how many ``fields`` were drawn. ``sizes`` are
    those at which both sides were compared, in ``trials`` points; ``every_size`` says that they prove it for all.
    ``claim`` and ``reading`` say what is certified and how the input was read; ``conditions`` where it holds.
    ``witnesses`` are comparisons in floating point, at level D: they are shown, and no answer rests on them.

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
    degree: float | None = None
    height: float | None = None
    fields: int = 0
    witnesses: tuple[str, ...] = ()
    about: Claim | None = field(default=None, repr=False, compare=False)

    @property
    def claim(self) -> str:
        """What is certified, in words.

        >>> Certificate("A", "the two sides agree").claim
        ''
        """
        return self._word("claim")

    @property
    def reading(self) -> str:
        """The declarations under which the claim was read.

        >>> Certificate("A", "the two sides agree").reading
        ''
        """
        return self._word("reading")

    @property
    def conditions(self) -> tuple[str, ...]:
        """Where the answer holds.

        >>> Certificate("A", "the two sides agree").conditions
        ()
        """
        return tuple(self.about.words().get("conditions", ())) if self.about and self.about.words else ()

    @property
    def replay(self) -> str:
        """The command that checks the claim anew, with fresh random points; its input is the JSON of this certificate.

        >>> Certificate("A", "the two sides agree").replay
        'closedform replay @certificate.json'
        """
        return "closedform replay @certificate.json"

    def _word(self, name: str) -> str:
        return str(self.about.words().get(name, "")) if self.about and self.about.words else ""

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

    def _repr_html_(self) -> str:
        """The badge, and the line for people."""
        from html import escape

        edge = "solid" if self.ok else "dashed"
        style = f"border:2px {edge} currentColor;border-radius:4px;padding:0 .4em;font-weight:bold"
        return f'<span class="closedform-badge" style="{style}">{self.level}</span> {escape(self.line())}'

    def _repr_markdown_(self) -> str:
        return f"**[{self.level}]** {self.line()}"

    def _sizes(self) -> str:
        shown = [", ".join(f"{k}={v}" for k, v in s.items()) for s in self.sizes]
        named = list(dict.fromkeys(s for s in shown if s))
        more = [f"{len(named) - SHOWN} more"] if len(named) > SHOWN + 1 else []
        return " | ".join(named[:SHOWN] + (more or named[SHOWN:])) or "as given"

    def as_dict(self) -> dict[str, Any]:
        """All fields as plain values, with the record that ``replay`` reads.

        >>> Certificate("C", "the two sides agree").as_dict()["level"]
        'C'
        """
        own = asdict(replace(self, about=None))
        del own["about"]
        words = {"claim": self.claim, "reading": self.reading, "conditions": self.conditions}
        if self.about is None:
            return {**own, **words}
        sides = {"convention": self.about.convention, "layout": self.about.layout}
        return {**own, **words, **sides, "replay": self.replay, "record": self._record(self.about)}

    def _record(self, claim: Claim) -> dict[str, Any]:
        """The texts of the claim where they read back to it, or else its nodes."""
        texts = claim.words().get("texts") if claim.words else None
        return (texts() if texts else None) or record(claim)

    def to_json(self) -> str:
        """All fields as a JSON object.

        >>> Certificate("C", "the two sides agree").to_json()[:13]
        '{"level": "C"'
        """
        import json

        return json.dumps(self.as_dict(), ensure_ascii=False)
