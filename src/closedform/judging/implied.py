"""Whether an equation follows from others: seen at points that fulfil them, which are found by Newton's method."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from random import Random
from typing import Any

from closedform.errors import ClosedformError
from closedform.expr.facts import close
from closedform.expr.node import Node
from closedform.expr.walk import postorder
from closedform.functions.algebra import SYM
from closedform.judging.records import Example

SEED = 11
STARTS, ENOUGH, STEPS = 6, 3, 30
MAX_ENTRIES, FEW = 60, 25
SLOPE, ZERO, SAME, APART = 1e-7, 1e-11, 1e-7, 1e-3
Point = dict[str, Any]


def implied(left: Node, right: Node, zeros: Sequence[Node]) -> bool | None:
    """Whether ``left = right`` wherever all of ``zeros`` are zero; None where too few such points were found."""
    nodes = [*zeros, left, right]
    symbols = {n.params[0]: n for n in postorder(nodes) if n.op is SYM}
    fixed = _fixed(nodes)
    told = dict[tuple[int, ...], list[bool]]()
    for sizes, point in _fulfilling(symbols, zeros, fixed, ENOUGH):
        gap = _gap(left, right, point, sizes)
        if gap is None or SAME < gap < APART:
            continue
        told.setdefault(tuple(sizes.values()), []).append(gap <= SAME)
        if len(told) > 1 and len(told[tuple(sizes.values())]) == ENOUGH:
            break
    every = [t for found in told.values() for t in found]
    if len(every) < ENOUGH or any(every) != all(every):
        return None
    counted = any(n.op.name == "size" for n in postorder(nodes))  # what holds for one size may hold for that alone
    return None if every[0] and counted and len(told) < 2 else every[0]


def apart(left: Node, right: Node, zeros: Sequence[Node]) -> Example | None:
    """A point where ``zeros`` are zero and the two sides differ."""
    symbols = {n.params[0]: n for n in postorder([*zeros, left, right]) if n.op is SYM}
    for sizes, point in _fulfilling(symbols, zeros, _fixed([*zeros, left, right])):
        if (_gap(left, right, point, sizes) or 0) > APART:
            shown = {name: _shown(point[name], node) for name, node in symbols.items()}
            return Example(shown, *(_shown(_value(n, point, sizes), n) for n in (left, right)))
    return None


def solved_points(nodes: Sequence[Node], zeros: Sequence[Node]) -> list[tuple[dict[str, int], Point]]:
    """Some points at which ``zeros`` are zero, with values for all that stands in ``nodes``."""
    symbols = {n.params[0]: n for n in postorder([*zeros, *nodes]) if n.op is SYM}
    fixed = _fixed([*zeros, *nodes])
    return list(islice(_fulfilling(symbols, zeros, fixed, 2), 4))


def holds_at(left: Node, right: Node, points: Iterable[tuple[dict[str, int], Point]]) -> bool:
    """Whether the two sides are equal at all points."""
    return all((gap := _gap(left, right, point, sizes)) is not None and gap < APART for sizes, point in points)


def differ(one: Node, other: Node) -> bool:
    """Whether two expressions of the same shape differ at a point; False where it has no values."""
    import numpy as np

    symbols = {n.params[0]: n for n in postorder([one, other]) if n.op is SYM}
    names = sorted({name for n in symbols.values() for s in n.shape for name in s.names})
    sizes, rng = next(_sizes(names)), np.random.default_rng(SEED)
    free = {name: rng.standard_normal(tuple(s.value(sizes) for s in n.shape)) for name, n in sorted(symbols.items())}
    return (_gap(one, other, _fixed([one, other]) | _point(free, symbols), sizes) or 0) > APART


def _shown(value: Any, node: Node) -> Any:
    rounded = value.round(6)
    return rounded[0, 0].item() if node.is_scalar else rounded[:, 0].tolist() if node.is_column else rounded.tolist()


def _fixed(nodes: Sequence[Node]) -> Point:
    """Values of the indices that stand for one entry: 1, 2, …"""
    from closedform.run.needs import needs

    names = sorted({name for n in nodes for name in needs(n).indices})
    return {name: 1 + k % 2 for k, name in enumerate(names)}


def _gap(left: Node, right: Node, point: Point, sizes: dict[str, int]) -> float | None:
    """How far the two sides are apart, by the size of the larger."""
    import numpy as np

    one, two = _value(left, point, sizes), _value(right, point, sizes)
    if one is None or two is None or one.shape != two.shape:
        return None
    return float(np.abs(one - two).max(initial=0) / max(np.abs(one).max(initial=0), np.abs(two).max(initial=0), 1e-3))


def _value(node: Node, point: Point, sizes: dict[str, int]) -> Any:
    import numpy as np

    from closedform.run.numeric import evaluate

    try:
        found = evaluate(node, point, sizes)
    except (ClosedformError, KeyError, np.linalg.LinAlgError):
        return None
    return found if np.isfinite(found).all() else None


# -- points at which the equations hold
def _fulfilling(
    symbols: dict[str, Node], zeros: Sequence[Node], fixed: Point, most: int = STARTS
) -> Iterator[tuple[dict[str, int], Point]]:
    import numpy as np

    names = sorted({name for n in (*symbols.values(), *zeros) for s in n.shape for name in s.names})
    for sizes in _sizes(names) if names else [dict[str, int]()]:
        left = most
        shapes = {name: tuple(s.value(sizes) for s in n.shape) for name, n in symbols.items()}
        if sum(r * c for r, c in shapes.values()) > MAX_ENTRIES:
            continue
        for start in range(STARTS if sum(r * c for r, c in shapes.values()) < FEW else 3):
            if not left:
                break
            rng = np.random.default_rng(SEED + start)
            free = {name: rng.standard_normal(shape) for name, shape in shapes.items()}
            found = _solved(lambda u: fixed | _point(u, symbols), zeros, free, sizes)
            if found is not None:
                left -= 1
                yield sizes, found


def _sizes(names: list[str]) -> Iterator[dict[str, int]]:
    rng = Random(SEED)
    for low in (2, 1):
        drawn = list(range(low, low + max(2, len(names))))
        rng.shuffle(drawn)
        yield {name: drawn[k] for k, name in enumerate(names)}
        yield {name: drawn[-1 - k] for k, name in enumerate(names)}


def _point(free: Point, symbols: dict[str, Node]) -> Point:
    """Values that have the facts of the symbols, of numbers that may be anything."""
    return {n: _with_facts(u, close(f for f in symbols[n].params[1] if ":" not in f)) for n, u in free.items()}


def _with_facts(u: Any, facts: frozenset[str]) -> Any:
    import numpy as np

    if "diag" in facts:
        return np.diag(np.exp(np.diag(u)) if {"psd", "pos"} & facts else np.diag(u))
    if "psd" in facts:
        return u @ u.T
    if "skew" in facts:
        return u - u.T
    if "sym" in facts:
        return u + u.T
    if "orth" in facts:
        return np.linalg.qr(u)[0]
    if {"lower", "upper"} & facts:
        return np.tril(u) if "lower" in facts else np.triu(u)
    return np.exp(u) if {"pos", "nonneg"} & facts else u


def _solved(
    point: Callable[[Point], Point], zeros: Sequence[Node], free: Point, sizes: dict[str, int]
) -> Point | None:
    """A point near by at which all are zero, by Gauss and Newton; None where none was reached."""
    import numpy as np

    names = sorted(free)
    shapes = [free[n].shape for n in names]
    ends = np.cumsum([0, *(free[n].size for n in names)])

    def at(u: Any) -> Point:
        return point({n: u[a:b].reshape(s) for n, s, a, b in zip(names, shapes, ends, ends[1:], strict=False)})

    def residual(u: Any) -> Any:
        values = [_value(z, at(u), sizes) for z in zeros] or [np.zeros(1)]
        return None if any(v is None for v in values) else np.concatenate([v.ravel() for v in values])

    u = np.concatenate([free[n].ravel() for n in names])
    for _ in range(STEPS):
        r = residual(u)
        if r is None:
            return None
        if np.abs(r).max(initial=0) < ZERO:
            return at(u)
        sides = [residual(u + step) for step in SLOPE * np.eye(len(u))]
        if any(side is None for side in sides):
            return None
        slope = np.array([(side - r) / SLOPE for side in sides]).T
        u = u - np.linalg.lstsq(slope, r, rcond=1e-10)[0]
    return None
