"""Parts of an expression that may get a name: nodes, contiguous pieces of products, and their transposes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from closedform.expr.node import Node, make
from closedform.expr.size import ONE
from closedform.expr.walk import postorder
from closedform.functions.algebra import ADD, INDEX, MPOW, MUL, NUM, SUMOVER, TRANSPOSE, transpose
from closedform.functions.known_facts import facts_of

Piece = tuple[Node, ...]
MAX_PIECE_CHAIN = 12
MANY = 1_000_000


@dataclass(frozen=True)
class Part:
    """Something to name: ``piece`` holds the factors of a product, or one node."""

    piece: Piece
    node: Node
    times: int


def turned(node: Node) -> Node:
    """The transpose of a normal node, as far as the normal form would push it."""
    if node.op is TRANSPOSE:
        return node.args[0]
    if node.is_scalar or (node.is_square and "sym" in facts_of(node)):
        return node
    if node.op is MPOW:
        return make(MPOW, (turned(node.args[0]), node.args[1]), (), node.shape)
    if node.op is ADD and len(node.args) < 50:
        pairs = sorted(zip(map(_once, node.args), node.params[0], strict=True), key=lambda p: p[0].key)
        return make(ADD, (a for a, _ in pairs), (tuple(c for _, c in pairs),), (node.cols, node.rows))
    return transpose(node)


def _once(node: Node) -> Node:
    if node.op is MUL:
        return make(MUL, tuple(_leaf(a) for a in reversed(node.args)), (), (node.cols, node.rows))
    return _leaf(node)


def _leaf(node: Node) -> Node:
    return node.args[0] if node.op is TRANSPOSE else transpose(node)


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
        elif n.args and n.op not in (TRANSPOSE, NUM, MUL) and n not in inside and _nameable(n):
            back = turned(n)
            extra = count[back] if back is not n and back in have and n.op is ADD else 0
            times[(n,)] = count[n] + extra
    return [Part(p, node_of(p), k) for p, k in times.items() if k > 1]


def _nameable(node: Node) -> bool:
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
    back = turned_piece(piece)
    new: dict[Node, Node] = {}
    for node in postorder(roots):
        if node is single:
            new[node] = name
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
