"""Answers written for stacked columns: the matrix of vec, whichever way it stacks, and a gradient as one column."""

from __future__ import annotations

from collections.abc import Iterator

from closedform.answers.attempt import Attempt
from closedform.check.certificate import Certificate
from closedform.expr.node import Node
from closedform.expr.op import Shape
from closedform.expr.size import ONE
from closedform.formula import LinearMap
from closedform.functions.algebra import mul, transpose
from closedform.functions.rearrange import unvec, vec

COLUMNS, ROWS = "columns", "rows"


def vec_shapes(attempt: Attempt) -> tuple[Shape, ...]:
    """The shapes that the right answer has when it is written for vec."""
    truth = attempt.truth
    whole = truth._raw.rows * truth._raw.cols
    if isinstance(truth, LinearMap):
        moved = truth._moved
        length = moved.rows * moved.cols
        return (whole, length), (length, whole)
    if attempt.asked is not None and attempt.asked.op == "gradient" and ONE not in truth._raw.shape:
        one = truth._raw.rows * truth._raw.cols
        return (one, attempt.f._raw.cols), (attempt.f._raw.cols, one)
    return ()


def may_be_for_vec(attempt: Attempt) -> bool:
    return attempt.asked is not None and attempt.answer._raw.shape in vec_shapes(attempt)


def vec_words(attempt: Attempt) -> str:
    """What the answer is, where it is right for stacked columns or rows; else ""."""
    return next((words for node, words in _fitting(attempt) if attempt.with_answer(node).ok), "")


def vec_refusal(attempt: Attempt) -> Certificate:
    """That of the answer as the matrix of vec, where it is right in no way."""
    return next(attempt.with_answer(node) for node, _ in _fitting(attempt))


def _fitting(attempt: Attempt) -> Iterator[tuple[Node, str]]:
    if may_be_for_vec(attempt):
        yield from (found for found in _meanings(attempt) if found[0].shape == attempt.truth._raw.shape)


def _meanings(attempt: Attempt) -> Iterator[tuple[Node, str]]:
    """The answer as what was asked for, in each way to stack, with what that is called."""
    answer, truth, (upright, lying) = attempt.answer._raw, attempt.truth, vec_shapes(attempt)
    if isinstance(truth, LinearMap):
        of = f"of the map in {truth.direction}"
        for shape, matrix, layout in ((upright, answer, ""), (lying, transpose(answer), ", transposed")):
            if answer.shape == shape:
                for way in (COLUMNS, ROWS):
                    yield _applied(matrix, truth, way), f"{_kronecker(way)} {of}{layout}"
        return
    column = answer if answer.shape == upright else transpose(answer)
    for way in (COLUMNS, ROWS):
        yield _unstacked(column, truth._raw, way), f"it is the gradient with its {way} stacked into one vector"


def _kronecker(way: str) -> str:
    how = "vec(Y) = K*vec(dX)" if way == COLUMNS else "vec(Y') = K*vec(dX')"
    return f"it is the matrix K with {how}, {way} stacked (the Kronecker form),"


def _applied(matrix: Node, truth: LinearMap, way: str) -> Node:
    moved = truth._moved if way == COLUMNS else transpose(truth._moved)
    return _unstacked(mul(matrix, vec(moved)), truth._raw, way)


def _unstacked(column: Node, like: Node, way: str) -> Node:
    if way == COLUMNS:
        return unvec(column, like.rows, like.cols)
    return transpose(unvec(column, like.cols, like.rows))
