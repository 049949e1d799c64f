"""The shape of a matrix of blocks, ``[A, b; c', 1]``."""

from __future__ import annotations

from closedform.expr.op import Shape
from closedform.expr.size import size
from closedform.read.infer import Trial
from closedform.read.misfit import Misfit
from closedform.read.syntax import Stack


def stack_shape(trial: Trial, tree: Stack) -> Shape:
    height, width = size(0), None
    first = tree.rows[0]
    for row in tree.rows[1:]:
        if len(row) == len(first):  # as many blocks: each stands below one as wide
            for part, above in zip(row, first, strict=True):
                trial.sizes.unify(trial.shape[part][1], trial.shape[above][1])
    for row in tree.rows:
        across = size(0)
        for part in row:
            if not trial.sizes.unify(trial.shape[row[0]][0], trial.shape[part][0]):
                both = ((row[0], trial.shape[row[0]]), (part, trial.shape[part]))
                raise Misfit(tree, f"{trial.typed(tree)}: blocks beside each other differ in height", both)
            across = across + trial.sizes.resolve(trial.shape[part][1])
        if width is not None and not trial.sizes.unify(width, across):
            raise Misfit(tree, f"{trial.typed(tree)}: the rows of blocks differ in width")
        width = across if width is None else width
        height = height + trial.sizes.resolve(trial.shape[row[0]][0])
    assert width is not None
    return height, width
