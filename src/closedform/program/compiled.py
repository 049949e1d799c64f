"""Compiled formulas: functions of arrays, planned for the shapes they meet."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import Any

import numpy as np

from closedform.errors import ClosedformError, ValueProblem
from closedform.expr.node import Node
from closedform.expr.size import ONE
from closedform.functions.known_facts import facts_of
from closedform.program.arguments import Argument, arguments_of, shape_note, stays, together
from closedform.program.given import cleaned, kept
from closedform.program.guard import guarded
from closedform.program.ir import Program
from closedform.program.load import load
from closedform.program.numpy import NUMPY
from closedform.program.plan import plan
from closedform.program.source import Python
from closedform.program.spell import Backend
from closedform.program.torch import TORCH
from closedform.program.tuned import TUNED_JAX, TUNED_NUMPY
from closedform.run.arrays import as_matrix, check_facts
from closedform.run.fitting import Equation, solve_sizes

PYTHON: dict[str, Backend] = {"numpy": NUMPY, "jax": TUNED_JAX, "torch": TORCH}
REMEMBERED = 256
"""Combinations of shapes that a formula keeps programs for."""
LIBRARIES = {"jax": "JAX", "torch": "PyTorch"}
SHOWN = 60
Function = Callable[..., Any]


@dataclass(eq=False, repr=False)
class Compiled:
    """A formula, or several at once, as a function of arrays.

    It is planned anew for each combination of shapes it meets. Arguments by position in the order of ``arguments``,
    or by name. NumPy: anything that is an array of numbers, float32 stays float32. JAX, PyTorch: arrays of theirs,
    which keep dtype and device; the function may be jitted, mapped and differentiated.
    ``order`` ranks the names of the formula it comes from; those it does not need may be given, and are not used.
    ``watched`` variables are arguments that ``check`` alone looks at.
    What ``fixed`` arguments alone decide is computed once; for ``few`` calls no product of theirs is formed for that.
    Raises ValueProblem where shapes do not fit.

    >>> from closedform.functions.algebra import sym
    >>> A, x = sym("A", "m", "n"), sym("x", "n")
    >>> f = Compiled((A @ x,), "numpy")
    >>> f([[1, 2], [3, 4]], [1, 1])
    array([3., 7.])
    >>> f.arguments
    ('A', 'x')
    """

    nodes: tuple[Node, ...]
    target: str
    doc: str = ""
    fixed: Mapping[str, Any] = field(default_factory=dict)
    check: Callable[[Mapping[str, Any]], None] | None = None
    order: Mapping[str, int] = field(default_factory=dict)
    few: bool = False
    watched: tuple[Node, ...] = ()
    arguments: tuple[str, ...] = field(init=False)
    _all: tuple[Argument, ...] = field(init=False)
    _free: tuple[Argument, ...] = field(init=False)
    _count: int = field(init=False)
    _ready: dict[Any, Function] = field(init=False, default_factory=dict)
    _fast: Function = field(init=False)

    def __post_init__(self) -> None:
        self.target = "torch" if self.target == "pytorch" else self.target
        if self.target not in PYTHON:
            raise ClosedformError(f"compile is for {', '.join(PYTHON)}; {self.target} is none of them")
        if LIBRARIES.get(self.target, "") and find_spec(self.target) is None:
            library = LIBRARIES[self.target]
            hint = f'Install it: pip install "closedform[{self.target}]".'
            raise ClosedformError(f'compile("{self.target}") needs {library}, which is not installed', hint=hint)
        self._all = arguments_of((*self.nodes, *self.watched), self.order)
        staying = stays(self.fixed, self._all, self.order)
        early = [a for a in self._all if a.name in staying]
        held = cleaned(self.target, early, [kept(self.fixed[a.name]) for a in early])
        self.fixed = {a.name: v for a, v in zip(early, held, strict=True)}
        self._free = tuple(a for a in self._all if a.name not in self.fixed)
        self.arguments = tuple(a.name for a in self._free)
        self._count = len(self.arguments)
        self._fast = self.general

    def __repr__(self) -> str:
        doc = self.doc if len(self.doc) <= SHOWN else self.doc[: SHOWN - 2] + " …"
        return f"<Compiled for {self.target}: f({', '.join(self.arguments)}) = {doc}>"

    def __call__(self, *given: Any, **named: Any) -> Any:
        if named or len(given) != self._count:
            given = self.ordered(given, named)
        try:
            return self._fast(*given)
        except ZeroDivisionError:
            return self._fast(*(np.float64(v) if type(v) is float else v for v in given))
        except (ArithmeticError, IndexError, RuntimeError, ValueError) as error:
            if not _is_library_error(error):
                raise
            raise ValueProblem(f"{self.doc or 'the program'}: {error}") from error

    def ordered(self, given: tuple[Any, ...], named: Mapping[str, Any]) -> tuple[Any, ...]:
        """Every argument in its place."""
        rest = self.arguments[len(given) :]
        wrong = [n for n in named if n not in rest and (n not in self.order or n in self.fixed or n in self.arguments)]
        if wrong:
            why = "is fixed" if wrong[0] in self.fixed else "is no argument"
            why = "is given twice" if wrong[0] in self.arguments else why
            raise ValueProblem(f"{wrong[0]} {why}; wanted: {', '.join(rest) or 'nothing more'}")
        missing = [n for n in rest if n not in named]
        if missing or len(given) > len(self.arguments):
            have = f"no value was given for {', '.join(missing)}" if missing else f"{len(given)} arguments were given"
            raise ValueProblem(f"{have}; wanted: {', '.join(self.arguments) or 'none'}")
        return (*given, *(named[n] for n in rest))

    def general(self, *given: Any) -> Any:
        """A call with what was not met in the last one."""
        clean = cleaned(self.target, self._free, given, self._like())
        if self.check is not None:
            self._facts(self.by_name(clean))
            self.check(self.by_name(clean))
        key = tuple(self._kind(a, v) for a, v in zip(self._free, clean, strict=True))
        ready = self._ready.get(key)
        if ready is None:
            if len(self._ready) >= REMEMBERED:
                self._ready.clear()
            ready = self._ready[key] = self.function(self.by_name(clean))
        if self.check is None and all(a is b for a, b in zip(clean, given, strict=True)):
            self._fast = guarded(ready, self.general, clean, tuple(a.is_size for a in self._free))
        return ready(*clean)

    def _kind(self, argument: Argument, value: Any) -> Any:
        if argument.is_size:
            return value
        return (type(value), tuple(value.shape), value.dtype) if hasattr(value, "shape") else type(value)

    def _like(self) -> Any:
        """A fixed tensor, whose dtype and device the others must have."""
        return next((v for v in self.fixed.values() if self.target == "torch" and np.ndim(v)), None)

    def by_name(self, given: tuple[Any, ...]) -> dict[str, Any]:
        return {**self.fixed, **dict(zip(self.arguments, given, strict=True))}

    def function(self, values: Mapping[str, Any]) -> Function:
        """The function for arrays of these shapes."""
        program = self.program(values)
        self._facts(values)
        tuned = self.target == "numpy" and _all_double(values)
        backend = TUNED_NUMPY if tuned else PYTHON[self.target]
        text = Python(backend, program, self._all, "f", self.doc, frozenset(self.fixed)).text()
        ready = load(text, "prepare")(*self.fixed.values()) if self.fixed else load(text, "f")
        return narrowed(ready) if self.target == "numpy" and _single(values) else ready

    def program(self, values: Mapping[str, Any]) -> Program:
        """The steps for arrays of these shapes."""
        return plan(self.nodes, self.sizes(values), frozenset() if self.few else frozenset(self.fixed))

    def _facts(self, values: Mapping[str, Any]) -> None:
        """ValueProblem where arrays are not what is declared: the first of a shape, of a strict program all."""
        if self.target == "numpy":
            for name, symbol in together(self.nodes).symbols.items():
                facts = facts_of(symbol)
                if facts:  # a large array is not copied for nothing
                    check_facts(name, as_matrix(name, values[name], symbol.shape), facts)

    def sizes(self, values: Mapping[str, Any]) -> dict[str, int]:
        """The sizes that the shapes of these arrays tell; ValueProblem where they do not fit."""
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
        return _completed(equations, solve_sizes(equations, sizes))


def _is_library_error(error: Exception) -> bool:
    """Whether an error is about the values given: of a linear algebra routine, or of a helper that refuses them."""
    if isinstance(error, np.linalg.LinAlgError | IndexError | ValueError):
        return True
    return type(error).__name__ == "_LinAlgError" or str(error).startswith("torch.linalg.")


def _single(values: Mapping[str, Any]) -> bool:
    """Whether all arrays are float32."""
    types = {v.dtype for v in values.values() if isinstance(v, np.ndarray)}
    return types == {np.dtype(np.float32)}


def _all_double(values: Mapping[str, Any]) -> bool:
    return all(v.dtype == np.float64 for v in values.values() if isinstance(v, np.ndarray))


def narrowed(function: Function) -> Function:
    """The function, its answers in float32."""

    def call(*given: Any) -> Any:
        found = function(*given)
        many = [np.asarray(part, np.float32)[()] for part in (found if isinstance(found, tuple) else (found,))]
        return tuple(many) if isinstance(found, tuple) else many[0]

    return call


def _completed(equations: list[Equation], sizes: dict[str, int]) -> dict[str, int]:
    """Sizes with numbers for names that stand in sums of names alone (``k - m + p``), where any that fit will do."""
    for equation in equations:
        unknown = sorted(equation.size.names - sizes.keys())
        if unknown:
            sizes |= dict.fromkeys(unknown, 1)
            last = unknown[0]
            slope = equation.size.value({**sizes, last: 2}) - equation.size.value({**sizes, last: 1})
            sizes[last] += (equation.number - equation.size.value(sizes)) // slope
    return sizes
