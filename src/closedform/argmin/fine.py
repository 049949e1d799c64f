"""The same derivatives in ball arithmetic: at points of a few hundred bits, rounded once at the end; and over boxes."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from random import Random
from typing import Any

import flint
import numpy as np
from flint import arb, arb_mat

from closedform.argmin.system import COTANGENT, Block, System, pulled_node
from closedform.check.ball import Ball
from closedform.check.core.jet import Jet, Redraw, Unfit
from closedform.check.real import REAL, RealEvaluator, Rough
from closedform.expr.node import Node
from closedform.expr.walk import postorder
from closedform.functions.algebra import SYM

Array = Any
Point = list[Any]
"""Balls, one a free component."""
MOST_VARIABLES, MOST_NUMBERS = 12, 4000
BITS = (256, 1024, 4096, 16384)
ENOUGH, SAME, LEAST = 2.0**-70, 2.0**-40, 5e-324


class NoBalls(Exception):
    """Ball arithmetic does not know a function here, or the point is at a kink."""


@contextmanager
def precision(bits: int) -> Iterator[None]:
    with flint.ctx.workprec(bits):
        yield


@dataclass
class Fine:
    """A system at points and boxes of balls."""

    system: System
    bits: int = BITS[0]

    @staticmethod
    def suits(system: System) -> bool:
        entries = sum(np.size(v) for v in system.values.values())
        return system.n <= MOST_VARIABLES and entries <= MOST_NUMBERS

    def __post_init__(self) -> None:
        s = self.system
        with precision(BITS[-1]):
            numbers = Ball(Random(0))  # has π, to the bits of the day
        self.evaluator = RealEvaluator(numbers, s.sizes, REAL)
        symbols = {n.params[0]: n for n in _symbols(s.raw)}
        self.fixed = {k: Jet({0: _mat(v, s.shape(symbols[k]))}) for k, v in s.values.items() if k in symbols}
        self.evaluator.indices = {k: int(v) for k, v in s.values.items() if k not in symbols and np.ndim(v) == 0}

    def point(self, z: Array) -> Point:
        return [arb(float(v)) for v in z]

    def floats(self, z: Point) -> Array:
        return np.array([nearest(v) for v in z])

    def move(self, z: Point, step: Array) -> Point:
        with precision(self.bits):
            return [(v + arb(float(s))).mid() for v, s in zip(z, step, strict=True)]

    def value(self, z: Point) -> Any:
        with precision(self.bits):
            return self._run(self.system.L, z)[0][0, 0]

    def rise(self, z: Point, step: Array) -> Any:
        """f(z + step) - f(z)."""
        with precision(self.bits):
            return self.value(self.move(z, step)) - self.value(z)

    def jacobian(self, z: Point, theta: Node) -> Any:
        """-H⁻¹B. Raises ZeroDivisionError where H may be singular."""
        with precision(self.bits):
            return -self.hessian(z).solve(self.mixed(z, theta))

    def gradient(self, z: Point) -> Point:
        with precision(self.bits):
            return [e for b, G in self._blocks() for e in _applied(b.matrix.T, self._run(G, z)[0])]

    def hessian(self, z: Point) -> Any:
        with precision(self.bits):
            return self._columns(z, None)

    def third(self, z: Point, step: Sequence[Any]) -> Any:
        """The derivative of the Hessian along a step."""
        with precision(self.bits):
            return self._columns(z, [arb(s) if isinstance(s, float) else s for s in step])

    def stands(self, z: Point, G: Point, H: Any, *, flat: bool = False) -> bool:
        """Whether the gradient stands above its rounding, or the curvature stays the same over what rounding may move.

        Far out on a tail the terms of a gradient cancel to within their rounding, which is no stationary point.
        ``flat`` lets pass what has neither a slope nor a curvature that can be told from 0.
        """
        unknown = [k for k, e in enumerate(G) if not _known(e) and not (flat and H[k, k].contains(0))]
        if any(H[k, k].contains(0) for k in unknown):
            return False
        n = len(G)
        with precision(self.bits):
            moves = [G[k].rad() / abs(H[k, k]) if k in unknown else arb(0) for k in range(n)]
            steep = [abs(H[k, k].mid()) for k in range(n)]
            for signs in ((1, 1), (1, -1)) if unknown else ():
                T = self.third(z, [signs[k % 2] * m.mid() for k, m in enumerate(moves)])
                if not all(T[i, i].mid() ** 2 <= (arb(SAME) * steep[i]) ** 2 for i in unknown):
                    return False
        return True

    def mixed(self, z: Point, theta: Node, step: Sequence[Any] | None = None) -> Any:
        """The derivative of the gradient by a parameter; with ``step``, its derivative along it."""
        s, rows = self.system, []
        with precision(self.bits):
            for b, G in self._blocks():
                node = pulled_node(G, theta)
                for e in b.matrix.T:
                    u = Jet({0: _mat(e, s.shape(G))})
                    found = self._run(node, z, None if step is None else list(step), cotangent=u)
                    m = found.get(0 if step is None else 1)
                    rows.append([arb(0)] * (s.shape(theta)[0] * s.shape(theta)[1]) if m is None else m.entries())
            return arb_mat(rows)

    def _blocks(self) -> list[tuple[Block, Node]]:
        return list(zip(self.system.blocks, self.system.G, strict=True))

    def _columns(self, z: Point, step: list[Any] | None) -> Any:
        n, columns = self.system.n, []
        for k in range(n):
            unit = [arb(int(i == k)) for i in range(n)]
            column: Point = []
            for b, G in self._blocks():
                found = self._run(G, z, unit, step).get(1 if step is None else 3)
                column += [arb(0)] * b.width if found is None else _applied(b.matrix.T, found)
            columns.append(column)
        return arb_mat(columns).transpose()

    def _run(self, node: Node, z: Point, first: list[Any] | None = None, second: list[Any] | None = None,
             cotangent: Jet | None = None) -> dict[int, Any]:  # fmt: skip
        """The value with its parts along one or two directions: 0, 1, 2, 3."""
        symbols, at = dict(self.fixed), 0
        for b in self.system.blocks:
            shape = self.system.shape(b.symbol)
            parts = {0: _shaped(b, z[at : at + b.width], shape, True)}
            for bit, way in ((1, first), (2, second)):
                if way is not None:
                    parts[bit] = _shaped(b, way[at : at + b.width], shape, False)
            symbols[b.name], at = Jet(parts), at + b.width
        if cotangent is not None:
            symbols[COTANGENT] = cotangent
        self.evaluator.symbols = symbols
        try:
            found = self.evaluator.evaluate(node)
        except (Redraw, Unfit, Rough, ZeroDivisionError, OverflowError) as error:
            raise NoBalls(str(error)) from error
        if not all(e.is_finite() for m in found.c.values() for e in m.entries()):
            raise NoBalls("not finite")
        return dict(found.c)


def _symbols(root: Node) -> list[Node]:
    return [n for n in postorder(root) if n.op is SYM]


def _mat(v: Any, shape: tuple[int, int]) -> Any:
    return arb_mat(*shape, [arb(float(e)) for e in np.asarray(v, float).reshape(-1)])


def _shaped(b: Block, z: Point, shape: tuple[int, int], base: bool) -> Any:
    entries = [arb(0)] * len(b.base)
    for i, j in zip(*np.nonzero(b.matrix), strict=True):
        w = b.matrix[i, j]
        entries[i] = entries[i] + (z[j] if w == 1 else z[j] * arb(float(w)))
    if base:
        entries = [e + arb(float(c)) if c else e for e, c in zip(entries, b.base, strict=True)]
    return arb_mat(*shape, entries)


def _applied(turned: Array, m: Any) -> Point:
    entries, out = m.entries(), []
    for row in turned:
        total = arb(0)
        for j in np.nonzero(row)[0]:
            total = total + (entries[j] if row[j] == 1 else entries[j] * arb(float(row[j])))
        out.append(total)
    return out


def nearest(ball: Any) -> float:
    """The float64 nearest to the middle of a ball (``float`` of it rounds down); 0 for 0 alone, so that signs stay."""
    mantissa, exponent = ball.mid().man_exp()
    m, e = int(mantissa), int(exponent)
    if not m:
        return 0.0
    surplus = max(0, m.bit_length() - 900)
    try:
        return math.ldexp(m >> surplus if m >= 0 else -(-m >> surplus), e + surplus) or (LEAST if m > 0 else -LEAST)
    except OverflowError:
        return math.inf if m > 0 else -math.inf


def rounded(m: Any) -> Array:
    """The middles of balls as float64."""
    if isinstance(m, list):
        return np.array([nearest(e) for e in m])
    return np.array([nearest(e) for e in m.entries()]).reshape(m.nrows(), m.ncols())


def clear(H: Any) -> bool:
    """Whether each radius is small beside its entry, or beside the curvatures of its row and column."""
    n = H.nrows()
    steep = [abs(H[i, i].mid()) for i in range(n)]
    return all(
        _known(H[i, j]) or H[i, j].rad() ** 2 <= steep[i] * steep[j] * arb(ENOUGH) ** 2
        for i in range(n) for j in range(n)
    )  # fmt: skip


def _known(e: Any) -> bool:
    return bool(e.rad() <= abs(e.mid()) * arb(ENOUGH))
