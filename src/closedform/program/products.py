"""Products of matrices: the order by dynamic programming over what each factor costs to apply or to form."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from closedform.expr.node import Node
from closedform.expr.op import Shape
from closedform.expr.size import ONE
from closedform.functions import rearrange
from closedform.functions.algebra import ADD, DIAGM, EYE, MPOW, MUL, SCALE, TRANSPOSE
from closedform.functions.known_facts import facts_of
from closedform.program.costs import CALL, elementwise, factorisation, product, solving
from closedform.program.ir import Ref, rank
from closedform.program.planner import Planner
from closedform.program.sums import added, diagonal_of, diagonal_sum
from closedform.rewrite.normal.engine import ntranspose, number

MAX_POWER = 6
MOST_CUTS = 100_000
"""Places to cut a product that are weighed for one program; then what is inside of products is taken to cost the same
in every order."""
KRON = rearrange.kron.op


@dataclass(frozen=True)
class Leaf:
    """One factor: a value that is there (``ref``), or a node that is formed only where that pays."""

    kind: str  # plain, diag, inverse, sum, scaled, kron
    shape: Shape
    node: Node | None = None
    ref: Ref | None = None


def leaves(factors: tuple[Node, ...]) -> list[Leaf]:
    """The factors with small powers spelled out."""
    out: list[Leaf] = []
    for f in factors:
        k = number(f.args[1]) if f.op is MPOW else None
        if k is not None and k.denominator == 1 and 0 < abs(k) <= MAX_POWER:
            one = f.args[0]
            out += [Leaf("inverse" if k < 0 else _kind(one), f.shape, one)] * abs(int(k))
        elif f.op is not EYE:
            out.append(Leaf(_kind(f), f.shape, f))
    return out


def _kind(node: Node) -> str:
    if node.op is DIAGM:
        return "diag"
    if node.rows is ONE or node.cols is ONE:
        return "plain"
    if node.op is ADD:
        return "sum" if any(diagonal_of(t) is None for t in node.args) else "diag"
    return "kron" if node.op is KRON and all(rank(a.shape) == 2 for a in node.args) else "plain"


class Chain:
    """One product being ordered."""

    def __init__(self, plan: Planner, parts: list[Leaf], known: dict[Any, float] | None = None) -> None:
        self.plan, self.parts = plan, parts
        self.known: dict[Any, float] = {} if known is None else known
        """What nodes below cost, for this product and those inside of it."""
        self.best: dict[tuple[int, int], tuple[float, int]] = {}

    # -- costs

    def rows(self, i: int) -> int:
        return self.plan.dims(self.parts[i].shape)[0]

    def cols(self, j: int) -> int:
        return self.plan.dims(self.parts[j].shape)[1]

    def cost(self, i: int, j: int) -> float:
        """Nanoseconds for the product of factors i..j, and the place to cut it."""
        if i == j:
            return self.forming(self.parts[i])
        if (i, j) not in self.best:
            if all(map(self.is_fixed, self.parts[i : j + 1])):
                self.best[i, j] = (0.0, min((self.cut(i, k, j), k) for k in range(i, j))[1])
            elif self.plan.look(self.key(i, j)) is not None:
                self.best[i, j] = (0.0, i)
            else:
                self.best[i, j] = min((self.cut(i, k, j), k) for k in range(i, j))
        return self.best[i, j][0]

    def is_fixed(self, leaf: Leaf) -> bool:
        return leaf.node is not None and self.plan.is_fixed(leaf.node)

    def order(self) -> None:
        """Costs from short pieces to long ones, so that nothing recurses deep."""
        n = len(self.parts)
        for length in range(2, n + 1):
            for i in range(n - length + 1):
                self.cost(i, i + length - 1)

    def cut(self, i: int, k: int, j: int) -> float:
        self.plan.cuts += 1
        r, m, c = self.rows(i), self.cols(k), self.cols(j)
        left, right = self.parts[i] if i == k else None, self.parts[j] if k + 1 == j else None
        special = self.applied(left, right, r, m, c)
        if left is not None and special is not None and special[0] == "left":
            return special[1] + self.cost(k + 1, j)
        if right is not None and special is not None:
            return special[1] + self.cost(i, k)
        return self.cost(i, k) + self.cost(k + 1, j) + product(r, m, c).ns

    def applied(self, left: Leaf | None, right: Leaf | None, r: int, m: int, c: int) -> tuple[str, float] | None:
        """Which of two factors is applied rather than formed, and the cost; None for a plain product."""
        if left is not None and (cost := self.applying(left, c)) is not None:
            return "left", cost
        if right is not None and (cost := self.applying(right, r)) is not None:
            return "right", cost
        return None

    def applying(self, leaf: Leaf, width: int) -> float | None:
        """The cost of one factor times ``width`` columns without forming it; None where it has to be formed."""
        rows, cols = self.plan.dims(leaf.shape)
        if leaf.kind == "diag":
            return elementwise(rows * width).ns
        if leaf.kind == "inverse":
            assert leaf.node is not None
            there = self.plan.look(("factor", uprighted(leaf.node))) is not None or self.is_fixed(leaf)
            own = 0.0 if there else factorisation("chol" if spd(leaf.node) else "lu", rows).ns
            return own + solving(rows, width).ns + self.plan_cost(leaf.node)
        if leaf.kind == "kron" and leaf.node is not None and width == 1:
            (p, q), (r, s) = (self.plan.dims(a.shape) for a in leaf.node.args)
            return product(r, s, q * width).ns + product(p, q, r * width).ns + 2 * CALL
        if leaf.kind == "sum" and leaf.node is not None and width == 1:
            apart = sum(self.term_cost(t, rows, cols) for t in leaf.node.args)
            whole = self.forming(leaf) + product(rows, cols, width).ns
            return apart if apart < whole else None
        return None

    def term_cost(self, term: Node, rows: int, cols: int) -> float:
        inner = term.args[1] if term.op is SCALE else term
        if inner.op is MUL:
            column = (inner, "column")
            if column not in self.known:
                self.known[column] = self.inside([*leaves(inner.args), Leaf("plain", (inner.cols, ONE))])
            return self.known[column] + elementwise(rows).ns
        if inner.op in (DIAGM, EYE):
            return 2 * elementwise(rows).ns
        return self.plan_cost(inner) + product(rows, cols, 1).ns + elementwise(rows).ns

    def plan_cost(self, node: Node) -> float:
        """What it costs to have the array of a node; nothing for a variable or what is there already."""
        if not node.args or node.op is TRANSPOSE or self.plan.is_fixed(node) or self.plan.look(node) is not None:
            return 0.0
        if node not in self.known:
            self.known[node] = self._plan_cost(node)
        return self.known[node]

    def inside(self, parts: list[Leaf]) -> float:
        """What a product inside this one costs."""
        if self.plan.cuts > MOST_CUTS:
            return 0.0
        chain = Chain(self.plan, parts, self.known)
        chain.order()
        return chain.cost(0, len(parts) - 1)

    def _plan_cost(self, node: Node) -> float:
        rows, cols = self.plan.dims(node.shape)
        if node.op is ADD:
            return sum(self.plan_cost(a) + 2 * elementwise(rows * cols).ns for a in node.args)
        if node.op is MUL:
            return self.inside(leaves(node.args))
        if node.op is SCALE:
            return self.plan_cost(node.args[1]) + elementwise(rows * cols).ns
        return elementwise(rows * cols).ns

    def forming(self, leaf: Leaf) -> float:
        if leaf.ref is not None or leaf.node is None or self.is_fixed(leaf):
            return 0.0
        rows, cols = self.plan.dims(leaf.shape)
        if leaf.kind == "diag":
            return elementwise(rows * cols).ns
        if leaf.kind == "inverse":
            return factorisation("inv", rows).ns + self.plan_cost(leaf.node)
        return self.plan_cost(leaf.node)

    # -- steps

    def key(self, i: int, j: int) -> tuple[object, ...]:
        return ("product", *((p.kind == "inverse", p.node if p.ref is None else p.ref) for p in self.parts[i : j + 1]))

    def build(self, i: int, j: int) -> Ref:
        """The value of factors i..j."""
        if i == j:
            return formed(self.plan, self.parts[i])
        key = self.key(i, j)
        found = self.plan.look(key)
        if found is None:
            found = self._built(i, self.best[i, j][1], j)
            self.plan.scopes[-1].known[key] = found
        return found

    def _built(self, i: int, k: int, j: int) -> Ref:
        left, right = self.parts[i] if i == k else None, self.parts[j] if k + 1 == j else None
        shape = (self.parts[i].shape[0], self.parts[j].shape[1])
        which = self.applied(left, right, self.rows(i), self.cols(k), self.cols(j))
        if which is not None and which[0] == "left":
            assert left is not None
            return apply_left(self.plan, left, self.build(k + 1, j), shape)
        if which is not None:
            assert right is not None
            return apply_right(self.plan, self.build(i, k), right, shape)
        return multiplied(self.plan, self.build(i, k), self.build(k + 1, j), self.parts[k].shape[1], shape)


def spd(node: Node) -> bool:
    return "pd" in facts_of(node)


def formed(plan: Planner, leaf: Leaf) -> Ref:
    """The array of one factor."""
    if leaf.ref is not None:
        return leaf.ref
    assert leaf.node is not None
    if leaf.kind != "inverse":
        return plan.value(leaf.node)
    matrix = uprighted(leaf.node)
    found = plan.emit("inv_chol" if spd(matrix) else "inv", (factor(plan, matrix),), leaf.shape)
    plan.scopes[-1].known["inverse", matrix] = found
    return found if matrix is leaf.node else transposed(plan, found)


def uprighted(matrix: Node) -> Node:
    """The matrix whose factorisation also serves its transpose."""
    return matrix.args[0] if matrix.op is TRANSPOSE else matrix


def _solved(plan: Planner, matrix: Node, right: Ref, shape: Shape) -> Ref:
    """The inverse of a matrix times a value."""
    if spd(matrix):
        return plan.emit("solve_chol", (factor(plan, matrix), right), shape)
    own = uprighted(matrix)
    return plan.emit("solve_lu" if own is matrix else "solve_lu_t", (factor(plan, own), right), shape)


def factor(plan: Planner, matrix: Node) -> Ref:
    """The one factorisation of a matrix: Cholesky where it is known to be positive definite, LU else."""
    key = ("factor", matrix)
    found = plan.look(key)
    if found is None:
        with plan.home(matrix):
            kind = "chol" if spd(matrix) else "lu"
            found = plan.emit(kind, (plan.value(matrix),), matrix.shape)
            plan.scopes[-1].known[key] = found
    return found


def apply_left(plan: Planner, leaf: Leaf, right: Ref, shape: Shape) -> Ref:
    """A factor times a value, the factor not formed."""
    assert leaf.node is not None
    if leaf.kind == "diag":
        d = entries(plan, leaf.node)
        return plan.emit("rows" if plan.rank(right) == 2 and plan.rank(d) else "mul", (d, right), shape)
    if leaf.kind == "inverse":
        return _solved(plan, leaf.node, right, shape)
    if leaf.kind == "kron":
        factors = leaf.node.args
        return plan.emit("kron_times", (*map(plan.value, factors), right), shape, *(a.shape for a in factors))
    return _sum_times(plan, leaf.node, right, shape)


def entries(plan: Planner, diagonal: Node) -> Ref:
    """The diagonal of diag(d), or of a sum of such: a vector, or a number for a multiple of I."""
    if diagonal.op is DIAGM:
        return plan.value(diagonal.args[0])
    return diagonal_sum(plan, list(zip(diagonal.params[0], diagonal.args, strict=True)))


def apply_right(plan: Planner, left: Ref, leaf: Leaf, shape: Shape) -> Ref:
    """A value times a factor, the factor not formed: the transposed problem."""
    assert leaf.node is not None
    if leaf.kind == "diag":
        d = entries(plan, leaf.node)
        if not plan.rank(d):
            return plan.emit("mul", (d, left), shape)
        return plan.emit("cols" if plan.rank(left) == 2 else "mul", (left, d), shape)
    turned = Leaf(leaf.kind, (leaf.shape[1], leaf.shape[0]), ntranspose(leaf.node))
    below = left if plan.rank(left) == 1 else transposed(plan, left)
    out = (shape[1], shape[0])
    found = apply_left(plan, turned, below, out)
    return found if plan.rank(left) == 1 else transposed(plan, found)


def _sum_times(plan: Planner, total: Node, right: Ref, shape: Shape) -> Ref:
    """Σ cᵢ Tᵢ times a column, term by term: a vector, or a matrix that has one column at these sizes."""
    terms: list[tuple[Fraction, Ref]] = []
    for c, t in zip(total.params[0], total.args, strict=True):
        s, inner = (t.args[0], t.args[1]) if t.op is SCALE else (None, t)
        end = Leaf("plain", (inner.cols, shape[1]), None, right)
        value = times(plan, [*leaves(inner.args if inner.op is MUL else (inner,)), end])
        terms.append((c, value if s is None else plan.emit("mul", (plan.value(s), value), shape)))
    return added(plan, terms, shape)


def transposed(plan: Planner, ref: Ref) -> Ref:
    rows, cols = plan.shape(ref)
    return ref if plan.rank(ref) < 2 else plan.emit("T", (ref,), (cols, rows))


def multiplied(plan: Planner, left: Ref, right: Ref, inner: object, shape: Shape) -> Ref:
    """A plain product of two values."""
    if inner is ONE:
        scalar = plan.rank(left) == 0 or plan.rank(right) == 0
        return plan.emit("mul" if scalar else "outer", (left, right), shape)
    if plan.ops[left] == "ones" or plan.ops[right] == "ones":
        return _summed(plan, left, right, shape)
    return plan.emit("matmul", (left, right), shape)


def _summed(plan: Planner, left: Ref, right: Ref, shape: Shape) -> Ref:
    """A product with a vector of ones."""
    first = plan.ops[left] == "ones"
    other = right if first else left
    if plan.rank(other) == 1:
        return plan.emit("fn", (other,), shape, "sum")
    return plan.emit("colsum" if first else "rowsum", (other,), shape)


def times(plan: Planner, parts: list[Leaf]) -> Ref:
    """The product of these factors in the cheapest order."""
    chain = ordered(plan, parts)
    for matrix in {uprighted(p.node): None for p in parts if p.kind == "inverse" and p.node is not None}:
        if spd(matrix):
            chain = _with_inverse(plan, chain, matrix)
    return chain.build(0, len(chain.parts) - 1)


def ordered(plan: Planner, parts: list[Leaf]) -> Chain:
    chain = Chain(plan, parts)
    chain.order()
    return chain


def _with_inverse(plan: Planner, chain: Chain, matrix: Node) -> Chain:
    """The same product with the inverse of a positive definite matrix formed, where that is cheaper."""
    inverse = Leaf("inverse", matrix.shape, matrix)
    there = plan.look(("inverse", matrix)) is not None
    own = 0.0 if there else chain.forming(inverse)
    last = len(chain.parts) - 1
    mine = [p.kind == "inverse" and p.node is not None and uprighted(p.node) is matrix for p in chain.parts]
    blank = [Leaf("plain", p.shape) if own_one else p for p, own_one in zip(chain.parts, mine, strict=True)]
    if last == 0 or own + ordered(plan, blank).cost(0, last) >= chain.cost(0, last):
        return chain
    ref = formed(plan, inverse)
    known = Leaf("plain", matrix.shape, None, ref)
    return ordered(plan, [known if own_one else p for p, own_one in zip(chain.parts, mine, strict=True)])
