"""Entries, rows and columns, and sums and products over indices, as nodes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from closedform.errors import ShapeError
from closedform.expr.node import Node, make
from closedform.expr.size import ONE, size
from closedform.expr.walk import postorder, rebuild
from closedform.functions import algebra as a
from closedform.functions.rearrange import sub, unvec
from closedform.functions.table import by_text
from closedform.read.ends import first_of
from closedform.read.syntax import Index, Name, Over

if TYPE_CHECKING:
    from closedform.read.elaborate import Elaborator

OF_ENTRIES = {"prod": by_text["prod"][0]} | {
    f"{name}_over": next(op for op in by_text[name] if op.name == f"{name}entry") for name in ("max", "min")
}


def over_node(to: Elaborator, tree: Over) -> Node:
    low, high = (to.trial.sizes.resolve(s) for s in to.trial.choice[tree])
    if any(n[0] == "?" for n in high.names):
        raise ShapeError(f"the range of {tree.index} is not known", hint=f"Write sum({tree.index}=1..m, …).")
    body = to.node[tree.body]
    body = _apart(body, tree.index)
    if tree.function in OF_ENTRIES:
        entry = a.scale(body, a.unit(a.index(tree.index), high))
        whole = _column(body, a.index(tree.index)) if low is ONE else None
        column = whole if whole is not None and whole.rows is high else a.sumover(tree.index, low, high, entry)
        return make(OF_ENTRIES[tree.function], (column,))
    return a.sumover(tree.index, low, high, body)


def _column(body: Node, index: Node) -> Node | None:
    """The column of which the body is one entry, x of ``x[i]``."""
    if body.op is not a.MUL or len(body.args) != 2 or body.args[0].op is not a.TRANSPOSE:
        return None
    column = body.args[0].args[0]
    one = body.args[1] is a.unit(index, column.rows)
    return column if one and not any(n is index for n in postorder(column)) else None


def _apart(body: Node, name: str) -> Node:
    """The body with another index where a sum in it, of a definition that was put in, runs over the same."""

    def renamed(n: Node, args: tuple[Node, ...]) -> Node | None:
        if n.op is not a.SUMOVER or n.params[0] != name:
            return None
        here, other = a.index(name), f"{name}_in"
        inner = rebuild(n.args[0], lambda m, _: a.index(other) if m is here else None)
        return a.sumover(other, n.params[1], n.params[2], inner)

    if not any(n.op is a.SUMOVER and n.params[0] == name for n in postorder(body)):
        return body
    return rebuild(body, renamed)


def index_node(to: Elaborator, tree: Index) -> Node:
    base = _part(to, tree)
    at = [None if i is None else _at(to, tree, k, i) for k, i in enumerate(tree.at)]
    if len(at) == 1:
        row = a.mul(a.transpose(base), a.unit(_given(at[0]), base.rows))
        member = to.trial.member(tree.base.name) if isinstance(tree.base, Name) else None
        return row if member is None else unvec(row, *to.trial.sizes.shape(member))
    first, second = at
    if first is None:
        return a.mul(base, a.unit(_given(second), base.cols))
    row = a.unit(first, base.rows)
    if second is None:
        return a.mul(a.transpose(base), row)
    if base.cols is ONE:
        return a.mul(a.transpose(base), row)
    if base.rows is ONE:
        return a.mul(base, a.unit(second, base.cols))
    return a.mul(a.transpose(row), base, a.unit(second, base.cols))


def _part(to: Elaborator, tree: Index) -> Node:
    """What is indexed, or the part of it that the index of a sum with neighbours runs over."""
    base, resolve = to.node[tree.base], to.trial.sizes.resolve
    for place, (start, count) in to.trial.choice.get(tree, {}).items():
        start, count = resolve(start), resolve(count)
        if place == 0 and not (start is ONE and count is base.rows):
            base = sub(base, start, 1, count, base.cols)
        elif place == 1 and not (start is ONE and count is base.cols):
            base = sub(base, 1, start, base.rows, count)
    return base


def _given(at: Node | None) -> Node:
    assert at is not None
    return at


def _at(to: Elaborator, tree: Index, place: int, at: int | str) -> Node:
    first = first_of(to.trial, tree)
    if isinstance(at, int):
        return a.num(at + first)
    trial = to.trial
    if at not in trial.question.indices and (at in trial.question.sizes or trial.kinds.get(at) == "Z"):
        return a.size_number(size(at) + size(tree.shift(place) + first))
    return a.index(at)
