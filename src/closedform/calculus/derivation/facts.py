"""Which declared facts a derivation uses: it is made once more without each, and the first line that differs tells."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from closedform.calculus.derivation.laws import Law
from closedform.calculus.derivation.line import Line
from closedform.errors import ClosedformError
from closedform.expr.node import Node, make
from closedform.expr.walk import postorder, rebuild
from closedform.functions.algebra import SYM, eye, mul, num, scale, transpose
from closedform.functions.known_facts import facts_of
from closedform.rewrite.display.build import structure
from closedform.rewrite.show import same

Derive = Callable[[Callable[[Node], Node]], list[Line]]
"""Makes the lines again with every node of the question put through a function."""
WEAKER = {"pd": "inv", "psd": "", "sym": "", "diag": "", "skew": "", "orth": "inv"}


def with_facts_used(lines: list[Line], symbols: list[Node], derive: Derive) -> list[Line]:
    """The lines with a remark at the first that needs what was declared of a symbol."""
    out = list(lines)
    for symbol in symbols:
        law = _equation(symbol)
        plain = _weakened(symbol)
        if law is None or plain is symbol:
            continue
        try:
            others = derive(lambda node, a=symbol, b=plain: rebuild(node, lambda n, _: b if n is a else None))  # type: ignore[misc]
        except ClosedformError:
            continue
        at = _first_difference(lines, others)
        if at is not None:
            out[at] = replace(out[at], notes=(*out[at].notes, law))
    return out


def declared(node: Node) -> list[Node]:
    """The symbols of a node of which something is declared."""
    return [n for n in postorder(node) if n.op is SYM and n.params[1]]


def _weakened(symbol: Node) -> Node:
    facts = tuple(sorted(w for f in symbol.params[1] if (w := WEAKER.get(f, f))))
    return make(SYM, (), (symbol.params[0], facts), symbol.shape)


def _equation(symbol: Node) -> Law | None:
    facts = facts_of(symbol)
    if "orth" in facts:
        return Law("", mul(transpose(symbol), symbol), eye(symbol.rows))
    if "sym" in facts:
        return Law("", symbol, transpose(symbol))
    return Law("", transpose(symbol), scale(num(-1), symbol)) if "skew" in facts else None


def _first_difference(lines: list[Line], others: list[Line]) -> int | None:
    for k, (line, other) in enumerate(zip(lines, others, strict=False)):
        if k and not same(structure(line.node), structure(other.node)):
            return k
    return len(others) - 1 if len(others) < len(lines) else None
