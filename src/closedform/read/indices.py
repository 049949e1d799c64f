"""The shape rules of entries, rows and columns, and of sums and products over indices."""

from __future__ import annotations

from closedform.expr.op import Shape
from closedform.expr.size import ONE, Size
from closedform.read.ends import first_of
from closedform.read.infer import SCALAR, Near, Trial
from closedform.read.misfit import Misfit
from closedform.read.neighbours import neighbours, within
from closedform.read.spaces import parse_size
from closedform.read.syntax import Index, Name, Over, Product, Tree
from closedform.read.unify import is_scalar


def over_shape(trial: Trial, tree: Over) -> Shape:
    """The shape of a sum or product over an index; its range goes to ``trial.choice``."""
    if tree.function == "prod":
        _check_product(trial, tree)
    elif tree.function != "sum":
        _check_extreme(trial, tree)
    if tree.index in trial.near:
        neighbours(trial, tree, trial.near.pop(tree.index))
        return trial.shape[tree.body]
    found = trial.ranges.pop(tree.index, None)
    low = parse_size(tree.low) if tree.low else ONE
    if not tree.high:
        if found is None:
            head = f"the range of {tree.index} is not known: it indexes nothing"
            raise Misfit(tree, head, hint=f"Write sum({tree.index}=1..m, …).")
        _fixed_range(trial, tree, low)
        trial.choice[tree] = (low, found)
        return trial.shape[tree.body]
    high = parse_size(tree.high)
    _fixed_range(trial, tree, low, high)
    trial.choice[tree] = (low, high)
    if found is not None and low.number is not None and low.number < 1:
        head = f"{tree.index} starts at {low}, but the entries that it numbers are counted from 1"
        raise Misfit(tree, head, hint=f"Let {tree.index} run from 1.", final=True)
    if found is not None and not within(trial, found, high):
        head = f"{tree.index} runs to {high}, but indexes something of length {{0}}"
        raise Misfit(tree, "{why}", why=head, sizes=(found,))
    return trial.shape[tree.body]


def _fixed_range(trial: Trial, tree: Over, *ends: Size) -> None:
    """Refuse a range that moves with the index of another sum: a triangle of terms."""
    for end in ends:
        moving = sorted(end.names & trial.question.indices)
        if moving:
            head = f"the range of {tree.index} depends on the index {moving[0]} of another sum"
            hint = "Sums over a triangle are not supported: write it with triu or cumsum, or as half of all pairs."
            raise Misfit(tree, head, hint=hint, final=True)


def _check_product(trial: Trial, tree: Over) -> None:
    """How far a product over an index reaches is clear where its last factor has the index; it starts at 1."""
    i, body = tree.index, tree.body
    if not is_scalar(trial.shape[body]):
        raise Misfit(tree, f"a product over {i} is one of numbers", ((body, trial.shape[body]),))
    if tree.low not in ("", "1"):
        raise Misfit(tree, f"a product over {i} starts at 1, not at {tree.low}", final=True)
    last = body.factors[-1][1] if trial.question.typeset and isinstance(body, Product) else body
    if last is not body and not _holds_index(last, i):
        head = f"whether {trial.typed(last)} belongs to the product over {i} is not clear"
        raise Misfit(tree, head, hint="Put brackets around the product, or around what is multiplied.", final=True)


def _check_extreme(trial: Trial, tree: Over) -> None:
    if not is_scalar(trial.shape[tree.body]):
        head = f"the largest or smallest over {tree.index} is one of numbers"
        raise Misfit(tree, head, ((tree.body, trial.shape[tree.body]),), final=True)
    if tree.low not in ("", "1"):
        head = f"the largest or smallest over {tree.index} starts at 1, not at {tree.low}"
        raise Misfit(tree, head, final=True)


def _holds_index(tree: Tree, name: str) -> bool:
    todo = [tree]
    while todo:
        part = todo.pop()
        if (isinstance(part, Name) and part.name == name) or (isinstance(part, Index) and name in part.at):
            return True
        todo.extend(part.parts)
    return False


def index_shape(trial: Trial, tree: Index) -> Shape:
    """The shape of an entry, a row or a column."""
    rows, cols = trial.shape[tree.base]
    family = isinstance(tree.base, Name) and trial.is_family(tree.base.name)
    member = trial.member(tree.base.name) if isinstance(tree.base, Name) else None
    if member is not None and len(tree.at) == 1:
        _indexed(trial, tree, 0, rows)
        return member
    if len(tree.at) == 1:
        if family:
            _indexed(trial, tree, 0, rows)
            return cols, ONE
        if cols is ONE and rows is not ONE:
            _indexed(trial, tree, 0, rows)
            return SCALAR
        base = trial.typed(tree.base)
        if rows is ONE and cols is ONE:
            raise Misfit(tree, f"{base} is a scalar and has no entries")
        hint = f"Write {base}[{tree.at[0]},:] for a row, {base}[:,{tree.at[0]}] for a column."
        raise Misfit(tree, f"{trial.typed(tree)}: {base} is a matrix and takes two indices", hint=hint)
    if is_scalar((rows, cols)):
        raise Misfit(tree, f"{trial.typed(tree.base)} is a scalar and has no entries")
    _indexed(trial, tree, 0, rows)
    _indexed(trial, tree, 1, cols)
    if tree.at[0] is None:
        return rows, ONE
    return (cols, ONE) if tree.at[1] is None else SCALAR


def _indexed(trial: Trial, tree: Index, place: int, length: Size) -> None:
    at = tree.at[place]
    if at is None:
        return
    if isinstance(at, int):
        known, number = trial.sizes.resolve(length).number, at + first_of(trial, tree)
        if number < 1:
            raise Misfit(tree, f"{trial.typed(tree)}: indices start at 1", final=True)
        if known is not None and number > known:
            raise Misfit(tree, f"{trial.typed(tree)}: the index {at} is over the length {known}")
    elif at in trial.question.shifted:
        trial.near.setdefault(at, []).append(Near(tree, place, length, tree.shift(place)))
    elif at in trial.question.indices:
        if not trial.sizes.unify(trial.ranges.setdefault(at, length), length):
            head = f"{at} runs over two different lengths, {{0}} and {{1}}"
            raise Misfit(tree, "{why}", why=head, sizes=(trial.ranges[at], length))
    elif at in trial.question.shapes or at in trial.question.bound:
        raise Misfit(tree, f"{at} is a variable and cannot be an index", hint="Indices are numbers or summed names.")
    elif tree.shift(place) and at not in trial.question.sizes:
        typed = f"{at}{tree.shift(place):+}"
        example = r"\sum_i (x_{i+1} - x_i)^2" if trial.question.typeset else "sum(i, (x[i+1] - x[i])^2)"
        hint = f"Neighbours are those of summed entries: {example}."
        raise Misfit(tree, f"the index {typed} is not read: no sum runs over {at}", hint=hint, final=True)
    elif at not in trial.question.sizes:
        _fixed(trial, tree, at, length)


def _fixed(trial: Trial, tree: Index, at: str, length: Size) -> None:
    """A name that no sum runs over; an identity that it indexes is as large as what else it indexes."""
    known = trial.fixed.setdefault(at, length)
    unknown = isinstance(tree.base, Name) and tree.base.name == "I"
    if unknown or any(name[0] == "?" for name in trial.sizes.resolve(known).names):
        trial.sizes.unify(known, length)
