"""Pages on laws and functions: what each states, when it holds, why, an example that is run, a source."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from closedform.explain.page import Page


def explain(name: str) -> Page:
    """The page of a law, a function or a question: what it states, when it holds, why, an example, a source.

    ``name`` is a law as derivations name it (``"product rule"``), a function (``"logdet"``) or the title of a page.
    Raises DeclarationError, with the nearest name, for another.

    >>> page = explain("inverse rule")
    >>> page.statements[0].text
    'd(X^-1) = -X^-1*dX*X^-1'
    >>> page.examples[0].level
    'A'
    """
    from closedform.explain.lookup import page_of

    return page_of(name)
