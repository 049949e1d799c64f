"""What is said of squares that a person may mean otherwise: ``sum(y - X*w)^2``, ``(y - X*b)^2`` of numbers."""

from __future__ import annotations

from collections.abc import Iterator

from closedform.read.infer import Trial, Unit
from closedform.read.syntax import Call, Group, Name, Number, Power, Product, Sum
from closedform.read.unify import is_scalar


def doubtful_squares(trial: Trial, units: list[Unit]) -> Iterator[str]:
    """Sentences about the squares in formulas typed as text."""
    for unit in units:
        for tree in unit.trees:
            if isinstance(tree, Power) and isinstance(tree.exponent, Number) and not tree.entrywise:
                yield from _said(trial, tree)


def _said(trial: Trial, tree: Power) -> Iterator[str]:
    base = tree.base
    if isinstance(base, Call) and base.name == "sum" and len(base.args) == 1 and isinstance(base.args[0], Sum):
        inner = base.args[0]
        if not is_scalar(trial.shape[inner]) and trial.typed(tree.exponent) == "2" and _subtracts(inner):
            typed = trial.typed(inner)
            yield f"{trial.typed(tree)} is the square of the sum; the sum of the squares is ||{typed}||^2."
    elif isinstance(base, Group) and isinstance(base.inner, Sum) and _subtracts(base.inner):
        capitals = [t.name for t in _multiplied(base.inner) if t.name[0].isupper() and not trial.declared(t.name)]
        if capitals and is_scalar(trial.shape[base]) and trial.typed(tree.exponent) == "2":
            typed = trial.typed(base.inner)
            yield f"{capitals[0]} is read as a number; of a matrix and vectors write ||{typed}||^2."


def sum_of_squares(trial: Trial, span: tuple[int, int]) -> str:
    """The mend of ``sum((y - X*beta)^2)`` in text, where what is squared stands at the place."""
    for tree in (t for unit in trial.question.units for t in unit.trees):
        if not (isinstance(tree, Call) and tree.name == "sum" and len(tree.args) == 1) or trial.question.typeset:
            continue
        power = tree.args[0]
        if isinstance(power, Power) and isinstance(power.base, Group) and power.base.span[0] <= span[0] <= tree.span[1]:
            inner = trial.typed(power.base.inner)
            if trial.typed(power.exponent) == "2" and not power.entrywise:
                return f"For the sum of the squares write sum(({inner}).^2) or ||{inner}||^2."
    return ""


def _subtracts(tree: Sum) -> bool:
    return any(sign < 0 for sign, _ in tree.terms)


def _multiplied(tree: Sum) -> Iterator[Name]:
    """The names that others are multiplied by."""
    for _, term in tree.terms:
        if isinstance(term, Product) and all(isinstance(f, Name) for _, f in term.factors):
            yield from (f for _, f in term.factors if isinstance(f, Name))
