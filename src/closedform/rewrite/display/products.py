"""Matrix products: transposes collected, scalar chains as norms, entries and sums, traces as ``<A, B>``."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from closedform.expr.node import Node
from closedform.expr.size import ONE as ONE_SIZE
from closedform.rewrite import show as s
from closedform.rewrite.display.face import NOTHING, Face, Fixed, Pair
from closedform.rewrite.show import Items, Rational, Show

MAX_ROTATIONS = 12
DIAG = r"\operatorname{{diag}}({0})"
LENGTH = "length:"
"""In the mark of a sum of entries: how many entries there are, for ``sum(x)/n`` is ``mean(x)``."""


def gather(faces: Sequence[Face]) -> tuple[Rational, Items, Items, Fixed]:
    """The numbers, scalar factors and divisors of several faces, multiplied."""
    c: Rational = 1
    top: Items = ()
    below: Items = ()
    fixed = NOTHING
    for face in faces:
        if face.c != 1:
            c = c * face.c
        top += face.top
        below += face.below
        fixed |= face.fixed
    return c, top, below, fixed


def matrix_product(node: Node, faces: list[Face]) -> Face:
    c, top, below, fixed = gather(faces)
    pieces: list[list[Pair]] = [[]]
    for arg, face in zip(node.args, faces, strict=True):
        if face.core is None:
            continue
        assert face.turned is not None
        flat = face.chain and face.core.kind == "product" and -1 not in face.core.signs
        pieces[-1] += face.chain if flat else ((face.core, face.turned),)
        if arg.cols is ONE_SIZE:
            pieces.append([])
    pieces = [p for p in pieces if p]
    if not pieces:
        return Face(c, top, below, fixed=fixed)
    if node.is_scalar:
        show, root = scalar_chain([pair for piece in pieces for pair in piece])
        alone = c == 1 and not top and not below
        pairs = tuple([pair for piece in pieces for pair in piece])
        return Face(c, (*top, show), below, fixed=fixed, chain=pairs, root=root if alone else None)
    factors = [pair for piece in pieces for pair in _ends(piece)]
    if len(factors) == 2 and factors[0][0].kind == factors[1][1].kind == "ones":
        factors = [_all_ones(factors[0][0], factors[1][1])]
    return Face(c, top, below, chain(factors), chain(turn(factors)), fixed, tuple(factors))


def _all_ones(column: Show, row: Show) -> Pair:
    m, n = column.items[0], row.items[0]
    tokens = 1 + m.tokens + n.tokens
    return Show("ones", "", (m, n), (), tokens), Show("ones", "", (n, m), (), tokens)


def turn(pairs: Sequence[Pair]) -> list[Pair]:
    """The factors of the transpose."""
    return [(b, a) for a, b in reversed(pairs)]


def chain(pairs: Sequence[Pair]) -> Show:
    """The shortest print of a product, runs of transposed factors collected in one transpose."""
    if len(pairs) == 1:
        a, b = pairs[0]
        return a if a.tokens <= b.tokens + 1 else s.transpose(b)
    period = _period(pairs)
    if period < len(pairs):
        return s.power(chain(pairs[:period]), s.number(len(pairs) // period))
    if all(a.tokens <= b.tokens for a, b in pairs):
        return s.product([a for a, _ in pairs])
    items: list[Show] = []
    k = 0
    for start, end in _runs([a.tokens - b.tokens for a, b in pairs]):
        items += [a for a, _ in pairs[k:start]]
        items.append(s.transpose(s.product([b for _, b in reversed(pairs[start:end])])))
        k = end
    items += [a for a, _ in pairs[k:]]
    return s.product(items)


def _period(pairs: Sequence[Pair]) -> int:
    """How many factors repeat to fill the whole product, at least 2; ``A*B*A*B`` is ``(A*B)^2``."""
    n = len(pairs)
    first = pairs[0][0].hash
    for d in range(2, n // 2 + 1):
        if n % d or pairs[d][0].hash != first:
            continue
        if all(s.same(pairs[k][0], pairs[k - d][0]) for k in range(d, n)):
            return d
    return n


def _runs(gains: list[int]) -> list[tuple[int, int]]:
    """The disjoint runs that save most when each opened run costs 1."""
    out_best, in_best = 0, -1_000_000
    choice: list[tuple[bool, bool]] = []  # for each factor: inside continues a run; outside follows a run
    for gain in gains:
        continues = in_best >= out_best - 1
        inside = (in_best if continues else out_best - 1) + gain
        follows = in_best > out_best
        outside = max(in_best, out_best)
        choice.append((continues, follows))
        in_best, out_best = inside, outside
    runs, inside_now, end = [], in_best > out_best, len(gains)
    for k in range(len(gains) - 1, -1, -1):
        continues, follows = choice[k]
        if inside_now:
            if not continues:
                runs.append((k, end))
                inside_now = False
                end = k
        elif follows:
            inside_now, end = True, k
    return [r for r in reversed(runs) if sum(gains[r[0] : r[1]]) > 1]


def _ends(pairs: list[Pair]) -> list[Pair]:
    """Unit vectors and ones at the ends of a product that is not a scalar."""
    if len(pairs) < 2:
        return pairs
    last, first = pairs[-1][0], pairs[0][1]
    if last.kind in ("unit", "ones") and last.mark == "column":
        pairs = _column_end(pairs[:-1], last)
    elif first.kind in ("unit", "ones") and first.mark == "column":
        pairs = turn(_column_end(turn(pairs[1:]), first))
    return pairs


def _column_end(rest: list[Pair], last: Show) -> list[Pair]:
    if last.kind == "ones":
        whole, turned = chain(rest), chain(turn(rest))
        word, arg = ("rowsum", whole) if whole.tokens <= turned.tokens else ("colsum", turned)
        out = s.call(word, arg)
        return [(out, s.transpose(out))]
    a, b = rest[-1]
    at = last.items[0]
    if a.tokens <= b.tokens:
        out = s.index(a, s.ALL, at)
    elif b.kind == "name" and b.word[:1].islower():
        out = Show("row", "", (b, at), (), b.tokens + at.tokens)
    else:
        out = s.index(b, at, s.ALL)
    return [*rest[:-1], (out, s.transpose(out))]


def scalar_chain(pairs: Sequence[Pair]) -> tuple[Show, Show | None]:
    """A row times … times a column, and the norm it is the square of."""
    if len(pairs) == 1:
        return pairs[0][0], None
    for items in (pairs, turn(pairs)):
        out = _entry(items)
        if out is not None:
            return out, None
    k = len(pairs)
    root = None
    if k % 2 == 0 and all(s.same(pairs[i][1], pairs[k - 1 - i][0]) for i in range(k // 2)):
        root = s.norm(chain(pairs[k // 2 :]))
    there, back = chain(pairs), chain(turn(pairs))
    if (back.tokens, -len(back.items)) < (there.tokens, -len(there.items)):
        there = back
    elif back.tokens == there.tokens and len(back.items) == len(there.items) and back.hash != there.hash:
        there = Show("product", "", there.items, there.signs, there.tokens, mixed=there.mixed, other=back)
    if root is not None and root.tokens + 2 < there.tokens:
        there = s.power(root, s.number(2))
    return there, root


def _entry(pairs: Sequence[Pair]) -> Show | None:
    """``e_i'·…`` as an entry, ``1'·…`` as a sum; None where the front is neither."""
    first, last = pairs[0][1], pairs[-1][0]
    if first.kind not in ("unit", "ones"):
        return None
    middle = pairs[1:-1]
    if first.kind == "unit":
        if last.kind == "unit" and middle:
            return _shorter(middle, lambda m, t: s.index(m, *((last, first) if t else (first, last))))
        return s.index(chain(_ends(list(pairs[1:]))), first.items[0])
    if last.kind == "ones" and middle:
        return _shorter(middle, lambda m, _: s.call("sum", m))
    if last.kind == "unit" and middle:
        return None
    return s.call("sum", chain(pairs[1:]), mark=LENGTH + first.items[0].word)


def _shorter(pairs: Sequence[Pair], make: Callable[[Show, bool], Show]) -> Show:
    there, back = chain(pairs), chain(turn(pairs))
    out = make(there, False) if there.tokens <= back.tokens else make(back, True)
    if out.kind == "index":
        base, *at = out.items
        return s.index(base, *(i.items[0] if i.kind == "unit" else i for i in at))
    return out


TRANSPOSED = ("transpose", "inverse-transpose")


def upright(face: Face) -> Show:
    """The core or its transpose, where either will do: the shorter, and not the transposed one."""
    assert face.core is not None and face.turned is not None
    return min(face.core, face.turned, key=lambda show: (show.tokens, show.kind in TRANSPOSED))


def average(face: Face, cut: int) -> Show:
    """``mean(u.*v)`` for a scalar product ``u'*v`` over its length, cut where that length is summed."""
    u, v = chain(turn(face.chain[:cut])), chain(face.chain[cut:])
    both = s.power(v, s.number(2), True) if s.same(u, v) else s.hadamard((u, v), (1, 1))
    return s.call("mean", both)


def diagonal(face: Face) -> Show:
    """``diag`` of a product, or the row sums of an elementwise product."""
    assert face.core is not None and face.turned is not None
    best = s.call("diag", upright(face), mark=DIAG)
    for pairs in (face.chain, turn(face.chain)):
        for k in range(1, min(len(pairs), MAX_ROTATIONS)):
            a, b = chain(pairs[:k]), chain(turn(pairs[k:]))
            both = s.power(a, s.number(2), True) if s.same(a, b) else s.hadamard((a, b), (1, 1))
            if both.tokens + 1 < best.tokens:
                best = s.call("rowsum", both)
    return best


def trace(face: Face) -> Face:
    """``tr`` of a face: an inner product where shorter, and the Frobenius norm it is the square of."""
    assert face.core is not None and face.turned is not None
    if len(face.chain) < 2:
        return Face(face.c, (*face.top, s.call("tr", upright(face))), face.below, fixed=face.fixed)
    show, root = _trace(list(face.chain))
    lone = face.c == 1 and not face.top and not face.below
    return Face(face.c, (*face.top, show), face.below, fixed=face.fixed, root=root if lone else None)


def _trace(pairs: list[Pair]) -> tuple[Show, Show | None]:
    k = len(pairs)
    rotations = [pairs[r:] + pairs[:r] for r in range(k if k <= MAX_ROTATIONS else 1)]
    root = None
    if k % 2 == 0:
        for r in rotations:
            if all(s.same(r[i][1], r[k - 1 - i][0]) for i in range(k // 2)):
                half = r[k // 2 :]
                root = s.norm(min(chain(half), chain(turn(half)), key=lambda show: show.tokens), "_F")
                break
    best = s.call("tr", chain(pairs))
    for r in rotations:
        ways = r, turn(r)
        plain = [s.call("tr", chain(way)) for way in ways]
        for k, way in enumerate(ways):
            if plain[k].tokens < best.tokens:
                best = plain[k]
            split = _inner(way, (plain[1 - k], plain[k]))
            if split is not None and split.tokens < best.tokens:
                best = split
    if root is not None and root.tokens + 2 <= best.tokens:
        best = s.power(root, s.number(2))
    return best, root


def _inner(pairs: Sequence[Pair], traces: tuple[Show, Show]) -> Show | None:
    """``<P, Q>`` for a front of transposed factors and the rest; the traces are ``tr(Q'*P)`` and ``tr(P'*Q)``."""
    cut = 0
    while cut < len(pairs) - 1 and pairs[cut][0].tokens > pairs[cut][1].tokens:
        cut += 1
    if not cut:
        return None
    return s.inner(chain(turn(pairs[:cut])), chain(pairs[cut:]), traces)
