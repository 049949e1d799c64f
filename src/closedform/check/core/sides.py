"""What a claim says is equal, as values at one point, the answer's side first."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from closedform.check.core.evaluate import Evaluator
from closedform.check.core.implicit import IMPLICIT, implicit_sides
from closedform.check.core.jet import Jet, Mat, Unfit
from closedform.check.core.points import in_space, space
from closedform.expr.node import Node, make
from closedform.expr.op import registered
from closedform.expr.walk import rebuild

Pair = tuple[Mat, Mat]


@dataclass(frozen=True)
class Claim:
    """That ``answer`` is what ``kind`` says of ``function``.

    ``kind``: ``gradient`` (df = ⟨answer, dX⟩), ``jacobian`` (df = answer·dx), ``map`` (df = answer, which
    holds the symbol ``differentials[0]``), ``hessian`` (d²f, by ``variable`` and ``second``, which is
    ``variable`` where not given; a matrix, or a map in ``differentials``), ``equal`` (function = answer),
    ``implicit`` and ``implicit-second`` (the first and the second derivative by ``variable`` of the ``second`` that
    solves function = 0).
    ``layout="denominator"`` transposes a Jacobian, ``convention="free"`` takes the entries on and above
    the diagonal of a symmetric variable as free. ``words`` gives ``claim``, ``reading`` and ``conditions``, to be
    shown; nothing is made of them.
    """

    kind: str
    function: Node
    answer: Node
    variable: Node | None = None
    second: Node | None = None
    differentials: tuple[str, ...] = ()
    layout: str = "numerator"
    convention: str = "space"
    words: Callable[[], Mapping[str, Any]] | None = field(default=None, compare=False, repr=False)


def sides(claim: Claim, ev: Evaluator) -> list[Pair]:
    x = claim.variable
    if claim.kind == "equal" or x is None:
        return [(ev.evaluate(claim.answer).first, ev.evaluate(claim.function).first)]
    w = claim.second or x
    moves = [(x, direction(ev, x)), (w, direction(ev, w))][: 2 if claim.kind == "hessian" else 1]
    if claim.kind in IMPLICIT:
        return implicit_sides(claim, ev, w, direction(ev, x), moves[0][1])
    truth = ev.derivative(claim.function, [{node.params[0]: v} for node, v in moves])
    for name, (_, v) in zip(claim.differentials, reversed(moves), strict=False):
        ev.symbols[name] = v
    answer, u, v = ev.evaluate(claim.answer), moves[0][1], moves[-1][1]
    left = len(moves) - len(claim.differentials)
    if left == 0:
        return [(answer.first, truth)]
    if left == 1:
        return contracted(claim, answer, x, u, truth)
    if w.is_scalar:
        return contracted(claim, answer * v, x, u, truth)
    if x.is_scalar:
        turned = answer if answer.shape == v.shape else answer.T
        return [(((turned * v).sum() * u).first, truth)]
    return [((u.T @ answer @ v).first, truth)]


def contracted(claim: Claim, answer: Jet, x: Node, v: Jet, truth: Mat) -> list[Pair]:
    """The derivative along v that the answer states: a product with a scalar, with a column, or ⟨answer, v⟩."""
    facts = space(x)
    if not claim.function.is_scalar:
        matrix = answer.T if claim.layout == "denominator" and not x.is_scalar else answer
        return [((matrix * v if x.is_scalar else matrix @ v).first, truth)]
    if claim.kind == "jacobian" and claim.layout == "numerator":
        answer = answer.T
    if answer.shape != v.shape:
        raise Unfit("a gradient that has not the shape of its variable")
    if claim.convention == "free" and "sym" in facts:
        return [((answer.keep(lambda i, j: i <= j) * v).sum().first, truth), (answer.first, answer.T.first)]
    return [((answer * v).sum().first, truth), (answer.first, in_space(answer, facts).first)]


def direction(ev: Evaluator, x: Node) -> Jet:
    return Jet(in_space(ev.numbers.random(*ev.shape(x)), space(x)).c)


def without_roots(root: Node) -> Node:
    """Even powers of norms as powers of sums of squares, which are polynomials."""

    def replaced(node: Node, args: tuple[Node, ...]) -> Node | None:
        if node.op.name != "pow" or args[0].op.name not in ("norm2", "normF") or args[1].op.name != "num":
            return None
        half = args[1].params[0] / 2
        if half.denominator != 1:
            return None
        square = make(registered()["dot"], (args[0].args[0],) * 2, (), node.shape)
        return make(node.op, (square, make(args[1].op, (), (half,), args[1].shape)), (), node.shape)

    return rebuild(root, replaced)
