"""Where a function is defined and where it is differentiable, collected from what the person wrote.

Conditions are read from the raw expression, before anything is simplified away; each is dropped only where the
facts of its expression already say it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from closedform.expr.node import Node
from closedform.expr.op import Condition, no_conditions
from closedform.expr.walk import postorder
from closedform.functions.algebra import HAD, MPOW, MUL, NUM, POW, SCALE, TR
from closedform.functions.known_facts import facts_of
from closedform.functions.matrix import det
from closedform.rewrite.normal.engine import content, nmul, ntranspose
from closedform.rewrite.normal.normal import normal
from closedform.rewrite.normal.split import transposes
from closedform.rewrite.simplify import simplify

NORMS = frozenset({"norm2", "normF"})
SAID = {"positive": "pos", "nonneg": "nonneg", "nonzero": "nonzero", "invertible": "inv", "pd": "pd"}


@dataclass(frozen=True)
class Conditions:
    """What must hold for the value to exist, and what besides for the derivative to exist."""

    defined: tuple[Condition, ...]
    differentiable: tuple[Condition, ...]


def conditions_of(raw: Node, variables: tuple[Node, ...], order: int = 1) -> Conditions:
    """The conditions of a raw expression and of its derivative of ``order`` by ``variables``."""
    moving: set[Node] = set(variables)
    raised = _raised_norms(raw)
    defined: dict[Condition, None] = {}
    smooth: dict[Condition, None] = {}
    for node in postorder(raw):
        if any(a in moving for a in node.args):
            moving.add(node)
        defined.update(dict.fromkeys(_reduced(_domain(node))))
        if node in moving:
            smooth.update(dict.fromkeys(_reduced(_smooth(node, raised, order))))
    both = {**defined, **smooth}
    kept = [c for c in both if not _implied(c, both)]
    return Conditions(tuple(c for c in kept if c in defined), tuple(c for c in kept if c not in defined))


def _implied(c: Condition, defined: dict[Condition, None]) -> bool:
    stronger = {"nonneg": ("positive",), "nonzero": ("positive",), "notzero": ("positive",)}
    return any(Condition(kind, c.expr) in defined for kind in stronger.get(c.kind, ()))


def implies(known: tuple[Condition, ...], c: Condition) -> bool:
    """Whether a condition is among the known ones, or follows from one: a positive determinant is not zero."""
    if c in known:
        return True
    value = simplify(normal(det(c.expr))) if c.kind == "invertible" and c.expr.is_square else c.expr
    return any(k.kind in ("positive", "nonzero") and k.expr is value for k in known)


def _raised_norms(raw: Node) -> dict[Node, Fraction]:
    """Norms that stand only under powers, with the smallest exponent."""
    out: dict[Node, Fraction] = {}
    for node in postorder(raw):
        for k, a in enumerate(node.args):
            if a.op.name in NORMS:
                e = node.args[1] if node.op is POW and k == 0 else None
                value = e.params[0] if e is not None and e.op is NUM else Fraction(1)
                out[a] = min(out.get(a, value), value)
    return out


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
    silent = op.domain is no_conditions and op.smooth is no_conditions
    if op.means is not None and silent and op.name not in NORMS:
        yield from (n for n in postorder(op.means(*node.args), stop=lambda n: n in node.args) if n not in node.args)


def _power_domain(base: Node, e: Node) -> Iterator[Condition]:
    if e.op is not NUM:
        yield Condition("positive", base)
    elif e.params[0].denominator != 1:
        yield Condition("nonneg" if e.params[0] > 0 else "positive", base)
    elif e.params[0] < 0:
        yield Condition("nonzero", base)


def _smooth(node: Node, raised: dict[Node, Fraction], order: int) -> Iterator[Condition]:
    if node.op.name in NORMS:
        e = raised.get(node, Fraction(1))
        if not _smooth_power(e, order):
            yield Condition("notzero", node.args[0])
    elif node.op is POW:
        base, e_node = node.args
        if e_node.op is NUM and e_node.params[0].denominator != 1 and e_node.params[0] <= order:
            yield Condition("positive", base)
    elif node.args:
        yield from node.op.smooth(*node.args)
        for inner in _meaning(node):
            yield from _smooth(inner, raised, order)


def _smooth_power(e: Fraction, order: int) -> bool:
    """Whether |x|^e has ``order`` derivatives at 0."""
    return (e.denominator == 1 and e > 0 and e.numerator % 2 == 0) or e > order


def _reduced(found: Iterator[Condition]) -> Iterator[Condition]:
    """Conditions on simplified expressions; numbers and known factors dropped, products and norms taken apart."""
    todo = list(found)
    while todo:
        c = todo.pop(0)
        expr = normal(c.expr)
        facts = facts_of(expr)
        if SAID.get(c.kind, "") in facts or (expr.op is NUM and _number_fits(c.kind, expr.params[0])):
            continue
        kind = "nonzero" if c.kind == "positive" and "nonneg" in facts else c.kind
        parts = _taken_apart(kind, expr)
        if parts is not None:
            todo = [*parts, *todo]
        else:
            yield Condition(kind, _with_positive_lead(kind, simplify(_upright(kind, expr))))


def _number_fits(kind: str, value: Fraction) -> bool:
    return {"positive": value > 0, "nonneg": value >= 0, "nonzero": value != 0, "notzero": value != 0}.get(kind, False)


def _upright(kind: str, expr: Node) -> Node:
    """Of a matrix and its transpose, which are invertible together, the one with fewer transposes."""
    if kind != "invertible":
        return expr
    return min((expr, content(ntranspose(expr))[1]), key=lambda a: (transposes(a), a.key))


def _with_positive_lead(kind: str, expr: Node) -> Node:
    return content(expr)[1] if kind in ("nonzero", "notzero", "invertible") else expr


def _taken_apart(kind: str, expr: Node) -> list[Condition] | None:
    if kind == "positive" or kind == "nonneg":
        c, core = content(expr)
        return [Condition(kind, core)] if c > 0 and core is not expr else None
    if kind in ("nonzero", "notzero"):
        _, core = content(expr)
        if core is not expr and core.op is not expr.op:
            return [Condition(kind, core)]
        if expr.op is HAD or (expr.op is SCALE and kind == "notzero"):
            return [Condition("nonzero" if f.is_scalar else kind, f) for f in expr.args]
        if expr.op is POW:
            return [Condition(kind, expr.args[0])]
        half = _square_root(expr)
        if half is not None:
            return [Condition("notzero", half)]
    if kind == "invertible" and expr.op is MUL and all(f.is_square for f in expr.args):
        return [Condition(kind, f) for f in expr.args]
    if kind == "invertible" and expr.op is MPOW:
        return [Condition(kind, expr.args[0])]
    return None


def _square_root(expr: Node) -> Node | None:
    """R where ``expr`` is the squared norm of R, else None."""
    factors = expr.args if expr.op is MUL and expr.is_scalar else ()
    if expr.op is TR and expr.args[0].op is MUL:
        factors = expr.args[0].args
    half = len(factors) // 2
    if not factors or len(factors) % 2:
        return None
    if all(ntranspose(factors[k]) is factors[-1 - k] for k in range(half)):
        right = factors[half:]
        return right[0] if len(right) == 1 else nmul(*right)
    return None
