"""One claim about an answer: that it is what was asked for. Read, claimed, certified."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property

from closedform.answers.asked import Asked
from closedform.check.certificate import Certificate, Claim
from closedform.errors import ClosedformError, ShapeError
from closedform.expr.node import Node
from closedform.expr.size import Size
from closedform.expr.walk import postorder
from closedform.formula import Formula, LinearMap, formula
from closedform.functions.algebra import ADD, sub
from closedform.rewrite.normal.normal import normal
from closedform.rewrite.simplify import simplify


@dataclass(frozen=True)
class Typed:
    """What a person typed: the function, the answer, the declarations, and how to read them."""

    function: str
    answer: str
    where: str = ""
    syntax: str = "auto"

    def read(self, more: str = "") -> tuple[Formula, Formula]:
        """Both, the answer under the declarations of the function; those of the answer hold for both."""
        f = formula(self.function, joined(self.where, more), self.syntax)
        answer = self._answer(f)
        stronger = [n for n in f._reading.names if answer._reading.names.get(n) is not f._reading.names[n]]
        if stronger:
            f = formula(self.function, joined(self.where, more, declared(answer, stronger)), self.syntax)
            answer = self._answer(f)
        return f, answer

    def _answer(self, f: Formula) -> Formula:
        """The answer; where the size of an identity is open, in the first shape a derivative of f may have."""
        try:
            return formula(self.answer, f.where, self.syntax)
        except ShapeError:
            for rows, cols in _derivative_shapes(f):
                with suppress(ClosedformError):
                    whole = formula(f"zeros({rows}, {cols}) + ({self.answer})", f.where, self.syntax)
                    if whole._raw.op is ADD and len(whole._raw.args) == 2:
                        return Formula(whole._reading, whole._raw.args[1])
            raise

    def read_as_equals(self) -> tuple[Formula, Formula]:
        """Both, with sizes that suit both: as ``read``, or else as parts of one formula.

        Of those readings, one in which both have the same shape is taken; but vectors do not become matrices.
        """
        found, refusals = list[tuple[Formula, Formula]](), list[ClosedformError]()
        for pattern in ("", "sum({}) + sum({})", "({}) - ({})"):
            try:
                f, g = self._read_within(pattern) if pattern else self.read()
                if _sizes(f) & g._reading.names.keys() or _sizes(g) & f._reading.names.keys():
                    f, g = self._read_as_difference()
            except ClosedformError as error:
                refusals.append(error)
                continue
            if f.shape == g.shape and (not found or _vectors(f) == _vectors(found[0][0])):
                return f, g
            found.append((f, g))
        if found:
            return found[0]
        raise refusals[0]

    def _read_within(self, pattern: str) -> tuple[Formula, Formula]:
        """Both under the declarations that one formula made of the two has."""
        (first, _, one), (second, _, two) = (_WHERE.split(t + " where ", maxsplit=1) for t in self._texts)
        said = [w.removesuffix(" where ").strip() for w in (one, two)]
        whole = formula(pattern.format(first, second), joined(self.where, *said), self.syntax)
        both = (formula(text, joined(whole.where, *said), self.syntax) for text in (first, second))
        f, g = (Formula(replace(b._reading, assumed=whole.assumed), b._raw) for b in both)
        return f, g

    def _read_as_difference(self) -> tuple[Formula, Formula]:
        """Both as the two sides of one difference: a size of one is that size in the other."""
        whole = formula(f"({self.function}) - ({self.answer})", self.where, self.syntax)
        if whole._raw.op is not ADD or len(whole._raw.args) != 2:
            raise ClosedformError("the two formulas share a name that is a size in one and a variable in the other")
        f, g = (Formula(whole._reading, side) for side in whole._raw.args)
        return f, g

    @property
    def _texts(self) -> tuple[str, str]:
        return self.function, self.answer


def _derivative_shapes(f: Formula) -> list[tuple[str, str]]:
    """The shapes of the gradients, Jacobians and Hessians of a formula, as sizes."""
    out = [(x.rows.text, x.cols.text) for x in f._reading.names.values()]
    columns = [x.rows.text for x in f._reading.names.values() if x.is_column]
    out += [(f.shape[0], n) for n in columns] + [(n, n) for n in columns]
    whole = f"({f.shape[0]})*({f.shape[1]})"
    out += [(whole, f"({x.rows.text})*({x.cols.text})") for x in f._reading.names.values()]
    return list(dict.fromkeys(out))


def _sizes(f: Formula) -> set[str]:
    """The names that are sizes in a formula."""
    return {name for n in postorder(f._raw) for s in (*n.shape, *_counted(n)) for name in s.names}


def _counted(n: Node) -> tuple[Size, ...]:
    return tuple(p for p in n.params if isinstance(p, Size))


def _vectors(f: Formula) -> set[str]:
    return {name for name, x in f._reading.names.items() if x.is_column and not x.is_scalar}


_WHERE = re.compile(r"\s(where)\s")


def joined(*parts: str) -> str:
    return ", ".join(p for p in parts if p)


def declared(f: Formula, names: list[str]) -> str:
    return ", ".join(p for p in f.where.split(", ") if p.split(" ")[0] in names)


class Attempt:
    """The answer as ``asked`` of the function."""

    def __init__(self, f: Formula, answer: Formula, asked: Asked | None) -> None:
        self.f, self.answer, self.asked = f, answer, asked

    @cached_property
    def truth(self) -> Formula:
        return self.f if self.asked is None else self.asked.of(self.f)

    @cached_property
    def claim(self) -> Claim:
        if self.asked is None:
            return Claim("equal", self.f._raw, self.answer._raw)
        return replace(self.truth.claim(), answer=self.answer._raw)

    def derive(self) -> None:
        """Raise now what the derivation raises."""
        _ = self.truth

    @property
    def fits(self) -> bool:
        """Whether the answer has the shape of what is asked for."""
        return self.answer._raw.shape == self.truth._raw.shape

    @cached_property
    def certificate(self) -> Certificate:
        return certified(self.claim)

    def with_answer(self, answer: Node, convention: str | None = None) -> Certificate:
        """The certificate of the claim with another answer, or in another convention."""
        claim = replace(self.claim, answer=answer, convention=convention or self.claim.convention)
        return certified(claim, "quick")

    def difference(self) -> Formula | None:
        """The answer minus what is right, in closed form and certified; None where that has no meaning."""
        if not self.fits or lacks_direction(self):
            return None
        raw = sub(self.answer._raw, self.truth._raw)
        known = self.f if self.answer._reading.names.keys() <= self.f._reading.names.keys() else self.answer
        found = Formula(known._reading, simplify(normal(raw)))
        printed = formula(found.text, joined(self.answer.where, self.truth.where), "text")
        return found if certified(Claim("equal", raw, printed._raw), "quick").ok else None


def lacks_direction(attempt: Attempt) -> bool:
    """Whether the answer to a question for a map holds no differential: the two have no difference to speak of."""
    moved = {d.params[0] for d in attempt.truth._directions()} if isinstance(attempt.truth, LinearMap) else set()
    return bool(moved) and not moved & set(attempt.answer._reading.names)


def certified(claim: Claim, effort: str = "normal") -> Certificate:
    """``effort="quick"`` for what explains a verdict that stands."""
    from closedform.check.certify import certify

    return certify(claim, effort)


def disproved(certificate: Certificate) -> bool:
    """Whether a refusal shows that the claim is false, rather than that nothing could be shown."""
    return not certificate.ok and certificate.decided
