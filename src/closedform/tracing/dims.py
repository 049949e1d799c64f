"""Lengths of axes as the traced function sees them: whole numbers that keep their names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from closedform.expr.size import Size, size
from closedform.functions.sizes import quotient

if TYPE_CHECKING:
    from closedform.tracing.value import Trace


class Dim:
    """A length. Sums and products stay named; where Python needs the number itself it is looked at, and remembered."""

    size: Size
    trace: Trace

    def __init__(self, trace: Trace, n: Size) -> None:
        self.trace, self.size = trace, n

    @classmethod
    def of(cls, trace: Trace, n: Size) -> Any:
        """A plain whole number where it is one."""
        n = trace.sizes.now(n)
        return n.number if n.number is not None else cls(trace, n)

    def _now(self) -> Size:
        return self.trace.sizes.now(self.size)

    def _array(self) -> Any:
        return self.trace.wrap(self.trace.size_value(self.size))

    def _with(self, other: Any, build: Any) -> Any:
        if isinstance(other, Dim):
            return type(self).of(self.trace, build(self._now(), other._now()))
        if isinstance(other, int) and not isinstance(other, bool):
            return type(self).of(self.trace, build(self._now(), size(other)))
        return None

    def __add__(self, other: Any) -> Any:
        found = self._with(other, lambda a, b: a + b)
        return self._array() + other if found is None else found

    __radd__ = __add__

    def __sub__(self, other: Any) -> Any:
        found = self._with(other, lambda a, b: a - b)
        return self._array() - other if found is None else found

    def __rsub__(self, other: Any) -> Any:
        found = self._with(other, lambda a, b: b - a)
        return other - self._array() if found is None else found

    def __mul__(self, other: Any) -> Any:
        found = self._with(other, lambda a, b: a * b)
        return self._array() * other if found is None else found

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> Any:
        if isinstance(other, int) and other == 1:
            return self  # so np.arange counts its steps
        return self._array() / (other._array() if isinstance(other, Dim) else other)

    def __rtruediv__(self, other: Any) -> Any:
        return other / self._array()

    def __floordiv__(self, other: Any) -> Any:
        whole = other._now() if isinstance(other, Dim) else size(other) if isinstance(other, int) else None
        found = None if whole is None else quotient(self._now(), whole)
        return int(self) // int(other) if found is None else type(self).of(self.trace, found)

    def __mod__(self, other: Any) -> int:
        return int(self) % int(other)

    def __pow__(self, other: Any) -> Any:
        return self._array() ** other

    def __neg__(self) -> Any:
        return -self._array()

    def __eq__(self, other: Any) -> bool:
        mine, its = self._now(), other._now() if isinstance(other, Dim) else None
        if its is None:
            return isinstance(other, int) and int(self) == other
        if mine is its:
            return True
        one, two = self.trace.sizes.number(mine), self.trace.sizes.number(its)
        if one != two:
            return int(self) == int(other)
        self.trace.sizes.same(mine, its, "==")
        return True

    def __hash__(self) -> int:
        return hash(int(self))

    def __lt__(self, other: Any) -> bool:
        return int(self) < int(other)

    def __le__(self, other: Any) -> bool:
        return int(self) <= int(other)

    def __gt__(self, other: Any) -> bool:
        return int(self) > int(other)

    def __ge__(self, other: Any) -> bool:
        return int(self) >= int(other)

    def __bool__(self) -> bool:
        return True

    def __int__(self) -> int:
        return self.trace.sizes.pin(self.size, "this")

    __index__ = __int__

    def __float__(self) -> float:
        return float(int(self))

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        """Its number, as an array: what ``np.arange(x.shape[0])`` asks for."""
        return np.asarray(int(self), dtype)

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        return getattr(ufunc, method)(*(x._array() if isinstance(x, Dim) else x for x in inputs), **options)

    def __repr__(self) -> str:
        return f"<length {self._now()}>"

