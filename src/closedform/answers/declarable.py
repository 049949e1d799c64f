"""The declaration under which an answer would be right: properties tried on one symbol, then on two."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import combinations, islice, product
from time import process_time

from closedform.answers.attempt import Attempt, Typed, certified
from closedform.check.certificate import Claim
from closedform.errors import ClosedformError
from closedform.expr.facts import close
from closedform.expr.node import Node
from closedform.expr.size import Size
from closedform.formula import Formula

MATRIX = ("Sym", "Skew", "Inv", "Lower", "Orth", "Diag", "PSD", "PD")
"""Weakest first: what holds for all symmetric matrices is not said of positive definite ones alone."""
FACTS = {"Sym": "sym", "Skew": "skew", "Inv": "inv", "Lower": "lower", "Orth": "orth", "Diag": "diag",
         "PSD": "psd", "PD": "pd", ">= 0": "nonneg", "> 0": "pos"}  # fmt: skip
SIGNS = (">= 0", "> 0")
MOST = 400
Options = dict[Node, list[str]]


def declaration(typed: Typed, attempt: Attempt, until: float) -> str:
    """The declaration under which the answer is right, fewest symbols and weakest properties first; else "".

    After ``until``, as ``process_time`` counts, none is looked for; "" never says that there is none.
    """
    symbols = [attempt.f._variable(n) for n in attempt.f._reading.names if n in attempt.f.variables]
    options = {s: _properties(s, attempt) for s in symbols}
    for trials in (_of_one(options), _of_two(options)):
        for trial in islice(trials, MOST):
            if process_time() > until:
                return ""
            if _holds(typed, attempt, trial):
                return trial
    return ""


def _of_one(options: Options) -> Iterator[str]:
    every = [(k, _written(s, p, s.rows)) for s, found in options.items() for k, p in enumerate(found)]
    return (trial for _, trial in sorted(every, key=lambda pair: pair[0]))


def _of_two(options: Options) -> Iterator[str]:
    """Pairs of declarations, and commuting pairs, weakest first: symmetric matrices that commute come after those that
    need not, before diagonal ones. Sizes that differ may be one under the first of a pair."""
    alike = [(a.params[0], b.params[0]) for a, b in _matrices(options) if a.is_square and a.shape == b.shape]
    yield from (f"{a}*{b} = {b}*{a}" for a, b in alike)
    every = [
        (i + j, f"{_written(a, p, a.rows)}, {_written(b, q, n)}")
        for a, b in combinations(options, 2)
        for (i, p), (j, q) in product(enumerate(options[a]), enumerate(options[b]))
        for n in dict.fromkeys((a.rows, b.rows) if q in MATRIX and p in MATRIX else (b.rows,))
    ]
    every += [(1, trial) for trial in _commuting(options)]
    yield from (trial for _, trial in sorted(every, key=lambda pair: pair[0]))


def _commuting(symbols: Iterable[Node]) -> Iterator[str]:
    for a, b in _matrices(symbols):
        x, y, n = a.params[0], b.params[0], a.rows
        yield f"{x} in Sym({n}), {y} in Sym({n}), {x}*{y} = {y}*{x}"


def _matrices(symbols: Iterable[Node]) -> Iterator[tuple[Node, Node]]:
    return combinations([s for s in symbols if _is_matrix(s)], 2)


def _is_matrix(symbol: Node) -> bool:
    return not symbol.is_column and symbol.rows.number != 1


def _properties(symbol: Node, attempt: Attempt) -> list[str]:
    """What may be declared of a symbol besides. A variable of differentiation moves in an open set: > 0."""
    known = close(f for f in symbol.params[1] if ":" not in f)
    if _is_matrix(symbol):
        against = {"Skew": "sym", "Sym": "skew"}
        return [p for p in MATRIX if FACTS[p] not in known and against.get(p) not in known]
    moves = attempt.asked is not None and symbol.params[0] in (attempt.asked.by, attempt.asked.and_by)
    signs = SIGNS[1:] if moves else SIGNS
    return [s for s in signs if FACTS[s] not in known] if symbol.is_column else []


def _written(symbol: Node, prop: str, n: Size) -> str:
    name = symbol.params[0]
    return f"{name} {prop}" if prop in SIGNS else f"{name} in {prop}({n})"


def _holds(typed: Typed, attempt: Attempt, trial: str) -> bool:
    """Most trials are refuted by one evaluation of the claim; only what stands is derived anew and certified."""
    try:
        f, answer = typed.read(trial)
        if not _commutes(f) or not _commutes(answer) or not certified(_under(attempt, f, answer), "quick").ok:
            return False
        again = Attempt(f, answer, attempt.asked)
        return again.fits and again.certificate.ok
    except ClosedformError:
        return False


def _under(attempt: Attempt, f: Formula, answer: Formula) -> Claim:
    """The claim of the attempt about the function and the answer as they are read under a trial."""
    known = attempt.claim
    x, y = (None if v is None else f._variable(v.params[0]) for v in (known.variable, known.second))
    return replace(known, function=f._raw, answer=answer._raw, variable=x, second=y, words=None)


def _commutes(f: Formula) -> bool:
    """Whether matrices that are declared to commute have one size."""
    known = f._reading.names
    pairs = ((x, fact[9:]) for x in known.values() for fact in x.params[1] if fact.startswith("commutes:"))
    return all(y not in known or known[y].shape == x.shape for x, y in pairs)


def squares(f: Formula) -> Iterator[str]:
    """Declarations that make a matrix of the function square, which the answer may take it to be."""
    for symbol in (f._variable(n) for n in f._reading.names if n in f.variables):
        if _is_matrix(symbol) and not symbol.is_square:
            name, n = symbol.params[0], symbol.cols
            yield from (f"{name} in R^({n}×{n})", f"{name} in Sym({n})", f"{name} in Skew({n})")
