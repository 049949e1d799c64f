"""Signatures: the shapes an operation takes and gives, as data, for shape checks and for inference alike.

``(m,n),(n,k) -> (m,k)``: an argument is a pair of letters, numbers or sums and products of them; ``1`` stands for
``(1,1)``, ``n`` for ``(n,1)``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from closedform.expr.size import ONE, Size, size

Pattern = tuple[Size, Size]


@dataclass(frozen=True)
class Signature:
    """Argument patterns and the result pattern, as sizes in local letters."""

    args: tuple[Pattern, ...]
    result: Pattern

    def apply(self, shapes: tuple[tuple[Size, Size], ...]) -> Pattern | None:
        """The result's shape for these argument shapes, or None where they do not fit."""
        if len(shapes) != len(self.args):
            return None
        bound: dict[str, Size] = {}
        for pattern, shape in zip(self.args, shapes, strict=True):
            for want, have in zip(pattern, shape, strict=True):
                name = want.name
                if name is not None and name not in bound:
                    bound[name] = have
                elif want.put(bound) is not have:
                    return None
        rows, cols = self.result
        return rows.put(bound), cols.put(bound)


@lru_cache(maxsize=256)
def parse_signature(text: str) -> Signature:
    """Read a signature.

    >>> parse_signature("(n,n) -> 1").result
    (size(1), size(1))
    """
    left, right = (side.strip() for side in text.split("->"))
    return Signature(tuple(_pattern(p) for p in _split(left)), _pattern(right))


def _split(text: str) -> list[str]:
    return [p for p in re.split(r",\s*(?![^()]*\))", text) if p]


def _pattern(text: str) -> Pattern:
    text = text.strip()
    if text.startswith("("):
        rows, cols = text[1:-1].split(",")
        return _size(rows), _size(cols)
    return _size(text), ONE


@lru_cache(maxsize=256)
def _size(text: str) -> Size:
    total = size(0)
    for term in text.split("+"):
        product = ONE
        for part in term.split("*"):
            part = part.strip()
            product = product * size(int(part) if part.isdigit() else part)
        total = total + product
    return total
