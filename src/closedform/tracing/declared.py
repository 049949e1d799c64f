"""A function of the user's own that was declared: what Python code calls, on numbers and on traced arrays."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from closedform.errors import MissingRule, ShapeError, ValueProblem
from closedform.expr.node import Node, make
from closedform.expr.op import Op
from closedform.expr.signature import Pattern
from closedform.expr.size import Size
from closedform.functions.declare import shape_words
from closedform.functions.declared import is_declared, leave, operation, rank_of_pattern
from closedform.tracing.ops.basic import broadcast_dims, spread
from closedform.tracing.place import refuse
from closedform.tracing.value import Dims, Value

NAMED = "declared_by_user_"
"""What the names of JAX sub-computations begin with that are declared functions."""
WORDS = {"numpy": "NumPy", "jax": "JAX", "torch": "PyTorch"}


class Declared:
    """A declared function. It is called as its value is; ``remove()``, or the end of a ``with``, forgets it."""

    op: Op
    checked: tuple[str, ...] = ()
    """What was compared when it was declared, with the largest errors."""

    def __init__(self, word: str, values: Mapping[str, Callable[..., Any]], patterns: tuple[Pattern, ...]) -> None:
        self.name = self.__name__ = word
        self._values, self._patterns = dict(values), patterns
        self._named: Callable[..., Any] | None = None

    def __call__(self, *args: Any) -> Any:
        """The value in the library of the arguments; in a function that is being read, a step of its formula."""
        if len(args) != len(self._patterns):
            raise ShapeError(f"{self.name} takes {len(self._patterns)} arguments; it was given {len(args)}")
        kind = "numpy"
        for x in args:
            if isinstance(getattr(x, "_value", None), Value):
                return self._traced(x, args)
            home = type(x).__module__.partition(".")[0]
            kind = {"torch": "torch", "jax": "jax", "jaxlib": "jax"}.get(home, kind)
        if kind == "jax":
            return self._in_jax(*args)
        return self._given(kind)(*args)

    def _given(self, library: str) -> Callable[..., Any]:
        if library not in self._values:
            hint = f"Declare it with {library}=…, a function of arrays of {WORDS[library]}."
            raise MissingRule(f"{self.name} was declared without a value for {WORDS[library]}", hint=hint)
        return self._values[library]

    def _in_jax(self, *args: Any) -> Any:
        """A sub-computation that JAX keeps under a name, by which it is known when the function is read."""
        if self._named is None:
            import jax

            own = self._given("jax")

            def named(*args: Any) -> Any:
                return own(*args)

            named.__name__ = named.__qualname__ = NAMED + self.name
            self._named = jax.jit(named)
        return self._named(*args)

    def _traced(self, first: Any, args: tuple[Any, ...]) -> Any:
        trace, lift = first._value.trace, sys.modules[type(first).__module__].lift
        return trace.wrap(self.node([lift(trace, x) for x in args]))

    def node(self, values: list[Value]) -> Value:
        """The function of traced values, whose sizes are made to fit."""
        if operation(self.name) is not self.op:
            refuse(f"{self.name} is declared no more, or was declared anew")
        trace = values[0].trace
        if self.op.elementwise:
            dims = broadcast_dims(self.name, *values)
            return trace.value(make(self.op, [spread(v, dims) for v in values]), dims)
        for value, pattern in zip(values, self._patterns, strict=True):
            _fit(self.name, value, pattern)
        found = make(self.op, [v.node for v in values])
        return trace.value(found, _dims(self.op, found))

    def remove(self) -> None:
        """Forget the function: its name means nothing from now on. Formulas that were made with it keep it."""
        if operation(self.name) is self.op:
            leave(self.name)

    def __enter__(self) -> Declared:
        return self

    def __exit__(self, *_: object) -> None:
        self.remove()

    def __repr__(self) -> str:
        told = "; ".join(self.checked) or "no rule for its derivative"
        gone = "" if is_declared(self.name) else ", removed"
        return f"<declared {self.name}: {told}{gone}>"


def _fit(word: str, value: Value, pattern: Pattern) -> None:
    """The rank and the equal sizes that a signature wants of one argument."""
    rank = rank_of_pattern(pattern)
    if value.rank != rank:
        refuse(f"{word} takes {shape_words(pattern)} here, and is given an array of {value.rank} axes", kind=ShapeError)
    if rank == 2 and pattern[0] is pattern[1]:
        value.trace.sizes.same(value.dims[0], value.dims[1], word)


def _dims(op: Op, found: Node) -> Dims:
    assert op.signature is not None
    shape: tuple[Size, ...] = found.shape
    return shape[: rank_of_pattern(op.signature.result)]


def numeric_of(handle: Declared, elementwise: bool, result: Pattern) -> Callable[..., Any]:
    """The value on 2-d arrays, of a function of numbers, 1-d and 2-d arrays."""

    def numeric(xp: Any, *arrays: Any) -> Any:
        ranks = [2 if elementwise else rank_of_pattern(p) for p in handle._patterns]
        given = [_plain(a, rank) for a, rank in zip(arrays, ranks, strict=True)]
        out = np.asarray(handle._given("numpy")(*given), float)
        if elementwise:
            wanted = np.broadcast_shapes(*(a.shape for a in arrays))
            if out.shape != wanted:
                raise ValueProblem(f"{handle.name} gives an array of shape {out.shape} for one of shape {wanted}")
            return out
        rank = rank_of_pattern(result)
        if out.ndim != rank and not (out.size == 1 and rank == 0) and not (rank == 1 and out.shape[1:] == (1,)):
            declared = shape_words(result)
            raise ValueProblem(f"{handle.name} gives an array of shape {out.shape}; {declared} is declared")
        return out.reshape(-1, 1) if rank < 2 else out

    return numeric


def _plain(array: Any, rank: int) -> Any:
    """A 2-d array as one of this many axes; a number as a float."""
    return array if rank == 2 else array[:, 0] if rank == 1 else float(array[0, 0])


def reader_of(name: str) -> Callable[..., list[Value]] | None:
    """What reads a JAX sub-computation of this name, where it is a declared function."""
    word = name.removeprefix(NAMED)
    op = operation(word) if word != name else None
    if op is None or op.signature is None:
        return None
    handle = Declared(word, {}, op.signature.args)
    handle.op = op
    return lambda trace, jaxpr, *args: [handle.node(list(args))]
