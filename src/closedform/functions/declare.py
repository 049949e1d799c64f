"""Declaring a function: one call says all that is known of it, and is refused at import where it cannot be right."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any

from closedform.errors import ShapeError
from closedform.expr.facts import Facts
from closedform.expr.node import Node, make
from closedform.expr.op import (
    Conditions,
    Op,
    Rule,
    Shape,
    ShapeRule,
    no_conditions,
    no_facts,
    registered,
)
from closedform.expr.signature import Signature, parse_signature


class BadDeclaration(Exception):
    """A function was declared incompletely or against itself. A fault of the library, raised at import."""


def declare(
    name: str,
    *,
    text: str | None = None,
    doc: str = "",
    aliases: tuple[str, ...] = (),
    sig: str | None = None,
    shape: ShapeRule | None = None,
    d: Rule | None = None,
    adjoint: Rule | Mapping[int, Rule] | None = None,
    means: Rule | None = None,
    matrix: Mapping[int, Rule] | None = None,
    elementwise: bool = False,
    facts: Callable[[Node], Facts] = no_facts,
    domain: Conditions = no_conditions,
    smooth: Conditions = no_conditions,
    twice: Conditions = no_conditions,
    sample: tuple[str, ...] = (),
    outside: tuple[str, ...] = (),
    numeric: Callable[..., Any] | None = None,
    known: tuple[tuple[Any, ...], Any] | None = None,
    latex: str = "",
    structural: bool = False,
    piecewise_constant: bool = False,
) -> Op:
    """Register an operation and return it. See ``docs/adding-a-function.md``.

    ``sig`` gives the shapes (``"(n,n) -> 1"``), ``d(*args, *dargs)`` the differential (raw nodes), ``adjoint`` the
    transpose of a linear function (a rule ``(G, *args)``, or one per linear argument), ``matrix`` the matrix that a
    linear function of a column multiplies by, ``means(*args)`` writes it
    with others, ``numeric(xp, *arrays)`` is its value on 2-d arrays, ``known`` one value from outside.
    """
    signature = parse_signature(sig) if sig else None
    rules = dict(adjoint) if isinstance(adjoint, Mapping) else ({0: adjoint} if adjoint else {})
    op = Op(
        name=name, text=text or name, doc=doc, aliases=aliases, signature=signature,
        shape=shape or _shape_of(name, text or name, signature), d=d, adjoint=rules, means=means,
        matrix=dict(matrix or {}), elementwise=elementwise, facts=facts, domain=domain, smooth=smooth, twice=twice,
        sample=sample, outside=outside,
        numeric=numeric, known=known, latex=latex, structural=structural, piecewise_constant=piecewise_constant,
    )  # fmt: skip
    _check(op)
    registered()[name] = op
    return op


def call(op: Op, *args: Node, params: tuple[Any, ...] = ()) -> Node:
    """The raw node of ``op`` on ``args``."""
    return make(op, args, params)


def _check(op: Op) -> None:
    if op.name in registered():
        raise BadDeclaration(f"{op.name} is declared twice")
    if op.structural:
        return
    if not op.doc:
        raise BadDeclaration(f"{op.name} has no doc")
    ways = sum(map(bool, (op.d or op.adjoint, op.means, op.piecewise_constant)))
    if ways != 1:
        raise BadDeclaration(f"{op.name} needs exactly one of d/adjoint, means, piecewise_constant")
    if op.numeric is None and op.means is None:
        raise BadDeclaration(f"{op.name} has no numeric value")
    if op.known is None:
        raise BadDeclaration(f"{op.name} has no known value from outside")
    if op.signature is not None:
        _check_arity(op, len(op.signature.args))


def _check_arity(op: Op, arity: int) -> None:
    wants = [("d", op.d, 2 * arity), ("means", op.means, arity)]
    wants += [(f"adjoint[{k}]", rule, arity + 1) for k, rule in op.adjoint.items()]
    for label, rule, count in wants:
        if rule is None:
            continue
        parameters = inspect.signature(rule).parameters.values()
        if not any(p.kind is p.VAR_POSITIONAL for p in parameters) and len(parameters) != count:
            raise BadDeclaration(f"{op.name}: {label} takes {len(parameters)} arguments, not {count}")


def _shape_of(name: str, text: str, signature: Signature | None) -> ShapeRule:
    if signature is None:
        raise BadDeclaration(f"{name} has neither sig nor shape")

    def rule(args: tuple[Node, ...], _: tuple[Any, ...]) -> Shape:
        found = signature.apply(tuple(a.shape for a in args))
        if found is None:
            raise ShapeError(misfit(text, signature, args))
        return found

    return rule


def misfit(text: str, signature: Signature, args: tuple[Node, ...]) -> str:
    """What to tell a person whose arguments do not have the shapes a function takes."""
    want = ", ".join(shape_words(p) for p in signature.args)
    have = ", ".join(shape_words(a.shape) for a in args)
    return f"{text} takes {want}; it was given {have}"


def shape_words(shape: Shape) -> str:
    """A shape for people: ``a scalar``, ``a vector of n``, ``m×n``."""
    rows, cols = shape
    if rows.number == 1 and cols.number == 1:
        return "a scalar"
    if cols.number == 1:
        return f"a vector ({rows}×1)"
    return f"{_paren(rows.text)}×{_paren(cols.text)}"


def _paren(text: str) -> str:
    return f"({text})" if " " in text else text
