r"""``\operatorname{softmax}(Q K^\top) V``: a softmax is marked where a factor stands behind it."""

from __future__ import annotations

from dataclasses import replace

from closedform.read.applied import over
from closedform.read.infer import Unit
from closedform.read.syntax import Call, Number, Product, Tree
from closedform.read.vocabulary import WEIGHING


def with_weighing(unit: Unit) -> Unit:
    """The unit with such calls under a name of their own."""
    marked = {call for t in unit.trees if isinstance(t, Product) for call in _weighing(t)}
    if not marked:
        return unit
    new: dict[Tree, Tree] = {}
    out: list[Tree] = []
    for tree in unit.trees:
        made = over(tree, new)
        new[tree] = replace(made, name=WEIGHING) if tree in marked and isinstance(made, Call) else made
        out.append(new[tree])
    return Unit(unit.source, new[unit.root], out, unit.bound)


def _weighing(tree: Product) -> list[Call]:
    """The first factor, numbers apart, where it is a softmax and a factor follows."""
    place = next((k for k, (_, f) in enumerate(tree.factors) if not isinstance(f, Number)), 0)
    first, behind = tree.factors[place][1], tree.factors[place + 1 : place + 2]
    fits = isinstance(first, Call) and first.name == "softmax" and bool(behind) and behind[0][0] in ("", "*", "·")
    return [first] if fits and isinstance(first, Call) else []
