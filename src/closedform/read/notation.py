r"""Which notation a text is in. It stands by itself, since the reader of LaTeX is loaded only where it is needed."""

from __future__ import annotations

import re

_SIGNS_OF_TEXT = re.compile(r"\.[*/^]|'\*|[A-Za-z]{3,}\(|\|\|")
_COMMAND = re.compile(r"\\(?:[A-Za-z]{2}|[^A-Za-z\s])|[{}$^_]\s*\\")
_DIVIDED = re.compile(r"[A-Za-z0-9_)\]']\s*\\\s*[A-Za-z](?![A-Za-z])")


def divides(text: str) -> bool:
    r"""Whether ``A\b`` stands in a text that is no LaTeX: elsewhere that is the solution of A x = b.

    >>> divides(r"x'*(A\b)"), divides(r"x^\top A"), divides(r"x \in \R")
    (True, False, False)
    """
    return _DIVIDED.search(text) is not None and _COMMAND.search(text) is None


def is_latex(text: str) -> bool:
    r"""Whether a text is LaTeX: it has a backslash, dollars around it, or braces above or below.

    >>> is_latex(r"x^\top A x"), is_latex("A_{ij} x_j"), is_latex("x'*A*x")
    (True, True, False)
    """
    if divides(text):
        return False
    if "\\" in text or text.lstrip().startswith("$"):
        return True
    return ("^{" in text or "_{" in text) and not _SIGNS_OF_TEXT.search(text)
