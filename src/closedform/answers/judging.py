"""Judging: the answer is tried as each derivative that it may be meant as, then explained."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from time import process_time

from closedform.answers.asked import Asked, candidates, names
from closedform.answers.attempt import Attempt, Typed, declared, disproved, joined
from closedform.answers.conventions import Finding, alternatives, finding
from closedform.answers.declarable import declaration, squares
from closedform.answers.missing import factor, turned, unsaid
from closedform.answers.slips import diagonal, scalar_rule
from closedform.answers.vec_forms import may_be_for_vec, vec_refusal
from closedform.answers.verdict import Verdict
from closedform.calculus.conditions import where_it_jumps
from closedform.calculus.implied import implies
from closedform.errors import ClosedformError, DeclarationError, ShapeError
from closedform.formula import Formula, LinearMap, formula
from closedform.write.conditions import condition_text

SECONDS = 0.6
"""Of computing, to look for a declaration: the verdict stands already, and one that mends it is a courtesy."""


def checked(
    function: str | Formula, answer: str | Formula, where: str | None, by: str | None, wish: Asked, syntax: str
) -> Verdict:
    """The answer as each derivative that ``wish`` leaves open, by ``by`` or by each variable."""
    typed = _typed(function, answer, where, syntax)
    f, read_answer = _read(typed, by, wish.op or None)
    attempts = _attempts(f, read_answer, list(candidates(f, read_answer, by, wish.op or None, wish)))
    wrong = list[Attempt]()
    for attempt in attempts:
        if attempt.fits and attempt.certificate.ok:
            return _right(typed, attempt, wrong)
        wrong += [attempt] if attempt.fits else []
    return _explained(typed, attempts)


def compared(first: str | Formula, second: str | Formula, where: str | None, syntax: str) -> Verdict:
    """Two formulas beside each other."""
    typed = _typed(first, second, where, syntax)
    f, g = typed.read_as_equals()
    attempt = Attempt(f, g, None)
    if attempt.fits and attempt.certificate.ok:
        return _right(typed, attempt)
    return _explained(replace(typed, where=joined(typed.where, f.where)), [attempt])


def _typed(first: str | Formula, second: str | Formula, where: str | None, syntax: str) -> Typed:
    """Both as text; a formula brings its declarations."""
    texts = [f.text if isinstance(f, Formula) else f for f in (first, second)]
    said = [f.where for f in (first, second) if isinstance(f, Formula)]
    return Typed(texts[0], texts[1], joined(where or "", *said), "text" if said else syntax)


def _read(typed: Typed, by: str | None, op: str | None) -> tuple[Formula, Formula]:
    """Both; where the sizes of the answer do not fit, the error says under which declaration they would."""
    try:
        return typed.read()
    except ShapeError as error:
        for trial in squares(formula(typed.function, typed.where, typed.syntax)):
            if _right_under(typed, trial, by, op):
                error.hint = f"With {trial} it fits, and is right."
                break
        raise


def _right_under(typed: Typed, trial: str, by: str | None, op: str | None) -> bool:
    try:
        f, answer = typed.read(trial)
        asked = list(candidates(f, answer, by, op, Asked("", "")))
        return any(a.fits and a.certificate.ok for a in _attempts(f, answer, asked))
    except ClosedformError:
        return False


def _attempts(f: Formula, answer: Formula, asked: list[Asked]) -> list[Attempt]:
    """Those that can be asked of the function at all, the fitting shapes first."""
    out, refusals = list[Attempt](), list[ClosedformError]()
    for one in asked:
        attempt = Attempt(f, answer, one)
        try:
            attempt.derive()
            out.append(attempt)
        except ClosedformError as error:
            refusals.append(error)
    if not out:
        raise refusals[0] if refusals else DeclarationError("there is no variable to differentiate by")
    return sorted(out, key=lambda a: (not a.fits, not _transposes(a)))


def _transposes(attempt: Attempt) -> bool:
    rows, cols = attempt.answer._raw.shape
    return (cols, rows) == attempt.truth._raw.shape


def _right(typed: Typed, attempt: Attempt, wrong: Sequence[Attempt] = ()) -> Verdict:
    """What it is, and first what of the same shape was likelier to be meant, as which it is wrong."""
    every = dict.fromkeys((*attempt.truth.conditions, *attempt.answer.conditions, *_jumps(attempt)))
    conditions = [c for c in every if not c.endswith("≠ 0") or f"{c.removesuffix('≠ 0')}> 0" not in every]
    return Verdict(
        "right", attempt.f, attempt.answer, attempt.truth, attempt.certificate, attempt.asked,
        "; ".join(map(_likelier, wrong)), conditions=tuple(conditions), notes=_notes(typed, attempt),
    )  # fmt: skip


def _jumps(attempt: Attempt) -> list[str]:
    """Where one of both jumps, and the certificate of random points says nothing; none where both have one form."""
    f, truth, answer = attempt.f, attempt.truth, attempt.answer
    if truth == answer:
        return []
    known = [*truth._conditions, *answer._conditions]
    found = dict.fromkeys(c for g in (f, truth, answer) for c in where_it_jumps(g._typed))
    return [condition_text(c, f._context) for c in found if not implies(known, c)]


def _likelier(wrong: Attempt) -> str:
    assert wrong.asked is not None
    return f"it is wrong as {wrong.asked.words}, which is {wrong.truth.unicode}"


def _notes(typed: Typed, attempt: Attempt) -> tuple[str, ...]:
    """What was assumed of the answer and not of the function already."""
    known = set(attempt.f.assumed)
    moved = {d.params[0] for d in attempt.truth._origin.directions} if attempt.truth._origin else set()
    strange = [n for n in names(attempt.answer) if n not in attempt.f._reading.names and n not in moved]
    own = [f"{n} stands in the answer and not in the function" for n in strange if attempt.asked is not None]
    own += [note for note in attempt.answer.assumed if note not in known]
    convention = [note for note in attempt.truth.assumed if note not in known]
    return tuple(dict.fromkeys([*_declared_by_answer(typed, attempt.f), *own, *convention]))


def _declared_by_answer(typed: Typed, f: Formula) -> list[str]:
    """What the answer declares of the function's variables, which holds for both."""
    if "where" not in typed.answer:
        return []
    plain = formula(typed.function, typed.where, typed.syntax)._reading.names
    stronger = [n for n, x in f._reading.names.items() if n in plain and plain[n].params != x.params]
    return [f"the answer declares {declared(f, stronger)}"] if stronger else []


def _explained(typed: Typed, attempts: list[Attempt]) -> Verdict:
    until = process_time() + SECONDS
    for look in (diagonal, partial(scalar_rule, typed), partial(unsaid, typed)):
        for attempt in attempts:
            slip = look(attempt)
            if slip is not None:
                return _wrong(typed, attempt, slip, "")
    close = [a for a in attempts if a.fits or _transposes(a) or may_be_for_vec(a)] or attempts[:1]
    if all(a.fits and not a.certificate.ok and not a.certificate.decided for a in close):
        return _wrong(typed, close[0], None, "")  # nothing is known of it, so that nothing explains it
    for attempt in close:
        found = finding(attempt, alternatives(attempt)) or turned(attempt)
        if found is not None:
            return _wrong(typed, attempt, found, _mend(typed, attempt, until))
    for attempt in attempts:
        missing = factor(attempt)
        if missing is not None:
            return _wrong(typed, attempt, missing, "")
    for attempt in close:
        mend = _mend(typed, attempt, until)
        if mend:
            return _wrong(typed, attempt, None, mend)
    return _wrong(typed, close[0], None, "")


def _mend(typed: Typed, attempt: Attempt, until: float) -> str:
    return declaration(typed, attempt, until) if attempt.fits else ""


def _wrong(typed: Typed, attempt: Attempt, found: Finding | None, mend: str) -> Verdict:
    for_vec = may_be_for_vec(attempt) and not attempt.fits
    certificate = vec_refusal(attempt) if for_vec else attempt.certificate
    kind = "wrong" if disproved(certificate) or not (attempt.fits or for_vec) else "uncertified"
    if found is not None and found.convention:
        kind = "convention"
    remark = found.remark if found else "" if not for_vec else "read for vec, by columns or by rows, it is wrong too"
    kron = attempt.truth.kron if for_vec and isinstance(attempt.truth, LinearMap) else None
    return Verdict(
        kind, attempt.f, attempt.answer, attempt.truth, certificate, attempt.asked, remark, attempt.difference(),
        mend, attempt.truth.conditions, _notes(typed, attempt), kron,
    )  # fmt: skip
