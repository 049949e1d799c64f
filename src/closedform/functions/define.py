"""How the families declare: an operation that builds its node when called, and words they share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from inspect import signature
from typing import Any

from closedform.errors import MissingRule, ShapeError
from closedform.expr.facts import NONE, Facts, close
from closedform.expr.node import Node, make
from closedform.expr.op import Condition, Conditions, Op, Rule
from closedform.functions.algebra import NUM, ZERO, add
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
        known: Facts = own(node)
        return known | kept(node.args[0], "sym")

    known = {"sample": ("real",), "sig": "(m,n) -> (m,n)", **known}
    return Function(declare(name, elementwise=True, facts=facts, **known))


def fact(node: Node, name: str) -> bool:
    """Whether a fact is known of a node; for ``facts`` rules, which run after those of the arguments."""
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
    """A condition rule of one condition: ``kind`` of ``of(*args)``, else of the first argument."""
    return lambda *args: (Condition(kind, of(*args)),)


def is_zero(node: Node) -> bool:
    return node.op is ZERO or (node.op is NUM and node.params[0] == 0)


def refuse(what: str, *directions: Node) -> None:
    """Raise MissingRule naming ``what`` unless every direction is zero."""
    if not all(map(is_zero, directions)):
        raise MissingRule(f"{what} is not known to this library")


def differential(node: Node, directions: Sequence[Node]) -> Node:
    """The raw differential of one operation by its own rule; a direction that is nothing is ``zeros``.

    ``d`` where there is one (with ``node=`` for a rule that reads parameters); else a term a linear argument.
    """
    op = node.op
    if op.d is not None:
        return _with_node(op.d, node, *node.args, *directions)
    terms = []
    for k, direction in enumerate(directions):
        if k in op.adjoint:
            terms.append(make(op, (*node.args[:k], direction, *node.args[k + 1 :]), node.params, node.shape))
        else:
            refuse(f"the derivative of {op.text} by its argument {k + 1}", direction)
    if not terms:
        raise MissingRule(f"{op.text} has no derivative rule of its own")
    return terms[0] if len(terms) == 1 else add(*terms)


def cotangent(node: Node, k: int, G: Node) -> Node:
    """The raw cotangent of argument ``k`` of a linear operation, given that of its value."""
    if k not in node.op.adjoint:
        raise MissingRule(f"{node.op.text} has no adjoint rule for its argument {k + 1}")
    return node.op.adjoint[k](G, *node.args)


def _with_node(rule: Rule, node: Node, *args: Node) -> Node:
    wants = any(p.kind is p.KEYWORD_ONLY for p in signature(rule).parameters.values())
    return rule(*args, node=node) if wants else rule(*args)


def counted(word: str, args: tuple[Node, ...], count: int) -> tuple[Node, ...]:
    """The arguments, if there are as many as a function takes."""
    if len(args) != count:
        raise ShapeError(f"{word} takes {count} argument{'s' * (count > 1)}; it was given {len(args)}")
    return args


def vector_norm(word: str, matrix: str) -> Callable[[tuple[Node, ...], tuple[Any, ...]], Any]:
    """The shape rule of a norm of vectors, which says what a matrix may want instead."""

    def rule(args: tuple[Node, ...], _: tuple[Any, ...]) -> Any:
        (x,) = counted(word, args, 1)
        if not x.is_column:
            raise ShapeError(f"{word} takes a vector; it was given {shape_words(x.shape)}", hint=matrix)
        return x.cols, x.cols

    return rule
