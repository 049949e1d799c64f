"""Parts of an expression that may get a name: nodes, contiguous pieces of products, and their transposes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from closedform.expr.node import Node, make
from closedform.expr.size import ONE
from closedform.expr.walk import postorder
from closedform.functions.algebra import (
    ADD,
    EYE,
    INDEX,
    MPOW,
    MUL,
    NUM,
    POW,
    SCALE,
    SUMOVER,
    TRANSPOSE,
    power,
    transpose,
)
from closedform.functions.known_facts import facts_of
from closedform.rewrite.display.build import cost

Piece = tuple[Node, ...]
MAX_PIECE_CHAIN = 12
HALF = Fraction(1, 2)
MANY = 1_000_000


@dataclass(frozen=True)
class Part:
    """Something to name: ``piece`` holds the factors of a product, or one node."""

    piece: Piece
    node: Node
    times: int


def turned(node: Node, depth: int = 5) -> Node:
    """The transpose of a normal node, as far as the normal form would push it (down to ``depth``)."""
    if node.op is TRANSPOSE:
        return node.args[0]
    if node.is_scalar or node.op is EYE or (node.is_square and "sym" in facts_of(node)):
        return node
    if depth == 0 or len(node.args) > 50:
        return transpose(node)
    below = depth - 1
    shape = node.cols, node.rows
    if node.op is MPOW:
        return make(MPOW, (turned(node.args[0], below), node.args[1]), (), shape)
    if node.op is MUL:
        return make(MUL, [turned(a, below) for a in reversed(node.args)], (), shape)
    if node.op is SCALE:
        return make(SCALE, (node.args[0], turned(node.args[1], below)), (), shape)
    if node.op is ADD:
        parts = [turned(a, below) for a in node.args]
        pairs = sorted(zip(parts, node.params[0], strict=True), key=lambda p: p[0].key)
        return make(ADD, [a for a, _ in pairs], (tuple(c for _, c in pairs),), shape)
    return transpose(node)


def turned_piece(piece: Piece) -> Piece:
    return tuple(turned(a) for a in reversed(piece))


def nodes_of(roots: Iterable[Node]) -> list[Node]:
    return list(postorder(roots))


def paths(nodes: list[Node], roots: Iterable[Node]) -> dict[Node, int]:
    """How often each node stands in the tree that would be printed (at most MANY)."""
    count = dict.fromkeys(nodes, 0)
    for root in roots:
        count[root] += 1
    for node in reversed(nodes):
        times = min(count[node], MANY)
        for a in node.args:
            count[a] += times
    return count


def bound(nodes: list[Node]) -> set[Node]:
    """The nodes that hold a summed index: they cannot leave their sum."""
    summed = {n.params[0] for n in nodes if n.op is SUMOVER}
    out: set[Node] = set()
    if summed:
        for n in nodes:
            if (n.op is INDEX and n.params[0] in summed) or any(a in out for a in n.args):
                out.add(n)
    return out


def candidates(nodes: list[Node], count: Mapping[Node, int]) -> list[Part]:
    """What stands more than once, pieces of products included, each with how often."""
    inside = bound(nodes)
    have = set(nodes)
    times: dict[Piece, int] = {}
    for n in nodes:
        if n.op is MUL and n not in inside and len(n.args) <= MAX_PIECE_CHAIN:
            for piece in _pieces(n.args):
                times[piece] = times.get(piece, 0) + count[n]
        if n.args and n not in inside and _nameable(n):
            back = turned(n) if n.op is ADD else n
            both = back is not n and back in have
            if not both or cost(n) <= cost(back):
                times[(n,)] = count[n] + (count[back] if both else 0)
    for q, k in _roots(nodes, count).items():
        if q not in inside:
            times[(power(q, HALF),)] = k
    return [Part(p, node_of(p), k) for p, k in times.items() if k > 1]


def _roots(nodes: list[Node], count: Mapping[Node, int]) -> dict[Node, int]:
    """The scalars of which square roots are taken, each with how often powers of it stand."""
    times: dict[Node, int] = {}
    rooted = set()
    for n in nodes:
        if n.op is POW and n.is_scalar and n.args[1].op is NUM:
            q, e = n.args[0], n.args[1].params[0]
            times[q] = times.get(q, 0) + count[n]
            if e.denominator == 2 and q.args:
                rooted.add(q)
    return {q: k for q, k in times.items() if q in rooted}


def _nameable(node: Node) -> bool:
    """Scalars, columns and matrices; products that are no scalar are among the pieces of products."""
    if node.op is TRANSPOSE or (node.op is MUL and not node.is_scalar):
        return False
    return node.cols is ONE or node.rows is not ONE


def _pieces(args: Piece) -> Iterable[Piece]:
    for i in range(len(args)):
        for j in range(i + 2, len(args) + 1):
            piece = args[i:j]
            rows, cols = piece[0].rows, piece[-1].cols
            if rows is ONE and cols is ONE:
                continue
            back = turned_piece(piece)
            if rows is ONE:
                yield back
            elif cols is ONE:
                yield piece
            else:
                yield min(piece, back, key=_order)


def _order(piece: Piece) -> tuple[int, list[bytes]]:
    return sum(a.op is TRANSPOSE for a in piece), [a.key for a in piece]


def node_of(piece: Piece) -> Node:
    return piece[0] if len(piece) == 1 else make(MUL, piece)


def put(roots: list[Node], part: Part, name: Node) -> list[Node]:
    """The roots with ``name`` in place of the part."""
    piece = part.piece
    single = piece[0] if len(piece) == 1 else None
    root = single.args[0] if single is not None and _is_root(single) else None
    back = turned_piece(piece)
    new: dict[Node, Node] = {}
    for node in postorder(roots):
        if node is single:
            new[node] = name
        elif root is not None and node.op is POW and node.args[0] is root and node.args[1].op is NUM:
            new[node] = power(name, 2 * node.args[1].params[0])
        elif single is not None and node is back[0] and node is not single and node.op is not TRANSPOSE:
            new[node] = transpose(name)
        else:
            args = tuple([new[a] for a in node.args])
            if single is None and node.op is MUL:
                args = _in_chain(node.args, args, piece, back, name)
                new[node] = args[0] if len(args) == 1 else make(MUL, args)
            elif all(a is b for a, b in zip(args, node.args, strict=True)):
                new[node] = node
            else:
                new[node] = make(node.op, args, node.params, node.shape)
    return [new[r] for r in roots]


def _is_root(node: Node) -> bool:
    return node.op is POW and node.is_scalar and node.args[1].op is NUM and node.args[1].params[0] == HALF


def _in_chain(old: Piece, new: Piece, piece: Piece, back: Piece, name: Node) -> Piece:
    out: list[Node] = []
    k, width = 0, len(piece)
    while k < len(old):
        window = old[k : k + width]
        if window == piece:
            out.append(name)
            k += width
        elif window == back:
            out.append(transpose(name))
            k += width
        else:
            out.append(new[k])
            k += 1
    return tuple(out)
