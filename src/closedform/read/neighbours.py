"""Sums whose index stands beside itself, ``x[i+1] - x[i]``: each entry becomes one of a part of its vector.

``sum(i=1..n-1, (x[i+1] - x[i])^2)`` is the sum over i of the entries of ``sub(x, 2, 1, n-1, 1)`` and
``sub(x, 1, 1, n-1, 1)``, which all run from 1.
"""

from __future__ import annotations

from closedform.expr.size import ONE, Size, size
from closedform.read.infer import Near, Trial
from closedform.read.misfit import Misfit
from closedform.read.spaces import parse_size
from closedform.read.syntax import Index, Name, Over, Tree


def neighbours(trial: Trial, tree: Over, near: list[Near]) -> None:
    """Settle the range of a sum and the part that each entry in it is of; both go to ``trial.choice``."""
    i, shifts = tree.index, [n.shift for n in near]
    if tree.function == "prod" and any(shifts):
        raise Misfit(tree, f"{i} is shifted inside a product, which is not supported", final=True)
    low = parse_size(tree.low) if tree.low else size(max(1, 1 - min(shifts)))
    high = parse_size(tree.high) if tree.high else _last(trial, near)
    first = 0 if low.number == 0 and min(shifts) == 0 else 1
    if first == 0:
        _count_from_zero(trial, tree, near)
    start = (low + size(min(shifts))).number
    if start is not None and start < first:
        head = f"{i} starts at {low}, so that one of the entries would be number {start}"
        raise Misfit(tree, head, hint=f"Let {i} run from {1 - min(shifts)}.", final=True)
    offset = size(1 - first)
    _check_lengths(trial, tree, near, high + offset)
    for n in near:
        parts = trial.choice.setdefault(n.tree, {})
        parts[n.place] = (low + size(n.shift) + offset, high - low + ONE)
    trial.choice[tree] = (ONE, high - low + ONE)
    for name in names_of(tree.body, i):
        trial.choice[name] = low - ONE


def _last(trial: Trial, near: list[Near]) -> Size:
    """The last value of an index whose range is not written: all its entries exist."""
    for n in near[1:]:
        if not trial.sizes.unify(near[0].length, n.length):
            head = f"{n.tree.at[n.place]} runs over two different lengths, {{0}} and {{1}}"
            raise Misfit(n.tree, "{why}", why=head, sizes=(near[0].length, n.length))
    return trial.sizes.resolve(near[0].length) - size(max(0, *(n.shift for n in near), 0))


def _check_lengths(trial: Trial, tree: Over, near: list[Near], high: Size) -> None:
    longest: dict[Size, int] = {}
    for n in near:
        length = trial.sizes.resolve(n.length)
        longest[length] = max(longest.get(length, n.shift), n.shift)
    for length, shift in longest.items():
        last = high + size(shift)
        if not within(trial, length, last):
            head = f"{tree.index} indexes up to {last}, but something of length {{0}}"
            raise Misfit(tree, "{why}", why=head, sizes=(length,))


def within(trial: Trial, length: Size, high: Size) -> bool:
    """Whether entries up to ``high`` exist; an unknown length is that."""
    length = trial.sizes.resolve(length)
    left = (length - high).number
    if left is not None:
        return left >= 0
    unknown = any(name[0] == "?" for name in length.names)
    return (high.number is not None and not unknown) or trial.sizes.unify(length, high)


def _count_from_zero(trial: Trial, tree: Over, near: list[Near]) -> None:
    r"""``\sum_{i=0}^{n-1} x_i``: the entries of x are counted from 0, wherever they stand; in text they are not."""
    names = {n.tree.base.name for n in near if isinstance(n.tree.base, Name)}
    trees = [t for unit in trial.question.units for t in unit.trees]
    lows: dict[str, set[str]] = {}
    for t in trees:
        if isinstance(t, Over):
            lows.setdefault(t.index, set()).add(t.low)
    indexed = [t for t in trees if isinstance(t, Index) and isinstance(t.base, Name) and t.base.name in names]
    from_one = any(not isinstance(at, str) or lows.get(at) != {"0"} for t in indexed for at in t.at)
    if from_one or not trial.question.typeset or not all(isinstance(n.tree.base, Name) for n in near):
        head = f"{tree.index} starts at 0, but the entries that it numbers are counted from 1"
        raise Misfit(tree, head, hint=f"Let {tree.index} run from 1.", final=True)
    for name in sorted(names):
        trial.notes.append(f"The entries of {name} are counted from 0: {name}_0 is the first.")


def names_of(tree: Tree, name: str) -> list[Name]:
    """Where an index stands as a number."""
    todo, found = [tree], list[Name]()
    while todo:
        part = todo.pop()
        if isinstance(part, Name) and part.name == name:
            found.append(part)
        todo.extend(part.parts)
    return found
