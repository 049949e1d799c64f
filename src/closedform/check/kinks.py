"""Where a formula has kinks and branches, and on which sides of them the points drawn have been."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import ceil, log
from typing import Any

from closedform.check.ball import descending
from closedform.check.bounded import Range, difference, linear, ranges
from closedform.check.bounds import whole
from closedform.check.core.jet import Jet
from closedform.expr.node import Node
from closedform.expr.walk import postorder

Signs = dict[tuple["Kink", int], set[int]]

ONE_ARGUMENT = {"abs", "sign", "step", "relu", "norm1", "norm_inf"}
ORDERED = {"norm_inf", "maxentry", "minentry", "argmax", "argmin"}
INVERSES = {"asin", "acos", "atan"}
TURNS = {"sin", "cos", "tan"}
BRANCHING = ONE_ARGUMENT | ORDERED | INVERSES | {"max2", "min2", "clip", "huber", "sqrt", "norm2", "normF", "log"}
FACTORS = {"mul", "had", "scale", "transpose", "sum"}


@dataclass(frozen=True)
class Kink:
    """One place: the value of ``node`` itself, or (``place``) a difference of arguments. ``signs`` are those wanted.

    Of a kink that is not ``needed`` the other side is looked for, and nothing follows where it is not found.
    """

    node: Node
    place: int
    word: str
    signs: tuple[int, ...] = (1, -1)
    needed: bool = True


def all_kinks(roots: Iterable[Node], positive: Iterable[str]) -> list[Kink]:
    """All of the formulas, those within others first."""
    nodes = list(postorder(roots))
    known = ranges(nodes, positive)
    branching = any(n.op.name in BRANCHING or (n.op.name == "pow" and not whole(n.args[1])) for n in nodes)
    turning = any(n.op.name in INVERSES for n in nodes)
    found: dict[tuple[Node, int], Kink] = {}
    for node in nodes:
        for kink in of_node(node, known, branching, turning):
            have = found.get((kink.node, kink.place))
            if kink.signs and (have is None or kink.needed > have.needed):
                found[kink.node, kink.place] = kink
    return list(found.values())


def of_node(node: Node, known: Mapping[Node, Range], branching: bool, turning: bool) -> list[Kink]:
    name, args = node.op.name, node.args
    if name in ONE_ARGUMENT:
        out = [Kink(args[0], -1, f"the argument of {name}", wanted(known[args[0]]))]
        return out + ([Kink(node, 0, f"the order in {name}", (1,), False)] if name in ORDERED else [])
    if name in ORDERED:
        return [Kink(node, 0, f"the order in {name}", (1,), False)]
    if name in ("max2", "min2"):
        signs = wanted(difference(args[0], args[1], known))
        return [Kink(node, 0, f"the difference of the arguments of {name[:3]}", signs)]
    if name == "clip":
        x, low, high = args
        ends = wanted(difference(x, low, known)), wanted(difference(high, x, known))
        words = [f"the distance to the {end} limit of clip" for end in ("lower", "upper")]
        return [Kink(node, k, word, s) for k, (word, s) in enumerate(zip(words, ends, strict=True))]
    if name == "huber":
        z, d = known[args[0]], known[args[1]]
        ends = wanted(linear(((1, z), (-1, d)))), wanted(linear(((1, z), (1, d))))
        return [Kink(node, k, "the argument of huber beside its limit", s) for k, s in enumerate(ends)]
    root = name in ("sqrt", "norm2", "normF") or (name == "pow" and not whole(args[1]))
    if root:
        return [Kink(n, -1, "what is squared below a root", wanted(known[n])) for n in squared(node)]
    if name == "pow" and branching and whole(args[1]) and args[1].params[0] < 0:
        return [Kink(args[0], -1, "a denominator", wanted(known[args[0]]), False)]
    if name in TURNS and turning:
        return [Kink(node, k, f"the argument of {name}", (1, -1), False) for k in range(len(BEYOND))]
    return []


LOG10_2, LARGEST = 0.30103, 300
BEYOND = (-5, -2, 2, 5)
FIRST = 4
"""Of so many entries each is looked for as the largest, and of as many as are picked by number."""


def wanted(found: Range) -> tuple[int, ...]:
    low, high = found
    return () if low == high else (*((1,) if high > 0 else ()), *((-1,) if low < 0 else ()))


def squared(root: Node) -> list[Node]:
    """What stands squared below a root or in a norm, as a factor of all: numbers, or entries below a root of each."""
    out: list[Node] = []
    todo = [(root.args[0], root.op.name in ("norm2", "normF"), False)]
    while todo:
        node, doubled, entries = todo.pop()
        name = node.op.name
        if name == "pow" and whole(node.args[1]):
            even = node.args[1].params[0] % 2 == 0
            todo.append((node.args[0], doubled or even, entries or (even and not node.is_scalar)))
        elif name == "dot" and node.args[0] is node.args[1]:
            todo.append((node.args[0], True, entries))
        elif name in FACTORS:
            alike = len(node.args) == 2 and node.args[0] is node.args[1]
            todo += [(a, doubled or alike, entries) for a in set(node.args)]
        elif doubled and (node.is_scalar or entries):
            out.append(node)
    return out


class Sight:
    """What one evaluation met: for each kink and entry the numbers whose sign matters."""

    def __init__(self, kinks: Iterable[Kink]) -> None:
        self.kinks: dict[Node, list[Kink]] = {}
        for kink in kinks:
            self.kinks.setdefault(kink.node, []).append(kink)
        self.values: dict[tuple[Kink, int], list[Any]] = {}

    def note(self, node: Node, args: list[Jet], value: Jet | None = None) -> None:
        """Before a node is evaluated, and after, with its value."""
        for kink in self.kinks.get(node, ()):
            if (kink.place < 0) == (value is not None):
                gaps = value.first.entries() if value is not None else differences(node, kink.place, args)
                for k, gap in enumerate(gaps):
                    self.values.setdefault((kink, k), []).append(gap)


def differences(node: Node, place: int, args: list[Jet]) -> list[Any]:
    """The numbers that are compared at a node, entry by entry."""
    name, values = node.op.name, [a.first.entries() for a in args]
    if name in TURNS:
        return [u + BEYOND[place] for u in values[0]]
    if name in ORDERED:
        entries = [abs(u) for u in values[0]] if name == "norm_inf" else values[0]
        entries = [-u for u in entries] if name in ("minentry", "argmin") else entries
        order = descending(args[0].linear(lambda m: type(m)(len(entries), 1, entries)).first)
        best = [entries[k] for k in order[:2]]
        return [u - (best[-1] if k == order[0] else best[0]) for k, u in enumerate(entries)] if len(best) > 1 else []
    if name == "clip":
        return [(x - low) if place == 0 else (high - x) for x, low, high in zip(*values, strict=True)]
    if name == "huber":
        return [(z - d) if place == 0 else (z + d) for z, d in zip(*values, strict=True)]
    return [a - b for a, b in zip(*values, strict=True)]


class Seen:
    """The signs met at the points where both sides agreed."""

    def __init__(self, kinks: list[Kink], picked: int = 0) -> None:
        self.kinks, self.first = kinks, max(FIRST, picked)
        self.signs: Signs = {}
        self.numbers: dict[tuple[Kink, int], set[Any]] = {}

    def take(self, sight: Sight) -> None:
        for key, gaps in sight.values.items():
            signs = self.signs.setdefault(key, set())
            for gap in gaps:
                if not gap.contains(0):
                    signs.add(1 if gap > 0 else -1)
                    self.numbers.setdefault(key, set()).add(gap.mid().man_exp())

    def missing(self) -> list[tuple[Kink, int | None, int]]:
        """Kink, entry (None: any of them will do) and sign; first those that are needed."""
        out: list[tuple[Kink, int | None, int]] = []
        for kink in self.kinks:
            entries = {k: s for (other, k), s in self.signs.items() if other is kink and not self.fixed(kink, k)}
            met = set().union(*entries.values())
            for sign in kink.signs if entries else ():
                if sign not in met:
                    out.append((kink, None, sign))
                else:
                    some = entries if kink.needed else range(self.first)
                    out += [(kink, k, sign) for k, s in entries.items() if sign not in s and k in some]
        return sorted(out, key=lambda m: (m[1] is not None, not m[0].needed))

    def magnitudes(self, kink: Kink) -> set[int]:
        """The powers of ten of the numbers met, where they are within reason."""
        sizes = {
            round((abs(int(man)).bit_length() + int(exp)) * LOG10_2)
            for (other, _), met in self.numbers.items() if other is kink
            for man, exp in met if man
        }  # fmt: skip
        return {e for e in sorted(sizes, reverse=True)[:2] if abs(e) < LARGEST}

    def fixed(self, kink: Kink, entry: int) -> bool:
        """Whether this number was the same at every point: it is a constant."""
        return len(self.numbers.get((kink, entry), ())) <= 1


def points_for(kinks: int) -> int:
    """How many points meet all patterns of the signs of a few kinks."""
    k = min(kinks, 6)
    return ceil(2**k * (k * log(2) + 10)) if k else 0
