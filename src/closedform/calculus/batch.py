"""A formula at every row of a matrix: Σᵢ eᵢ f(xᵢ)', written without a sum."""

from __future__ import annotations

from closedform.errors import MissingRule, ShapeError
from closedform.expr.node import Node, make
from closedform.expr.size import ONE, size
from closedform.expr.walk import postorder, rebuild
from closedform.functions.algebra import INDEX, SUMOVER, SYM, UNIT, index, mul, scale, sym, transpose
from closedform.functions.declare import shape_words
from closedform.rewrite.normal.normal import normal
from closedform.rewrite.simplify import simplify

LETTERS = ("i", "j", "k", "l", "r")


def batched(f: Node, x: Node, name: str, rows: str) -> tuple[Node, Node, Node]:
    """The matrix whose row i is f at row i of a matrix ``name``, or the vector of the values of a scalar; the matrix;
    and the sum over rows that it is."""
    if not x.is_column or x.is_scalar:
        raise ShapeError(f"a batch is over the rows that stand for a vector; {x.params[0]} is {shape_words(x.shape)}")
    if not f.is_column:
        raise ShapeError(f"a batch is of a scalar or a vector; this is {shape_words(f.shape)}")
    used = {n.params[0] for n in postorder(f) if n.op in (INDEX, SUMOVER, SYM)}
    letter = next(c for c in LETTERS if c not in used)
    X = sym(name, rows, x.rows)
    unit = make(UNIT, (index(letter),), (), (size(rows), ONE))
    one = rebuild(f, lambda n, _: mul(transpose(X), unit) if n is x else None)
    body = scale(one, unit) if f.is_scalar else mul(unit, transpose(one))
    total = make(SUMOVER, (body,), (letter, size(1), size(rows)), body.shape)
    out = simplify(normal(total))
    if any(n.op is SUMOVER and n.params[2] is size(rows) for n in postorder(out)):
        raise MissingRule("no form of this formula over all rows at once is known; map it over the rows instead")
    return out, X, total
