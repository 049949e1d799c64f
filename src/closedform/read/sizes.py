"""The size that a syntax tree is: ``n`` in ``eye(n)``, ``m*n``, ``2n + 1``."""

from __future__ import annotations

from closedform.errors import LimitError
from closedform.expr.size import ONE, Size, size
from closedform.read.syntax import Group, Name, Number, Product, Sum, Tree

MAX_PARTS = 100
MAX_SIZE = 10**12


def tree_size(tree: Tree) -> Size | None:
    """The size, or None where the tree is no sum of products of names and whole numbers."""
    order, todo = [], [tree]
    while todo:
        part = todo.pop()
        order.append(part)
        todo.extend(part.parts)
        if len(order) > MAX_PARTS:
            return None
    done: dict[Tree, Size] = {}
    for part in reversed(order):
        found = _one(part, done)
        if found is None:
            return None
        if any(abs(c) > MAX_SIZE for _, c in found.terms):
            raise LimitError(f"a size is over {MAX_SIZE} (limit: size)", span=part.span)
        done[part] = found
    return done[tree]


def _one(tree: Tree, done: dict[Tree, Size]) -> Size | None:
    match tree:
        case Number(value=value):
            return size(int(value)) if value.denominator == 1 else None
        case Name(name=name):
            return size(name)
        case Group(inner=inner):
            return done[inner]
        case Sum(terms=terms):
            total = size(0)
            for sign, term in terms:
                total = total + size(sign) * done[term]
            return total
        case Product(factors=factors):
            whole = ONE
            for operator, factor in factors:
                if operator not in ("", "*"):
                    return None
                whole = whole * done[factor]
            return whole
    return None
