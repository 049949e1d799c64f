"""Conventions told apart from errors: what an answer that is not right may be instead."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

from closedform.answers.asked import Asked, is_scalar, is_vector
from closedform.answers.attempt import Attempt
from closedform.answers.vec_forms import vec_words
from closedform.errors import ClosedformError
from closedform.expr.node import Node
from closedform.expr.size import Size
from closedform.functions.algebra import num, scale, size_number, transpose
from closedform.rewrite.normal.engine import content, is_zero
from closedform.rewrite.normal.normal import normal
from closedform.rewrite.simplify import simplify

USUAL = tuple(Fraction(n) for n in ("2", "1/2", "-1", "-2", "-1/2", "4", "1/4", "3", "1/3"))


@dataclass(frozen=True)
class Finding:
    """What the answer is; ``convention`` says whether that is no more than another convention."""

    remark: str
    convention: bool


def finding(attempt: Attempt, others: tuple[Asked, ...] = ()) -> Finding | None:
    """The first of the known confusions that explains the answer, shown by a certificate."""
    for look in (_transposed, _symmetric, _for_vec, _factor):
        found = look(attempt)
        if found is not None:
            return found
    return _another(attempt, others)


def _transposed(attempt: Attempt) -> Finding | None:
    answer, truth = attempt.answer._raw, attempt.truth._raw
    if answer.is_scalar or (answer.cols, answer.rows) != truth.shape:
        return None
    if not attempt.with_answer(transpose(answer)).ok:
        return None
    return Finding(*_TRANSPOSES[_case(attempt)])


_TRANSPOSES = {
    "equal": ("it is the transpose of the first formula", False),
    "row": ("it is the gradient as a row; here a gradient is a column, the shape of its variable", True),
    "gradient": ("it is the transpose of the gradient; here a gradient has the shape of its variable", True),
    "jacobian": ("it is the Jacobian in the other layout, the transpose of the one asked for", True),
    "other": ("it is the transpose of what is right", False),
}  # fmt: skip


def _case(attempt: Attempt) -> str:
    if attempt.asked is None:
        return "equal"
    if attempt.asked.op == "gradient":
        return "row" if is_vector(attempt.truth) else "gradient"
    return "jacobian" if attempt.asked.op == "jacobian" else "other"


def _symmetric(attempt: Attempt) -> Finding | None:
    """The gradients by a symmetric matrix that are in use: projected, free, unconstrained."""
    asked = attempt.asked
    if asked is None or asked.op != "gradient" or not attempt.fits:
        return None
    x = attempt.f._variable(asked.by)
    if "sym" not in x.params[1] and not {"psd", "pd"} & set(x.params[1]):
        return None
    answer, free = attempt.answer._raw, asked.symmetric == "free"
    if attempt.with_answer(answer, convention="space" if free else "free").ok:
        said = "in the space of symmetric matrices" if free else "by the entries on and above the diagonal"
        other = "projected" if free else "free"
        return Finding(f"it is the gradient {said}, the convention of --symmetric {other}", True)
    half = scale(num("1/2"), answer + transpose(answer))
    if attempt.with_answer(half, convention="space").ok:
        return Finding(f"it is the gradient in the space of all matrices, which does not use that {asked.by} "
                       "is symmetric", True)  # fmt: skip
    return None


def _for_vec(attempt: Attempt) -> Finding | None:
    words = vec_words(attempt)
    return Finding(words, True) if words else None


def _factor(attempt: Attempt) -> Finding | None:
    answer, truth = attempt.answer._raw, attempt.truth._raw
    if not attempt.fits or is_zero(normal(answer)):
        return None
    for c in _factors(answer, truth):
        if attempt.with_answer(scale(num(1 / c), answer)).ok:
            return Finding(_factor_words(c), False)
    for size in dict.fromkeys(s for s in (*answer.shape, *truth.shape, *_sizes(attempt)) if s.number is None):
        n = size_number(size)
        if attempt.with_answer(scale(n**-1, answer)).ok:
            return Finding(f"a factor 1/{size} is missing: the answer is {size} times what is right", False)
        if attempt.with_answer(scale(n, answer)).ok:
            return Finding(f"a factor {size} is missing: the answer is 1/{size} times what is right", False)
    return None


def _sizes(attempt: Attempt) -> Iterator[Size]:
    for symbol in attempt.f._reading.names.values():
        yield from symbol.shape


def _factors(answer: Node, truth: Node) -> tuple[Fraction, ...]:
    """The rational factor that the normal forms show, or else the usual ones."""
    (c, core), (d, right) = (content(simplify(normal(e))) for e in (answer, truth))
    return (Fraction(c) / Fraction(d),) if core is right and d else USUAL


def _factor_words(c: Fraction) -> str:
    if c == -1:
        return "the sign is wrong: the answer is -1 times what is right"
    return f"a factor {1 / c} is missing: the answer is {c} times what is right"


def _another(attempt: Attempt, others: tuple[Asked, ...]) -> Finding | None:
    """Another derivative than the one asked for."""
    for asked in others:
        try:
            other = Attempt(attempt.f, attempt.answer, asked)
            if other.fits and other.certificate.ok:
                return Finding(f"it is {asked.words}", False)
        except ClosedformError:
            continue
    return None


def alternatives(attempt: Attempt) -> tuple[Asked, ...]:
    """Other derivatives of the function that the answer might be."""
    asked, f = attempt.asked, attempt.f
    if asked is None:
        return ()
    ops = ("gradient", "hessian") if is_scalar(f) else ("jacobian", "derivative")
    names = [asked.by, *(n for n in f._differentiable() if n != asked.by)]
    every = [replace(asked, op=op, by=name, and_by=None) for name in names for op in (asked.op, *ops)]
    return tuple(dict.fromkeys(a for a in every if a != replace(asked, and_by=None)))
