"""A JAX program as one call of XLA, with the options that suit what it writes.

At its own level XLA has LLVM unroll a last axis of up to some 60 entries before it is vectorised, and an array of three
or four axes with such an axis is then written entry by entry; at level 2 it is not (``docs/performance.md``).
"""

from __future__ import annotations

from typing import Any

from closedform.expr.size import ONE
from closedform.program.compiled import Compiled
from closedform.program.dense import DENSE
from closedform.program.given import cleaned

LEVEL = {"xla_backend_optimization_level": 2}
MANY = 3
"""So many axes an array has whose last one is short."""


class Jitted:
    """A compiled formula under ``jax.jit``; within another ``jit``, ``vmap`` or ``grad`` it is the formula itself.

    >>> from closedform.functions.algebra import sym
    >>> A, x = sym("A", "m", "n"), sym("x", "n")
    >>> Jitted(Compiled((A @ x,), "jax"))([[1.0, 2.0], [3.0, 4.0]], x=[1.0, 1.0]).tolist()
    [3.0, 7.0]
    """

    def __init__(self, function: Compiled) -> None:
        import jax

        self.function, self.arguments = function, function.arguments
        self.options = LEVEL if writes_many_axes(function) and jax.default_backend() == "cpu" else None
        sizes = [a.name for a in function._free if a.is_size]
        self.quick: Any = jax.jit(
            function, static_argnums=tuple(map(self.arguments.index, sizes)), static_argnames=sizes,
            compiler_options=self.options,
        )  # fmt: skip
        self.tracer = jax.core.Tracer

    def __repr__(self) -> str:
        return repr(self.function).replace("<Compiled", "<Jitted", 1)

    def __call__(self, *given: Any, **named: Any) -> Any:
        if self.options and any(isinstance(v, self.tracer) for v in (*given, *named.values())):
            return self.function(*given, **named)  # XLA's options are those of the outermost jit
        try:
            return self.quick(*given, **named)
        except TypeError:  # lists, sparse matrices, tensors of others: made arrays, or refused with a reason
            return self.quick(*cleaned("jax", self.function._free, self.function.ordered(given, named)))


def writes_many_axes(function: Compiled) -> bool:
    return any(
        node.op is DENSE and sum(axis is not ONE for axis in node.params[2]) >= MANY for node in function.nodes
    )
