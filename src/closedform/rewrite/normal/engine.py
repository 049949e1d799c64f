"""The engine of the normal form: constructors register here by operation, and call each other through it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from fractions import Fraction
from functools import wraps
from math import gcd, lcm
from typing import Any

from closedform.expr.node import Node, make
from closedform.expr.op import Op, Shape
from closedform.expr.size import ONE, Size
from closedform.functions.algebra import (
    ADD,
    DIAGM,
    DIAGV,
    EYE,
    HAD,
    MPOW,
    MUL,
    NUM,
    ONES,
    POW,
    SCALE,
    TR,
    TRANSPOSE,
    ZERO,
    num,
)
from closedform.rewrite.normal.forms import law_of_form
from closedform.rewrite.steps import recorder, report, unrecorded

Term = tuple[Fraction, Node]
Constructor = Callable[[tuple[Node, ...], tuple[Any, ...], Shape], Node]
constructors: dict[Op, Constructor] = {}
UNITY = num(1)
ONCE = Fraction(1)
"""The coefficient of a term that is there once; the same object each time, so that sums need not multiply by it."""
NOTHING = num(0)
_keeping: ContextVar[bool] = ContextVar("keeping sums", default=False)


@contextmanager
def keep_sums() -> Iterator[None]:
    """Inside the block sums over an index stay sums: none is written as a matrix expression."""
    token = _keeping.set(True)
    try:
        yield
    finally:
        _keeping.reset(token)


def keeping_sums() -> bool:
    return _keeping.get()


def memo_key() -> str:
    """Where a node keeps its normal form: there is one with sums kept and one without."""
    return "N kept" if _keeping.get() else "N"


def constructor(op: Op) -> Callable[[Constructor], Constructor]:
    """Register the function that builds the normal node of ``op`` from normal arguments; what it does is reported."""

    def register(function: Constructor) -> Constructor:
        @wraps(function)
        def reporting(args: tuple[Node, ...], params: tuple[Any, ...], shape: Shape) -> Node:
            out = function(args, params, shape)
            if recorder() is not None:
                before = make(op, args, params, shape)
                if law := law_of_form(before, out):
                    report(law, before, out, form=True)
            return out

        constructors[op] = reporting
        return reporting

    return register


def set_default(function: Callable[[Op, tuple[Node, ...], tuple[Any, ...], Shape], Node]) -> None:
    """What builds the operations that have no constructor of their own."""
    _default.append(function)


_default: list[Callable[[Op, tuple[Node, ...], tuple[Any, ...], Shape], Node]] = []


def build(op: Op, args: tuple[Node, ...], params: tuple[Any, ...], shape: Shape) -> Node:
    """The normal node of ``op`` on normal arguments."""
    own = constructors.get(op)
    return own(args, params, shape) if own is not None else _default[0](op, args, params, shape)


def plainly(op: Op, args: tuple[Node, ...], params: tuple[Any, ...], shape: Shape) -> Node:
    """The node as an operation without a constructor is built: by linearity and by laws."""
    return _default[0](op, args, params, shape)


def nsum(terms: Iterable[tuple[Fraction | int, Node]], shape: Shape) -> Node:
    """Σ cᵢ·nodeᵢ in normal form; ``shape`` for the empty sum."""
    pairs = [(c if type(c) is Fraction else Fraction(c), a) for c, a in terms]
    return constructors[ADD](tuple(a for _, a in pairs), (tuple(c for c, _ in pairs),), shape)


def times(c: Fraction | int, a: Node) -> Node:
    return a if c == 1 else nsum([(c, a)], a.shape)


def plus(*nodes: Node) -> Node:
    return nsum([(1, a) for a in nodes], nodes[0].shape)


def negative(a: Node) -> Node:
    return times(-1, a)


def nmul(*factors: Node) -> Node:
    if len(factors) == 1:
        return factors[0]
    return constructors[MUL](factors, (), (factors[0].rows, factors[-1].cols))


def nhad(*factors: Node) -> Node:
    return factors[0] if len(factors) == 1 else constructors[HAD](factors, (), factors[0].shape)


def nscale(s: Node, a: Node) -> Node:
    return constructors[SCALE]((s, a), (), a.shape)


def npow(base: Node, exponent: Node | int | Fraction) -> Node:
    e = exponent if isinstance(exponent, Node) else num(exponent)
    return constructors[POW]((base, e), (), base.shape)


def nmpow(base: Node, exponent: Node | int) -> Node:
    e = exponent if isinstance(exponent, Node) else num(exponent)
    return constructors[MPOW]((base, e), (), base.shape)


def ntranspose(a: Node) -> Node:
    return constructors[TRANSPOSE]((a,), (), (a.cols, a.rows))


def ntr(a: Node) -> Node:
    return constructors[TR]((a,), (), (ONE, ONE))


def ndiagm(v: Node) -> Node:
    return constructors[DIAGM]((v,), (), (v.rows, v.rows))


def ndiagv(a: Node) -> Node:
    return constructors[DIAGV]((a,), (), (a.rows, ONE))


def neye(n: Size) -> Node:
    return UNITY if n is ONE else make(EYE, (), (), (n, n))


def nones(n: Size) -> Node:
    return UNITY if n is ONE else make(ONES, (), (), (n, ONE))


def nzero(shape: Shape) -> Node:
    return NOTHING if shape == (ONE, ONE) else make(ZERO, (), (), shape)


def is_zero(a: Node) -> bool:
    return a.op is ZERO or a is NOTHING


def number(a: Node) -> Fraction | None:
    """The rational a node is, or None."""
    if a.op is NUM:
        value: Fraction = a.params[0]
        return value
    return None


def terms_of(a: Node) -> list[Term]:
    """The terms of a normal node: a number is that many UNITY."""
    if a.op is ADD:
        return list(zip(a.params[0], a.args, strict=True))
    if a.op is NUM:
        return [(a.params[0], UNITY)] if a.params[0] else []
    return [] if a.op is ZERO else [(ONCE, a)]


def _sign(a: Node) -> int:
    """The sign of the leading term; the same for a sum and its transpose."""
    if len(a.args) == 1:
        return -1 if a.params[0][0] < 0 else 1
    if a.is_scalar:
        return -1 if a.params[0][0] < 0 else 1
    ranked = zip(a.args, a.params[0], strict=True)
    _, c = min(((min(b.key, ntranspose(b).key), b.key), k) for b, k in ranked)
    return -1 if c < 0 else 1


def content(a: Node) -> tuple[Fraction, Node]:
    """``a`` as number times a primitive node: coefficients coprime integers, the leading one positive.

    A constant as small as 1e-3 beside other terms is no coefficient: in x'*x + 1e-5 it stays as it was typed.
    """
    if a.op is NUM:
        return a.params[0], UNITY
    if a.op is not ADD:
        return ONCE, a
    known: tuple[Fraction, Node] | None = a.memo.get("content")
    if known is None:
        c = _common(a.params[0])
        others = [k for k, b in zip(a.params[0], a.args, strict=True) if b.op not in (NUM, ONES)]
        if 0 < len(others) < len(a.args) and _is_small(sum(a.params[0]) - sum(others), rest := _common(others)):
            c = rest
        c *= _sign(a)
        known = (c, _divided(a, c)) if c != 1 else (c, a)
        a.memo["content"] = known
    return known


def _common(coefficients: Sequence[Fraction]) -> Fraction:
    return Fraction(gcd(*(c.numerator for c in coefficients)), lcm(*(c.denominator for c in coefficients)))


def _is_small(constant: Fraction, unit: Fraction) -> bool:
    """Whether a constant is a thousandth, or such a small decimal number, of the other coefficients."""
    below = (constant / unit).denominator
    return below >= 1000 and below == 10 ** (len(str(below)) - 1)


def _divided(a: Node, c: Fraction) -> Node:
    with unrecorded():
        return nsum([(k / c, b) for k, b in terms_of(a)], a.shape)
