"""Sums whose index stands beside itself, ``x[i+1] - x[i]``: each entry becomes one of a part of its vector.

``sum(i=1..n-1, (x[i+1] - x[i])^2)`` is the sum over i of the entries of ``sub(x, 2, 1, n-1, 1)`` and
``sub(x, 1, 1, n-1, 1)``, which all run from 1.
"""

from __future__ import annotations

from closedform.expr.size import ONE, Size, size
from closedform.read.ends import first_of, name_of
from closedform.read.infer import Near, Trial
from closedform.read.misfit import Misfit
from closedform.read.spaces import parse_size
from closedform.read.syntax import Name, Over, Tree


def neighbours(trial: Trial, tree: Over, near: list[Near]) -> None:
    """Settle the range of a sum and the part that each entry in it is of; both go to ``trial.choice``."""
    i, shifts = tree.index, [n.shift + first_of(trial, n.tree) for n in near]
    if tree.function == "prod" and any(shifts):
        raise Misfit(tree, f"{i} is shifted inside a product, which is not supported", final=True)
    least = 0 if any(first_of(trial, n.tree) for n in near) else 1
    low = parse_size(tree.low) if tree.low else size(max(least, 1 - min(shifts)))
    high = parse_size(tree.high) if tree.high else _last(trial, near, max(0, *shifts))
    start = (low + size(min(shifts))).number
    if start is not None and start < 1:
        raise _too_early(tree, near, low, start)
    for name in sorted({name_of(n.tree) for n in near} & trial.question.from_zero):
        trial.notes.append(f"The entries of {name} are counted from 0: {name}_0 is the first.")
    _check_lengths(trial, tree, near, high)
    for n in near:
        parts = trial.choice.setdefault(n.tree, {})
        parts[n.place] = (low + size(n.shift + first_of(trial, n.tree)), high - low + ONE)
    trial.choice[tree] = (ONE, high - low + ONE)
    for place in names_of(tree.body, i):
        trial.choice[place] = low - ONE


def _too_early(tree: Over, near: list[Near], low: Size, start: int) -> Misfit:
    if start == 0 and min(n.shift for n in near) == 0:
        head = f"{tree.index} starts at 0, but the entries that it numbers are counted from 1"
        return Misfit(tree, head, hint=f"Let {tree.index} run from 1.", final=True)
    head = f"{tree.index} starts at {low}, so that one of the entries would be number {start}"
    return Misfit(tree, head, hint=f"Let {tree.index} run from {(low + ONE - size(start)).number}.", final=True)


def _last(trial: Trial, near: list[Near], most: int) -> Size:
    """The last value of an index whose range is not written: all its entries exist."""
    for n in near[1:]:
        if not trial.sizes.unify(near[0].length, n.length):
            head = f"{n.tree.at[n.place]} runs over two different lengths, {{0}} and {{1}}"
            raise Misfit(n.tree, "{why}", why=head, sizes=(near[0].length, n.length))
    return trial.sizes.resolve(near[0].length) - size(most)


def _check_lengths(trial: Trial, tree: Over, near: list[Near], high: Size) -> None:
    longest: dict[Size, int] = {}
    for n in near:
        length = trial.sizes.resolve(n.length)
        shift = n.shift + first_of(trial, n.tree)
        longest[length] = max(longest.get(length, shift), shift)
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


def names_of(tree: Tree, name: str) -> list[Name]:
    """Where an index stands as a number."""
    todo, found = [tree], list[Name]()
    while todo:
        part = todo.pop()
        if isinstance(part, Name) and part.name == name:
            found.append(part)
        todo.extend(part.parts)
    return found
