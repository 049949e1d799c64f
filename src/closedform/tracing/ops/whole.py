"""Whole numbers in types of so many bits: libraries count round in them, formulas do not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import reduce, wraps
from typing import Any

import numpy as np

from closedform.errors import ValueProblem
from closedform.tracing.place import refusal
from closedform.tracing.precision import LONG
from closedform.tracing.value import Value

ROOMY = "int64"
"""What sums of whole numbers of data never leave."""


def promoted(a: str, b: str) -> str:
    """The kind of what is computed of two kinds; a plain number of Python takes that of the array."""
    if "f" in (a, b):
        return "f"
    if a == b or a in "ib" or b in "ib":
        return a if a == b or b == "b" or (b == "i" and a != "b") else b
    found = np.result_type(a, b)
    return "f" if found.kind == "f" else found.name


def kept(x: Value, *, linear: bool = False) -> Value:
    """The value, which at every call has to be one that its type holds; ``linear``: a sum, which grows slowly."""
    x.trace.wide |= x.kind in LONG
    if not x.whole or x.kind == "i" or (linear and x.kind == ROOMY) or x.node in x.trace.counted:
        return x
    if x.node.op.name == "size" and x.node.params[0].name is not None:  # an array of so many entries is there
        return x
    held = np.iinfo(x.kind)
    beyond = "goes beyond that at these values: it would come round at the other end"
    unseen = "whether it goes beyond that and comes round at the other end is not known without values"
    error = refusal(
        f"this is computed in {x.kind}, which holds {held.min} to {held.max}, and "
        f"{beyond if x.trace.given is not None else unseen}",
        "Convert the arrays to floats before: X.astype(float), in PyTorch X.double().", ValueProblem,
    )  # fmt: skip
    x.trace.counted[x.node] = (x, error)
    return x


def as_floats(x: Value) -> Value:
    """The same numbers as floats."""
    return Value(x.trace, x.node, x.dims, "f", x.why)


def of_products(build: Callable[..., Value]) -> Callable[..., Value]:
    """A product of arrays: that of whole numbers is in their type."""

    @wraps(build)
    def counted(*args: Any) -> Value:
        out, kinds = build(*args), [x.kind for x in _values(args)]
        if "f" in kinds or not any(x.whole for x in _values(args)):
            return out
        out.kind = reduce(promoted, kinds)
        return kept(out)

    return counted


def _values(args: Any) -> Iterator[Value]:
    for x in args:
        if isinstance(x, Value):
            yield x
        elif isinstance(x, list | tuple):
            yield from (v for v in x if isinstance(v, Value))
