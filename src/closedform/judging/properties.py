"""The property of matrices that a step would need: that one is symmetric, that two commute."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from closedform.errors import ClosedformError
from closedform.expr.node import Node
from closedform.expr.walk import postorder, rebuild
from closedform.functions.algebra import SYM, sym
from closedform.judging.book import Moving, same

PROPERTIES = {
    "sym": "symmetric", "skew": "skew-symmetric", "orth": "orthogonal", "diag": "diagonal", "pd": "positive definite",
    "inv": "invertible",
}  # fmt: skip
MAX_MATRICES = 5
Facts = list[tuple[Node, str]]


def under(truth: Node, node: Node, moving: Moving) -> str:
    """A property under which two expressions are equal, in words; "" where none was found."""
    found = {str(n.params[0]): n for n in postorder([truth, node]) if n.op is SYM}
    symbols = dict(sorted(found.items()))
    own = [s for name, s in symbols.items() if f"d{name}" not in symbols and name[0] != "d"]
    matrices = [s for s in own if s.is_square and not s.is_scalar][:MAX_MATRICES]
    fixed = [s for s in matrices if s.params[0] not in moving]
    scalars = [s for s in own if s.is_scalar and s.params[0] not in moving]
    others = _of_one([s for s in matrices if s not in fixed])
    for words, facts in (*_of_matrices(matrices, fixed), *others, *_positive(scalars)):
        if all(_is_news(s, fact) for s, fact in facts) and _holds(truth, node, facts):
            return words
    return ""


def _is_news(s: Node, fact: str) -> bool:
    """Whether a fact is not known of a matrix, and leaves something of it but zero."""
    known = set(s.params[1])
    return fact not in known and not (fact == "skew" and known & {"sym", "psd", "pd", "diag"})


def agree_under(truth: Node, node: Node, said: tuple[tuple[str, str], ...]) -> bool:
    """Whether two expressions are equal where the facts that are said of names hold."""
    symbols = {str(n.params[0]): n for n in postorder([truth, node]) if n.op is SYM and n.is_square}
    found = [(symbols[name], fact) for name, fact in said if name in symbols]
    return bool(found) and _holds(truth, node, found)


def _of_matrices(matrices: list[Node], fixed: list[Node]) -> Iterator[tuple[str, Facts]]:
    yield from _of_one(fixed)
    for a, b in combinations(matrices, 2):
        if a.shape != b.shape:
            continue
        commute = [(a, f"commutes:{b.params[0]}"), (b, f"commutes:{a.params[0]}")]
        yield f"{a.params[0]} and {b.params[0]} commute", commute
        if a in fixed and b in fixed:
            both = f"{a.params[0]} and {b.params[0]} are symmetric"
            yield both, [(a, "sym"), (b, "sym")]
            yield f"{both} and commute", [(a, "sym"), (b, "sym"), *commute]
    if len(fixed) > 2:
        names = [s.params[0] for s in fixed]
        yield f"{', '.join(names[:-1])} and {names[-1]} are symmetric", [(s, "sym") for s in fixed]


def _of_one(matrices: list[Node]) -> Iterator[tuple[str, Facts]]:
    for fact, word in PROPERTIES.items():
        yield from ((f"{s.params[0]} is {word}", [(s, fact)]) for s in matrices)


def _positive(scalars: list[Node]) -> Iterator[tuple[str, Facts]]:
    yield from ((f"{s.params[0]} > 0", [(s, "pos")]) for s in scalars)


def _holds(truth: Node, node: Node, facts: Facts) -> bool:
    there = dict[Node, Node]()
    for s, fact in facts:
        known = there.get(s, s)
        there[s] = sym(s.params[0], s.rows, s.cols, (*known.params[1], fact))
    try:
        one, two = (rebuild(e, lambda n, _: there.get(n)) for e in (truth, node))
        return same(one, two)
    except ClosedformError:
        return False
