"""Under which powers functions with a kink at zero stand: ``‖x‖³`` and ``relu(u)²`` are smooth there."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from closedform.expr.node import Node
from closedform.expr.walk import postorder
from closedform.functions.algebra import ADD, HAD, MUL, NUM, POW, SCALE, TRANSPOSE, ZERO

NORMS = frozenset({"norm2", "normF"})
EVEN = NORMS | {"abs"}
"""Of these, an even power is smooth of any order."""
LARGER = ("max2", "min2")
ONE = Fraction(1)
Powers = dict[Node, Fraction]


def has_kink(node: Node) -> bool:
    """Whether it is a function that is zero at its kink, and as steep as its argument beside it."""
    if node.op.name == "max2":
        return any(_is_zero(x) for x in node.args)
    return node.op.name in EVEN or node.op.name == "relu"


def _is_zero(node: Node) -> bool:
    if node.op is SCALE:  # filled: ``max(0, x)`` of a vector
        node = node.args[0]
    return node.op is ZERO or (node.op is NUM and node.params[0] == 0)


def kink_powers(raw: Node) -> Powers:
    """Of each such function in ``raw``, the smallest exponent that it stands under."""
    out: Powers = {}
    for node in postorder(raw):
        for kink, exponent in _uses(node):
            out[kink] = min(out.get(kink, exponent), exponent)
    whole, exponent = _power_of(raw)
    if whole is not None:
        out[whole] = min(out.get(whole, exponent), exponent)
    return out


def _uses(node: Node) -> Iterator[tuple[Node, Fraction]]:
    """The functions that a node uses, with exponents; of a power, its own users speak."""
    if _power_of(node)[0] is not None and node.op in (POW, TRANSPOSE, ADD):
        return
    found: Powers = {}
    for part in node.args:
        kink, exponent = _power_of(part)
        if kink is None:
            continue
        if node.op.name in NORMS:  # the root of the sum of its squares, and smooth where that is not zero
            exponent *= 2
        together = node.op is HAD or _squares(node)
        found[kink] = exponent + found.get(kink, Fraction(0)) if together else min(exponent, found.get(kink, exponent))
    yield from found.items()


def _power_of(node: Node) -> tuple[Node | None, Fraction]:
    """The function that a node is a power of, and the exponent; one that is no number counts as 1."""
    if node.op is TRANSPOSE:
        node = node.args[0]
    if has_kink(node):
        return node, ONE
    if node.op.name in LARGER:  # by itself it is not zero at its kink
        return node, Fraction(0)
    if node.op is POW:
        base, e = node.args
        kink = base if has_kink(base) else _excess(base)
        return kink, e.params[0] if e.op is NUM else ONE
    return _excess(node), ONE


def _excess(node: Node) -> Node | None:
    """The function where the node is ``max(a, b) - b`` or ``min(a, b) - b``, which is zero at its kink."""
    if node.op is not ADD or len(node.args) != 2:
        return None
    (c, d), (x, y) = node.params[0], node.args
    for one, other in ((x, y), (y, x)) if c + d == 0 else ():
        if one.op.name in LARGER and other in one.args:
            return one
    return None


def _squares(node: Node) -> bool:
    """v'*v, or an inner product of something with itself."""
    if node.op.name == "dot":
        return node.args[0] is node.args[1]
    return node.op is MUL and len(node.args) == 2 and node.is_scalar and _turns(*node.args)


def _turns(x: Node, y: Node) -> bool:
    return (x.op is TRANSPOSE and x.args[0] is y) or (y.op is TRANSPOSE and y.args[0] is x)


def _even(e: Fraction) -> bool:
    return e.denominator == 1 and e > 0 and e.numerator % 2 == 0


def is_smooth(node: Node, e: Fraction, order: int) -> bool:
    """Whether the power ``e`` of a function with a kink has ``order`` continuous derivatives there."""
    return e > order or (_even(e) and node.op.name in EVEN)
