"""Sums, means and products of entries, softmax and its kin, running sums, the cross product."""

from __future__ import annotations

from fractions import Fraction

from closedform.expr.facts import Facts
from closedform.expr.node import Node
from closedform.functions.algebra import diagm, inner, mul, num, ones, power, scale, size_number, transpose, unit
from closedform.functions.define import Function, always, define, kept, where
from closedform.functions.matrix import tril, triu
from closedform.functions.numerics import other_products, pair_products
from closedform.functions.rearrange import block

HALF = Fraction(1, 2)
COLUMN = {"sig": "n -> n", "sample": ("real",)}
ANY = {"sig": "(m,n) -> 1", "sample": ("real",)}


def _sum(x: Node) -> Node:
    if x.is_scalar:
        return x
    left = transpose(ones(x.rows))
    return mul(left, x) if x.is_column else mul(left, x, ones(x.cols))


def _mean(x: Node) -> Node:
    return scale(power(size_number(x.rows * x.cols), -1), total(x))


def _var(x: Node) -> Node:
    centred = x - mean(x)
    return power(size_number(x.rows), -1) * (transpose(centred) @ centred)


def _turning(v: Node) -> Node:
    """The skew-symmetric matrix of v: its product with y is cross(v, y)."""
    a, b, c = (transpose(unit(num(k), 3)) @ v for k in (1, 2, 3))
    return block([[num(0), -c, b], [c, num(0), -a], [-b, a, num(0)]])


def _entries(node: Node) -> Facts:
    return kept(node.args[0], "pos", "nonneg")


total: Function = define(
    "sum", doc="The sum of all entries.", **ANY,
    means=_sum, facts=_entries,
    numeric=lambda xp, x: xp.sum(x, keepdims=True),
    known=(([[1, 2], [3, 4]],), 10.0),
)  # fmt: skip
mean: Function = define(
    "mean", doc="The mean of all entries.", **ANY,
    means=_mean, facts=_entries,
    numeric=lambda xp, x: xp.mean(x, keepdims=True),
    known=(([1, 2, 6],), 3.0),
)  # fmt: skip
var: Function = define(
    "var", sig="n -> 1", doc="The variance of the entries of a vector: the mean of (x - mean(x)).^2.",
    means=_var, facts=always("nonneg"), sample=("real",),
    numeric=lambda xp, x: xp.var(x, keepdims=True),
    known=(([1, 2, 6],), 14 / 3),
)  # fmt: skip
std: Function = define(
    "std", sig="n -> 1", doc="The standard deviation of the entries of a vector: the root of var(x).",
    means=lambda x: power(_var(x), HALF), facts=always("nonneg"), sample=("real",),
    smooth=where("notzero", lambda x: x - mean(x)),
    numeric=lambda xp, x: xp.std(x, keepdims=True),
    known=(([1, 2, 6],), (14 / 3) ** 0.5),
)  # fmt: skip
dot: Function = define(
    "dot", sig="(m,n),(m,n) -> 1", doc="The inner product: x'*y, or tr(X'*Y).",
    means=inner, sample=("real", "real"),
    numeric=lambda xp, x, y: xp.sum(x * y, keepdims=True),
    known=(([1, 2, 3], [4, 5, 6]), 32.0), latex=r"\langle {0}, {1} \rangle",
)  # fmt: skip
rowsum: Function = define(
    "rowsum", sig="(m,n) -> m", doc="The sum of each row, as a vector.",
    means=lambda X: X @ ones(X.cols), facts=_entries, sample=("real",),
    numeric=lambda xp, X: xp.sum(X, axis=1, keepdims=True),
    known=(([[1, 2], [3, 4]],), [3, 7]),
)  # fmt: skip
colsum: Function = define(
    "colsum", sig="(m,n) -> n", doc="The sum of each column, as a vector.",
    means=lambda X: transpose(X) @ ones(X.rows), facts=_entries, sample=("real",),
    numeric=lambda xp, X: xp.sum(X, axis=0)[:, None],
    known=(([[1, 2], [3, 4]],), [4, 6]),
)  # fmt: skip
prod: Function = define(
    "prod", sig="n -> 1", doc="The product of the entries of a vector.",
    d=lambda x, dx: prod_others(x).T @ dx,
    facts=_entries, sample=("real",),
    numeric=lambda xp, x: xp.prod(x, axis=0, keepdims=True),
    known=(([2, 3, 4],), 24.0),
)  # fmt: skip
prod_others: Function = define(
    "prod_others", doc="Entry i: the product of all but x[i]. The gradient of prod, at zeros too.",
    d=lambda x, dx: prod_pairs(x) @ dx,
    facts=_entries, **COLUMN,
    numeric=other_products,
    known=(([2, 3, 0],), [0, 0, 6]),
)  # fmt: skip
prod_pairs: Function = define(
    "prod_pairs", sig="n -> (n,n)", sample=("nonzero",), smooth=where("nonzero"),
    doc="Entry i,j: the product of all but x[i] and x[j], 0 on the diagonal. The Hessian of prod.",
    d=lambda x, dx: (dx.T @ x**-1) * prod_pairs(x) - (dx / x) @ ones(x.rows).T * prod_pairs(x)
    - ones(x.rows) @ (dx / x).T * prod_pairs(x),
    facts=always("sym"),
    numeric=pair_products,
    known=(([2, 3, 0],), [[0, 0, 3], [0, 0, 2], [3, 2, 0]]),
)  # fmt: skip
softmax: Function = define(
    "softmax", doc="exp(x)/sum(exp(x)) of a vector.",
    d=lambda x, dx: (diagm(softmax(x)) - softmax(x) @ softmax(x).T) @ dx,
    facts=always("pos"), **COLUMN,
    numeric=lambda xp, x: xp.scipy.special.softmax(x, axis=0),
    known=(([0, 1],), [0.2689414213699951, 0.7310585786300049]),
)  # fmt: skip
logsumexp: Function = define(
    "logsumexp", sig="n -> 1", doc="log(sum(exp(x))) of a vector.",
    d=lambda x, dx: softmax(x).T @ dx, sample=("real",),
    numeric=lambda xp, x: xp.scipy.special.logsumexp(x, axis=0, keepdims=True),
    known=(([0, 1],), 1.3132616875182228),
)  # fmt: skip
softmax_rows: Function = define(
    "softmax_rows", sig="(m,n) -> (m,n)", doc="softmax of each row.",
    d=lambda X, dX: softmax_rows(X) * dX - diagm(rowsum(softmax_rows(X) * dX)) @ softmax_rows(X),
    facts=always("pos"), sample=("real",),
    numeric=lambda xp, X: xp.scipy.special.softmax(X, axis=1),
    known=(([[0, 1], [0, 0]],), [[0.2689414213699951, 0.7310585786300049], [0.5, 0.5]]),
)  # fmt: skip
logsumexp_rows: Function = define(
    "logsumexp_rows", sig="(m,n) -> m", doc="logsumexp of each row, as a vector.",
    d=lambda X, dX: rowsum(softmax_rows(X) * dX), sample=("real",),
    numeric=lambda xp, X: xp.scipy.special.logsumexp(X, axis=1, keepdims=True),
    known=(([[0, 1], [0, 0]],), [1.3132616875182228, 0.6931471805599453]),
)  # fmt: skip
cumsum: Function = define(
    "cumsum", doc="Running sums: entry i is x[1] + ... + x[i].",
    adjoint=lambda G, x: revcumsum(G), matrix={0: lambda x: tril(ones(x.rows, x.rows))}, facts=_entries, **COLUMN,
    numeric=lambda xp, x: xp.cumsum(x, axis=0),
    known=(([1, 2, 6],), [1, 3, 9]),
)  # fmt: skip
revcumsum: Function = define(
    "revcumsum", doc="Running sums from the end: entry i is x[i] + ... + x[n].",
    adjoint=lambda G, x: cumsum(G), matrix={0: lambda x: triu(ones(x.rows, x.rows))}, facts=_entries, **COLUMN,
    numeric=lambda xp, x: xp.cumsum(x[::-1], axis=0)[::-1],
    known=(([1, 2, 6],), [9, 8, 6]),
)  # fmt: skip
cross: Function = define(
    "cross", sig="3,3 -> 3", doc="The cross product of two vectors of length 3.",
    adjoint={0: lambda G, x, y: cross(y, G), 1: lambda G, x, y: cross(G, x)},
    matrix={0: lambda x, y: _turning(-y), 1: lambda x, y: _turning(x)}, sample=("real", "real"),
    numeric=lambda xp, x, y: xp.cross(x, y, axis=0),
    known=(([1, 0, 0], [0, 1, 0]), [0, 0, 1]), latex=r"{0} \times {1}",
)  # fmt: skip
