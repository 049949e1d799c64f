"""Abstract functions: ``f(u)`` moves by its gradient, ``grad[f](u)`` by its Hessian, ``x(t)`` by its derivative.

A function of several arguments moves by the sum of what each of them gives: ``dL(y, t) = <grad1[L], dy> + …``.
"""

from __future__ import annotations

from closedform.calculus.adjoint import inner
from closedform.errors import MissingRule
from closedform.expr.node import Node, make
from closedform.expr.op import Shape
from closedform.expr.partials import kind_of, slots, split_kind
from closedform.expr.size import ONE, Size
from closedform.functions.algebra import CALL
from closedform.functions.rearrange import unvec, vec
from closedform.rewrite.normal.engine import is_zero, nmul, nscale, nsum, ntranspose
from closedform.rewrite.normal.normal import normal

NAMES = {"grad": "gradient", "jac": "Jacobian", "hess": "Hessian"}


def call_differential(node: Node, moved: tuple[Node, ...]) -> Node:
    """The differential of an abstract function, argument by argument."""
    parts = [(1, _by_argument(node, k, du)) for k, du in enumerate(moved) if not is_zero(du)]
    return nsum(parts, node.shape)


def _by_argument(node: Node, k: int, du: Node) -> Node:
    """What the differential ``du`` of one argument gives."""
    kind, u = str(node.params[1]), node.args[k]
    word, _ = split_kind(kind)
    by = slots(kind, len(node.args)) or ()
    large = [j for j in by if not node.args[j].is_scalar]
    if u.is_scalar:
        return nscale(du, _partial(node, word or "diff", (*by, k), node.shape))
    if not large and node.is_scalar:
        return inner(_partial(node, "grad", (*by, k), u.shape), du)
    if not large:
        flat = _size(node), _size(u)
        return _unstacked(nmul(_partial(node, "jac", (*by, k), flat), _stacked(du)), node.shape)
    if word in ("grad", "jac"):
        (last,) = large
        rest, entries = [j for j in by if j != last], ONE if word == "grad" else node.rows
        wide = _size(node.args[last])
        moved = nmul(_partial(node, "hess", (*rest, last, k), (entries * wide, _size(u))), _stacked(du))
        return _unstacked(moved, node.shape) if word == "grad" else ntranspose(_unstacked(moved, (wide, entries)))
    name = node.params[0]
    of = f"the {NAMES[word]} of {name}" if word in NAMES else name
    raise MissingRule(f"the derivative of {of} has no name in matrix form")


def _size(node: Node) -> Size:
    return node.rows * node.cols


def _stacked(a: Node) -> Node:
    return a if a.is_column else normal(vec(a))


def _unstacked(a: Node, shape: Shape) -> Node:
    return a if shape == a.shape else normal(unvec(a, *shape))


def _partial(node: Node, word: str, by: tuple[int, ...], shape: Shape) -> Node:
    kind = kind_of(word, by, len(node.args))
    if slots(kind, len(node.args)) is None:
        raise MissingRule(f"derivatives of {node.params[0]} of so high an order have no name")
    return normal(make(CALL, node.args, (node.params[0], kind), shape))
