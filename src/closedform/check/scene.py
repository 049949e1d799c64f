"""What a claim is made of, and the sizes at which it is judged."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Mapping
from itertools import product
from math import prod
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
WHOLE, LARGER_WHOLE, FIRST_PLACES = (2, 23), (24, 60), 3
COUNTED = {"size", "num", "index", "ones", "eye", "zero", "unit"}
MASKS, MASKED = COUNTED - {"size", "index"}, {"add", "had", "mul", "scale", "transpose", "tril", "triu"}
DISCRETE = frozenset(["bit", "pm1", "discrete"])
POSITIVE = {"log", "sqrt", "gamma", "loggamma", "digamma", "trigamma", "polygamma"}
RIGHT = {"sqrtm", "logm", "logm_frechet"}
POWERS = {"pow", "mpow"}
PERIODIC = {"mpow", "sin", "cos", "tan"}
"""What may be 0 at all sizes but the multiples of one; of numbers, powers by more than a multiple of a size."""


class Scene:
    """What the formulas of a claim are made of: the symbols, sizes and indices to draw, and how."""

    def __init__(self, roots: Iterable[Node]) -> None:
        roots = list(roots)
        self.nodes = list(postorder(roots))
        self.shapes = {n.shape for n in self.nodes}
        self.positive, self.right = domains(self.nodes)
        self.symbols: dict[str, Node] = {}
        self.facts: dict[str, frozenset[str]] = {}
        self.size_names: set[str] = set()
        self.index_ranges: dict[str, list[Any]] = {}
        self.least, self.furthest = dict[str, int](), 0
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
        placed = unbound(self.nodes, roots)
        self.index_ranges = {name: found for name, found in self.index_ranges.items() if name in placed}
        self.whole = {n.params[0] for n in postorder(powers) if n.op.name == "sym" and n.is_scalar}
        self.counts = counts(self.nodes)
        self.counted = self.counts > 0 or any(n.op.name == "size" for n in self.nodes)
        self.raised = any(n.op.name in POWERS and sized(n.args[1]) for n in self.nodes)
        self.periodic = any(periodic(n) for n in self.nodes)
        self.cover = self.new_cover()
        self.drawn = {k: own | ({"pos"} if k in self.positive else set()) for k, own in self.facts.items()}
        self.bits = {k: (0 if "bit" in own else -1, 1) for k, own in self.facts.items() if own & DISCRETE}
        self.free, self.given, self.places = False, dict[str, tuple[int, ...]](), dict[str, int]()
        self.sided = sorted(k for k, own in self.facts.items() if "orth" in own)

    def new_cover(self) -> Cover:
        """Of sizes of which none was met."""
        return Cover(self.size_names, self.raised)

    def note_place(self, n: Node) -> None:
        """x[3] is of three entries and more."""
        self.furthest = max(self.furthest, int(n.args[0].params[0]))
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

    def cast(self, sizes: Mapping[str, int], limit: int, turn: int, attempt: int = 0) -> Cast:
        """What is to be drawn at these sizes. Raises Unfit where there are none, or too many entries.

        By ``turn`` goes what is one of few: of determinants that are 1 or -1 each combination comes in its turn.
        """
        if min((s.value(sizes) for shape in self.shapes for s in shape), default=1) < 1:
            raise Unfit("no such sizes")
        if any(sizes.get(name, n) < n for name, n in self.least.items()):
            raise Unfit("no such sizes")
        if self.largest(sizes) > limit:
            raise Unfit(f"a matrix to be checked has over {limit} entries (limit: entries checked)")
        turned = {name for k, name in enumerate(self.sided) if turn >> k & 1}
        turn = (turn >> len(self.sided)) + attempt
        facts = {k: own | ({"turned"} if k in turned else set()) for k, own in self.drawn.items()}
        whole = dict.fromkeys(self.whole, LARGER_WHOLE if turn % ALIKE == ALIKE - 1 else WHOLE)
        spans = self.spans(sizes, turn)
        if self.free:
            return Cast(self.symbols, {k: own - DISCRETE for k, own in facts.items()}, whole, spans)
        return Cast(self.symbols, facts, whole, spans, self.given or self.alike(sizes, turn))

    def ends(self, sizes: Mapping[str, int]) -> dict[str, int]:
        """The last place that an index may have, for each that is not summed."""
        known = self.index_ranges.items()
        return {k: min((r.value(sizes) for r in ranges), default=FIRST_PLACES) for k, ranges in known}

    def spans(self, sizes: Mapping[str, int], turn: int) -> dict[str, tuple[int, int]]:
        """From where to where each index is drawn: now and then all are the same, or each is the last."""
        ends = self.ends(sizes)
        if self.places or not ends:
            return {k: (self.places[k], self.places[k]) for k in ends}
        same = 1 + turn // ALIKE % min(ends.values())
        return {k: [(same, same), (end, end), (1, end)][min(turn % ALIKE, 2)] for k, end in ends.items()}

    def alike(self, sizes: Mapping[str, int], turn: int) -> dict[str, tuple[int, ...]]:
        """Now and then all numbers that are 0 or 1 are 0, or all 1: at random they hardly ever are."""
        if turn % ALIKE > 1:
            return {}
        return {name: (two[turn % ALIKE],) * self.count(name, sizes) for name, two in self.bits.items()}

    def count(self, name: str, sizes: Mapping[str, int]) -> int:
        """The number of entries of a symbol."""
        rows, cols = self.symbols[name].shape
        return rows.value(sizes) * cols.value(sizes)

    def cases(self, sizes: Mapping[str, int]) -> int:
        """How many values there are together of what is 0 or 1, or -1 or 1, and of indices that are not summed."""
        bits = {} if self.free else self.bits
        found = [1 << self.count(name, sizes) for name in bits]
        return prod(found) * prod(self.ends(sizes).values())

    def each_case(self, sizes: Mapping[str, int]) -> Generator[None]:
        """All of them, one after the other."""
        bits, ends = [] if self.free else sorted(self.bits), self.ends(sizes)
        ways = [list(product(self.bits[name], repeat=self.count(name, sizes))) for name in bits]
        try:
            for given, places in product(product(*ways), product(*(range(1, end + 1) for end in ends.values()))):
                self.given = dict(zip(bits, given, strict=True))
                self.places = dict(zip(ends, places, strict=True))
                yield
        finally:
            self.given, self.places = {}, {}


def unbound(nodes: list[Node], roots: list[Node]) -> set[str]:
    """The indices that stand for one place: no sum around them is over them."""
    free: dict[Node, frozenset[str]] = {}
    for n in nodes:
        own = {n.params[0]} if n.op.name == "index" else set[str]()
        summed = {n.params[0]} if n.op.name == "sumover" else set[str]()
        free[n] = frozenset(own).union(*(free[a] for a in n.args)) - summed
    return set[str]().union(*(free[root] for root in roots))


def sized(node: Node) -> bool:
    """Whether a size stands in it as a number."""
    return any(n.op.name == "size" or n.rows.names or n.cols.names for n in postorder(node))


def of_sizes(node: Node) -> bool:
    """Whether it is a number that hangs on sizes alone: the n of Aⁿ and of cos(2πn/3)."""
    return sized(node) and not any(n.op.own or n.op.name in ("sym", "call") for n in postorder(node))


def periodic(node: Node) -> bool:
    """Whether it may come back to the same at each fifth size, say; (-s)ⁿ tells even sizes from odd ones alone."""
    if node.op.name not in PERIODIC | {"pow"} or not of_sizes(node.args[-1]):
        return False
    below = list(postorder(node.args[-1]))
    plain = all(n.op.name in ("num", "add") or (n.op.name == "size" and n.params[0].name) for n in below)
    return node.op.name != "pow" or not plain


def deepest_sum(nodes: list[Node]) -> int:
    """How many sums over an index stand within each other: as many factors of the size does an evaluation take."""
    depth: dict[Node, int] = {}
    for n in nodes:
        depth[n] = max((depth[a] for a in n.args), default=0) + (n.op.name == "sumover")
    return max(depth.values(), default=0)


def counts(nodes: list[Node]) -> int:
    """How many sums are of sizes, indices and numbers alone, Σ1 = n among them: as many factors may a polynomial have.

    A sum of three terms, n² - 3n + 2, may be one of two factors. Entries that are the same few numbers at every size,
    those of ``triu(ones(n,n)) - eye(n)``, are none of it.
    """
    alone: dict[Node, bool] = {}
    masks: set[Node] = set()
    for n in nodes:
        alone[n] = n.op.name in COUNTED or (bool(n.args) and all(alone[a] for a in n.args))
        if n.op.name in MASKS or (n.op.name in MASKED and masks.issuperset(n.args) and not summing(n)):
            masks.add(n)
    closed = sum(n.op.name in ("dot", "tr", "sum") and alone[n] for n in nodes)
    return closed + sum(len(n.args) - 1 for n in nodes if n.op.name == "add" and alone[n] and n not in masks)


def summing(node: Node) -> bool:
    """Whether a product adds up several entries: not where the size between factors is a number, or one is a unit."""
    units = ["unit" in (a.op.name, *(b.op.name for b in a.args)) for a in node.args]
    joints = zip(node.args, units, units[1:], strict=False)
    return node.op.name == "mul" and not all(a.cols.number or left or right for a, left, right in joints)


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
