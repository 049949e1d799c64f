"""Formulas around what has no signature: norms, blocks, Kronecker products, sums over an index, limits."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from closedform.expr.node import Node
from closedform.expr.op import Shape
from closedform.expr.size import ONE, size
from closedform.expr.walk import postorder
from closedform.functions import elementwise as e
from closedform.functions import matrix as mx
from closedform.functions import norms, piecewise
from closedform.functions import rearrange as re
from closedform.functions import vectors as v
from closedform.functions.algebra import (
    add,
    diagm,
    eye,
    had,
    index,
    inner,
    inv,
    mul,
    num,
    ones,
    power,
    scale,
    sub,
    sumover,
    tr,
    transpose,
    unit,
)
from fuzzing.grammar import Choice, Grammar
from fuzzing.variables import SIZES, family

INSIDE = (e.exp, e.tanh, e.sin, e.sigmoid, e.softplus, e.cos)


class Maker(Grammar):
    """The grammar with everything."""

    sums = 0

    def builders(self, shape: Shape, depth: int) -> Iterator[Choice]:
        d = depth
        rows, cols = shape
        simple = all(s.name in SIZES for s in shape)
        yield lambda: self.limited(shape, d)
        if shape == (ONE, ONE):
            yield from self._scalars(d)
        elif cols is ONE and rows.name in SIZES:
            yield from self._columns(rows.text, d)
        elif simple:
            yield from self._matrices(shape, d)

    def limited(self, shape: Shape, d: int) -> Node:
        """``clip``, ``huber`` or ``leaky_relu``; seldom, as every entry has a kink."""
        if self.rng.random() > 0.3 * self.slow:
            return self.give(shape, d)
        return self.pick(
            lambda: piecewise.clip(self.give(shape, d), num(-1), num("3/2")),
            lambda: piecewise.huber(self.give(shape, d), num(1)),
            lambda: piecewise.leaky_relu(self.give(shape, d), num("1/3")),
        )

    def _scalars(self, d: int) -> Iterator[Choice]:
        n, k = self.size(), self.size()
        yield from (
            lambda: self.seldom(lambda: norms.norm2(self.moved(n.text, d)), lambda: self.entry(n.text, d)),
            lambda: self.seldom(lambda: norms.norm1(self.moved(n.text, d)), lambda: self.total_over(d)),
            lambda: self.seldom(lambda: norms.norm_inf(self.moved(n.text, d)), lambda: self.total_over(d)),
            lambda: self.total_over(d),
            lambda: self.total_over(d),
            lambda: mul(transpose(self.column(n, d)), inv(add(self.definite(n), eye(n))), self.column(n, d)),
            lambda: inner(re.vec(self.give((n, k), d)), re.vec(self.give((n, k), d))),
            lambda: tr(re.kron(self.give((n, n), d), self.give((k, k), d))),
            lambda: v.total(re.kron(self.leaf((n, k)), self.give((k, n), d))),
            lambda: power(norms.norm2(re.block([[self.column(n, d)], [self.column(k, d)]])), 2),
            lambda: mul(
                transpose(self.leaf((size(3), ONE))), v.cross(self.leaf((size(3), ONE)), self.give((size(3), ONE), d))
            ),
            lambda: self.entry(n.text, d),
            lambda: tr(mul(re.block([[self.leaf((n, n)), self.leaf((n, k))], [self.leaf((k, n)), self.leaf((k, k))]]),
                           re.block([[self.leaf((n, n)), self.leaf((n, k))], [self.leaf((k, n)), self.leaf((k, k))]]))),
            lambda: inner(re.kron(self.column(n, d), self.column(k, d)), re.vec(self.give((k, n), d))),
        )  # fmt: skip

    def seldom(self, one: Choice, other: Choice) -> Node:
        return one() if self.rng.random() < 0.4 * self.slow else other()

    def moved(self, n: str, d: int) -> Node:
        """A vector that is not zero everywhere, as ``x - x`` is."""
        return add(scale(num(7), self.leaf((size(n), ONE))), self.column(size(n), d))

    def entry(self, n: str, d: int) -> Node:
        """A named entry of a variable: ``x[1]`` or ``A[2,1]``."""
        x = self.leaf((size(n), ONE))
        if x.op.name != "sym":
            return self.scalar(d)
        if self.rng.random() < 0.5:
            return had(mul(transpose(x), unit(num(self.rng.choice([1, 2])), n)), self.scalar(d))
        X = self.leaf((size(n), size(n)))
        return mul(transpose(unit(num(1), n)), X, unit(num(2), n)) if X.op.name == "sym" else self.scalar(d)

    def total_over(self, d: int) -> Node:
        """A sum over the members of a family, or over rows of a matrix."""
        name, row, at = self.indexed()
        y = self.leaf((size("m"), ONE))
        entry = mul(transpose(y), at) if y.op.name == "sym" else num(2)
        inside = self.rng.choice(INSIDE)
        body = self.pick(
            lambda: had(entry, inside(inner(row, self.column(size("n"), d)))),
            lambda: power(sub(entry, inner(row, self.column(size("n"), d))), self.rng.choice([2, 3])),
            lambda: self.seldom(lambda: norms.norm2(sub(self.moved("n", d), row)), lambda: inner(row, row)),
            lambda: mul(transpose(row), self.give((size("n"), size("n")), d), row),
            lambda: v.logsumexp(add(row, self.column(size("n"), d))),
            lambda: e.log(add(num(1), e.exp(had(entry, inner(row, self.column(size("n"), d)))))),
        )
        return sumover(name, 1, "m", body)

    def indexed(self) -> tuple[str, Node, Node]:
        self.sums += 1
        name = ("i", "j", "k", "l")[min(self.sums, 4) - 1] if self.sums < 5 else f"i{self.sums}"
        at = unit(index(name), "m")
        matrix = family() if self.rng.random() < 0.7 else self.pick(*[lambda: self.leaf((size("m"), size("n")))])
        if matrix.op.name != "sym":
            matrix = family()
        return name, mul(transpose(matrix), at), at

    def _columns(self, n: str, d: int) -> Iterator[Choice]:
        k = self.size()
        shape = size(n), ONE
        yield from (
            lambda: v.rowsum(self.give((size(n), k), d)),
            lambda: self.seldom(
                lambda: scale(power(norms.norm2(self.moved(n, d)), -1), self.column(size(n), d)),
                lambda: v.colsum(self.give((k, size(n)), d)),
            ),
            lambda: self.vectors_over(d) if n == "n" else self.give(shape, d),
            lambda: mul(re.unvec(re.vec(self.give((size(n), k), d)), n, k), self.column(k, d)),
            lambda: re.sub(re.block([[self.column(size(n), d)], [self.column(k, d)]]), 1, 1, n, 1),
            lambda: add(self.column(size(n), d), scale(self.scalar(d), ones(n))),
        )

    def vectors_over(self, d: int) -> Node:
        name, row, _ = self.indexed()
        return sumover(name, 1, "m", scale(self.rng.choice(INSIDE)(inner(row, self.column(size("n"), d))), row))

    def _matrices(self, shape: Shape, d: int) -> Iterator[Choice]:
        m, n = shape
        k = self.size()
        yield from (
            lambda: re.unvec(mul(re.kron(self.leaf((n, n)), self.leaf((m, m))), re.vec(self.give(shape, d))), m, n),
            lambda: re.kron_left(re.kron(self.give(shape, d), self.leaf((k, n))), self.leaf((k, n))),
            lambda: re.kron_right(re.kron(self.leaf((k, n)), self.give(shape, d)), self.leaf((k, n))),
            lambda: re.unvec(mul(re.comm(n, m), re.vec(self.give((n, m), d))), m, n),
            lambda: re.sub(re.block([[self.leaf((m, k)), self.give(shape, d)]]), 1, k + ONE, m, n),
            lambda: mul(diagm(self.column(m, d)), self.give(shape, d)),
        )
        if m is n:
            yield lambda: mx.adj(self.leaf(shape))
            yield lambda: mul(self.leaf(shape), mx.inverse(self.definite(n)))


KINDS = {"scalar": (ONE, ONE), "vector": (size("n"), ONE), "matrix": (size("m"), size("n"))}
LEAST, MOST = 3, 40


def formula(seed: int, kind: str = "scalar", depth: int = 3, slow: float = 1.0) -> Node:
    """A random formula with a variable in it, of not too few nodes and not too many."""
    rng = Random(f"{seed} {kind} {depth}")
    while True:
        maker = Maker(rng.getrandbits(60), slow)
        made = maker.give(KINDS[kind], depth)
        nodes = list(postorder(made))
        if LEAST <= len(nodes) <= MOST and any(n.op.name == "sym" for n in nodes):
            return made

