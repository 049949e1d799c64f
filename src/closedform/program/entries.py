"""A linear map by its entries: each a sum of products of entries of fixed matrices, over indices.

``diag(v)*(dX.*C)*B`` is ``v[i]*C[i,k]*B[k,j]`` at the entry i, j, k of value and direction. An index that is in neither
is summed over. Equal indices in value and direction are what makes an array of derivatives mostly zeros.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import count

from closedform.errors import MissingRule
from closedform.expr.node import Node
from closedform.expr.size import ONE
from closedform.expr.walk import postorder
from closedform.functions.algebra import ADD, DIAGM, DIAGV, EYE, HAD, MUL, ONES, SCALE, TR, TRANSPOSE, ones
from closedform.functions.known_facts import facts_of
from closedform.functions.matrix import tril, triu
from closedform.program.sums import diagonal_of
from closedform.rewrite.normal.engine import ndiagv, nhad, nmul, nones, nscale, nsum, ntranspose, terms_of

Index = int | None
"""None stands for an axis of length one."""
MAX_ENTRIES = 200
HALVES = {tril.op: tril, triu.op: triu}


@dataclass(frozen=True)
class Factor:
    """The entry of a matrix at two indices, or of a column at one."""

    node: Node
    at: tuple[int, ...]


@dataclass(frozen=True)
class Entry:
    """``number * scalars * factors``, summed over the indices that are in neither ``out`` nor ``into``."""

    number: Fraction
    scalars: tuple[Node, ...]
    factors: tuple[Factor, ...]
    out: tuple[Index, Index]
    into: tuple[Index, Index]

    def times(self, *factors: Factor, out: tuple[Index, Index] | None = None) -> Entry:
        return replace(self, factors=(*self.factors, *factors), out=self.out if out is None else out)

    def joined(self, first: Index, second: Index) -> Entry:
        """The same with two indices that are one."""
        if first is None or second is None or first == second:
            return self

        def name(k: Index) -> Index:
            return first if k == second else k

        factors = tuple(Factor(f.node, tuple(first if k == second else k for k in f.at)) for f in self.factors)
        (p, q), (a, b) = self.out, self.into
        return Entry(self.number, self.scalars, factors, (name(p), name(q)), (name(a), name(b)))


def entries_of(linear: Node, direction: Node) -> list[Entry]:
    """The terms of a map that is linear in ``direction``. MissingRule where it goes through another operation."""
    fresh = count()
    done: dict[Node, list[Entry]] = {direction: _projected(direction, fresh)}
    for node in postorder(linear):
        if node not in done and any(a in done for a in node.args):
            done[node] = list(_through(node, done, fresh))
            if len(done[node]) > MAX_ENTRIES:
                raise MissingRule(f"this map has more than {MAX_ENTRIES} terms; its array(...) has all its entries")
    return [_tidy(e) for e in done.get(linear, [])]


def _projected(direction: Node, fresh: Iterator[int]) -> list[Entry]:
    """The entries of a direction: of a symmetric one and the like, its part in the space of its variable."""
    p, q = (None if s is ONE else next(fresh) for s in direction.shape)
    plain = Entry(Fraction(1), (), (), (p, q), (p, q))
    if p is None or q is None:
        return [plain]
    facts = facts_of(direction)
    if "diag" in facts:
        return [replace(plain, out=(p, p), into=(p, p))]
    if "sym" in facts or "skew" in facts:
        half = Fraction(1, 2)
        return [replace(plain, number=half), replace(plain, number=half if "sym" in facts else -half, into=(q, p))]
    half_plane = tril if "lower" in facts else triu if "upper" in facts else None
    return [plain if half_plane is None else plain.times(Factor(half_plane(ones(*direction.shape)), (p, q)))]


def _through(node: Node, done: dict[Node, list[Entry]], fresh: Iterator[int]) -> Iterator[Entry]:
    """The entries of a node from those of its argument that moves."""
    if node.op is ADD:
        for c, a in terms_of(node):
            yield from (replace(e, number=c * e.number) for e in done[a])
        return
    k = next(k for k, a in enumerate(node.args) if a in done)
    for e in done[node.args[k]]:
        p, q = e.out
        if node.op is TRANSPOSE:
            yield replace(e, out=(q, p))
        elif node.op is HAD:
            yield e.times(*_factor(nhad(*node.args[:k], *node.args[k + 1 :]), p, q))
        elif node.op is SCALE:
            yield _scaled(node, k, e, fresh)
        elif node.op is MUL:
            yield _product(node, k, e, fresh)
        elif node.op is DIAGM:
            yield replace(e, out=(p, p))
        elif node.op is DIAGV:
            yield replace(one := e.joined(p, q), out=(one.out[0], None))
        elif node.op is TR:
            yield replace(e.joined(p, q), out=(None, None))
        elif node.op in HALVES:
            yield e.times(*_factor(HALVES[node.op](ones(*node.shape)), p, q))
        else:
            raise MissingRule(f"the array of this map has no program through {node.op.text}; "
                              "its array(...) has all its entries")  # fmt: skip


def _scaled(node: Node, k: int, e: Entry, fresh: Iterator[int]) -> Entry:
    """A scalar times a matrix, either of which moves."""
    other = node.args[1 - k]
    if k == 1:
        return replace(e, scalars=(*e.scalars, other))
    diagonal = diagonal_vector(other)
    rows, cols = (None if s is ONE else next(fresh) for s in other.shape)
    if diagonal is not None:
        return e.times(*_factor(diagonal, rows, None), out=(rows, rows))
    return e.times(*_factor(other, rows, cols), out=(rows, cols))


def _product(node: Node, k: int, e: Entry, fresh: Iterator[int]) -> Entry:
    """Fixed factors on the left and on the right, neighbours multiplied unless they are diagonal."""
    for left in reversed(_runs(node.args[:k])):
        e = _beside(e, left, 0, fresh)
    for right in _runs(node.args[k + 1 :]):
        e = _beside(e, ntranspose(right), 1, fresh)
    return e


def _runs(factors: tuple[Node, ...]) -> list[Node]:
    out: list[Node] = []
    for f in factors:
        if out and diagonal_vector(f) is None and diagonal_vector(out[-1]) is None:
            out[-1] = nmul(out[-1], f)
        else:
            out.append(f)
    return out


def _beside(e: Entry, matrix: Node, side: int, fresh: Iterator[int]) -> Entry:
    """A matrix applied to one side: from the left, or (transposed) from the right."""
    inner = e.out[side]
    diagonal = diagonal_vector(matrix)
    if diagonal is not None:
        return e.times(*_factor(diagonal, inner, None))
    outer = None if matrix.rows is ONE else next(fresh)
    out = (outer, e.out[1]) if side == 0 else (e.out[0], outer)
    return e.times(*_factor(matrix, outer, inner), out=out)


def diagonal_vector(node: Node) -> Node | None:
    """The column on the diagonal of a matrix that has nothing else."""
    if node.is_scalar or not node.is_square or any(diagonal_of(a) is None for _, a in terms_of(node)):
        return None
    parts = []
    for c, a in terms_of(node):
        core = diagonal_of(a)
        assert core is not None
        column = nones(node.rows) if core.op is EYE else core.args[0]
        parts.append((c, nscale(a.args[0], column) if a.op is SCALE else column))
    return nsum(parts, (node.rows, ONE))


def _factor(node: Node, p: Index, q: Index) -> tuple[Factor, ...]:
    """The entry of a node at two indices; nothing for one that is 1 everywhere."""
    if node.op is ONES:
        return ()
    if node.rows is ONE and node.cols is not ONE:
        node, p, q = ntranspose(node), q, p
    return (Factor(node, tuple(k for k in (p, q) if k is not None)),)


def _tidy(e: Entry) -> Entry:
    """Scalars apart, a matrix at two equal indices as its diagonal."""
    scalars = (*e.scalars, *(f.node for f in e.factors if not f.at))
    factors = [f for f in e.factors if f.at]
    out = [Factor(ndiagv(f.node), f.at[:1]) if len(f.at) == 2 and f.at[0] == f.at[1] else f for f in factors]
    return replace(e, scalars=scalars, factors=tuple(out))
