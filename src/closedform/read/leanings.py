r"""What LaTeX shows of numbers and vectors beyond habit: all of a formula, sums, and names with one letter.

``2k + n \ln(R/n)`` is of numbers, since nothing in it is of vectors; the h of ``h \sum_i s_i`` is one, since the sum
is; ``q_1`` and ``q_2`` are both numbers or both vectors.
"""

from __future__ import annotations

from collections.abc import Iterator

from closedform.expr.size import ONE
from closedform.read.alphabet import base_letters, is_greek
from closedform.read.infer import Trial, Unit
from closedform.read.syntax import (
    Call,
    Group,
    Index,
    Inner,
    Name,
    Negative,
    Norm,
    Over,
    Power,
    Product,
    Stack,
    Sum,
    Transpose,
    Tree,
)
from closedform.read.unify import is_scalar
from closedform.read.vocabulary import operations

SHOWING = (Index, Inner, Norm, Over, Stack, Transpose)
SIGNS = {"*", "", "/", "·"}
CASES = ("\\begin{cases}", "\\begin{dcases}")
LARGE = {"I", "eye", "ones", "zeros"}
SCALED_SUM = 1.2
"""Of a vector times a sum of numbers: more than a number instead of it is from habit, less than one in bold type."""
MEMBER = 1.5
"""Of capitals such as ``E_i`` as vectors where numbers are meant."""
APART = 1.6
"""Of ``q_1`` and ``q_2`` as a number and a vector."""


def is_of_numbers(unit: Unit) -> bool:
    """Whether nothing in a formula shows that anything in it is a vector or a matrix."""
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
    return names.isdisjoint(LARGE) and not any(map(_is_matrix, names))


def _is_plain(unit: Unit, sign: str, factor: Tree) -> bool:
    """Whether a factor is one of numbers too; the sign was not typed where cases were made into products."""
    return sign in SIGNS or (sign == ".*" and unit.source.startswith(CASES, factor.span[0]))


def _is_matrix(name: str) -> bool:
    """A capital by itself; ``RSS`` and a mean are numbers among numbers."""
    letters = base_letters(name)
    return letters[:1].isupper() and (len(letters) == 1 or is_greek(letters)) and "_bar" not in name


def lean(trial: Trial) -> None:
    """Doubt what fits and is not what LaTeX shows."""
    for unit in trial.question.units:
        for tree in unit.trees:
            if is_scalar(trial.shape[tree]):
                continue
            if isinstance(tree, Product):
                _doubt_scaled_sum(trial, tree)
                _doubt_members(trial, tree)
            elif isinstance(tree, Call):
                _doubt_members(trial, tree)
    _doubt_apart(trial)


def _doubt_scaled_sum(trial: Trial, tree: Product) -> None:
    factors = [f for _, f in tree.factors]
    columns = [f for f in factors if trial.shape[f][1] is ONE and not is_scalar(trial.shape[f])]
    if any(_is_free(trial, f) for f in columns) and any(_has_sum(f) and is_scalar(trial.shape[f]) for f in factors):
        trial.doubt(tree, SCALED_SUM)


def _doubt_members(trial: Trial, tree: Product | Call) -> None:
    r"""``e^{-\beta E_i}`` and ``N_i E_i``: members in capitals are numbers, not vectors, below functions of numbers
    and beside one another."""
    parts = tree.args if isinstance(tree, Call) else tuple(f for _, f in tree.factors)
    leaves = [t for part in parts for t in _leaves(part)]
    capitals = [t for t in leaves if isinstance(t, Index) and _is_capital(trial, t)]
    large = [t for t in leaves if not is_scalar(trial.shape[t])]
    op = trial.choice.get(tree) if isinstance(tree, Call) else None
    called = op is not None and (op.elementwise or op.name == "expm")
    if large and set(large) <= set(capitals) and (called or len(capitals) > len(large)):
        trial.doubt(tree, MEMBER)


def _leaves(tree: Tree) -> Iterator[Tree]:
    """The names and entries in a tree."""
    todo = [tree]
    while todo:
        part = todo.pop()
        if isinstance(part, Name | Index):
            yield part
        else:
            todo.extend(part.parts)


def _is_capital(trial: Trial, entry: Index) -> bool:
    base = entry.base
    return isinstance(base, Name) and _is_free(trial, base) and base.name[0].isupper() and len(entry.at) == 1


def _is_free(trial: Trial, tree: Tree) -> bool:
    return isinstance(tree, Name) and not trial.declared(tree.name)


def _has_sum(tree: Tree) -> bool:
    """Whether it is a sum over an index, terms, factors and brackets of it looked into."""
    todo = [tree]
    while todo:
        part = todo.pop()
        if isinstance(part, Over):
            return True
        if isinstance(part, Group | Negative | Product | Sum | Power):
            todo.extend(part.parts)
    return False


def _doubt_apart(trial: Trial) -> None:
    """Doubt that names which differ in a number alone are a number and a vector."""
    seen: dict[str, bool] = {}
    for stem, tree in _numbered(trial):
        scalar = is_scalar(trial.shape[tree])
        if seen.setdefault(stem, scalar) != scalar:
            trial.doubt(tree, APART)
            trial.doubts += [other for name, other in _numbered(trial) if name == stem]
            seen[stem] = scalar


def _numbered(trial: Trial) -> Iterator[tuple[str, Tree]]:
    for unit in trial.question.units:
        for tree in unit.trees:
            if isinstance(tree, Name) and _is_free(trial, tree):
                stem, _, number = tree.name.rpartition("_")
                if stem and number.isdigit() and number != "0":
                    yield stem, tree
