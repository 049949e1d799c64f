r"""The name of a variable where it is given by itself: ``x``, ``λ``, ``\Sigma``, ``\mathbf{w}_1``."""

from __future__ import annotations

from closedform.errors import ClosedformError
from closedform.read.alphabet import canonical


def variable_name(typed: str) -> str:
    r"""The one spelling of a name, typed as text or as LaTeX; what is no name comes back as it is.

    >>> variable_name("lambda"), variable_name(r"\Sigma"), variable_name(r"\mathbf{w}_{1}")
    ('lam', 'Sigma', 'w_1')
    """
    if not any(sign in typed for sign in "\\{$"):
        return canonical(typed.strip())
    from closedform.read.typeset import lex_latex

    try:
        tokens = lex_latex(typed, "")[0].tokens
    except ClosedformError:
        return typed
    return tokens[0].text if [t.kind for t in tokens] == ["name", "end"] else typed
