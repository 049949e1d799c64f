"""Sizes that tell claims apart: every size even and odd, and each pair of sizes in both orders.

A claim may hold at odd sizes alone, det(-X) = -det(X), or only where a product through a smaller size is singular. What
is counted are the sizes at which both sides were compared.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import combinations, permutations, product
from random import Random

CANDIDATES, PAIRED, ORDERED, MOST, AGAIN, TOGETHER, TABLED = 12, 5, 12, 10, 3, 3, 3


class Cover:
    """The combinations of parities and orders that were met, of those that there are."""

    def __init__(self, names: Iterable[str], raised: bool = False) -> None:
        self.names, self.raised = sorted(names), raised
        self.met, self.barren = set[tuple[object, ...]](), set[tuple[object, ...]]()
        self.least = set(self.singles())
        self.wanted = self.least | set(self.pairs())

    def singles(self) -> Iterator[tuple[object, ...]]:
        """What is always needed: both parities of each and, unless they are many, both orders of each pair."""
        yield from ((name, parity) for name in self.names for parity in (0, 1))
        yield from ((a, b, up) for a, b in self.couples(ORDERED) for up in (True, False))
        yield from self.together() if self.raised else ()

    def together(self) -> Iterator[tuple[object, ...]]:
        """All parities of a few together, where a size is an exponent: (1 + (-1)^m)*(1 + (-1)^n)*(1 + (-1)^k)."""
        few = self.names[:TOGETHER]
        yield from ((" ".join(few), *parities) for parities in product((0, 1), repeat=len(few)))

    def couples(self, most: int) -> list[tuple[str, str]]:
        return list(combinations(self.names, 2)) if len(self.names) <= most else []

    def pairs(self) -> Iterator[tuple[object, ...]]:
        """The parities of two, and of one in each order with another; of few names."""
        for a, b in self.couples(PAIRED):
            for first in (0, 1):
                yield from ((a, b, first, second) for second in (0, 1))
                yield from ((a, b, name, first, up) for name in (a, b) for up in (True, False))

    def of(self, sizes: Mapping[str, int]) -> set[tuple[object, ...]]:
        """The combinations that these sizes are."""
        out: set[tuple[object, ...]] = {(name, sizes[name] % 2) for name in self.names}
        few = self.names[:TOGETHER]
        out.add((" ".join(few), *(sizes[name] % 2 for name in few)))
        for a, b in self.couples(ORDERED):
            m, n = sizes[a], sizes[b]
            out.add((a, b, m % 2, n % 2))
            if m != n:
                out |= {(a, b, m < n), (a, b, a, m % 2, m < n), (a, b, b, n % 2, m < n)}
        return out & self.wanted

    def meet(self, sizes: Mapping[str, int]) -> None:
        if max(sizes.values(), default=0) > 1:
            self.met |= self.of(sizes)

    def refuse(self, sizes: Mapping[str, int]) -> None:
        """What is singular at these sizes has no value in this order of them: inv(X'*X) for a wide X."""
        self.barren |= {one for one in self.of(sizes) if isinstance(one[-1], bool)}

    def best(self, draw: Callable[[], dict[str, int]]) -> dict[str, int]:
        """Of several draws the one that is most of what is missing."""
        if not self.names:
            return draw()
        different = {tuple(sizes.items()): sizes for sizes in (draw() for _ in range(CANDIDATES))}
        return max(different.values(), key=self.worth)

    def worth(self, sizes: Mapping[str, int]) -> tuple[int, int, int]:
        of = self.of(sizes)
        new = of - self.met
        return len(new & self.least - self.barren), -len(of & self.barren - self.met), len(new)

    def wants(self, drawn: int, most: int) -> bool:
        """Whether another draw is worth it: until all are met or there were many, and some more for what is needed."""
        return not self.full() and (drawn < most or (drawn < AGAIN * most and not self.enough()))

    def full(self) -> bool:
        return self.met | self.barren >= self.wanted

    def enough(self) -> bool:
        """Whether a certificate may be given."""
        return self.met | self.barren >= self.least


def drawn(rng: Random, names: list[str], least: int, spread: int) -> dict[str, int]:
    """Pairwise different sizes of ``least`` and more."""
    few, wide = len(names), len(names) + spread
    chosen = rng.choice(arrangements(few, wide)) if few <= TABLED else rng.sample(range(wide), few)
    return {name: least + k for name, k in zip(names, chosen, strict=True)}


@lru_cache(64)
def arrangements(few: int, wide: int) -> tuple[tuple[int, ...], ...]:
    """All ways to choose so many different numbers below ``wide``, in order."""
    return tuple(permutations(range(wide), few))
