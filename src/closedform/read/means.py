"""What a size typed as a number counts: ``1/n*||X*w - y||^2`` is a mean over the entries that the norm sums."""

from __future__ import annotations

from collections.abc import Iterator

from closedform.expr.size import ONE, Size
from closedform.read.infer import Trial, Unit
from closedform.read.syntax import Call, Group, Inner, Name, Negative, Norm, Over, Power, Product, Sum, Transpose, Tree
from closedform.read.unify import is_scalar

SUMMED = {"sum", "dot", "inner", "norm", "norm1", "norm2", "normF"}
TRACES = {"tr", "trace", "Tr"}
DIVISIONS = ("/", "./")


def counted(trial: Trial, name: str) -> list[Size]:
    """The lengths of what is summed in the products that ``name`` divides, each once."""
    found: dict[Size, None] = {}
    for unit in trial.question.units:
        above = _above(unit)
        for tree in unit.trees:
            if isinstance(tree, Name) and tree.name == name:
                found.update(dict.fromkeys(_divided(trial, tree, above)))
    return list(found)


def _above(unit: Unit) -> dict[Tree, Tree]:
    return {part: tree for tree in unit.trees for part in tree.parts}


def _divided(trial: Trial, tree: Tree, above: dict[Tree, Tree]) -> list[Size]:
    """Up from a divisor to the first product in which something is summed."""
    below = False
    while (parent := above.get(tree)) is not None and isinstance(parent, Product | Group | Negative | Sum | Power):
        if isinstance(parent, Sum) and len(parent.terms) > 1:
            break
        if isinstance(parent, Product):
            below ^= any(part is tree and operator in DIVISIONS for operator, part in parent.factors)
            rest = [part for operator, part in parent.factors if part is not tree and operator not in DIVISIONS]
            if below and (sizes := _lengths(trial, rest)):
                return sizes
        elif isinstance(parent, Power):
            break
        tree = parent
    return []


def _lengths(trial: Trial, factors: list[Tree]) -> list[Size]:
    found = dict.fromkeys(_between(trial, factors))
    todo = [t for t in factors if is_scalar(trial.shape[t]) or isinstance(t, Over)]
    while todo:
        tree = todo.pop()
        match tree:
            case Group() | Negative() | Transpose():
                todo.append(tree.inner)
            case Power():
                todo.append(tree.base)
            case Sum():
                todo += [t for _, t in tree.terms]
            case Product():
                found.update(dict.fromkeys(_between(trial, [t for _, t in tree.factors])))
                todo += [t for o, t in tree.factors if o not in DIVISIONS and is_scalar(trial.shape[t])]
            case Over():
                found[trial.sizes.resolve(trial.choice[tree][1])] = None
            case _:
                found.update(dict.fromkeys(_summed(trial, tree)))
    return list(found)


def _between(trial: Trial, factors: list[Tree]) -> Iterator[Size]:
    """The inner sizes of a product of matrices."""
    shapes = [trial.sizes.shape(trial.shape[t]) for t in factors]
    large = [shape for shape in shapes if not is_scalar(shape)]
    for rows, _ in large[1:]:
        if rows is not ONE:
            yield rows


def _summed(trial: Trial, tree: Tree) -> Iterator[Size]:
    """The lengths of what a sum, a norm or an inner product takes."""
    if isinstance(tree, Call) and tree.name in TRACES:
        inner = tree.args[0]
        while isinstance(inner, Group):
            inner = inner.inner
        if isinstance(inner, Product):
            yield from _between(trial, [t for _, t in inner.factors])
    elif isinstance(tree, Norm | Inner) or (isinstance(tree, Call) and tree.name in SUMMED):
        yield from (s for s in trial.sizes.shape(trial.shape[tree.parts[0]]) if s is not ONE)
