"""Laws of functions of vectors: softmax, log-sum-exp, entries of elementwise functions."""

from __future__ import annotations

from closedform.expr.node import Node
from closedform.functions.algebra import MUL, ONES, TRANSPOSE, fill, num, ones, sym, transpose
from closedform.functions.elementwise import exp, log
from closedform.functions.vectors import logsumexp, logsumexp_rows, softmax, softmax_rows
from closedform.rewrite.laws.law import acts, law

x = sym("x", "n")
s = sym("s")
X = sym("X", "m", "n")

law("log of softmax", log(softmax(x)), x - fill(logsumexp(x), x))
law("softmax of one entry", softmax(s), num(1))
law("log-sum-exp of one entry", logsumexp(s), s)
law("log of softmax of rows", log(softmax_rows(X)), X - logsumexp_rows(X) @ transpose(ones("n")))


@acts("log of a sum of exponentials", log(transpose(ones("n")) @ exp(x)))
def _logsumexp(a: Node) -> Node | None:
    z = summed_exp(a)
    return logsumexp(z) if z is not None else None


def summed_exp(a: Node) -> Node | None:
    """z where ``a`` is sum(exp(z)), else None."""
    if a.op is not MUL or len(a.args) != 2 or not a.is_scalar:
        return None
    row, column = a.args
    turned = row.args[0] if row.op is TRANSPOSE else None
    if turned is not None and turned.op is ONES and column.op is exp.op:
        return column.args[0]
    if turned is not None and turned.op is exp.op and column.op is ONES:
        return turned.args[0]
    return None
