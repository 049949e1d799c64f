"""From ``df`` to the gradient: each term as an inner product with ``dx``, gathered, in its shortest form."""

from __future__ import annotations

from collections.abc import Iterator

from closedform.calculus.adjoint import adjoint
from closedform.calculus.derivation.laws import LAWS, Law, adjoint_of, named
from closedform.expr.node import Node
from closedform.expr.walk import postorder
from closedform.functions.algebra import ADD, DIAGM, DIAGV, HAD, MUL, SCALE, SUMOVER, TR, TRANSPOSE, had, total
from closedform.functions.vectors import dot
from closedform.rewrite.normal.engine import UNITY, terms_of
from closedform.rewrite.simplify import simplify
from closedform.rewrite.steps import recorded

MAX_APART = 4
"""Up to so many terms each is first written as an inner product of its own."""


def paired(g: Node, dx: Node) -> Node:
    """``⟨g, dx⟩`` as it is printed; ``g*dx`` for scalars."""
    return had(g, dx) if dx.is_scalar else dot(g, dx)


def terms_apart(df: Node, dx: Node) -> Node | None:
    """``df`` with each of its terms as an inner product with ``dx``; None where there is one, or too many."""
    terms = terms_of(df)
    if not 2 <= len(terms) <= MAX_APART or dx.is_scalar:
        return None
    found = [(c, adjoint(core, [dx], UNITY)[dx]) for c, core in terms]
    return total([(c, paired(g, dx)) for c, g in found])


def cotangent_of(df: Node, dx: Node) -> Node:
    return adjoint(df, [dx], UNITY)[dx]


def transposing_laws(df: Node, dx: Node) -> tuple[Law, ...]:
    """The laws that take a scalar expression linear in ``dx`` to ``⟨g, dx⟩``: one for each operation on the way."""
    moving = {dx}
    found: dict[Law, None] = {}
    for node in postorder(df):
        if any(a in moving for a in node.args):
            moving.add(node)
            found.update(dict.fromkeys(_laws_at(node, moving)))
    return tuple(found)


def matrix_laws(df: Node, dx: Node) -> tuple[Law, ...]:
    """The laws that take a column linear in ``dx`` to a matrix times ``dx``."""
    moving = {dx}
    found: dict[Law, None] = {}
    for node in postorder(df):
        at = [k for k, a in enumerate(node.args) if a in moving]
        if at:
            moving.add(node)
            if node.op is HAD and not node.is_scalar:
                found[LAWS["entrywise multiplication by a matrix"]] = None
            elif node.op is SCALE and at[0] == 0:
                found[LAWS["a scalar before a column"]] = None
    return tuple(found) or (LAWS["matrix of a linear map"],)


def _laws_at(node: Node, moving: set[Node]) -> Iterator[Law]:
    k = next(k for k, a in enumerate(node.args) if a in moving)
    if node.op is MUL:
        yield from _product_laws(node, k)
    elif node.op is TR:
        yield LAWS["trace as an inner product"]
        if node.args[0].op is MUL and len(node.args[0].args) > 2:
            yield LAWS["trace is cyclic"]
    elif node.op in (HAD, SCALE):
        if not node.args[k].is_scalar and node.op is HAD:
            yield LAWS["adjoint of entrywise multiplication"]
    elif node.op in (DIAGM, DIAGV):
        yield LAWS["adjoint of diag"]
    elif node.op is SUMOVER:
        yield LAWS["sums and inner products exchange"]
    elif node.op not in (ADD, TRANSPOSE):
        yield adjoint_of(node, k) if node.op.adjoint else LAWS["adjoint"]


def _product_laws(node: Node, k: int) -> Iterator[Law]:
    """A scalar chain: ``u'*v`` needs the inner product alone, a factor between them its adjoint."""
    if not node.is_scalar:
        return
    moved = node.args[k]
    if not (moved.is_column or moved.rows.number == 1):
        yield LAWS["outer product"]
    elif len(node.args) > 2:
        yield LAWS["adjoint of a matrix"]
    else:
        yield LAWS["inner product"]


def shortest(g: Node) -> tuple[Node, tuple[Law, ...]]:
    """The shortest form of ``g``, and the laws that led to it, as the simplifier records them."""
    with recorded() as steps:
        out = simplify(g)
    if out is g:
        return g, ()
    inside = set(postorder(out))
    found = [step for step in steps if step.after in inside and not step.form]
    laws = [step.law for step in found if not step.law.endswith("by its meaning")]
    if not laws:
        laws = ["like terms"]
    return out, tuple(named(name) for name in dict.fromkeys(laws))
