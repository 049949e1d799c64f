"""Conditions that need not be said, for a reason that can be shown: they always hold, or follow from the others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from closedform.calculus.ranges import NONNEG, POSITIVE, Range, range_of
from closedform.expr.node import Node
from closedform.expr.op import Condition
from closedform.expr.walk import postorder, rebuild
from closedform.functions.algebra import (
    ADD,
    EYE,
    HAD,
    MUL,
    NUM,
    POW,
    SCALE,
    SYM,
    TRANSPOSE,
    ZERO,
    had,
    power,
    total,
    zeros,
)
from closedform.functions.known_facts import facts_of
from closedform.functions.matrix import det
from closedform.rewrite.normal.engine import content, is_zero
from closedform.rewrite.normal.normal import normal
from closedform.rewrite.simplify import simplify

NONZERO = Range(zero=False)
KNOWN = {"positive": POSITIVE, "nonzero": NONZERO, "nonneg": NONNEG}
MANY = 40
"""Of more conditions, only those said twice are left out."""
SAID = {"positive": "pos", "nonneg": "nonneg", "nonzero": "nonzero", "invertible": "inv", "full-rank": "inv",
        "pd": "pd", "no-negative-eigenvalue": "pd"}  # fmt: skip
SIMPLE = ("simple-top", "simple-bottom", "distinct", "simple-top-singular", "distinct-singular")
"""Conditions on eigenvalues and singular values, of which multiples of the identity have but one."""
Known = dict[Node, Range]


def always(c: Condition) -> bool:
    """Whether a condition holds wherever its expression has a value.

    >>> from closedform.functions.algebra import num, sym
    >>> from closedform.functions.elementwise import sigmoid
    >>> always(Condition("positive", num(1) - sigmoid(sym("s")))), always(Condition("positive", sym("s")))
    (True, False)
    """
    return SAID.get(c.kind, "") in facts_of(c.expr) or _follows(c.kind, c.expr, {})


def never(c: Condition) -> bool:
    """Whether a condition holds nowhere; of a matrix whose size is a letter, nowhere but for n = 1."""
    if c.kind in SIMPLE:
        core = content(c.expr)[1]
        core = core.args[1] if core.op is SCALE else core
        paired = c.kind.endswith("singular") and not {"orth", "skew"}.isdisjoint(facts_of(core))
        return (paired or core.op in (EYE, ZERO)) and not c.expr.is_scalar
    if c.kind not in ("positive", "nonneg", "nonzero", "notzero", "below-one"):
        return False
    found = range_of(c.expr)
    if c.kind == "positive":
        return found.turned.nonneg
    if c.kind == "nonneg":
        return found.turned.positive
    if c.kind == "below-one":
        return found.low is not None and found.low >= 1
    return found.low is not None and found.low == 0 and found.high == 0


def without_implied(conditions: Iterable[Condition]) -> list[Condition]:
    """The conditions but those that follow from the ones that are kept."""
    kept = list(dict.fromkeys(conditions))
    backwards = kept[::-1]
    weakest_first = sorted(backwards, key=lambda c: c.kind == "positive")
    for c in weakest_first if len(kept) <= MANY else ():
        rest = tuple(other for other in kept if other is not c)
        if rest and implies(rest, c):
            kept = list(rest)
    return kept


def implies(known: Iterable[Condition], c: Condition) -> bool:
    """Whether a condition is among the known ones, or follows from them: a positive determinant is not zero."""
    known = tuple(known)
    if c in known:
        return True
    if c.kind == "full-rank" and any(k.kind == "invertible" and k.expr in _squares(c.expr) for k in known):
        return True
    assumed = _assumed(known)
    if c.kind == "invertible" and c.expr.is_square:
        return _follows("nonzero", simplify(normal(det(c.expr))), assumed)
    if c.kind in ("notzero", "nonzero") and (c.expr.is_scalar or c.kind == "notzero") and _needed(c.expr, known):
        return True
    if c.kind == "notzero" and any(k.kind in ("nonzero", "positive") and k.expr is c.expr for k in known):
        return True
    return _follows(c.kind, c.expr, assumed)


POLYNOMIAL = frozenset({ADD, MUL, HAD, SCALE, TRANSPOSE, NUM, SYM})


def _needed(part: Node, known: Iterable[Condition]) -> bool:
    """Whether a polynomial in a variable that is known not to be zero vanishes where the variable does."""
    if part.op is not SYM:
        return False
    return any(
        k.kind in ("positive", "nonzero", "notzero")
        and k.expr is not part
        and all(n.op in POLYNOMIAL or _whole_power(n) for n in postorder(k.expr))
        and is_zero(normal(rebuild(k.expr, lambda n, _: zeros(part.rows, part.cols) if n is part else None)))
        for k in known
    )


def _whole_power(node: Node) -> bool:
    e = node.args[1] if node.op is POW else None
    return e is not None and e.op is NUM and e.params[0] > 0 and e.params[0].denominator == 1


def _squares(a: Node) -> tuple[Node, ...]:
    return a, simplify(normal(a @ a.T)), simplify(normal(a.T @ a))


def _assumed(known: Iterable[Condition]) -> Known:
    """What the conditions say of parts: where a product is not zero, no factor is."""
    out: Known = {}
    todo = [(k.expr, KNOWN[k.kind]) for k in known if k.kind in KNOWN]
    todo += [(simplify(normal(det(k.expr))), NONZERO) for k in known if k.kind == "invertible" and k.expr.is_square]
    while todo:
        node, own = todo.pop()
        c, core = content(node)
        if own.nonzero and core.op.name == "prod":
            todo.append((core.args[0], NONZERO))
        for form, range_ in ((node, own), (core, own.times(1 / c) if c else own)):
            out[form] = range_.and_(out[form]) if form in out else range_
        if own.nonzero and (node.op is HAD or (node.op is POW and node.args[1].op is NUM)):
            todo += [(part, NONZERO) for part in node.args if part.op is not NUM]
    return out


def _follows(kind: str, expr: Node, known: Known) -> bool:
    if kind not in ("positive", "nonneg", "nonzero", "notzero", "below-one"):
        return False
    return any(_shows(kind, form, known) for form in _forms(kind, expr))


def _shows(kind: str, expr: Node, known: Known) -> bool:
    found = range_of(expr, known)
    if kind == "below-one":
        return found.inside
    return {"positive": found.positive, "nonneg": found.nonneg}.get(kind, found.nonzero)


def _forms(kind: str, expr: Node) -> Iterator[Node]:
    """Expressions that are positive, or not zero, exactly where this one is."""
    yield expr
    if expr.op is not ADD or kind == "below-one":
        return
    cleared = _cleared(expr)
    if cleared is not None:
        yield cleared
    if kind != "nonneg" and len(expr.args) == 2:
        yield from _squared(expr)


def _cleared(expr: Node) -> Node | None:
    """A sum times its positive denominators: s - p for 1 - p/s."""
    below = [p for term in expr.args for p in (term.args if term.op is HAD else (term,)) if _is_quotient(p)]
    if not below:
        return None
    factor = [power(p.args[0], -p.args[1].params[0]) for p in dict.fromkeys(below)]
    terms = [(c, had(term, *factor)) for c, term in zip(expr.params[0], expr.args, strict=True)]
    return simplify(normal(total(terms)))


def _is_quotient(node: Node) -> bool:
    return node.op is POW and node.args[1].op is NUM and node.args[1].params[0] < 0 and range_of(node.args[0]).positive


def _squared(expr: Node) -> Iterator[Node]:
    """v² - u² of a sum u + v with v at least 0: where it is positive, v is more than |u|; where not zero, the sum."""
    (c, d), (u, v) = expr.params[0], expr.args
    for (p, x), (q, y) in (((c, u), (d, v)), ((d, v), (c, u))):
        if q > 0 and range_of(y).nonneg:
            yield simplify(normal(total([(q * q, had(y, y)), (-p * p, had(x, x))])))
