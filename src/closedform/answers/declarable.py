"""The declaration under which an answer would be right: properties tried on one symbol, then on two."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, product

from closedform.answers.attempt import Attempt, Typed
from closedform.errors import ClosedformError
from closedform.expr.facts import IMPLIES, close
from closedform.expr.node import Node
from closedform.formula import Formula

MATRIX = ("Sym", "Skew", "Inv", "Lower", "Orth", "Diag", "PSD", "PD")
"""Weakest first: what holds for all symmetric matrices is not said of positive definite ones alone."""
FACTS = {"Sym": "sym", "Skew": "skew", "Inv": "inv", "Lower": "lower", "Orth": "orth", "Diag": "diag",
         "PSD": "psd", "PD": "pd", ">= 0": "nonneg", "> 0": "pos"}  # fmt: skip
SIGNS = (">= 0", "> 0")
MAX_SEEN, MAX_CERTIFIED = 400, 24
assert set(FACTS.values()) >= set(IMPLIES) - {"upper", "pm1", "bit"}


def declaration(typed: Typed, attempt: Attempt) -> str:
    """The first declaration, fewest symbols and weakest properties first, under which the answer is right; or "".

    Trials that the simplifier sees to be right are certified; of the others, the first few are certified too.
    """
    trials = list(_trials(attempt))
    singles = [t for t in trials if ", " not in t and "=" not in t.replace(">=", "")]
    for trial in singles:
        if _holds(typed, attempt, trial, look=True):
            return trial
    for trial in singles[:MAX_CERTIFIED]:
        if _holds(typed, attempt, trial, look=False):
            return trial
    for trial in trials[len(singles) : MAX_SEEN]:
        if _holds(typed, attempt, trial, look=True):
            return trial
    return ""


def _trials(attempt: Attempt) -> Iterator[str]:
    symbols = _symbols(attempt.f)
    one = [[_written(s, p) for p in _properties(s)] for s in symbols]
    longest = max(map(len, one), default=0)
    yield from (props[k] for k in range(longest) for props in one if k < len(props))
    square = [s for s in symbols if s.is_square and not s.is_scalar]
    for a, b in combinations(square, 2):
        if a.shape == b.shape:
            x, y = a.params[0], b.params[0]
            yield f"{x}*{y} = {y}*{x}"
    pairs = [(i + j, p, q) for a, b in combinations(one, 2) for (i, p), (j, q) in product(enumerate(a), enumerate(b))]
    yield from (f"{p}, {q}" for _, p, q in sorted(pairs, key=lambda pair: pair[0]))


def _symbols(f: Formula) -> list[Node]:
    return [f._variable(n) for n in f._reading.names if n in f.variables]


def _properties(symbol: Node) -> list[str]:
    known = close(f for f in symbol.params[1] if ":" not in f)
    if symbol.is_square and not symbol.is_scalar:
        return [p for p in MATRIX if FACTS[p] not in known]
    return [s for s in SIGNS if FACTS[s] not in known] if symbol.is_column else []


def _written(symbol: Node, prop: str) -> str:
    name = symbol.params[0]
    return f"{name} {prop}" if prop in SIGNS else f"{name} in {prop}({symbol.rows})"


def _holds(typed: Typed, attempt: Attempt, trial: str, *, look: bool) -> bool:
    try:
        trial_attempt = Attempt(*typed.read(trial), attempt.asked)
        if look and not trial_attempt.looks_right():
            return False
        return trial_attempt.fits and trial_attempt.certificate.ok
    except ClosedformError:
        return False
