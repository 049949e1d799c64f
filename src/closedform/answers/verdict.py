"""What was found about an answer: plain records."""

from __future__ import annotations

from dataclasses import dataclass

from closedform.answers.asked import Asked
from closedform.answers.paper import verdict_text
from closedform.check.certificate import Certificate
from closedform.formula import Formula


@dataclass(frozen=True)
class Verdict:
    """The judgement on an answer.

    ``kind`` is ``"right"``, ``"wrong"``, ``"convention"`` (right in another convention than the one asked
    for) or ``"uncertified"`` (neither shown right nor wrong). ``truth`` is the derivative (of ``equal``: the
    first formula), ``certificate`` that of the answer; ``remark`` says what an answer that is not right is
    instead; ``declaration`` would make it right; ``asked`` is None for ``equal``;
    ``kron`` is the matrix of vec of a right answer that is a linear map, where the answer has its shape.
    """

    kind: str
    function: Formula
    answer: Formula
    truth: Formula
    certificate: Certificate
    asked: Asked | None = None
    remark: str = ""
    difference: Formula | None = None
    declaration: str = ""
    conditions: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    kron: Formula | None = None

    @property
    def right(self) -> bool:
        """Whether the answer is certified to be what was asked for.

        >>> from closedform.answers import equal
        >>> equal("tr(A*B)", "tr(B*A)").right
        True
        """
        return self.kind == "right"

    def __str__(self) -> str:
        return verdict_text(self)

    def __repr__(self) -> str:
        return f"<Verdict {self.kind}>"
