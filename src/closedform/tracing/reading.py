"""One reading of a function: a formula, and how its variables are taken from the arguments of a call."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from traceback import walk_tb
from typing import Any

import numpy as np

from closedform.errors import ClosedformError, ShapeError, ValueProblem
from closedform.expr.node import Node
from closedform.expr.size import ONE, Size
from closedform.formula import Formula
from closedform.read.declarations import Declarations
from closedform.tracing import branches
from closedform.tracing.closure import arrays, closed_over, libraries, narrow, plain, widened
from closedform.tracing.extremes import at_extremes
from closedform.tracing.finish import Letters, formula_of
from closedform.tracing.inputs import Call, Leaf, declared, statics_of
from closedform.tracing.place import HOME, LIBRARY, is_users, refusal
from closedform.tracing.value import Guard, Input, Trace, Value, as_two_axes, kind_of, looked

MODULES = {"numpy": "numpy_read", "jax": "jax_read", "torch": "torch_read"}


def reader_of(style: str) -> Any:
    """What calls functions with traced arguments: loaded where a function of that library is read."""
    return import_module(f"closedform.tracing.{MODULES[style]}")


@dataclass(eq=False)
class Read:
    """A function as read: its formula, and what else a call needs."""

    formula: Formula
    style: str
    dims: tuple[Size, ...]
    shapes: dict[str, tuple[Size, ...]]
    places: dict[str, int]
    labels: dict[str, str]
    constants: dict[str, Any]
    derived: dict[str, Callable[..., Any]]
    guards: list[tuple[Node, bool]]
    numbers: dict[str, int]
    looked_at: dict[str, Any] = field(default_factory=dict)
    statics: tuple[Any, ...] = ()
    wide: bool = False
    """Whether whole numbers of many bits are combined with each other."""
    dtype: Any = None
    """The type of the floats that the function itself gives."""


@dataclass(frozen=True)
class Asked:
    """What is to be read: a function at the arguments of a call, with what is declared of them."""

    fn: Callable[..., Any]
    call: Call
    style: str
    said: Declarations


def read_call(
    fn: Callable[..., Any], call: Call, source: str, where: str | None = None, style: str | None = None
) -> Read:
    """Read a function at the arguments of a call, whose values decide its branches."""
    asked = Asked(fn, call, style or _style(fn, call), declared(where, call.renamed))
    trace, out = _traced(asked, None)
    _without_overflow(asked, trace, out)
    if trace.sizes.pinned:
        _settle(asked, trace, out)
    return _finished(trace, out, call, asked.style, source)


def _without_overflow(asked: Asked, trace: Trace, out: Value) -> None:
    """What the library computes of short whole numbers around the function must be what real numbers give."""
    names = narrow(asked.fn)
    if not names:
        return
    with widened(asked.fn):
        again, found = _traced(asked, None)
    same = Letters(trace).node(out.node) is Letters(again).node(found.node)
    pairs = zip(trace.constants.values(), again.constants.values(), strict=False)
    if not same or not all(np.shape(a) == np.shape(b) and np.allclose(a, b, 1e-9, 0) for a, b in pairs):
        raise ValueProblem(
            f"what this function computes of {' and '.join(names)} beforehand is another number in whole numbers of so "
            "few bits than it is",
            hint=f"Convert before: {names[0]}.astype(float), in PyTorch {names[0]}.double().",
        )


def _style(fn: Callable[..., Any], call: Call) -> str:
    """The library of the arrays given; JAX takes NumPy's arrays too, PyTorch takes its own alone."""
    given, written = call.style, libraries(fn)
    if given == "numpy" and written == {"jax"}:
        return "jax"
    wrong = next((leaf for leaf in call.leaves if leaf.kind in ("numpy", "jax")), None)
    if written == {"torch"} and wrong is not None:
        name = ".".join(wrong.path)
        raise ClosedformError(
            f"{name} is an array of {'NumPy' if wrong.kind == 'numpy' else 'JAX'}, and the function is written with "
            "PyTorch",
            hint=f"Hand tensors: torch.as_tensor({wrong.path[0]}).",
        )
    return given


def read_shapes(fn: Callable[..., Any], call: Call, source: str, where: str | None = None) -> Read:
    """Read a function at shapes alone, where the arrays have no values yet, as under ``jax.jit``."""
    asked = Asked(fn, call, call.style, declared(where, call.renamed))
    shapes = {k: tuple(getattr(leaf.value, "shape", ())) for k, leaf in enumerate(call.leaves)}
    trace, out = _traced(asked, shapes)
    if trace.sizes.pinned:
        _settle(asked, trace, out)
    return _finished(trace, out, call, asked.style, source)


def _traced(asked: Asked, other: dict[int, tuple[int, ...]] | None) -> tuple[Trace, Value]:
    reader, call = reader_of(asked.style), asked.call
    around = closed_over(asked.fn)
    values = other is None and all(leaf.kind != "symbol" for leaf in call.leaves)
    trace = Trace(closed=arrays(around), given={} if values else None)
    for leaf in call.leaves:
        if leaf.name:
            trace.names.taken.add(leaf.name)
    shapes = [None if other is None else other.get(k) for k in range(len(call.leaves))]
    leaves = [_leaf(trace, leaf, reader, shape, asked.said) for leaf, shape in zip(call.leaves, shapes, strict=True)]
    args, kwargs = call.arguments(leaves)
    with _spoken(asked):
        out = reader.result(trace, reader.call(trace, asked.fn, args, kwargs))
        branches.count_no_further(trace)
        return trace, out


@contextmanager
def _spoken(asked: Asked) -> Iterator[None]:
    """Errors in the words of the function's library, which also say what they came of."""
    code = getattr(plain(asked.fn), "__code__", None)
    home = None if code is None else (code.co_filename, code.co_firstlineno)
    spoken, here = LIBRARY.set(asked.style), HOME.set(home)
    try:
        yield
    except ValueError as error:
        if isinstance(error.__cause__, ClosedformError):  # NumPy's own, where a traced value was no number
            raise error.__cause__ from None
        raise
    except TypeError as error:
        listed = next((leaf for leaf in asked.call.leaves if leaf.kind == "number" and len(leaf.path) > 1), None)
        if listed is None or "list" not in str(error):
            raise
        frames = [frame for frame, _ in walk_tb(error.__traceback__)]
        raise refusal(
            f"{listed.path[0]} is a list of numbers, each an argument of its own, and not an array: {error}",
            f"Hand an array: np.array({listed.path[0]}).", ShapeError,
            next((f for f in reversed(frames) if is_users(f)), None),
        ) from None  # fmt: skip
    finally:
        LIBRARY.reset(spoken)
        HOME.reset(here)


def _dims(trace: Trace, leaf: Leaf, shape: tuple[int, ...] | None, said: Declarations) -> tuple[Size, ...]:
    """The axes of an argument: declared ones by their names, else each of a size of its own."""
    if leaf.kind == "number":
        return ()
    numbers: tuple[int | None, ...] | None = shape
    if shape is None and leaf.kind != "symbol":
        numbers = tuple(leaf.value.shape)
    if leaf.name not in said.shapes:
        return tuple(trace.sizes.fresh(k) for k in (numbers if numbers is not None else (None,) * leaf.value))
    dims = tuple(s for s in said.shapes[leaf.name] if numbers is not None or s is not ONE)
    if numbers is not None:
        dims = dims[: len(numbers)]
        for d, k in zip(dims, numbers, strict=False):
            if k is not None and d.name is not None and trace.sizes.numbers.setdefault(d.name, k) == k:
                continue
            if d.number != k:
                raise ShapeError(f"{leaf.name} has shape {numbers}; it is declared otherwise")
    return dims


def _leaf(trace: Trace, leaf: Leaf, reader: Any, shape: tuple[int, ...] | None, said: Declarations) -> Any:
    if leaf.kind == "static":
        return leaf.value
    array = leaf.value
    dims = _dims(trace, leaf, shape, said)
    kind = kind_of(array)
    facts = tuple(f for f in said.facts.get(leaf.name, ()) if f != "square")
    value = trace.symbol(leaf.name, dims, kind, facts)
    trace.inputs.append(Input(leaf.name, value, leaf, ".".join(leaf.path)))
    if trace.given is not None:
        trace.given[leaf.name] = as_two_axes(looked(array))
        if value.kind != "f" and leaf.kind != "number":
            trace.statics[leaf.name] = looked(array)
    return reader.wrap(value)


def _settle(asked: Asked, trace: Trace, out: Value) -> None:
    """Sizes that Python looked at stay named where another number leads to the same formula, else are that number."""
    pinned = sorted(trace.sizes.pinned)
    if not trace.guards and not trace.looked_at and _same_elsewhere(asked, trace, out):
        return
    for name in pinned:
        trace.sizes.fix(Size({(name,): 1}))


def _same_elsewhere(asked: Asked, trace: Trace, out: Value) -> bool:
    letters = Letters(trace)
    more = {n: k + 1 for n, k in letters.numbers().items()}
    other: dict[int, tuple[int, ...]] = {}
    for i in trace.inputs:
        if isinstance(i.source, Leaf):
            try:
                other[asked.call.leaves.index(i.source)] = tuple(d.value(more) for d in letters.dims(i.value))
            except KeyError:
                return False
    if trace.constants:
        return False
    try:
        again, found = _traced(asked, other)
        one, two = letters.node(out.node), Letters(again).node(found.node)
    except (ClosedformError, ValueError, IndexError, KeyError, TypeError):
        return False
    return one is two


def _finished(trace: Trace, out: Value, call: Call, style: str, source: str) -> Read:
    letters = Letters(trace)
    formula = formula_of(trace, out, letters, source)
    places = {i.name: call.leaves.index(i.source) for i in trace.inputs if isinstance(i.source, Leaf)}
    guards = [(letters.node(_plain(trace, g)), g.outcome) for g in trace.guards]
    return Read(
        formula, style, letters.dims(out), {i.name: letters.dims(i.value) for i in trace.inputs}, places,
        {i.name: i.label for i in trace.inputs}, _originals(trace), _with_letters(trace, letters), guards,
        letters.numbers(), {n: trace.statics[n] for n in trace.looked_at},
        statics_of(call), trace.wide,
    )  # fmt: skip


def _originals(trace: Trace) -> dict[str, Any]:
    """The constants as the arrays they are in the user's code: what is written into them later is seen."""
    tensors = {id(held): tensor for tensor, held in trace.foreign.values()}
    return {name: tensors.get(id(array), array) for name, array in trace.constants.items()}


def _plain(trace: Trace, guard: Guard) -> Node:
    return at_extremes(trace, guard.test.node)


def _with_letters(trace: Trace, letters: Letters) -> dict[str, Callable[..., Any]]:
    def bound(make: Callable[..., Any]) -> Callable[..., Any]:
        def ready(have: Any, numbers: dict[str, int]) -> Any:
            def number(n: Size) -> int:
                return trace.sizes.now(n).put(letters.names).value(numbers)

            return make(have, number)

        return ready

    return {name: bound(make) for name, make in trace.derived.items()}

