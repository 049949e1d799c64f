r"""Where the entries of a name begin and end: ``x_0`` under ``\sum_{k=0}^{N-1}``, and ``x_N`` behind it."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator

from closedform.expr.size import Size, size
from closedform.read.infer import Trial
from closedform.read.misfit import Misfit
from closedform.read.spaces import parse_size
from closedform.read.syntax import Index, Name, Over, Tree


def from_zero(trees: Iterable[Tree]) -> frozenset[str]:
    r"""The names whose entries are counted from 0: an index that runs from 0 stands at them by itself, or one that
    runs from 1 with less by 1, ``y_{t-1}``."""
    trees = list(trees)
    found = {name_of(t) for t in trees if isinstance(t, Index) and 0 in t.at}
    for over in (t for t in trees if isinstance(t, Over) and t.low in ("0", "1") and t.function == "sum"):
        for entry in _entries([over.body]):
            first = [int(over.low) + entry.shift(k) for k, at in enumerate(entry.at) if at == over.index]
            if first and min(first) <= 0 and (over.low == "0" or min(first) == 0):
                found.add(name_of(entry))
    return frozenset(found)


def name_of(entry: Index) -> str:
    return entry.base.name if isinstance(entry.base, Name) else ""


def _entries(trees: Iterable[Tree]) -> Iterator[Index]:
    todo = list(trees)
    while todo:
        part = todo.pop()
        if isinstance(part, Index) and isinstance(part.base, Name):
            yield part
        todo.extend(part.parts)


def first_of(trial: Trial, entry: Index) -> int:
    """What is added to the indices of an entry so that they count from 1."""
    return int(name_of(entry) in trial.question.from_zero)


def settle_ends(trial: Trial) -> None:
    """Lengths from the entries at the ends of ranges: an x that has ``x_N`` has N entries at least."""
    ends: dict[tuple[str, int], Size] = {}
    question = trial.question
    if not question.typeset:
        return
    for unit in question.units:
        trial.source = unit.source
        for entry in (t for t in unit.trees if isinstance(t, Index)):
            name = name_of(entry)
            for k, at in enumerate(entry.at):
                if name in question.from_zero:
                    _check_counted(trial, entry, at)
                if isinstance(at, str) and at in question.sizes and at not in question.indices and name in trial.kinds:
                    _reach(ends, (name, k), size(at) + size(entry.shift(k) + first_of(trial, entry)))
        for over in (t for t in unit.trees if isinstance(t, Over) and t.high):
            for entry in _entries([over.body]):
                for k, at in enumerate(entry.at):
                    if at == over.index and name_of(entry) in trial.kinds:
                        last = parse_size(over.high) + size(entry.shift(k) + first_of(trial, entry))
                        _reach(ends, (name_of(entry), k), last)
    for (name, k), last in ends.items():
        if trial.kinds[name] in ("V", "M", "F"):
            trial.sizes.unify(trial.name_shape(name)[k], last)


def _reach(ends: dict[tuple[str, int], Size], place: tuple[str, int], last: Size) -> None:
    over = (last - ends.get(place, last)).number
    if over is not None and over >= 0:
        ends[place] = last


def _check_counted(trial: Trial, entry: Index, at: object) -> None:
    """Refuse entries of what is counted from 0 where an index is not known to be: what it means is not clear."""
    question = trial.question
    counted: Container[str] = question.shifted | (question.sizes - question.indices)
    if isinstance(at, str) and at not in counted:
        head = f"the entries of {name_of(entry)} are counted from 0 elsewhere, and {at} stands for one of them"
        raise Misfit(entry, head, hint="Let all sums over its entries run from 0, or from 1.", final=True)

