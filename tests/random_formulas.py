"""Random well-shaped formulas as raw nodes, for tests against the exact checker."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from closedform.expr.node import Node
from closedform.functions import elementwise as e
from closedform.functions import matrix as mx
from closedform.functions import vectors as v
from closedform.functions.algebra import (
    add,
    diagm,
    diagv,
    eye,
    had,
    inner,
    inv,
    mpow,
    mul,
    num,
    ones,
    power,
    scale,
    sub,
    sym,
    tr,
    transpose,
)

SMOOTH = [e.exp, e.tanh, e.sigmoid, e.softplus, e.sin, e.cos]
SIZES = ["m", "n"]


class Maker:
    """Makes formulas over ``x`` (n), ``y`` (m), ``A`` (m×n), ``B`` (n×n), ``S`` (symmetric n×n), ``s``."""

    def __init__(self, seed: int) -> None:
        self.rng = Random(seed)
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
        return self.pick(
            lambda: inner(self.vector(n, d), self.vector(n, d)),
            lambda: tr(self.matrix(n, n, d)),
            lambda: mul(transpose(self.vector("m", d)), self.matrix("m", "n", d), self.vector("n", d)),
            lambda: add(self.scalar(d), self.scalar(d)),
            lambda: sub(self.scalar(d), self.scalar(d)),
            lambda: had(self.scalar(d), self.scalar(d)),
            lambda: self.rng.choice(SMOOTH)(self.scalar(d)),
            lambda: power(add(num(1), inner(self.vector(n, d), self.vector(n, d))), self.rng.choice([-1, 2, -2])),
            lambda: v.logsumexp(self.vector(n, d)),
            lambda: mul(transpose(ones(n)), self.vector(n, d)),
            lambda: mx.det(self.matrix("n", "n", 0)),
            lambda: self._frobenius(d),
        )

    def _frobenius(self, d: int) -> Node:
        r = self.matrix("m", "n", d)
        return tr(mul(transpose(r), r))

    def vector(self, n: str, depth: int) -> Node:
        leaf = self.x if n == "n" else self.y
        if depth <= 0:
            return leaf
        d = depth - 1
        k = self.rng.choice(SIZES)
        return self.pick(
            lambda: leaf,
            lambda: mul(self.matrix(n, k, d), self.vector(k, d)),
            lambda: add(self.vector(n, d), self.vector(n, d)),
            lambda: sub(self.vector(n, d), self.vector(n, d)),
            lambda: had(self.vector(n, d), self.vector(n, d)),
            lambda: scale(self.scalar(d), self.vector(n, d)),
            lambda: self.rng.choice(SMOOTH)(self.vector(n, d)),
            lambda: power(self.vector(n, d), self.rng.choice([2, 3])),
            lambda: v.softmax(self.vector(n, d)),
            lambda: diagv(self.matrix(n, n, d)),
            lambda: mul(self.matrix(n, k, d), ones(k)),
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
        if m == n:
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


def formula(seed: int, kind: str, depth: int) -> Node:
    """A random formula: ``kind`` is scalar, vector or matrix."""
    maker = Maker(seed)
    if kind == "scalar":
        return maker.scalar(depth)
    return maker.vector("n", depth) if kind == "vector" else maker.matrix("m", "n", depth)
