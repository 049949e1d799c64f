"""Kinks and constraints as multipliers: |u| is s·u with s in [-1, 1], a constraint c ≥ 0 adds s·c with s ≤ 0.

Off the kink s stands at an end of its range; on it u = 0 and s moves. The optimality conditions are those of
L(x, s), linear in each s: ∇ₓL = 0, and uⱼ = 0 for each j that is active.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import inf

from closedform.expr.node import Node
from closedform.expr.walk import postorder, rebuild
from closedform.functions.algebra import fill, had, num, power, scale, sym, total
from closedform.functions.vectors import dot
from closedform.functions.vectors import total as entries_sum
from closedform.rewrite.normal.normal import normal

Put = Callable[[Node, float, float, str], Node]
SMOOTHING = sym("smoothing_of_argmin", facts=["pos"])
KINKS = ("abs", "relu", "max2", "min2", "norm1")
UNKNOWN_KINKS = ("norm_inf", "norm_nuc", "norm_op", "maxentry", "minentry", "sign", "step", "argmax", "argmin")


@dataclass(frozen=True)
class Constraint:
    """``node`` = 0, or ≥ 0 where it is an inequality; of each entry."""

    node: Node
    equality: bool
    text: str = ""


@dataclass(frozen=True)
class Switch:
    """u (a number or a column), its multiplier s, and the range of s. ``kind``: kink, norm, inequality or equality."""

    u: Node
    s: Node
    low: float
    high: float
    kind: str
    text: str = ""


def switched(f: Node, x: Node, constraints: Sequence[Constraint], pinned: Sequence[Node]) -> tuple[Node, list[Switch]]:
    """L and the switches in it; of the ``pinned`` norms the argument is held at 0: ‖u‖ is s'u with ‖s‖ ≤ 1."""
    switches: list[Switch] = []

    def held(n: Node, args: tuple[Node, ...]) -> Node | None:
        if n not in pinned:
            return None
        u = args[0]
        s = sym(f"switch_of_argmin_{len(switches)}", u.rows, u.cols)
        switches.append(Switch(u, s, -inf, inf, "norm", "norm"))
        return dot(s, u)

    f = normal(rebuild(f, held) if pinned else f)
    moving = {n for n in postorder(f) if _depends(n, x)}

    def put(u: Node, low: float, high: float, text: str) -> Node:
        s = sym(f"switch_of_argmin_{len(switches)}", u.rows, u.cols)
        switches.append(Switch(u, s, low, high, "kink", text))
        return had(s, u)

    def replaced(n: Node, args: tuple[Node, ...]) -> Node | None:
        if n.op.name not in KINKS or n not in moving:
            return None
        return _as_product(n.op.name, args, put)

    L = rebuild(f, replaced)
    for c in constraints:
        s = sym(f"switch_of_argmin_{len(switches)}", c.node.rows, c.node.cols)
        low, high, kind = (-inf, inf, "equality") if c.equality else (-inf, 0.0, "inequality")
        switches.append(Switch(c.node, s, low, high, kind, c.text))
        L = L + (s * c.node if c.node.is_scalar else dot(s, c.node))
    return L, switches


def _depends(n: Node, x: Node) -> bool:
    return any(m is x for m in postorder(n))


def _as_product(name: str, args: tuple[Node, ...], put: Put) -> Node:
    if name == "norm1":
        return entries_sum(put(args[0], -1.0, 1.0, "abs"))
    if name in ("abs", "relu"):
        return put(args[0], -1.0 if name == "abs" else 0.0, 1.0, name)
    a, b = args
    gap = total([(1, a), (-1, b)])
    if name == "max2":
        return total([(1, b), (1, put(gap, 0.0, 1.0, "max"))])
    return total([(1, a), (-1, put(gap, 0.0, 1.0, "min"))])


def smoothed(f: Node, x: Node) -> Node:
    """f with √(u² + δ²) for |u|."""

    def soft(u: Node) -> Node:
        squares = total([(1, had(u, u)), (1, _filled(u))])
        return power(squares, num("1/2"))

    def part(u: Node) -> Node:
        return scale(num("1/2"), total([(1, u), (1, soft(u))]))

    def replaced(n: Node, args: tuple[Node, ...]) -> Node | None:
        if n.op.name not in (*KINKS, "norm2") or not _depends(n, x):
            return None
        if n.op.name == "norm2":
            squares = total([(1, dot(args[0], args[0])), (1, power(SMOOTHING, num(2)))])
            return power(squares, num("1/2"))
        if n.op.name == "norm1":
            return entries_sum(soft(args[0]))
        if n.op.name in ("abs", "relu"):
            return soft(args[0]) if n.op.name == "abs" else part(args[0])
        gap = total([(1, args[0]), (-1, args[1])])
        return total([(1, args[1]), (1, part(gap))] if n.op.name == "max2" else [(1, args[0]), (-1, part(gap))])

    return rebuild(f, replaced)


def _filled(u: Node) -> Node:
    return fill(power(SMOOTHING, num(2)), u)


def unknown_kink(f: Node, x: Node) -> str | None:
    """A function with kinks that is not handled here and holds the variable."""
    return next((n.op.text for n in postorder(f) if n.op.name in UNKNOWN_KINKS and _depends(n, x)), None)


def norms(f: Node, x: Node) -> list[Node]:
    """The Euclidean norms of what moves with the variable, but for squares and those inside sums over an index."""
    inside = {m for n in postorder(f) if n.op.name == "sumover" for m in postorder(n.args[0])}
    bare = {b for n in postorder(f) for b in n.args if not _smooth_power(n)} | {f}
    return [n for n in postorder(f) if n.op.name == "norm2" and n in bare and n not in inside and _depends(n, x)]


def _smooth_power(n: Node) -> bool:
    return n.op.name == "pow" and n.args[1].op.name == "num" and n.args[1].params[0] >= 2
