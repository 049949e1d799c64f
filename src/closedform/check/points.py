"""Random general points: sizes, symbols by their declared facts, directions in the space of a variable."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from math import inf
from random import Random
from typing import Any

from closedform.check.bounds import whole
from closedform.check.evaluate import Evaluator
from closedform.check.jet import Jet, Unfit
from closedform.check.moves import keep
from closedform.check.operations import RULES
from closedform.errors import ClosedformError
from closedform.expr.facts import LINEAR_SPACES, close
from closedform.expr.node import Node
from closedform.expr.walk import postorder

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
        self.last_order: list[str] = []
        self.index_ranges: dict[str, list[Any]] = {}
        powers: list[Node] = []
        for n in self.nodes:
            self.size_names |= n.rows.names | n.cols.names
            if n.op.name == "size":
                self.size_names |= n.params[0].names
            elif n.op.name == "sumover":
                self.size_names |= n.params[1].names | n.params[2].names
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
        self.whole = {n.params[0] for n in postorder(powers) if n.op.name == "sym"}

    def note_symbol(self, n: Node) -> None:
        name, facts = n.params
        if name in self.symbols and self.symbols[name].shape != n.shape:
            raise ClosedformError(f"{name} has two shapes in what is to be checked")
        self.symbols[name] = n
        self.facts[name] = self.facts.get(name, frozenset()) | frozenset(facts)

    def draw_sizes(
        self, rng: Random, least: int, limit: int, other_than: Sequence[dict[str, int]] = (), spread: int = 1
    ) -> dict[str, int]:
        """Pairwise different sizes, at random; small ones where a matrix would be too large; 1 for ``least`` 1.

        Every second draw orders the sizes the other way round than the one before: a product through a smaller size is
        singular, and a claim about its determinant must not be judged by zeros alone. Where sizes stand as numbers
        they are drawn from a wider range, by ``spread``, so that a polynomial in them is not met at its zeros alone.
        """
        names = sorted(self.size_names)
        if least == 1 or not names:
            return dict.fromkeys(names, 1)
        counted = any(n.op.name == "size" for n in self.nodes)
        choice = range(least, least + len(names) + (spread if counted else 1))
        for _ in range(8):
            values = rng.sample(choice, len(names))
            if self.last_order:
                values.sort()
            out = dict(zip(self.last_order[::-1] or names, values, strict=True))
            if out not in other_than:
                break
        self.last_order = [] if self.last_order else sorted(names, key=out.__getitem__)
        for _ in range(32):
            if self.largest(out) <= limit:
                break
            out = {name: rng.choice((1, 2, 3)) for name in names}
            out[rng.choice(names)] = 2
        return out

    def largest(self, sizes: Mapping[str, int]) -> int:
        """The number of entries of the largest matrix."""
        return max((r.value(sizes) * c.value(sizes) for r, c in self.shapes), default=1)

    def draw(self, numbers: Any, rng: Random, sizes: Mapping[str, int], deadline: float = inf) -> Evaluator:
        """An evaluator at a random general point."""
        if min((s.value(sizes) for shape in self.shapes for s in shape), default=1) < 1:
            raise Unfit("no such sizes")
        limit = numbers.max_entries
        if self.largest(sizes) > limit:
            raise Unfit(f"a matrix to be checked has over {limit} entries (limit: entries checked)")
        indices = {}
        for name, ranges in self.index_ranges.items():
            indices[name] = rng.randint(1, min((r.value(sizes) for r in ranges), default=3))
        ev = Evaluator(numbers, sizes, indices, RULES, deadline)
        groups = commuting(self.facts)
        for name in sorted(self.symbols):
            rows, cols = ev.shape(self.symbols[name])
            if name in self.whole:
                ev.integers[name] = rng.randint(2, 23)
                ev.symbols[name] = numbers.constant(1, 1, [ev.integers[name]])
            elif name in groups:
                ev.symbols[name] = polynomial(ev, groups[name], self.facts, name, rows)
            else:
                facts = close([*self.facts[name], *(["pos"] if name in self.positive else [])])
                ev.symbols[name] = symbol(ev, rng, facts, rows, cols)
                if name in self.right and not ev.exact:
                    ev.symbols[name] += ev.eye(rows) * 8
        return ev


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


def commuting(facts: Mapping[str, frozenset[str]]) -> dict[str, frozenset[str]]:
    """The names that commute with each name, itself included, where there are others."""
    out: dict[str, frozenset[str]] = {}
    for name, own in facts.items():
        for fact in own:
            if fact.startswith("commutes:") and fact[9:] in facts:
                joined = out.get(name, frozenset([name])) | out.get(fact[9:], frozenset([fact[9:]]))
                out.update(dict.fromkeys(joined, joined))
    return out


def polynomial(
    ev: Evaluator, group: frozenset[str], facts: Mapping[str, frozenset[str]], name: str, n: int
) -> Jet:
    """A random polynomial in a matrix that is common to the group."""
    union = close(f for g in group for f in facts[g] if ":" not in f)
    common = ev.symbols.get(min(group) + " common")
    if common is None:
        kind = "diag" if "diag" in union else "sym"
        common = symbol(ev, Random(0), close([kind] if kind in union else []), n, n)
        ev.symbols[min(group) + " common"] = common
    eye = ev.eye(n)
    free = [ev.random(1, 1) for _ in range(3)]
    out = eye * free[0] + common * free[1] + common @ common * free[2]
    own = close(f for f in facts[name] if ":" not in f)
    if own & {"orth", "skew"}:
        raise Unfit("commuting matrices with this fact")
    return out @ out if "psd" in own else out


def symbol(ev: Evaluator, rng: Random, facts: frozenset[str], rows: int, cols: int) -> Jet:
    """A general value with these facts."""
    if facts & {"pm1", "bit"}:
        low = -1 if "pm1" in facts else 0
        return ev.fixed(rows, cols, [rng.choice((low, 1)) for _ in range(rows * cols)])
    general = ev.random(rows, cols, "pos" if facts & {"pos", "nonneg"} else "")
    if "orth" in facts:
        return cayley(ev, rng, general)
    if "diag" in facts:
        if facts & {"psd", "pd"}:
            general = ev.random(rows, cols, "pos")
        return keep(general, lambda i, j: i == j)
    if "psd" in facts:
        return general @ general.T
    return in_space(general, facts)


def cayley(ev: Evaluator, rng: Random, general: Jet) -> Jet:
    """An orthogonal matrix of either determinant."""
    n = general.shape[0]
    eye, skew = ev.eye(n), general - general.T
    flips = [rng.choice((1, -1)) if i == j else 0 for i in range(n) for j in range(n)]
    return (eye - skew) @ (eye + skew).inverse() @ ev.fixed(n, n, flips)


def in_space(a: Jet, facts: frozenset[str]) -> Jet:
    """The nearest matrix in the linear space of the facts: the orthogonal projection."""
    half = Fraction(1, 2)
    if "diag" in facts:
        return keep(a, lambda i, j: i == j)
    if "sym" in facts:
        a = (a + a.T) * half
    if "skew" in facts:
        a = (a - a.T) * half
    if "lower" in facts:
        a = keep(a, lambda i, j: i >= j)
    if "upper" in facts:
        a = keep(a, lambda i, j: i <= j)
    return a


def space(facts: Iterable[str]) -> frozenset[str]:
    """The linear space that a variable with these facts varies in."""
    return close(facts) & frozenset(LINEAR_SPACES)
