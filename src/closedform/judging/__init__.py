r"""The judging of a person's own derivation, line by line."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from closedform.judging.records import Judgement


def judge(text: str, where: str | None = None, syntax: str = "auto") -> Judgement:
    r"""Judge a person's derivation: does each line follow from the one before?

    ``text`` is LaTeX (``align``, ``\[ \]``, ``$…$``, words between) or lines of text joined by ``=``; ``where`` holds
    declarations besides those in the text. Raises ReadError where there is no equation; a line that cannot be read is
    undecided.

    >>> from closedform import judge
    >>> found = judge("f = x'*A*x\ndf = dx'*A*x + x'*A*dx\n   = 2*x'*A*dx")
    >>> found.verdict, found.first_wrong.line, found.first_wrong.right_if
    ('wrong', 3, 'A is symmetric')
    """
    from closedform.judging.lines import judged

    return judged(text, where, syntax)
