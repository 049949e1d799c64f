"""A formula written with entries: ``(A*x)[i]`` is ``sum(j, A[i,j]*x[j])``, ``tr(X)`` is ``sum(i, X[i,i])``."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping

from closedform.calculus.coordinates.chain import Chain, Place, Scope, at_both, copies, flat, place_of
from closedform.calculus.coordinates.tree import (
    HALF,
    MINUS,
    UNIT,
    ZERO,
    Entry,
    Function,
    Index,
    Number,
    counted,
    delta,
    fresh,
    number,
    plus,
    power,
    product,
    summation,
)
from closedform.calculus.coordinates.whole import inverses, is_whole
from closedform.errors import MissingRule
from closedform.expr.node import Node
from closedform.expr.op import Op
from closedform.expr.size import ONE, Size
from closedform.expr.walk import postorder
from closedform.functions import algebra
from closedform.functions.algebra import (
    ADD,
    CONST,
    DIAGM,
    DIAGV,
    EYE,
    HAD,
    INDEX,
    MPOW,
    MUL,
    NUM,
    ONES,
    POW,
    SCALE,
    SIZE,
    SUMOVER,
    SYM,
    TR,
    TRANSPOSE,
    index,
    mpow,
    mul,
)
from closedform.functions.elementwise import exp, log
from closedform.functions.norms import norm2, normF
from closedform.functions.vectors import logsumexp, logsumexp_rows, softmax, softmax_rows
from closedform.rewrite.vectorise.indices import free_indices, replace_index

STILL = frozenset(f.op for f in (norm2, normF, logsumexp, logsumexp_rows, softmax, softmax_rows))
MAX_DEPTH, MAX_PARTS, MAX_FACTORS = 60, 3000, 3
UNIT_INDEX = fresh(frozenset())
INSTEAD = "ask for the derivation by differentials"
PERMUTATIONS = "is a sum over permutations, not over indices"
SPECTRAL = "comes from singular values or eigenvalues, which are no sums of entries"
KINK = "picks one entry, which depends on the point"
SAID = {"block": "a block matrix", "sub": "a part of a matrix"}
WHY = {"adj": PERMUTATIONS, "max": KINK, "min": KINK} | dict.fromkeys(
    ("norm_op", "norm_nuc", "lambda_max", "lambda_min", "eigvals", "eigvecs", "sqrtm", "logm", "expm"), SPECTRAL
)


def as_entries(
    root: Node, at: Place, moving: Iterable[Node], taken: Scope, known: Mapping[Node, Index],
    named: Collection[Node] = (),
) -> Index:  # fmt: skip
    """Entry ``at`` of a formula, written with the entries of its variables.

    ``moving`` are the variables of differentiation: what does not hold one may stay a matrix where it has no
    entries of its own. Sums are over letters not in ``taken``; ``known`` says what some scalars are, and entries of
    the parts ``named`` stay entries of these.
    """
    depth: dict[Node, int] = {}
    for node in postorder(root):
        depth[node] = 1 + max((depth[a] for a in node.args), default=0)
    if depth[root] > MAX_DEPTH:
        raise MissingRule(f"by coordinates: the formula is nested deeper than {MAX_DEPTH}; {INSTEAD}")
    writer = _Writer(frozenset(moving), known, frozenset(named))
    return writer.entry(root, at, taken)


class _Writer:
    """One formula being written with entries."""

    def __init__(self, moving: frozenset[Node], known: Mapping[Node, Index], named: frozenset[Node]) -> None:
        self.moving, self.known, self.named, self.parts = moving, known, named, 0
        self.held: dict[Node, bool] = {}

    def holds(self, node: Node) -> bool:
        """Whether a variable of differentiation is in the node."""
        if node not in self.held:
            self.held[node] = any(n in self.moving for n in postorder(node))
        return self.held[node]

    def stays(self, node: Node) -> bool:
        """Whether a norm or softmax is one of what does not move."""
        return node.op in STILL and not self.holds(node) and not free_indices(node)

    def entry(self, node: Node, at: Place, scope: Scope) -> Index:
        """Entry ``at`` of a node; sums are over letters not in ``scope``, which holds those of ``at``."""
        self.parts += 1
        if self.parts > MAX_PARTS:
            raise MissingRule(f"by coordinates the formula is longer than a page; {INSTEAD}")
        if node in self.known:
            return self.known[node]
        if node in self.named or (is_whole(node) and self.holds(node)) or self.stays(node):
            return Entry(node, at)
        rule = RULES.get(node.op)
        if rule is not None:
            return rule(self, node, at, scope)
        if node.op.elementwise and node.op.means is None:
            return Function(node.op, tuple(self.entry(a, () if a.is_scalar else at, scope) for a in node.args))
        if node.op.means is not None:
            return self.entry(node.op.means(*node.args), at, scope)
        if not self.holds(node):
            return Entry(node, at)
        why = WHY.get(node.op.name, "is not written out by its entries here")
        raise MissingRule(f"by coordinates, {_said(node)} of the variable {why}; {INSTEAD}")

    def summed(self, count: Size, scope: Scope, body: Callable[[Node, Scope], Index]) -> Index:
        """Σ of ``body(letter, scope)`` over a new letter."""
        if count is ONE:
            return body(UNIT_INDEX, scope)
        i = fresh(scope)
        return summation(i, ONE, count, body(i, scope | {i}))

    def chain(self, node: Node, at: Place, scope: Scope) -> Index:
        """A product: a sum over each inner index that no factor fixes."""
        factors = flat(node)
        if len(factors) > MAX_FACTORS:
            factors = self.products(factors)
        return Chain(self, factors, scope).entry(*at_both(node, at))

    def products(self, factors: list[Node]) -> list[Node]:
        """The factors with matrices beside each other that do not move as one, which stays a matrix."""
        out: list[Node] = []
        for f in factors:
            if out and all(g.op in (SYM, TRANSPOSE, MUL) and self.is_still(g) for g in (out[-1], f)):
                out[-1] = mul(*flat(out[-1]), *flat(f))
            else:
                out.append(f)
        return out

    def is_still(self, node: Node) -> bool:
        return not self.holds(node) and not free_indices(node) and ONE not in node.shape

    def trace(self, node: Node, _: Place, scope: Scope) -> Index:
        a = node.args[0]
        if a.op is MUL and len(flat(a)) > MAX_FACTORS:
            a = self.turned(flat(a))
        return self.summed(a.rows, scope, lambda i, s: self.entry(a, place_of(a, i, i), s))

    def turned(self, factors: list[Node]) -> Node:
        """A product of which only the trace counts, begun at a factor that moves."""
        first = next((k for k, f in enumerate(factors) if self.holds(f)), 0)
        return mul(*factors[first:], *factors[:first])

    def index_sum(self, node: Node, at: Place, scope: Scope) -> Index:
        name, low, high = node.params
        letter, body = index(name), node.args[0]
        if letter in scope or not name.isidentifier():
            other = fresh(scope)
            letter, body = other, replace_index(body, name, other)
        return summation(letter, low, high, self.entry(body, at, scope | {letter}))

    def norm(self, node: Node, _: Place, scope: Scope) -> Index:
        return power(self.squares(node.args[0], scope), HALF)

    def squares(self, a: Node, scope: Scope) -> Index:
        def rows(i: Node, s: Scope) -> Index:
            return self.summed(a.cols, s, lambda j, t: power(self.entry(a, place_of(a, i, j), t), number(2)))

        return self.summed(a.rows, scope, rows)

    def log_sum(self, node: Node, at: Place, scope: Scope) -> Index:
        return Function(log.op, (self.exponentials(node, at, scope),))

    def exponentials(self, node: Node, at: Place, scope: Scope) -> Index:
        """The sum of exp of the entries of a vector, or of a row."""
        a = node.args[0]
        if node.op in (logsumexp_rows.op, softmax_rows.op):
            return self.summed(a.cols, scope, lambda j, s: self.exponential(a, (at[0], j), s))
        return self.summed(a.rows, scope, lambda i, s: self.exponential(a, (i,), s))

    def exponential(self, a: Node, at: Place, scope: Scope) -> Index:
        return Function(exp.op, (self.entry(a, at, scope),))

    def soft(self, node: Node, at: Place, scope: Scope) -> Index:
        below = power(self.exponentials(node, at, scope), MINUS)
        return product(self.exponential(node.args[0], at, scope), below)

    def matrix_power(self, node: Node, at: Place, scope: Scope) -> Index:
        base, e = node.args
        if n := copies(node):
            return self.entry(mul(*[base] * n), at, scope) if n > 1 else self.entry(base, at, scope)
        if not self.holds(node):
            return Entry(node, at)
        if n := inverses(node):
            return self.entry(mul(*[mpow(base, -1)] * n), at, scope)
        word = "this power" if e.op is NUM else "a power with this exponent"
        raise MissingRule(f"by coordinates, {word} of the variable is no sum of products of entries; {INSTEAD}")


def _said(node: Node) -> str:
    """A function as people call it."""
    if node.op is algebra.CALL:
        return f"{node.params[0]}(…)"
    return SAID.get(node.op.name, f"{node.op.text}(…)")


def _number(_: _Writer, node: Node, __: Place, ___: Scope) -> Index:
    return Number(node.params[0])


def _symbol(_: _Writer, node: Node, at: Place, __: Scope) -> Index:
    return Entry(node, at)


def _size(_: _Writer, node: Node, __: Place, ___: Scope) -> Index:
    return counted(node.params[0])


def _add(w: _Writer, node: Node, at: Place, scope: Scope) -> Index:
    return plus(*(product(Number(c), w.entry(a, at, scope)) for c, a in zip(node.params[0], node.args, strict=True)))


def _times(w: _Writer, node: Node, at: Place, scope: Scope) -> Index:
    return product(*(w.entry(a, () if a.is_scalar else at, scope) for a in node.args))


def _power(w: _Writer, node: Node, at: Place, scope: Scope) -> Index:
    return power(*(w.entry(a, () if a.is_scalar else at, scope) for a in node.args))


def _diagonal_matrix(w: _Writer, node: Node, at: Place, scope: Scope) -> Index:
    if not at:
        return w.entry(node.args[0], (), scope)
    return product(delta(at[0], at[1], node.rows), w.entry(node.args[0], at[:1], scope))


def _eye(_: _Writer, node: Node, at: Place, __: Scope) -> Index:
    return delta(at[0], at[1], node.rows) if at else UNIT


RULES: dict[Op, Callable[[_Writer, Node, Place, Scope], Index]] = {
    NUM: _number,
    SYM: _symbol,
    SIZE: _size,
    CONST: _symbol,
    INDEX: _symbol,
    EYE: _eye,
    ONES: lambda _, __, ___, ____: UNIT,
    algebra.ZERO: lambda _, __, ___, ____: ZERO,
    algebra.UNIT: lambda _, node, at, __: delta(at[0], node.args[0], node.rows) if at else UNIT,
    ADD: _add,
    MUL: _Writer.chain,
    SCALE: _times,
    HAD: _times,
    POW: _power,
    TRANSPOSE: lambda w, node, at, scope: w.entry(node.args[0], at[::-1], scope),
    TR: _Writer.trace,
    DIAGM: _diagonal_matrix,
    DIAGV: lambda w, node, at, scope: w.entry(node.args[0], (*at, *at), scope),
    SUMOVER: _Writer.index_sum,
    MPOW: _Writer.matrix_power,
    norm2.op: _Writer.norm,
    normF.op: _Writer.norm,
    logsumexp.op: _Writer.log_sum,
    logsumexp_rows.op: _Writer.log_sum,
    softmax.op: _Writer.soft,
    softmax_rows.op: _Writer.soft,
}
