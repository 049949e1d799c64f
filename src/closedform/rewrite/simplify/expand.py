"""Bounded expansion: products of sums written out, to be factored again another way."""

from __future__ import annotations

from fractions import Fraction

from closedform.expr.node import Node
from closedform.expr.op import Op
from closedform.functions.algebra import ADD, HAD, MPOW, MUL, POW, SCALE
from closedform.rewrite.normal.engine import Term, nhad, nmul, nscale, nsum, number, terms_of

MAX_TERMS = 6


def expanded(node: Node) -> Node:
    """``node`` with each term distributed once where that gives at most MAX_TERMS terms; else as it was."""
    terms: list[Term] = []
    for c, core in terms_of(node):
        terms += [(c * k, a) for k, a in _distributed(core)]
    return nsum(terms, node.shape)


def _distributed(core: Node) -> list[Term]:
    if core.op is SCALE:
        s, a = core.args
        pairs = [(c * k, nscale(t, b)) for c, t in _distributed(s) for k, b in _distributed(a)]
        return pairs if len(pairs) <= MAX_TERMS else [(Fraction(1), core)]
    if core.op is ADD:
        return terms_of(core)
    if _is_square(core, POW):
        return _combined([core.args[0]] * 2, core, nhad)
    if core.op is POW and core.args[0].op is ADD and (k := number(core.args[1])) is not None and k > 2:
        return [(Fraction(1), core)]
    if _is_square(core, MPOW):
        return _combined([core.args[0]] * 2, core, nmul)
    if core.op is MUL:
        factors = [part for f in core.args for part in ([f.args[0]] * 2 if _is_square(f, MPOW) else [f])]
        return _combined(factors, core, nmul)
    if core.op is HAD:
        factors = [part for f in core.args for part in ([f.args[0]] * 2 if _is_square(f, POW) else [f])]
        return _combined(factors, core, nhad)
    return [(Fraction(1), core)]


def _is_square(node: Node, power: Op) -> bool:
    return node.op is power and node.args[0].op is ADD and number(node.args[1]) == 2


def _combined(factors: list[Node], core: Node, product: object) -> list[Term]:
    assert callable(product)
    count = 1
    for f in factors:
        count *= len(f.args) if f.op is ADD else 1
    if not 1 < count <= MAX_TERMS:
        return [(Fraction(1), core)]
    chosen: list[tuple[Fraction, tuple[Node, ...]]] = [(Fraction(1), ())]
    for f in factors:
        parts = terms_of(f) if f.op is ADD else [(Fraction(1), f)]
        chosen = [(c * k, (*done, a)) for c, done in chosen for k, a in parts]
    return [(c, product(*parts)) for c, parts in chosen]


