"""Random well-shaped formulas over the whole table of functions: shapes by their signatures, arguments in their domain.

A function that is declared with a signature is drawn as soon as it stands in the table; those without one (blocks,
norms of vectors, …) have a builder in ``builders``.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from random import Random

from closedform.expr.node import Node, make
from closedform.expr.op import Op, Shape
from closedform.expr.signature import Pattern
from closedform.expr.size import ONE, Size, size
from closedform.functions import elementwise as e
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
    power,
    scale,
    sub,
    tr,
    transpose,
)
from closedform.functions.table import functions
from fuzzing.variables import SIZES, Variables

SLOW = {
    "logm": 0.1, "logm_frechet": 0.03, "expm_frechet": 0.05, "expm": 0.2, "sqrtm": 0.2, "polar": 0.15,
    "eigvecs": 0.1, "eigvals": 0.15, "eigvec_max": 0.1, "eigvec_min": 0.1, "leftvec_max": 0.1, "rightvec_max": 0.1,
    "norm_nuc": 0.1, "norm_op": 0.15, "lambda_max": 0.15, "lambda_min": 0.15, "chol": 0.2, "lyap": 0.3,
    "pinv": 0.3, "inv_gaps": 0.3, "polygamma": 0.15, "trigamma": 0.2, "digamma": 0.3, "gamma": 0.3, "loggamma": 0.3,
    "asin": 0.5, "acos": 0.5, "norm_inf": 0.4, "maxentry": 0.4, "minentry": 0.4, "max2": 0.5, "min2": 0.5,
    "clip": 0.4, "huber": 0.4, "abs": 0.7, "sign": 0.5, "step": 0.5, "relu": 0.7, "norm1": 0.6, "argmax": 0.4,
    "elu": 0.4,
    "argmin": 0.4, "sqrt": 0.7, "norm2": 0.7, "normF": 0.7,
}  # fmt: skip
"""How often those are drawn that take long to certify (kinks, or high precision), relative to the others."""

Choice = Callable[[], Node]


def bind(pattern: Pattern, shape: Shape) -> dict[str, Size] | None:
    """The letters of a result pattern for a wanted shape, or None where it does not fit."""
    bound: dict[str, Size] = {}
    for want, have in zip(pattern, shape, strict=True):
        name = want.name
        if name is not None and name not in bound:
            bound[name] = have
        elif want.put(bound) is not have:
            return None
    return bound


OF_MATRICES = {"leftvec_max", "rightvec_max"}
"""They refuse vectors."""


class Grammar(Variables, ABC):
    """One random formula at a time; the same seed gives the same formulas."""

    def __init__(self, seed: int, slow: float = 1.0) -> None:
        super().__init__(Random(seed))
        self.slow = slow

    # -- what may stand where

    def give(self, shape: Shape, depth: int) -> Node:
        """A formula of this shape."""
        if depth <= 0 or self.rng.random() < 0.08:
            return self.leaf(shape)
        if self.rng.random() < 0.4:
            made = self.function(shape, depth - 1)
            if made is not None:
                return made
        return self.rng.choice(list(self.structural(shape, depth - 1)))()

    def scalar(self, depth: int) -> Node:
        return self.give((ONE, ONE), depth)

    def column(self, n: Size, depth: int) -> Node:
        return self.give((n, ONE), depth)

    def size(self) -> Size:
        return size(self.rng.choice(SIZES))

    def function(self, shape: Shape, depth: int) -> Node | None:
        """Some function of the table that has this shape."""
        fitting: list[tuple[float, Op, dict[str, Size]]] = []
        for op in functions():
            if op.signature is not None and (bound := bind(op.signature.result, shape)) is not None:
                if op.name == "polar" and shape[0] is not shape[1]:
                    continue  # only numbers as sizes tell which form its derivative has
                if op.name in OF_MATRICES and ONE in bound.values():
                    continue
                fitting.append((self.slow * SLOW[op.name] if op.name in SLOW else 1.0, op, bound))
        total = sum(weight for weight, _, _ in fitting)
        pick = self.rng.random() * total
        for weight, op, bound in fitting:
            pick -= weight
            if pick <= 0:
                return self.call(op, bound, depth)
        return None

    def call(self, op: Op, bound: dict[str, Size], depth: int) -> Node | None:
        assert op.signature is not None
        if not self.fits(op, bound):
            return None
        args = []
        for k, pattern in enumerate(op.signature.args):
            for side in pattern:
                for name in sorted(side.names):
                    bound.setdefault(name, self.size())
            rows, cols = (side.put(bound) for side in pattern)
            kind = op.sample[k] if k < len(op.sample) else "real"
            args.append(self.argument(kind, (rows, cols), depth))
        return make(op, args)

    def fits(self, op: Op, bound: dict[str, Size]) -> bool:
        """Whether square arguments with a domain have a leaf: sizes by name alone."""
        special = set(op.sample) - {"real", "positive", "angle", "below-one", "order", "nonzero", "distinct"}
        return not special or all(s.name in SIZES for s in bound.values())

    # -- arguments inside a domain

    def argument(self, kind: str, shape: Shape, depth: int) -> Node:
        """A formula whose values are of a kind named in a declaration's ``sample``, at every point."""
        d = depth - 1
        rows, _ = shape
        match kind:
            case "positive":
                return self.pick(
                    lambda: self.positive_leaf(shape), lambda: e.exp(self.give(shape, d)),
                    lambda: self.shifted(1, power(self.give(shape, d), 2)),
                    lambda: e.softplus(self.give(shape, d)),
                )  # fmt: skip
            case "below-one" | "angle":
                return self.pick(lambda: e.tanh(self.give(shape, d)), lambda: e.sigmoid(self.give(shape, d)))
            case "positive det" | "pd":
                return self.pick(
                    lambda: self.definite(rows),
                    lambda: add(mul(transpose(M := self.give((self.size(), rows), d)), M), eye(rows)),
                )
            case "right half":
                return self.pick(lambda: self.definite(rows), lambda: add(self.definite(rows), self.skew(rows)))
            case "sym":
                M = self.leaf((rows, rows))
                return self.pick(
                    lambda: self.symmetric(rows), lambda: add(M, transpose(M)), lambda: mul(M, transpose(M)),
                    lambda: add(self.symmetric(rows), mul(x := self.column(rows, d), transpose(x))),
                )  # fmt: skip
            case "square":
                return self.pick(
                    lambda: self.leaf(shape), lambda: self.leaf(shape), lambda: add(self.give(shape, d), eye(rows)),
                    lambda: add(self.leaf(shape), self.give(shape, d)),
                )  # fmt: skip
            case "nonzero" | "distinct":
                return self.leaf(shape)
            case "order":
                return num(self.rng.choice([1, 2]))
        return self.give(shape, depth)

    # -- algebra

    def pick(self, *choices: Choice) -> Node:
        return self.rng.choice(choices)()

    def number(self) -> Node:
        return num(self.rng.choice(["1", "2", "3", "-1", "-2", "1/2", "1/3", "-3/2"]))

    def shifted(self, by: int, a: Node) -> Node:
        return self.plus_number(num(by), a)

    def structural(self, shape: Shape, d: int) -> Iterator[Choice]:
        """Sums, products, powers, transposes; more for columns, scalars and square matrices."""
        rows, cols = shape
        yield from (
            lambda: add(self.give(shape, d), self.give(shape, d)),
            lambda: sub(self.give(shape, d), self.give(shape, d)),
            lambda: had(self.give(shape, d), self.give(shape, d)),
            lambda: scale(self.number(), self.give(shape, d)),
            lambda: power(self.give(shape, d), self.rng.choice([2, 3])),
            lambda: had(self.give(shape, d), power(self.shifted(2, power(self.give(shape, d), 2)), self.exponent())),
        )
        if shape != (ONE, ONE):
            k = self.size()
            yield from (
                lambda: mul(self.give((rows, k), d), self.give((k, cols), d)),
                lambda: scale(self.scalar(d), self.give(shape, d)),
            )
        if cols is not ONE:
            yield lambda: transpose(self.give((cols, rows), d))
            yield lambda: mul(self.column(rows, d), transpose(self.column(cols, d)))
        if rows is cols and cols is not ONE:
            yield from (
                lambda: diagm(self.column(rows, d)),
                lambda: inv(self.argument("square", shape, d)),
                lambda: mpow(self.give(shape, d), self.rng.choice([2, 3])),
            )
        if cols is ONE and rows is not ONE:
            yield lambda: diagv(self.give((rows, rows), d))
        if shape == (ONE, ONE):
            yield from self.scalars(d)
        yield from self.builders(shape, d)

    def exponent(self) -> Node:
        draw = self.rng.random()
        if draw < 0.5 * self.slow:
            return self.leaf((ONE, ONE)) if draw < 0.1 * self.slow else num(self.rng.choice(["1/2", "-1/2"]))
        return num(self.rng.choice(["-1", "-2"]))

    def scalars(self, d: int) -> Iterator[Choice]:
        n, k = self.size(), self.size()
        yield from (
            lambda: inner(self.column(n, d), self.column(n, d)),
            lambda: inner(self.give((n, k), d), self.give((n, k), d)),
            lambda: tr(self.give((n, n), d)),
            lambda: mul(transpose(self.column(n, d)), self.give((n, k), d), self.column(k, d)),
        )

    @abstractmethod
    def builders(self, shape: Shape, depth: int) -> Iterator[Choice]:
        """What ``fuzzing.builders`` adds."""
