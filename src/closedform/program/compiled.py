"""Compiled formulas: functions of arrays, planned for the shapes they meet."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from closedform.errors import ClosedformError, ValueProblem
from closedform.expr.node import Node
from closedform.expr.size import ONE
from closedform.program.arguments import Argument, arguments_of, shape_note
from closedform.program.ir import Program, rank
from closedform.program.plan import plan
from closedform.program.jax import JAX
from closedform.program.numpy import NUMPY
from closedform.program.source import Python
from closedform.program.spell import Backend
from closedform.program.torch import TORCH
from closedform.run.arrays import as_matrix
from closedform.run.fitting import Equation, solve_sizes

PYTHON: dict[str, Backend] = {"numpy": NUMPY, "jax": JAX, "torch": TORCH}
FLOATS = (np.dtype(np.float64), np.dtype(np.float32))


def load(text: str, name: str) -> Callable[..., Any]:
    """The function of a text that :class:`Python` wrote: nothing typed by a person stands in it but checked names."""
    space: dict[str, Any] = {}
    exec(compile(text, f"<{name}>", "exec"), space)  # noqa: S102
    function: Callable[..., Any] = space[name]
    return function


@dataclass
class Compiled:
    """A formula, or several at once, as a function of arrays.

    It is planned anew for each combination of shapes it meets. Arguments by position in the order of ``arguments``,
    or by name. NumPy: anything that is an array of numbers, float32 stays float32. JAX, PyTorch: arrays of theirs,
    which keep dtype and device; the function may be jitted, mapped and differentiated.
    Raises ValueProblem where shapes do not fit.
    """

    nodes: tuple[Node, ...]
    target: str
    doc: str = ""
    fixed: Mapping[str, Any] = field(default_factory=dict)
    check: Callable[[Mapping[str, Any]], None] | None = None
    arguments: tuple[str, ...] = field(init=False)
    _all: tuple[Argument, ...] = field(init=False)
    _ready: dict[Any, Callable[..., Any]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        if self.target not in PYTHON:
            raise ClosedformError(f"compile is for {', '.join(PYTHON)}; {self.target} is none of them")
        self._all = arguments_of(self.nodes)
        names = [a.name for a in self._all]
        strange = [n for n in self.fixed if n not in names]
        if strange:
            raise ValueProblem(f"{strange[0]} is fixed, but the formula has {', '.join(names) or 'no variables'}")
        held = {a.name: self.one(a, self.fixed[a.name]) for a in self._all if a.name in self.fixed}
        self.fixed = held
        self.arguments = tuple(n for n in names if n not in held)

    def __call__(self, *given: Any, **named: Any) -> Any:
        if named:
            given = self.ordered(given, named)
        key = tuple([(a.__class__, a.shape, a.dtype) if hasattr(a, "dtype") else a.__class__ for a in given])
        ready = self._ready.get(key)
        if ready is None:
            return self.first(key, given)
        if self.check is not None:
            self.check(self.by_name(given))
        return ready(*given)

    def ordered(self, given: tuple[Any, ...], named: Mapping[str, Any]) -> tuple[Any, ...]:
        rest = self.arguments[len(given) :]
        wrong = [n for n in named if n not in rest]
        if wrong:
            raise ValueProblem(f"{wrong[0]} is no argument here; wanted: {', '.join(rest) or 'nothing more'}")
        return (*given, *(named[n] for n in rest if n in named))

    def by_name(self, given: tuple[Any, ...]) -> dict[str, Any]:
        return {**self.fixed, **dict(zip(self.arguments, given, strict=True))}

    def first(self, key: Any, given: tuple[Any, ...]) -> Any:
        """A call with shapes not met before, or with what is no array yet."""
        if len(given) != len(self.arguments):
            raise ValueProblem(f"{len(given)} arguments; wanted: {', '.join(self.arguments) or 'none'}")
        mine = {a.name: a for a in self._all}
        clean = tuple(self.one(mine[n], v) for n, v in zip(self.arguments, given, strict=True))
        if self.check is not None:
            self.check(self.by_name(clean))
        ready = self.function(self.by_name(clean))
        if all(a is b for a, b in zip(clean, given, strict=True)):
            self._ready[key] = ready
        return ready(*clean)

    def function(self, values: Mapping[str, Any]) -> Callable[..., Any]:
        """The function for arrays of these shapes."""
        text = Python(PYTHON[self.target], self.program(values), self._all, "f", self.doc, frozenset(self.fixed)).text()
        if not self.fixed:
            return load(text, "f")
        prepare = load(text, "prepare")
        ready: Callable[..., Any] = prepare(*(self.fixed[a.name] for a in self._all if a.name in self.fixed))
        return ready

    def program(self, values: Mapping[str, Any]) -> Program:
        """The steps for arrays of these shapes."""
        return plan(self.nodes, self.sizes(values), frozenset(self.fixed))

    def sizes(self, values: Mapping[str, Any]) -> dict[str, int]:
        equations: list[Equation] = []
        sizes: dict[str, int] = {}
        for argument in self._all:
            value = values[argument.name]
            if argument.is_size:
                sizes[argument.name] = int(value)
                continue
            have = tuple(np.shape(value))
            wanted = [s for s in argument.shape if s is not ONE]
            source = f"{argument.name} {shape_note(argument)} is {have}"
            equations += [Equation(s, h, source) for s, h in zip(wanted, have, strict=True)]
        return solve_sizes(equations, sizes)

    def one(self, argument: Argument, value: Any) -> Any:
        """A value as the program takes it; ValueProblem where it cannot."""
        if argument.is_size:
            return _whole(argument.name, value)
        if self.target == "numpy":
            return _numpy(argument, value)
        library = type(value).__module__.split(".")[0]
        foreign = library in ("torch", "jax", "jaxlib") and not library.startswith(self.target)
        if foreign or (self.target == "torch" and library == "numpy" and rank(argument.shape)):
            raise ValueProblem(f"{argument.name} is an array of {library}; this program is for {self.target}")
        if len(np.shape(value)) != rank(argument.shape):
            raise ValueProblem(f"{argument.name} has shape {tuple(np.shape(value))}; {shape_note(argument)} is wanted")
        return value


def _whole(name: str, value: Any) -> int:
    if isinstance(value, bool) or not float(value).is_integer() or value < 1:
        raise ValueProblem(f"{name} is {value!r}; a whole number of 1 or more is wanted (it is a size)")
    return int(value)


def _numpy(argument: Argument, value: Any) -> Any:
    """An array of one, two or no axes, float32 or float64; the value itself where it is one already."""
    axes = rank(argument.shape)
    if isinstance(value, np.ndarray) and value.dtype in FLOATS and value.ndim == axes and type(value) is np.ndarray:
        return value
    if axes == 0 and type(value) in (float, int):
        return value
    array = as_matrix(argument.name, value, argument.shape)
    dtype = value.dtype if isinstance(value, np.ndarray) and value.dtype in FLOATS else float
    array = np.asarray(array, dtype)
    return array.reshape(-1) if axes == 1 else array if axes == 2 else dtype(array.item()) if callable(dtype) else array.item()
