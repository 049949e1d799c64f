"""Ways to type that the formula language does not have but that stand in people's derivations, as it has them."""

from __future__ import annotations

import re

from closedform.judging.spans import close_of, term_end
from closedform.read.alphabet import SPELLED
from closedform.read.vocabulary import is_function

_TURN = r"(?:T(?![a-z]{2})|\\top(?![A-Za-z])|\\intercal(?![A-Za-z])|\{\s*(?:T|\\top|\\intercal)\s*\})"
_ONES = re.compile(rf"(?<![\w.\])}}'^/])1(?:'|ᵀ|\s*\^\s*{_TURN})\s*\*?\s*(?=[A-Za-z(\\])")
_TURNED_NAME = re.compile(r"(?<=[\w)\]])\^T(?=[A-Z(]|[a-z](?![a-z]))(?!\w*\()")
_NAME = r"[A-Za-zα-ωΑ-Ω]\w*"
_FUNCTION_OF_NAME = re.compile(
    rf"(?<![\w.])(?P<f>log|ln|exp|sqrt|tr|det|logdet)\s+(?P<of>{_NAME})(?=\s*(?:[-−+=),]|$))"
)
_FUNCTION_OF_CALL = re.compile(r"(?<![\w.])(?P<f>log|ln|sqrt|exp)\s+(?=(?P<of>σ|[A-Za-z]\w*)\()")
"""``ln f``, where nothing that could belong to it follows."""
_BY_ROW = re.compile(rf"/\s*(?P<of>{_NAME}(?:'|ᵀ|\^T){_NAME}(?:(?:'|ᵀ)(?:{_NAME})?)?)(?![\w'ᵀ^([.])")
"""``/ x'x``: what would be divided by a row is divided by the whole."""
_TURN_BESIDE = re.compile(r"\^T(?=[A-Za-z(])")
"""``a^Td(X^{-1})b``"""
_NUMBER_AFTER = re.compile(
    r"(?<=\))(\s*)(?=\d)|(?<=\^\d)\s+(?=\d)|(?<=\^-\d)\s+(?=\d)|(?<=[A-Za-z)}])\s*\\[;,:]\s*(?=\d)"
)

_SECOND = re.compile(r"(?<!\w)d2([A-Za-z]\w*)\s*/\s*d([A-Za-z]+)2(?!\w)")
"""``d2L/dw2``"""
_TWICE = re.compile(r"(?<!\w)d2(?=[A-Za-z](?![a-z]{3}))")
"""``d2f = …``"""
_TIMES = re.compile(r"(?<=(?<!\w)d[A-Za-z])\s+(?=\()|(?<=(?<!\w)d[A-Za-z]\d)\s+(?=\()")
"""``dk (x - c)``, a differential and a factor in brackets."""


_ONES_COLON = re.compile(r"(?<![\w.^_}\])\[,])1\s*:(?!=)\s*(?=\S)(?!\])")
_COLON_ONES = re.compile(r"(?<=\S)\s*:\s*1(?![\w.^_(,\]]|\s*[A-Za-z\\(])")


def summed_by_colon(text: str, latex: bool) -> str:
    r"""``1:X`` and ``X:1``, of which 1 is the matrix of ones, as the sum of all entries.

    >>> summed_by_colon(r"\frac{e^z}{1:e^z}", True), summed_by_colon("A:(X.*X) - A:1", False)
    ('\\frac{e^z}{\\operatorname{sum}(e^z)}', 'A:(X.*X) - sum(A)')
    """
    name = r"\operatorname{sum}" if latex else "sum"
    while found := _ONES_COLON.search(text):
        end = term_end(text, found.end())
        text = f"{text[: found.start()]}{name}({text[found.end() : end].strip()}){text[end:]}"
    while found := _COLON_ONES.search(text):
        begin, depth = found.start(), 0
        while begin and not (depth == 0 and text[begin - 1] in "+-({["):
            begin -= 1
            depth += (text[begin] in ")}]") - (text[begin] in "({[")
        inner = text[begin : found.start()]
        space = inner[: len(inner) - len(inner.lstrip())]
        text = f"{text[:begin]}{space}{name}({inner.strip()}){text[found.end() :]}"
    return text


_TRACE = re.compile(r"(?<![\w.])tr\s+(?=[^\s(=+*/,|])")


def _traces(text: str) -> str:
    """``tr X'dX + 1``: a trace without brackets is that of the product that follows."""
    place = 0
    while found := _TRACE.search(text, place):
        place = end = found.end()
        while end < len(text) and not _ends_product(text, place, end):
            end = close_of(text, end) if text[end] in "([{" else end + 1
        text = f"{text[: found.start()]}tr({text[place:end].rstrip()}){text[end:]}"
    return text


def _ends_product(text: str, begin: int, at: int) -> bool:
    """Whether a product that begins at a place ends at another: at a sign, or a bracket that closes."""
    sign = text[at] in "+-" and text[at - 1] not in "^*" and text[begin:at].strip() != ""
    return sign or text[at] in ")]},=:"


def typed(text: str, syntax: str) -> str:
    r"""The text with ``1'x`` as the product with the vector of ones, and a number after a bracket as a factor.

    >>> typed("1'*y + X^TXw", "text"), typed(r"1^\top y (x^T x) 2x", "latex")
    ("ones'*y + X' Xw", '\\mathbf{1}^\\top y (x^T x) \\cdot 2x')
    >>> typed("ln f + ln det(X)", "text"), typed("x'Ax / x'x + 1", "text")
    ('ln(f) + ln det(X)', "x'Ax /(x'x) + 1")
    >>> typed("1/2 (tr X^-1 A - 2 tr B (Y + Z)) + tr(C)", "text")
    '1/2 (tr(X^-1 A)- 2 tr(B (Y + Z))) + tr(C)'
    """
    latex = syntax == "latex"
    text = summed_by_colon(text, latex)
    text = _ONES.sub(r"\\mathbf{1}^\\top " if latex else "ones'*", text)
    text = _NUMBER_AFTER.sub(r" \\cdot " if latex else " * ", text)
    if latex:
        return _TURN_BESIDE.sub("^T ", text)
    text = _traces(text)
    text = _BY_ROW.sub(r"/(\g<of>)", _FUNCTION_OF_NAME.sub(_with_bracket, _of_calls(text)))
    text = _SECOND.sub(r"d²\1/d\2²", _TURNED_NAME.sub("' ", text))
    return _TIMES.sub("*", _TWICE.sub("d²", text))


def _of_calls(text: str) -> str:
    """``log σ(u)`` with its brackets."""
    place = 0
    while found := _FUNCTION_OF_CALL.search(text, place):
        place = found.end()
        if found["of"] == "σ" or (is_function(found["of"]) and found["of"] not in ("det", "sum")):
            end = close_of(text, found.end("of"))
            text = f"{text[: found.start()]}{found['f']}({text[found.end() : end]}){text[end:]}"
    return text


def _with_bracket(found: re.Match[str]) -> str:
    return found.group() if is_function(found["of"]) else f"{found['f']}({found['of']})"


_BESIDE_NAME = re.compile(
    r"(?P<before>(?<![\^_\w\\])(?:[A-Za-z]+\d*|ones')|(?<![\^_\\])\\[A-Za-z]+|(?<=[)\]'ᵀ}]))\s+1(?![\w.(/]|\s*[/^](?!\s*\{?\s*(?:\\top|T\b)))"
)
_BEFORE_ROW = re.compile(rf"(?<![\w.\])}}'^/*])(?<![\w)\]}}'] )1(?=\s+(?:\\?[A-Za-z]+)(?:'|ᵀ|\s*\^\s*{_TURN}))")


_BEHIND_INVERSE = re.compile(r"(?P<inverse>⁻¹|\^\{?-1\}?|\^\(-1\))\s*1(?![\w.]|\s*\^)")
_GREEK_BESIDE = re.compile(r"(?<![\w\\])(?P<name>[α-ω])1(?!\w|\s*\()")


def ones_stand(source: str) -> bool:
    """Whether 1 is the vector of ones somewhere: ``1'x``, ``g 1'``.

    >>> ones_stand("f = 1'x"), ones_stand("D = g 1' + 1 g'"), ones_stand("p (1 - p), W1'x")
    (True, True, False)
    """
    return re.search(rf"(?<![\w.^_{{])1(?:'|ᵀ|\s*\^\s*{_TURN})", source) is not None


def with_ones(text: str, syntax: str, numbered: bool = False) -> str:
    r"""The text with a 1 behind a name, or before a row, as the vector of ones; ``numbered``: λ1 is a name.

    >>> with_ones("mu - lambda 1", "text"), with_ones("g 1' + 1 g' - 2 X X'", "text")
    ('mu - lambda *ones', "g *ones' + ones* g' - 2 X X'")
    >>> with_ones("λ1 - Σ⁻¹1", "text"), with_ones("λ1", "text", numbered=True)
    ('λ *ones - Σ⁻¹ *ones', 'λ1')
    >>> with_ones(r"\mu - \lambda 1 - \log 1", "latex")
    '\\mu - \\lambda \\mathbf{1} - \\log 1'
    """
    latex = syntax == "latex"

    def behind(found: re.Match[str]) -> str:
        name = found["before"] or ""
        plain = name.lstrip("\\")
        if name and (is_function(plain) or (name[0] == "\\" and plain not in SPELLED)) and name != "ones'":
            return found.group()
        return f"{name} \\mathbf{{1}}" if latex else f"{name} *ones"

    text = _BEFORE_ROW.sub(r"\\mathbf{1}" if latex else "ones*", text)
    one = r"\\mathbf{1}" if latex else "*ones"
    text = _BEHIND_INVERSE.sub(rf"\g<inverse> {one}", text)
    text = text if numbered else _GREEK_BESIDE.sub(rf"\g<name> {one}", text)
    for _ in range(2):
        text = _BESIDE_NAME.sub(behind, text)
    return text


_PRIMED = (
    r"(?<![A-Za-z\\]){name}\s*(?:(?P<two>''|\^\s*\{{\s*\\prime\s*\\prime\s*\}})"
    r"|'|\^\s*(?:\{{\s*\\prime\s*\}}|\\prime))\s*(?=\()"
)


def slopes_of(text: str, name: str) -> str:
    r"""``f'(u)`` and ``f''(u)`` of an abstract function of a number as the language has them.

    >>> slopes_of("f''(a'x) + f'(1)", "f"), slopes_of(r"2\rho'(t)", "rho")
    ("hess[f](a'x) + grad[f](1)", '2\\operatorname{grad}[\\rho](t)')
    """
    latex, spelled = "\\" in text, f"\\{name}" if len(name) > 1 and f"\\{name}" in text else name

    def slope(found: re.Match[str]) -> str:
        kind = "hess" if found["two"] else "grad"
        return rf"\operatorname{{{kind}}}[{spelled}]" if latex else f"{kind}[{spelled}]"

    return re.sub(_PRIMED.format(name=re.escape(spelled)), slope, text)


def apart(text: str, name: str, defined: bool, argument: str) -> str:
    """An abstract function's gradient as the language writes it; what is called like it in ``f = f(A*x)`` as ``f_0``.

    >>> apart("A'*∇f(A*x)", "f", False, ""), apart("grad f", "f", True, ""), apart("∇f(x)", "f", True, "x")
    ("A'*grad[f](A*x)", 'grad f_0', '∇f_0(x)')
    """
    if defined and argument:
        text = re.sub(rf"(?<![\w\\\[]){re.escape(name)}(?=\s*\(\s*{re.escape(argument)}\s*\))", f"{name}_0", text)
    latex = "\\" in text
    for sign, kind in ((r"(?:∇|\\nabla|\bhess )\s*(?:²|\^\s*\{?2\}?)", "hess"), (r"(?:∇|\\nabla\b|\bgrad )", "grad")):
        spelled = rf"\operatorname{{{kind}}}[{name}]" if latex else f"{kind}[{name}]"
        text = re.sub(rf"{sign}\s*{re.escape(name)}\s*(?=\()", lambda _, put=spelled: put, text)  # type: ignore[misc]
    if defined:
        text = re.sub(rf"(?<![\w\\\[])(d?){re.escape(name)}(?![\w\]]|\s*\()", rf"\g<1>{name}_0", text)
    return text


_FRACTION = re.compile(r"\\[tdc]?frac\s*(?=\{)")


def entrywise(text: str, syntax: str) -> str:
    r"""The text with its quotients as those of each entry, where the words say that this is meant.

    >>> entrywise(r"\frac{ds}{s}", "latex"), entrywise("ds/s + x/2", "text")
    ('((ds) \\oslash (s))', 'ds./s + x/2')
    """
    if syntax != "latex":
        return re.sub(r"(?<!\.)/\s*(?=[A-Za-z(])", "./", text)
    text = re.sub(r"/\s*(?=[A-Za-z(]|\\[a-z])", r" \\oslash ", text)
    while found := _FRACTION.search(text):
        middle = close_of(text, found.end())
        opens = text.find("{", middle)
        if opens < 0 or text[middle:opens].strip():
            return text
        end = close_of(text, opens)
        quotient = f"(({text[found.end() + 1 : middle - 1]}) \\oslash ({text[opens + 1 : end - 1]}))"
        text = text[: found.start()] + quotient + text[end:]
    return text
