"""The one place that runs text: programs that this package wrote. Every word of them is looked at before."""

from __future__ import annotations

import ast
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from closedform.errors import ClosedformError
from closedform.functions.declared import called_in

STATEMENTS: tuple[type[ast.AST], ...] = (
    ast.Module, ast.Import, ast.alias, ast.FunctionDef, ast.arguments, ast.arg, ast.Return, ast.Assign, ast.AugAssign,
    ast.Expr, ast.If, ast.For, ast.Raise,
)  # fmt: skip
VALUES: tuple[type[ast.AST], ...] = (
    ast.Name, ast.Attribute, ast.Call, ast.keyword, ast.Starred, ast.BinOp, ast.UnaryOp, ast.BoolOp, ast.Compare,
    ast.IfExp, ast.Subscript, ast.Slice, ast.Tuple, ast.List, ast.ListComp, ast.comprehension, ast.Constant,
    ast.JoinedStr, ast.FormattedValue, ast.expr_context, ast.operator, ast.unaryop, ast.boolop, ast.cmpop,
)  # fmt: skip
MODULES = {"numpy": "np", "math": None, "scipy.linalg": None, "scipy.special": None, "torch": None, "jax": None}
MODULES |= {"jax.scipy": None, "jax.numpy": "jnp"}
BUILTINS = frozenset({
    "abs", "bool", "float", "int", "len", "max", "min", "range", "type", "zip", "ValueError", "IndexError", "TypeError",
})  # fmt: skip


def load(text: str, name: str) -> Callable[..., Any]:
    """The function ``name`` of a text that ``source`` wrote.

    >>> load("def f(x):\\n    return 2 * x\\n", "f")(3)
    6
    >>> load("def f(x):\\n    return x.__class__\\n", "f")
    Traceback (most recent call last):
        ...
    closedform.errors.ClosedformError: a program may not say __class__
    """
    return _load(text, name, called_in(text))


@lru_cache(512)
def _load(text: str, name: str, declared: tuple[tuple[str, Callable[..., Any]], ...]) -> Callable[..., Any]:
    tree = ast.parse(text)
    made = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    made |= {n.arg for n in ast.walk(tree) if isinstance(n, ast.arg)}
    made |= {n.name for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)}
    known = made | BUILTINS | {"np", "jnp", "jax", "torch", "math", "scipy"} | dict(declared).keys()
    for node in ast.walk(tree):
        _allowed(node, known)
    space: dict[str, Any] = dict(declared)
    exec(compile(tree, f"<{name}>", "exec"), space)  # noqa: S102
    function: Callable[..., Any] = space[name]
    return function


def _allowed(node: ast.AST, known: set[str]) -> None:
    match node:
        case ast.Name(id=word) if word.startswith("__") or word not in known:
            raise ClosedformError(f"a program may not say {word}")
        case ast.Attribute(attr=word) | ast.FunctionDef(name=word) | ast.arg(arg=word) if word.startswith("_"):
            raise ClosedformError(f"a program may not say {word}")
        case ast.alias(name=word, asname=other) if word not in MODULES or MODULES[word] != other:
            raise ClosedformError(f"a program may not import {word}")
    if not isinstance(node, STATEMENTS + VALUES):
        raise ClosedformError(f"a program may not hold {type(node).__name__}")
