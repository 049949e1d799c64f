"""Operations that only evaluation knows: what the table's functions are near their flat parts, to full precision.

They stand in no formula and are never printed; ``stable`` puts them where a closed form would cancel.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from closedform.expr.node import Node, make
from closedform.expr.op import Op, Shape

Array = Any


def _same(args: tuple[Node, ...], _: tuple[Any, ...]) -> Shape:
    return args[0].shape


def _square(args: tuple[Node, ...], _: tuple[Any, ...]) -> Shape:
    return args[0].rows, args[0].rows


def _log_minus_expm1(xp: Any, z: Array) -> Array:
    """log(1 - exp(z)) for z < 0 (Mächler 2012)."""
    return xp.where(z > -0.6931471805599453, xp.log(-xp.expm1(z)), xp.log1p(-xp.exp(z)))


def _log_cosh(xp: Any, z: Array) -> Array:
    near = xp.log1p(2 * xp.sinh(xp.clip(z, -1, 1) / 2) ** 2)
    return xp.where(xp.abs(z) < 1, near, xp.abs(z) + xp.log1p(xp.expm1(-2 * xp.abs(z)) / 2))


def _softmax_spread(xp: Any, x: Array) -> Array:
    """diag(p) - p*p' for p = softmax(x): each diagonal entry as p times the sum of the others."""
    p = xp.scipy.special.softmax(x, axis=0)
    before = xp.cumsum(p, axis=0) - p
    before[1:] = xp.cumsum(p[:-1], axis=0)
    before[:1] = 0
    after = xp.zeros_like(p)
    after[:-1] = xp.cumsum(p[:0:-1], axis=0)[::-1]
    out = -p @ p.T
    xp.fill_diagonal(out, p * (before + after))
    return out


def _op(name: str, numeric: Callable[..., Array], shape: Callable[..., Shape] = _same) -> Callable[..., Node]:
    op = Op(name=name, text=name, shape=shape, elementwise=shape is _same, numeric=numeric)
    return lambda *args: make(op, args)


expm1 = _op("run.expm1", lambda xp, z: xp.expm1(z))
log1p = _op("run.log1p", lambda xp, z: xp.log1p(z))
log1mexp = _op("run.log1mexp", _log_minus_expm1)
log_normcdf = _op("run.log_normcdf", lambda xp, z: xp.scipy.special.log_ndtr(z))
log_cosh = _op("run.log_cosh", _log_cosh)
softmax_spread = _op("run.softmax_spread", _softmax_spread, _square)
