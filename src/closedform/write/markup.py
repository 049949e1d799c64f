"""HTML for notebooks. The module of the standard library is loaded where HTML is first written."""

from __future__ import annotations


def escaped(text: str) -> str:
    """Text as HTML shows it.

    >>> escaped("s < t")
    's &lt; t'
    """
    from html import escape

    return escape(text)


def typeset(latex: str) -> str:
    """LaTeX as a notebook typesets it, in display style.

    >>> typeset("A^{T}")
    '$\\\\displaystyle A^{T}$'
    """
    return f"$\\displaystyle {escaped(latex)}$"
