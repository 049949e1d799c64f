"""What reads the computations that JAX names: inverses, determinants, activations and their kin.

Each reader gives the values of its computation, as many as there are, or None where the computation is another than
the name says (the trace along another diagonal): then it is read step by step.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from closedform.functions import matrix_functions as f
from closedform.functions.algebra import SYM, transpose
from closedform.functions.eigen import eigvals, eigvecs
from closedform.functions.known_facts import facts_of
from closedform.functions.matrix import sym_part
from closedform.tracing.jax_indices import taken
from closedform.tracing.jax_primitives import Unread, symmetric_root
from closedform.tracing.ops import basic, labels, linear, products, rectified, reduce, shape
from closedform.tracing.place import refuse
from closedform.tracing.value import Trace, Value

Reader = Callable[..., "list[Any] | None"]
OWN = "/jax/_src/"
"""Where the functions of JAX are, whose names count; a function of the user's may have the same name."""


def is_own(inner: Any) -> bool:
    """Whether a computation is of a function of JAX itself."""
    home = str(getattr(getattr(inner, "debug_info", None), "func_src_info", None) or "")
    return OWN in home.replace("\\", "/")


def reader_of_name(name: str, inner: Any) -> Reader | None:
    """What reads a computation of JAX by its name."""
    return NAMED.get(name) if is_own(inner) else None


def _named(build: Callable[..., Value], count: int = 1) -> Reader:
    return lambda trace, inner, *args: [build(*args)] if len(args) == count else None


def _shift(inner: Any) -> int | None:
    """The number that is added to the numbers of the rows, where they are compared with those of the columns."""
    rows = [e.outvars[0] for e in inner.eqns if e.primitive.name == "iota" and e.params["dimension"] == 0]
    for e in inner.eqns:
        if e.primitive.name == "add" and any(v is rows[0] for v in e.invars[:1]) and hasattr(e.invars[1], "val"):
            return int(e.invars[1].val)
    return None


def _on_diagonal(build: Callable[[Value], Value], shift: int = 0) -> Reader:
    """What is about the main diagonal; ``shift`` is how JAX writes that."""

    def read(trace: Trace, inner: Any, x: Value, *rest: Any) -> list[Any] | None:
        square = x.rank == 1 or x.trace.sizes.number(x.dims[0]) == x.trace.sizes.number(x.dims[1])
        return [build(x)] if square and not rest and x.rank < 3 and _shift(inner) == shift else None

    return read


def _symmetric(x: Value, inner: Any) -> Any:
    """JAX takes the symmetric part of what it factorises, if it is not told otherwise."""
    if "sym" in facts_of(linear.square(x, "a factorisation").node):
        return x.node
    if not any(e.primitive.name == "transpose" for e in inner.eqns[:1]):
        refuse("symmetrize_input=False is not read", "Leave it out, or factorise (S + S.T)/2.")
    return sym_part(x.node)


def _cholesky(trace: Trace, inner: Any, x: Value) -> list[Any] | None:
    root = f.chol(_symmetric(x, inner))
    upper = inner.eqns[-1].primitive.name == "transpose"
    return [trace.value(transpose(root) if upper else root, x.dims)]


def _triangle(trace: Trace, inner: Any, x: Value) -> list[Any] | None:
    """``jax.scipy.linalg.cholesky``, which reads one triangle, and clears the other of what it gives."""
    root = symmetric_root(trace, x).node
    upper = inner.eqns[0].primitive.name == "transpose"
    return [trace.value(transpose(root) if upper else root, x.dims)]


def _eigh(trace: Trace, inner: Any, x: Value) -> list[Any] | None:
    S = _symmetric(x, inner)
    return [trace.value(eigvals(S), x.dims[:1]), trace.value(eigvecs(S), x.dims)]


def _slogdet(trace: Trace, inner: Any, x: Value) -> list[Any] | None:
    return list(linear.slogdet(x))


def _log_softmax(trace: Trace, inner: Any, x: Value, *rest: Any) -> list[Any] | None:
    if rest:
        return None
    axes = next((e.params["axes"] for e in inner.eqns if e.primitive.name == "reduce_max"), (x.rank - 1,))
    return [reduce.log_softmax_of(x, reduce.axis_of(x, tuple(axes)) if x.rank > 1 else None)]


def _one_hot(trace: Trace, inner: Any, y: Value, *_: Any) -> list[Any] | None:
    made = inner.outvars[0].aval.shape
    classes = next((e.params["dimension"] for e in inner.eqns if e.primitive.name == "iota"), None)
    if classes != y.rank:
        refuse("one_hot is read with the classes along the last axis")
    return [labels.one_hot(y, trace.sizes.fresh(made[-1]))]


def _take_along(trace: Trace, inner: Any, x: Value, y: Value, *rest: Any) -> list[Any] | None:
    """One entry of each row, by labels that are an argument; other places are looked at."""
    made = inner.outvars[0].aval.shape
    if rest or x.rank != 2 or len(made) != 2 or made[1] != 1 or trace.sizes.number(x.dims[1]) == 1:
        return None
    return [labels.picked_along(x, y, 1)] if y.whole and y.node.op is SYM else None


def _pinv(trace: Trace, inner: Any, x: Value, *_: Any) -> list[Any] | None:
    kept = [v.val for e in inner.eqns if e.primitive.name == "jit" for v in e.invars if hasattr(v, "val")]
    usual = 10 * max(trace.sizes.number(d) or 1 for d in x.dims) * float(np.finfo(inner.invars[0].aval.dtype).eps)
    if kept and float(kept[0]) > 2 * usual:
        refuse("pinv that leaves small singular values out is not read", "Leave rtol out.")
    return [linear.pinv(x)]


def _lstsq(trace: Trace, inner: Any, a: Value, b: Value, *_: Any) -> list[Any] | None:
    unread = [Unread("what lstsq gives beside the solution")] * (len(inner.outvars) - 1)
    return [linear.least_squares(a, b), *unread]


def _elu(trace: Trace, inner: Any, x: Value, alpha: Value | None = None) -> list[Any]:
    return [rectified.elu(x, alpha)]


def _celu(trace: Trace, inner: Any, x: Value, alpha: Value | None = None) -> list[Any]:
    return [rectified.elu(x) if alpha is None else rectified.celu(x, alpha)]


NAMED: dict[str, Reader] = {
    "inv": _named(lambda x: linear.of_square("inv", x)),
    "det": _named(linear.det),
    "slogdet": _slogdet,
    "solve": _named(linear.solve, 2),
    "trace": _on_diagonal(products.trace_of),
    "diagonal": _on_diagonal(shape.diagonal),
    "_diag": _on_diagonal(shape.diag),
    "tril": _on_diagonal(lambda x: shape.triangle(x, True)),
    "triu": _on_diagonal(lambda x: shape.triangle(x, False), -1),
    "kron": _named(products.kron, 2),
    "expm": _named(lambda x: linear.of_square("expm", x)),
    "pinv": _pinv,
    "_pinv": _pinv,
    "_lstsq": _lstsq,
    "cholesky": _cholesky,
    "_cholesky": _triangle,
    "eigh": _eigh,
    "_one_hot": _one_hot,
    "log_softmax": _log_softmax,
    "take_along_axis": _take_along,
    "_take": taken,
    "softplus": _named(lambda x: basic.unary("softplus", x)),
    "silu": _named(lambda x: basic.unary("silu", x)),
    "log_sigmoid": _named(lambda x: basic.unary("logsigmoid", x)),
    "relu": _named(lambda x: basic.unary("relu", x)),
    "elu": _elu,
    "celu": _celu,
    "logaddexp": _named(basic.logaddexp, 2),
    "xlogy": _named(basic.xlogy, 2),
    "hypot": _named(basic.hypot, 2),
}
