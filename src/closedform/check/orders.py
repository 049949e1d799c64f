"""Small sizes and places in all their orders, those that are the same among them.

What depends on ranks may be 0 but where two sizes are the same, det(X'X)det(XX'), in one order of several, or at small
sizes alone: det(xy' - yx') is 0 but for size 2. A product of entries L[i,j]*L[j,k]*L[k,l] of a strictly lower
triangular matrix is 0 but where i > j > k > l.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import product
from random import Random

from closedform.check.bounds import whole
from closedform.check.everysize import ALGEBRAIC, ENTRIES
from closedform.check.scene import Scene
from closedform.expr.node import Node

PADDED = ENTRIES - ALGEBRAIC | {
    "add", "call", "colsum", "comm", "const", "diagm", "diagv", "dot", "eigsum", "eye", "had", "kron", "kron_left",
    "kron_right", "logsumexp", "logsumexp_rows", "mean", "mul", "num", "ones", "rowsum", "scale", "silu", "size",
    "skew_part", "softmax", "softmax_rows", "sub", "sum", "sumover", "sym", "sym_part", "tr", "transpose", "unit",
    "unvec", "var", "vec", "zero",
}  # fmt: skip
"""Made of these and whole powers, a claim that is false at one size is so at larger ones: symbols get rows and columns
of 0, and sums of constants are polynomials in sizes. Determinants, ranks and products over entries may be 0 at all
larger sizes, inverses have no value there, and |n - 4| is n - 4."""
LEAST, LARGEST, ALL, MOST, FEW = 2, {1: 8, 2: 5}, 4, 96, 1
PLACED, MOST_PLACED = 5, 600


def small(scene: Scene, rng: Random, limit: int) -> Iterator[dict[str, int]]:
    """One or two sizes in all combinations, of up to four all orders, of more some; few where ranks do not matter."""
    names = sorted(scene.size_names)
    padded = not scene.periodic and all(plain(n) for n in scene.nodes)
    if len(names) in LARGEST and not padded:
        found = list(product(range(LEAST, LARGEST[len(names)] + 1), repeat=len(names)))
    else:
        found = [tuple(LEAST + r for r in ranks) for ranks in chosen(len(names), rng, 2 if padded else ALL, MOST)]
        found = found[: FEW if padded else None]
    for values in found if names else ():
        sizes = {name: max(v, scene.least.get(name, 1)) for name, v in zip(names, values, strict=True)}
        if scene.largest(sizes) <= limit:
            yield sizes


def plain(node: Node) -> bool:
    return node.op.name in PADDED or (node.op.name == "pow" and whole(node.args[1]))


def places(scene: Scene, rng: Random) -> Iterator[tuple[dict[str, int], dict[str, int]]]:
    """Sizes, and places for the indices that are not summed, in all orders where these are no more than five."""
    names, sizes = sorted(scene.index_ranges), sorted(scene.size_names)
    large = {name: max(len(names) + 1 + k, scene.least.get(name, 1)) for k, name in enumerate(sizes)}
    ends = scene.ends(large)
    for ranks in chosen(len(names), rng, PLACED, MOST_PLACED) if len(names) > 1 else ():
        at = {name: 1 + r for name, r in zip(names, ranks, strict=True)}
        if all(at[name] <= end for name, end in ends.items()):
            yield large, at


def chosen(count: int, rng: Random, every: int, most: int) -> list[tuple[int, ...]]:
    """All orders of a few, of more some, that of all the same first."""
    if count <= every:
        return list(weak_orders(count))
    drawn = ([rng.randrange(count) for _ in range(count)] for _ in range(most))
    return [(0,) * count, *(ranked(tuple(row)) for row in drawn)]


@lru_cache(8)
def weak_orders(count: int) -> tuple[tuple[int, ...], ...]:
    """All orders of so many numbers, of which some may be the same, as ranks from 0.

    >>> weak_orders(2)
    ((0, 0), (0, 1), (1, 0))
    """
    return tuple(row for row in product(range(count), repeat=count) if row == ranked(row))


def ranked(row: tuple[int, ...]) -> tuple[int, ...]:
    rank = {v: k for k, v in enumerate(sorted(set(row)))}
    return tuple(rank[v] for v in row)
