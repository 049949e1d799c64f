"""Small numbers by which a person sees with pencil and paper that two expressions differ."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from random import Random
from typing import Any

from closedform.errors import ClosedformError
from closedform.expr.facts import close
from closedform.expr.node import Node
from closedform.expr.walk import postorder
from closedform.functions.algebra import INDEX, SYM
from closedform.judging.records import Example

TRIALS = 24
Conditions = Sequence[tuple[Node, Node]]
SEED = 7


def example(
    before: Node, here: Node, *, shapes: bool = False, flat: bool = True, where: Conditions = ()
) -> Example | None:
    """Values of the variables, of size 1 or 2 and whole, at which the two differ; None where none was found.

    ``where``: equations that hold at them. ``shapes``: the two differ in shape, which is seen at sizes over 1.
    ``flat=False``: a row and a column differ.
    """
    symbols = {n.params[0]: n for n in postorder([before, here]) if n.op is SYM}
    best: tuple[float, Example] | None = None
    names = sorted({name for n in (*symbols.values(), before, here) for s in n.shape for name in s.names})
    seen = {name for n in symbols.values() for s in n.shape for name in s.names}
    for sizes in _sizes(names):
        if (shapes or not flat) and max(sizes.values(), default=1) == 1:
            continue
        for point in _points(symbols, sizes):
            point |= {name: n for name, n in sizes.items() if name not in seen}
            if not _holds(where, {**point, **sizes}):
                continue
            found = _differ(before, here, {**point, **sizes, **_indices(sizes, before, here)}, point, shapes)
            if found is not None and _weight([found.before, found.here]):
                weight = _weight([*point.values(), found.before, found.here])
                if best is None or weight < best[0]:
                    best = weight, found
        if best is not None:
            return best[1]
    return None


def _sizes(names: list[str]) -> Iterator[dict[str, int]]:
    yield dict.fromkeys(names, 1)
    if names:
        yield dict.fromkeys(names, 2)
        for k, name in enumerate(names[:2]):
            yield {**dict.fromkeys(names, 1 + k), name: 2 - k}
        yield dict.fromkeys(names, 3)


def _points(symbols: dict[str, Node], sizes: dict[str, int]) -> Iterator[dict[str, Any]]:
    rng = Random(SEED)
    for trial in range(TRIALS):
        high = 1 + min(2, trial // 8)
        yield {name: _array(n, sizes, rng, high) for name, n in symbols.items()}


def _indices(sizes: dict[str, int], *nodes: Node) -> dict[str, int]:
    """Fixed indices: the first entry, of a second index the second."""
    names = sorted({n.params[0] for n in postorder(nodes) if n.op is INDEX})
    more = min(sizes.values(), default=1) > 1
    return {name: 1 + (k % 2 if more else 0) for k, name in enumerate(names)}


def _array(symbol: Node, sizes: dict[str, int], rng: Random, high: int) -> Any:
    facts = close(f for f in symbol.params[1] if ":" not in f)
    rows, cols = (s.value(sizes) for s in symbol.shape)
    low = 1 if "pos" in facts else 0 if "nonneg" in facts or high < 3 else -2
    choices = [v for v in range(low, high + 1) for _ in range(3 if v else 1)]
    entries = [[rng.choice(choices) for _ in range(cols)] for _ in range(rows)]
    for i in range(rows):
        for j in range(cols):
            if {"sym", "diag"} & facts and i > j:
                entries[i][j] = entries[j][i]
            if ("diag" in facts and i != j) or ("lower" in facts and j > i) or ("upper" in facts and i > j):
                entries[i][j] = 0
            if "skew" in facts and i >= j:
                entries[i][j] = 0 if i == j else -entries[j][i]
        if {"psd", "pd"} & facts:
            entries[i][i] = sum(map(abs, entries[i])) + 1
    if "orth" in facts:
        signs = [-1 if i == 0 and rows > 1 else 1 for i in range(rows)]
        entries = [[signs[i] * (i == (j + 1) % rows) for j in range(rows)] for i in range(rows)]
    if symbol.cols.number == 1:
        return entries[0][0] if symbol.rows.number == 1 else [row[0] for row in entries]
    return entries


def _holds(where: Conditions, given: dict[str, Any]) -> bool:
    import numpy as np

    from closedform.run.needs import needed
    from closedform.run.values import value

    try:
        return all(np.allclose(*(value(e, {k: given[k] for k in needed(e)}) for e in equation)) for equation in where)
    except (ClosedformError, KeyError):
        return False


def _differ(
    before: Node, here: Node, given: dict[str, Any], point: dict[str, Any], shapes: bool = False
) -> Example | None:
    import numpy as np

    from closedform.run.needs import needed
    from closedform.run.values import value

    try:
        with np.errstate(all="ignore"):
            one, two = (value(e, {k: given[k] for k in needed(e)}) for e in (before, here))
    except (ClosedformError, KeyError, np.linalg.LinAlgError):
        return None
    one, two = np.asarray(one), np.asarray(two)
    if not (np.isfinite(one).all() and np.isfinite(two).all()) or (one.size != two.size and not shapes):
        return None
    if one.size == two.size and np.allclose(one.ravel(), two.ravel(), rtol=1e-6, atol=1e-9) and one.shape == two.shape:
        return None
    return Example(point, _clean(one).tolist(), _clean(two).tolist())


def _clean(array: Any) -> Any:
    """Values without the noise of floating point: 1.1e-15 is 0."""
    import numpy as np

    noise = 1e-12 * max(1.0, float(np.abs(array).max(initial=0)))
    near = np.abs(array - np.round(array)) < noise
    return np.where(near, np.round(array) + 0.0, array)


def _weight(values: list[Any]) -> float:
    """Whole numbers and small ones weigh little."""
    total, todo = 0.0, list(values)
    while todo:
        v = todo.pop()
        if isinstance(v, list):
            todo += v
        else:
            total += abs(v) + (v < 0) + (0 if float(v).is_integer() else 50)
    return total
