"""Rectified functions with a slope below zero, in forms whose derivative at zero is that of one of the two sides."""

from __future__ import annotations

from closedform.tracing.ops.basic import divide, minus, plus, times, unary
from closedform.tracing.value import Value


def leaky_relu(x: Value, slope: Value) -> Value:
    """x above zero, ``slope``·x below."""
    return plus(times(slope, x), times(_rest(slope), unary("relu", x)))


def elu(x: Value, alpha: Value | None = None) -> Value:
    """x above zero, alpha·(exp(x) - 1) below; alpha is 1 where it is not given."""
    plain = unary("elu", x)
    return plain if alpha is None else plus(times(alpha, plain), times(_rest(alpha), unary("relu", x)))


def celu(x: Value, alpha: Value) -> Value:
    """x above zero, alpha·(exp(x/alpha) - 1) below: the slope does not jump."""
    return times(alpha, unary("elu", divide(x, alpha)))


def _rest(share: Value) -> Value:
    return minus(share.trace.number(1), share)
