"""How probable it is that a false claim passes: degrees and heights over the graph, for a point in a field.

Every node is held as numerators over one denominator, for all coefficients of its jet together. A false
identity of degree d between random elements holds with probability at most d/p; it may also vanish
because p, drawn from many primes, divides all its coefficients. Transcendental values are free symbols:
two of them meet by accident with probability the degree of the difference of their arguments over p.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import log2

from closedform.check.core.sides import Claim
from closedform.expr.facts import close
from closedform.expr.node import Node
from closedform.expr.walk import postorder

ORDER = {"equal": 0, "hessian": 2, "implicit-second": 2}
PRIMES, PRIMES_WITH_ROOTS = 55.0, 47.0
RELATIONS = 2 * 2 * 5 * 16
"""Ways in which two values are compared: by themselves and by the laws of 16 logarithms with 5 multiples, mirrored."""
SUMS = {
    "transpose", "tr", "diagm", "diagv", "sum", "mean", "rowsum", "colsum", "vec", "unvec", "triu", "tril",
    "tril_half", "sym_part", "skew_part", "cumsum", "revcumsum", "eigsum", "sub", "block",
    "abs", "sign", "step", "relu", "max2", "min2", "clip", "norm1",
}  # fmt: skip
PRODUCTS = {"mul", "had", "scale", "dot", "kron", "kron_left", "kron_right", "cross"}
LEAVES = {"size", "const", "index", "eye", "ones", "zero", "unit", "comm"}
INVERSES = {"inv", "pinv", "lyap", "inv_gaps"}
POLYNOMIAL = {
    "num", "sym", "eye", "zero", "add", "mul", "scale", "transpose", "tr", "dot", "had", "pow", "mpow",
}  # fmt: skip


@dataclass(slots=True)
class Weight:
    """Degree of numerators, degree of the denominator, log2 of the coefficients."""

    num: float
    den: float
    bits: float

    def __add__(self, other: Weight) -> Weight:
        return Weight(self.num + other.num, self.den + other.den, self.bits + other.bits)

    def __mul__(self, k: float) -> Weight:
        return Weight(self.num * k, self.den * k, self.bits * k)


class Bound:
    """The weight of a claim at given sizes; ``nodes`` are all nodes of its sides, arguments first."""

    def __init__(self, sizes: Mapping[str, int], claim: Claim, nodes: Sequence[Node], roots: bool) -> None:
        self.sizes, self.roots = sizes, roots
        self.order = ORDER.get(claim.kind, 1)
        self.values, self.argument = 0.0, 0.0
        known: dict[Node, Weight] = {}
        for node in nodes:
            known[node] = self.weigh(node, [known[a] for a in node.args])
        f, g = known[claim.function] * self.solving(claim), known[claim.answer]
        r = self.order
        self.degree = f.num + (2 * r + 1) * f.den + g.num + g.den + 2 * r + 1
        self.bits = f.bits * (2 * r + 2) + 2 * g.bits + 16

    def solving(self, claim: Claim) -> int:
        """How many factors of entries of the function stand in what solving an implicit equation gives."""
        if claim.second is None or not claim.kind.startswith("implicit"):
            return 1
        return 6 * (claim.second.rows.value(self.sizes) + 1)

    def log2(self, p: int) -> float:
        """log2 of the probability bound for one point in one random field."""
        if max(self.degree, self.values, self.argument, self.bits) > p:
            return 0.0
        accident = (self.degree + self.values * self.values * RELATIONS * self.argument) / p
        primes = PRIMES_WITH_ROOTS if self.roots else PRIMES
        chance = accident + self.bits / log2(p) / 2**primes
        return log2(chance) if chance < 1 else 0.0

    def weigh(self, node: Node, args: list[Weight]) -> Weight:
        name, r = node.op.name, self.order
        n = max(1, node.rows.value(self.sizes))
        entries = n * max(1, node.cols.value(self.sizes))
        if name == "num":
            return Weight(0, 0, height(node.params[0]))
        if name == "sym":
            return self.symbol(node, n)
        if name in LEAVES:
            return Weight(0, 0, 8)
        inner = max([4, *[s.value(self.sizes) for a in node.args for s in (a.rows, a.cols)]])
        joint = sum(args, start=Weight(0, 0, 2 * log2(inner)))
        if name == "add":
            num = max(a.num + joint.den - a.den for a in args)
            return Weight(num, joint.den, joint.bits + sum(height(c) for c in node.params[0]) + len(args))
        if name in SUMS or name in PRODUCTS:
            return joint
        if name == "sumover":
            low, high = (p.value(self.sizes) for p in node.params[1:])
            terms = max(1, high - low + 1)
            return Weight(joint.num + terms * joint.den, terms * joint.den, terms * (joint.bits + 8))
        if name in ("pow", "mpow") and whole(node.args[1]):
            k = int(node.args[1].params[0])
            return args[0] * k if k >= 0 else self.inverse(args[0], entries if name == "pow" else n) * -k
        if name in INVERSES:
            return self.inverse(joint * (2 if name == "pinv" else 1), n * n if name == "lyap" else inner)
        if name in ("det", "adj", "eigprod", "prod", "prod_others", "prod_pairs", "var", "huber"):
            return joint * inner
        self.values += entries * inner
        self.argument = max(self.argument, joint.num + joint.den)
        degree = 4 * (r + 1) * entries * inner + (r + 1) * inner * (joint.num + joint.den)
        return Weight(degree, degree, (r + 1) * entries * (joint.bits + 8))

    def inverse(self, a: Weight, n: int) -> Weight:
        degree = n * (self.order + 1) * a.num
        return Weight(a.den + degree, degree, n * (self.order + 1) * (a.bits + log2(n + 1)))

    def symbol(self, node: Node, n: int) -> Weight:
        facts = close(f for f in node.params[1] if ":" not in f)
        if any(":" in f for f in node.params[1]):
            return Weight(2 * n, 0, 2 * n * log2(n + 1) + 4)
        if "orth" in facts:
            return Weight(2 * n, 2 * n, 4 * n)
        return Weight(2, 0, 4) if facts - {"square", "sym"} else Weight(1, 0, 1)


def whole(exponent: Node) -> bool:
    return exponent.op.name == "num" and exponent.params[0].denominator == 1


def height(value: Fraction | int) -> float:
    return log2(abs(value.numerator) + 1) + log2(value.denominator)


def polynomial_degree(nodes: list[Node], roots: list[Node], kind: str) -> int | None:
    """The total degree where both sides are made of products, sums and traces alone; else None.

    An identity of degree d between traces of words that holds for matrices of size d holds for every size. What is
    itself a matrix is one degree more, as the trace of its product with another: A² - tr(A)A + det(A)I is 0 at size 2.
    """
    known: dict[Node, int] = {}
    if kind.startswith("implicit"):
        return None
    for node in nodes:
        degree = own_degree(node, known)
        if degree is None or degree > 64:
            return None
        known[node] = degree
    matrix = 1 not in (roots[0].rows.number, roots[0].cols.number)
    return max(known[roots[0]], known[roots[1]] + ORDER.get(kind, 1)) + matrix


def own_degree(node: Node, known: Mapping[Node, int]) -> int | None:
    name = node.op.name
    sizes = (node.rows, node.cols)
    if name not in POLYNOMIAL or any(s.name is None and s.number != 1 for s in sizes):
        return None
    if name == "sym":
        return 1 if set(node.params[1]) <= {"sym", "square"} else None
    if name == "had" and not node.is_scalar:
        return None
    if name in ("tr", "dot") and any(n.op.name == "eye" for n in postorder(node)):
        return None
    if name in ("pow", "mpow"):
        exponent = node.args[1]
        scalar = name == "mpow" or node.is_scalar
        if not (scalar and whole(exponent) and exponent.params[0] >= (name == "mpow")):  # tr(A⁰) is a size
            return None
        return known[node.args[0]] * int(exponent.params[0])
    if name == "add":
        return max(known[a] for a in node.args)
    return sum(known[a] for a in node.args)
