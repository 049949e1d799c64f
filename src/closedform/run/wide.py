"""Numbers with exponents that never run out: arrays ``m * 2^e`` with m below 1 and e an integer for each entry.

A formula whose plain evaluation overflows or underflows on the way is evaluated once more with these.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

Array = Any
LARGEST_WHOLE = 2_000_000  # entries of a product before the sum over the inner size, above which rows are scaled
BEYOND = 4000  # exponents of two outside of ±this are 0 or infinity as float64, whatever the mantissa
LN2_HIGH, LN2_LOW = 0.6931471803691238, 1.9082149292705877e-10


class Wide:
    """An array ``m * 2^e``."""

    __slots__ = ("e", "m")

    def __init__(self, m: Array, e: Array = 0) -> None:
        mantissa, more = np.frexp(np.asarray(m, float))
        self.m = mantissa
        self.e = np.where(mantissa == 0, 0, more + np.broadcast_to(np.asarray(e, np.int64), mantissa.shape))

    @property
    def shape(self) -> tuple[int, ...]:
        shape: tuple[int, ...] = self.m.shape
        return shape

    @property
    def T(self) -> Wide:
        return Wide(self.m.T, self.e.T)

    def narrow(self) -> Array:
        """As float64, where it may overflow or underflow after all."""
        return np.ldexp(self.m, np.clip(self.e, -BEYOND, BEYOND).astype(np.int32))

    def __getitem__(self, at: Any) -> Wide:
        return Wide(self.m[at], self.e[at])

    def __mul__(self, other: Wide) -> Wide:
        return Wide(self.m * other.m, self.e + other.e)

    def __add__(self, other: Wide) -> Wide:
        top = np.maximum(_exponent(self), _exponent(other))
        return Wide(_below(self, top) + _below(other, top), np.where(top == LOWEST, 0, top))

    def __matmul__(self, other: Wide) -> Wide:
        rows, inner = self.shape
        if rows * inner * other.shape[1] > LARGEST_WHOLE:
            left, high = scaled(self, axis=1)
            right, more = scaled(other, axis=0)
            return Wide(left @ right, high + more)
        return summed(Wide(self.m[:, :, None] * other.m, self.e[:, :, None] + other.e), axis=1)

    def power(self, exponent: Array) -> Wide:
        """Entry by entry, with an exponent that is an ordinary number."""
        odd = self.e % 2  # even powers of two have exact roots
        m, e = self.m * (1 + odd), self.e - odd
        turns = np.where(np.isfinite(exponent), exponent, 0) * e
        whole = np.round(turns)
        huge = np.abs(exponent) > 500
        logs = np.where(huge, exponent * np.log2(np.where(huge, np.abs(m), 1)), 0)
        extra = np.round(np.where(np.isfinite(logs), logs, 0))
        sign = np.where(huge & (m < 0), np.power(np.sign(m), exponent), 1.0)
        body = np.where(huge, sign * np.exp2(logs - extra), np.power(m, np.where(huge, 1, exponent)))
        body = np.where(m == 0, np.power(m, exponent), body)
        return Wide(body * np.exp2(turns - whole), whole.astype(np.int64) + extra.astype(np.int64))


LOWEST = -(2**62)


def _exponent(x: Wide) -> Array:
    return np.where(x.m == 0, LOWEST, x.e)


def _below(x: Wide, top: Array) -> Array:
    """The mantissas at the exponent ``top``, which is no lower than theirs."""
    return np.ldexp(x.m, np.maximum(x.e - np.where(x.m == 0, x.e, top), -BEYOND).astype(np.int32))


def summed(x: Wide, axis: int | tuple[int, ...]) -> Wide:
    """The sum over an axis."""
    top = np.max(_exponent(x), axis=axis, keepdims=True)
    total = np.sum(_below(x, np.broadcast_to(top, x.shape)), axis=axis)
    return Wide(total, np.where(top == LOWEST, 0, top).reshape(total.shape))


def scaled(x: Wide, axis: int | None = None) -> tuple[Array, Array]:
    """Float64 arrays and the exponents of two taken out, one along the axis (or one in all)."""
    top = np.max(_exponent(x), axis=axis, keepdims=True)
    top = np.where(top == LOWEST, 0, top)
    return _below(x, np.broadcast_to(top, x.shape)), top


def exact(number: Fraction) -> Wide:
    """A rational number, however large."""
    if not number:
        return Wide(np.zeros((1, 1)))
    shift = number.numerator.bit_length() - number.denominator.bit_length()
    body = number / Fraction(2) ** shift
    return Wide(np.array([[float(body)]]), shift)


def exponential(x: Array) -> Wide:
    """exp of ordinary numbers."""
    x = np.asarray(x, float)
    known = np.isfinite(x) & (np.abs(x) < 1e15)
    k = np.round(np.where(known, x, 0) / (LN2_HIGH + LN2_LOW))
    rest = np.where(known, x - k * LN2_HIGH - k * LN2_LOW, x)
    return Wide(np.exp(rest), k.astype(np.int64))


def logarithm(x: Wide) -> Array:
    """The natural logarithm, as an ordinary number."""
    near = np.abs(x.e) < 1000
    plain = np.log(np.where(near, x.narrow(), 1.0))
    return np.where(near, plain, np.log(x.m) + x.e * LN2_LOW + x.e * LN2_HIGH)


def product(x: Wide, axis: int) -> Wide:
    """The product over an axis."""
    out = x[(slice(0, 1),) if axis == 0 else (slice(None), slice(0, 1))]
    for k in range(1, x.shape[axis]):
        out = out * x[(slice(k, k + 1),) if axis == 0 else (slice(None), slice(k, k + 1))]
    return out
