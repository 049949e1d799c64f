"""The user's function and its derivatives as functions with the same way of calling."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from functools import update_wrapper
from typing import Any

import numpy as np

from closedform.errors import ClosedformError, MissingRule, ValueProblem
from closedform.formula import Formula
from closedform.tracing.around import Around
from closedform.tracing.asking import ASKED, Asked
from closedform.tracing.closure import is_narrow, wide
from closedform.tracing.guess import read_without_values
from closedform.tracing.inputs import PLAIN, Call, bound, look, modules_of, signature_of, statics_of
from closedform.tracing.modules import READING
from closedform.tracing.place import without_values
from closedform.tracing.plans import Program, Wanted, numbers_of, shape_now
from closedform.tracing.precision import answered
from closedform.tracing.pytrees import flat
from closedform.tracing.reading import Read, read_call, read_shapes

Argnums = int | str | Sequence[int | str]
CLOSE = {"float32": 1e-3, "float16": 1e-1, "bfloat16": 1e-1}


class Own:
    """A function of the user's own, or a derivative of one, computed by its closed form.

    It is called as the function is (``jvp``, ``vjp`` and ``hvp`` take the direction as a last argument). It is read
    anew for arguments that take another path through the code, and for other ranks of arrays.
    """

    def __init__(
        self, fn: Callable[..., Any], op: str, argnums: Argnums = 0, where: str | None = None
    ) -> None:
        if not callable(fn):
            raise ClosedformError(f"{op} is of a function; this is a {type(fn).__name__}")
        self.fn, self.op, self.where = fn, op, where
        self.argnums = positions(fn, argnums)
        self._programs: dict[Any, list[tuple[Program, Asked]]] = {}
        self._reads: list[Read] = []
        self._last: Asked | None = None
        self._around: Around | None = None
        self._roots: list[Any] = [fn]
        update_wrapper(self, fn, updated=())

    @property
    def _moving(self) -> tuple[int, ...]:
        return (self.argnums,) if isinstance(self.argnums, int) else tuple(self.argnums)

    # calling

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        directions: tuple[Any, ...] = ()
        if self.op in ASKED.directed:
            if not args:
                raise ClosedformError(f"{self.op} takes the direction as its last argument")
            args, directions = args[:-1], args[-1:]
        call, leaves, key = self._apart(args, kwargs, directions)
        if self._changed():
            self._programs, self._reads, self._roots = {}, [], [self.fn]
        for program, asked in self._programs.get(key, ()):
            if (program.read.guards or program.read.looked_at) and not program.holds(leaves):
                continue
            return asked.put_together(program(leaves))
        with READING:
            return self._first(args, kwargs, leaves, key, call)

    def _apart(self, args: Any, kwargs: Any, directions: Any) -> tuple[Call | None, list[Any], Any]:
        """The leaves of a call and what they look like; plain positional arrays the fast way."""
        leaves = [*args, *directions]
        key: list[Any] = []
        for x in leaves:
            if hasattr(x, "dtype"):
                key.append((x.__class__, x.shape, x.dtype))
            elif x.__class__ is float:
                key.append(float)
            elif isinstance(x, PLAIN):
                key.append((x.__class__, x))
            else:
                break
        else:
            if not kwargs and self._all_given(len(args)):
                return None, leaves, tuple(key)
        call = self._bound(args, kwargs)
        leaves = [leaf.value for leaf in call.leaves]
        for d in directions:
            leaves += [x for _, x in flat(d)[0]]
        return call, leaves, (tuple(leaf.path for leaf in call.leaves), tuple(map(look, leaves)), modules_of(call))

    def _all_given(self, count: int) -> bool:
        wants = getattr(self, "_wants", None)
        if wants is None:
            try:
                wants = len(self._bound((0.0,) * count, {}).leaves)
            except TypeError:
                return False
            self._wants = wants
        return bool(wants == count)

    def _bound(self, args: Any, kwargs: Any) -> Call:
        if self.op == "value":
            return bound(self.fn, args, kwargs, frozenset())
        return bound(self.fn, args, kwargs, frozenset(self._moving))

    def _changed(self) -> bool:
        """Whether what the function reads from around it is something else by now."""
        return self._around is not None and self._around.changed()

    def _first(self, args: Any, kwargs: Any, leaves: list[Any], key: Any, call: Call | None) -> Any:
        call = call or self._bound(args, kwargs)
        if any(map(without_values, leaves)):
            found = read_shapes(self.fn, call, self._source, self.where)
            self._watch(call)
            return self._answer(found, call, leaves, key)
        count, read = len(self._reads), self._read(call, leaves)
        try:
            return self._answer(read, call, leaves, key)
        except ValueProblem:
            if len(self._reads) > count:
                raise
        return self._answer(self._anew(call, leaves), call, leaves, key)  # read of other sizes, it fails at these

    def _answer(self, read: Read, call: Call, leaves: list[Any], key: Any) -> Any:
        asked = Asked.of(self.op, read, call, self._moving, isinstance(self.argnums, int))
        numbers = numbers_of(read, leaves)
        more = asked.with_directions(leaves, len(call.leaves))
        program = Program(read, asked.wanted(leaves, numbers), leaves, more)
        self._last = asked
        found = asked.put_together(program(leaves))
        self._programs.setdefault(key, []).append((program, asked))
        return found

    def _read(self, call: Call, leaves: list[Any]) -> Read:
        for read in self._reads:
            if _fits(read, call, leaves) and self._agrees(read, call, leaves):
                return read
        return self._anew(call, leaves)

    def _anew(self, call: Call, leaves: list[Any]) -> Read:
        read = read_call(self.fn, call, self._source, self.where)
        self._agree(read, call, leaves)
        self._reads.append(read)
        self._watch(call)
        return read

    def _watch(self, call: Call) -> None:
        """Remember what was read besides arrays that programs read at each call."""
        self._roots += [part.module for part in call.modules.values()]
        self._roots += [x.value for x in call.leaves if x.kind == "static" and not isinstance(x.value, PLAIN)]
        live = {id(x) for read in self._reads if read.style != "jax" for x in read.constants.values()}
        live |= {id(p) for part in call.modules.values() for p in part.module.parameters()}
        self._around = Around(self._roots, frozenset(live))

    def _agrees(self, read: Read, call: Call, leaves: list[Any]) -> bool:
        """Whether what was read of other arrays is the function at these too: it may have looked at their sizes."""
        try:
            self._agree(read, call, leaves)
        except ValueProblem:
            return False
        return True

    @property
    def _source(self) -> str:
        return getattr(self.fn, "__name__", type(self.fn).__name__)

    def _agree(self, read: Read, call: Call, leaves: list[Any]) -> None:
        """The formula read and the function must agree at the values given: nothing read wrongly passes."""
        numbers = numbers_of(read, leaves)
        program = Program(read, [Wanted(read.formula, shape_now(read.dims, numbers))], leaves, {})
        mine = _plain(program(leaves)[0])
        close = max([CLOSE.get(str(getattr(x, "dtype", "")).rpartition(".")[2], 1e-7) for x in leaves])
        given = [leaf.value for leaf in call.leaves]
        own = self._value(call, given)
        its, read.dtype = _plain(own), answered(read.style, own)
        if not _are_close(mine, its, close) and any(map(is_narrow, given)):  # NumPy's exp of int8 is in float16
            its = _plain(self._value(call, [wide(x) if is_narrow(x) else x for x in given]))
        if not _are_close(mine, its, close):
            raise self._differ(read, mine, its)

    def _value(self, call: Call, leaves: list[Any]) -> Any:
        """The function's own value."""
        values, named = call.arguments(leaves)
        return self.fn(*values, **named)

    def _differ(self, read: Read, mine: Any, its: Any) -> ValueProblem:
        if mine.shape == its.shape and np.any(np.isfinite(its) & ~np.isfinite(mine)):
            return ValueProblem(
                f"{self._source} has a value at these arrays, and the formula read from it has none: {its!r}, {mine!r}",
                hint=f"The formula read is {read.formula.text}; a term of it is no number here, as 0*log(0) is none. "
                "Keep to arguments inside its domain, or leave those entries out.",
            )
        return ValueProblem(
            f"{self._source} and the formula read from it differ at these values: {its!r} and {mine!r}",
            hint=f"The formula read is {read.formula.text}. A function that draws random numbers, or changes what "
            "it reads, cannot be read.",
        )

    # what was computed

    @property
    def formula(self) -> Any:
        """What is computed, in closed form: a formula, or a dictionary of them by name."""
        found = self._answers()
        return next(iter(found.values())) if len(found) == 1 else found

    @property
    def function(self) -> Formula:
        """The formula of the function itself."""
        return self._asked().read.formula

    def _asked(self) -> Asked:
        if self._last is None:
            scalar = self.op in ASKED.of_scalars
            read, call = read_without_values(self.fn, self.where, frozenset(self._moving), scalar, self._source)
            self._last = Asked.of(self.op, read, call, self._moving, isinstance(self.argnums, int))
        return self._last

    def _answers(self) -> dict[str, Formula]:
        return self._asked().formulas

    def _derived(self) -> dict[str, Formula]:
        found = {name: f for name, f in self._answers().items() if f._origin is not None}
        if not found:
            raise MissingRule("this is the function as it was read; derivations and certificates are of derivatives")
        return found

    def derivation(self, method: str = "differentials", detail: str = "normal") -> Any:
        """How it is derived, step by step: a derivation, or a dictionary of them by name."""
        found = {name: f.derivation(method, detail) for name, f in self._derived().items()}
        return next(iter(found.values())) if len(found) == 1 else found

    def check(self) -> Any:
        """Its certificate, or a dictionary of them by name."""
        found = {name: f.check() for name, f in self._derived().items()}
        return next(iter(found.values())) if len(found) == 1 else found

    def code(self, target: str | None = None, name: str = "f") -> str:
        """Source text of a function that computes it."""
        asked = self._asked()
        first, *more = asked.formulas.values()
        return first.code(target or asked.read.style, *more, name=name)

    @property
    def labels(self) -> dict[str, str]:
        """The names in the formula, and what they are in the code."""
        return dict(self._asked().read.labels)

    def __repr__(self) -> str:
        return f"<{self.op} of {self._source}>"


def positions(fn: Callable[..., Any], argnums: Any) -> int | tuple[int, ...]:
    """The arguments that are differentiated by, which may be named."""
    if isinstance(argnums, Sequence) and not isinstance(argnums, str) and argnums:
        return tuple(_position(fn, k) for k in argnums)
    return _position(fn, argnums)


def _position(fn: Callable[..., Any], which: Any) -> int:
    if isinstance(which, int | np.integer) and not isinstance(which, bool):
        return int(which)
    signature = signature_of(fn)
    names = [] if signature is None else list(signature.parameters)
    if isinstance(which, str) and signature is not None and which in names:
        before = [signature.parameters[n].kind for n in names[: names.index(which) + 1]]
        if not {inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD} & set(before):
            return names.index(which)
    raise ClosedformError(
        f"argnums is {which!r}, which is no argument of this function",
        hint=f"Give positions from 0, or names: {', '.join(names) or '0'}.",
    )


def _fits(read: Read, call: Call, leaves: list[Any]) -> bool:
    """Whether what was read holds for these arguments too: the same ranks and statics, sizes that match, its path."""
    if read.statics != statics_of(call):
        return False
    try:
        numbers_of(read, leaves)
        return Program(read, [Wanted(read.formula)], leaves, {}).holds(leaves)
    except ValueProblem:
        return False


def _are_close(mine: Any, its: Any, close: float) -> bool:
    scale = np.max(np.abs(its), initial=1e-300, where=np.isfinite(its))
    return mine.shape == its.shape and bool(np.allclose(mine, its, close, close * scale, equal_nan=True))


def _plain(x: Any) -> Any:
    return np.asarray(x.detach().cpu() if hasattr(x, "detach") else x, float)
