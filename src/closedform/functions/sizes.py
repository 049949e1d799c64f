"""Sizes as numbers: their division, for the shapes of ``kron_left``, and which numbers are whole."""

from __future__ import annotations

from closedform.expr.node import Node
from closedform.expr.size import Size, size
from closedform.expr.walk import postorder
from closedform.functions.algebra import (
    ADD,
    DIAGM,
    DIAGV,
    EYE,
    HAD,
    INDEX,
    MUL,
    NUM,
    ONES,
    SCALE,
    SIZE,
    SUMOVER,
    TR,
    TRANSPOSE,
    UNIT,
    ZERO,
)


def quotient(whole: Size, part: Size) -> Size | None:
    """The size that times ``part`` is ``whole``, or None where there is none.

    >>> quotient(size("m") * size("n") + size("n"), size("n"))
    size(m + 1)
    """
    names = sorted(whole.names | part.names)
    answer, rest = size(0), whole
    if not part.terms:
        return None
    lead, by = max(part.terms, key=lambda t: _degrees(t[0], names))
    while rest.terms:
        top, times = max(rest.terms, key=lambda t: _degrees(t[0], names))
        left = list(top)
        for name in lead:
            if name not in left:
                return None
            left.remove(name)
        if times % by:
            return None
        term = Size({tuple(left): times // by})
        answer, rest = answer + term, rest - term * part
    return answer


def _degrees(monomial: tuple[str, ...], names: list[str]) -> tuple[int, ...]:
    return tuple(monomial.count(name) for name in names)


WHOLE = frozenset(
    {SIZE, INDEX, ONES, ZERO, EYE, UNIT, ADD, HAD, SCALE, MUL, TRANSPOSE, TR, DIAGM, DIAGV, SUMOVER}
)


def is_whole(node: Node) -> bool:
    """Whether every entry is a whole number: sizes, indices, and sums and products of these with integers.

    >>> from closedform.functions.algebra import num, size_number
    >>> is_whole(2 * size_number("n") - 1), is_whole(size_number("n") * num("1/2"))
    (True, False)
    """
    for below in postorder(node):
        if below.op is NUM:
            whole = below.params[0].denominator == 1
        elif below.op is ADD:
            whole = all(c.denominator == 1 for c in below.params[0])
        else:
            whole = below.op in WHOLE or below.op.name in ("cumsum", "sum")
        if not whole:
            return False
    return True


def as_size(node: Node) -> Size | None:
    """The size that a scalar node stands for, or None."""
    if node.op is SIZE:
        known: Size = node.params[0]
        return known
    whole = node.op is NUM and node.params[0].denominator == 1
    return size(int(node.params[0])) if whole else None
