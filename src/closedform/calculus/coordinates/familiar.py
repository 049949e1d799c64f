"""Familiar functions in index expressions: logarithms of exponentials taken apart, sigmoids recognised."""

from __future__ import annotations

from closedform.calculus.coordinates.tree import (
    MINUS,
    UNIT,
    Function,
    Index,
    Number,
    Plus,
    Power,
    Product,
    Sum,
    factors_of,
    parts,
    plus,
    power,
    product,
    rebuilt,
)
from closedform.functions.elementwise import exp, log, sigmoid


def logarithms_apart(e: Index) -> Index:
    """log of a product of exponentials and sums of them as a sum of logarithms; of nothing else, for signs."""
    if not parts(e):
        return e
    e = rebuilt(e, tuple(logarithms_apart(p) for p in parts(e)))
    if not isinstance(e, Function) or e.op is not log.op:
        return e
    found = [_logarithm(f) for f in factors_of(e.args[0])]
    known = [f for f in found if f is not None]
    return plus(*known) if len(known) == len(found) else e


def _logarithm(e: Index) -> Index | None:
    """The logarithm of an exponential or of a power of a sum of them; None of anything else."""
    if isinstance(e, Function) and e.op is exp.op:
        return e.args[0]
    if isinstance(e, Power) and isinstance(e.exponent, Number) and _exponentials(e.base):
        return product(e.exponent, Function(log.op, (e.base,)))
    return None


def _exponentials(e: Index) -> bool:
    if isinstance(e, Sum):
        return _exponentials(e.body)
    if isinstance(e, Plus):
        return all(map(_exponentials, e.terms))
    return isinstance(e, Function) and e.op is exp.op


def with_sigmoids(e: Index) -> Index:
    """exp(u)/(1 + exp(u)) as sigmoid(u)."""
    if not parts(e):
        return e
    e = rebuilt(e, tuple(with_sigmoids(p) for p in parts(e)))
    if not isinstance(e, Product):
        return e
    for f in e.factors:
        if isinstance(f, Function) and f.op is exp.op:
            below = power(plus(UNIT, f), MINUS)
            if below in e.factors:
                rest = [g for g in e.factors if g not in (f, below)]
                return product(*rest, Function(sigmoid.op, f.args))
    return e
