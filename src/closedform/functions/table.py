"""The table of functions: every family imported, and the operations that a typed name may mean."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from closedform.expr.node import Node
from closedform.expr.op import Op, registered
from closedform.functions import (
    eigen,
    elementwise,
    matrix,
    matrix_functions,
    norms,
    piecewise,
    rearrange,
    special,
    vectors,
)
from closedform.functions.algebra import DIAGM, DIAGV, TR

FAMILIES = (elementwise, special, piecewise, vectors, norms, matrix, matrix_functions, eigen, rearrange)
SYMMETRIC = ("chol", "eigvals", "eigvecs", "lambda_max", "lambda_min", "eigvec_max", "eigvec_min")
"""Operations whose argument must be known to be symmetric."""
SIZED: dict[str, Callable[..., Node]] = {
    "unvec": rearrange.unvec,
    "comm": rearrange.comm,
    "sub": rearrange.sub,
}
"""Functions typed with sizes after their argument, and what builds them: ``unvec(v, m, n)``, ``comm(m, n)``,
``sub(X, i, j, m, n)``."""
UNTYPED = ("block",)
"""Operations that have a notation and no typed name."""


def extras(node: Node) -> tuple[Any, ...]:
    """What ``numeric`` takes after the arrays: sizes, or the row lengths of a block."""
    if node.op is rearrange.COMM:
        return node.params
    if node.op is rearrange.UNVEC or node.op is rearrange.SUB:
        return node.shape
    return node.params if node.op is rearrange.BLOCK else ()


def functions() -> tuple[Op, ...]:
    """Every operation that is a function of the language, in order of declaration; not those of the user's own."""
    return tuple(op for op in list(registered().values()) if not (op.structural or op.own))


def _typed() -> dict[str, tuple[Op, ...]]:
    found: dict[str, tuple[Op, ...]] = {}
    for op in (TR, DIAGM, DIAGV, *functions()):
        if op.name not in UNTYPED:
            for name in dict.fromkeys((op.text, op.name, *op.aliases)):
                found[name] = (*found.get(name, ()), op)
    return found


by_text: dict[str, tuple[Op, ...]] = _typed()
"""The operations that a typed name may mean; shapes and the number of arguments decide between them."""
