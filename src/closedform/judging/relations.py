"""Relations, and ways to write them that are made plain before they are read: older TeX, logarithms of a name."""

from __future__ import annotations

import re
from dataclasses import dataclass

from closedform.judging.names import NAME, cleaned


@dataclass
class Member:
    """One side of an equals sign; ``start`` is its place in the document, ``shown`` how it is quoted."""

    text: str
    start: int
    shown: str = ""


@dataclass
class Relation:
    """Expressions joined by ``=``. ``words`` are those before it; ``sign`` is not ``=`` where something else stands."""

    members: list[Member]
    words: str = ""
    sign: str = "="
    goes_on: bool = False
    """Whether it is the end of a longer chain."""


_LOG = re.compile(
    r"\\(?:log|ln)\s*(?P<name>[A-Za-z]|\\[A-Za-z]+)\s*(?P<args>\([^()]*\))"
    r"|(?:log|ln)\s+(?P<typed>[A-Za-z])(?:\([^()]*\))?"
)


_DISTRIBUTION = re.compile(r"(?:\\math\w+\s*\{?\s*[NU]\s*\}?|N)\s*\(.*,.*\)", re.DOTALL)


def without_distributions(relation: Relation) -> bool:
    r"""Leave ``\mathcal N(\mu, \Sigma)`` out of a chain; whether nothing is left to judge."""
    if relation.sign in ("\\sim", "~"):
        return True
    kept = [m for m in relation.members if not _DISTRIBUTION.fullmatch(cleaned(m.text))]
    gone = len(kept) < len(relation.members)
    relation.members = kept
    return gone and len(kept) < 2


_INDEXED = re.compile(rf"(?P<name>{NAME})(?=\s*\(\s*\\?(?:[a-z]|math\w+\s*\{{\w\}})\s*\))\s*\([^()]*\)")


def entries_of_functions(relations: list[Relation]) -> None:
    r"""``y_j(x)`` as ``y_j``, where that is what is defined."""
    defined = {m["name"] for r in relations if r.members and (m := _ONE_INDEX.fullmatch(cleaned(r.members[0].text)))}
    for member in (m for r in relations for m in r.members) if defined else ():
        text = _INDEXED.sub(lambda m: m["name"] if m["name"] in defined else m.group(), member.text)
        member.shown, member.text = (member.shown or member.text) if text != member.text else member.shown, text


_FUNCTIONAL = re.compile(r"(?<![A-Za-z\\])([A-DF-Z])\[(\\?[A-Za-z]+)\](?=\s*&?\s*:?=)")


def plain_functionals(source: str) -> str:
    r"""``J[X] = …``, as functionals are written, with round brackets.

    >>> plain_functionals("J[X] = 2, dJ[X] = 0")
    'J(X) = 2, dJ(X) = 0'
    """
    for found in _FUNCTIONAL.finditer(source):
        source = source.replace(found.group(), f"{found[1]}({found[2]})")
    return source


_PARTIAL = re.compile(
    rf"(?:\\partial|∂)\s*_\s*\{{?\s*(?P<at>[i-nkpq])\s*\}}?\s*(?P<of>{NAME})(?:\s*\(\s*\\?[a-z]\s*\))?(?=\s*&?\s*=)"
)


def plain_partials(source: str) -> str:
    r"""``\partial_k f = …``, where entries of x are named by indices, as the derivative by ``x_k``.

    >>> plain_partials(r"f = b_ix_i, \partial_k f = b_k")
    'f = b_ix_i, \\frac{\\partial f}{\\partial x_{k}} = b_k'
    """
    by = next((x for x in "xwzu" if re.search(rf"{x}_\{{?[i-t]", source)), "")

    def whole(found: re.Match[str]) -> str:
        if found.group()[0] == "∂":
            return f"∂{found['of']}/∂{by}_{found['at']}"
        return rf"\frac{{\partial {found['of']}}}{{\partial {by}_{{{found['at']}}}}}"

    return _PARTIAL.sub(whole, source) if by else source


_ONE_INDEX = re.compile(r"(?P<name>\\?[A-Za-z]+_(?:[i-t]|\{[i-t]\}))")
_INCREMENT = re.compile(r"(?:\\delta|\\Delta|δ|Δ)\s*(?P<f>[A-Za-z])\s*&?\s*:?=\s*(?P=f)\s*\(")


def increments(source: str, relations: list[Relation]) -> None:
    r"""In ``\delta f = f(x + \delta x) - f(x)`` the signs are no differentials: they are names of their own."""
    if _INCREMENT.search(source):
        for member in (m for relation in relations for m in relation.members):
            member.shown = member.shown or member.text
            member.text = re.sub(r"(?:\\delta|\\Delta|δ|Δ)\s*([A-Za-z])(?![A-Za-z])", r"\1_{inc}", member.text)


def logarithms(relations: list[Relation]) -> None:
    r"""``\log p(x) = …`` defines the logarithm of p: it gets a name of its own."""
    firsts = [m for r in relations if len(r.members) > 1 and (m := _LOG.fullmatch(r.members[0].text.strip()))]
    for first in firsts[:1]:
        name = re.escape(first["name"] or first["typed"])
        if any(re.fullmatch(rf"{name}\s*\([^()]*\)", r.members[0].text.strip()) for r in relations if r.members):
            return
        place = next(k for k, r in enumerate(relations) if r.members and _LOG.fullmatch(r.members[0].text.strip()))
        if any(re.fullmatch(name, r.members[0].text.strip()) for r in relations[:place] if r.members):
            return
        latex = first["name"] is not None
        pattern = re.compile(rf"\\(?:log|ln)\s*{name}(?![A-Za-z_^])" if latex else rf"\b(?:log|ln)\s+{name}(?!\w)")
        own = rf"\\Lambda_{{{first['name']}}}" if latex else f"Λ_{first['typed']}"
        for relation in relations:
            for member in relation.members:
                member.shown = member.shown or member.text
                member.text = pattern.sub(own, member.text)


_SLOPE_ALONE = re.compile(r"(?P<f>\\sigma|σ|sigma|sigmoid|\\?tanh)\s*(?:'|\^\s*\{?\s*\\prime\s*\}?)")


def slopes_alone(relations: list[Relation], syntax: str) -> None:
    r"""``\sigma' = \sigma(1 - \sigma)``, said of functions, at a point of its own."""
    point = "(\\tau_{at})" if syntax == "latex" else "(tau_at)"
    times = r"\cdot " if syntax == "latex" else "*"

    def at_point(found: re.Match[str]) -> str:
        return f"({found['f']}{point}){found['power'] or ''}{times if found['bracket'] is not None else ''}"

    for relation in relations:
        found = _SLOPE_ALONE.fullmatch(cleaned(relation.members[0].text)) if len(relation.members) > 1 else None
        if found is None:
            continue
        relation.words = ""  # "since": it is judged, not supposed
        alone = rf"(?<![A-Za-z\\])(?P<f>{re.escape(found['f'])})(?![A-Za-z_])"
        name = re.compile(alone + r"(?P<power>\s*\^\s*\{?\d\}?)?(?P<bracket>\s*(?=\())?")
        for member in relation.members[1:]:
            member.shown = member.shown or member.text
            member.text = name.sub(at_point, member.text)
        first = relation.members[0]
        first.shown, first.text = first.shown or first.text, f"{found['f']}'{point}"


_HAT = r"\\(?:hat|widehat)\s*(?:\{{\s*{name}\s*\}}|(?:\s+|(?=\\)){name}(?![A-Za-z]))(?!\s*_)"


def plain_hats(relations: list[Relation], source: str) -> None:
    r"""``X^T X \hat\beta = X^T y`` as an equation for ``\beta``, by which a derivative was taken before."""
    for name in dict.fromkeys(m[1] for m in re.finditer(r"\\(?:hat|widehat)\s*\{?\s*(\\?[A-Za-z]+)", source)):
        hat = re.compile(_HAT.format(name=re.escape(name)))
        by = re.search(rf"(?:\\partial|∂|\\nabla_\{{?)\s*{re.escape(name)}(?![A-Za-z])", source)
        first = next((r for r in relations if any(hat.search(m.text) for m in r.members)), None)
        if by is None or first is None or by.start() > first.members[0].start:
            continue
        if len(first.members) < 2 or any(hat.fullmatch(cleaned(m.text)) for m in first.members):
            continue
        for member in (m for r in relations[relations.index(first) :] for m in r.members):
            member.shown = member.shown or member.text
            member.text = hat.sub(re.escape(name).replace("\\-", "-") + " ", member.text)


_ARRAY = re.compile(r"(?P<head>\\begin\{array\}\s*\{[^{}]*\})(?P<inner>.*?)\\end\{array\}", re.DOTALL)
_EQALIGN = re.compile(r"\\(?:eqalign|eqalignno|leqalignno|displaylines)\s*\{")


def plain_tex(source: str) -> str:
    r"""The rows of plain TeX, ``\eqalign{… \cr …}``, and of arrays, as those of LaTeX; places stay."""
    for array in list(_ARRAY.finditer(source)):
        if re.search(r"&\s*(?:=|:=|\\equiv)\s*&", array["inner"]):
            inner = re.sub(r"&(\s*[:=]+\s*)&", r" \1 ", array["inner"])
            whole = " " * len(array["head"]) + inner + " " * len(r"\end{array}")
            source = source[: array.start()] + whole + source[array.end() :]
    source = re.sub(r"\\cr(?![A-Za-z])", r"\\\\ ", source)
    while found := _EQALIGN.search(source):
        depth, end = 1, found.end()
        while end < len(source) and depth:
            depth += (source[end] == "{") - (source[end] == "}")
            end += 1
        inner = source[found.end() : end - 1]
        source = source[: found.start()] + " " * len(found.group()) + inner + " " + source[end:]
    return source
