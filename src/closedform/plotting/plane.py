"""A function on a plane: two scalar variables, or one vector of two entries; all else fixed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from closedform.errors import ClosedformError, ShapeError, ValueProblem
from closedform.write.marks import greek

if TYPE_CHECKING:
    from closedform.formula import Formula

Array = Any


@dataclass(frozen=True)
class Plane:
    """``value(p)`` and ``slope(p)`` at points p of two numbers, which are called ``names``."""

    names: tuple[str, str]
    value: Callable[[Array], float]
    slope: Callable[[Array], Array]
    centre: Array


def plane(f: Formula, by: Sequence[str], given: Mapping[str, Any]) -> Plane:
    """The plane of two variables. Raises ShapeError where these are not two numbers."""
    if not f._raw.is_scalar:
        raise ShapeError("contours are of a scalar function", hint='For a vector: kind="jacobian".')
    names = list(by) or f._differentiable()[:2]
    variables = [f._variable(name) for name in names]
    rest = {n: v for n, v in given.items() if n not in names}
    if len(names) == 1 and variables[0].is_column and not variables[0].is_scalar:
        return _vector(f, names[0], rest, given.get(names[0]))
    if len(names) != 2 or not all(x.is_scalar for x in variables):
        mend = "Name two scalars, or a vector of 2."
        raise ShapeError(f"contours are over two numbers; {', '.join(names)} is not that", hint=mend)
    slopes = [f.grad(name) for name in names]

    def at(p: Array) -> dict[str, Any]:
        return {**rest, names[0]: float(p[0]), names[1]: float(p[1])}

    _try(f, at(np.zeros(2)))
    return Plane(
        (greek(names[0]), greek(names[1])), lambda p: _number(f, at(p)),
        lambda p: np.array([_number(g, at(p)) for g in slopes]),
        np.array([float(given.get(name, 0.0)) for name in names]),
    )  # fmt: skip


def _vector(f: Formula, name: str, rest: Mapping[str, Any], centre: Any) -> Plane:
    slope = f.grad(name)
    middle = np.zeros(2) if centre is None else np.asarray(centre, float)
    if middle.shape != (2,):
        mend = f"For the Hessian of more: kind=\"hessian\" at a point {name}."
        raise ShapeError(f"contours are over two numbers; {name} has {middle.size}", hint=mend)

    def at(p: Array) -> dict[str, Any]:
        return {**rest, name: np.asarray(p, float)}

    _try(f, at(middle))
    return Plane(
        (f"{greek(name)}[1]", f"{greek(name)}[2]"), lambda p: _number(f, at(p)),
        lambda p: np.asarray(slope(at(p)), float), middle,
    )  # fmt: skip


def _try(f: Formula, at: Mapping[str, Any]) -> None:
    """Raise early where a value is missing or does not fit."""
    try:
        f(at)
    except ValueProblem as error:
        raise ClosedformError(error.message, hint="Give the other variables as name=value.") from None


def _number(f: Formula, at: Mapping[str, Any]) -> float:
    return float(f(at))


@dataclass(frozen=True)
class Path:
    """Where gradient descent went from a start, each step by halving until the function falls enough."""

    points: Array
    values: Array
    reason: str
    minimum: bool = False


ROUND = 16
NEAR = 0.05
"""How far around its end descent looks for a lower point."""
FALLS = 1e-3
"""Of how much the function changes around a point: what rounding, and a gradient of nearly 0, may make it fall."""


def lowest(on: Plane, p: Array) -> bool:
    """Whether no point around this one is lower, though others are higher."""
    angles = np.linspace(0, 2 * np.pi, ROUND, endpoint=False)
    around = np.array([on.value(p + NEAR * np.array([np.cos(a), np.sin(a)])) for a in angles])
    rises = around[np.isfinite(around)] - on.value(p)
    return bool(rises.size) and rises.max() > 0 and rises.min() >= -FALLS * rises.max()


def _newton(on: Plane, p: Array) -> float:
    """The length of Newton's step, from differences of the slope: how far a minimum may still be."""
    h = 1e-5 * (1 + float(np.linalg.norm(p)))
    hessian = np.column_stack([(on.slope(p + h * e) - on.slope(p - h * e)) / (2 * h) for e in np.eye(2)])
    if not np.isfinite(hessian).all():
        return float("inf")
    return float(np.linalg.norm(np.linalg.lstsq(hessian, on.slope(p), rcond=1e-9)[0]))


def descent(on: Plane, start: Sequence[float], steps: int = 200) -> Path:
    """Gradient descent with halved steps (Armijo): it stops at a minimum, or says why it did not."""
    p, step = np.asarray(start, float), 1.0
    value = on.value(p)
    points, values = [p], [value]

    def path(reason: str, minimum: bool = False) -> Path:
        return Path(np.array(points), np.array(values), reason, minimum)

    for _ in range(steps):
        g = on.slope(p)
        if not np.isfinite(g).all() or not np.isfinite(value):
            return path("the gradient is not finite there")
        small = np.linalg.norm(g) <= 1e-6 * (1 + abs(value))
        if small and lowest(on, p):
            return path("the gradient is nearly 0 there", True)
        if not g.any():
            return path("the gradient is 0 there, and it is no minimum")
        step *= 2
        while not (new := on.value(p - step * g)) <= value - 0.3 * step * float(g @ g):
            step /= 2
            if step < 1e-14:
                return path("no step makes the function fall", lowest(on, p))
        p, value = p - step * g, new
        points.append(p)
        values.append(value)
        if np.linalg.norm(p) > 1e6:
            return path("it runs away")
    return path(f"stopped after {steps} steps", lowest(on, p) and _newton(on, p) <= NEAR / 5)
