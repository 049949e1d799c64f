"""A JAX function read: traced by JAX itself, its jaxpr interpreted on traced values.

It is traced twice: at the shapes given, which tells what sizes are equal, then with those sizes named. Where the
second is not possible, the sizes are the numbers they are.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import export

from closedform.errors import ClosedformError, MissingRule, ReadError
from closedform.expr.size import Size, size
from closedform.functions.algebra import SYM
from closedform.tracing import branches, jax_indices
from closedform.tracing.declared import reader_of
from closedform.tracing.jax_named import is_own, reader_of_name
from closedform.tracing.jax_primitives import COMPARED, PRIMITIVES, Iota, lifted
from closedform.tracing.jax_rules import agree
from closedform.tracing.ops import indexing, whole
from closedform.tracing.ops import shape as shapes
from closedform.tracing.place import ELSEWHERE, is_users, refusal, refuse, without_values
from closedform.tracing.pytrees import flat
from closedform.tracing.refused import no_array, unread
from closedform.tracing.sizes import MARK
from closedform.tracing.value import Trace, Value

LONGEST = 10_000
"""Steps of a scan that are unrolled."""
MOVES = ("gather", "rev", "split", "tile", "dynamic_slice", "strided slice")
"""What gives entries of its first argument, chosen by numbers."""
COUNTING = ("reduce_sum", "cumsum", "reduce_prod", "dot_general", "convert_element_type", "add_any")
"""What may leave the type of its whole numbers, besides arithmetic."""
AS_GIVEN = ("max", "add", "select_n", "concatenate", "stack")
LIBRARIES = (*(str(Path(str(m.__file__)).parent) for m in (jax, np)), str(Path(__file__).parents[1]))
UNNAMED = (ClosedformError, TypeError, ValueError, NotImplementedError, jax.errors.InconclusiveDimensionOperation)
"""What a function raises that cannot be traced at sizes without numbers."""
INLINE = (
    "jit", "pjit", "closed_call", "custom_jvp_call", "custom_vjp_call", "custom_vjp_call_jaxpr", "remat", "remat2",
    "checkpoint",
)  # fmt: skip


def wrap(value: Value) -> Value:
    return value


def result(trace: Trace, out: Any) -> Value:
    return out if isinstance(out, Value) else lifted(trace, out)


def call(trace: Trace, fn: Callable[..., Any], args: list[Any], kwargs: dict[str, Any]) -> Value:
    """What the function gives for traced values; whole numbers that choose entries are looked at."""
    try:
        return _called(trace, fn, args, kwargs)
    except (MissingRule, ReadError):
        leaves, tree = flat([args, kwargs])
        known = [_whole(trace, x) for _, x in leaves]
        if all(x is None for x in known):
            raise
    args, kwargs = tree.filled([x if k is None else k for k, (_, x) in zip(known, leaves, strict=True)])
    return _called(trace, fn, args, kwargs)


def _whole(trace: Trace, x: Any) -> Any:
    """The numbers of an array of whole numbers or truth values, which the formula is then for."""
    name = x.node.params[0] if isinstance(x, Value) and x.kind != "f" and x.node.op is SYM else None
    if name not in trace.statics:
        return None
    trace.looked_at.add(name)
    return jnp.asarray(trace.statics[name])


def _called(trace: Trace, fn: Callable[..., Any], args: list[Any], kwargs: dict[str, Any]) -> Value:
    leaves, tree = flat([args, kwargs])
    values = [x for _, x in leaves if isinstance(x, Value)]

    def plain(*arrays: Any) -> Any:
        rest = iter(arrays)
        args, kwargs = tree.filled([next(rest) if isinstance(x, Value) else x for _, x in leaves])
        return fn(*args, **kwargs)

    unknown = (d for v in values for d in v.dims if trace.sizes.number(d) is None)
    if trace.given is None and any((d.name or MARK).startswith(MARK) for d in unknown):
        raise MissingRule(
            "a JAX function is read at arrays, or with declared shapes",
            hint='Call it with arrays, give at=(…), or declare: where="X in R^(m×n), w in R^n".',
        )
    numbered = all(trace.sizes.number(d) is not None for v in values for d in v.dims)
    out = _read(trace, plain, values, named=False) if numbered else None
    if any(d.number is None for v in values for d in v.dims):
        counted = dict(trace.counted)
        try:
            return _read(trace, plain, values, named=True)
        except UNNAMED:
            if out is None:
                raise
            trace.counted = counted
    for v in values:
        for d in v.dims:
            trace.sizes.fix(d)
    assert out is not None
    return out


def _read(trace: Trace, fn: Callable[..., Any], values: Sequence[Value], *, named: bool) -> Value:
    avals = _avals(trace, values, named)
    trace.counted.clear()
    try:
        closed, out = jax.make_jaxpr(fn, return_shape=True)(*avals)
    except (jax.errors.JAXTypeError, jax.errors.JAXIndexError) as error:
        raise _needs_numbers(error) from None
    except TypeError as error:
        if "PRNG" not in str(error):
            raise
        refuse("random numbers are drawn here, by a key that is an argument", "Draw them before, and hand them over.")
    if len(closed.out_avals) != 1:
        no_array(out)
    if any(map(without_values, closed.consts)):
        refuse("a value of another transformation of JAX is closed over here", "Hand it over as an argument.")
    with jax.ensure_compile_time_eval():  # under jit too, what depends on no argument is numbers
        return lifted(trace, Interpreter(trace, named).run(closed.jaxpr, closed.consts, values)[0])


def _needs_numbers(error: Exception) -> ClosedformError:
    """JAX's refusal to make a traced array a number, with its place in the user's file."""
    frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__)]
    return refusal(
        "a value is made a number, an index or a NumPy array here, which JAX does not while it traces",
        "Branch with jnp.where or lax.cond; only static arguments may be counts and indices.",
        ReadError, next((f for f in reversed(frames) if is_users(f)), None),
    )  # fmt: skip


def _avals(trace: Trace, values: Sequence[Value], named: bool) -> list[Any]:
    dims = [v.dims for v in values]
    types = {v.kind: _type(v.kind) for v in values}
    if not named:
        shapes = [tuple(trace.sizes.number(d) for d in ds) for ds in dims]
        return [jax.ShapeDtypeStruct(shape, types[v.kind]) for shape, v in zip(shapes, values, strict=True)]
    texts = ["(" + "".join(f"{_spoken(d)}," for d in ds) + ")" for ds in dims]
    every = export.symbolic_shape(", ".join(t.strip("()").rstrip(",") for t in texts if t != "()"))
    out, at = [], 0
    for ds, v in zip(dims, values, strict=True):
        out.append(jax.ShapeDtypeStruct(tuple(every[at : at + len(ds)]), types[v.kind]))
        at += len(ds)
    return out


def _type(kind: str) -> Any:
    return {"f": jnp.result_type(float), "i": jnp.result_type(int), "b": bool}.get(kind, kind)


def _spoken(n: Size) -> str:
    return n.text.replace(MARK, "size")


class Interpreter:
    """Runs a jaxpr on traced values; what does not depend on them is computed by JAX."""

    def __init__(self, trace: Trace, named: bool) -> None:
        self.trace, self.named = trace, named

    def size(self, n: Any) -> Size:
        """A length in a shape: a name where sizes are named, else a size that will be unified."""
        if isinstance(n, int):
            return size(n) if self.named or n == 1 else self.trace.sizes.fresh(n)
        return jax_indices.named(n)

    def run(self, jaxpr: Any, consts: Sequence[Any], args: Sequence[Any]) -> list[Any]:
        env: dict[Any, Any] = {}
        own = is_own(jaxpr)
        env.update(zip(jaxpr.constvars, [self.const(c) for c in consts], strict=True))
        env.update(zip(jaxpr.invars, args, strict=True))
        wrapping = jax_indices.wrapping(jaxpr)
        for eqn in jaxpr.eqns:
            index, length = wrapping.get(id(eqn), (None, None))
            if index is not None and jax_indices.are_labels(env.get(index)):
                found = length.val if hasattr(length, "val") else env[length]
                env[eqn.outvars[0]] = jax_indices.Index(env[index], found)
                continue
            given = [v.val if hasattr(v, "val") else env[v] for v in eqn.invars]
            here = ELSEWHERE.set(ELSEWHERE.get() if own else partial(_line, eqn, ELSEWHERE.get()))
            try:
                env.update(zip(eqn.outvars, self.step(eqn, given), strict=True))
            finally:
                ELSEWHERE.reset(here)
            if eqn.primitive.name == "stop_gradient" and not own and isinstance(given[0], Value):
                self.trace.stopped |= {n for n in (given[0].node, *given[0].node.args) if n.op is SYM}
        return [v.val if hasattr(v, "val") else env[v] for v in jaxpr.outvars]

    def const(self, array: Any) -> Any:
        if np.ndim(array) == 0:
            return np.asarray(array)
        return self.trace.constant(array) if np.asarray(array).dtype.kind == "f" else np.asarray(array)

    def step(self, eqn: Any, given: list[Any]) -> list[Any]:
        name, params = eqn.primitive.name, eqn.params
        if name == "slice" and params["strides"] is not None and any(k != 1 for k in params["strides"]):
            name = "strided slice"
        if name in INLINE:
            return self.inner(eqn, given)
        if name == "cond":
            return self.cond(params["branches"], given[0], given[1:])
        if name == "scan":
            return self.scan(params, given)
        if name == "while":
            refuse("while_loop of JAX has no fixed length, and no closed form", "Use lax.scan or a Python loop.")
        if name == "dim_as_value":
            return [self.trace.size_value(self.size(params["dim"]))]
        if any(isinstance(x, jax_indices.Index) for x in given):
            return [jax_indices.followed(self.trace, name, given, params)]
        loose = not any(isinstance(x, Value | Iota) for x in given)
        if loose and not (name in ("iota", "broadcast_in_dim") and self.named):
            found = eqn.primitive.bind(*map(_array, given), **params)
            return [_plain(x) for x in (found if eqn.primitive.multiple_results else [found])]
        if name in MOVES and isinstance(given[0], Value) and not any(isinstance(x, Value | Iota) for x in given[1:]):
            return self.moved(eqn, given)
        reader = PRIMITIVES.get(name)
        if reader is None and name in ("gather", "dynamic_slice"):
            jax_indices.no_index()
        if reader is None:
            unread(f"the JAX primitive {name}", name)
        raw = name in AS_GIVEN or name in COMPARED
        clean = given if raw else [lifted(self.trace, x) for x in given]
        return [self.counted(eqn, reader(self.trace, self.size, *clean, **params))]

    def counted(self, eqn: Any, out: Any) -> Any:
        """What is computed of whole numbers, in the type that JAX gives it."""
        kind = np.dtype(eqn.outvars[0].aval.dtype)
        if not isinstance(out, Value) or kind.kind not in "iu":
            return out
        if eqn.primitive.name == "div":
            refuse("a quotient of whole numbers is rounded to a whole number here", "Write / for //, or use floats.")
        out.kind = kind.name
        return whole.kept(out, linear=eqn.primitive.name != "dot_general") if eqn.primitive.name in COUNTING else out

    def moved(self, eqn: Any, given: list[Any]) -> list[Any]:
        """Entries chosen by numbers: the same is done to their places, which tells where each comes from."""
        x, sizes = given[0], self.trace.sizes
        shape = tuple(sizes.pin(d, eqn.primitive.name) for d in x.dims)
        places = jnp.arange(int(np.prod(shape))).reshape(shape)
        found = eqn.primitive.bind(places, *map(jnp.asarray, given[1:]), **eqn.params)
        return [indexing.selected(x, np.asarray(p)) for p in (found if eqn.primitive.multiple_results else [found])]

    def inner(self, eqn: Any, given: list[Any]) -> list[Any]:
        params = eqn.params
        closed = params.get("jaxpr") or params.get("call_jaxpr") or params.get("fun_jaxpr")
        jaxpr, consts = (closed.jaxpr, closed.consts) if hasattr(closed, "consts") else (closed, [])
        name = str(params.get("name") or _name(jaxpr))
        if eqn.primitive.name.startswith("custom_") and not is_own(jaxpr):
            agree(eqn, name)
        reader = reader_of(name) or reader_of_name(name, jaxpr)
        found = None
        if reader is not None and any(isinstance(x, Value) for x in given):
            found = reader(self.trace, jaxpr, *[lifted(self.trace, x) for x in given])
        return self.run(jaxpr, consts, given) if found is None else list(found)

    def cond(self, cases: Any, which: Any, given: list[Any]) -> list[Any]:
        """A choice by a value: piecewise where there are two."""
        if not isinstance(which, Value):
            chosen = cases[int(which)]
            return self.run(chosen.jaxpr, chosen.consts, given)
        if len(cases) != 2:
            refuse("a choice between more than two branches is not read")
        no, yes = (self.run(c.jaxpr, c.consts, given) for c in cases)
        test = Value(self.trace, which.node, which.dims, "b", which.why)
        pairs = [(lifted(self.trace, a), lifted(self.trace, b)) for a, b in zip(yes, no, strict=True)]
        return [branches.where(test, a, b) for a, b in pairs]

    def scan(self, params: dict[str, Any], given: list[Any]) -> list[Any]:
        """A loop of fixed length, unrolled."""
        length, closed = params["length"], params["jaxpr"]
        if not isinstance(length, int) or length > LONGEST:
            refuse(f"a scan of length {length} is not unrolled")
        consts, carry = given[: params["num_consts"]], given[params["num_consts"] :]
        carry, xs = carry[: params["num_carry"]], carry[params["num_carry"] :]
        rows: list[list[Any]] = []
        order = range(length - 1, -1, -1) if params["reverse"] else range(length)
        for k in order:
            each = [indexing.item(x, k) if isinstance(x, Value) else np.asarray(x)[k] for x in xs]
            out = self.run(closed.jaxpr, closed.consts, [*consts, *carry, *each])
            carry, row = out[: len(carry)], out[len(carry) :]
            rows.append(row)
        rows = rows[::-1] if params["reverse"] else rows
        stacks = [shapes.stacked([lifted(self.trace, x) for x in column]) for column in zip(*rows, strict=True)]
        return [*carry, *stacks]


def _array(x: Any) -> Any:
    return x if isinstance(x, jax.Array) else jnp.asarray(x)


def _plain(x: Any) -> Any:
    """An array of NumPy; the keys of random numbers are none."""
    return x if jax.dtypes.issubdtype(x.dtype, jax.dtypes.extended) else np.asarray(x)


def _line(eqn: Any, around: Callable[[], tuple[str, int] | None] | None) -> tuple[str, int] | None:
    """File and line in which the user's code made an equation."""
    frames = getattr(eqn.source_info.traceback, "frames", ())
    own = (f for f in frames if not any(part in f.file_name for part in LIBRARIES))
    found = next(((f.file_name, int(f.line_num)) for f in own), None)
    return around() if found is None and around is not None else found


def _name(jaxpr: Any) -> str:
    """The name of the Python function that a sub-computation comes from."""
    told = str(getattr(getattr(jaxpr, "debug_info", None), "func_src_info", None) or "")
    return told.partition(" ")[0].rpartition(".")[2]
