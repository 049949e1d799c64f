"""A formula evaluated in NumPy, PyTorch or JAX from its definitions: a witness that shares nothing with ``run``.

``Library`` says what a framework calls a thing; the rules below are written once with it. Arrays are 2-d.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import partial
from math import pi
from typing import Any

from closedform.expr.node import Node
from closedform.expr.size import Size
from closedform.expr.walk import postorder
from fuzzing.libraries import Library

Array = Any
ROOT2, SQUARINGS, SERIES = 2**0.5, 8, 14


class Translator:
    """One evaluation: arrays by name, sizes by name, indices while a sum runs."""

    def __init__(self, lib: Library, env: Mapping[str, Array], sizes: Mapping[str, int]) -> None:
        self.lib, self.env, self.sizes = lib, env, sizes
        self.indices: dict[str, int] = {}

    def value(self, root: Node) -> Array:
        found: dict[Node, Array] = {}
        inside = {n for s in postorder(root) if s.op.name == "sumover" for n in postorder(s.args[0])}
        for node in postorder(root):
            if node not in inside or not _indexed(node, self.indices):
                found[node] = self.one(node, [found.get(a) for a in node.args])
        return found[root]

    def one(self, node: Node, args: list[Array]) -> Array:
        name = node.op.name
        if name in STRUCTURE:
            return STRUCTURE[name](self, node, args)
        if name in WITH_SIZES:
            return WITH_SIZES[name](self.lib, node, self, *args)
        return FUNCTIONS[name](self.lib, *args)

    def number(self, size: Size) -> int:
        return size.value(self.sizes)

    def sum_over(self, node: Node) -> Array:
        name, low, high = node.params
        total = None
        for k in range(self.number(low), self.number(high) + 1):
            self.indices[name] = k
            term = self.value(node.args[0])
            total = term if total is None else total + term
        self.indices.pop(name, None)
        return self.lib.full(self.number(node.rows), self.number(node.cols), 0.0) if total is None else total


def _indexed(node: Node, known: Mapping[str, int]) -> bool:
    """Whether a node inside a sum depends on an index that has no value now."""
    bound = {n.params[0] for n in postorder(node) if n.op.name == "sumover"}
    return any(n.op.name == "index" and n.params[0] not in known and n.params[0] not in bound for n in postorder(node))


def _constant(t: Translator, node: Node, value: float) -> Array:
    return t.lib.full(t.number(node.rows), t.number(node.cols), value)


def _unit(t: Translator, node: Node, args: list[Array]) -> Array:
    n = t.number(node.rows)
    at = round(float(t.lib.detached(args[0])))
    return t.lib.eye(n)[:, at - 1 : at]


def _add(t: Translator, node: Node, args: list[Array]) -> Array:
    return sum(float(c) * a for c, a in zip(node.params[0], args, strict=True))


def _product(t: Translator, node: Node, args: list[Array]) -> Array:
    out = args[0]
    for a in args[1:]:
        out = out @ a
    return out


def _hadamard(t: Translator, node: Node, args: list[Array]) -> Array:
    out = args[0]
    for a in args[1:]:
        out = out * a
    return out


def _power(t: Translator, node: Node, args: list[Array]) -> Array:
    exponent = node.args[1]
    value = float(exponent.params[0]) if exponent.op.name == "num" else args[1]
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return args[0] ** value


def _matrix_power(t: Translator, node: Node, args: list[Array]) -> Array:
    k = int(node.args[1].params[0])
    base = t.lib.inv(args[0]) if k < 0 else args[0]
    out = base
    for _ in range(abs(k) - 1):
        out = out @ base
    return out if k else t.lib.eye(args[0].shape[0])


STRUCTURE: dict[str, Callable[[Translator, Node, list[Array]], Array]] = {
    "num": lambda t, node, _: _constant(t, node, float(Fraction(node.params[0]))),
    "size": lambda t, node, _: _constant(t, node, float(t.number(node.params[0]))),
    "const": lambda t, node, _: _constant(t, node, {"pi": pi}[node.params[0]]),
    "sym": lambda t, node, _: t.env[node.params[0]],
    "index": lambda t, node, _: t.lib.full(1, 1, float(t.indices[node.params[0]])),
    "unit": _unit, "add": _add, "mul": _product, "had": _hadamard, "pow": _power, "mpow": _matrix_power,
    "eye": lambda t, node, _: t.lib.eye(t.number(node.rows)),
    "ones": lambda t, node, _: _constant(t, node, 1.0),
    "zero": lambda t, node, _: _constant(t, node, 0.0),
    "scale": lambda t, node, a: a[0] * a[1],
    "transpose": lambda t, node, a: a[0].T,
    "tr": lambda t, node, a: total(t.lib, a[0] * t.lib.eye(a[0].shape[0])),
    "diagm": lambda t, node, a: a[0] * t.lib.eye(a[0].shape[0]),
    "diagv": lambda t, node, a: rowsum(t.lib, a[0] * t.lib.eye(a[0].shape[0])),
    "sumover": lambda t, node, _: t.sum_over(node),
}  # fmt: skip


# -- functions, from their definitions


def total(lib: Library, X: Array) -> Array:
    return lib.full(1, X.shape[0], 1.0) @ X @ lib.full(X.shape[1], 1, 1.0)


def rowsum(lib: Library, X: Array) -> Array:
    return X @ lib.full(X.shape[1], 1, 1.0)


def vec(lib: Library, X: Array) -> Array:
    return X.T.reshape(-1, 1)


def unvec(v: Array, m: int, n: int) -> Array:
    return v.reshape(n, m).T


def commutation(lib: Library, m: int, n: int) -> Array:
    """Each entry by the definition: K*vec(X) = vec(X')."""
    units = [lib.eye(m * n)[:, j * m + i : j * m + i + 1] for i in range(m) for j in range(n)]
    return lib.beside(units).T


def part_sums(lib: Library, G: Array, B: Array, left: bool) -> Array:
    """Inner products of B with the blocks of G, or the blocks of G weighted by the entries of B."""
    p, q = B.shape
    high, wide = G.shape[0] // p, G.shape[1] // q
    if left:
        rows = [lib.beside([total(lib, B * G[i * p : i * p + p, j * q : j * q + q]) for j in range(wide)])
                for i in range(high)]  # fmt: skip
        return lib.above(rows)
    return sum(
        B[i, j] * G[i * high : (i + 1) * high, j * wide : (j + 1) * wide] for i in range(p) for j in range(q)
    )


def block(lib: Library, node: Node, parts: tuple[Array, ...]) -> Array:
    rest = iter(parts)
    return lib.above([lib.beside([next(rest) for _ in range(k)]) for k in node.params[0]])


def corner(lib: Library, f: Callable[[Library, Array], Array], X: Array, E: Array) -> Array:
    """f'(X)[E]: the corner of f([X, E; 0, X])."""
    n = X.shape[0]
    return f(lib, lib.above([lib.beside([X, E]), lib.beside([0.0 * X, X])]))[:n, n:]


def sqrtm(lib: Library, X: Array) -> Array:
    """Denman and Beavers' iteration."""
    Y, Z = X, lib.eye(X.shape[0])
    for _ in range(16):
        Y, Z = (Y + lib.inv(Z)) / 2, (Z + lib.inv(Y)) / 2
    return Y


def logm(lib: Library, X: Array) -> Array:
    """Roots until near the identity, then the series of 2*artanh."""
    for _ in range(SQUARINGS):
        X = sqrtm(lib, X)
    I = lib.eye(X.shape[0])
    Z = (X - I) @ lib.inv(X + I)
    out, power = Z, Z
    for k in range(1, SERIES):
        power = power @ Z @ Z
        out = out + power / (2 * k + 1)
    return 2.0 ** (SQUARINGS + 1) * out


def polar(lib: Library, X: Array) -> Array:
    """Newton's iteration; square matrices alone."""
    for _ in range(24):
        X = (X + lib.inv(X).T) / 2
    return X


def lyap(lib: Library, A: Array, Q: Array) -> Array:
    n = A.shape[0]
    M = lib.kron(lib.eye(n), A) + lib.kron(A.T, lib.eye(n))
    return unvec(lib.inv(M) @ vec(lib, Q), n, n)


def eigvecs(lib: Library, S: Array) -> Array:
    V = lib.eigh((S + S.T) / 2)[1]
    return V * lib.signs(V)


def singular(lib: Library, X: Array) -> tuple[Array, Array]:
    U, V = lib.svd(X)
    u, v = U[:, :1], V[:, :1]
    sign = lib.signs(u)
    return u * sign, v * sign


def logsumexp(lib: Library, x: Array) -> Array:
    top = lib.constant(lib.largest(x))
    return top + lib.log(total(lib, lib.exp(x - top)))


def softmax(lib: Library, x: Array) -> Array:
    e = lib.exp(x - lib.constant(lib.largest(x)))
    return e / total(lib, e)


def by_rows(f: Callable[[Library, Array], Array]) -> Callable[[Library, Array], Array]:
    return lambda lib, X: lib.above([f(lib, X[i : i + 1].T).T for i in range(X.shape[0])])


def product(lib: Library, x: Array, *without: int) -> Array:
    out = lib.full(1, 1, 1.0)
    for k in range(x.shape[0]):
        if k not in without:
            out = out * x[k : k + 1]
    return out


def pairs(lib: Library, x: Array) -> Array:
    n = x.shape[0]
    return lib.above([lib.beside([product(lib, x, i, j) * float(i != j) for j in range(n)]) for i in range(n)])


def gaps(lib: Library, w: Array) -> Array:
    I = lib.eye(w.shape[0])
    return 1 / (w.T - w + I) - I


def cross(lib: Library, x: Array, y: Array) -> Array:
    a, b = [x[k : k + 1] for k in range(3)], [y[k : k + 1] for k in range(3)]
    return lib.above([a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]])


def huber(lib: Library, x: Array, delta: Array) -> Array:
    near = lib.minimum(lib.abs(x), delta + 0.0 * x)
    return near * lib.abs(x) - near * near / 2


def mean_of(lib: Library, X: Array) -> Array:
    return total(lib, X) / float(X.shape[0] * X.shape[1])


def normcdf(lib: Library, x: Array) -> Array:
    return (1 + lib.erf(x / ROOT2)) / 2


def triangle(upper: bool, half: float = 1.0) -> Callable[[Library, Array], Array]:
    def rule(lib: Library, X: Array) -> Array:
        n = X.shape[0]
        keep = [[half if i == j else float((j > i) == upper) for j in range(n)] for i in range(n)]
        return X * lib.array(keep)

    return rule


def one_hot(lib: Library, x: Array, sign: float) -> Array:
    at = lib.place_of_largest(sign * x)
    return lib.eye(x.shape[0])[:, at : at + 1]


def _own(name: str, lib: Library, x: Array) -> Array:
    """What every framework has by this name."""
    return getattr(lib, name)(x)


FUNCTIONS: dict[str, Callable[..., Array]] = {
    **{name: partial(_own, name) for name in (
        "exp", "log", "sqrt", "sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh", "abs", "sign",
        "erf", "det", "inv", "expm", "pinv")},
    "sigmoid": lambda lib, x: (1 + lib.tanh(x / 2)) / 2,
    "softplus": lambda lib, x: lib.maximum(x, 0.0 * x) + lib.log(1 + lib.exp(-lib.abs(x))),
    "silu": lambda lib, x: x * (1 + lib.tanh(x / 2)) / 2, "gelu": lambda lib, x: x * normcdf(lib, x),
    "elu": lambda lib, x: lib.maximum(x, 0.0 * x) + lib.exp(lib.minimum(x, 0.0 * x)) - 1,
    "leaky_relu": lambda lib, x, s: lib.maximum(x, 0.0 * x) + s * lib.minimum(x, 0.0 * x),
    "step": lambda lib, x: (lib.abs(lib.sign(x)) + lib.sign(x)) / 2,
    "relu": lambda lib, x: lib.maximum(x, 0.0 * x),
    "max2": lambda lib, a, b: lib.maximum(a, b), "min2": lambda lib, a, b: lib.minimum(a, b),
    "clip": lambda lib, x, lo, hi: lib.minimum(lib.maximum(x, lo + 0.0 * x), hi + 0.0 * x), "huber": huber,
    "maxentry": lambda lib, x: lib.largest(x), "minentry": lambda lib, x: -lib.largest(-x),
    "argmax": lambda lib, x: one_hot(lib, x, 1.0), "argmin": lambda lib, x: one_hot(lib, x, -1.0),
    "normcdf": normcdf, "normpdf": lambda lib, x: lib.exp(-x * x / 2) / (2 * pi) ** 0.5,
    "gamma": lambda lib, x: lib.exp(lib.polygamma(-1, x)), "loggamma": lambda lib, x: lib.polygamma(-1, x),
    "digamma": lambda lib, x: lib.polygamma(0, x), "trigamma": lambda lib, x: lib.polygamma(1, x),
    "polygamma": lambda lib, k, x: lib.polygamma(round(float(lib.detached(k))), x),
    "kron": lambda lib, A, B: lib.kron(A, B), "vec": vec,
    "kron_left": lambda lib, G, B: part_sums(lib, G, B, True),
    "kron_right": lambda lib, G, A: part_sums(lib, G, A, False),
    "logdet": lambda lib, X: lib.log(lib.det(X)), "adj": lambda lib, X: lib.det(X) * lib.inv(X),
    "eigsum": lambda lib, X: total(lib, X * lib.eye(X.shape[0])), "eigprod": lambda lib, X: lib.det(X),
    "sym_part": lambda lib, X: (X + X.T) / 2, "skew_part": lambda lib, X: (X - X.T) / 2,
    "triu": triangle(True), "tril": triangle(False), "tril_half": triangle(False, 0.5), "lyap": lyap,
    "expm_frechet": lambda lib, X, E: corner(lib, lambda lib, Y: lib.expm(Y), X, E),
    "logm": logm, "logm_frechet": lambda lib, X, E: corner(lib, logm, X, E), "sqrtm": sqrtm,
    "chol": lambda lib, S: lib.cholesky((S + S.T) / 2), "polar": polar,
    "eigvals": lambda lib, S: lib.eigh((S + S.T) / 2)[0], "eigvecs": eigvecs, "inv_gaps": gaps,
    "lambda_max": lambda lib, S: lib.eigh((S + S.T) / 2)[0][-1:],
    "lambda_min": lambda lib, S: lib.eigh((S + S.T) / 2)[0][:1],
    "eigvec_max": lambda lib, S: eigvecs(lib, S)[:, -1:], "eigvec_min": lambda lib, S: eigvecs(lib, S)[:, :1],
    "leftvec_max": lambda lib, X: singular(lib, X)[0], "rightvec_max": lambda lib, X: singular(lib, X)[1],
    "sum": total, "mean": mean_of,
    "var": lambda lib, x: mean_of(lib, (x - mean_of(lib, x)) ** 2), "dot": lambda lib, x, y: total(lib, x * y),
    "std": lambda lib, x: lib.sqrt(mean_of(lib, (x - mean_of(lib, x)) ** 2)),
    "rowsum": rowsum, "colsum": lambda lib, X: rowsum(lib, X.T),
    "prod": product, "prod_pairs": pairs,
    "prod_others": lambda lib, x: lib.above([product(lib, x, k) for k in range(x.shape[0])]),
    "softmax": softmax, "logsumexp": logsumexp, "softmax_rows": by_rows(softmax), "logsumexp_rows": by_rows(logsumexp),
    "cumsum": lambda lib, x: triangle(False)(lib, x @ lib.full(1, x.shape[0], 1.0) * 0 + 1) @ x,
    "revcumsum": lambda lib, x: triangle(True)(lib, x @ lib.full(1, x.shape[0], 1.0) * 0 + 1) @ x,
    "cross": cross, "norm2": lambda lib, x: lib.sqrt(x.T @ x), "norm1": lambda lib, x: total(lib, lib.abs(x)),
    "norm_inf": lambda lib, x: lib.largest(lib.abs(x)), "normF": lambda lib, X: lib.sqrt(total(lib, X * X)),
    "norm_op": lambda lib, X: lib.sqrt(lib.eigh(X.T @ X)[0][-1:]),
    "norm_nuc": lambda lib, X: total(lib, lib.sqrt(lib.eigh(X.T @ X if X.shape[1] <= X.shape[0] else X @ X.T)[0])),
}  # fmt: skip
WITH_SIZES: dict[str, Callable[..., Array]] = {
    "unvec": lambda lib, node, t, v: unvec(v, t.number(node.rows), t.number(node.cols)),
    "comm": lambda lib, node, t: commutation(lib, *map(t.number, node.params)),
    "block": lambda lib, node, t, *parts: block(lib, node, parts),
    "sub": lambda lib, node, t, X, i, j: X[
        (a := round(float(lib.detached(i))) - 1) : a + t.number(node.rows),
        (b := round(float(lib.detached(j))) - 1) : b + t.number(node.cols),
    ],
}
