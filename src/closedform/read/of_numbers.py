r"""When LaTeX is of numbers alone: ``2k + n \ln(R/n)``, where nothing shows a vector and habit does not fit.

``\exp(x) + x`` is of a vector, as in text: habit fits.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Sequence

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
    free = _holding(unit.trees, lambda name: not is_greek(name) and name not in declared)
    large = _holding(unit.trees, _is_matrix)
    for tree in unit.trees:
        if isinstance(tree, Power) and tree.base in free:
            return True
        if isinstance(tree, Product) and sum(sign != "/" and f in free for sign, f in tree.factors) > 1:
            return True
        if isinstance(tree, Call) and any(a in large and _is_power_or_quotient(a) for a in tree.args):
            return True  # L/g below a root
    names = {t.name.rpartition("_")[::2] for t in unit.trees if isinstance(t, Name)}
    stems = [stem for stem, end in names if stem and end.isdigit()]
    return len(stems) > len(set(stems)) or any(mark in unit.source for mark in CASES)


def _holding(trees: Iterable[Tree], wanted: Callable[[str], bool]) -> set[Tree]:
    """The parts in which such a name stands; parts come first in ``trees``."""
    found = set[Tree]()
    for tree in trees:
        if (isinstance(tree, Name) and wanted(tree.name)) or not found.isdisjoint(tree.parts):
            found.add(tree)
    return found


def _divides(trees: Sequence[Tree], capitals: set[str]) -> bool:
    """Whether a capital stands below a quotient, where no matrix does: ``n R T/(V - n b)``."""
    large = _holding(trees, capitals.__contains__)
    return any(sign == "/" and f in large for t in trees if isinstance(t, Product) for sign, f in t.factors[1:])


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
