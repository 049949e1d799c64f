"""θ ↦ x*(θ) for a function of Python: called as the function is without its first argument."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable, Sequence
from functools import update_wrapper
from importlib import import_module
from typing import Any

import numpy as np

from closedform.argmin.solution import Solution
from closedform.argmin.verdict import NoDerivative
from closedform.errors import ClosedformError
from closedform.formula.argmin import Argmin
from closedform.tracing.argmin.objective import Objective
from closedform.tracing.argmin.status import MINIMISERS, Status, numbers_of
from closedform.tracing.calling import Own
from closedform.tracing.closure import style_of
from closedform.tracing.guess import read_without_values
from closedform.tracing.inputs import bound
from closedform.tracing.pytrees import library
from closedform.tracing.reading import read_shapes
from closedform.tracing.value import looked

Array = Any
WAYS = ("raise", "warn", "nan")
LIBRARIES = {"jax": "jax_rule", "torch": "torch_rule"}


class Minimiser:
    """x*(θ) = argmin fn(x, θ): made by ``closedform.argmin``."""

    def __init__(self, fn: Callable[..., Any], solver: Callable[..., Any] | None, where: str | None, starts: int,
                 polish: bool, on_fail: str) -> None:  # fmt: skip
        if not callable(fn):
            raise ClosedformError(f"argmin is of a function; this is a {type(fn).__name__}")
        if on_fail not in WAYS:
            raise ClosedformError(f"on_fail is {', '.join(WAYS)}; this is {on_fail}")
        self.fn, self.solver, self.where = fn, solver, where
        self.starts, self.polish, self.on_fail = starts, polish, on_fail
        self._own = Own(fn, "value", 0, where)
        self._programs: dict[Any, Any] = {}
        self._last: tuple[list[Any], Solution] | None = None
        update_wrapper(self, fn, updated=())

    def __repr__(self) -> str:
        return f"<argmin of {getattr(self.fn, '__name__', type(self.fn).__name__)} over its first argument>"

    def __call__(self, *args: Any, start: Any = None, **kwargs: Any) -> Any:
        """x*, in the structure of the start. Raises NoDerivative where it is no minimum (``on_fail``)."""
        return self.with_status(*args, start=start, **kwargs)[0]

    def with_status(self, *args: Any, start: Any = None, **kwargs: Any) -> tuple[Any, Status]:
        """x* and the verdict on it in numbers, which jit and vmap can hand out."""
        objective, leaves, guessed = self._read(args, start, kwargs)
        found, status = self._rule(objective.read.style)(self, objective, leaves, guessed)
        return objective.call.trees[0].filled(list(found)), Status(*(status[k] for k in range(len(status))))

    def solve(self, *args: Any, start: Any = None, **kwargs: Any) -> Solution:
        """The solution with its verdict, report, derivatives by name, and bounds; several arrays as one column."""
        objective, leaves, guessed = self._read(args, start, kwargs)
        return self.solution(objective, leaves, guessed)

    def diagnose(self, point: Any, *args: Any, **kwargs: Any) -> Solution:
        """The verdict on a point that somebody brings."""
        objective, leaves, _ = self._read(args, point, kwargs)
        problem = objective.problem(leaves)
        return problem.diagnose(problem.start)

    @property
    def formula(self) -> Argmin:
        """The argmin in closed form, as ``Formula.argmin`` gives it: of a function of one array."""
        reads = self._own._reads
        name = None
        if reads:
            read = reads[-1]
            name = next(iter(n for n, k in read.places.items() if k == 0), None)
        else:
            read, call = read_without_values(self.fn, self.where, frozenset({0}), True, self._own._source)
            name = call.leaves[0].name
        if name is None:
            raise ClosedformError("the variable has several arrays: solve has the numbers")
        return read.formula.argmin(name)

    # reading

    def _read(self, args: Any, start: Any, kwargs: Any) -> tuple[Objective, list[Any], bool]:
        guessed = start is None
        if guessed:
            start = self._guessed(args, kwargs)
        own = self._own
        if own._changed():
            own._reads.clear()
            self._programs.clear()
            self._last = None
        call = bound(self.fn, (_floating(start, self.fn, args), *args), kwargs, frozenset({0}))
        leaves = [leaf.value for leaf in call.leaves]
        if any(_is_traced(x) for x in leaves):
            read = read_shapes(self.fn, call, own._source, self.where)
        else:
            read = own._read(call, leaves)
        return Objective.of(read, call, self._programs), leaves, guessed

    def _guessed(self, args: Any, kwargs: Any) -> Any:
        """Zeros in the shape that the other arguments leave to the variable."""
        hint = "Give a start: start=…"
        try:
            read, call = read_without_values(self.fn, self.where, frozenset({0}), True, self._own._source)
        except ClosedformError as error:
            raise ClosedformError(f"the shape of the variable is not known ({error.message})", hint=hint) from error
        whole = bound(self.fn, (0.0, *args), kwargs, frozenset({0}))
        numbers: dict[str, int] = {}
        for leaf in whole.leaves[1:]:
            for d, k in zip(read.shapes.get(leaf.name, ()), np.shape(leaf.value), strict=False):
                if d.name:
                    numbers[d.name] = k
        dims = read.shapes[call.leaves[0].name]
        missing = {n for d in dims for n in d.names} - set(numbers)
        if missing:
            raise ClosedformError(f"the size {sorted(missing)[0]} of the variable is not known", hint=hint)
        return _zeros(tuple(d.value(numbers) for d in dims), [x.value for x in whole.leaves[1:]], style_of(self.fn))

    @staticmethod
    def _rule(style: str) -> Callable[..., Any]:
        if style not in LIBRARIES:
            return plain
        found: Callable[..., Any] = import_module(f"closedform.tracing.argmin.{LIBRARIES[style]}").star
        return found

    # solving, on arrays that have values

    def solution(self, objective: Objective, leaves: Sequence[Any], guessed: bool) -> Solution:
        """The minimum from the start, by our search or the user's solver, and the verdict on it."""
        before = self._last if not objective.read.constants else None  # they may be written into
        if before is not None and _same(before[0], leaves):
            return before[1]
        problem = objective.problem(leaves)
        if guessed and len(objective.over) == 1:
            problem.start = None
        if self.solver is None:
            found = problem.solve(1)
            if not found.minimality.startswith("proved") and self.starts > 1:
                found = objective.problem(leaves).solve(self.starts)
            if guessed and found.others and found.others[0].value < found.value - 1e-10 * max(1.0, abs(found.value)):
                found = self.judged(objective, leaves, np.asarray(found.others[0].x, float))
        else:
            found = self.judged(objective, leaves, self.by_solver(objective, leaves))
        objective.check_path(self._at(objective, leaves, np.reshape(found.x, -1)))
        self._last = ([looked(x).copy() if hasattr(x, "dtype") else x for x in leaves], found)
        return found

    def judged(self, objective: Objective, leaves: Sequence[Any], x: Array) -> Solution:
        """The verdict on a point; with ``polish`` on the stationary point that Newton's steps reach from it."""
        problem = objective.problem(leaves)
        found = problem.diagnose(np.reshape(x, np.shape(problem.start)))
        near = {found.verdict.kind, *found.verdict.also} & set(MINIMISERS)
        if not (self.polish and near) or found.judged is None:
            return found
        end = problem.whole(problem.view.floats(found.judged.end.z))
        return found if np.array_equal(end, found.x) else objective.problem(leaves).diagnose(np.asarray(end))

    def by_solver(self, objective: Objective, leaves: Sequence[Any]) -> Array:
        """What the user's solver gives, as one flat array."""
        found = self.run_solver(objective, leaves)
        return np.concatenate([np.asarray(looked(x), float).reshape(-1) for x in found])

    def run_solver(self, objective: Objective, leaves: Sequence[Any]) -> list[Any]:
        """``solver(objective, start)``: the point it gives, or the ``x`` or ``value`` of its result, leaf by leaf."""
        assert self.solver is not None
        tree, count = objective.call.trees[0], len(objective.over)

        def value(x: Any) -> Any:
            args, kwargs = objective.call.arguments([*_leaves(x, count), *leaves[count:]])
            return self.fn(*args, **kwargs)

        found = self.solver(value, tree.filled(list(leaves[:count])))
        return _leaves(found if hasattr(found, "dtype") else _solution_of(found), count)

    def _at(self, objective: Objective, leaves: Sequence[Any], flat: Array) -> list[Any]:
        """The leaves with x* in the place of the start."""
        out = list(leaves)
        for place, part in zip(objective.over, objective.split(np.asarray(flat, float), leaves), strict=True):
            out[place] = _alike(part, leaves[place])
        return out

    def live(self, objective: Objective, k: int) -> Any:
        """A leaf that a derivative may flow to: of a module, the parameter itself."""
        leaf = objective.call.leaves[k]
        module = objective.call.modules.get(leaf.argument)
        return leaf.value if module is None else module.module.get_parameter(leaf.path[-1])

    def refused(self, found: Solution) -> bool:
        """Whether there is no minimiser; raises or warns as asked."""
        if found.verdict.kind in MINIMISERS:
            return False
        return self.without(found)

    def without(self, found: Solution) -> bool:
        """What to do where the answer is missing: NaN is handed out where this gives True."""
        if self.on_fail == "raise":
            raise NoDerivative(found.verdict)
        if self.on_fail == "warn":
            warnings.warn(str(found.verdict), stacklevel=2)
        return self.on_fail == "nan"


def plain(m: Minimiser, objective: Objective, leaves: list[Any], guessed: bool) -> tuple[list[Any], Array]:
    """x* in arrays of NumPy, which have no derivatives of their own."""
    found = m.solution(objective, leaves, guessed)
    flat = np.asarray(found.x, float).reshape(-1)
    if m.refused(found):
        flat = np.full_like(flat, np.nan)
    parts = objective.split(flat, leaves)
    return [float(p) if np.ndim(p) == 0 else p for p in parts], numbers_of(found)


def _leaves(x: Any, count: int) -> list[Any]:
    from_tree = bound(lambda x: x, (x,), {}, frozenset({0})).leaves
    if len(from_tree) != count:
        raise ClosedformError(f"the solver gives {len(from_tree)} arrays where the start has {count}")
    return [leaf.value for leaf in from_tree]


def _is_traced(x: Any) -> bool:
    """Whether an array of JAX is being transformed, so that its value is not to be had."""
    jax = sys.modules.get("jax")
    return jax is not None and isinstance(x, jax.core.Tracer)


def _floating(start: Any, fn: Callable[..., Any], args: Sequence[Any]) -> Any:
    """Whole numbers in a start are numbers, and one number is of the library that the function is written with."""
    if isinstance(start, list) and all(isinstance(v, int | float) for v in start):
        return np.asarray(start, float)
    if isinstance(start, int | float) and not isinstance(start, bool):
        return _zeros((), [x for x in args if hasattr(x, "dtype")], style_of(fn)) + float(start)
    return start.astype(float) if isinstance(start, np.ndarray) and start.dtype.kind in "iu" else start


def _zeros(shape: tuple[int, ...], like: Sequence[Any], style: str = "numpy") -> Any:
    first = next((x for x in like if "float" in str(getattr(x, "dtype", "")) and hasattr(x, "shape")), None)
    if first is not None:
        style = library(first)
    if style == "jax":
        import jax.numpy as jnp

        return jnp.zeros(shape, None if first is None else first.dtype)
    if style == "torch":
        import torch

        return torch.zeros(shape, dtype=torch.float64) if first is None else first.detach().new_zeros(shape)
    return np.zeros(shape) if shape else 0.0


def _alike(part: Array, like: Any) -> Any:
    if hasattr(like, "new_tensor"):
        return like.detach().new_tensor(part)
    return float(part) if isinstance(like, float) else part


def _same(one: Sequence[Any], other: Sequence[Any]) -> bool:
    if len(one) != len(other):
        return False
    for a, b in zip(one, other, strict=True):
        if not hasattr(b, "dtype"):
            if a is not b and a != b:
                return False
            continue
        b = looked(b)
        if np.shape(a) != b.shape or not np.array_equal(a, b):
            return False
    return True


def _solution_of(found: Any) -> Any:
    """What a solver calls its solution: SciPy ``x``, optimistix ``value``, JAXopt ``params``."""
    for said in (getattr(found, "x", None), getattr(found, "value", None), getattr(found, "params", None)):
        if said is not None:
            return said
    return found
