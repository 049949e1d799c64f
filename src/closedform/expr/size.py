"""Sizes: polynomials with integer coefficients in named sizes, interned, so that equal sizes are one object."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import ClassVar

from closedform.errors import LimitError

Monomial = tuple[str, ...]
LARGEST, MAX_DEGREE, MAX_TERMS = 10**18, 64, 1000


class Size:
    """A number of rows or columns: ``n``, ``5``, ``m*n``, ``m + n``. Compare with ``is``; build with :func:`size`."""

    __slots__ = ("names", "terms", "text")
    _table: ClassVar[dict[tuple[tuple[Monomial, int], ...], Size]] = {}
    terms: tuple[tuple[Monomial, int], ...]
    names: frozenset[str]
    text: str

    def __new__(cls, terms: Mapping[Monomial, int]) -> Size:
        key = tuple(sorted((m, c) for m, c in terms.items() if c))
        found = cls._table.get(key)
        if found is not None:
            return found
        self = super().__new__(cls)
        self.terms = key
        self.names = frozenset(name for m, _ in key for name in m)
        self.text = _spell(key)
        return cls._table.setdefault(key, self)

    @property
    def number(self) -> int | None:
        """The integer this size is, or None where it has a name in it."""
        if not self.terms:
            return 0
        return self.terms[0][1] if self.terms == ((((), self.terms[0][1])),) else None

    @property
    def name(self) -> str | None:
        """The name this size is, when it is one name alone."""
        if len(self.terms) == 1 and self.terms[0][1] == 1 and len(self.terms[0][0]) == 1:
            return self.terms[0][0][0]
        return None

    def __add__(self, other: Size) -> Size:
        out = dict(self.terms)
        for m, c in other.terms:
            out[m] = out.get(m, 0) + c
        return Size(out)

    def __mul__(self, other: Size) -> Size:
        if len(self.terms) * len(other.terms) > MAX_TERMS:
            raise LimitError(f"a size has over {MAX_TERMS} terms (limit: size)")
        out: dict[Monomial, int] = {}
        for m, c in self.terms:
            for k, e in other.terms:
                key = tuple(sorted(m + k))
                out[key] = out.get(key, 0) + c * e
                if len(key) > MAX_DEGREE or abs(out[key]) > LARGEST:
                    raise LimitError(f"a size is over {LARGEST}, or of degree over {MAX_DEGREE} (limit: size)")
        return Size(out)

    def __sub__(self, other: Size) -> Size:
        return self + other * size(-1)

    def value(self, sizes: Mapping[str, int]) -> int:
        """The number this size is, given numbers for its names (KeyError where one is missing)."""
        total = 0
        for m, c in self.terms:
            for name in m:
                c *= sizes[name]
            total += c
        return total

    def put(self, sizes: Mapping[str, Size]) -> Size:
        """This size with names replaced by sizes."""
        if self.names.isdisjoint(sizes):
            return self
        if self.name is not None:
            return sizes[self.name]
        total = size(0)
        for m, c in self.terms:
            part = size(c)
            for name in m:
                part = part * sizes.get(name, Size({(name,): 1}))
            total = total + part
        return total

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return f"size({self.text})"

    def __reduce__(self) -> tuple[type[Size], tuple[dict[Monomial, int]]]:
        return Size, (dict(self.terms),)


def _spell(terms: tuple[tuple[Monomial, int], ...]) -> str:
    if not terms:
        return "0"
    parts = []
    for m, c in sorted(terms, key=lambda t: (not t[0], t[0])):
        names = "*".join(m)
        body = names if c == 1 and names else f"{abs(c)}" + (f"*{names}" if names else "")
        if c == -1 and names:
            body = names
        parts.append(("-" if c < 0 else "+", body))
    head = ("-" if parts[0][0] == "-" else "") + parts[0][1]
    return head + "".join(f" {sign} {body}" for sign, body in parts[1:])


@lru_cache(maxsize=4096)
def _atom(value: int | str) -> Size:
    return Size({(): value}) if isinstance(value, int) else Size({(value,): 1})


def size(value: int | str | Size) -> Size:
    """A size from a number or a name.

    >>> size("m") * size("n") + size(1)
    size(m*n + 1)
    >>> size(2) is size(1) + size(1)
    True
    """
    return value if isinstance(value, Size) else _atom(value)


ONE = size(1)
