"""Ways to type that the formula language does not have but that stand in people's derivations, as it has them."""

from __future__ import annotations

import re

_TURN = r"(?:T(?![a-z])|\\top(?![A-Za-z])|\\intercal(?![A-Za-z])|\{\s*(?:T|\\top|\\intercal)\s*\})"
_ONES = re.compile(rf"(?<![\w.\])}}'^/])1(?:'|ᵀ|\s*\^\s*{_TURN})\s*\*?\s*(?=[A-Za-z(\\])")
_TURNED_NAME = re.compile(r"(?<=[\w)\]])\^T(?=[A-Z(]|[a-z](?![a-z]))(?!\w*\()")
_NUMBER_AFTER = re.compile(r"(?<=\))(\s*)(?=\d)")


def typed(text: str, syntax: str) -> str:
    r"""The text with ``1'x`` as the product with the vector of ones, and a number after a bracket as a factor.

    >>> typed("1'*y + X^TXw", "text"), typed(r"1^\top y (x^T x) 2x", "latex")
    ("ones'*y + X' Xw", '\\mathbf{1}^\\top y (x^T x) \\cdot 2x')
    """
    latex = syntax == "latex"
    text = _ONES.sub(r"\\mathbf{1}^\\top " if latex else "ones'*", text)
    text = _NUMBER_AFTER.sub(r" \\cdot " if latex else " * ", text)
    return text if latex else _TURNED_NAME.sub("' ", text)


def apart(text: str, name: str, defined: bool, argument: str) -> str:
    """An abstract function's gradient as the language writes it; what is called like it in ``f = f(A*x)`` as ``f_0``.

    >>> apart("A'*∇f(A*x)", "f", False, ""), apart("grad f", "f", True, ""), apart("∇f(x)", "f", True, "x")
    ("A'*grad[f](A*x)", 'grad f_0', '∇f_0(x)')
    """
    if defined and argument:
        text = re.sub(rf"(?<![\w\\\[]){name}(?=\s*\(\s*{re.escape(argument)}\s*\))", f"{name}_0", text)
    latex = "\\" in text
    for sign, kind in ((r"(?:∇|\\nabla|\bhess )\s*(?:²|\^\s*\{?2\}?)", "hess"), (r"(?:∇|\\nabla\b|\bgrad )", "grad")):
        spelled = rf"\operatorname{{{kind}}}[{name}]" if latex else f"{kind}[{name}]"
        text = re.sub(rf"{sign}\s*{name}\s*(?=\()", lambda _, put=spelled: put, text)  # type: ignore[misc]
    if defined:
        text = re.sub(rf"(?<![\w\\\[])(d?){name}(?![\w\]]|\s*\()", rf"\g<1>{name}_0", text)
    return text
