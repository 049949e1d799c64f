"""How the families declare: a declared operation that builds its node when called, and words shared by families."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from closedform.errors import MissingRule, ShapeError
from closedform.expr.facts import NONE, Facts, close
from closedform.expr.node import Node, make
from closedform.expr.op import Condition, Conditions, Op
from closedform.functions.algebra import NUM, ZERO
from closedform.functions.declare import declare, shape_words


class Function:
    """A declared operation; calling it gives the raw node."""

    __slots__ = ("op",)

    def __init__(self, op: Op) -> None:
        self.op = op

    def __call__(self, *args: Node) -> Node:
        return make(self.op, args)


def define(name: str, **known: Any) -> Function:
    """Declare an operation (see ``declare``); the answer builds its nodes."""
    return Function(declare(name, **known))


def entrywise(name: str, **known: Any) -> Function:
    """Declare a function of one argument that acts on each entry by itself."""
    own = known.pop("facts", always())

    def facts(node: Node) -> Facts:
        return own(node) | kept(node.args[0], "sym")

    known = {"sample": ("real",), "sig": "(m,n) -> (m,n)", **known}
    return Function(declare(name, elementwise=True, facts=facts, **known))


def fact(node: Node, name: str) -> bool:
    """Whether a fact is known of a node; only for ``facts`` rules, which run once the arguments have theirs."""
    known: Facts = node.memo.get("facts", NONE)
    return name in known


def always(*names: str) -> Callable[[Node], Facts]:
    """A facts rule: these hold whatever the arguments."""
    out = close(names)
    return lambda _: out


def kept(node: Node, *names: str) -> Facts:
    """Those of the facts that the node has."""
    return close(n for n in names if fact(node, n))


def where(kind: str, of: Callable[..., Node] = lambda x, *_: x) -> Conditions:
    """A condition rule of one condition: ``kind`` of ``of(*args)``, which is the first argument if not given."""
    return lambda *args: (Condition(kind, of(*args)),)


def is_zero(node: Node) -> bool:
    return node.op is ZERO or (node.op is NUM and node.params[0] == 0)


def refuse(what: str, *directions: Node) -> None:
    """Raise MissingRule naming ``what`` unless every direction is zero."""
    if not all(map(is_zero, directions)):
        raise MissingRule(f"{what} is not known to this library")


def vector_norm(word: str, matrix: str) -> Callable[[tuple[Node, ...], tuple[Any, ...]], Any]:
    """The shape rule of a norm of vectors, which says what a matrix may want instead."""

    def rule(args: tuple[Node, ...], _: tuple[Any, ...]) -> Any:
        (x,) = args
        if not x.is_column:
            raise ShapeError(f"{word} takes a vector; it was given {shape_words(x.shape)}", hint=matrix)
        return x.cols, x.cols

    return rule
