"""Every check of one random formula: reading, forms, derivatives, values, laws. What fails is a ``Fault``."""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from random import Random

from exact import judged

import closedform as cf
from closedform.check.certificate import Claim
from closedform.check.certify import certify
from closedform.errors import ClosedformError, LimitError, MissingRule
from closedform.expr.node import Node
from closedform.read.read import read
from closedform.rewrite.normal.normal import normal
from fuzzing import metamorphic, witness
from fuzzing.glance import same_at_a_glance
from fuzzing.libraries import Library
from fuzzing.spelling import symbols, typed

FORMS = (("text", "text"), ("unicode", "text"), ("latex", "latex"))
SECOND = 0.4


@dataclass(frozen=True)
class Fault:
    check: str
    said: str


@dataclass
class Judge:
    """Counts what was checked; ``libraries`` are the witnesses besides NumPy.

    One that is ``patient`` looks longer at what could not be decided in its time; one that ``glances`` makes a
    certificate only where the sides were not seen to agree at a point.
    """

    libraries: tuple[Library, ...] = ()
    patient: bool = False
    glances: bool = False
    counts: Counter[str] = field(default_factory=Counter)

    def faults(self, raw: Node, seed: int) -> list[Fault]:
        """All that is wrong with one formula and its derivatives."""
        out: list[Fault] = []
        rng = Random(seed)
        self.counts["formulas"] += 1
        try:
            checks = list(self.checks(raw, rng))
        except ClosedformError as error:
            return [Fault("not read", str(error)[:200])]
        for check in checks:
            try:
                out += check()
            except Exception as error:  # noqa: BLE001  (a fuzzer reports whatever happens)
                out.append(Fault("crash", f"{type(error).__name__}: {str(error)[:200]}"))
        return out

    def checks(self, raw: Node, rng: Random) -> Iterator[Callable[[], list[Fault]]]:
        text, where = typed(raw, rng)
        f = cf.formula(text, where)
        seed = zlib.crc32(raw.key)
        yield lambda: self.read(raw, f)
        yield lambda: self.forms("simplified", raw, f.simplify())
        x = rng.choice(symbols(raw))
        yield lambda: self.derivative(raw, f, x, "first", seed)
        if raw.is_scalar and rng.random() < SECOND:
            yield lambda: self.derivative(raw, f, x, "hessian", seed)
        yield lambda: self.law(raw, x, rng)

    # -- reading and forms

    def certified(self, check: str, claim: Claim) -> list[Fault]:
        """Exactly: by a certificate, or for many formulas at one general point."""
        if self.glances and same_at_a_glance(claim, Random(zlib.crc32(claim.answer.key))):
            self.counts["exact at one point"] += 1
            return []
        found = judged(claim) if self.patient else certify(claim)
        self.counts[f"level {found.level}" if found.decided else "undecided"] += 1
        return [Fault(check, found.reason)] if not found.ok and found.decided else []

    def read(self, raw: Node, f: cf.Formula) -> list[Fault]:
        self.counts["readings"] += 1
        return [] if f._raw is raw else self.certified("reading", Claim("equal", raw, f._raw))

    def forms(self, what: str, raw: Node, shown: cf.Formula) -> list[Fault]:
        """The text is judged exactly, the others must read as it does, or be judged too."""
        first = read(shown.text, shown.where, "text").node
        out = self.certified(f"{what} as text", Claim("equal", raw, first))
        for form, syntax in FORMS[1:]:
            self.counts["printed forms"] += 1
            again = read(getattr(shown, form), shown.where, syntax).node
            if again is not first and normal(again) is not normal(first):
                out += self.certified(f"{what} as {form}", Claim("equal", first, again))
        return out

    # -- derivatives

    def derivative(self, raw: Node, f: cf.Formula, x: Node, which: str, seed: int) -> list[Fault]:
        kind = which if which == "hessian" else kind_of(raw, x)
        try:
            g = asked(f, kind, x.params[0])
        except (MissingRule, LimitError):
            self.counts["refused"] += 1
            return []
        self.counts["second derivatives" if kind == "hessian" else "first derivatives"] += 1
        claim = replace(g.claim(), function=raw)
        out = self.certified(f"{kind} by {x.params[0]}", claim)
        for form, syntax in FORMS[1:]:
            self.counts["printed forms"] += 1
            again = read(getattr(g, form), g.where, syntax).node
            if again is not claim.answer and normal(again) is not normal(claim.answer):
                out += self.certified(f"{kind} as {form}", Claim("equal", claim.answer, again))
        return out + self.values(raw, f, g, x, kind, seed)

    def values(self, raw: Node, f: cf.Formula, g: cf.Formula, x: Node, kind: str, seed: int) -> list[Fault]:
        count, said = witness.own_values(f, raw, x, seed)
        self.counts["NumPy values"] += count
        out = [Fault("NumPy", said)] if said else []
        if kind != "hessian" and (said := witness.slope_apart(f, g, kind, raw, x, seed)):
            out.append(Fault("differences", said))
        for lib in self.libraries:
            if lib.name == "jax" and seed % 100:
                continue
            count, said = witness.disagreement(f, g, kind, raw, x, seed, lib)
            self.counts[f"{lib.name} values"] += count
            self.counts[f"{lib.name} formulas"] += bool(count)
            if said:
                out.append(Fault(lib.name, said))
        return out

    # -- laws

    def law(self, raw: Node, x: Node, rng: Random) -> list[Fault]:
        out = []
        for name, claim in metamorphic.claims(raw, x, rng):
            self.counts[f"law {name}"] += 1
            out += self.certified(f"law: {name}", claim)
        return out


def kind_of(raw: Node, x: Node) -> str:
    if raw.is_scalar:
        return "gradient"
    return "jacobian" if raw.is_column and x.is_column else "map"


def asked(f: cf.Formula, kind: str, name: str) -> cf.Formula:
    verbs = {"gradient": f.grad, "jacobian": f.jacobian, "map": f.derivative, "hessian": f.hessian}
    found: cf.Formula = verbs[kind](name)
    return found
