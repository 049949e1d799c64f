"""What an answer lacks or uses unsaid: a factor of the chain rule, a name that nothing defines, kron turned round."""

from __future__ import annotations

from collections.abc import Iterator

from closedform.answers.asked import is_map, names
from closedform.answers.attempt import Attempt, Typed
from closedform.answers.conventions import Finding
from closedform.errors import ClosedformError
from closedform.expr.node import Node, make
from closedform.expr.walk import postorder, rebuild
from closedform.formula import Formula, formula
from closedform.functions.algebra import SYM, diagm, had, mul, scale, transpose
from closedform.functions.table import by_text

MOST = 24
KRON = by_text["kron"][0]


def unsaid(typed: Typed, attempt: Attempt) -> Finding | None:
    """A name of the answer that is not in the function and is not declared: what it has to be, if that is found."""
    if attempt.asked is None or "where" in typed.answer:
        return None
    moved = {d.params[0] for d in attempt.truth._origin.directions} if attempt.truth._origin else set()
    strange = [n for n in names(attempt.answer) if n not in attempt.f._reading.names and n not in moved]
    if len(strange) != 1:
        return None
    name = strange[0]
    for part in dict.fromkeys([*_parts(attempt.f._raw), *_parts(attempt.truth._raw)]):
        text = Formula(attempt.f._reading, part).text
        if " where " not in text and _right_with(typed, attempt, f"{name} = {text}"):
            return Finding(f"{name} is not said: with {name} = {text} it is right", False)
    return None


def _parts(root: Node) -> list[Node]:
    """A formula and its parts, the largest first."""
    found = [n for n in postorder(root) if n.args and n.op is not SYM and n.op.name != "unit"]
    return list(reversed(found))[:MOST]


def _right_with(typed: Typed, attempt: Attempt, said: str) -> bool:
    try:
        answer = formula(f"{typed.answer} where {said}", attempt.f.where, typed.syntax)
        again = Attempt(attempt.f, answer, attempt.asked)
        return again.fits and again.certificate.ok
    except ClosedformError:
        return False


def factor(attempt: Attempt) -> Finding | None:
    """A derivative without that of the inside: the answer times a variable of the function is right."""
    if attempt.asked is None or attempt.asked.op not in ("gradient", "jacobian") or is_map(attempt.truth):
        return None
    answer, truth = attempt.answer._raw, attempt.truth._raw
    for name in [n for n in attempt.f._reading.names if n in attempt.f.variables]:
        for missing, place, trial in _with(answer, attempt.f._variable(name)):
            if trial.shape == truth.shape and attempt.with_answer(trial).ok:
                return Finding(f"a factor {missing} is missing{place}: with it the answer is right", False)
    return None


def _with(answer: Node, x: Node) -> Iterator[tuple[str, str, Node]]:
    """The answer with a factor in all places where one may stand: which one, where, and the product."""
    name = x.params[0]
    if answer.is_scalar or x.is_scalar:
        yield name, "", scale(answer, x) if answer.is_scalar else scale(x, answer)
        return
    for missing, other in ((name, x), (f"{name}'", transpose(x))):
        if other.rows is answer.cols:
            yield missing, " on the right", mul(answer, other)
        if other.cols is answer.rows:
            yield missing, " on the left", mul(other, answer)
        if answer.is_column and other.rows is answer.rows:
            yield missing, " on the right of diag(…)", mul(diagm(answer), other)
        if other.shape == answer.shape:
            yield missing, ", entry by entry", had(answer, other)


def turned(attempt: Attempt) -> Finding | None:
    """``kron(A, B')`` for ``kron(B', A)``: right with the factors of every Kronecker product exchanged."""
    answer = attempt.answer._raw
    if not any(n.op is KRON for n in postorder(answer)):
        return None
    try:
        other = rebuild(answer, lambda n, args: make(KRON, args[::-1]) if n.op is KRON else None)
    except ClosedformError:
        return None
    if other.shape != attempt.truth._raw.shape or not attempt.with_answer(other).ok:
        return None
    return Finding("the factors of kron stand the other way round, as in vec(A*X*B) = kron(B', A)*vec(X)", False)
