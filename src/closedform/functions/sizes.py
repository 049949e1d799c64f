"""Division of sizes, for the shapes of functions that take a product apart (``kron_left``)."""

from __future__ import annotations

from closedform.expr.node import Node
from closedform.expr.size import Size, size
from closedform.functions.algebra import NUM, SIZE


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


def as_size(node: Node) -> Size | None:
    """The size that a scalar node stands for, or None."""
    if node.op is SIZE:
        known: Size = node.params[0]
        return known
    whole = node.op is NUM and node.params[0].denominator == 1
    return size(int(node.params[0])) if whole else None
