"""Which declared facts a step uses: those without which the two lines would not be equal."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from closedform.calculus.derivation.laws import Law
from closedform.calculus.derivation.line import Line
from closedform.calculus.differential import differentials
from closedform.calculus.spaces import direction
from closedform.expr.node import Node, make
from closedform.expr.walk import postorder, rebuild
from closedform.functions.algebra import SYM, D, eye, mul, num, scale, transpose
from closedform.functions.known_facts import facts_of
from closedform.rewrite.normal.normal import normal

WEAKER = {"pd": "inv", "psd": "", "sym": "", "diag": "", "skew": "", "orth": "inv", "lower": "", "upper": "",
          "pos": "", "nonneg": ""}  # fmt: skip
RELATION = {"pos": (">", ">", ">"), "nonneg": (">=", "≥", r"\ge")}
SHAPE = {"diag": "diagonal", "lower": "lower triangular", "upper": "upper triangular"}


def declared(node: Node) -> Iterator[tuple[Node, Node, Law]]:
    """Each symbol of which something is declared that a step may use, the symbol without that, and what it says."""
    for symbol in postorder(node):
        if symbol.op is SYM and symbol.params[1]:
            law, plain = said_of(symbol), _weakened(symbol)
            if law is not None and plain is not symbol:
                yield symbol, plain, law


def weakened(line: Line, symbol: Node, plain: Node) -> Line:
    """The line with ``plain`` in place of ``symbol``, and a differential as free as that."""
    put = {symbol: plain}
    if line.direction is not None and line.variable is symbol:
        put[line.direction] = direction(plain, str(line.direction.params[0]))

    def again(node: Node) -> Node:
        return rebuild(node, lambda n, _: put.get(n))

    variable = again(line.variable)
    moves = None if line.direction is None else again(line.direction)
    truth = again(line.truth) if moves is None else _filled(again(line.node), {variable: moves})
    return replace(line, truth=truth, function=again(line.function), variable=variable, direction=moves)


def _filled(node: Node, directions: dict[Node, Node]) -> Node:
    """The node with the differential of u for each ``d(u)``."""

    def filled(n: Node, args: tuple[Node, ...]) -> Node | None:
        if n.op is not D:
            return None
        inside = normal(args[0])
        return differentials([inside], directions)[inside]

    return rebuild(node, filled)


def _weakened(symbol: Node) -> Node:
    facts = tuple(sorted(w for f in symbol.params[1] if (w := WEAKER.get(f, f))))
    return make(SYM, (), (symbol.params[0], facts), symbol.shape)


def said_of(symbol: Node) -> Law | None:
    """What is declared of a symbol, as an equation where it is one: ``A = A'``."""
    facts = facts_of(symbol)
    if "orth" in facts:
        return Law("", mul(transpose(symbol), symbol), eye(symbol.rows))
    for fact, word in SHAPE.items():
        if fact in facts:
            return Law("", symbol, words=word)
    if "sym" in facts:
        return Law("", symbol, transpose(symbol))
    if "skew" in facts:
        return Law("", transpose(symbol), scale(num(-1), symbol))
    return Law("", symbol, spelled=RELATION[fact]) if (fact := _sign(facts)) else None


def _sign(facts: frozenset[str]) -> str:
    return next((fact for fact in RELATION if fact in facts), "")
