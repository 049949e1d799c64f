"""Sizes out of the ordinary: one far larger than the others together, and than the numbers in a claim.

A claim may hold at all sizes that are near each other, or small: the product of twelve strictly triangular matrices is
0 up to size 12, XX⁺ is the identity where X in R^(n×30) is no longer than wide. Where a claim is not proved for every
size it is looked at there too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from random import Random

from closedform.check.scene import Scene
from closedform.expr.node import Node
from closedform.expr.size import Size

FEW, BEYOND, MOST_NAMES = (2, 3), (2, 8), 5
LARGEST_NUMBER = 97
"""A number above is taken for no size: matrices of that many rows have too many entries."""


def extremes(scene: Scene, rng: Random, least: int, limit: int) -> Iterator[dict[str, int]]:
    """Each size in its turn larger than ``least`` and than the numbers of the claim, if ``limit`` entries let it."""
    large = max(least, threshold(scene.nodes) + BEYOND[0])
    names = sorted(scene.size_names)
    for name in rng.sample(names, min(len(names), MOST_NAMES)):
        sizes = {k: max(rng.choice(FEW), scene.least.get(k, 1)) for k in names}
        for n in range(large + rng.randint(0, BEYOND[1]), max(FEW), -1):
            sizes[name] = max(n, scene.least.get(name, 1))
            if scene.largest(sizes) <= limit:
                yield sizes
                break


def threshold(nodes: Iterable[Node]) -> int:
    """The largest whole number in the claim that may say something of a size."""
    found = (abs(Fraction(c)) for node in nodes for c in numbers(node))
    return max((int(c) for c in found if c.denominator == 1 and c <= LARGEST_NUMBER), default=0)


def numbers(node: Node) -> Iterator[int | Fraction]:
    for s in sized(node):
        yield from (c for _, c in s.terms)
    if node.op.name == "num":
        yield node.params[0]
    elif node.op.name == "add":
        yield from node.params[0]


def sized(node: Node) -> tuple[Size, ...]:
    """The sizes that a node names."""
    if node.op.name == "size":
        return node.params
    return (*node.shape, *node.params[1:3]) if node.op.name == "sumover" else node.shape
