"""Random arrays of a size for a formula, at which it has a value and a derivative."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from closedform.errors import ClosedformError, LimitError
from closedform.expr.node import Node

if TYPE_CHECKING:
    from closedform.formula import Formula

Array = Any
Valued = Callable[[Mapping[str, Any]], Any]
MOST_BYTES = 2_000_000_000
TRIES = 6


def arrays(
    f: Formula, derivative: Formula, size: int, fixed: Mapping[str, int], seed: int, value: Valued | None = None
) -> dict[str, Any]:
    """General arrays where every size is ``size`` but those that are fixed; within the domain, else positive ones.

    ``value`` gives that of the derivative where it is no matter of calling it, as of a linear map.
    Raises LimitError where they would not fit into memory, ClosedformError where no point was found.
    """
    names = {name for x in f._reading.names.values() for s in x.shape for name in s.names}
    strange = [name for name in fixed if name not in names]
    if strange:
        raise ClosedformError(f"{strange[0]} is no size of this formula; it has {', '.join(sorted(names)) or 'none'}")
    sizes = dict.fromkeys(names, size) | dict(fixed)
    shapes = {n: (x.rows.value(sizes), x.cols.value(sizes)) for n, x in f._reading.names.items()}
    if sum(8 * a * b for a, b in shapes.values()) > MOST_BYTES:
        raise LimitError(f"the arrays of size {size} take over {MOST_BYTES // 10**9} GB (limit: memory)")
    rng = np.random.default_rng(seed)
    for attempt in range(TRIES):
        found = {n: _one(x, shapes[n], rng, attempt) for n, x in f._reading.names.items()}
        found |= {n: sizes[n] for n in {*f.variables, *derivative.variables} if n in sizes and n not in found}
        with np.errstate(all="ignore"):
            if _finite(f, found) and (_is_finite(value(found)) if value else _finite(derivative, found)):
                return found
    raise ClosedformError("no random point was found at which the function has a value and a derivative")


def _finite(f: Formula, data: Mapping[str, Any]) -> bool:
    return _is_finite(f({n: v for n, v in data.items() if n in f.variables}))


def _is_finite(value: Any) -> bool:
    return bool(np.isfinite(value).all())


def _one(x: Node, shape: tuple[int, int], rng: np.random.Generator, attempt: int) -> Any:
    """Normal entries scaled with the size; positive from the second attempt on, then smaller."""
    n = max(shape)
    array = rng.normal(size=shape) / np.sqrt(shape[1] if shape[1] > 1 else 1)
    if attempt:
        array = np.abs(array) * 0.5**attempt + 0.1
    facts = x.params[1]
    if shape[0] == shape[1] and n > 1:
        array = _square(array, facts)
    if "pos" in facts or "nonneg" in facts:
        array = np.abs(array) + 0.1
    if "pm1" in facts or "bit" in facts:
        array = np.where(array > 0, 1.0, -1.0 if "pm1" in facts else 0.0)
    return float(array[0, 0]) if shape == (1, 1) else array[:, 0] if x.is_column else array


def _square(array: Array, facts: tuple[str, ...]) -> Array:
    if "orth" in facts:
        return np.linalg.qr(array)[0]
    if "diag" in facts:
        return np.diag(np.diag(array) + 1.5)
    if "pd" in facts or "psd" in facts:
        return array @ array.T + np.eye(len(array))
    if "sym" in facts:
        return (array + array.T) / 2
    if "skew" in facts:
        return (array - array.T) / 2
    if "lower" in facts or "upper" in facts:
        return np.tril(array) + np.eye(len(array)) if "lower" in facts else np.triu(array) + np.eye(len(array))
    return array + 2 * np.eye(len(array))
