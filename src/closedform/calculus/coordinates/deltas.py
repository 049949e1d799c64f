"""Kronecker deltas resolved: ``sum(i, a[i]*δ_ik)`` is ``a[k]``."""

from __future__ import annotations

from closedform.calculus.coordinates.tree import (
    Delta,
    Index,
    Number,
    Plus,
    Product,
    Sum,
    factors_of,
    parts,
    plus,
    product,
    put,
    rebuilt,
    split,
    summation,
    terms_of,
)
from closedform.errors import MissingRule
from closedform.expr.size import ONE

MAX_TERMS = 60


def has_delta(e: Index) -> bool:
    """Whether a delta stands as a factor somewhere (not inside a power or function)."""
    if isinstance(e, Delta):
        return True
    return isinstance(e, Product | Plus | Sum) and any(has_delta(p) for p in parts(e))


def resolved(e: Index) -> Index:
    """The expression with each sum over an index that stands in a delta carried out."""
    if not isinstance(e, Product | Plus | Sum) or not has_delta(e):
        return e
    if isinstance(e, Sum):
        return _summed(e, resolved(e.body))
    return rebuilt(e, tuple(resolved(p) for p in parts(e)))


def _summed(e: Sum, body: Index) -> Index:
    """Σ of a body whose own sums are carried out; deltas that do not hold the index go outside."""
    outside = [f for f in factors_of(body) if isinstance(f, Delta) and e.index not in (f.i, f.j)]
    inside = product(*(f for f in factors_of(body) if f not in outside))
    found = summation(e.index, e.low, e.high, inside)
    return product(*outside, *(_carried_out(f) if isinstance(f, Sum) else f for f in factors_of(found)))


def _carried_out(e: Sum) -> Index:
    factors = factors_of(e.body)
    found = next((f for f in factors if isinstance(f, Delta) and e.index in (f.i, f.j)), None)
    if found is not None:
        if e.low is not ONE or e.high is not found.count:
            raise MissingRule(
                "by coordinates, a sum over part of the entries of the variable is not resolved; "
                "ask for the derivation by differentials"
            )
        rest = product(*(f for f in factors if f is not found))
        return put(rest, e.index, found.j if found.i is e.index else found.i)
    if any(isinstance(f, Plus) and has_delta(f) for f in factors):
        return plus(*(_summed(e, t) for t in expanded(e.body)))
    return e


def expanded(e: Index) -> list[Index]:
    """The terms of a product of which the brackets that hold deltas are multiplied out."""
    value, core = split(e)
    out: list[Index] = [Number(value)]
    for f in factors_of(core):
        inside = terms_of(f) if isinstance(f, Plus) and has_delta(f) else (f,)
        out = [product(a, b) for a in out for b in inside]
        if len(out) > MAX_TERMS:
            raise MissingRule("by coordinates the derivative has too many terms for a page")
    return [u for t in out for u in terms_of(t)]
