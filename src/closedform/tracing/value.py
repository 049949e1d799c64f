"""Traced values: what stands in the place of an array while a function is read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from closedform.errors import ClosedformError
from closedform.expr.node import Node
from closedform.expr.size import ONE, Size
from closedform.functions.algebra import eye, num, ones, scale, size_number, sym, zeros
from closedform.tracing.names import Names
from closedform.tracing.numbers import number
from closedform.tracing.place import refuse, without_values
from closedform.tracing.sizes import Sizes

Dims = tuple[Size, ...]
KINDS = {bool: "b", int: "i"}


class Value:
    """One array: a node, its axes, and what it holds: floats, truth values, plain whole numbers (``f``, ``b``, ``i``).

    Arrays of whole numbers have the name of their type as kind: ``int8``.
    """

    __slots__ = ("_dims", "_node", "_version", "kind", "trace", "why")

    def __init__(self, trace: Trace, node: Node, dims: Dims, kind: str = "f", why: Any = None) -> None:
        self.trace, self._node, self._dims, self.kind, self.why = trace, node, dims, kind, why
        self._version = trace.sizes.version
        self._update()

    def _update(self) -> None:
        sizes = self.trace.sizes
        self._node, self._dims = sizes.node(self._node), tuple(map(sizes.now, self._dims))
        self._version = sizes.version

    @property
    def node(self) -> Node:
        if self._version != self.trace.sizes.version:
            self._update()
        return self._node

    @property
    def dims(self) -> Dims:
        if self._version != self.trace.sizes.version:
            self._update()
        return self._dims

    @property
    def rank(self) -> int:
        return len(self._dims)

    @property
    def whole(self) -> bool:
        """Whether it holds whole numbers."""
        return self.kind not in ("f", "b")

    @property
    def is_one(self) -> bool:
        """Whether it holds one entry."""
        return all(d is ONE for d in self.dims)


@dataclass(eq=False)
class Input:
    """A symbol of the formula that arrays are given for: an argument, a constant, or what is made of arguments."""

    name: str
    value: Value
    source: Any = None
    label: str = ""


@dataclass(eq=False)
class Guard:
    """A branch that was taken: a scalar node above one half, or not."""

    test: Value
    outcome: bool


@dataclass(eq=False)
class Trace:
    """One reading of a function."""

    reserved: frozenset[str] = frozenset()
    sizes: Sizes = field(default_factory=Sizes)
    given: dict[str, Any] | None = None
    closed: dict[int, tuple[str, Any]] = field(default_factory=dict)
    inputs: list[Input] = field(default_factory=list)
    constants: dict[str, Any] = field(default_factory=dict)
    derived: dict[str, Callable[..., Any]] = field(default_factory=dict)
    guards: list[Guard] = field(default_factory=list)
    tops: dict[Node, Value] = field(default_factory=dict)
    stopped: set[Node] = field(default_factory=set)
    """Of the largest entries those whose gradient the user's code stops: they may only be what does not matter."""
    guarded: set[Node] = field(default_factory=set)
    """What ``where`` gave: a function of it is defined, or is not, as it is in the code."""
    counted: dict[Node, tuple[Value, ClosedformError]] = field(default_factory=dict)
    """What is computed in a type of whole numbers, each with the error for numbers that it does not hold."""
    wide: bool = False
    """Whether whole numbers of many bits are combined with each other."""
    statics: dict[str, Any] = field(default_factory=dict)
    foreign: dict[int, Any] = field(default_factory=dict)
    looked_at: set[str] = field(default_factory=set)
    wrap: Callable[[Value], Any] = field(default=lambda value: value)
    names: Names = field(init=False)
    _held: dict[int, tuple[Any, Value]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.names = Names(self.reserved)

    def value(self, node: Node, dims: Dims, kind: str = "f") -> Value:
        return Value(self, node, dims, kind)

    def number(self, x: Any) -> Value:
        kind = kind_of(x) if isinstance(x, np.generic) else KINDS.get(type(x), "f")
        plain = int(x) if kind != "f" else float(x)
        return Value(self, number(plain), (), kind)

    def size_value(self, n: Size) -> Value:
        return Value(self, size_number(self.sizes.now(n)), (), "i")

    def symbol(self, name: str, dims: Dims, kind: str = "f", facts: tuple[str, ...] = ()) -> Value:
        """A variable of these axes."""
        rows, cols = shape_of(dims)
        return Value(self, sym(name, rows, cols, facts), dims, kind)

    def constant(self, array: Any) -> Value:
        """An array that is no argument: what it says of itself where it was made here, else a named constant."""
        held = self._held.get(id(array))
        if held is None:
            held = self._held[id(array)] = (array, self._constant(np.asarray(array), self.closed.get(id(array))))
        return held[1]

    def named(self, wish: str, array: Any) -> Value:
        """An array that reading makes, as a constant of this name."""
        return self._constant(np.asarray(array), (wish, array))

    def _constant(self, array: Any, closed: tuple[str, Any] | None) -> Value:
        if array.dtype.kind not in "fiub":
            refuse(f"an array of {array.dtype} is in this function; formulas are of real numbers")
        if array.ndim > 3:
            refuse(f"an array of {array.ndim} axes is in this function; those of one, two and three are read")
        kind = kind_of(array)
        if array.ndim == 0 or (closed is None and array.size == 1):
            return Value(self, number(array.item()), (ONE,) * array.ndim, kind)
        dims = tuple(self.sizes.fresh(k) for k in array.shape)
        if closed is None:
            known = _recognised(array, dims)
            if known is not None:
                return Value(self, known(), dims if not is_eye(array) else (dims[0], dims[0]), kind)
        name = self.names.of(closed[0] if closed else "c1")
        found = self.symbol(name, dims, kind)
        self.inputs.append(Input(name, found, None, closed[0] if closed else name))
        self.constants[name] = array
        return found

    def derive(self, wish: str, dims: Dims, make: Callable[..., Any]) -> Value:
        """A further symbol, whose array is made of the arguments at each call: ``make(values by name)``."""
        name = self.names.of(wish)
        found = self.symbol(name, dims)
        self.inputs.append(Input(name, found, None, wish))
        self.derived[name] = make
        return found


def kind_of(array: Any) -> str:
    """What an array holds: ``f``, ``b``, or the name of its type of whole numbers."""
    name = str(getattr(array, "dtype", "float")).rpartition(".")[2]
    return name if "int" in name else "b" if "bool" in name else "f"


def looked(x: Any) -> Any:
    """Values to look at, on the CPU; an error where a transformation of the library hides them."""
    if without_values(x):
        raise ClosedformError(
            "values of the arguments are looked at for this answer, and jax.jit and jax.vmap hide them",
            hint="Call it with arrays, outside of jax.jit and jax.vmap.",
        )
    try:
        return np.asarray(x.detach().cpu() if hasattr(x, "detach") else x)
    except RuntimeError as error:
        raise ClosedformError(
            f"torch.func.vmap, grad or compile hides the values that this function is read at: {error}",
            hint="Call it once with tensors before.",
        ) from None


class Given(Mapping[str, Any]):
    """The arrays of a call by name, each looked at when it is asked for."""

    def __init__(self, arrays: Mapping[str, Any]) -> None:
        self.arrays = arrays

    def __getitem__(self, name: str) -> Any:
        return as_two_axes(looked(self.arrays[name]))

    def __iter__(self) -> Iterator[str]:
        return iter(self.arrays)

    def __len__(self) -> int:
        return len(self.arrays)

    def as_given(self, name: str) -> Any:
        """An array that may have a shape and no values."""
        return self.arrays[name]


def shape_of(dims: Dims) -> tuple[Size, Size]:
    """The shape of the node of an array: vectors are columns, stacks of matrices the matrix of their rows."""
    if len(dims) == 3:
        return dims[0] * dims[1], dims[2]
    return (dims[0], dims[1]) if len(dims) == 2 else (dims[0], ONE) if dims else (ONE, ONE)


def as_two_axes(array: Any) -> Any:
    """A stack of matrices as the matrix of all their rows; other arrays as they are."""
    return array.reshape(-1, array.shape[2]) if len(getattr(array, "shape", ())) == 3 else array


def is_eye(array: Any) -> bool:
    return bool(array.ndim == 2 and array.shape[0] == array.shape[1] > 1 and np.array_equal(array, np.eye(len(array))))


def _recognised(array: Any, dims: Dims) -> Callable[[], Node] | None:
    """All zeros, all ones, all the same, the identity: such arrays are made by ``np.ones(n)`` and its kin."""
    if not array.size:
        refuse("an empty array is in this function")
    if is_eye(array):
        return lambda: eye(dims[0])
    first = array.flat[0].item()
    if not np.all(array == first):
        return None
    rows, cols = shape_of(dims)
    if first == 0:
        return lambda: zeros(rows, cols)
    return lambda: ones(rows, cols) if first == 1 else scale(number(first), ones(rows, cols))


def zero_like(x: Value) -> Node:
    rows, cols = shape_of(x.dims)
    return num(0) if x.is_one else zeros(rows, cols)
