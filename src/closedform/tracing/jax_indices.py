"""Indices of JAX by labels: ``logp[jnp.arange(n), y]``, ``E[y]`` and ``E[:, y]``, as products with zeros and ones.

JAX counts negative labels from the end before it gathers: ``select_n(y < 0, y, y + n)``. Where that is all that these
comparisons and sums are for, the labels stay what they are, and their matrix of zeros and ones is made at each call.
"""

from __future__ import annotations

from collections import Counter
from typing import Any, NoReturn

import numpy as np

from closedform.expr.size import Size, size
from closedform.functions.algebra import SYM, mul, transpose
from closedform.read.spaces import parse_size
from closedform.tracing.numbers import plain_number
from closedform.tracing.ops import labels
from closedform.tracing.place import refuse
from closedform.tracing.sizes import MARK
from closedform.tracing.value import Trace, Value


class Index:
    """Labels that are an argument, negative ones counted from the end of an axis of some length; or pairs of places."""

    def __init__(self, labels: Value, length: Any, rows: Any = None) -> None:
        self.labels, self.length, self.rows = labels, length, rows


def wrapping(jaxpr: Any) -> dict[int, tuple[Any, Any]]:
    """The equations that count labels from the end for a gather, by their ids: each with the labels and the length."""
    if not any(e.primitive.name == "gather" for e in jaxpr.eqns):
        return {}
    made = {v: e for e in jaxpr.eqns for v in e.outvars}
    uses = Counter(v for e in jaxpr.eqns for v in e.invars if not hasattr(v, "val"))
    uses.update(v for v in jaxpr.outvars if not hasattr(v, "val"))
    out: dict[int, tuple[Any, Any]] = {}
    for e in jaxpr.eqns:
        if e.primitive.name != "select_n" or len(e.invars) != 3 or hasattr(e.invars[1], "val"):
            continue
        less, moved = (None if hasattr(v, "val") or uses[v] > 1 else made.get(v) for v in (e.invars[0], e.invars[2]))
        if less and moved and _is_below_zero(less, e.invars[1]) and _is_moved(moved, e.invars[1]):
            out |= {id(x): (e.invars[1], moved.invars[1]) for x in (less, moved, e)}
    return out


def _is_below_zero(e: Any, labels: Any) -> bool:
    if e.primitive.name != "lt" or e.invars[0] is not labels:
        return False
    return hasattr(e.invars[1], "val") and not np.any(e.invars[1].val)


def _is_moved(e: Any, labels: Any) -> bool:
    return bool(e.primitive.name == "add" and e.invars[0] is labels)


def are_labels(x: Any) -> bool:
    return isinstance(x, Value) and x.whole and x.node.op is SYM and x.rank == 1


def followed(trace: Trace, name: str, given: list[Any], params: dict[str, Any]) -> Any:
    """What an equation makes of an index: the index still, or the entries that it chooses."""
    at = next((x for x in given if isinstance(x, Index)), None)
    assert at is not None
    if name == "convert_element_type" and np.dtype(params["new_dtype"]).kind in "iu":
        return at
    if name == "broadcast_in_dim" and params["broadcast_dimensions"] == (0,) and params["shape"][1:] == (1,):
        return at
    if name == "concatenate" and len(given) == 2 and at.rows is None and np.shape(given[0])[1:] == (1,):
        return Index(at.labels, at.length, np.ravel(given[0]))
    if name == "gather" and isinstance(given[0], Value) and given[1] is at:
        found = _gathered(trace, given[0], at, **params)
        if found is not None:
            return found
    no_index()


def no_index() -> NoReturn:
    """Refuse an index that depends on arguments in another way."""
    refuse(
        "an index that is computed from values is not read",
        "Index by an argument of whole numbers as it is: x[y], x[:, y] or x[jnp.arange(n), y].",
    )


def taken(trace: Trace, inner: Any, x: Value, y: Value, *_: Any) -> list[Any] | None:
    """``jnp.take`` by labels, along one axis."""
    eqn = next((e for e in inner.eqns if e.primitive.name == "gather"), None)
    if eqn is None or not are_labels(y):
        return None
    found = _gathered(trace, x, Index(y, None), **eqn.params)
    return None if found is None else [found]


def _gathered(
    trace: Trace, x: Value, at: Index, *, dimension_numbers: Any, slice_sizes: Any, **_: Any
) -> Value | None:
    shape = tuple(trace.sizes.number(d) for d in x.dims)
    collapsed, starts = tuple(dimension_numbers.collapsed_slice_dims), tuple(dimension_numbers.start_index_map)
    axis = starts[-1]
    full = all(_length(trace, k) == shape[n] for n, k in enumerate(slice_sizes) if n not in starts)
    if collapsed != starts or x.rank > 2 or not full or _length(trace, at.length) not in (None, shape[axis]):
        return None
    if at.rows is not None:
        count = trace.sizes.pin(x.dims[0], "choosing by labels")
        every = starts == (0, 1) and np.array_equal(at.rows, np.arange(count))
        return labels.picked(x, at.labels, wrap=True) if every else None
    if len(starts) != 1 or tuple(dimension_numbers.offset_dims) != ((1 - axis,) if x.rank == 2 else ()):
        return None
    hot = labels.one_hot(at.labels, x.dims[axis], wrap=True)
    node = mul(hot.node, x.node) if axis == 0 else mul(x.node, transpose(hot.node))
    return trace.value(node, (hot.dims[0], *x.dims[1:]) if axis == 0 else (x.dims[0], hot.dims[0]))


def _length(trace: Trace, n: Any) -> int | None:
    """The number of a length, which may be a size by name."""
    if isinstance(n, np.ndarray):
        return int(n) if n.ndim == 0 else None
    if isinstance(n, Value):
        known = plain_number(n.node)
        if known is None and n.node.op.name == "size":
            return trace.sizes.number(n.node.params[0])
        return None if known is None else int(known)
    if n is None or isinstance(n, int | np.integer):
        return None if n is None else int(n)
    return trace.sizes.number(n if isinstance(n, Size) else named(n))


def named(n: Any) -> Size:
    """A length by name, as JAX has it."""
    found = parse_size(str(n))
    return found.put({name: size(name.replace("size", MARK)) for name in found.names})
