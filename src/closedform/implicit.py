"""Implicit functions for people: sizes that make as many equations as unknowns, and the lines of the derivation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from closedform.calculus.derivation.laws import Law, named
from closedform.check.certificate import Claim
from closedform.derivations import Derivation, Expression, Step
from closedform.expr.node import Node, make
from closedform.expr.size import Size
from closedform.expr.walk import rebuild
from closedform.read.declarations import Declarations
from closedform.read.outcome import real, where_text
from closedform.read.read import Reading
from closedform.rewrite.display.context import Context
from closedform.rewrite.display.sharing import share

AGAIN = Law("", words="dy/dx differentiated again, y moving by dy")


def squared(reading: Reading, raw: Node, y: Node) -> tuple[Reading, Node] | None:
    """The reading with the sizes of the equation and of ``y`` made one; None where they are declared to be two."""
    old, new = raw.rows, y.rows
    if not (raw.is_column and y.is_column and old.name and new.name) or old is new or reading.functions:
        return None
    shapes = {f"{name} ∈ {real(*x.shape)}" for name, x in reading.names.items() if old.name in _names(x)}
    if not shapes <= set(reading.assumed):
        return None
    names = {name: resized(x, old.name, new) for name, x in reading.names.items()}
    notes = [f"{name} ∈ {real(*x.shape)}" for name, x in names.items() if _assumed(reading, name)]
    rest = [note for note in reading.assumed if " ∈ " not in note]
    where = where_text(names, reading.families, Declarations(commuting=list(reading.commuting)), {})
    node = resized(raw, old.name, new)
    return replace(reading, node=node, names=names, where=where, assumed=(*notes, *rest)), node


def _names(x: Node) -> frozenset[str]:
    return x.rows.names | x.cols.names


def _assumed(reading: Reading, name: str) -> bool:
    return f"{name} ∈ {real(*reading.names[name].shape)}" in reading.assumed


def resized(root: Node, old: str, new: Size) -> Node:
    """The expression with one size for another."""

    def put(s: Size) -> Size:
        return s.put({old: new})

    def replaced(n: Node, args: tuple[Node, ...]) -> Node:
        params = tuple(put(p) if isinstance(p, Size) else p for p in n.params)
        return make(n.op, args, params, (put(n.rows), put(n.cols)))

    return rebuild(root, replaced)


def implicit_lines(
    parts: tuple[Derivation, Derivation], answers: list[tuple[Node, Callable[[], Claim]]], context: Context,
    x: str, y: str,
) -> Derivation:  # fmt: skip
    """The derivatives of the equation by x and by y, line by line, then what is solved for."""
    steps = [*parts[0].steps, *parts[1].steps]
    for k, (node, claim) in enumerate(answers):
        shared = share(node, context)
        after = Expression(shared.node, context, shared.bindings)
        let = tuple((name, Expression(part, context)) for name, part in shared.bindings)
        kind, law = ("implicit", named("implicit function")) if k == 0 else ("implicit-second", AGAIN)
        steps.append(Step(kind, steps[-1].after, after, (law,), (), (), let, x, y, claim, _answer_of(claim)))
    return Derivation(tuple(steps))


def _answer_of(claim: Callable[[], Claim]) -> Callable[[], Node]:
    return lambda: claim().answer
