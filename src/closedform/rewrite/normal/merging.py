"""Neighbours in a product: equal bases become powers, inverses cancel, diagonals multiply, declared pairs commute."""

from __future__ import annotations

from collections.abc import Sequence

from closedform.expr.node import Node
from closedform.expr.size import ONE
from closedform.functions import matrix_functions
from closedform.functions.algebra import DIAGM, EYE, MPOW, MUL, NUM, SYM
from closedform.functions.known_facts import facts_of
from closedform.rewrite.normal.blocks import BLOCK, block_product
from closedform.rewrite.normal.engine import UNITY, build, ndiagm, neye, nhad, nmpow, ntranspose, plus
from closedform.rewrite.normal.kronecker import KRON, kron_product
from closedform.rewrite.normal.shares import softmax_of_rows
from closedform.rewrite.normal.split import commute, out_of_order

EXPM = matrix_functions.expm.op


def merge_neighbours(factors: list[Node]) -> list[Node]:
    """The chain with every law that joins two neighbours applied."""
    out: list[Node] = []
    todo = list(reversed(factors))
    while todo:
        a = todo.pop()
        merged = merge(out[-1], a) if out else None
        if merged is not None:
            out.pop()
            if merged.op is not EYE:
                todo.extend(reversed(merged.args if merged.op is MUL else (merged,)))
        elif out and (out_of_order(out[-1], a) or (_commuting(out[-1], a) and a.key < out[-1].key)):
            todo += [out.pop(), a]
        else:
            out.append(a)
    return out


def merge(a: Node, b: Node) -> Node | None:
    """One node for the product of two neighbours, where a law gives one."""
    if a.op is BLOCK or b.op is BLOCK:
        return block_product(a, b)
    if a.op is EXPM and b.op is EXPM and commute(a, b):
        return build(EXPM, (plus(a.args[0], b.args[0]),), (), a.shape)
    if a.op is KRON and b.op is KRON:
        return kron_product(a, b) or _powers_joined(a, b)
    return _powers_joined(a, b) or softmax_of_rows(a, b)


def _powers_joined(a: Node, b: Node) -> Node | None:
    if not (a.is_square and b.is_square) or a.rows is ONE:
        return None
    if a.op is DIAGM and b.op is DIAGM:
        return ndiagm(nhad(a.args[0], b.args[0]))
    (x, i), (y, j) = _base(a), _base(b)
    if x is y:
        return nmpow(x, plus(i, j))
    if i is j is UNITY and "orth" in facts_of(x) and ntranspose(x) is y:
        return neye(a.rows)
    return None


def _base(a: Node) -> tuple[Node, Node]:
    return (a.args[0], a.args[1]) if a.op is MPOW else (a, UNITY)


MAX_PRODUCT = 16
"""A power of a product of up to so many factors is held as the product, a longer one as the power."""
MAX_PERIODIC = 200


def period(factors: Sequence[Node]) -> int:
    """How many factors repeat to give all of them: 2 for A*B*A*B."""
    n = len(factors)
    return next(p for p in range(1, n + 1) if n % p == 0 and all(factors[k] is factors[k - p] for k in range(p, n)))


def as_power(factors: Sequence[Node]) -> tuple[Sequence[Node], int]:
    """A long product as a shorter one and its exponent, however much of it was a power already."""
    flat: list[Node] = []
    for f in factors:
        k = f.args[1].params[0] if f.op is MPOW and f.args[0].op is MUL and f.args[1].op is NUM else 0
        whole = k > 0 and k.denominator == 1 and k * len(f.args[0].args) <= MAX_PERIODIC
        flat += f.args[0].args * int(k) if whole else (f,)
    if not MAX_PRODUCT < len(flat) <= MAX_PERIODIC or flat[0].rows is not flat[-1].cols:
        return factors, 1
    p = period(flat)
    return (flat[:p], len(flat) // p) if 1 < p < len(flat) else (factors, 1)


def _commuting(a: Node, b: Node) -> bool:
    x, y = _base(a)[0], _base(b)[0]
    if x.op is not SYM or y.op is not SYM or x is y:
        return False
    return f"commutes:{y.params[0]}" in x.params[1] or f"commutes:{x.params[0]}" in y.params[1]
