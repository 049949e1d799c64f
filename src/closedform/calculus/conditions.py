"""Where a function is defined and where it is differentiable, collected from what the person wrote.

Conditions are read from the raw expression, before anything is simplified away; each is dropped only where it is
shown to hold always, or to follow from the others.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from closedform.calculus.implied import always, without_implied
from closedform.calculus.kink_powers import NORMS, is_smooth, kink_powers
from closedform.calculus.kink_products import rough_degrees
from closedform.calculus.ranges import range_of, square_root
from closedform.expr.node import Node
from closedform.expr.op import Condition, no_conditions
from closedform.expr.walk import postorder
from closedform.functions.algebra import HAD, MPOW, MUL, NUM, POW, SCALE, mul, num, transpose
from closedform.functions.sizes import is_whole
from closedform.rewrite.normal.engine import content, is_zero, ntranspose
from closedform.rewrite.normal.normal import normal
from closedform.rewrite.normal.split import outer_parts, transposes
from closedform.rewrite.simplify import simplify

INCREASING = ("softmax", "exp", "log", "sqrt", "sigmoid", "tanh", "softplus", "atan", "sinh")
"""Functions whose largest entry stands where that of the argument does."""
FOLDED = ("abs", "relu", "max2", "min2")
"""Functions that are their argument, its negative or 0 where that, or the difference of two, has one sign."""
OF_BOTH = ("notzero", "invertible", "full-rank", "distinct-singular", "simple-top-singular")
"""What holds of a matrix and of its multiples, its negative and its transpose together."""


@dataclass(frozen=True)
class Conditions:
    """What must hold for the value to exist, and what besides for the derivative to exist.

    ``waived``: of functions with a kink, what the powers that they stand under make needless.
    """

    defined: tuple[Condition, ...]
    differentiable: tuple[Condition, ...]
    waived: tuple[Condition, ...] = ()


def conditions_of(raw: Node, variables: tuple[Node, ...], order: int = 1) -> Conditions:
    """The conditions of a raw expression and of its derivative of ``order`` by ``variables``."""
    moving: set[Node] = set(variables)
    powers, rough = kink_powers(raw), rough_degrees(raw)
    defined: dict[Condition, None] = {}
    smooth: dict[Condition, None] = {}
    waived: dict[Condition, None] = {}
    for node in postorder(raw):
        if any(a in moving for a in node.args):
            moving.add(node)
        defined.update(dict.fromkeys(_reduced(_domain(node))))
        if node in moving:
            even = node in powers and is_smooth(node, powers[node], order)
            found = waived if even or rough.get(node, 0) > order else smooth
            found.update(dict.fromkeys(_reduced(_at_kinks(node, _smooth(node, order)))))
    kept = without_implied((*defined, *(c for c in smooth if c not in defined)))
    first = tuple(c for c in kept if c in defined)
    return Conditions(first, tuple(c for c in kept if c not in defined), tuple(waived))


def where_it_jumps(raw: Node) -> list[Condition]:
    """What keeps a raw expression from the places where it is not continuous though it has a value.

    Random points do not meet them: there a step jumps, the largest entry changes its place, a pseudo-inverse its rank.
    """
    found: dict[Condition, None] = {}
    for node in postorder(raw):
        if node.op.name == "pinv" and node.args[0].is_square:
            found.update(dict.fromkeys(_reduced(iter([Condition("invertible", node.args[0])]))))
        elif node.args and (node.op.piecewise_constant or node.op.name == "pinv"):
            found.update(dict.fromkeys(_reduced(iter(node.op.smooth(*node.args)))))
    return without_implied(found)


def _domain(node: Node) -> Iterator[Condition]:
    if node.op is POW:
        yield from _power_domain(*node.args)
    elif node.op is MPOW:
        e = node.args[1]
        if e.op is not NUM or e.params[0] < 0:
            yield Condition("invertible", node.args[0])
    elif node.args:
        yield from node.op.domain(*node.args)
        for inner in _meaning(node):
            yield from _domain(inner)


def _meaning(node: Node) -> Iterator[Node]:
    """The nodes a function is written with, where it declares no conditions of its own."""
    op = node.op
    silent = all(rule is no_conditions for rule in (op.domain, op.smooth, op.twice))
    if op.means is not None and silent and op.name not in NORMS:
        yield from (n for n in postorder(op.means(*node.args), stop=lambda n: n in node.args) if n not in node.args)


def _power_domain(base: Node, e: Node) -> Iterator[Condition]:
    if e.op is not NUM and is_whole(e):
        if not range_of(e).nonneg:
            yield Condition("nonzero", base)
    elif e.op is not NUM:
        yield Condition("positive", base)
    elif e.params[0].denominator != 1:
        yield Condition("nonneg" if e.params[0] > 0 else "positive", base)
    elif e.params[0] < 0:
        yield Condition("nonzero", base)


def _smooth(node: Node, order: int) -> Iterator[Condition]:
    if node.op.name in NORMS:
        yield Condition("notzero", node.args[0])
    elif node.op is POW:
        base, e_node = node.args
        if e_node.op is NUM and e_node.params[0].denominator != 1 and e_node.params[0] <= order:
            yield Condition("positive", base)
    elif node.args:
        yield from node.op.smooth(*node.args)
        yield from node.op.twice(*node.args) if order > 1 else ()
        for inner in _meaning(node):
            yield from _smooth(inner, order)


def _at_kinks(node: Node, found: Iterator[Condition]) -> Iterator[Condition]:
    """But for what stays at its kink or never passes it: ``max(u, u)`` is u, and ``abs(x'*x)`` is x'*x everywhere."""
    for c in found:
        expr = normal(c.expr)
        passed = c.kind not in ("nonzero", "notzero") or not is_zero(expr)
        if passed and not (node.op.name in FOLDED and c.kind == "nonzero" and _one_sided(expr)):
            yield c


def _one_sided(expr: Node) -> bool:
    """Whether no entry changes its sign."""
    return range_of(expr).nonneg or range_of(normal(-expr)).nonneg


def _reduced(found: Iterator[Condition]) -> Iterator[Condition]:
    """Conditions on simplified expressions; those that always hold dropped, products and norms taken apart."""
    todo = list(found)
    while todo:
        c = todo.pop(0)
        expr = normal(c.expr)
        if always(Condition(c.kind, expr)):
            continue
        if is_zero(expr):
            yield Condition(c.kind, expr)
            continue
        kind = "nonzero" if c.kind == "positive" and range_of(expr).nonneg else c.kind
        parts = _taken_apart(kind, expr)
        if parts is not None:
            todo = [*parts, *todo]
        else:
            yield Condition(kind, _with_positive_lead(kind, simplify(_upright(kind, expr))))


def _upright(kind: str, expr: Node) -> Node:
    """Of a matrix and its transpose, of which the same holds, the one with fewer transposes."""
    if expr.is_scalar:
        return expr
    turned = content(ntranspose(expr))[1] if kind in OF_BOTH else ntranspose(expr)
    return min((expr, turned), key=lambda a: (not a.is_column, transposes(a), a.key))


def _with_positive_lead(kind: str, expr: Node) -> Node:
    return content(expr)[1] if kind in ("nonzero", *OF_BOTH) else expr


def _taken_apart(kind: str, expr: Node) -> list[Condition] | None:
    if kind == "no-negative-eigenvalue" and expr.op is MPOW and expr.args[1].op is NUM and expr.args[1].params[0] == -1:
        return [Condition(kind, expr.args[0])]
    if kind == "positive" and expr.op.name == "abs":
        return [Condition("nonzero", expr.args[0])]
    if kind in ("nonzero", "notzero", "positive") and (parts := _outer(expr)) is not None:
        both = [Condition(kind, part) for part in parts]
        if kind != "positive" or any(map(always, both)):
            return both
    if kind in ("unique-max", "unique-min"):
        c, core = content(expr)
        other = "unique-min" if kind == "unique-max" else "unique-max"
        if core.op.name in INCREASING:
            return [Condition(kind if c > 0 else other, core.args[0])]
        return [Condition(kind if c > 0 else other, core)] if core is not expr else None
    if kind == "positive" or kind == "nonneg":
        c, core = content(expr)
        return [Condition(kind, core)] if c > 0 and core is not expr else None
    if kind in ("nonzero", "notzero"):
        _, core = content(expr)
        if core.op.name in ("sign", "step"):
            return [Condition("positive" if core.op.name == "step" and kind == "nonzero" else kind, core.args[0])]
        if core is not expr and core.op is not expr.op:
            return [Condition(kind, core)]
        if (expr.op is HAD and (expr.is_scalar or kind == "nonzero")) or (expr.op is SCALE and kind == "notzero"):
            return [Condition("nonzero" if f.is_scalar else kind, f) for f in expr.args]
        if expr.op is POW or expr.op.name == "abs":
            return [Condition(kind, expr.args[0])]
        half = square_root(_squares_of(expr))
        if half is not None:
            return [Condition("notzero", half)]
    if kind == "full-rank" and expr.op is MUL and len(expr.args) == 2 and ntranspose(expr.args[0]) is expr.args[1]:
        return [Condition(kind, expr.args[0])]
    if kind == "invertible" and expr.op is MUL and all(f.is_square for f in expr.args):
        return [Condition(kind, f) for f in expr.args]
    if kind == "invertible" and expr.op is MPOW:
        return [Condition(kind, expr.args[0])]
    return None


def _outer(expr: Node) -> tuple[Node, Node] | None:
    """u and v of an outer product u*v'."""
    parts = outer_parts(expr) if expr.op is MUL else None
    return (parts[0], ntranspose(parts[1])) if parts is not None else None


def _squares_of(expr: Node) -> Node:
    """v'*v where the expression is the sum or mean of the squares of v; otherwise itself."""
    inner = expr.args[0] if expr.op.name in ("sum", "mean") else expr
    if inner.op is POW and inner.is_column and inner.args[1] is num(2):
        return normal(mul(transpose(inner.args[0]), inner.args[0]))
    return expr
