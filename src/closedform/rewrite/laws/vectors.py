"""Laws of functions of vectors: softmax, log-sum-exp, entries of elementwise functions."""

from __future__ import annotations

from closedform.expr.node import Node
from closedform.functions.algebra import MUL, NUM, ONES, POW, TRANSPOSE, fill, num, ones, sym, transpose
from closedform.functions.eigen import eigvals
from closedform.functions.elementwise import exp, log
from closedform.functions.matrix import det
from closedform.functions.piecewise import maxentry, minentry
from closedform.functions.sizes import is_whole
from closedform.functions.vectors import logsumexp, logsumexp_rows, prod, prod_others, prod_pairs, softmax, softmax_rows
from closedform.rewrite.laws.law import acts, law

x = sym("x", "n")
s = sym("s")
X = sym("X", "m", "n")
S = sym("S", "n", "n", ["sym"])

law("log of softmax", log(softmax(x)), x - fill(logsumexp(x), x))
law("softmax of one entry", softmax(s), num(1))
law("log-sum-exp of one entry", logsumexp(s), s)
law("log of softmax of rows", log(softmax_rows(X)), X - logsumexp_rows(X) @ transpose(ones("n")))
law("log of the largest of softmax", log(maxentry(softmax(x))), maxentry(x) - logsumexp(x))
law("log of the least of softmax", log(minentry(softmax(x))), minentry(x) - logsumexp(x))
law("product of all but one, of nonzero entries", prod_others(x), prod(x) * x**-1, x="nonzero")
law("product of the others of one entry", prod_others(s), num(1))
law("products of pairs of one entry", prod_pairs(s), num(0))
law("product of the eigenvalues is the determinant", prod(eigvals(S)), det(S))


@acts("product of all but one, of powers", prod_others(x**s))
def _others_of_powers(a: Node) -> Node | None:
    """x^s with an exponent that is no whole number needs positive x."""
    e = a.args[1] if a.op is POW else None
    return prod(a) * a**-1 if e is not None and e.op is not NUM and not is_whole(e) else None


@acts("log of a sum of exponentials", log(transpose(ones("n")) @ exp(x)))
def _logsumexp(a: Node) -> Node | None:
    z = summed_exp(a)
    return logsumexp(z) if z is not None else None


@acts("log of row sums of exponentials", log(exp(X) @ ones("n")))
def _logsumexp_rows(a: Node) -> Node | None:
    if a.op is not MUL or len(a.args) != 2 or a.args[0].op is not exp.op or a.args[1].op is not ONES:
        return None
    return logsumexp_rows(a.args[0].args[0]) if a.is_column else None


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
