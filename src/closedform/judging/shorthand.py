r"""Shorthand in LaTeX written out before a derivation is taken apart: ``A = (a_{ij})``, ``\Sigma = \Sigma(\rho)``."""

from __future__ import annotations

import re

_BRACKETED = (
    r"(?:\\left\s*)?[(\[]\s*(?P<i>[a-t])\s*=\s*(?P<j>[a-t])\s*(?:\\right\s*)?[)\]]"
    r"|(?:\\left\s*)?\\\{\s*(?P<k>[a-t])\s*=\s*(?P<l>[a-t])\s*(?:\\right\s*)?\\\}"
)
_ONE = r"(?:(?<![\w.}])1|\\(?:mathbf|mathbb|mathbbm|mathds|bm)\s*\{?\s*[1I]\s*\}?|\\mathbbm?1)"
_INDICATOR = re.compile(rf"{_ONE}\s*(?:_\s*\{{\s*(?P<a>[a-t])\s*=\s*(?P<b>[a-t])\s*\}}|{_BRACKETED})")


def plain_shorthand(source: str) -> str:
    """The source with all of it written out."""
    return plain_dots(plain_dependence(plain_entries(plain_indicators(source))))


def plain_indicators(source: str) -> str:
    r"""``1\{i=j\}`` and ``\mathbb{1}_{i=j}`` as Kronecker's delta.

    >>> plain_indicators(r"p_i(1\{i=j\} - p_j) + \mathbb{1}_{[i=k]}"), plain_indicators(r"\mathbf{1}[i=k]")
    ('p_i(\\delta_{ij} - p_j) + \\mathbb{1}_{[i=k]}', '\\delta_{ik}')
    """

    def delta(m: re.Match[str]) -> str:
        return rf"\delta_{{{m['a'] or m['i'] or m['k']}{m['b'] or m['j'] or m['l']}}}"

    return _INDICATOR.sub(delta, source)


_MATRIX_OF = re.compile(
    r"(?<![A-Za-z\\])(?P<A>[A-Z])\s*=\s*(?:\\left\s*)?[(\[]\s*(?P<a>[a-z])\s*_\s*\{\s*[a-t]\s*,?\s*[a-t]\s*\}"
    r"\s*(?:\\right\s*)?[)\]](?:\s*_\s*\{[^{}]*\})?"
)


def plain_entries(source: str) -> str:
    r"""``A = (a_{ij})`` as A, whose entries are written ``A_{ij}`` from there on.

    >>> plain_entries(r"$A = (a_{ij})$, $f = \sum_{i,j} a_{ij}x_ix_j$")
    '$A$, $f = \\sum_{i,j} A_{ij}x_ix_j$'
    """
    for m in list(_MATRIX_OF.finditer(source)):
        if m["A"].lower() == m["a"] and not re.search(rf"(?<![A-Za-z\\]){m['A']}_\{{", source):
            source = source.replace(m.group(), m["A"])
            source = re.sub(rf"(?<![A-Za-z\\]){m['a']}\s*_\s*(?=\{{\s*\w\s*,?\s*\w\s*\}})", f"{m['A']}_", source)
    return source


_OF = re.compile(r"(?P<name>\\[A-Z][a-z]+|(?<![A-Za-z\\])[A-Z])\s*=\s*(?P=name)\s*\(\s*(?P<t>\\[a-z]+|[a-z])\s*\)")
_GROUP = r"[^{}]*(?:\{[^{}]*\}[^{}]*)*"
_WHOLE = r"\\[A-Za-z]+|[A-Za-z]"


def plain_dependence(source: str) -> str:
    r"""``\Sigma = \Sigma(\rho)`` as \Sigma, and derivatives by ρ, where it stands nowhere else, as differentials.

    >>> plain_dependence(r"$K = K(t)$: $\frac{df}{dt} = \operatorname{tr}(K^{-1}\frac{dK}{dt})$")
    '$K$: $ df = \\operatorname{tr}(K^{-1} dK)$'
    """
    found = {m["t"] for m in _OF.finditer(source)}
    if len(found) != 1:
        return source
    t = found.pop()
    d = r"(?:\\partial(?![A-Za-z])|d)\s*"
    plain = _OF.sub(lambda m: m["name"], source)
    of = rf"\\[dt]?frac\s*\{{\s*{d}(?P<of>{_GROUP})\}}\s*\{{\s*{d}{re.escape(t)}\s*\}}"
    plain = re.sub(of, lambda m: _differential(m["of"].strip()), plain)
    plain = re.sub(rf"({_WHOLE})\s*\(\s*{re.escape(t)}\s*\)", r"\1", plain)
    return source if re.search(rf"(?<![A-Za-z\\]){re.escape(t)}(?![A-Za-z])", plain) else plain


def _differential(of: str) -> str:
    return f" d{of}" if re.fullmatch(_WHOLE, of) else f" d({of})"


_POWER = r"(?:\s*\^\s*(?:\{\d\}|\d))?\s*"
_FIRST = rf"(?:[A-Za-z]_(?:\{{1\}}|1){_POWER}){{1,3}}"
_SECOND = rf"(?:[A-Za-z]_(?:\{{2\}}|2){_POWER}){{1,3}}"
_LAST = rf"(?:[A-Za-z]_(?:\{{[n-p]\}}|[n-p]){_POWER}){{1,3}}"
_DOTS = re.compile(
    rf"(?<![A-Za-z\\])(?P<first>{_FIRST})\+\s*(?:(?P<second>{_SECOND})\+\s*)?\\[lc]?dots\s*\+\s*(?P<last>{_LAST})"
)


def plain_dots(source: str) -> str:
    r"""``x_1^2 + x_2^2 + \cdots + x_n^2`` as a sum, where all terms are alike.

    >>> plain_dots(r"\sqrt{x_1^2 + \cdots + x_n^2}"), plain_dots(r"x_1^2 + \cdots + x_n^3")
    ('\\sqrt{(\\sum_{k=1}^{n} x_{k}^2)}', 'x_1^2 + \\cdots + x_n^3')
    """
    used = {c for m in re.finditer(r"_\s*(?:\{([^{}]*)\}|([a-z]))", source) for c in m[1] or m[2] or ""}
    index = next((c for c in "kjilq" if c not in used), "")

    def at(term: str, index: str) -> str:
        return re.sub(r"_\{?\w\}?", f"_{{{index}}}", re.sub(r"\s", "", term))

    def summed(m: re.Match[str]) -> str:
        size = re.findall(r"_\{?(\w)", m["last"])
        alike = {at(m[part], "") for part in ("first", "second", "last") if m[part]}
        if len(alike) > 1 or len(set(size)) > 1:
            return m.group()
        return rf"(\sum_{{{index}=1}}^{{{size[0]}}} {at(m['first'], index)})"

    return _DOTS.sub(summed, source) if index else source
