"""Relations, and ways to write them that are made plain before they are read: older TeX, logarithms of a name."""

from __future__ import annotations

import re
from dataclasses import dataclass


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
        latex = first["name"] is not None
        pattern = re.compile(rf"\\(?:log|ln)\s*{name}(?![A-Za-z_^])" if latex else rf"\b(?:log|ln)\s+{name}(?!\w)")
        own = rf"\\Lambda_{{{first['name']}}}" if latex else f"Λ_{first['typed']}"
        for relation in relations:
            for member in relation.members:
                member.shown = member.shown or member.text
                member.text = pattern.sub(own, member.text)


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
