"""Kinks beside factors that vanish there: ``sign(u)*u²`` and ``x'x/(1 + ‖x‖)`` have a derivative at zero.

Of each node two degrees in the argument u of the kink are known: ``rough``, the least degree of a term that is not
smooth at u = 0 (None: there is none), and ``order``, the degree to which the node vanishes there. What is rough in
degree d has all derivatives below d, and they are continuous. ``loose`` is the degree of what has left its place: of
an entry of A*relu(x), which does not vanish where the same entry of x does.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from closedform.calculus.kink_powers import EVEN, NORMS
from closedform.expr.node import Node
from closedform.expr.walk import postorder
from closedform.functions.algebra import ADD, DIAGM, DIAGV, HAD, MUL, NUM, POW, SCALE, TR, TRANSPOSE

OF_DEGREE = {"sign": 0, "step": 0, "abs": 1, "relu": 1, **dict.fromkeys(NORMS, 1)}
"""Functions that are rough where their argument is zero, with the degree in which they are."""
LINEAR = (TR, DIAGM, DIAGV)
NEVER = Fraction(-(10**6))
MANY = 30
"""Of more kinks nothing is shown."""


@dataclass(frozen=True)
class Degrees:
    rough: Fraction | None = None
    order: Fraction = Fraction(0)
    loose: Fraction | None = None

    @property
    def least(self) -> Fraction | None:
        return _least((self.rough, self.loose))


SMOOTH = Degrees()


def rough_degrees(raw: Node) -> dict[Node, Fraction]:
    """Of each function with a kink in ``raw``, the degree in which ``raw`` is rough there."""
    kinks = [n for n in postorder(raw) if n.op.name in OF_DEGREE]
    families = {(n.args[0], n.op.name in NORMS) for n in kinks}
    if len(families) > MANY:
        return {}
    found = {family: _rough(raw, *family) for family in families}
    degrees = {n: found[n.args[0], n.op.name in NORMS] for n in kinks}
    return {n: d for n, d in degrees.items() if d is not None}


def _rough(raw: Node, u: Node, whole: bool) -> Fraction | None:
    done: dict[Node, Degrees] = {}
    for node in postorder(raw):
        done[node] = _degrees(node, u, whole, done)
    return done[raw].least


def _degrees(node: Node, u: Node, whole: bool, done: dict[Node, Degrees]) -> Degrees:
    if node is u:
        return Degrees(None, Fraction(1))
    if node.op.name in OF_DEGREE and node.args[0] is u and (node.op.name in NORMS) == whole:
        degree = Fraction(OF_DEGREE[node.op.name])
        return Degrees(degree, degree)
    args = [done[a] for a in node.args]
    together = whole or u.is_scalar  # otherwise each entry of u has a zero of its own
    if node.op is ADD:
        return Degrees(_least(a.rough for a in args), min(a.order for a in args), _least(a.loose for a in args))
    if node.op is POW:
        return _power(node, *args)
    if node.op is TRANSPOSE and (together or u.is_column):
        return args[0]
    if node.op is HAD or (node.op in (MUL, SCALE) and together):
        return _product(args)
    if node.op is MUL and len(args) == 2 and node.is_scalar:
        return Degrees(loose=_product(args).least)
    rough = _least(a.least for a in args)
    if not together:
        return Degrees(loose=rough)
    return Degrees(rough, args[0].order if node.op in LINEAR else Fraction(0))


def _product(parts: list[Degrees]) -> Degrees:
    order = sum((p.order for p in parts), Fraction(0))
    rough = _least(None if p.rough is None else p.rough + order - p.order for p in parts)
    return Degrees(rough, order, _least(p.loose for p in parts))


def _power(node: Node, base: Degrees, exponent: Degrees) -> Degrees:
    e = node.args[1]
    if e.op is not NUM:
        return SMOOTH if base == exponent == SMOOTH else Degrees(NEVER)
    k: Fraction = e.params[0]
    if base.order == 0:
        return base
    if k > 0 and k.denominator == 1:
        even = node.args[0].op.name in EVEN and base.rough == 1 and k % 2 == 0
        rough = None if even or base.rough is None else base.rough + (k - 1) * base.order
        return Degrees(rough, k * base.order, base.loose)
    if k > 0 and node.args[0].op.name in OF_DEGREE and base.rough == 1:
        return Degrees(k, k)
    return Degrees(NEVER)


def _least(degrees: Iterable[Fraction | None]) -> Fraction | None:
    return min((d for d in degrees if d is not None), default=None)
