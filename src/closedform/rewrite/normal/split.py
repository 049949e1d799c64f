"""Looking into products: where a chain of factors falls apart."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from closedform.expr.node import Node, make
from closedform.expr.size import ONE
from closedform.expr.walk import postorder
from closedform.functions.algebra import ADD, EYE, MPOW, MUL, SCALE, TRANSPOSE
from closedform.rewrite.normal.engine import content, ntranspose


def outer_parts(a: Node) -> tuple[Node, Node] | None:
    """The column and the row of an outer product; None where the product is none."""
    for k in range(1, len(a.args)):
        if a.args[k - 1].cols is ONE:
            return chain(a.args[:k]), chain(a.args[k:])
    return None


def chain(factors: tuple[Node, ...]) -> Node:
    """The node of factors that are already in normal form together."""
    return factors[0] if len(factors) == 1 else make(MUL, factors)


def turned_around(factors: Sequence[Node]) -> tuple[Fraction, list[Node]]:
    """The factors of the transpose, and the sign that skew ones among them give it."""
    sign = Fraction(1)
    out: list[Node] = []
    for f in reversed(factors):
        c, core = content(ntranspose(f))
        sign *= c
        out += core.args if core.op is MUL else (core,)
    return sign, settled(out)


OF_A_MATRIX = frozenset({"expm", "sqrtm", "logm"})
"""Functions that commute with their argument, with its multiples and powers, and with each other."""


def _stem(a: Node) -> tuple[Node, int]:
    """The matrix that a factor is a power or a function of, and how many functions."""
    count = 0
    while True:
        if a.op.name in OF_A_MATRIX:
            a, count = a.args[0], count + 1
        elif a.op is MPOW:
            a = a.args[0]
        elif a.op is SCALE:
            a = a.args[1]
        elif (core := content(a)[1]) is not a:
            a = core
        elif a.op is ADD and (stem := _of_terms(a)) is not None:
            return stem, count
        else:
            return a, count


def _of_terms(a: Node) -> Node | None:
    """The matrix that all terms of a sum are multiples or powers of, the identity aside: A of t*A - A + I."""
    stems = set()
    for term in a.args:
        core = term.args[1] if term.op is SCALE else term
        core = core.args[0] if core.op is MPOW else core
        stems |= set() if core.op is EYE else {core}
    return stems.pop() if len(stems) == 1 else None


def out_of_order(a: Node, b: Node) -> bool:
    """Whether two neighbours commute, as ``expm(t*A)`` and ``A`` do, and stand the other way round."""
    if not (a.op.name in OF_A_MATRIX or b.op.name in OF_A_MATRIX):
        return False
    (x, i), (y, j) = _stem(a), _stem(b)
    return x is y and (j, b.key) < (i, a.key)


def commute(a: Node, b: Node) -> bool:
    """Whether both are powers or functions of one matrix, or of its multiples."""
    return _stem(a)[0] is _stem(b)[0]


def settled(factors: list[Node]) -> list[Node]:
    """The factors with neighbours that commute in order."""
    if not any(f.op.name in OF_A_MATRIX for f in factors):
        return factors
    out: list[Node] = []
    for f in factors:
        k = len(out)
        while k and out_of_order(out[k - 1], f):
            k -= 1
        out.insert(k, f)
    return out


def transposes(a: Node) -> int:
    """How many transposed matrices stand in a node, each place counted; canonical forms have few."""
    known: int | None = a.memo.get("transposes")
    if known is None:
        for node in postorder(a, stop=lambda n: "transposes" in n.memo):
            if "transposes" not in node.memo:
                own = node.op is TRANSPOSE and node.args[0].cols is not ONE
                node.memo["transposes"] = min(own + sum(b.memo["transposes"] for b in node.args), 10**6)
        known = a.memo["transposes"]
    assert known is not None
    return known


def rank_of(factors: Sequence[Node]) -> tuple[int, list[bytes]]:
    """What canonical choices between a chain and its transpose go by."""
    return sum(transposes(f) for f in factors), [f.key for f in factors]
