"""Pairs of spellings that constructors must make one node, by family; every one is exactly an equality."""

from __future__ import annotations

from closedform.expr.node import Node, make
from closedform.expr.size import size
from closedform.functions import elementwise as e
from closedform.functions import matrix as mx
from closedform.functions import piecewise as p
from closedform.functions import vectors as v
from closedform.functions.algebra import (
    CALL,
    add,
    diagm,
    diagv,
    eye,
    had,
    index,
    inner,
    inv,
    mpow,
    mul,
    num,
    ones,
    power,
    scale,
    size_number,
    sumover,
    sym,
    tr,
    transpose,
    unit,
    zeros,
)
from closedform.functions.rearrange import block, kron, unvec, vec
from closedform.functions.rearrange import sub as part

m, n = "m", "n"
x, y, z, u = sym("x", n), sym("y", n), sym("z", n), sym("u", m)
A, C, R = sym("A", m, n), sym("C", m, n), sym("R", m, n)
B, X, Y = sym("B", n, n), sym("X", n, n), sym("Y", n, n)
S, T = sym("S", n, n, ["sym"]), sym("T", n, n, ["sym"])
K, Q, D = sym("K", n, n, ["skew"]), sym("Q", n, n, ["orth"]), sym("D", n, n, ["diag"])
E, F = sym("E", n, n, ["commutes:F"]), sym("F", n, n)
s, t, r, w = sym("s"), sym("t"), sym("r", 1, 1, ["pos"]), sym("w", n, 1, ["pos"])
sign, bit = sym("g", n, 1, ["pm1"]), sym("h", n, 1, ["bit"])
i = index("i")
one, ONE_M = ones(n), ones(m)
half = num("1/2")
N = size_number(n)


def total(a: Node) -> Node:
    return v.total(a)


SUMS = {
    "like terms": (x + y + x, add(scale(num(2), x), y)),
    "cancelled": (x - y - (x - y), zeros(n)),
    "zero dropped": (A + zeros(m, n) + C, C + A),
    "sum of sums": ((A + C) - (R - A), scale(num(2), A) + C - R),
    "numbers": (num(2) + num("1/3") - s + num("2/3"), num(3) - s),
    "multiples inside": (num(3) * (num(2) * A - C), num(6) * A - num(3) * C),
    "scalar on the right": (scale(s, A) - scale(s, A), zeros(m, n)),
    "scaled twice": (scale(s, scale(t, A)), scale(had(t, s), A)),
    "number of a scalar": (scale(num(2) * s, A), num(2) * scale(s, A)),
    "zero scalar": (scale(num(0), A), zeros(m, n)),
    "sum of sizes": (size_number(n) + size_number(n), num(2) * N),
}
PRODUCTS = {
    "associative": (mul(mul(A, X), Y), mul(A, mul(X, Y))),
    "identity": (mul(A, eye(n), x), mul(A, x)),
    "zero": (mul(A, zeros(n, n), X), zeros(m, n)),
    "scalar outside": (mul(scale(s, A), scale(t, X)), scale(had(s, t), mul(A, X))),
    "number outside": (mul(num(2) * A, num("-1/3") * X), num("-2/3") * mul(A, X)),
    "inner product commutes": (mul(x.T, y), mul(y.T, x)),
    "cut at a scalar": (mul(A, x, y.T, z), scale(inner(y, z), mul(A, x))),
    "cut in the middle": (mul(A, x, y.T, X, z, u.T), scale(mul(z.T, X.T, y), mul(A, x, u.T))),
    "neighbours": (mul(X, X, X, Y), mul(mpow(X, 3), Y)),
    "inverse": (mul(A, X, inv(X), Y), mul(A, Y)),
    "powers": (mul(inv(X), mpow(X, 3)), mpow(X, 2)),
    "inverse of a product": (inv(mul(X, Y)), mul(inv(Y), inv(X))),
    "inverse of a multiple": (inv(scale(s, X)), scale(power(s, -1), inv(X))),
    "orthogonal": (mul(Q.T, Q, x), x),
    "orthogonal, other side": (mul(A, Q, Q.T), A),
    "inverse of an orthogonal": (inv(Q), Q.T),
    "declared to commute": (mul(F, E, x), mul(E, F, x)),
    "residual turned": (-mul(A.T, u - mul(A, x)), mul(A.T, mul(A, x) - u)),
    "residual squared": (inner(u - mul(A, x), u - mul(A, x)), inner(mul(A, x) - u, mul(A, x) - u)),
    "ones in a product": (mul(one.T, one), N),
    "skew form": (mul(x.T, K, x), num(0)),
    "quadratic form of a transpose": (mul(x.T, X.T, x), mul(x.T, X, x)),
    "bilinear symmetric": (mul(x.T, S, y), mul(y.T, S, x)),
    "diagonal first": (mul(diagm(x), y), had(x, y)),
    "diagonals": (mul(diagm(x), diagm(y), X), mul(diagm(had(x, y)), X)),
    "diagonal of a unit vector": (
        mul(A, diagm(unit(i, n)), diagm(x), B), scale(mul(unit(i, n).T, x), mul(A, diagm(unit(i, n)), B))),
    "row sums": (mul(had(A, C), one), diagv(mul(A, C.T))),
}  # fmt: skip
ENTRYWISE = {
    "commutative": (had(x, y, x), had(power(x, 2), y)),
    "powers added": (had(power(x, 3), power(x, -1)), power(x, 2)),
    "square matrices": (had(X, Y, X), had(power(X, 2), Y)),
    "powers of square matrices": (power(power(X, 3), 2), power(X, 6)),
    "quotient": (had(x, power(x, -1)), one),
    "power of a power": (power(power(x, 3), 2), power(x, 6)),
    "root of a square": (power(power(x, 2), half), p.absolute(x)),
    "root of a fourth power": (power(power(x, 4), num("1/4")), p.absolute(x)),
    "square of a root": (power(power(r, half), 2), r),
    "power of a product": (power(had(x, y), 2), had(power(x, 2), power(y, 2))),
    "root of a positive product": (power(had(r, s), half), had(power(r, half), power(s, half))),
    "number under a root": (power(num(4) * s, half), num(2) * power(s, half)),
    "exact root": (power(num("9/4"), num("3/2")), num("27/8")),
    "power of a multiple": (power(num(-2) * x, 3), num(-8) * power(x, 3)),
    "negative sum squared": (power(x - y, 2), power(y - x, 2)),
    "negative sum cubed": (power(y - x, 3), -power(x - y, 3)),
    "outer product": (had(A, mul(u, x.T)), mul(diagm(u), A, diagm(x))),
    "power of an outer product": (power(mul(u, x.T), 3), mul(power(u, 3), power(x, 3).T)),
    "identity": (had(X, eye(n)), diagm(diagv(X))),
    "unit vector": (had(unit(i, n), x), scale(mul(unit(i, n).T, x), unit(i, n))),
    "signs": (power(sign, 5), sign),
    "signs squared": (power(sign, 2), one),
    "bits": (power(bit, 4), bit),
    "symbolic powers": (had(power(r, s), power(r, -s)), num(1)),
    "power with a symbol": (had(power(s, t), s), power(s, t + 1)),
    "absolute value squared": (power(p.absolute(x), 2), power(x, 2)),
    "sign by absolute value": (had(p.sign(x), p.absolute(x)), x),
    "sign squared times": (had(p.sign(x), x), p.absolute(x)),
    "step squared": (power(p.step(x), 3), p.step(x)),
    "an entry of a function": (e.exp(mul(unit(i, n).T, x)), mul(unit(i, n).T, e.exp(x))),
    "sign squared": (power(p.sign(x), 2), had(p.sign(x), p.sign(x))),
    "row of a function": (e.tanh(x.T), e.tanh(x).T),
}
TRANSPOSES = {
    "twice": (transpose(transpose(A)), A),
    "of a sum": (transpose(A - scale(s, C)), A.T - scale(s, C.T)),
    "of a product": (transpose(mul(A, X, Y)), mul(Y.T, X.T, A.T)),
    "of an inverse": (transpose(inv(X)), inv(X.T)),
    "of a power": (transpose(mpow(X, 3)), mpow(X.T, 3)),
    "symmetric": (transpose(S), S),
    "skew": (transpose(K), -K),
    "diagonal": (transpose(diagm(x)), diagm(x)),
    "declared diagonal": (transpose(D), D),
    "entrywise": (transpose(e.exp(A)), e.exp(A.T)),
    "elementwise product": (transpose(had(A, C)), had(A.T, C.T)),
    "elementwise power": (transpose(power(A, 3)), power(A.T, 3)),
    "adjugate": (transpose(mx.adj(X)), mx.adj(X.T)),
    "pseudo-inverse": (transpose(mx.pinv(A)), mx.pinv(A.T)),
    "Kronecker": (transpose(kron(A, X)), kron(A.T, X.T)),
    "sum of ones": (transpose(mul(one, one.T)), mul(one, one.T)),
    "inverse of a symmetric": (transpose(inv(S)), inv(S)),
    "congruence": (transpose(mul(A, S, A.T)), mul(A, S, A.T)),
}
TRACES = {
    "rotated": (tr(mul(X, Y, B)), tr(mul(B, X, Y))),
    "rotated, rectangular": (tr(mul(A, X, C.T)), tr(mul(C.T, A, X))),
    "transposed": (tr(mul(X, Y, B)), tr(mul(B.T, Y.T, X.T))),
    "linear": (tr(num(2) * X - scale(s, Y)), num(2) * tr(X) - had(s, tr(Y))),
    "of the identity": (tr(eye(n)), N),
    "of a diagonal": (tr(diagm(x)), total(x)),
    "of an outer product": (tr(mul(x, y.T)), mul(y.T, x)),
    "of a long outer product": (tr(mul(A, x, y.T, C.T)), mul(y.T, C.T, A, x)),
    "inverse rotated": (tr(mul(X, Y, inv(X))), tr(Y)),
    "skew": (tr(K), num(0)),
    "skew times symmetric": (tr(mul(K, S)), num(0)),
    "elementwise": (tr(had(X, Y)), inner(diagv(X), diagv(Y))),
    "diagonal factor": (tr(mul(diagm(x), X)), inner(x, diagv(X))),
    "Kronecker": (tr(kron(X, Y)), had(tr(X), tr(Y))),
    "diagonal of a transpose": (diagv(X.T), diagv(X)),
    "diagonal of a product": (diagv(mul(A, x, u.T)), had(mul(A, x), u)),
    "diagonal of a diagonal product": (diagv(mul(diagm(x), X)), had(x, diagv(X))),
    "diagonal, elementwise": (diagv(had(X, Y)), had(diagv(X), diagv(Y))),
    "diagonal, linear": (diagv(X - num(3) * Y), diagv(X) - num(3) * diagv(Y)),
    "diagonal of a skew": (diagv(K), zeros(n)),
    "diagonal of ones": (diagm(one + scale(s, x)), eye(n) + scale(s, diagm(x))),
    "powers of diagonals": (mpow(diagm(x), 3), diagm(power(x, 3))),
    "inverse of a diagonal": (inv(diagm(x)), diagm(power(x, -1))),
}
P1, P2 = sym("G", m, m), sym("H", n, n)
LONG, HIGH = block([[P1, A], [C.T, P2]]), block([[u], [x]])
BLOCKS = {
    "product": (mul(LONG, HIGH), block([[mul(P1, u) + mul(A, x)], [mul(C.T, u) + mul(P2, x)]])),
    "sum": (LONG + LONG, num(2) * LONG),
    "transposed": (LONG.T, block([[P1.T, C], [A.T, P2.T]])),
    "trace": (tr(LONG), tr(P1) + tr(P2)),
    "inner product": (inner(HIGH, HIGH), inner(u, u) + inner(x, x)),
    "part": (part(LONG, 1, 1, m, m), P1),
    "other part": (part(LONG, 1, size(m) + size(1), m, n), A),
    "vec of a column": (vec(x), x),
    "a row times a column": (mul(block([[s, t]]), block([[t], [s]])), num(2) * had(s, t)),
    "numbers inside a product": (mul(u.T, block([[A, A]]), block([[x], [x]])), num(2) * mul(u.T, A, x)),
    "block of zeros": (block([[zeros(m, m), zeros(m, n)]]), zeros(m, (P1.cols + A.cols))),
    "difference": (LONG - LONG, zeros(LONG.rows, LONG.cols)),
}
EXPONENTIALS = {
    "product": (had(e.exp(x), e.exp(y)), e.exp(x + y)),
    "power": (power(e.exp(x), -2), e.exp(num(-2) * x)),
    "quotient": (had(e.exp(x), power(e.exp(x), -1)), one),
    "symbolic power": (power(e.exp(x), s), e.exp(scale(s, x))),
    "softmax": (scale(power(total(e.exp(x)), -1), e.exp(x)), v.softmax(x)),
    "softmax in an inner product": (
        had(inner(y, e.exp(x)), power(total(e.exp(x)), -1)), inner(y, v.softmax(x))),
    "sigmoid": (had(e.exp(x), power(one + e.exp(x), -1)), e.sigmoid(x)),
    "sigmoid of the negative": (power(one + e.exp(x), -1), one - e.sigmoid(x)),
    "exponential beside a sigmoid": (had(e.exp(x), one - e.sigmoid(x)), e.sigmoid(x)),
    "exponential beside its sigmoid": (had(y, e.exp(-x), power(e.sigmoid(x), 3)),
                                       had(y, power(e.sigmoid(x), 2), one - e.sigmoid(x))),
    "exponentials beside sigmoids": (had(e.exp(num(2) * s), power(e.sigmoid(-s), 2), t),
                                      had(t, power(e.sigmoid(s), 2))),
    "odd exponential beside sigmoids": (had(e.exp(s), power(e.sigmoid(-s), 2)),
                                        had(e.sigmoid(s), num(1) - e.sigmoid(s))),
    "sigmoid of two": (had(e.exp(s), power(e.exp(s) + e.exp(t), -1)), e.sigmoid(s - t)),
    "log-sum-exp": (e.log(total(e.exp(x))), v.logsumexp(x)),
    "exponential of a logarithm": (e.exp(x + num(2) * e.log(w)), had(e.exp(x), power(w, 2))),
}  # fmt: skip
QUOTIENTS = {
    "tanh": (had(e.sinh(x), power(e.cosh(x), -1)), e.tanh(x)),
    "tanh squared": (had(power(e.sinh(x), 3), power(e.cosh(x), -2)), had(power(e.tanh(x), 2), e.sinh(x))),
    "tan": (had(e.sin(x), power(e.cos(x), -1)), e.tan(x)),
    "root": (had(power(s, half), power(s, half)), power(power(s, half), 2)),
    "norm over norm": (had(inner(x, x), power(inner(x, x), -1)), num(1)),
    "scaled by a norm": (
        scale(power(inner(x, x), half), scale(power(inner(x, x), half), y)), scale(inner(x, x), y)),
}  # fmt: skip
PAIRS = {
    "inverse of the adjugate's making": (scale(power(mx.det(X), -1), mx.adj(X)), inv(X)),
    "in a trace": (had(power(mx.det(X), -1), tr(mul(mx.adj(X), Y))), tr(mul(inv(X), Y))),
    "of the transpose": (scale(power(mx.det(X), -1), mul(A, mx.adj(X.T))), mul(A, inv(X.T))),
    "negative power of det": (scale(power(mx.det(X), -2), mx.adj(X)), scale(power(mx.det(X), -1), inv(X))),
}
e_i, row, col = unit(i, n), mul(A.T, unit(i, m)), mul(C.T, unit(i, m))
SUMS_OVER = {
    "entries": (sumover("i", 1, n, mul(x.T, e_i)), total(x)),
    "rows": (sumover("i", 1, m, scale(mul(unit(i, m).T, u), row)), mul(A.T, u)),
    "outer products": (sumover("i", 1, m, mul(row, col.T)), mul(A.T, C)),
    "a constant": (sumover("i", 1, n, s), had(N, s)),
    "name of the index": (sumover("i", 2, n, e.exp(mul(x.T, e_i))),
                          sumover("j", 2, n, e.exp(mul(x.T, unit(index("j"), n))))),
    "constant outside": (sumover("i", 1, m, scale(s, row)), scale(s, sumover("i", 1, m, row))),
    "linear": (sumover("i", 1, m, row - col), sumover("i", 1, m, row) - sumover("i", 1, m, col)),
    "one term": (sumover("i", 3, 3, power(s, i)), power(s, 3)),
    "transposed": (transpose(sumover("i", 1, m, mul(row, col.T))), sumover("i", 1, m, mul(col, row.T))),
}  # fmt: skip


def abstract(kind: str, rows: str | int, cols: str | int = 1, at: Node = u) -> Node:
    """A derivative of a scalar f of two vectors at x and at another."""
    return make(CALL, (x, at), ("f", kind), (size(rows), size(cols)))


ABSTRACT = {
    "Schwarz": (abstract("hess21", m, n), transpose(abstract("hess12", n, m))),
    "Schwarz, of two vectors of one size": (abstract("hess21", n, n, y), transpose(abstract("hess12", n, n, y))),
    "a Jacobian of a scalar": (abstract("jac1", 1, n), transpose(abstract("grad1", n))),
}
H, G, W = sym("H", "p", "q"), sym("G", n, "k"), sym("W", "q", "l")
MN = size(m) * size(n)
M, v_long, J = sym("M", "q", n), sym("v", MN), sym("J", MN, n)
KRONECKER = {
    "unvec of vec": (unvec(vec(A), m, n), A),
    "unvec of vec of a square matrix": (unvec(vec(X), n, n), X),
    "vec of unvec": (vec(unvec(v_long, m, n)), v_long),
    "unvec of a Kronecker product": (unvec(mul(kron(A, H), vec(M)), "p", m), mul(H, M, A.T)),
    "unvec of any vector": (unvec(mul(J, x), m, n), unvec(mul(J, x), m, n)),
    "vec of any matrix": (vec(mul(A, G)), vec(mul(A, G))),
    "product": (mul(kron(A, H), kron(G, W)), kron(mul(A, G), mul(H, W))),
    "inverse": (inv(kron(X, Y)), kron(inv(X), inv(Y))),
}
CONSTRUCTORS = {
    f"{family}: {name}": pair
    for family, rows in {
        "sum": SUMS, "product": PRODUCTS, "entrywise": ENTRYWISE, "transpose": TRANSPOSES, "trace": TRACES,
        "block": BLOCKS, "exponential": EXPONENTIALS, "quotient": QUOTIENTS, "pair": PAIRS,
        "sum over an index": SUMS_OVER, "Kronecker": KRONECKER, "abstract": ABSTRACT,
    }.items()
    for name, pair in rows.items()
}  # fmt: skip
