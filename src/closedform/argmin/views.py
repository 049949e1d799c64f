"""Two views of a system: in float64, and in hundreds of bits rounded once. Both hand out float64 arrays."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from flint import arb

from closedform.argmin.fine import BITS, Fine, NoBalls, clear, nearest, rounded
from closedform.argmin.system import System
from closedform.expr.node import Node

Array = Any
Point = Any


class View(Protocol):
    """What a judge may ask. A point is the view's own; steps and answers are float64."""

    arrival: float
    rank_tolerance: float
    flatness: float
    rounding: float

    @property
    def system(self) -> System: ...
    def point(self, z: Array) -> Point: ...
    def floats(self, z: Point) -> Array: ...
    def move(self, z: Point, step: Array) -> Point: ...
    def value(self, z: Point) -> float: ...
    def rise(self, z: Point, step: Array) -> float: ...
    def slopes(self, z: Point) -> tuple[Array, Array]: ...
    def third(self, z: Point, step: Array) -> Array: ...
    def jacobian(self, z: Point, theta: Node) -> Array: ...
    def mixed(self, z: Point, theta: Node) -> Array: ...
    def mixed_along(self, z: Point, theta: Node, step: Array) -> Array: ...
    def probing(self) -> AbstractContextManager[None]: ...


@dataclass
class Exact:
    """Balls behind: every number is right to the last place of float64."""

    fine: Fine
    arrival: float = 1e-28
    rank_tolerance: float = 2e-15
    flatness: float = 1e-13
    rounding: float = 0.0

    @property
    def system(self) -> System:
        return self.fine.system

    def point(self, z: Array) -> Point:
        return self.fine.point(z)

    def floats(self, z: Point) -> Array:
        return self.fine.floats(z)

    def move(self, z: Point, step: Array) -> Point:
        return self.fine.move(z, step)

    def value(self, z: Point) -> float:
        found = self._told(lambda: self.fine.value(z))
        return float("nan") if found is None else nearest(found)

    def rise(self, z: Point, step: Array) -> float:
        """f(z + step) - f(z); 0 where the bits do not tell it from 0, NaN outside the domain."""
        gap = self._told(lambda: self.fine.rise(z, step))
        return float("nan") if gap is None else 0.0 if gap.contains(0) else nearest(gap)

    def _told(self, number: Callable[[], Any]) -> Any:
        """A number with the bits that tell it from 0, where they suffice; None outside the domain."""
        found = None
        with self.probing():
            for bits in BITS:
                self.fine.bits = max(bits, self.fine.bits)
                try:
                    found = number()
                except NoBalls:
                    return None
                if not found.contains(0) or found == 0:
                    break
        return found

    def slopes(self, z: Point) -> tuple[Array, Array]:
        """The gradient and the Hessian; NaN where they have no value."""
        try:
            return self._slopes(z)
        except NoBalls:
            n = self.system.n
            return np.full(n, np.nan), np.full((n, n), np.nan)

    def _slopes(self, z: Point) -> tuple[Array, Array]:
        for bits in BITS:
            self.fine.bits = max(bits, self.fine.bits)
            H, G = self.fine.hessian(z), self.fine.gradient(z)
            if clear(H) and self.fine.stands(z, G, H):
                break
        else:  # with all the bits there are
            if not self.fine.stands(z, G, H, flat=True):
                raise NoBalls("the gradient does not stand above its rounding")
        small = [0.0 if e.contains(0) else nearest(e) for e in G]
        flat = rounded(H)
        unclear = np.array([e.contains(0) for e in H.entries()]).reshape(flat.shape)
        return np.array(small), np.where(unclear, 0.0, flat)

    def third(self, z: Point, step: Array) -> Array:
        try:
            return rounded(self.fine.third(z, [float(s) for s in step]))
        except NoBalls:
            return np.full((self.system.n, self.system.n), np.nan)

    @contextmanager
    def probing(self) -> Iterator[None]:
        """Points far out may take more bits than what comes after."""
        bits = self.fine.bits
        try:
            yield
        finally:
            self.fine.bits = bits

    def mixed(self, z: Point, theta: Node) -> Array:
        return rounded(self.fine.mixed(z, theta))

    def mixed_along(self, z: Point, theta: Node, step: Array) -> Array:
        return rounded(self.fine.mixed(z, theta, [arb(float(s)) for s in step]))

    def jacobian(self, z: Point, theta: Node) -> Array:
        """-H⁻¹B, solved in balls."""
        try:
            return rounded(self.fine.jacobian(z, theta))
        except ZeroDivisionError as error:
            raise NoBalls("singular") from error


@dataclass
class Plain:
    """float64 throughout; third derivatives along a direction by central differences."""

    system: System
    arrival: float = 1e-13
    rank_tolerance: float = 2e-14
    flatness: float = 1e-11
    rounding: float = 1e-13

    def point(self, z: Array) -> Point:
        return np.array(z, float)

    def floats(self, z: Point) -> Array:
        return np.array(z, float)

    def move(self, z: Point, step: Array) -> Point:
        return z + step

    def value(self, z: Point) -> float:
        return self.system.value(z)

    def rise(self, z: Point, step: Array) -> float:
        before, after = self.system.value(z), self.system.value(z + step)
        noise = 8 * np.finfo(float).eps * max(abs(before), abs(after))
        return 0.0 if abs(after - before) <= noise else after - before

    def slopes(self, z: Point) -> tuple[Array, Array]:
        return self.system.gradient(z), self.system.hessian(z)

    def third(self, z: Point, step: Array) -> Array:
        h = _reach(z, step)
        return (self.system.hessian(z + h * step) - self.system.hessian(z - h * step)) / (2 * h)

    def probing(self) -> AbstractContextManager[None]:
        return nullcontext()

    def mixed(self, z: Point, theta: Node) -> Array:
        return self.system.mixed(z, theta)

    def mixed_along(self, z: Point, theta: Node, step: Array) -> Array:
        h = _reach(z, step)
        return (self.system.mixed(z + h * step, theta) - self.system.mixed(z - h * step, theta)) / (2 * h)

    def jacobian(self, z: Point, theta: Node) -> Array:
        return -np.linalg.solve(self.system.hessian(z), self.system.mixed(z, theta))


def _reach(z: Array, step: Array) -> float:
    size = float(np.linalg.norm(step))
    return 1e-5 * max(1.0, float(np.linalg.norm(z))) / size if size else 1.0


def best_view(system: System, z: Array) -> View:
    """Balls where the problem is small and they know every function in it."""
    if not Fine.suits(system):
        return Plain(system)
    view = Exact(Fine(system))
    return view if np.isfinite(view.slopes(view.point(z))[0]).all() else Plain(system)
