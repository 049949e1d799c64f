"""Functions and derivatives at points where a plain evaluation loses its digits, overflows or divides 0 by 0."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from flint import arb
from truth import precise, value

import closedform as cf

Array = Any
BIG, SMALL = {8: 1e200, 4: 1e25}, {8: 1e-200, 4: 1e-25}


@dataclass(frozen=True)
class Case:
    """``f(o, **point)`` is the formula, written with the functions of ``o``."""

    text: str
    f: Callable[..., Array]
    point: Mapping[str, Any]
    by: str | None = None
    order: int = 0
    where: str = ""
    more: Mapping[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        kind = ("", f" by {self.by}", f" by {self.by}, twice")[self.order]
        values = ", ".join(f"{k} = {_shown(v)}" for k, v in self.point.items())
        return f"{self.text}{kind} at {values}"

    def at(self, width: int) -> dict[str, Array]:
        """The point in single or double precision (4 or 8 bytes), ``BIG`` and ``SMALL`` as that has them."""
        sized = {k: v * v_of[width] if (v_of := self.more.get(k)) else v for k, v in self.point.items()}
        kind = np.float32 if width == 4 else np.float64
        return {k: np.asarray(v, kind) for k, v in sized.items()}


def _shown(v: Any) -> str:
    array = np.asarray(v)
    return f"{v:g}" if array.ndim == 0 else str(array.tolist()).replace(" ", "")


R, X2 = "s in R", "X in R^(n×n)"


def scalar(text: str, f: Callable[..., Array], s: float, order: int = 0) -> Case:
    return Case(text, f, {"s": s}, "s" if order else None, order, R)


def scaled(text: str, f: Callable[..., Array], x: Any, by: Mapping[int, float], order: int = 0, **rest: Any) -> Case:
    return Case(text, f, {"x": np.array(x, float), **rest}, "x" if order else None, order, "", {"x": by})


def _hypot(o: Any, s: Array) -> Array:
    return o.sqrt(1 + s * s)


X = np.array
CASES = (
    Case("sqrt(1+s^2)", _hypot, {"s": 1.0}, "s", 1, R, {"s": BIG}),
    Case("sqrt(1+s^2)", _hypot, {"s": 1.5}, None, 0, R, {"s": BIG}),
    Case("log(1+s^2)", lambda o, s: o.log(1 + s * s), {"s": 3.0}, "s", 1, R, {"s": BIG}),
    Case("atan(s)", lambda o, s: o.atan(s), {"s": 0.3}, "s", 1, R, {"s": {8: 1e150, 4: 1e18}}),
    scalar("log(normcdf(s))", lambda o, s: o.log(o.normcdf(s)), -50.0),
    scalar("log(normcdf(s))", lambda o, s: o.log(o.normcdf(s)), -50.0, 1),
    scalar("log(normcdf(s))", lambda o, s: o.log(o.normcdf(s)), -10.0, 1),
    scalar("1-normcdf(s)", lambda o, s: 1 - o.normcdf(s), 12.0),
    scalar("log(1-normcdf(s))", lambda o, s: o.log(1 - o.normcdf(s)), 30.0),
    scalar("1-erf(s)", lambda o, s: 1 - o.erf(s), 8.0),
    scalar("sigmoid(s)", lambda o, s: o.sigmoid(s), 20.0, 1),
    scalar("sigmoid(s)", lambda o, s: o.sigmoid(s), -80.0, 1),
    scalar("sigmoid(s)", lambda o, s: o.sigmoid(s), 40.0, 2),
    scalar("log(sigmoid(s))", lambda o, s: o.log(o.sigmoid(s)), -1000.0),
    scalar("log(sigmoid(s))", lambda o, s: o.log(o.sigmoid(s)), 30.0, 1),
    scalar("log(sigmoid(s))", lambda o, s: o.log(o.sigmoid(s)), -1000.0, 1),
    scalar("tanh(s)", lambda o, s: o.tanh(s), 20.0, 1),
    scalar("tanh(s)", lambda o, s: o.tanh(s), -40.0, 1),
    scalar("log(1+exp(s))", lambda o, s: o.log(1 + o.exp(s)), 1000.0),
    scalar("log(1+exp(s))", lambda o, s: o.log(1 + o.exp(s)), 1000.0, 1),
    scalar("log(1+exp(s))", lambda o, s: o.log(1 + o.exp(s)), -60.0),
    scalar("log(1+exp(s))", lambda o, s: o.log(1 + o.exp(s)), 50.0, 2),
    scalar("log(1-exp(s))", lambda o, s: o.log(1 - o.exp(s)), -1e-10),
    scalar("exp(s)-1", lambda o, s: o.exp(s) - 1, 1e-10),
    scalar("(exp(s)-1)/s", lambda o, s: (o.exp(s) - 1) / s, 1e-10),
    scalar("log(1+s)", lambda o, s: o.log(1 + s), 1e-10),
    scalar("1-cos(s)", lambda o, s: 1 - o.cos(s), 1e-6),
    scalar("log(cosh(s))", lambda o, s: o.log(o.cosh(s)), 1000.0),
    scalar("log(cosh(s))", lambda o, s: o.log(o.cosh(s)), 1000.0, 1),
    scalar("log(cosh(s))", lambda o, s: o.log(o.cosh(s)), 1e-6),
    scalar("asin(s)", lambda o, s: o.asin(s), 0.99999994, 1),
    scalar("exp(s)/(1+exp(s))^2", lambda o, s: o.exp(s) / (1 + o.exp(s)) ** 2, 80.0),
    scalar("normpdf(s)/normcdf(s)", lambda o, s: o.normpdf(s) / o.normcdf(s), -60.0),
    scalar("loggamma(s)", lambda o, s: o.loggamma(s), 1e8, 1),
    scalar("exp(-s^2/2)/exp(-s^2/2-s)", lambda o, s: o.exp(-s * s / 2) / o.exp(-s * s / 2 - s), 60.0),
    scaled("||x||", lambda o, x: o.norm(x), [3, 4], BIG),
    scaled("||x||", lambda o, x: o.norm(x), [3, 4], SMALL),
    scaled("||x||", lambda o, x: o.norm(x), [3, 4], BIG, 1),
    scaled("||x||", lambda o, x: o.norm(x), [3, 4], SMALL, 1),
    scaled("||x||", lambda o, x: o.norm(x), [3, 5], SMALL, 2),
    scaled("sqrt(x'*x+1)", lambda o, x: o.sqrt(o.sum(x * x) + 1), [3, -5, 1], BIG, 1),
    scaled("log(x'*x)", lambda o, x: o.log(o.sum(x * x)), [3, -5, 1], BIG, 1),
    scaled("x'*y/||x||", lambda o, x, y: o.sum(x * y) / o.norm(x), [3, 5], BIG, 1, y=X([1.0, 2.0])),
    Case("logsumexp(x)", lambda o, x: o.logsumexp(x), {"x": X([1000.0, 999.0, -1000.0])}),
    Case("logsumexp(x)", lambda o, x: o.logsumexp(x), {"x": X([1000.0, 999.0, 960.0])}, "x", 1),
    Case("logsumexp(x)", lambda o, x: o.logsumexp(x), {"x": X([60.0, 0.0, 1.0])}, "x", 2),
    Case("softmax(x)", lambda o, x: o.softmax(x), {"x": X([1000.0, 950.0, 940.0])}),
    Case("softmax(x)", lambda o, x: o.softmax(x), {"x": X([40.0, 0.0, -1.0])}, "x", 1),
    Case("log(softmax(x))", lambda o, x: o.log(o.softmax(x)), {"x": X([1000.0, 0.0, -1.0])}),
    Case("log(sum(exp(x)))", lambda o, x: o.log(o.sum(o.exp(x))), {"x": X([500.0, 499.0])}, "x", 1),
    Case("var(x)", lambda o, x: o.var(x), {"x": X([1e6 + 1, 1e6 + 2, 1e6 + 4])}),
    Case("var(x)", lambda o, x: o.var(x), {"x": X([1e6 + 1, 1e6 + 2, 1e6 + 4])}, "x", 1),
    Case("prod(x)", lambda o, x: o.prod(x), {"x": X([0.0, 3.0, 5.0])}, "x", 1),
    Case("prod(x)", lambda o, x: o.prod(x), {"x": X([0.0, 3.0, 5.0])}, "x", 2),
    Case("det(X)", lambda o, X: o.det(X), {"X": X([[1.0, 2.0], [2.0, 4.0]])}, "X", 1),
    Case("det(X)", lambda o, X: o.det(X), {"X": np.diag([1.0, 1.0, 0.0])}, "X", 1),
    Case("det(X)^2", lambda o, X: o.det(X) ** 2, {"X": X([[1.0, 2.0], [2.0, 4.5]])}, "X", 1),
    Case("log(det(X))", lambda o, X: o.log(o.det(X)), {"X": X([[3.0, 1.0], [1.0, 2.0]])}, None, 0, "", {"X": BIG}),
    Case("log(det(X))", lambda o, X: o.log(o.det(X)), {"X": X([[3.0, 1.0], [1.5, 2.0]])}, "X", 1, "", {"X": SMALL}),
    Case("b'*inv(X)*b", lambda o, X, b: b @ o.inv(X) @ b, {"X": X([[3.0, 1.0], [2.0, 5.0]]), "b": X([1.0, 2.0])},
         None, 0, "", {"X": BIG, "b": BIG}),
    Case("tr(inv(X))", lambda o, X: o.trace(o.inv(X)), {"X": X([[3.0, 1.0], [2.0, 5.0]])}, "X", 1, "",
         {"X": {8: 1e100, 4: 1e12}}),
)  # fmt: skip


def asked(case: Case) -> Any:
    """The formula of a case, or its derivative."""
    f = cf.formula(case.text, case.where or None)
    if not case.order:
        return f
    assert case.by is not None
    if case.order == 2:
        return f.hessian(case.by)
    return f.grad(case.by) if f.shape == ("1", "1") else f.jacobian(case.by)


def given(case: Case, width: int) -> Array:
    """What this library says."""
    return np.asarray(asked(case)(case.at(width)))


def truth(case: Case, width: int) -> Array:
    with precise():
        return value(case.f, case.at(width), case.by, case.order)


def condition(case: Case, width: int) -> float:
    """How much a relative change of the inputs changes the result, relative to its largest entry; at least 1."""
    with precise():
        at, by = case.at(width), case.by
        exact = value(case.f, at, by, case.order)
        largest = max((abs(a) for a in exact.ravel()), key=arb.mid)
        worst = 0.0
        for name, array in at.items():
            turn = np.cos(np.arange(array.size)).reshape(array.shape)
            bent = {**at, name: array.astype(float) * (1 + 2.0**-30 * turn)}
            moved = value(case.f, bent, by, case.order)
            change = max((abs(a - b) for a, b in zip(exact.ravel(), moved.ravel(), strict=True)), key=arb.mid)
            worst = max(worst, float(change / largest) * 2**30 if largest > 0 else 0.0)
    return max(1.0, worst)


def error(found: Array, exact: Array, width: int) -> float:
    """The largest relative error of an entry; an absolute one below the range of the numbers; infinite for NaN."""
    found = np.asarray(found, float)
    if found.shape != exact.shape or not np.isfinite(found).all():
        return np.inf
    least = arb(1e-300 if width == 8 else 1e-36)
    with precise():
        errors = [
            abs(arb(float(a)) - b) / (abs(b) if abs(b) > least else least)
            for a, b in zip(found.ravel(), exact.ravel(), strict=True)
        ]
        return max(float(e.mid()) for e in errors)
