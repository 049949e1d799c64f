"""What the commands do: read, derive by the variables that fit, certify."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from importlib import import_module

from closedform.answers.asked import Asked, is_map
from closedform.answers.attempt import certified, joined
from closedform.check.certificate import Certificate, Claim
from closedform.cli.show import Answer
from closedform.errors import ClosedformError, DeclarationError, MissingRule, ShapeError
from closedform.formula import Formula, formula


def witnessed(derived: Formula) -> Certificate:
    """Witnesses load what they speak for, so they load only when called."""
    found: Certificate = import_module("closedform.witness").witnessed(derived)
    return found


def split_names(by: Iterable[str]) -> list[str]:
    """Names given one by one or with commas between them."""
    return [name.strip() for part in by for name in part.split(",") if name.strip()]


def questions(f: Formula, by: list[str], wish: Asked) -> list[Asked]:
    """What is asked for, as ``wish`` but by these variables; without names, by every one."""
    if wish.op == "hessian" and wish.and_by is None and len(by) > 1:
        return [replace(wish, by=x, and_by=y) for x in by for y in by]
    names = by or [x for x in f._reading.wanted if x in f._differentiable()] or f._differentiable()
    if not names:
        raise DeclarationError("there is no variable in this formula to differentiate by")
    return [replace(wish, by=name) for name in names]


def answers(
    f: Formula, asked: list[Asked], *, named: bool, check: bool, kron: bool = False,
    steps: tuple[str, str] | None = None, witness: bool = False,
) -> list[Answer]:  # fmt: skip
    """The derivatives, with how they are derived by the method and detail ``steps``, and with witnesses where wanted.

    Those by variables that nobody named are left out where they do not exist.
    """
    found, refusals = list[Answer](), list[ClosedformError]()
    for one, derived in _derived(f, asked, named, refusals):
        matrix = derived.kron if kron and is_map(derived) else None  # type: ignore[attr-defined]
        certificate = witnessed(derived) if witness else derived.check() if check else None
        derivation = derived.derivation(*steps) if steps is not None else None
        found.append(Answer(one, derived, certificate, matrix, derivation))
    if not found:
        raise refusals[0]
    return found


def _derived(
    f: Formula, asked: list[Asked], named: bool, refusals: list[ClosedformError]
) -> Iterable[tuple[Asked, Formula]]:
    if not named and asked[0].op == "gradient":
        try:
            every = f.grad(symmetric=asked[0].symmetric)  # one backward pass for all
            return [(one, every[one.by]) for one in asked]
        except MissingRule:
            pass
    return list(_one_by_one(f, asked, named, refusals))


def _one_by_one(
    f: Formula, asked: list[Asked], named: bool, refusals: list[ClosedformError]
) -> Iterable[tuple[Asked, Formula]]:
    for one in asked:
        try:
            yield one, one.of(f)
        except (MissingRule, ShapeError) as error:
            if named:
                raise
            refusals.append(error)


def simplified(f: Formula, check: bool) -> tuple[Formula, Certificate | None]:
    """The shortest form, and the certificate that its print equals what was typed."""
    short = f.simplify()
    if not check:
        return short, None
    printed = formula(short.text, joined(short.where), "text")
    return short, certified(Claim("equal", f._raw, printed._raw))
