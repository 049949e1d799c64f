"""``normal(node)``: the normal form of any expression. ``normal(normal(e)) is normal(e)``."""

from __future__ import annotations

from typing import Any

from closedform.expr.node import Node, make
from closedform.expr.op import Op, Shape
from closedform.expr.size import ONE
from closedform.expr.walk import postorder
from closedform.functions.algebra import ADD, MUL, ONES, SCALE, TRANSPOSE, UNIT, size_number
from closedform.rewrite.laws.law import laws_of
from closedform.rewrite.normal.engine import (
    build,
    is_zero,
    memo_key,
    nmul,
    nones,
    nscale,
    nsum,
    ntranspose,
    nzero,
    set_default,
    terms_of,
)
from closedform.rewrite.steps import recorder, report


def normal(root: Node) -> Node:
    """The normal node of ``root``; memoised, one visit a node, no recursion over the graph."""
    listening = recorder()
    if listening is not None:
        return _normal_anew(root, listening.normals.setdefault(memo_key(), {}))
    key = memo_key()
    done: Node | None = root.memo.get(key)
    if done is not None:
        return done
    for node in postorder(root, stop=lambda n: key in n.memo):
        if key in node.memo:
            continue
        args = tuple(a.memo[key] for a in node.args)
        out = build(node.op, args, node.params, node.shape)
        node.memo[key] = out
        out.memo[key] = out
    found = root.memo[key]
    assert isinstance(found, Node)
    return found


def _normal_anew(root: Node, known: dict[Node, Node]) -> Node:
    """The same with a memory of its own, so that every law that acts reports."""
    for node in postorder(root, stop=lambda n: n in known):
        if node not in known:
            out = build(node.op, tuple(known[a] for a in node.args), node.params, node.shape)
            known[node] = out
            known[out] = out
    return known[root]


def rebuild_function(op: Op, args: tuple[Node, ...], params: tuple[Any, ...], shape: Shape) -> Node:
    """The normal node of an operation that has no constructor of its own."""
    if not args:
        return _leaf(op, params, shape)
    if op.means is not None:
        raw = make(op, args, params, shape)
        return report(f"{op.text} by its meaning", raw, normal(op.means(*args)))
    return _function(op, args, params, shape)


def _leaf(op: Op, params: tuple[Any, ...], shape: Shape) -> Node:
    rows, cols = shape
    if op is ONES:
        if cols is ONE:
            return nones(rows)
        return ntranspose(nones(cols)) if rows is ONE else nmul(nones(rows), ntranspose(nones(cols)))
    if op.name == "size":
        return size_number(params[0])
    if shape == (ONE, ONE) and op.name in ("eye", "zero"):
        return size_number(1 if op.name == "eye" else 0)
    return make(op, (), params, shape)


def _function(op: Op, args: tuple[Node, ...], params: tuple[Any, ...], shape: Shape) -> Node:
    if op.elementwise and shape[0] is ONE and shape[1] is not ONE:
        turned = tuple(ntranspose(a) for a in args)
        return ntranspose(build(op, turned, params, (shape[1], shape[0])))
    if op is UNIT and shape == (ONE, ONE):
        return size_number(1)
    linear = _distributed(op, args, params, shape)
    if linear is not None:
        return linear
    if op.elementwise and len(args) == 1 and shape == (ONE, ONE) and (entry := _of_entry(op, args[0])) is not None:
        return entry
    for law in laws_of(op):
        out = law.act(*args)
        if out is not None:
            return report(law.name, make(op, args, params, shape), normal(out))
    return make(op, args, params, shape)


def _distributed(op: Op, args: tuple[Node, ...], params: tuple[Any, ...], shape: Shape) -> Node | None:
    """A linear function of a sum or a multiple, termwise. One linear in all its arguments together is not."""
    if op.d is not None and len(op.adjoint) >= len(args):
        return None
    for k in op.adjoint:
        a = args[k]
        if is_zero(a):
            return nzero(shape)
        if a.op in (ADD, SCALE):
            return _termwise(op, k, args, params, shape)
    return None


def _termwise(op: Op, k: int, args: tuple[Node, ...], params: tuple[Any, ...], shape: Shape) -> Node:
    parts = []
    for c, core in terms_of(args[k]):
        s, inner = (core.args[0], core.args[1]) if core.op is SCALE else (None, core)
        value = build(op, (*args[:k], inner, *args[k + 1 :]), params, shape)
        parts.append((c, value if s is None else nscale(s, value)))
    return nsum(parts, shape)


def _of_entry(op: Op, a: Node) -> Node | None:
    """f(x[k]) is f(x)[k]: the function goes inside, so that both spellings are one."""
    if a.op is not MUL:
        return None
    row, rest = a.args[0], a.args[1:]
    if row.op is TRANSPOSE and row.args[0].op is UNIT and rest[-1].op is not UNIT:
        inner = rest[0] if len(rest) == 1 else make(MUL, rest)
        return nmul(row, build(op, (inner,), (), inner.shape))
    if a.args[-1].op is UNIT and not (row.op is TRANSPOSE and row.args[0].op is UNIT):
        return _of_entry(op, make(MUL, tuple(ntranspose(f) for f in reversed(a.args))))
    return None


set_default(rebuild_function)
