"""From formulas to a function of the leaves of a call: what each argument of the program is taken from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from closedform.errors import ValueProblem
from closedform.expr.node import Node
from closedform.expr.size import ONE, Size
from closedform.expr.walk import postorder
from closedform.formula import Formula, LinearMap
from closedform.program.compiled import Compiled
from closedform.tracing.place import without_values
from closedform.tracing.precision import cast, common, is_float
from closedform.tracing.reading import Read
from closedform.tracing.value import Given, looked

SPOKEN = 100
"""Operations of a formula that its program is named by; to print a longer one takes longer than to compute it."""
Finish = Callable[[Any], Any]
Take = Callable[[Sequence[Any], dict[str, int]], Any]


@dataclass(eq=False)
class Wanted:
    """One answer: its formula, and the shape it is given in (None: that of the formula)."""

    formula: Formula
    shape: tuple[int, ...] | None = None
    turned: tuple[tuple[int, ...], tuple[int, ...]] | None = None
    """Of a matrix on vec: the shapes of what it gives and takes; it becomes an array of both."""
    by_basis: bool = False
    """A map without a matrix form: its array is made of its values at a basis."""
    dtype: Any = None
    """The type of its entries (None: that of what is computed)."""


def numbers_of(read: Read, leaves: Sequence[Any]) -> dict[str, int]:
    """The sizes that the arrays of a call tell."""
    found: dict[str, int] = {}
    for name, place in read.places.items():
        shape = tuple(getattr(leaves[place], "shape", ()))
        dims = read.shapes[name]
        if len(shape) != len(dims):
            raise ValueProblem(f"{read.labels[name]} has shape {shape}")
        for d, k in zip(dims, shape, strict=True):
            known = d.number if d.number is not None else found.setdefault(d.name, k) if d.name else k
            if known != k:
                raise ValueProblem(f"sizes do not match: {read.labels[name]} has shape {shape}, and {d} is {known}")
    for name, array in read.constants.items():
        for d, k in zip(read.shapes[name], array.shape, strict=True):
            if d.name and found.setdefault(d.name, k) != k:
                raise ValueProblem(f"sizes do not match: {read.labels[name]} has shape {tuple(array.shape)}")
    return found


class Program:
    """Several answers at once, as a function of the leaves of a call."""

    def __init__(self, read: Read, wanted: Sequence[Wanted], leaves: Sequence[Any], more: dict[str, int]) -> None:
        self.read, self.wanted = read, list(wanted)
        self.maps = [w for w in wanted if w.by_basis]
        wanted = [w for w in wanted if not w.by_basis]
        numbers = numbers_of(read, leaves)
        self.dtype, self.plain = _types(read, leaves, more)
        nodes = tuple(w.formula._raw for w in wanted)
        short = sum(1 for n in nodes for _ in postorder(n)) <= SPOKEN
        self.compiled = Compiled(nodes, read.style, "; ".join(w.formula.unicode for w in wanted) if short else "")
        self.takes = [self._take(name, leaves, numbers, more) for name in self.compiled.arguments]
        self.finish = [self._typed(w, self._finish(w, leaves)) for w in wanted]
        self.guards = Compiled(tuple(n for n, _ in read.guards), read.style) if read.guards else None
        self.guard_takes = [self._take(n, leaves, numbers, more) for n in self.guards.arguments] if self.guards else []
        self.numbers = numbers

    def _take(self, name: str, leaves: Sequence[Any], numbers: dict[str, int], more: dict[str, int]) -> Any:
        """A place among the leaves, or a function of them."""
        read = self.read
        if name in more:
            return self._placed(more[name], leaves)
        if name in read.places:
            return self._placed(read.places[name], leaves)
        if name in read.constants:
            constant = read.constants[name]
            if read.style == "jax":
                constant = _of_style(constant, read, leaves, self.dtype)
                return lambda _: constant
            return lambda given: _of_style(constant, read, given, self.dtype)
        if name in read.derived:
            make = read.derived[name]
            return lambda given: _of_style(make(self._have(given), numbers), read, given, self.dtype)
        number = numbers.get(name, read.numbers.get(name))
        if number is None:
            raise ValueProblem(f"the size {name} is not known from the arrays given")
        return lambda _: number

    def _have(self, leaves: Sequence[Any]) -> Given:
        return Given({**self.read.constants, **{name: leaves[place] for name, place in self.read.places.items()}})

    def _placed(self, place: int, leaves: Sequence[Any]) -> Any:
        x = leaves[place]
        shape = tuple(getattr(x, "shape", ()))
        flat = flat_shape(shape)
        typed, dtype = getattr(x, "dtype", None) is not None, self.dtype
        other = typed and (not is_float(x) or (self.read.style == "torch" and bool(shape) and x.dtype != dtype))
        if not other:
            return place if shape == flat else lambda given: given[place].reshape(flat)
        return lambda given: cast(given[place], dtype).reshape(flat)

    def _typed(self, w: Wanted, finish: Finish | None) -> Finish | None:
        """The answer in its type, where the program may compute in another."""
        dtype = w.dtype
        if dtype is None or (self.plain and dtype == self.dtype):
            return finish
        return (lambda x: cast(x, dtype)) if finish is None else (lambda x: cast(finish(x), dtype))

    def _finish(self, w: Wanted, leaves: Sequence[Any]) -> Finish | None:
        node: Node = w.formula._raw
        if w.turned is not None:
            out, into = w.turned
            return lambda K: turned(K, out, into)
        rank = sum(s is not ONE for s in node.shape)
        if w.shape is None or (len(w.shape) == rank and (rank or self.read.style == "numpy")):
            return None
        shape = w.shape
        return lambda x: x if not shape and isinstance(x, float) else shaped(x, shape)

    def holds(self, leaves: Sequence[Any]) -> bool:
        """Whether the path that was read is the one for these values."""
        for name, seen in self.read.looked_at.items():
            if not np.array_equal(seen, looked(leaves[self.read.places[name]])):
                return False
        if self.guards is None:
            return True
        found = self.guards(*[leaves[t] if t.__class__ is int else t(leaves) for t in self.guard_takes])
        if len(self.read.guards) == 1:
            return bool((float(found) > 0.5) == self.read.guards[0][1])
        return all((float(x) > 0.5) == outcome for x, (_, outcome) in zip(found, self.read.guards, strict=True))

    def __call__(self, leaves: Sequence[Any]) -> list[Any]:
        if self.maps:
            return self._with_maps(leaves)
        found = self.compiled(*[leaves[t] if t.__class__ is int else t(leaves) for t in self.takes])
        many = found if len(self.finish) > 1 else (found,)
        return [x if f is None else f(x) for x, f in zip(many, self.finish, strict=True)]

    def _with_maps(self, leaves: Sequence[Any]) -> list[Any]:
        """Some of the answers at a basis, the others compiled."""
        maps, self.maps = self.maps, []
        try:
            rest = iter(self(leaves) if self.finish else [])
        finally:
            self.maps = maps
        have = {**self._have(leaves), **self.numbers}
        have |= {name: make(have, self.numbers) for name, make in self.read.derived.items()}
        return [self._at_basis(w, have, leaves) if w.by_basis else next(rest) for w in self.wanted]

    def _at_basis(self, w: Wanted, have: dict[str, Any], leaves: Sequence[Any]) -> Any:
        allowed = {*w.formula._allowed(), *w.formula.variables}
        assert isinstance(w.formula, LinearMap)
        found = w.formula.array({n: v for n, v in have.items() if n in allowed})
        return _of_style(np.reshape(found, w.shape), self.read, leaves, w.dtype or self.dtype, flatten=False)


def _types(read: Read, leaves: Sequence[Any], more: dict[str, int]) -> tuple[Any, bool]:
    """The type that is computed in, and whether all that is given is of it."""
    given = [leaves[k] for k in (*read.places.values(), *more.values())]
    held = [x for x in read.constants.values() if read.style == "torch" and hasattr(x, "detach")]
    dtype = common(read.style, [*given, *held], wide=read.wide)
    made = bool(read.constants or read.derived) and read.style == "numpy" and dtype != np.float64
    return dtype, not made and all(getattr(x, "dtype", dtype) == dtype for x in given)


def shaped(x: Any, shape: tuple[int, ...]) -> Any:
    return x.reshape(shape) if hasattr(x, "reshape") else np.reshape(x, shape)


def turned(K: Any, out: tuple[int, ...], into: tuple[int, ...]) -> Any:
    """The matrix of a map on vec (columns stacked) as an array of the shapes of what it gives and takes."""
    m, n = _two(out)
    p, q = _two(into)
    K = shaped(K, (n, m, q, p))
    K = K.permute(1, 0, 3, 2) if hasattr(K, "permute") else K.transpose(1, 0, 3, 2)
    return K.reshape((*out, *into))


def _two(shape: tuple[int, ...]) -> tuple[int, int]:
    if len(shape) == 3:
        return shape[0] * shape[1], shape[2]
    return (shape[0], shape[1]) if len(shape) == 2 else (shape[0], 1) if shape else (1, 1)


def flat_shape(shape: Sequence[int]) -> tuple[int, ...]:
    """The shape that a program takes: stacks as the matrix of their rows, without axes of length one."""
    if len(shape) == 3:
        shape = _two(tuple(shape))
    return tuple(k for k in shape if k != 1)


def _of_style(array: Any, read: Read, leaves: Sequence[Any], dtype: Any, flatten: bool = True) -> Any:
    """A constant as an array of the library that the call uses."""
    flat = flat_shape(array.shape) if flatten else array.shape
    if without_values(array):
        return array.reshape(flat).astype(dtype)
    tensor = hasattr(array, "detach")
    array = array.detach().reshape(flat) if tensor else np.asarray(array, float).reshape(flat)
    like = next((x for x in leaves if "float" in str(getattr(x, "dtype", "")) and hasattr(x, "shape")), None)
    if read.style == "jax":
        import jax

        with jax.ensure_compile_time_eval():  # under jit too: a program is kept for later calls
            return jax.numpy.asarray(array, dtype)
    if read.style == "torch":
        import torch

        return torch.as_tensor(array, dtype=dtype, device=None if like is None else like.device)
    return array


def shape_now(dims: Sequence[Size], numbers: dict[str, int]) -> tuple[int, ...]:
    return tuple(d.value(numbers) for d in dims)
