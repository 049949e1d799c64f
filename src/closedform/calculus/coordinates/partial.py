"""The partial derivative by an entry: sum, product, power and chain rule under the sums, leaving Kronecker deltas."""

from __future__ import annotations

from closedform.calculus.coordinates.chain import Place
from closedform.calculus.coordinates.entries import as_entries
from closedform.calculus.coordinates.tree import (
    MINUS,
    UNIT,
    ZERO,
    Entry,
    Function,
    Index,
    Plus,
    Power,
    Product,
    Sum,
    delta,
    free,
    plus,
    power,
    product,
    summation,
    walk,
)
from closedform.calculus.derive import gradient
from closedform.expr.node import Node, make
from closedform.expr.op import Op
from closedform.functions.algebra import sym
from closedform.functions.elementwise import log
from closedform.rewrite.normal.normal import normal


class Partial:
    """∂/∂x at ``place``; ``rules`` and ``functions`` (with how many arguments) collect what was used, in order."""

    def __init__(self, variable: Node, place: Place) -> None:
        self.variable, self.place = variable, place
        self.rules: dict[str, None] = {}
        self.functions: dict[Op, int] = {}

    def of(self, e: Index) -> Index:
        """The derivative with its deltas left as they are."""
        match e:
            case Entry():
                return self._entry(e)
            case Plus(terms=terms):
                return plus(*(self.of(t) for t in terms))
            case Product():
                return self._product(e)
            case Sum():
                return summation(e.index, e.low, e.high, self.of(e.body))
            case Power():
                return self._power(e)
            case Function():
                return self._chain(e)
            case _:
                return ZERO

    def moves(self, e: Index) -> bool:
        return any(isinstance(p, Entry) and p.base is self.variable for p in walk(e))

    def _entry(self, e: Entry) -> Index:
        if e.base is not self.variable:
            return ZERO
        sides = (s for s in e.base.shape if s.number != 1)
        return product(*(delta(i, k, n) for i, k, n in zip(e.at, self.place, sides, strict=True)))

    def _product(self, e: Product) -> Index:
        moving = [f for f in e.factors if self.moves(f)]
        still = [f for f in e.factors if not self.moves(f)]
        if len(moving) > 1:
            self.rules["product rule"] = None
        terms = [
            product(self.of(f), *(g for g in moving if g is not f)) if len(moving) > 1 else self.of(f) for f in moving
        ]
        return product(*still, plus(*terms))

    def _power(self, e: Power) -> Index:
        base, exponent = e.base, e.exponent
        terms = []
        if self.moves(base):
            self.rules["power rule"] = None
            if not isinstance(base, Entry):
                self.rules["chain rule"] = None
            lowered = power(base, plus(exponent, MINUS))
            terms.append(product(exponent, lowered, self.of(base)))
        if self.moves(exponent):
            self.rules["exponential rule"] = None
            terms.append(product(e, Function(log.op, (base,)), self.of(exponent)))
        return plus(*terms)

    def _chain(self, e: Function) -> Index:
        terms = []
        for k, a in enumerate(e.args):
            if self.moves(a):
                self.rules["chain rule"] = None
                self.functions[e.op] = len(e.args)
                terms.append(product(slope(e, k), self.of(a)))
        return plus(*terms)


def slope(e: Function, k: int) -> Index:
    """The derivative of a function of scalars by its argument ``k``."""
    stand_ins = [sym(f"#{j}") for j in range(len(e.args))]
    f = normal(make(e.op, stand_ins))
    if f is stand_ins[k]:
        return UNIT
    found = gradient(f, stand_ins[k]).node
    scope = frozenset[Node]().union(*(free(a) for a in e.args))
    return as_entries(found, (), (), scope, dict(zip(stand_ins, e.args, strict=True)))
