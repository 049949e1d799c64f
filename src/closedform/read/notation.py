r"""Which notation a text is in. It stands by itself, since the reader of LaTeX is loaded only where it is needed."""

from __future__ import annotations

import re

_SIGNS_OF_TEXT = re.compile(r"\.[*/^]|'\*|[A-Za-z]{3,}\(|\|\|")


def is_latex(text: str) -> bool:
    r"""Whether a text is LaTeX: it has a backslash, dollars around it, or braces above or below.

    >>> is_latex(r"x^\top A x"), is_latex("A_{ij} x_j"), is_latex("x'*A*x")
    (True, True, False)
    """
    if "\\" in text or text.lstrip().startswith("$"):
        return True
    return ("^{" in text or "_{" in text) and not _SIGNS_OF_TEXT.search(text)
