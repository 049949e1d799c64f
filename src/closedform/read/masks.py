r"""``A \odot (1 - M)``: beside an elementwise product a number is taken from every entry of a matrix."""

from __future__ import annotations

from typing import TYPE_CHECKING

from closedform.read.syntax import Group, Number, Product, Sum, Tree

if TYPE_CHECKING:
    from closedform.read.infer import Trial


def masks(trial: Trial, tree: Sum, term: Tree) -> bool:
    """Whether the sum stands in brackets beside ``⊙`` and its term is a plain number, which is then said."""
    products = (p for unit in trial.question.units for p in unit.trees if isinstance(p, Product))
    if not isinstance(term, Number) or not any(_beside(p, tree) for p in products):
        return False
    trial.notes.append(f"{trial.typed(tree)} beside the elementwise product is read entry by entry.")
    return True


def _beside(product: Product, tree: Sum) -> bool:
    factors = product.factors
    for place, (sign, factor) in enumerate(factors):
        behind = factors[place + 1][0] if place + 1 < len(factors) else ""
        if isinstance(factor, Group) and factor.inner is tree and (sign == ".*" or behind == ".*"):
            return True
    return False
