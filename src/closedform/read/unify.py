"""Sizes that are to be found: unknown ones are names that start with ``?``, solved as formulas demand."""

from __future__ import annotations

from closedform.expr.op import Shape
from closedform.expr.size import ONE, Size, size


class Unknowns:
    """Unknown sizes and what has been found of them. An unknown size is never 1."""

    def __init__(self) -> None:
        self.found: dict[str, Size] = {}
        self.count = 0
        self.stacked: list[Shape] = []  # of matrices whose columns are stacked: vec(X)

    def fresh(self) -> Size:
        self.count += 1
        return size(f"?{self.count}")

    def resolve(self, s: Size) -> Size:
        """The size with all that is known put in."""
        found, chain = self.found, []
        while found and any(name in found for name in s.names):
            name = s.name
            if name is not None:
                chain.append(name)
                s = found[name]
            else:
                s = s.put(found)
        for name in chain[:-1]:
            found[name] = s
        return s

    def shape(self, shape: Shape) -> Shape:
        return self.resolve(shape[0]), self.resolve(shape[1])

    def unify(self, a: Size, b: Size) -> bool:
        """Make two sizes equal; False where they cannot be."""
        if a is b:
            return True
        a, b = self.resolve(a), self.resolve(b)
        if a is b:
            return True
        name, other = (a.name, b) if _unknown(a.name) else (b.name, a)
        if _unknown(name):
            return self._bind(str(name), other)
        return self._solve(a - b)

    def _bind(self, name: str, value: Size) -> bool:
        number = value.number
        if name in value.names or value is ONE or (number is not None and number < 1):
            return False
        self.found[name] = value
        return True

    def _solve(self, zero: Size) -> bool:
        """Solve ``zero = 0`` for an unknown that stands alone in one term."""
        for monomial, factor in zero.terms:
            if len(monomial) == 1 and abs(factor) == 1 and _unknown(monomial[0]):
                rest = zero - Size({monomial: factor})
                return self._bind(monomial[0], rest * size(-factor))
        return self._divide(zero) or self._pair(zero)

    def _divide(self, zero: Size) -> bool:
        """``a*? = a*b`` gives ``? = b``, where only one term has the unknown."""
        for monomial, factor in zero.terms:
            unknown = [n for n in monomial if _unknown(n)]
            if len(unknown) != 1 or len(zero.terms) != 2:
                continue
            ((other, count),) = (t for t in zero.terms if t[0] != monomial)
            left = list(other)
            for name in monomial:
                if name != unknown[0] and name in left:
                    left.remove(name)
            if len(left) + len(monomial) - 1 == len(other) and -count % factor == 0:
                return self._bind(unknown[0], Size({tuple(left): -count // factor}))
        return False

    def _pair(self, zero: Size) -> bool:
        """``?1*?3 = ?2*?4``, a square Kronecker product: read as ``?1 = ?2`` and ``?3 = ?4``.

        In ``(B ⊗ A)*vec(X)`` the rows of X go with A.
        """
        if len(zero.terms) != 2 or zero.terms[0][1] != -zero.terms[1][1]:
            return False
        a, b = (self._in_order(m) for m, _ in zero.terms)
        for name in list(a):
            if name in b:
                a.remove(name)
                b.remove(name)
        if len(a) != len(b) or len(a) < 2 or not all(map(_unknown, a + b)):
            return False
        return all(self.unify(size(x), size(y)) for x, y in zip(a, b, strict=True))

    def _in_order(self, monomial: tuple[str, ...]) -> list[str]:
        """The oldest first; of a stacked matrix the columns."""
        for shape in self.stacked:
            rows, cols = (str(self.resolve(s).name) for s in shape)
            if sorted(monomial) == sorted((rows, cols)):
                return [cols, rows]
        return sorted(monomial, key=_age)

    def same(self, a: Shape, b: Shape) -> bool:
        return self.unify(a[0], b[0]) and self.unify(a[1], b[1])


def _unknown(name: str | None) -> bool:
    return name is not None and name[0] == "?"


def _age(name: str) -> int:
    return int(name[1:]) if name[0] == "?" else 0


def is_scalar(shape: Shape) -> bool:
    return shape[0] is ONE and shape[1] is ONE
