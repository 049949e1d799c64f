"""Conditions on the terms of a sum over an index: what holds for each index holds of all entries at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import permutations

from closedform.calculus.conditions import conditions_of
from closedform.calculus.implied import implies
from closedform.expr.node import Node
from closedform.expr.op import Condition
from closedform.expr.size import ONE, Size
from closedform.expr.walk import postorder
from closedform.functions.algebra import SUMOVER, index
from closedform.rewrite.normal.engine import content
from closedform.rewrite.normal.normal import normal
from closedform.rewrite.simplify import simplify
from closedform.rewrite.vectorise.batch import Batch
from closedform.rewrite.vectorise.chains import Unfit
from closedform.rewrite.vectorise.indices import free_indices, replace_index

ANY_NAME = "#every"
"""The name that stands for each index in a comparison."""
OF_ENTRIES = ("positive", "nonneg", "nonzero")
Ranges = dict[str, Size]


def whole_ranges(*roots: Node) -> Ranges:
    """The indices that every sum over them runs from 1 to the same end, with this end."""
    ends: dict[str, set[tuple[Size, Size]]] = {}
    for root in roots:
        for node in postorder(root):
            if node.op is SUMOVER:
                name, low, high = node.params
                ends.setdefault(name, set()).add((low, high))
    return {name: high for name, found in ends.items() for low, high in found if len(found) == 1 and low is ONE}


def of_all_entries(conditions: Iterable[Condition], ranges: Ranges) -> Iterator[Condition]:
    """The same conditions without their one or two indices: ``p[i] > 0`` for each i is one on every entry of p."""
    for c in conditions:
        names = free_indices(c.expr)
        if c.kind in OF_ENTRIES and c.expr.is_scalar and 1 <= len(names) <= 2 and names <= ranges.keys():
            for order in permutations(names):
                with suppress(Unfit):
                    yield Condition(c.kind, _array(c.expr, order, ranges))


def _array(root: Node, names: Sequence[str], ranges: Ranges) -> Node:
    for name in names:
        root = simplify(Batch(name, ranges[name]).array(normal(root)))
    return root


def with_any_name(c: Condition, ranges: Ranges) -> Condition | None:
    """The condition with its one index called by no name, and no sign before it; None where it has no such index."""
    names = free_indices(c.expr)
    if c.kind not in ("nonzero", "notzero") or len(names) != 1 or not names <= ranges.keys():
        return None
    (name,) = names
    renamed = normal(replace_index(c.expr, name, index(ANY_NAME + ranges[name].text)))
    return Condition(c.kind, content(renamed)[1])


def unsaid(answer: Node, function: Node, known: Iterable[Condition]) -> list[Condition]:
    """What an answer needs to have a value and the known conditions on the function do not say."""
    needed = conditions_of(answer, ()).defined
    if not needed:
        return []
    ranges = whole_ranges(answer, function)
    known = (*known, *of_all_entries(known, ranges)) if ranges else tuple(known)
    named = {with_any_name(k, ranges) for k in known} - {None}
    return [c for c in needed if not implies(known, c) and with_any_name(c, ranges) not in named]
