"""The array that a NumPy function is given while it is read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NoReturn

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

from closedform.errors import ClosedformError, ReadError
from closedform.expr.size import Size
from closedform.functions.algebra import SYM
from closedform.tracing.branches import converted, truth
from closedform.tracing.dims import Dim
from closedform.tracing.ops import indexing, reduce, shape
from closedform.tracing.ops.labels import picked
from closedform.tracing.place import refuse, stores
from closedform.tracing.refused import FILLED, unread
from closedform.tracing.value import Trace, Value, kind_of

HANDLERS: dict[Any, Any] = {}
"""By NumPy function: what reads a call of it. The modules that ``numpy_read`` lists fill it."""


class Array(NDArrayOperatorsMixin):
    """A traced array with the methods of a NumPy array."""

    __array_priority__ = 1000

    def __init__(self, value: Value, fresh: bool = True) -> None:
        self._value = value
        self._fresh = fresh

    # NumPy's own ways in

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, out: Any = None, **options: Any) -> Any:
        handler = HANDLERS.get((ufunc.__name__, method))
        if handler is None:
            unread(_name(ufunc, method), ufunc.__name__)
        if out is not None:
            return self._in_place(out[0], handler, inputs)
        return called(self._value.trace, handler, _name(ufunc, method), inputs, options)

    def __array_function__(self, function: Any, types: Any, args: Any, options: Any) -> Any:
        handler = HANDLERS.get(function)
        name = f"{function.__module__.replace('numpy', 'np')}.{function.__name__}".replace("np._core", "np")
        if handler is None:
            unread(name, function.__name__)
        return called(self._value.trace, handler, name, args, options)

    def __array__(self, *_: Any, **__: Any) -> NoReturn:
        if stores():
            refuse("an array of numbers is filled with what is computed from the arguments", FILLED, ReadError)
        refuse(
            "an array is wanted where a traced one stands: it would become numbers here",
            "Use np.stack([…]) for np.array([…]), and NumPy's own functions rather than those that convert.", ReadError,
        )  # fmt: skip

    def _in_place(self, target: Any, handler: Any, inputs: Any) -> Any:
        """``x += y`` where nothing else sees x: an array made here, of which no part was taken."""
        if not isinstance(target, Array) or not target._fresh:
            refuse("an array is written in place", "Write x = x + y instead of x += y.", ReadError)
        found = called(self._value.trace, handler, "in place", inputs, {})
        target._value = found._value
        return target

    # what needs numbers

    def __bool__(self) -> bool:
        return truth(self._value)

    def __float__(self) -> float:
        if stores():
            refuse("an array of numbers is filled with what is computed from the arguments", FILLED, ReadError)
        refuse("float() of a traced value", "Leave it an array: NumPy's functions take it.", ReadError)

    def __int__(self) -> int:
        refuse("int() of a traced value", "Only static arguments may be indices and counts.", ReadError)

    def __index__(self) -> int:
        refuse("a traced value is used as an index or a count", "Only static arguments may be.", ReadError)

    def __round__(self, *_: Any) -> NoReturn:
        refuse("round() of a traced value: its derivative is zero almost everywhere, and no formula of it is read")

    def item(self, *_: Any) -> float:
        return self.__float__()

    def tolist(self) -> Any:
        return self.__float__()

    def __setitem__(self, key: Any, new: Any) -> None:
        refuse("an array is written in place", FILLED, ReadError)

    def __len__(self) -> int:
        if not self._value.rank:
            raise TypeError("len() of a number")
        return self._value.trace.sizes.pin(self._value.dims[0], "len()")

    def __iter__(self) -> Iterator[Any]:
        return iter([self[k] for k in range(len(self))])

    def __getitem__(self, key: Any) -> Array:
        self._fresh = False
        if isinstance(key, tuple) and len(key) == 2 and isinstance(key[1], Array) and _counts(key[0], self._value):
            return Array(picked(self._value, key[1]._value))
        return Array(indexing.item(self._value, _key(self, key)), fresh=False)

    def __hash__(self) -> int:
        return id(self)

    # what arrays say of themselves

    @property
    def shape(self) -> tuple[Any, ...]:
        return tuple(Dim.of(self._value.trace, d) for d in self._value.dims)

    @property
    def ndim(self) -> int:
        return self._value.rank

    @property
    def size(self) -> Any:
        return Dim.of(self._value.trace, reduce.count(self._value, None))

    @property
    def dtype(self) -> Any:
        return np.dtype({"f": float, "i": int, "b": bool}.get(self._value.kind, self._value.kind))

    @property
    def T(self) -> Array:
        self._fresh = False
        return Array(shape.transposed(self._value), fresh=False)

    @property
    def mT(self) -> Array:
        self._fresh = False
        return Array(shape.turned(self._value), fresh=False)

    @property
    def real(self) -> Array:
        return self

    def __format__(self, spec: str) -> str:
        return repr(self)

    def __repr__(self) -> str:
        return f"<traced array of shape ({', '.join(map(str, self._value.dims))})>"

    def astype(self, dtype: Any, **_: Any) -> Array:
        if np.dtype(dtype).kind != "f" and self._value.kind == "f":
            refuse(f"a conversion to {np.dtype(dtype)} is not read", kind=ReadError)
        return Array(converted(self._value, kind_of(np.empty(0, dtype))), fresh=False)

    def copy(self, *_: Any) -> Array:
        return Array(self._value)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        if name in METHODS:
            function = METHODS[name]
            return lambda *args, **options: called(
                self._value.trace, HANDLERS[function], f"the method {name}", (self, *args), options
            )
        unread(f"the method {name}", name)


METHODS = {
    name: getattr(np, name)
    for name in (
        "sum", "mean", "prod", "max", "min", "dot", "var", "std", "trace", "diagonal", "transpose", "reshape", "ravel",
        "squeeze", "clip", "cumsum", "any", "all", "take", "swapaxes", "repeat", "compress",
    )
} | {"flatten": np.ravel}  # fmt: skip


def _counts(rows: Any, value: Value) -> bool:
    """Whether an index is 0, 1, 2, … along the rows: then each row has its own column."""
    number = value.trace.sizes.number(value.dims[0])
    return isinstance(rows, np.ndarray) and np.array_equal(rows, np.arange(number or 0))


def _name(ufunc: Any, method: str) -> str:
    home = "np" if isinstance(getattr(np, ufunc.__name__, None), np.ufunc) else "scipy.special"
    return f"{home}.{ufunc.__name__}" + ("" if method == "__call__" else f".{method}")


def _key(x: Array, key: Any) -> Any:
    """An index in which arrays of whole numbers are looked at."""
    if isinstance(key, tuple):
        return tuple(_key(x, k) for k in key)
    return labels_of(key._value) if isinstance(key, Array) else key


def labels_of(y: Value) -> Any:
    """The whole numbers of an index array that is given; the formula is for them."""
    name = y.node.params[0] if y.node.op is SYM else None
    if name not in y.trace.statics:
        refuse(
            "an index that is computed from values is not read",
            "Index with an array of whole numbers that is an argument, or weigh all entries: np.where(test, x, 0).",
            ReadError,
        )  # fmt: skip
    y.trace.looked_at.add(name)
    return y.trace.statics[name]


def called(trace: Trace, handler: Any, name: str, args: Any, options: Any) -> Any:
    """What a handler makes of a call; an argument that it does not know is an error that names it."""
    try:
        return handler(trace, *args, **{k: v for k, v in options.items() if v is not np._NoValue})
    except ClosedformError:
        raise
    except TypeError as error:
        if "argument" not in str(error):
            raise
        said = str(error).split("() ")[-1]
        refuse(f"{name}: {said}: this is not read here", kind=ReadError)


def lift(trace: Trace, x: Any) -> Value:
    """Whatever stands beside a traced array, as one."""
    if isinstance(x, Array):
        return x._value
    if isinstance(x, Dim):
        return trace.size_value(x.size)
    if isinstance(x, bool | int | float | np.bool_ | np.integer | np.floating):
        return trace.number(x)
    if isinstance(x, np.ndarray):
        return trace.constant(x)
    if isinstance(x, list | tuple):
        if any(isinstance(part, Array | Dim) for part in x):
            return shape.stacked([lift(trace, part) for part in x])
        return trace.constant(np.asarray(x))
    refuse(f"{type(x).__name__} stands where an array is wanted")


def size_of(trace: Trace, n: Any) -> Size | int:
    """A length in a shape."""
    return n.size if isinstance(n, Dim) else int(n)
