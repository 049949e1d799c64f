"""What a claim is made of, and the sizes at which it is judged."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import product
from random import Random
from typing import Any

from closedform.check.bounds import whole
from closedform.check.core.jet import Unfit
from closedform.check.core.points import Cast
from closedform.check.cover import Cover, drawn
from closedform.errors import ClosedformError
from closedform.expr.node import Node
from closedform.expr.walk import postorder

MAX_ENTRIES, NEAR, WIDER, ALIKE = 10_000, 3, 8, 4
DISCRETE = frozenset(["bit", "pm1", "discrete"])
POSITIVE = {"log", "sqrt", "gamma", "loggamma", "digamma", "trigamma", "polygamma"}
RIGHT = {"sqrtm", "logm", "logm_frechet"}


class Scene:
    """What the formulas of a claim are made of: the symbols, sizes and indices to draw, and how."""

    def __init__(self, roots: Iterable[Node]) -> None:
        self.nodes = list(postorder(roots))
        self.shapes = {n.shape for n in self.nodes}
        self.positive, self.right = domains(self.nodes)
        self.symbols: dict[str, Node] = {}
        self.facts: dict[str, frozenset[str]] = {}
        self.size_names: set[str] = set()
        self.index_ranges: dict[str, list[Any]] = {}
        self.least: dict[str, int] = {}
        powers: list[Node] = []
        for n in self.nodes:
            self.size_names |= n.rows.names | n.cols.names
            self.note_lengths(n)
            if n.op.name == "size":
                self.size_names |= n.params[0].names
            elif n.op.name == "sumover":
                self.size_names |= n.params[1].names | n.params[2].names
            elif n.op.name == "unit" and n.args[0].op.name == "num":
                self.note_place(n)
            elif n.op.name == "unit":
                for leaf in postorder(n.args[0]):
                    if leaf.op.name == "index":
                        self.index_ranges.setdefault(leaf.params[0], []).append(n.rows)
            elif n.op.name == "index":
                self.index_ranges.setdefault(n.params[0], [])
            elif n.op.name == "mpow":
                powers.append(n.args[1])
            elif n.op.name == "polygamma":
                powers.append(n.args[0])
            elif n.op.name == "sym":
                self.note_symbol(n)
        self.whole = {n.params[0] for n in postorder(powers) if n.op.name == "sym" and n.is_scalar}
        self.counted = any(n.op.name == "size" for n in self.nodes)
        self.counts = counts(self.nodes)
        self.cover = Cover(self.size_names)
        self.drawn = {k: own | ({"pos"} if k in self.positive else set()) for k, own in self.facts.items()}
        self.bits = {k: (0 if "bit" in own else -1, 1) for k, own in self.facts.items() if own & DISCRETE}
        self.free, self.turn, self.given = False, 0, dict[str, tuple[int, ...]]()

    def note_place(self, n: Node) -> None:
        """x[3] is of three entries and more."""
        if n.rows.name is not None:
            self.least[n.rows.name] = max(self.least.get(n.rows.name, 1), int(n.args[0].params[0]))

    def note_lengths(self, n: Node) -> None:
        """A part of n - 9 entries is of ten and more."""
        for s in n.shape:
            if len(s.terms) == 2 and s.terms[0][0] == () and len(s.terms[1][0]) == s.terms[1][1] == 1:
                (name,) = s.names
                self.least[name] = max(self.least.get(name, 1), 1 - s.terms[0][1])

    def note_symbol(self, n: Node) -> None:
        name, facts = n.params
        if name in self.symbols and self.symbols[name].shape != n.shape:
            raise ClosedformError(f"{name} has two shapes in what is to be checked")
        self.symbols[name] = n
        self.facts[name] = self.facts.get(name, frozenset()) | frozenset(facts)

    def draw_sizes(self, rng: Random, least: int, limit: int, spread: int = NEAR) -> dict[str, int]:
        """Sizes at which all entries that are picked by number exist."""
        found = self.any_sizes(rng, least, limit, spread)
        return {name: max(n, self.least.get(name, 1)) for name, n in found.items()}

    def any_sizes(self, rng: Random, least: int, limit: int, spread: int) -> dict[str, int]:
        """Pairwise different sizes, at random; small ones where a matrix would be too large; 1 for ``least`` 1.

        Of several the one whose parities and order were not met in ``cover``. Where sizes stand as numbers they are
        drawn from a wider range, by ``spread``, so that a polynomial in them is not met at its zeros alone.
        """
        names = sorted(self.size_names)
        if least == 1 or not names:
            return dict.fromkeys(names, 1)
        found = self.cover.best(lambda: drawn(rng, names, least, spread if self.counted else min(spread, NEAR)))
        if self.largest(found) <= limit:
            return found
        small = (self.cover.best(lambda: drawn(rng, names, 2, 1)) for _ in range(WIDER))
        return next((s for s in small if self.largest(s) <= limit), None) or self.smallest(rng, limit)

    def smallest(self, rng: Random, limit: int) -> dict[str, int]:
        """Sizes of 1, 2 and 3, not all of them 1."""
        names = sorted(self.size_names)
        for _ in range(32):
            out = {name: rng.choice((1, 2, 3)) for name in names}
            out[rng.choice(names)] = 2
            if self.largest(out) <= limit:
                break
        return out

    def largest(self, sizes: Mapping[str, int]) -> int:
        """The number of entries of the largest matrix."""
        return max((r.value(sizes) * c.value(sizes) for r, c in self.shapes), default=1)

    def cast(self, sizes: Mapping[str, int], limit: int) -> Cast:
        """What is to be drawn at these sizes. Raises Unfit where there are none, or too many entries."""
        if min((s.value(sizes) for shape in self.shapes for s in shape), default=1) < 1:
            raise Unfit("no such sizes")
        if any(sizes.get(name, n) < n for name, n in self.least.items()):
            raise Unfit("no such sizes")
        if self.largest(sizes) > limit:
            raise Unfit(f"a matrix to be checked has over {limit} entries (limit: entries checked)")
        ends = {k: min((r.value(sizes) for r in ranges), default=3) for k, ranges in self.index_ranges.items()}
        if self.free:
            return Cast(self.symbols, {k: own - DISCRETE for k, own in self.drawn.items()}, self.whole, ends)
        return Cast(self.symbols, self.drawn, self.whole, ends, self.given or self.alike(sizes))

    def alike(self, sizes: Mapping[str, int]) -> dict[str, tuple[int, ...]]:
        """Now and then all numbers that are 0 or 1 are 0, or all 1: at random they hardly ever are."""
        self.turn += 1
        if self.turn % ALIKE > 1:
            return {}
        return {name: (two[self.turn % ALIKE],) * self.count(name, sizes) for name, two in self.bits.items()}

    def count(self, name: str, sizes: Mapping[str, int]) -> int:
        """The number of entries of a symbol."""
        rows, cols = self.symbols[name].shape
        return rows.value(sizes) * cols.value(sizes)

    def bit_patterns(self, sizes: Mapping[str, int]) -> Iterator[dict[str, tuple[int, ...]]]:
        """All values of what is 0 or 1, or -1 or 1."""
        names = sorted(self.bits)
        ways = [list(product(self.bits[name], repeat=self.count(name, sizes))) for name in names]
        yield from (dict(zip(names, way, strict=True)) for way in product(*ways))


def deepest_sum(nodes: list[Node]) -> int:
    """How many sums over an index stand within each other: as many factors of the size does an evaluation take."""
    depth: dict[Node, int] = {}
    for n in nodes:
        depth[n] = max((depth[a] for a in n.args), default=0) + (n.op.name == "sumover")
    return max(depth.values(), default=0)


def counts(nodes: list[Node]) -> int:
    """How many sums are of sizes and numbers alone: as many factors may a polynomial in a size have."""
    alone: dict[Node, bool] = {}
    for n in nodes:
        alone[n] = n.op.name in ("size", "num") or (bool(n.args) and all(alone[a] for a in n.args))
    return sum(n.op.name == "add" and alone[n] for n in nodes)


def domains(nodes: list[Node]) -> tuple[set[str], set[str]]:
    """The symbols given directly to what wants positive numbers, or eigenvalues to the right."""
    positive, right = set(), set()
    for n in nodes:
        for a in n.args[-1:] if n.op.name == "polygamma" else n.args[:1]:
            if a.op.name == "sym" and (
                n.op.name in POSITIVE or (n.op.name == "pow" and not whole(n.args[1]))
            ):
                positive.add(a.params[0])
            elif a.op.name == "sym" and (
                n.op.name in RIGHT or (n.op.name == "mpow" and not whole(n.args[1]))
            ):
                right.add(a.params[0])
    return positive, right
