"""Manners of writing that are made plain before a derivation is taken apart: maps of directions, indices, layers."""

from __future__ import annotations

import re

_DEFINED = re.compile(r"(?<![A-Za-z\\])(?P<f>[A-Za-z])\s*\(\s*(?P<x>[A-Za-z])\s*\)\s*&?\s*:?=")
_ARROW = r"(?:\\mapsto|\\(?:long)?rightarrow|\\to(?![A-Za-z])|->|→|↦)"


_HESS = r"(?:\{\s*\\rm\s+[Hh]ess\s*\}|\\(?:mathrm|operatorname|text)\s*\{\s*[Hh]ess\s*\}|(?<!\w)[Hh]ess)"


def plain_maps(source: str) -> str:
    r"""The derivative as a map of directions, ``D_XF: H \mapsto …`` and ``(D_XF)(H)``, as ``DF(X)[H]``.

    >>> plain_maps(r"F(X) = \|X\|^2, DF_X: H \mapsto 2\langle X, H\rangle")
    'F(X) = \\|X\\|^2, DF(X)[H] =  2\\langle X, H\\rangle'
    >>> plain_maps("f(x) = x'x, (D_x f)(h) = 2x'h")
    "f(x) = x'x, Df(x)[h] = 2x'h"
    """
    for f, x in dict.fromkeys((m["f"], m["x"]) for m in _DEFINED.finditer(source)):
        below = rf"_\s*(?:{x}|\{{\s*{x}\s*\}})\s*"
        one = rf"(?<![A-Za-z\\])(?:D{below}{f}|D\s*{f}{below})"
        there = rf"(?:{one}|(?<![A-Za-z\\])D\s*{f}\s*\(\s*{x}\s*\))\s*(?::|\\colon)\s*(?P<h>[A-Za-z])\s*{_ARROW}"
        source = re.sub(there, rf"D{f}({x})[\g<h>] = ", source)
        at = r"\s*\(\s*(?P<h>[A-Za-z])\s*\)"
        source = re.sub(rf"(?:\(\s*{one}\s*\)|{one}){at}", rf"D{f}({x})[\g<h>]", source)
        source = re.sub(rf"{_HESS}\s*{f}\s*\(\s*{x}\s*\)\s*\(\s*(\w)\s*,\s*(\w)\s*\)", rf"D^2{f}({x})[\1,\2]", source)
    return source


_VEC = r"(?:\\(?:operatorname|mathrm|text|mathop)\s*\{\s*vec\s*\}|(?<![\w\\])vec)"
_STACKED = re.compile(
    rf"(?P<d>(?:\\partial|∂|(?<![A-Za-z\\])d)\s*)(?:\(\s*(?P<one>{_VEC})\s*\(?\s*(?P<of>\\?[A-Za-z]+)\s*\)?\s*\)"
    rf"\s*(?:'|ᵀ|\^\s*(?:T|\\top|\\intercal|\{{\s*(?:T|\\top|\\intercal)\s*\}}))?|(?P<two>{_VEC})\s*(?P<x>(?<=\s|\}})\\?[A-Za-z]+)(?!\s*[(\w]))"
)


def plain_stacked(source: str) -> str:
    r"""``∂vec F/∂(vec X)'`` by stacked matrices, as ``∂vec(F)/∂vec(X)``; differentials of vec are left as they are.

    >>> plain_stacked("∂vec F/∂(vec X)' = B' ⊗ A")
    "∂vec(F)/∂vec(X) = B' ⊗ A"
    >>> plain_stacked(r"\frac{\partial \operatorname{vec}F}{\partial (\operatorname{vec} X)^T}, d vec F")
    '\\frac{\\partial \\operatorname{vec}(F)}{\\partial \\operatorname{vec}(X)}, d vec F'
    """

    def whole(found: re.Match[str]) -> str:
        if found["d"].strip() == "d":
            return found.group()
        return f"{found['d']}{found['one'] or found['two']}({found['of'] or found['x']})"

    return _STACKED.sub(whole, source)


_ELL = re.compile(r"\\ell(?![A-Za-z])\s*")
_BELOW_SUM = re.compile(r"\\sum\s*(?:\\limits)?\s*_\s*(?:\{[^{}]*\\ell(?![A-Za-z])|\\ell(?![A-Za-z]))")


def plain_ells(source: str) -> str:
    r"""``\ell`` as an index, where a sum runs over it and it stands below names alone, as a letter.

    >>> plain_ells(r"\sum_{\ell, m} x_\ell A_{\ell m} x_m")
    '\\sum_{l, m} x_l A_{lm} x_m'
    """
    if not _BELOW_SUM.search(source) or re.search(r"(?<![_{,\sa-z])\\ell|\\ell\s*[(=&]", _BELOW_SUM.sub("", source)):
        return source
    used = set(re.findall(r"(?<![A-Za-z\\])[a-z](?![A-Za-z])|(?<=_\{)[a-z]+", source))
    letter = next((c for c in "lpqrst" if c not in "".join(used)), "")
    return _ELL.sub(letter, re.sub(r"_\\ell\s+", f"_{letter} ", source)) if letter else source


_FROM_ZERO = re.compile(
    r"(?P<at>_\s*\{\s*(?P<i>[i-t])\s*=\s*)0(?P<mid>\s*\}\s*\^\s*\{\s*(?P<n>[A-Za-z]))\s*-\s*1(?=\s*\})"
)


def plain_ranges(source: str) -> str:
    r"""Sums from 0 to n-1 as those from 1 to n, where every one is so and indices stand below names alone.

    >>> plain_ranges(r"\sum_{i=0}^{n-1} a_{ik} x_i"), plain_ranges(r"\sum_{i=0}^{n-1} i x_i")
    ('\\sum_{i=1}^{n} a_{ik} x_i', '\\sum_{i=0}^{n-1} i x_i')
    """
    found = list(_FROM_ZERO.finditer(source))
    if not found or len(found) < len(re.findall(r"_\s*\{\s*[i-t]\s*=", source)):
        return source
    rest = re.sub(r"_\s*(?:\{[^{}]*\}|[a-z])|\\[A-Za-z]+|[A-Za-z]{2,}", " ", _FROM_ZERO.sub(" ", source))
    if re.search(r"_\s*\{?\s*\d", _FROM_ZERO.sub(" ", source)) or any(m["i"] in rest for m in found):
        return source
    return _FROM_ZERO.sub(r"\g<at>1\g<mid>", source)


_PARTIAL_AT = re.compile(r"(?:\\partial|∂)\s*_\s*\{?\s*(?P<at>[i-nkpq])\s*\}?\s*(?=[A-Za-z({\\∂])")


def partial_operators(source: str) -> str:
    r"""``\partial_k(…)`` as ``\frac{\partial}{\partial x_k}(…)``, where entries of x are named by indices.

    >>> partial_operators(r"f = x_jx_j, \partial_k(2x_i) = 2\partial_k x_i")
    'f = x_jx_j, \\frac{\\partial}{\\partial x_{k}}(2x_i) = 2\\frac{\\partial}{\\partial x_{k}}x_i'
    """
    by = next((x for x in "xwzu" if re.search(rf"(?<![A-Za-z\\]){x}_\{{?[i-t]", source)), "")
    if not by or "\\" not in source:
        return source
    return _PARTIAL_AT.sub(rf"\\frac{{\\partial}}{{\\partial {by}_{{\g<at>}}}}", source)


_LAYER = re.compile(
    r"(?P<name>\\(?:delta|sigma|hat\s*\{?\s*[a-z]\s*\}?|math\w+\s*\{\w\}|boldsymbol\s*\{\w\})|(?<![A-Za-z\\])[A-Za-z])"
    r"\s*\^\s*\{\s*(?:\(\s*(?P<k>\d|[Ll]\s*(?:[-+]\s*\d)?)\s*\)|\[\s*(?P<m>\d|[Ll]\s*(?:[-+]\s*\d)?)\s*\])\s*\}(?P<below>\s*_)?"
)
_BY_LAYER = re.compile(rf"(?:\\partial|\\nabla\s*_\s*\{{)\s*{_LAYER.pattern}")


def plain_layers(source: str) -> str:
    r"""``W^{(2)}`` as ``W_{2}``, where derivatives are taken by such a name and no name has an index besides.

    >>> plain_layers(r"z^{(L)} = W^{(L)} a^{(L-1)}, \frac{\partial C}{\partial W^{(L)}}")
    'z_{L} = W_{L} a_{L-1}, \\frac{\\partial C}{\\partial W_{L}}'
    """
    found = list(_LAYER.finditer(source))
    summed = re.search(r"\\sum\s*_\s*\{?\s*[Ll](?![A-Za-z])", source) is not None
    if not _BY_LAYER.search(source) or summed or any(m["below"] for m in found):
        return source
    return _LAYER.sub(lambda m: f"{m['name']}_{{{(m['k'] or m['m']).replace(' ', '')}}}", source)


_CURVE = re.compile(
    r"(?P<of>\\[A-Z][a-z]+|(?<![A-Za-z\\])[A-Z])(?P<power>\s*\^\s*\{\s*-\s*1\s*\})?\s*\(\s*(?P<t>[a-z])\s*\)"
)
_BY_NUMBER = re.compile(
    r"\\[dt]?frac\s*\{\s*(?:\\partial|d)\s+(?P<of>[^{}]*(?:\{[^{}]*\}[^{}]*)*)\}\s*\{\s*(?:\\partial|d)\s*(?P<t>[a-z])\s*\}"
)


def plain_curves(source: str) -> str:
    r"""Matrices along a curve, ``X(t)``, by X, and derivatives by t, where it stands nowhere else, as differentials.

    >>> plain_curves(r"\frac{\partial X^{-1}(t)}{\partial t} = -X^{-1}(t)\frac{\partial X(t)}{\partial t}X^{-1}(t)")
    'd(X^{-1}) = -X^{-1}d(X)X^{-1}'
    """
    curves = {m["t"] for m in _CURVE.finditer(source)} & {m["t"] for m in _BY_NUMBER.finditer(source)}
    if len(curves) != 1:
        return source
    t = curves.pop()
    defined = re.search(rf"(?<![A-Za-z\\])\\?[A-Za-z]+\s*\(\s*{t}\s*\)\s*&?\s*:?=(?!\s*I)", source)
    plain = _BY_NUMBER.sub(lambda m: f"d({m['of'].strip()})" if m["t"] == t else m.group(), source)
    plain = _CURVE.sub(lambda m: m["of"] + (m["power"] or "") if m["t"] == t else m.group(), plain)
    alone = rf"(?<![A-Za-z\\]){t}(?![A-Za-z])(?!\s*=\s*0)"
    return source if defined or re.search(alone, plain) else plain
