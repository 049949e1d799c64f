"""The partial derivative by an entry: sum, product, power and chain rule under the sums, leaving Kronecker deltas."""

from __future__ import annotations

from collections.abc import Collection

from closedform.calculus.coordinates.chain import Place, Scope
from closedform.calculus.coordinates.deltas import resolved
from closedform.calculus.coordinates.entries import as_entries
from closedform.calculus.coordinates.gather import gathered, relabelled
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
    letters,
    plus,
    power,
    product,
    summation,
    walk,
)
from closedform.calculus.coordinates.whole import RULES, is_softmax, is_whole
from closedform.calculus.derive import gradient
from closedform.expr.node import Node, make
from closedform.expr.op import Op
from closedform.expr.walk import postorder
from closedform.functions.algebra import sym
from closedform.functions.elementwise import log
from closedform.rewrite.normal.normal import normal


class Partial:
    """∂/∂x at ``place``, of expressions in which entries of ``named`` parts may stand.

    ``rules``, ``functions`` (with how many arguments) and ``inner`` (parts differentiated as a whole: an entry and
    its derivative) collect what was used, in order.
    """

    def __init__(self, variable: Node, place: Place, taken: Scope = frozenset(), named: Collection[Node] = ()) -> None:
        self.variable, self.place, self.taken, self.named = variable, place, taken, named
        self.rules: dict[str, None] = {}
        self.functions: dict[Op, int] = {}
        self.inner: dict[Node, tuple[Entry, Index]] = {}
        self.held: dict[Node, bool] = {}

    def whole(self, e: Index) -> Index:
        """The derivative of a line: letters of new sums are none of its own."""
        self.taken |= letters(e)
        return self.of(e)

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
        return any(isinstance(p, Entry) and self.holds(p.base) for p in walk(e))

    def holds(self, base: Node) -> bool:
        """Whether the variable is in a part whose entry stands in the line."""
        if base not in self.held:
            self.held[base] = self.variable in postorder(base)
        return self.held[base]

    def written(self, node: Node, at: Place, scope: Scope) -> Index:
        return self._expanded(node, at, scope, self.named)

    def _expanded(self, node: Node, at: Place, scope: Scope, named: Collection[Node]) -> Index:
        return as_entries(node, at, [self.variable], scope | self.taken, {}, named)

    def moved(self, node: Node, at: Place, scope: Scope) -> Index:
        """The derivative of an entry of a matrix expression."""
        return self.of(self.written(node, at, scope))

    def _entry(self, e: Entry) -> Index:
        if e.base is self.variable:
            sides = (s for s in e.base.shape if s.number != 1)
            return product(*(delta(i, k, n) for i, k, n in zip(e.at, self.place, sides, strict=True)))
        if not self.holds(e.base):
            return ZERO
        scope = self.taken | free(e)
        if is_whole(e.base) or is_softmax(e.base):
            found = resolved(RULES[e.base.op](e, self, scope))
        else:
            others = [part for part in self.named if part is not e.base]
            found = resolved(self.of(self._expanded(e.base, e.at, scope, others)))
        found = gathered(relabelled(found, frozenset(), scope))
        self.inner.setdefault(e.base, (e, found))
        return found

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
