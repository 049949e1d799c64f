r"""How far indices run, ``i = 1..n``, and families of which one member is declared: ``x_i \in R^d`` below a sum."""

from __future__ import annotations

import re

from closedform.judging.document import Document
from closedform.judging.relations import Relation

_DOTS = r"(?:\.\.+|…|:|\\[lc]?dots[a-z]?(?![A-Za-z]))"
_RANGE = re.compile(
    rf"(?P<at>[a-z])\s*(?:=|\\in|∈|in)\s*(?:\\?\{{)?\s*1\s*,?\s*(?:2\s*,\s*)?{_DOTS}"
    r"\s*,?\s*(?P<high>[A-Za-z])(?![A-Za-z])"
)
_SUM = re.compile(
    r"(?:\\sum|(?<![A-Za-z])sum|[Σ∑])\s*(?:\\limits)?\s*_\s*\{?\s*(?P<at>[i-t])(?![A-Za-z])"
    r"(?:\s*=\s*1\s*\}?\s*\^\s*\{?\s*(?P<high>[A-Za-z])(?![A-Za-z]))?"
)


_PARTS = re.compile(r",\s+(?=\w+\s+in\b)")


def is_range(relation: Relation, document: Document) -> bool:
    r"""Whether it says how far an index runs: ``i = 1, \dots, n``."""
    first = relation.members[0] if relation.members else None
    return first is not None and _RANGE.match(document.source, first.start) is not None


def counted(source: str) -> dict[str, str]:
    r"""The end of each index that is summed, where sums or words say it.

    >>> counted(r"\sum_{i=1}^n x_i + \sum_j z_j, j = 1, \dots, m"), counted("sum_i x_i")
    ({'i': 'n', 'j': 'm'}, {})
    """
    summed = list(_SUM.finditer(source))
    said = {m["at"]: m["high"] for m in _RANGE.finditer(source)}
    said |= {m["at"]: m["high"] for m in summed if m["high"]}
    return {m["at"]: said[m["at"]] for m in summed if m["at"] in said}


def with_family(declared: str, source: str) -> str:
    r"""``x_i in R^d`` as the declaration of all members, where i is summed and no ``x`` stands alone.

    >>> with_family("x_i in R^d, b in R", r"\sum_{i=1}^n x_i^\top b")
    'x[i] in R^d for i = 1..n, b in R'
    """
    ends = counted(source)
    return ", ".join(_family(part, ends, source) for part in _PARTS.split(declared)) if ends else declared


def _family(part: str, ends: dict[str, str], source: str) -> str:
    found = re.fullmatch(r"(?P<base>[A-Za-z]+)_(?P<at>[a-z]) in (?P<space>R(?:\^\w)?|\{-1,1\})", _tight(part))
    if found is None or found["at"] not in ends:
        return part
    base, at, space = found["base"], found["at"], found["space"]
    names = re.sub(r"\\[A-Za-z]+|[A-Za-z]{3,}", " ", source)
    if re.search(rf"(?<![A-Za-z\\_]){base}(?![A-Za-z_\[]|\s*\}}?\s*_)", names):
        return part
    return f"{base}[{at}] in {space} for {at} = 1..{ends[at]}" if "^" in space else f"{base} in {space}^{ends[at]}"


def _tight(part: str) -> str:
    return re.sub(r"\s*,\s*", ",", part)


def with_ends(text: str, ends: dict[str, str], syntax: str) -> str:
    r"""The text with the ends of sums that the words say.

    >>> with_ends("sum_i x_i + sum_{i=1}^m z_i", {"i": "n"}, "text")
    'sum_{i=1}^n x_i + sum_{i=1}^m z_i'
    """
    if not ends:
        return text
    letters = "".join(ends)
    sign = r"\\sum\s*(?:\\limits)?" if syntax == "latex" else r"(?<![A-Za-z.])sum|[Σ∑]"
    below = rf"(?:(?P<one>[{letters}])|\{{\s*(?P<in>[{letters}])\s*\}})"
    pattern = re.compile(rf"(?P<sign>{sign})\s*_\s*{below}(?![A-Za-z0-9_])(?!\s*\^)")

    def put(found: re.Match[str]) -> str:
        at = found["one"] or found["in"]
        return f"{found['sign']}_{{{at}=1}}^{ends[at]}"

    return pattern.sub(put, text)
