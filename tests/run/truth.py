"""Values and derivatives to 60 digits and more, by differences in ball arithmetic: no rule of calculus is used."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np
from flint import arb, ctx

BITS, STEP = 16_000, 2600
"""Differences over 2^-STEP of the size of the variable: their error is of the order of 2^-5200."""
Array = Any


@contextmanager
def precise() -> Iterator[None]:
    before = ctx.prec
    ctx.prec = BITS
    try:
        yield
    finally:
        ctx.prec = before


def _each(name: str) -> Any:
    return staticmethod(np.frompyfunc(lambda a: getattr(arb(a), name)(), 1, 1))


class Balls:
    """The functions that cases are written with, on arrays of balls."""

    exp, log, sqrt, sin, cos, atan, asin = map(_each, ("exp", "log", "sqrt", "sin", "cos", "atan", "asin"))
    tanh, sinh, cosh, erf, gamma, loggamma, digamma = map(
        _each, ("tanh", "sinh", "cosh", "erf", "gamma", "lgamma", "digamma")
    )
    abs = _each("abs_lower")
    sum = staticmethod(np.sum)
    prod = staticmethod(np.prod)

    def mean(self, x: Array) -> Array:
        return np.sum(x) / arb(x.size)

    def var(self, x: Array) -> Array:
        return np.sum((x - self.mean(x)) ** 2) / arb(x.size)

    def sigmoid(self, x: Array) -> Array:
        return 1 / (1 + self.exp(-x))

    def softplus(self, x: Array) -> Array:
        return self.log(1 + self.exp(x))

    def normcdf(self, x: Array) -> Array:
        return np.frompyfunc(lambda a: (-a / arb(2).sqrt()).erfc() / 2, 1, 1)(x)

    def normpdf(self, x: Array) -> Array:
        return self.exp(-x * x / 2) / (2 * arb.pi()).sqrt()

    def norm(self, x: Array) -> Array:
        return np.sum(x * x).sqrt()

    def logsumexp(self, x: Array) -> Array:
        return np.sum(self.exp(x)).log()

    def softmax(self, x: Array) -> Array:
        e = self.exp(x)
        return e / np.sum(e)

    def det(self, X: Array) -> Array:
        """By minors: nothing is divided, so that singular matrices are as good as others."""
        if len(X) == 1:
            return X[0, 0]
        rest = X[1:]
        return sum((-1) ** j * X[0, j] * self.det(np.delete(rest, j, axis=1)) for j in range(len(X)))

    def logdet(self, X: Array) -> Array:
        return self.det(X).log()

    def inv(self, X: Array) -> Array:
        n = len(X)
        minors = [[self.det(np.delete(np.delete(X, i, 0), j, 1)) * (-1) ** (i + j) for i in range(n)] for j in range(n)]
        return np.array(minors) / self.det(X)

    def trace(self, X: Array) -> Array:
        return np.trace(X)


BALLS = Balls()
Function = Callable[..., Array]


def balls(value: Array) -> Array:
    return np.frompyfunc(lambda a: arb(float(a)), 1, 1)(np.asarray(value, float))


def value(f: Function, point: Mapping[str, Array], by: str | None, order: int) -> Array:
    """f, its gradient or Jacobian (the axes of the variable last), or its second derivative, as an array of balls."""
    at = {name: balls(v) for name, v in point.items()}
    if not order:
        return np.asarray(f(BALLS, **at), object)
    assert by is not None
    if order == 1:
        return _differences(lambda x: np.asarray(f(BALLS, **{**at, by: x}), object), at[by])
    return _differences(lambda y: _differences(lambda x: np.asarray(f(BALLS, **{**at, by: x}), object), y), at[by])


def _differences(f: Callable[[Array], Array], x: Array) -> Array:
    scalar = np.ndim(x) == 0
    x = np.asarray(x, object)
    size = max((abs(a) for a in x.ravel()), key=float)
    h = (size if float(size) else arb(1)) * arb(2) ** -STEP
    columns = []
    for k in np.ndindex(x.shape):
        up, down = x.copy(), x.copy()
        up[k], down[k] = up[k] + h, down[k] - h
        if scalar:
            up, down = up[()], down[()]
        columns.append((f(up) - f(down)) / (2 * h))
    shape = np.shape(columns[0])
    out = np.empty((*shape, len(columns)), object)
    for k, column in enumerate(columns):
        out[..., k] = column
    return out.reshape((*shape, *x.shape))
