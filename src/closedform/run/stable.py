"""Forms for computing: the same value without cancellation, where the shortest form loses digits.

``1 - sigmoid(z)`` is ``sigmoid(-z)`` and ``1 - tanh(z)^2`` is ``4*sigmoid(2*z)*sigmoid(-2*z)``; the normal form has
already made log-sum-exp, softplus, softmax and log det of what was typed (Higham 2002, sections 1.7 and 27.5).
What is too large or too small on the way is a matter of ``run.wide``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from fractions import Fraction

from closedform.expr.node import Node
from closedform.expr.op import Op
from closedform.expr.walk import rebuild
from closedform.functions import elementwise, special
from closedform.functions.algebra import ADD, DIAGM, HAD, MUL, NUM, POW, TRANSPOSE, had, num, total
from closedform.functions.vectors import softmax
from closedform.rewrite.normal.exponentials import all_ones
from closedform.rewrite.normal.normal import normal
from closedform.run import precise

HALF = Fraction(1, 2)
Factors = frozenset[tuple[Node, int]]
Terms = list[tuple[Fraction, Node]]
Complement = tuple[int, list[Node]]
ROOT_TWO = num(2) ** num(HALF)

FROM_ONE: tuple[tuple[Op, int, Callable[[Node], Complement]], ...] = (
    (elementwise.sigmoid.op, 1, lambda z: (1, [elementwise.sigmoid(-z)])),
    (elementwise.tanh.op, 1, lambda z: (2, [elementwise.sigmoid(-2 * z)])),
    (elementwise.tanh.op, 2, lambda z: (4, [elementwise.sigmoid(2 * z), elementwise.sigmoid(-2 * z)])),
    (elementwise.exp.op, 1, lambda z: (-1, [precise.expm1(z)])),
    (elementwise.cos.op, 1, lambda z: (2, [elementwise.sin(z * HALF) ** 2])),
    (elementwise.cosh.op, 1, lambda z: (-2, [elementwise.sinh(z * HALF) ** 2])),
    (special.normcdf.op, 1, lambda z: (1, [special.normcdf(-z)])),
    (special.erf.op, 1, lambda z: (2, [special.normcdf(-ROOT_TWO * z)])),
)
"""1 - f(z)^k as a product of functions of z."""
ONTO_ONE: tuple[tuple[Op, int, Callable[[Node], Complement]], ...] = (
    (elementwise.tanh.op, 1, lambda z: (2, [elementwise.sigmoid(2 * z)])),
    (elementwise.cos.op, 1, lambda z: (2, [elementwise.cos(z * HALF) ** 2])),
    (special.erf.op, 1, lambda z: (2, [special.normcdf(ROOT_TWO * z)])),
)
"""1 + f(z)^k likewise."""
LOGARITHMS = {
    special.normcdf.op: lambda z: precise.log_normcdf(z),
    elementwise.cosh.op: lambda z: precise.log_cosh(z),
}


def stable(raw: Node) -> Node:
    """The node to evaluate for ``raw``."""
    known: Node | None = raw.memo.get("stable")
    if known is None:
        known = raw.memo["stable"] = rebuild(normal(raw), _better)
    return known


def _better(node: Node, args: tuple[Node, ...]) -> Node | None:
    if node.op is elementwise.log.op:
        return _logarithm(args[0])
    if node.op is ADD and len(args) > 1:
        return _without_cancellation(list(zip(node.params[0], args, strict=True)))
    return None


def _logarithm(inside: Node) -> Node | None:
    if inside.op in LOGARITHMS:
        return LOGARITHMS[inside.op](inside.args[0])
    if inside.op is not ADD:
        return None
    terms = list(zip(inside.params[0], inside.args, strict=True))
    rest = [(c, a) for c, a in terms if not (c == 1 and _is_one(a))]
    if len(rest) == len(terms) - 1 and rest:
        return precise.log1p(total(rest))
    (c, core) = terms[0]
    return precise.log1mexp(core.args[0]) if len(terms) == 1 and c == -1 and core.op.name == "run.expm1" else None


def _is_one(a: Node) -> bool:
    return all_ones(a) or (a.op is NUM and a.params[0] == 1)


def _without_cancellation(given: Terms) -> Node | None:
    terms = [(c, a, _factors(a)) for c, a in given]
    partners = _Partners(terms)
    left, done = dict(enumerate(terms)), list[tuple[Fraction, Node]]()
    while left:
        k, term = left.popitem()
        pairs = ((other, _paired(*term, *left[other])) for other in partners.of(k) if other in left)
        partner, found = next(((other, pair) for other, pair in pairs if pair is not None), (None, None))
        if partner is None or found is None:
            done.append(term[:2])
            continue
        left.pop(partner)
        done.append(found)
    return total(done) if len(done) < len(given) else None


class _Partners:
    """Which terms of a sum may be pairs, by what they are, and are without one factor: sums may be long."""

    def __init__(self, terms: list[tuple[Fraction, Node, Factors | None]]) -> None:
        self._own = [_whole(*term) for term in terms]
        self._less = [_lessened(*term) for term in terms]
        self._by_own, self._by_less = defaultdict[object, list[int]](list), defaultdict[object, list[int]](list)
        for keys, table in ((self._own, self._by_own), (self._less, self._by_less)):
            for k, some in enumerate(keys):
                for key in some:
                    table[key].append(k)

    def of(self, k: int) -> list[int]:
        near = (self._by_less.get(key, ()) for key in self._own[k])
        return sorted(set[int]().union(*near, *(self._by_own.get(key, ()) for key in self._less[k])))


def _whole(c: Fraction, a: Node, factors: Factors | None) -> set[object]:
    return {(abs(c), factors), *(a.args if a.op is DIAGM else ())}


def _lessened(c: Fraction, a: Node, factors: Factors | None) -> set[object]:
    """What a partner may be: the term without a power of a function that has a complement."""
    found: set[object] = {a.args[0]} if a.op is MUL else set()
    for base, e in factors or ():
        rest = (factors or frozenset()) - {(base, e)}
        if e == 2 and not rest:
            found.add((abs(c), rest))
        for op, power, _ in (*FROM_ONE, *ONTO_ONE):
            if base.op is op:
                found.add((abs(c), rest | {(base, e - power)} if e != power else rest))
    return found


def _factors(a: Node) -> Factors | None:
    """Elementwise factors with integer powers, None where there are others."""
    out = []
    for f in a.args if a.op is HAD else (a,):
        if _is_one(f):
            continue
        base, e = (f.args[0], f.args[1]) if f.op is POW else (f, num(1))
        if e.op is not NUM or e.params[0].denominator != 1:
            return None
        out.append((base, int(e.params[0])))
    return frozenset(out)


def _paired(
    c: Fraction, a: Node, mine: Factors | None, k: Fraction, b: Node, theirs: Factors | None
) -> tuple[Fraction, Node] | None:
    """Two terms as one that does not cancel: c·R ± c·R·f(z), and diag(p) - p*p' of p = softmax(x)."""
    if c == -k:
        spread = _spread(c, a, b) or _spread(k, b, a)
        if spread is not None:
            return spread
    if mine is None or theirs is None or abs(c) != abs(k):
        return None
    for coefficient, rest, more in ((c, mine, theirs), (k, theirs, mine)):
        for op, power, complement in FROM_ONE if c == -k else ONTO_ONE:
            z = _one_more(rest, more, op, power)
            if z is not None:
                times, product = complement(z)
                return times * coefficient, _product(rest, product)
        base = next((b for b, e in more if e == 2), None) if c == -k and not rest and len(more) == 1 else None
        if base is not None:
            return coefficient, had(1 - base, 1 + base)
    return None


def _spread(c: Fraction, a: Node, b: Node) -> tuple[Fraction, Node] | None:
    """c·diag(p) - c·p*p'."""
    if a.op is not DIAGM or a.args[0].op is not softmax.op or b.op is not MUL or len(b.args) != 2:
        return None
    p, (left, right) = a.args[0], b.args
    if left is p and right.op is TRANSPOSE and right.args[0] is p:
        return c, precise.softmax_spread(p.args[0])
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
