"""Random well-shaped formulas as raw nodes, for tests against the exact checker."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from closedform.expr.node import Node
from closedform.functions import elementwise as e
from closedform.functions import matrix as mx
from closedform.functions import norms, piecewise, special
from closedform.functions import vectors as v
from closedform.functions.algebra import (
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
    sub,
    sumover,
    sym,
    tr,
    transpose,
    unit,
)

SMOOTH = [e.exp, e.tanh, e.sigmoid, e.softplus, e.sin, e.cos]
RARE = [
    e.atan, e.sinh, e.cosh, special.erf, special.normcdf, piecewise.relu, piecewise.absolute, special.normpdf,
]  # fmt: skip
SIZES = ["m", "n"]


class Maker:
    """Makes formulas over ``x`` (n), ``y`` (m), ``A`` (m×n), ``B`` (n×n), ``S`` (symmetric n×n), ``s``.

    ``wide`` ones take more functions of the table, and sums over an index.
    """

    def __init__(self, seed: int, wide: bool = False) -> None:
        self.rng = Random(seed)
        self.functions = [*SMOOTH, *RARE] if wide else SMOOTH
        self.wide = wide
        self.sums = 0
        self.x, self.y = sym("x", "n"), sym("y", "m")
        self.A, self.B = sym("A", "m", "n"), sym("B", "n", "n")
        self.S, self.s = sym("S", "n", "n", ["sym"]), sym("s")

    def pick(self, *choices: Callable[[], Node]) -> Node:
        return self.rng.choice(choices)()

    def scalar(self, depth: int) -> Node:
        if depth <= 0:
            return self.rng.choice([self.s, num(2), inner(self.x, self.x)])
        d = depth - 1
        n = self.rng.choice(SIZES)
        if self.wide and self.rng.random() < 0.3:
            return self._rare_scalar(n, d)
        return self.pick(
            lambda: inner(self.vector(n, d), self.vector(n, d)),
            lambda: tr(self.matrix(n, n, d)),
            lambda: mul(transpose(self.vector("m", d)), self.matrix("m", "n", d), self.vector("n", d)),
            lambda: add(self.scalar(d), self.scalar(d)),
            lambda: sub(self.scalar(d), self.scalar(d)),
            lambda: had(self.scalar(d), self.scalar(d)),
            lambda: self.rng.choice(self.functions)(self.scalar(d)),
            lambda: power(add(num(1), inner(self.vector(n, d), self.vector(n, d))), self.rng.choice([-1, 2, -2])),
            lambda: v.logsumexp(self.vector(n, d)),
            lambda: mul(transpose(ones(n)), self.vector(n, d)),
            lambda: mx.det(self.matrix("n", "n", 0)),
            lambda: self._frobenius(d),
        )

    def _rare_scalar(self, n: str, d: int) -> Node:
        return self.pick(
            lambda: norms.norm2(self._moved(n, d)),
            lambda: norms.normF(add(scale(num(7), self.A), self.matrix("m", "n", d))),
            lambda: v.mean(self.matrix("m", "n", d)),
            lambda: v.var(self.vector(n, d)),
            lambda: mx.logdet(add(mul(self.A.T, self.A), eye("n"))),
            lambda: e.log(add(num(1), inner(self.vector(n, d), self.vector(n, d)))),
            lambda: power(add(num(1), inner(self.vector(n, d), self.vector(n, d))), num("-1/2")),
            lambda: self._sum_of_scalars(d),
            lambda: self._sum_of_scalars(d),
            lambda: mul(transpose(unit(index("k"), n)), self.vector(n, d)),
        )

    def _moved(self, n: str, d: int) -> Node:
        """A vector that is not zero everywhere, as ``x - x`` is."""
        return add(scale(num(7), self.x if n == "n" else self.y), self.vector(n, d))

    def _indexed(self) -> tuple[str, Node, Node]:
        """A new index over m, the row of A at it as a column, and the entry of y."""
        self.sums += 1
        at = unit(index(f"i{self.sums}"), "m")
        return f"i{self.sums}", mul(transpose(self.A), at), mul(transpose(self.y), at)

    def _sum_of_scalars(self, d: int) -> Node:
        name, row, entry = self._indexed()
        body = self.pick(
            lambda: had(entry, self.rng.choice(SMOOTH)(inner(row, self.vector("n", d)))),
            lambda: power(sub(entry, inner(row, self.vector("n", d))), self.rng.choice([2, 3])),
            lambda: self.rng.choice(SMOOTH)(had(entry, inner(row, self.vector("n", d)))),
            lambda: norms.norm2(sub(self._moved("n", d), row)),
            lambda: mul(transpose(row), self.matrix("n", "n", d), row),
            lambda: v.logsumexp(add(row, self.vector("n", d))),
        )
        return sumover(name, 1, "m", body)

    def _sum_of_vectors(self, d: int) -> Node:
        name, row, entry = self._indexed()
        body = self.pick(
            lambda: scale(self.rng.choice(SMOOTH)(inner(row, self.vector("n", d))), row),
            lambda: scale(entry, v.softmax(sub(self.vector("n", d), row))),
            lambda: scale(power(entry, 2), sub(row, self.vector("n", d))),
        )
        return sumover(name, 1, "m", body)

    def _frobenius(self, d: int) -> Node:
        r = self.matrix("m", "n", d)
        return tr(mul(transpose(r), r))

    def vector(self, n: str, depth: int) -> Node:
        leaf = self.x if n == "n" else self.y
        if depth <= 0:
            return leaf
        d = depth - 1
        k = self.rng.choice(SIZES)
        if self.wide and self.rng.random() < 0.2:
            return self._rare_vector(n, k, leaf, d)
        return self.pick(
            lambda: leaf,
            lambda: mul(self.matrix(n, k, d), self.vector(k, d)),
            lambda: add(self.vector(n, d), self.vector(n, d)),
            lambda: sub(self.vector(n, d), self.vector(n, d)),
            lambda: had(self.vector(n, d), self.vector(n, d)),
            lambda: scale(self.scalar(d), self.vector(n, d)),
            lambda: self.rng.choice(self.functions)(self.vector(n, d)),
            lambda: power(self.vector(n, d), self.rng.choice([2, 3])),
            lambda: v.softmax(self.vector(n, d)),
            lambda: diagv(self.matrix(n, n, d)),
            lambda: mul(self.matrix(n, k, d), ones(k)),
        )

    def _rare_vector(self, n: str, k: str, leaf: Node, d: int) -> Node:
        return self.pick(
            lambda: v.cumsum(self.vector(n, d)),
            lambda: v.rowsum(self.matrix(n, k, d)),
            lambda: v.colsum(self.matrix(k, n, d)),
            lambda: v.logsumexp_rows(self.matrix(n, k, d)),
            lambda: piecewise.max2(self.vector(n, d), scale(num(3), v.cumsum(leaf))),
            lambda: scale(power(norms.norm2(self._moved(n, d)), -1), self.vector(n, d)),
            lambda: self._sum_of_vectors(d) if n == "n" else v.revcumsum(self.vector(n, d)),
        )

    def matrix(self, m: str, n: str, depth: int) -> Node:
        leaf = self._leaf(m, n)
        if depth <= 0:
            return leaf
        d = depth - 1
        k = self.rng.choice(SIZES)
        choices: list[Callable[[], Node]] = [
            lambda: leaf,
            lambda: mul(self.matrix(m, k, d), self.matrix(k, n, d)),
            lambda: add(self.matrix(m, n, d), self.matrix(m, n, d)),
            lambda: sub(self.matrix(m, n, d), self.matrix(m, n, d)),
            lambda: transpose(self.matrix(n, m, d)),
            lambda: had(self.matrix(m, n, d), self.matrix(m, n, d)),
            lambda: scale(self.scalar(d), self.matrix(m, n, d)),
            lambda: mul(self.vector(m, d), transpose(self.vector(n, d))),
            lambda: e.tanh(self.matrix(m, n, d)),
        ]
        if self.wide and self.rng.random() < 0.15:
            choices = [
                lambda: v.softmax_rows(self.matrix(m, n, d)),
                lambda: power(add(num(1) * ones(m, n), power(self.matrix(m, n, d), 2)), -1),
            ]
            if m == n:
                choices += [lambda: mx.tril(self.matrix(n, n, d)), lambda: mx.sym_part(self.matrix(n, n, d))]
                choices += [lambda: mx.adj(self._leaf(n, n))]
        elif m == n:
            choices += [
                lambda: diagm(self.vector(n, d)),
                lambda: inv(self._leaf(n, n)),
                lambda: add(self.matrix(n, n, d), eye(n)),
                lambda: mpow(self.matrix(n, n, d), self.rng.choice([2, 3])),
            ]
        return self.rng.choice(choices)()

    def _leaf(self, m: str, n: str) -> Node:
        if (m, n) == ("m", "n"):
            return self.A
        if (m, n) == ("n", "m"):
            return transpose(self.A)
        if m == "n":
            return self.rng.choice([self.B, self.S, transpose(self.B)])
        return mul(self.A, transpose(self.A))


KINDS = ("scalar", "vector", "matrix")


def formula(seed: int, kind: str, depth: int, wide: bool = False) -> Node:
    """A random formula: ``kind`` is scalar, vector or matrix."""
    maker = Maker(seed, wide)
    if kind == "scalar":
        return maker.scalar(depth)
    return maker.vector("n", depth) if kind == "vector" else maker.matrix("m", "n", depth)
