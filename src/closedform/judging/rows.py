"""``x_i`` for a row of ``X``, ``a_{ij}`` for an entry of ``A``: small letters where only the capital stands alone."""

from __future__ import annotations

import re

_BOLD = r"(?:\\(?:mathbf|boldsymbol|bm|vec)\s*\{?)?"
_INDEXED = re.compile(
    rf"(?:(?<![A-Za-z_\\])|(?<=_[a-z])){_BOLD}(?P<letter>[a-z])\}}?(?:_(?P<one>[ijkn])(?:(?!\w)|(?=[A-Za-z]_|[A-Z]))|_\{{(?P<some>[ijkln]{{1,2}})\}})"
)
_TEXT = re.compile(r"(?<!\w)(?P<letter>[a-z])\[(?P<some>[a-z](?:,[a-z])?)\]")
_TWO = re.compile(r"(?<![\w\\])(?P<letter>[a-z])_(?:[i-t]{2}|\{[i-t],[i-t]\})(?!\w)")


def rows_of(source: str) -> set[str]:
    """The letters that stand with an index alone, beside the capital without one."""
    found = {m["letter"] for m in _INDEXED.finditer(source)} | {m["letter"] for m in _TEXT.finditer(source)}
    found |= {m["letter"] for m in _TWO.finditer(source)}
    return {x for x in found if not _bare(x, source) and _bare(x.upper(), source)}


def _bare(letter: str, source: str) -> bool:
    source = re.sub(r"\\[A-Za-z]+", " ", source)
    return re.search(rf"(?<![A-Za-z\\]){re.escape(letter)}(?![A-Za-z_\[]|\}}_)", source) is not None


def with_rows(text: str, letters: set[str], syntax: str) -> str:
    """The text with rows and entries of the capital instead."""
    if not letters:
        return text

    def row(found: re.Match[str]) -> str:
        letter = found["letter"]
        if letter not in letters:
            return found.group()
        at = found.groupdict().get("one") or found["some"]
        at = f"{at},:" if len(at) == 1 else at
        return f"{letter.upper()}_{{{at}}}" if syntax == "latex" else f"{letter.upper()}[{at}]"

    return (_INDEXED if syntax == "latex" else _TEXT).sub(row, text)
