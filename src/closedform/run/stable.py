"""Forms for computing: the same value without cancellation or overflow, where the shortest form loses digits.

``1 - sigmoid(z)`` is ``sigmoid(-z)`` and ``1 - tanh(z)^2`` is ``4*sigmoid(2*z)*sigmoid(-2*z)``; the normal form has
already made log-sum-exp, softplus, softmax and log det of what was typed (Higham 2002, sections 1.7 and 27.5).
"""

from __future__ import annotations

from fractions import Fraction

from closedform.expr.node import Node
from closedform.expr.op import Op
from closedform.expr.walk import rebuild
from closedform.functions import elementwise
from closedform.functions.algebra import ADD, HAD, NUM, POW, had, num, total
from closedform.rewrite.normal.exponentials import all_ones
from closedform.rewrite.normal.normal import normal

SIGMOID = elementwise.sigmoid.op
TANH = elementwise.tanh.op
Factors = frozenset[tuple[Node, int]]


def stable(raw: Node) -> Node:
    """The node to evaluate for ``raw``."""
    known: Node | None = raw.memo.get("stable")
    if known is None:
        known = raw.memo["stable"] = rebuild(normal(raw), _without_cancellation)
    return known


def _without_cancellation(node: Node, args: tuple[Node, ...]) -> Node | None:
    if node.op is not ADD or len(args) < 2:
        return None
    terms = [(c, a, _factors(a)) for c, a in zip(node.params[0], args, strict=True)]
    done: list[tuple[Fraction, Node]] = []
    while terms:
        c, a, factors = terms.pop()
        partner = next((k for k, other in enumerate(terms) if _complement((c, factors), other) is not None), None)
        if partner is None:
            done.append((c, a))
            continue
        found = _complement((c, factors), terms.pop(partner))
        assert found is not None
        done.append(found)
    return total(done) if len(done) < len(args) else None


def _factors(a: Node) -> Factors | None:
    """Elementwise factors with integer powers, None where there are others."""
    out = []
    for f in a.args if a.op is HAD else (a,):
        if all_ones(f) or (f.op is NUM and f.params[0] == 1):
            continue
        base, e = (f.args[0], f.args[1]) if f.op is POW else (f, num(1))
        if e.op is not NUM or e.params[0].denominator != 1:
            return None
        out.append((base, int(e.params[0])))
    return frozenset(out)


def _complement(
    one: tuple[Fraction, Factors | None], other: tuple[Fraction, Node, Factors | None]
) -> tuple[Fraction, Node] | None:
    """c·R - c·R·s(z) as c·R·s(-z), and c·R - c·R·tanh(z)² likewise."""
    (c, mine), (k, _, theirs) = one, other
    if mine is None or theirs is None or c != -k:
        return None
    for coefficient, rest, more in ((c, mine, theirs), (k, theirs, mine)):
        z = _one_more(rest, more, SIGMOID, 1)
        if z is not None:
            return coefficient, _product(rest, [elementwise.sigmoid(-z)])
        z = _one_more(rest, more, TANH, 2)
        if z is not None:
            return 4 * coefficient, _product(rest, [elementwise.sigmoid(2 * z), elementwise.sigmoid(-2 * z)])
    return None


def _one_more(rest: Factors, more: Factors, op: Op, power: int) -> Node | None:
    """z where ``more`` has op(z) to ``power`` more than ``rest`` and is equal else."""
    left, right = dict(rest), dict(more)
    for base, e in right.items():
        if base.op is op and left.get(base, 0) == e - power:
            others = {k: v for k, v in left.items() if k is not base}
            if others == {k: v for k, v in right.items() if k is not base}:
                return base.args[0]
    return None


def _product(rest: Factors, more: list[Node]) -> Node:
    parts = [base if e == 1 else base ** num(e) for base, e in sorted(rest, key=lambda t: t[0].key)]
    return had(*parts, *more) if len(parts) + len(more) > 1 else more[0]
