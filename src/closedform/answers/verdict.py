"""What was found about an answer: plain records."""

from __future__ import annotations

from dataclasses import dataclass

from closedform.answers.asked import Asked
from closedform.check.certificate import Certificate
from closedform.formula import Formula
from closedform.write.markup import escaped, typeset


@dataclass(frozen=True)
class Verdict:
    """The judgement on an answer.

    ``kind`` is ``"right"``, ``"wrong"``, ``"convention"`` (right in another convention than the one asked
    for) or ``"uncertified"`` (neither shown right nor wrong). ``truth`` is the derivative (of ``equal``: the
    first formula), ``certificate`` that of the answer; ``remark`` says what an answer that is not right is
    instead, and of one that is right, as which likelier derivative of its shape it is wrong; ``declaration`` would
    make it right; ``asked`` is None for ``equal``; ``kron`` is the matrix of vec of a right answer that is a linear
    map, where the answer has its shape.
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
        from closedform.answers.paper import verdict_text

        return verdict_text(self)

    def _repr_html_(self) -> str:
        """The judgement with both formulas and the badge of the certificate."""
        rows = [("verdict", f"<b>{escaped(self.kind)}</b>"), ("answer", typeset(self.answer.latex))]
        if not self.right:
            rows += [("right is", typeset(self.truth.latex))]
            rows += [("remark", escaped(self.remark))] if self.remark else []
            rows += [("right if", escaped(self.declaration))] if self.declaration else []
        rows.append(("certificate", self.certificate._repr_html_()))
        cells = "\n".join(f'<tr><th>{label}</th><td style="text-align:left">{what}</td></tr>' for label, what in rows)
        return f'<table class="closedform-verdict">\n{cells}\n</table>'

    def _repr_markdown_(self) -> str:
        out = [f"**{self.kind}**: ${self.answer.latex}$"]
        out += [] if self.right else [f"right is ${self.truth.latex}$", *([self.remark] if self.remark else [])]
        return "\n\n".join([*out, self.certificate._repr_markdown_()])

    def __repr__(self) -> str:
        return f"<Verdict {self.kind}>"
