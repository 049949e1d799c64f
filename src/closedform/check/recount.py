"""The bound of ``bounds`` computed a second time, by separate code in whole numbers: what differs is not believed.

Degrees are counted as triples (degree above, degree below, bits) by a table of operations; nothing is imported from
``bounds``, and no floating-point number is made before the last line.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import inf, log2
from typing import Any

from closedform.check.core.sides import Claim
from closedform.expr.facts import close
from closedform.expr.node import Node

Triple = tuple[int, int, float]
LEAVES = ("size", "const", "index", "eye", "ones", "zero", "unit", "comm")
JOINT = (
    "transpose", "tr", "diagm", "diagv", "sum", "mean", "rowsum", "colsum", "vec", "unvec", "triu", "tril",
    "tril_half", "sym_part", "skew_part", "cumsum", "revcumsum", "eigsum", "sub", "block", "abs", "sign", "step",
    "relu", "max2", "min2", "clip", "norm1", "mul", "had", "scale", "dot", "kron", "kron_left", "kron_right", "cross",
)  # fmt: skip
REPEATED = ("det", "adj", "eigprod", "prod", "prod_others", "prod_pairs", "var", "huber")
COUNT: dict[str, str] = {
    **dict.fromkeys(LEAVES, "leaf"), **dict.fromkeys(JOINT, "joint"), **dict.fromkeys(REPEATED, "repeated"),
    **dict.fromkeys(("inv", "pinv", "lyap", "inv_gaps"), "inverse"),
    "num": "num", "sym": "sym", "add": "add", "sumover": "sumover", "pow": "power", "mpow": "power",
}  # fmt: skip
DERIVATIVES = {"equal": 0, "hessian": 2, "implicit-second": 2}
LEAST_LOG2 = -2000.0


def recounted(claim: Claim, nodes: Sequence[Node], sizes: Mapping[str, int], p: int, roots: bool) -> float:
    """log2 of the probability that a false claim agrees at one point in one random field."""
    order = DERIVATIVES.get(claim.kind, 1)
    found: dict[Node, Triple] = {}
    values = argument = 0
    for node in nodes:
        kind = kind_of(node)
        if not node.args:
            found[node] = alone(node, kind, sizes)
            continue
        inner = max([4, *[s.value(sizes) for a in node.args for s in (a.rows, a.cols)]])
        args = [found[a] for a in node.args]
        joint = sum([a[0] for a in args]), sum([a[1] for a in args]), sum([a[2] for a in args]) + 2 * log2(inner)
        found[node] = joint if kind == "joint" else triple(node, kind, args, joint, inner, order, sizes)
        if kind == "free":
            entries = max(1, node.rows.value(sizes)) * max(1, node.cols.value(sizes))
            values, argument = values + entries * inner, max(argument, joint[0] + joint[1])
    (above, below, bits), (more, under, other) = found[claim.function], found[claim.answer]
    if claim.second is not None and claim.kind.startswith("implicit"):
        times = 6 * (claim.second.rows.value(sizes) + 1)
        above, below, bits = above * times, below * times, bits * times
    degree = above + (2 * order + 1) * below + more + under + 2 * order + 1
    height = bits * (2 * order + 2) + 2 * other + 16
    if max(degree, values, argument) > p or height > p or height == inf:
        return 0.0
    accident = Fraction(degree + 320 * values * values * argument, p)
    chance = float(accident) + height / (log2(p) * 2.0 ** (47 if roots else 55))
    return min(0.0, log2(chance)) if chance > 0 else LEAST_LOG2


def kind_of(node: Node) -> str:
    kind = COUNT.get(node.op.name, "free")
    exponent = node.args[1] if kind == "power" else node
    whole = kind != "power" or (exponent.op.name == "num" and exponent.params[0].denominator == 1)
    return kind if whole else "free"


def alone(node: Node, kind: str, sizes: Mapping[str, int]) -> Triple:
    """A node without arguments."""
    if kind == "num":
        return 0, 0, bits_of(node.params[0])
    return drawn(node, max(1, node.rows.value(sizes))) if kind == "sym" else (0, 0, 8)


def triple(
    node: Node, kind: str, args: list[Triple], joint: Triple, inner: int, order: int, sizes: Mapping[str, int]
) -> Triple:
    rows = max(1, node.rows.value(sizes))
    entries, more = rows * max(1, node.cols.value(sizes)), order + 1
    if kind == "leaf":
        return 0, 0, 8
    if kind == "add":
        top = max(above + joint[1] - below for above, below, _ in args)
        return top, joint[1], joint[2] + sum(map(bits_of, node.params[0])) + len(args)
    if kind == "sumover":
        terms = max(1, node.params[2].value(sizes) - node.params[1].value(sizes) + 1)
        return joint[0] + terms * joint[1], terms * joint[1], terms * (joint[2] + 8)
    if kind == "repeated":
        return joint[0] * inner, joint[1] * inner, joint[2] * inner
    if kind == "inverse":
        twice = 2 if node.op.name == "pinv" else 1
        return inverted((joint[0] * twice, joint[1] * twice, joint[2] * twice),
                        rows * rows if node.op.name == "lyap" else inner, more)  # fmt: skip
    if kind == "power":
        k = int(node.args[1].params[0])
        base = args[0] if k >= 0 else inverted(args[0], entries if node.op.name == "pow" else rows, more)
        return base[0] * abs(k), base[1] * abs(k), base[2] * abs(k)
    degree = 4 * more * entries * inner + more * inner * (joint[0] + joint[1])
    return degree, degree, more * entries * (joint[2] + 8)


def inverted(a: Triple, n: int, more: int) -> Triple:
    return a[1] + n * more * a[0], n * more * a[0], n * more * (a[2] + log2(n + 1))


def drawn(node: Node, rows: int) -> Triple:
    """How a symbol with facts is made of random numbers."""
    tied = any(":" in fact for fact in node.params[1])
    facts = close(fact for fact in node.params[1] if ":" not in fact)
    if tied:
        return 2 * rows, 0, 4 + 2 * rows * log2(1 + rows)
    if "orth" in facts:
        return 2 * rows, 2 * rows, 4 * rows
    if facts - {"square", "sym"}:
        return 2, 0, 4
    return 1, 0, 1


def bits_of(value: Any) -> float:
    return log2(abs(value.numerator) + 1) + log2(value.denominator)
