"""Abstract functions: ``f(u)`` moves by its gradient, ``grad[f](u)`` by its Hessian, ``x(t)`` by its derivative."""

from __future__ import annotations

from closedform.errors import MissingRule
from closedform.expr.node import Node, make
from closedform.functions.algebra import CALL
from closedform.rewrite.normal.engine import nmul, nscale, ntranspose

NAMES = {"grad": "gradient", "jac": "Jacobian", "hess": "Hessian"}


def call_differential(node: Node, moved: tuple[Node, ...]) -> Node:
    """The differential of an abstract function of one argument."""
    name, kind = node.params[0], node.params[1]
    if len(node.args) != 1:
        raise MissingRule(f"{name} takes {len(node.args)} arguments; abstract functions of one are differentiated")
    u, du = node.args[0], moved[0]
    if u.is_scalar and (kind == "" or kind.startswith("diff")):
        order = int(kind[4:] or 1) + 1 if kind else 1
        slope = make(CALL, (u,), (name, "diff" if order == 1 else f"diff{order}"), node.shape)
        return nscale(du, slope)
    if kind == "" and node.is_scalar:
        return nmul(ntranspose(make(CALL, (u,), (name, "grad"), u.shape)), du)
    if kind == "" and node.is_column and u.is_column:
        return nmul(make(CALL, (u,), (name, "jac"), (node.rows, u.rows)), du)
    if kind == "grad" and u.is_column:
        return nmul(make(CALL, (u,), (name, "hess"), (u.rows, u.rows)), du)
    of = f"the {NAMES[kind]} of {name}" if kind in NAMES else name
    raise MissingRule(f"the derivative of {of} has no name in matrix form")


