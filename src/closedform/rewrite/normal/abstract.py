"""The normal form of abstract functions: each partial derivative has one name, scalar arguments and Schwarz seen to."""

from __future__ import annotations

from typing import Any

from closedform.expr.node import Node, make
from closedform.expr.op import Shape
from closedform.expr.partials import kind_of, slots, split_kind
from closedform.expr.size import ONE
from closedform.functions.algebra import CALL
from closedform.functions.rearrange import vec
from closedform.rewrite.normal.engine import constructor, ntranspose
from closedform.rewrite.normal.normal import normal


@constructor(CALL)
def build_call(args: tuple[Node, ...], params: tuple[Any, ...], shape: Shape) -> Node:
    """``hess21[f](x, y)`` is ``hess12[f](x, y)'``; ``jac`` of a scalar is ``grad'``; by scalars it is ``diff``.

    Hessians of functions with several entries keep their names.
    """
    function, kind = params
    by, (word, _) = slots(kind, len(args)), split_kind(kind)
    if not by:
        return make(CALL, args, params, shape)
    large = [k for k in by if not args[k].is_scalar]
    if word == "hess" and large and shape[0] is not args[by[-2]].rows * args[by[-2]].cols:
        return make(CALL, args, params, shape)
    order = tuple(sorted(by))

    def named(word: str, shape: Shape) -> Node:
        return make(CALL, args, (function, kind_of(word, order, len(args))), shape)

    if not large:
        return named("diff", shape)
    if word == "hess" and len(large) == 2 and large[0] > large[1]:
        return ntranspose(named("hess", (shape[1], shape[0])))
    if (word == "jac" and shape[0] is ONE) or (word == "hess" and len(large) == 1):
        slope = named("grad", args[large[0]].shape)
        stacked = slope if slope.is_column else normal(vec(slope))
        return stacked if stacked.shape == shape else ntranspose(stacked)
    return named(word, shape)
