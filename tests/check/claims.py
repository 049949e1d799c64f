"""Right claims, each with the level that is expected; wrong ones are made of them and stand in the tests."""

from fractions import Fraction

from closedform.check.certificate import Claim
from closedform.expr.node import Node, make
from closedform.functions import table
from closedform.functions.algebra import (
    CALL,
    add,
    const,
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
)
from closedform.functions.rearrange import block, sub, unvec

OPS = table.registered()


def fn(name: str, *args: Node) -> Node:
    return make(OPS[name], args)


def call(name: str, kind: str, u: Node, like: Node) -> Node:
    return make(CALL, (u,), (name, kind), like.shape)


def gradient(f: Node, answer: Node, x: Node, **more: str) -> Claim:
    return Claim("gradient", f, answer, x, **more)


def jacobian(f: Node, answer: Node, x: Node, **more: str) -> Claim:
    return Claim("jacobian", f, answer, x, **more)


def hessian(f: Node, answer: Node, x: Node, second: Node | None = None, names: tuple[str, ...] = ()) -> Claim:
    return Claim("hessian", f, answer, x, second, names)


def linear(f: Node, answer: Node, x: Node) -> Claim:
    return Claim("map", f, answer, x, differentials=("d" + x.params[0],))


def equal(f: Node, g: Node) -> Claim:
    return Claim("equal", f, g)


x, y, b = sym("x", "n"), sym("y", "n"), sym("b", "m")
A, W = sym("A", "m", "n"), sym("W", "m", "n")
B, X, dX = sym("B", "n", "n"), sym("X", "n", "n"), sym("dX", "n", "n")
dX1, dX2, dx = sym("dX1", "n", "n"), sym("dX2", "n", "n"), sym("dx", "n")
S, P = sym("S", "n", "n", ["sym"]), sym("P", "n", "n", ["pd"])
D, K, L = sym("D", "n", "n", ["diag"]), sym("K", "n", "n", ["skew"]), sym("L", "n", "n", ["lower"])
Q, Y = sym("Q", "n", "n", ["orth"]), sym("Y", "n", "n", ["commutes:X"])
s, t, e, pos = sym("s"), sym("t"), sym("e"), sym("r", 1, 1, ["pos"])
half = num(Fraction(1, 2))
n = size_number("n")
i = index("i")
one = ones("n")
res = mul(A, x) - b
p = fn("softmax", mul(A, x))
z = fn("tanh", mul(A, x))
u3, v3 = sym("u", 3), sym("v", 3)
quad, lse, norm = mul(transpose(x), B, x), fn("logsumexp", mul(A, x)), fn("norm2", res)
f, gf = call("f", "", mul(A, x), s), call("f", "grad", mul(A, x), b)
hf, jg = call("f", "hess", mul(A, x), mul(b, b.T)), call("g", "jac", x, A)
h, dh = call("h", "", s, x), call("h", "diff", s, x)
shifted = fn("exp", x - scale(fn("maxentry", x), one))
X3 = sym("Z", 3, 3)
top, dS = fn("eigvec_max", S), sym("dS", "n", "n", ["sym"])
gaps = fn("pinv", scale(fn("lambda_max", S), eye("n")) - S)
S_t = S + scale(t, P)
top_t, gaps_t = fn("eigvec_max", S_t), fn("pinv", scale(fn("lambda_max", S_t), eye("n")) - S_t)
row = {k: mul(transpose(A), unit(index(k), "m")) for k in "ij"}
apart, outer = row["i"] - row["j"], mul(A, A.T)
lengths = mul(fn("rowsum", power(A, 2)), transpose(ones("m")))
weights = fn("exp", 2 * outer - lengths - lengths.T)

RIGHT: dict[str, tuple[str, Claim]] = {
    "quadratic form": ("A", gradient(quad, mul(B + B.T, x), x)),
    "least squares": ("A", gradient(half * mul(res.T, res), mul(A.T, res), x)),
    "trace of a cube": ("A", gradient(tr(mul(X, X, X)), 3 * mul(X, X).T, X)),
    "integer power": ("A", gradient(tr(mpow(X, 4)), 4 * mpow(X, 3).T, X)),
    "determinant": ("A", gradient(fn("det", X), fn("adj", X).T, X)),
    "determinant, inverse": ("A", gradient(fn("det", X), scale(fn("det", X), inv(X).T), X)),
    "logdet": ("A", gradient(fn("logdet", X), inv(X).T, X)),
    "inverse": ("A", linear(inv(X), -mul(inv(X), dX, inv(X)), X)),
    "trace of A X^2 B X^-T": ("A", gradient(
        tr(mul(B, X, X, P, inv(X).T)),
        mul(B.T, inv(X), P, X.T) + mul(X.T, B.T, inv(X), P) - mul(inv(X).T, B, X, X, P, inv(X).T), X)),
    "log-sum-exp": ("A", gradient(lse, mul(A.T, p), x)),
    "log-sum-exp, Hessian": ("A", hessian(lse, mul(A.T, diagm(p) - mul(p, p.T), A), x)),
    "softmax": ("A", jacobian(
        fn("softmax", x), diagm(fn("softmax", x)) - mul(fn("softmax", x), fn("softmax", x).T), x)),
    "tanh layer": ("A", jacobian(z, mul(diagm(ones("m") - power(z, 2)), A), x)),
    "denominator layout": ("A", jacobian(mul(A, x), A.T, x, layout="denominator")),
    "by a scalar": ("A", jacobian(
        inv(B + scale(t, X)), -mul(inv(B + scale(t, X)), X, inv(B + scale(t, X))), t)),
    "second by a scalar": ("A", hessian(
        fn("sin", s * s), 2 * fn("cos", s * s) - 4 * s * s * fn("sin", s * s), s)),
    "Hessian by a matrix": ("A", hessian(fn("logdet", X), -mul(inv(X), dX1, inv(X)).T, X, names=("dX1",))),
    "bilinear Hessian": ("A", hessian(mul(X, X), mul(dX1, dX2) + mul(dX2, dX1), X, names=("dX1", "dX2"))),
    "vector Hessian": ("A", hessian(power(x, 3), scale(num(6), diagm(had(x, dx))), x, names=("dx",))),
    "mixed": ("A", hessian(mul(b.T, A, x), A.T, x, b)),
    "mixed by a scalar": ("A", hessian(s * mul(x.T, B, x), mul(B + B.T, x), x, s)),
    "symmetric variable": ("A", gradient(tr(mul(B, S)), scale(half, B + B.T), S)),
    "symmetric, free": ("A", gradient(tr(mul(B, S)), B + B.T - had(B, eye("n")), S, convention="free")),
    "positive definite": ("A", gradient(fn("logdet", P), inv(P), P)),
    "diagonal variable": ("A", gradient(tr(mul(B, D)), had(B, eye("n")), D)),
    "skew variable": ("A", gradient(tr(mul(B, K)), scale(half, B.T - B), K)),
    "lower variable": ("A", gradient(tr(mul(B.T, L)), fn("tril", B), L)),
    "norm": ("A", gradient(norm, scale(power(norm, -1), mul(A.T, res)), x)),
    "Frobenius norm": ("A", gradient(fn("normF", A), scale(power(fn("normF", A), -1), A), A)),
    "relu": ("A", gradient(fn("sum", fn("relu", mul(A, x))), mul(A.T, fn("step", mul(A, x))), x)),
    "absolute value": ("A", gradient(fn("norm1", x), fn("sign", x), x)),
    "huber": ("A", gradient(fn("sum", fn("huber", x, pos)), fn("clip", x, -pos, pos), x)),
    "maximum of two": ("A", gradient(
        inner(one, fn("max2", x, y)), had(fn("step", x - y), one), x)),
    "symbolic power": ("A", gradient(power(s, e), e * power(s, e - 1), s)),
    "symbolic power, quotient": ("A", gradient(power(pos, e), e * power(pos, e) / pos, pos)),
    "cubic root": ("A", gradient(
        power(s, num(Fraction(1, 3))), num(Fraction(1, 3)) * power(s, num(Fraction(-2, 3))), s)),
    "normal distribution": ("A", gradient(fn("sum", fn("normcdf", x)), fn("normpdf", x), x)),
    "erf": ("A", gradient(fn("erf", s), 2 / power(const("pi"), half) * fn("exp", -s * s), s)),
    "gamma": ("A", gradient(fn("gamma", s), fn("gamma", s) * fn("digamma", s), s)),
    "polygamma": ("A", gradient(fn("trigamma", s), fn("polygamma", num(2), s), s)),
    "arcsine": ("A", gradient(fn("asin", s), power(1 - s * s, num(Fraction(-1, 2))), s)),
    "sum over an index": ("A", gradient(
        sumover("i", 1, "n", power(mul(x.T, unit(i, "n")), 3)), 3 * power(x, 2), x)),
    "entry": ("A", gradient(
        power(mul(x.T, unit(i, "n")), 2), scale(2 * mul(x.T, unit(i, "n")), unit(i, "n")), x)),
    "mean": ("A", gradient(fn("mean", power(x, 2)), scale(2 / n, x), x)),
    "variance": ("A", gradient(fn("var", x), scale(2 / n, x - scale(fn("mean", x), one)), x)),
    "product of entries": ("A", gradient(fn("prod", x), fn("prod_others", x), x)),
    "cumulative sum": ("A", gradient(inner(y, fn("cumsum", x)), fn("revcumsum", y), x)),
    "cross product": ("A", gradient(inner(u3, fn("cross", u3, v3)) + inner(v3, fn("cross", sym("w", 3), u3)),
                                    fn("cross", v3, sym("w", 3)), u3)),
    "Kronecker": ("A", gradient(inner(fn("kron", X3, B), fn("kron", X3, X)), scale(2 * inner(B, X), X3), X3)),
    "vec": ("A", gradient(inner(fn("vec", A), fn("vec", W)), W, A)),
    "unvec": ("A", gradient(inner(A, unvec(sym("v", size_number("m").params[0] * n.params[0]), "m", "n")),
                            fn("vec", A), sym("v", size_number("m").params[0] * n.params[0]))),
    "blocks": ("A", gradient(fn("sum", power(block([[A, b], [x.T, s]]), 2)), 2 * x, x)),
    "part": ("A", gradient(fn("sum", sub(block([[A, W]]), 1, 1, "m", "n")), ones("m", "n"), A)),
    "Lyapunov": ("A", jacobian(fn("lyap", B, scale(s, X)), fn("lyap", B, X), s)),
    "pseudo-inverse": ("A", equal(mul(A, fn("pinv", A), A), A)),
    "orthogonal": ("A", equal(mul(Q, Q.T, x), x)),
    "commuting": ("A", equal(mul(X, Y), mul(Y, X))),
    "abstract gradient": ("A", gradient(f, mul(A.T, gf), x)),
    "abstract Hessian": ("A", hessian(f, mul(A.T, hf, A), x)),
    "abstract Jacobian": ("A", jacobian(call("g", "", x, b), jg, x)),
    "abstract curve": ("A", jacobian(h, dh, s)),
    "abstract curve twice": ("A", gradient(inner(h, h), 2 * inner(h, dh), s)),
    "sigmoid of the negative": ("A", equal(fn("sigmoid", -x), one - fn("sigmoid", x))),
    "double angle": ("B", equal(fn("sin", 2 * s), 2 * fn("sin", s) * fn("cos", s))),
    "shifted softmax": ("B", equal(fn("softmax", x - scale(s, one)), fn("softmax", x))),
    "nested exponentials": ("B", equal(fn("exp", fn("exp", 2 * s)), fn("exp", power(fn("exp", s), 2)))),
    "root of a square": ("B", equal(fn("sqrt", s * s), fn("abs", s))),
    "logarithm of a product": ("A", equal(fn("log", s * t), fn("log", s) + fn("log", t))),
    "logarithm of a power": ("A", equal(fn("log", power(s, 4)), 4 * fn("log", s))),
    "stable softmax": ("C", equal(
        fn("softmax", x),
        scale(1 / fn("sum", shifted), shifted))),
    "largest entry": ("C", gradient(fn("maxentry", x), fn("argmax", x), x)),
    "matrix exponential": ("B", linear(fn("expm", X), fn("expm_frechet", X, dX), X)),
    "trace of expm": ("B", gradient(tr(fn("expm", X)), fn("expm", X).T, X)),
    "matrix root": ("B", linear(fn("sqrtm", X), fn("lyap", fn("sqrtm", X), dX), X)),
    "matrix logarithm": ("B", linear(fn("logm", X), fn("logm_frechet", X, dX), X)),
    "Cholesky": ("B", equal(mul(fn("chol", P), fn("chol", P).T), P)),
    "largest eigenvalue": ("B", gradient(
        fn("lambda_max", S), mul(fn("eigvec_max", S), fn("eigvec_max", S).T), S)),
    "eigenvalues": ("B", equal(fn("sum", fn("eigvals", S)), tr(S))),
    "eigenvectors": ("B", equal(mul(fn("eigvecs", S), diagm(fn("eigvals", S)), fn("eigvecs", S).T), S)),
    "spectral norm": ("B", gradient(fn("norm_op", A), mul(fn("leftvec_max", A), fn("rightvec_max", A).T), A)),
    "nuclear norm": ("B", gradient(fn("norm_nuc", A), fn("polar", A), A)),
    "largest eigenvalue, Hessian": ("B", hessian(
        fn("lambda_max", S), mul(top, top.T, dS, gaps) + mul(gaps, dS, top, top.T), S, names=("dS",))),
    "eigenvector": ("B", gradient(
        inner(y, fn("eigvec_max", S)), scale(half, mul(gaps, y, top.T) + mul(top, y.T, gaps)), S)),
    "eigenvalue along a line": ("B", hessian(
        fn("lambda_max", S + scale(t, P)), 2 * mul(top_t.T, P, gaps_t, P, top_t), t)),
    "largest absolute value": ("C", equal(fn("norm_inf", x), fn("maxentry", fn("abs", x)))),
    "diagonal": ("A", equal(diagv(mul(A, A.T)), fn("rowsum", had(A, A)))),
    "pairs of rows": ("A", gradient(
        sumover("i", 1, "m", sumover("j", 1, "m", fn("exp", -power(fn("norm2", apart), 2)))),
        4 * mul(weights - diagm(fn("rowsum", weights)), A), A)),
    "even power of a norm": ("A", gradient(power(fn("norm2", x), 4), scale(4 * power(fn("norm2", x), 2), x), x)),
    "high power": ("A", gradient(tr(mpow(X, 100)), 100 * mpow(X, 99).T, X)),
    "pseudo-inverse of low rank": ("A", equal(
        fn("pinv", mul(x, b.T)), scale(1 / inner(x, x) / inner(b, b), mul(b, x.T)))),
    "pseudo-inverse of a product": ("A", gradient(
        tr(mul(fn("pinv", mul(x, b.T)), W.T)),
        scale(1 / inner(x, x) / inner(b, b), mul(W.T, b))
        - scale(2 * mul(b.T, W, x) / power(inner(x, x), 2) / inner(b, b), x), x)),
    "second derivative of a curve": ("A", hessian(
        inner(y, call("h", "", s * s, x)),
        2 * inner(y, call("h", "diff", s * s, x)) + 4 * s * s * inner(y, call("h", "diff2", s * s, x)), s)),
    "columns": ("A", equal(fn("colsum", A), mul(A.T, ones("m")))),
    "sums of norms": ("A", gradient(
        add(*(fn("norm2", mul(B, x) - scale(num(k), y)) for k in range(1, 4))),
        add(*(scale(1 / fn("norm2", mul(B, x) - scale(num(k), y)), mul(B.T, mul(B, x) - scale(num(k), y)))
              for k in range(1, 4))), x)),
}  # fmt: skip

CUBES = gradient(
    sumover("i", 1, "m", sumover("j", 1, "m", power(fn("norm2", apart), 3))),
    6 * sumover("i", 1, "m", sumover("j", 1, "m", scale(
        fn("norm2", apart), mul(unit(index("i"), "m"), transpose(apart))))), A)  # fmt: skip
"""Right; its level depends on the points drawn: six square roots for four rows."""
