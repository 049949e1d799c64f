"""Largest entries along an axis: where scores are shifted by them before ``exp``, the shift does not matter."""

from __future__ import annotations

from closedform.calculus.conditions import conditions_of
from closedform.check.certificate import Claim
from closedform.check.certify import certify
from closedform.expr.node import Node
from closedform.expr.walk import postorder, rebuild
from closedform.functions.algebra import ADD, DIAGM, MUL, SCALE, TRANSPOSE, num, total, zeros
from closedform.functions.define import is_zero
from closedform.functions.piecewise import maxentry
from closedform.functions.rearrange import vec
from closedform.tracing.place import refuse
from closedform.tracing.value import Trace

PROVED = ("A", "B", "C")


def without_shifts(trace: Trace, root: Node) -> Node:
    """The node without the largest entries that it is shown not to depend on; the others written out, or refused."""
    while True:
        tops = _tops(trace)
        here = next((n for n in reversed(list(postorder(root))) if n in tops), None)
        if here is None:
            return root
        gone = _cleared(_with(root, here, num(0) if here.is_scalar else zeros(*here.shape)))
        if _does_not_matter(root, here, gone):
            root = gone
            continue
        if here in map(trace.sizes.node, trace.stopped):
            refuse(
                "stop_gradient is read where what it stops does not matter, as the shift of a softmax, and not here",
                "Differentiate the function without it.",
            )
        root = _with(root, here, _meant(tops[here]))


def _does_not_matter(root: Node, shift: Node, gone: Node) -> bool:
    """Whether the shift may be 0: where all is smooth in it, its derivative tells, in which no logarithm is left."""
    if not conditions_of(root, (shift,)).differentiable:
        slope = Claim("map", root, zeros(*root.shape), shift, differentials=("d" + shift.params[0],))
        if certify(slope).level in PROVED:
            return True
    return certify(Claim("equal", root, gone)).level in PROVED


def at_extremes(trace: Trace, root: Node) -> Node:
    """The node with the largest entries written out."""
    while True:
        tops = _tops(trace)
        here = next((n for n in postorder(root) if n in tops), None)
        if here is None:
            return root
        root = _with(root, here, _meant(tops[here]))


def _tops(trace: Trace) -> dict[Node, tuple[Node, str]]:
    """By symbol, as its sizes are known by now."""
    return {trace.sizes.node(top): (of.node, of.kind) for top, of in trace.tops.items()}


def _with(root: Node, old: Node, new: Node) -> Node:
    return rebuild(root, lambda n, _: new if n is old else None)


def _cleared(root: Node) -> Node:
    """Without the terms that the zeros put in have made zero."""

    def one(node: Node, args: tuple[Node, ...]) -> Node | None:
        if node.op in (MUL, SCALE, TRANSPOSE, DIAGM) and any(map(is_zero, args)):
            return num(0) if node.is_scalar else zeros(*node.shape)
        if node.op is not ADD or not any(map(is_zero, args)):
            return None
        left = [(c, a) for c, a in zip(node.params[0], args, strict=True) if not is_zero(a)]
        return left[0][1] if len(left) == 1 and left[0][0] == 1 else total(left) if left else zeros(*node.shape)

    return rebuild(root, one)


def _meant(of: tuple[Node, str]) -> Node:
    node, kind = of
    if kind == "rows":
        refuse(
            "the largest entry along an axis of a matrix has no closed form here",
            "It is read where it only shifts what exp is taken of.",
        )
    return maxentry(node if node.is_column else vec(node))
