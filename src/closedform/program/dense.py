"""The array of a linear map, in a program: pieces made by products of matrices, laid onto the axes they belong to.

Entries are summed by one product of two Khatri and Rao products each (Kolda and Bader 2009, section 2.6), or of one
with itself; what is zero because two indices differ is not computed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from math import prod
from typing import Any

from closedform.errors import MissingRule
from closedform.expr.node import Node, make
from closedform.expr.op import Op, Shape
from closedform.expr.size import ONE, Size
from closedform.functions.algebra import size_number
from closedform.functions.known_facts import facts_of
from closedform.program.contraction import KHATRI, Piece, contracted
from closedform.program.entries import entries_of
from closedform.program.ir import Ref
from closedform.program.planner import Planner, rule
from closedform.program.products import transposed
from closedform.program.sums import number_step, scaled
from closedform.rewrite.normal.normal import normal

Joint = tuple[tuple[Ref, tuple[int, ...]], ...]
Places = tuple[tuple[int, tuple[int, ...]], ...]
Pairs = tuple[tuple[int, int], ...]
Numbered = tuple[Fraction, tuple[int, ...], Places, Places, int | None, Pairs]
"""Number, scalars, factors with their axes, summed matrices with theirs, weights, pairs of equal axes."""


@dataclass(frozen=True)
class Laid:
    """A piece in a program: its sign, the places of its factors among the arguments with the axes of each, and the
    pairs of axes outside of whose diagonal it is zero."""

    sign: int
    factors: tuple[tuple[int, tuple[int, ...]], ...]
    diagonals: tuple[tuple[int, int], ...]


def _shape(_: tuple[Node, ...], params: tuple[Any, ...]) -> Shape:
    out, into = params[1]
    return out, into


DENSE = Op(name="run.dense", text="the array of a map", shape=_shape)


def dense(linear: Node, direction: Node) -> Node:
    """A node whose program is the array of a map, its axes those of the value and then those of ``direction``.

    Raises MissingRule where the map goes through what is no product, sum or diagonal.
    """
    value = normal(linear)
    pieces = tuple(contracted(e) for e in entries_of(value, direction))
    axes = (*value.shape, *direction.shape)
    if all(s is ONE for s in axes):
        raise MissingRule("the derivative of a scalar by a scalar has no axes; compile the map itself")
    nodes = {n: None for p in pieces for n in _nodes(p)}
    sizes = {size_number(s): None for s in axes if s.number is None}
    where = {n: k for k, n in enumerate(nodes)}
    shape = (value.rows * value.cols, direction.rows * direction.cols)
    return make(DENSE, (*nodes, *sizes), (tuple(_numbered(p, where) for p in pieces), shape, axes))


def _nodes(p: Piece) -> Iterator[Node]:
    yield from p.scalars
    yield from (f.node for f in p.factors)
    yield from (m for m, _ in p.joint)
    if p.weights is not None:
        yield p.weights


def _numbered(p: Piece, where: dict[Node, int]) -> Numbered:
    """A piece with its nodes as places among the arguments, and its indices as axes."""
    axes: dict[int, int] = {}
    for axis, index in enumerate(p.out):
        if index is not None:
            axes.setdefault(index, axis)
    diagonals = tuple((axes[k], axis) for axis, k in enumerate(p.out) if k is not None and axes[k] != axis)
    factors = tuple((where[f.node], tuple(axes[k] for k in p.singly(f.at))) for f in p.factors)
    joint = tuple(sorted(((where[m], tuple(axes[j] for j in p.singly((k,)))) for m, k in p.joint), key=lambda j: j[1]))
    weights = None if p.weights is None else where[p.weights]
    return p.number, tuple(where[s] for s in p.scalars), factors, joint, weights, diagonals


@rule(DENSE)
def _dense(plan: Planner, node: Node) -> Ref:
    pieces, _, axes = node.params
    args: list[Ref] = []
    laid = tuple(_laid(plan, node, piece, args) for piece in sorted(pieces, key=lambda p: -len(p[3])))
    return plan.emit("dense", tuple(args), node.shape, laid, axes)


@rule(KHATRI)
def _khatri_rao(plan: Planner, node: Node) -> Ref:
    return plan.emit("khatri", tuple(map(plan.value, node.args)), node.shape)


def _laid(plan: Planner, node: Node, piece: Numbered, args: list[Ref]) -> Laid:
    number, scalars, factors, joint, weights, diagonals = piece
    values: list[tuple[Ref, tuple[int, ...]]] = [(plan.value(node.args[k]), ()) for k in scalars]
    values += [(plan.value(node.args[k]), at) for k, at in factors]
    if joint:
        weight = None if weights is None else node.args[weights]
        values.append(_joint(plan, tuple((plan.value(node.args[k]), axis) for k, axis in joint), weight))
    if not values:
        values = [(number_step(plan, abs(number)), ())]
    elif abs(number) != 1:
        k = min(range(len(values)), key=lambda k: prod(plan.dims(plan.shape(values[k][0]))))
        ref, at = values[k]
        values[k] = scaled(plan, abs(number), ref, plan.shape(ref)), at
    start = len(args)
    args.extend(ref for ref, _ in values)
    return Laid(-1 if number < 0 else 1, tuple((start + k, at) for k, (_, at) in enumerate(values)), diagonals)


def _joint(plan: Planner, parts: Joint, weights: Node | None) -> tuple[Ref, tuple[int, ...]]:
    """Σ_s w[s] Π M[s, axis], and the axes in the order in which its entries lie."""
    first, second = _halves(plan, parts)
    left = _khatri(plan, first)
    right = left if [r for r, _ in first] == [r for r, _ in second] else _khatri(plan, second)
    rows, cols = plan.shape(left)[1], plan.shape(right)[1]
    axes = tuple(axis for _, at in (*first, *second) for axis in at)
    if right == left and (weights is None or "nonneg" in facts_of(weights)):
        if weights is not None:
            from_root = plan.value(weights ** Node.algebra.lift(Fraction(1, 2)))
            left = plan.emit("rows", (from_root, left), plan.shape(left))
        return plan.emit("gram", (left,), (rows, cols)), axes
    if weights is not None:
        right = plan.emit("rows", (plan.value(weights), right), plan.shape(right))
    return plan.emit("matmul", (transposed(plan, left), right), (rows, cols)), axes


def _halves(plan: Planner, parts: Joint) -> tuple[Joint, Joint]:
    """Two groups of matrices: equal ones, else one that is there already, else those that are least to form."""
    found: list[tuple[tuple[bool, float, bool], tuple[Joint, Joint]]] = []
    size = len(parts) // 2
    for chosen in combinations(range(len(parts)), len(parts) - size):
        first = tuple(parts[k] for k in chosen)
        second = tuple(p for k, p in enumerate(parts) if k not in chosen)
        same = [r for r, _ in first] == [r for r, _ in second]
        entries = sum(_entries(plan, g) for g in (first, second))
        laid = [axis for _, at in (*first, *second) for axis in at]
        turned = laid != sorted(laid)
        found.append(((not same, entries, turned), (first, second)))
    return min(found, key=lambda f: f[0])[1]


def _entries(plan: Planner, group: Joint) -> float:
    """How many entries are to be formed for a group."""
    refs = tuple(r for r, _ in group)
    if len(group) == 1 or plan.look(("khatri", refs, (), _shape_of(plan, refs))) is not None:
        return 0.0
    return float(prod(plan.dims(plan.shape(r))[1] for r in refs) * plan.dims(plan.shape(refs[0]))[0])


def _shape_of(plan: Planner, refs: tuple[Ref, ...]) -> Shape:
    cols: Size = ONE
    for r in refs:
        cols = cols * plan.shape(r)[1]
    return plan.shape(refs[0])[0], cols


def _khatri(plan: Planner, group: Joint) -> Ref:
    """Row by row the Kronecker product of rows."""
    refs = tuple(r for r, _ in group)
    return refs[0] if len(refs) == 1 else plan.emit("khatri", refs, _shape_of(plan, refs))
