"""Reading a function without values: shapes from declarations, else from what the names usually are."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Sequence
from itertools import product
from typing import Any

from closedform.errors import ClosedformError, ShapeError
from closedform.read.habits import Uses, kinds_of
from closedform.tracing.closure import style_of
from closedform.tracing.inputs import Call, Leaf, declared, signature_of
from closedform.tracing.names import chosen
from closedform.tracing.pytrees import LEAF
from closedform.tracing.reading import Read, read_call

RANKS = {"S": 0, "V": 1, "M": 2, "Z": 0, "F": 2}
MOST = 200
"""Combinations of kinds that are tried."""


def read_without_values(
    fn: Callable[..., Any], where: str | None, moving: frozenset[int], scalar: bool, source: str, *, kept: bool = False
) -> tuple[Read, Call]:
    """The nearest to habit of the readings that fit; ``scalar``: of those with one number as value.

    ``kept``: the names of the arguments are those of the formula, also ``dx`` beside ``x``.
    """
    names = _parameters(fn, moving)
    moved = [n for n, default in names if default is inspect.Parameter.empty]
    spelled = dict(zip(moved, moved if kept else chosen(moved), strict=True))
    said = declared(where, spelled)
    first: ClosedformError | None = None
    other: Exception | None = None
    for kinds in _tries(names, spelled, said.shapes):
        call = _call(fn, names, spelled, kinds)
        try:
            found = read_call(fn, call, source, where, style_of(fn))
            if scalar and not found.formula._raw.is_scalar:
                raise ShapeError(f"{source} gives an array of shape ({', '.join(map(str, found.dims))}), not a number")
            return found, call
        except ClosedformError as error:
            first = first or error
        except (TypeError, ValueError, IndexError) as error:  # the library's own, for a number of axes that is none
            other = error
    first = first or ShapeError(f"{source} could not be read without arrays: {other}")
    shown = ", ".join(f"{n} in R^n" for n in [x for x, _ in names][:1]) or "x in R^n"
    first.hint = first.hint or f'Give arrays by calling it, or declare the shapes: where="{shown}".'
    raise first


def _parameters(fn: Callable[..., Any], moving: frozenset[int]) -> list[tuple[str, Any]]:
    """The parameters with their defaults; those that are static by their default stay so."""
    signature = signature_of(fn)
    if signature is None:
        return [("x", inspect.Parameter.empty)]
    out = []
    for k, p in enumerate(signature.parameters.values()):
        if p.kind in (p.VAR_POSITIONAL, p.VAR_KEYWORD):
            if any(m >= k or m < 0 for m in moving):
                raise ClosedformError(f"{p} has no shape that is known", hint="Call the result with arrays.")
            continue
        static = p.default is not p.empty and not isinstance(p.default, float)
        out.append((p.name, p.default if static else p.empty))
    return out


def _tries(
    names: Sequence[tuple[str, Any]], spelled: dict[str, str], shapes: dict[str, Any]
) -> Iterator[tuple[int | None, ...]]:
    """Numbers of axes, nearest to habit first; None for what is declared or static."""
    options: list[list[tuple[int | None, float]]] = []
    for name, _ in names:
        if name not in spelled or spelled[name] in shapes:
            options.append([(None, 0.0)])
            continue
        habit = kinds_of(spelled[name], Uses(), False, "text")
        found = dict[int | None, float]()
        for kind, cost in (*habit, ("V", 2.5), ("S", 2.5), ("M", 3.0)):
            found.setdefault(RANKS[kind], cost)
        options.append(list(found.items()))
    every = sorted(product(*options), key=lambda some: sum(cost for _, cost in some))
    for some in every[:MOST]:
        yield tuple(rank for rank, _ in some)


def _call(
    fn: Callable[..., Any], names: Sequence[tuple[str, Any]], spelled: dict[str, str], ranks: Sequence[int | None]
) -> Call:
    leaves = []
    for k, ((name, default), rank) in enumerate(zip(names, ranks, strict=True)):
        own = spelled.get(name)
        leaves.append(Leaf(k, (name,), rank, "symbol", own) if own else Leaf(k, (name,), default, "static"))
    signature = signature_of(fn)
    bound = None
    if signature is not None:
        positional = [n for n, _ in names if signature.parameters[n].kind is not inspect.Parameter.KEYWORD_ONLY]
        named = {n: None for n, _ in names if n not in positional}
        bound = signature.bind(*[None] * len(positional), **named)
    slots = tuple((n, None) for n, _ in names)
    return Call(tuple(n for n, _ in names), (LEAF,) * len(names), tuple(leaves), bound, slots=slots)

