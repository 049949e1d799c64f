"""Kinks that hang on sizes and indices alone, such as step(n - 20) and step(1'1 - 20): they are no random elements."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice, product
from random import Random

from closedform.check.ball import Ball
from closedform.check.kinks import Kink, differences
from closedform.check.real import REAL, RealEvaluator
from closedform.expr.walk import postorder

MOST_COUNTED = 400


def counting(kinks: Iterable[Kink]) -> list[Kink]:
    """Those that hang on sizes and indices alone: n - 20."""
    out = []
    for kink in kinks:
        below = list(postorder(kink.node if kink.place < 0 else kink.node.args))
        sized = any(n.op.name in ("size", "index") or n.rows.names or n.cols.names for n in below)
        if kink.needed and sized and not any(n.op.own or n.op.name in ("sym", "call") for n in below):
            out.append(kink)
    return out


def one_sided(kinks: Iterable[Kink], sizes: Sequence[Mapping[str, int]], rng: Random, deadline: float) -> str:
    """What was not seen at these sizes, for all values of the indices; "" where all signs that there are were."""
    for kink in kinks:
        met = set[int]().union(*(_signs(kink, RealEvaluator(Ball(rng), s, REAL, deadline), s) for s in sizes))
        if missing := set(kink.signs) - met:
            return f"{kink.word} was never seen {'positive' if missing == {1} else 'negative'} at the sizes checked"
    return ""


def _signs(kink: Kink, ev: RealEvaluator, sizes: Mapping[str, int]) -> set[int]:
    roots = [kink.node] if kink.place < 0 else list(kink.node.args)
    names = sorted({n.params[0] for n in postorder(roots) if n.op.name == "index"})
    signs = set[int]()
    for values in islice(product(range(1, max(sizes.values(), default=1) + 1), repeat=len(names)), MOST_COUNTED):
        ev.indices = dict(zip(names, values, strict=True))
        args = [ev.evaluate(root) for root in roots]
        gaps = args[0].first.entries() if kink.place < 0 else differences(kink.node, kink.place, args)
        signs |= {1 if gap > 0 else -1 for gap in gaps if not gap.contains(0)}
    return signs
