r"""When LaTeX is of numbers alone: ``2k + n \ln(R/n)``, where nothing shows a vector and habit does not fit.

``\exp(x) + x`` is of a vector, as in text: habit fits.
"""

from __future__ import annotations

from collections.abc import Container, Iterable

from closedform.read.alphabet import base_letters, is_greek
from closedform.read.infer import Unit
from closedform.read.leanings import LARGE
from closedform.read.syntax import (
    Call,
    Group,
    Index,
    Inner,
    Name,
    Norm,
    Number,
    Over,
    Power,
    Product,
    Stack,
    Transpose,
    Tree,
    leaves_of,
)
from closedform.read.vocabulary import operations

SHOWING = (Index, Inner, Norm, Over, Stack, Transpose)
SIGNS = {"*", "", "/", "·"}
CASES = ("\\begin{cases}", "\\begin{dcases}")


def is_of_numbers(units: Iterable[Unit], declared: Container[str]) -> bool:
    """Whether nothing in a formula shows a vector or a matrix, and by habit vectors would stand where numbers do."""
    return all(map(_may_be, units)) and any(_is_strained(unit, declared) for unit in units)


def _may_be(unit: Unit) -> bool:
    names = set[str]()
    for tree in unit.trees:
        if isinstance(tree, SHOWING) or (isinstance(tree, Power) and tree.entrywise):
            return False
        if isinstance(tree, Call) and (tree.abstract or not all(op.elementwise for op in operations(tree.name))):
            return False
        if isinstance(tree, Product) and any(not _is_plain(unit, sign, f) for sign, f in tree.factors[1:]):
            return False
        if isinstance(tree, Name):
            names.add(tree.name)
    matrices = {name for name in names if _is_matrix(name)}
    if not any(map(_is_bent, unit.trees)):  # a sum of multiples may be of vectors
        return False
    measured = not matrices or _are_measured(unit.trees, matrices) or _divides(unit.trees, matrices)
    return measured and names.isdisjoint(LARGE)


def _is_strained(unit: Unit, declared: Container[str]) -> bool:
    """Whether habit does not fit: products and powers of what is by habit no number, names numbered alike, cases."""

    def is_open(tree: Tree) -> bool:
        names = (t.name for t in leaves_of(tree) if isinstance(t, Name))
        return any(not is_greek(name) and name not in declared for name in names)

    for tree in unit.trees:
        if isinstance(tree, Power) and is_open(tree.base):
            return True
        if isinstance(tree, Product) and sum(sign != "/" and is_open(f) for sign, f in tree.factors) > 1:
            return True
        if isinstance(tree, Call) and any(map(_is_share, tree.args)):
            return True
    names = {t.name.rpartition("_")[::2] for t in unit.trees if isinstance(t, Name)}
    stems = [stem for stem, end in names if stem and end.isdigit()]
    return len(stems) > len(set(stems)) or any(mark in unit.source for mark in CASES)


def _is_share(tree: Tree) -> bool:
    """A quotient in which a capital stands: ``L/g`` below a root."""
    return _is_power_or_quotient(tree) and any(isinstance(t, Name) and _is_matrix(t.name) for t in leaves_of(tree))


def _divides(trees: Iterable[Tree], capitals: set[str]) -> bool:
    """Whether a capital stands below a quotient, where no matrix does: ``n R T/(V - n b)``."""
    below = (f for t in trees if isinstance(t, Product) for sign, f in t.factors[1:] if sign == "/")
    return any(isinstance(t, Name) and t.name in capitals for part in below for t in leaves_of(part))


def _is_power_or_quotient(tree: Tree) -> bool:
    while isinstance(tree, Group):
        tree = tree.inner
    return isinstance(tree, Power) or (isinstance(tree, Product) and _is_bent(tree))


def _is_bent(tree: Tree) -> bool:
    if isinstance(tree, Product):
        return any(sign == "/" and not isinstance(f, Number) for sign, f in tree.factors)
    return isinstance(tree, Call | Power)


def _are_measured(trees: Iterable[Tree], capitals: set[str]) -> bool:
    """Whether all capitals stand in quotients by more than a number, or beside powers: ``L/g``, ``D (1 - u)^2``."""
    standing = sum(isinstance(t, Name) and t.name in capitals for t in trees)
    for tree in (t for t in trees if isinstance(t, Product)):
        factors = tree.factors
        mine = [k for k, (_, f) in enumerate(factors) if isinstance(f, Name) and f.name in capitals]
        rest = [(sign, f) for k, (sign, f) in enumerate(factors) if k not in mine]
        others = [f for _, f in rest if not isinstance(f, Number) and not (isinstance(f, Name) and is_greek(f.name))]
        divided = [f for sign, f in factors[1:] if sign == "/" and not isinstance(f, Number)]
        if len(mine) == 1 and (divided or (others and all(map(_is_power_or_quotient, others)))):
            standing -= 1
    return standing == 0


def _is_plain(unit: Unit, sign: str, factor: Tree) -> bool:
    """Whether a factor is one of numbers too; the sign was not typed where cases were made into products."""
    return sign in SIGNS or (sign == ".*" and unit.source.startswith(CASES, factor.span[0]))


def _is_matrix(name: str) -> bool:
    """A capital by itself; ``RSS`` and a mean are numbers among numbers."""
    letters = base_letters(name)
    return letters[:1].isupper() and (len(letters) == 1 or is_greek(letters)) and "_bar" not in name
