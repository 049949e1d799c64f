"""Every reading of the differential of one formula, each as a claim for the exact judge."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from exact import judged

from closedform.calculus.derive import Derived, gradient, hessian, jacobian, linear_map
from closedform.check.certificate import Certificate, Claim
from closedform.errors import MissingRule
from closedform.expr.node import Node
from closedform.expr.walk import postorder
from closedform.functions.algebra import SYM
from closedform.rewrite.normal.normal import normal
from closedform.rewrite.simplify import simplify

SHAPED = frozenset({"add", "mul", "scale", "had", "pow", "transpose", "mpow", "tr", "diagm", "diagv"})


@dataclass(frozen=True)
class Outcome:
    """One question: what was asked, and the certificate, or the words of a refusal."""

    asked: str
    certificate: Certificate | None
    refused: str = ""

    @property
    def level(self) -> str:
        return self.certificate.level if self.certificate else "refused"


def ill_shaped(root: Node) -> list[Node]:
    """The nodes whose shape does not follow from those of their arguments; there should be none."""
    return [n for n in postorder(root) if n.op.name in SHAPED and n.op.shape(n.args, n.params) != n.shape]


def variables(raw: Node) -> list[Node]:
    return [a for a in postorder(raw) if a.op is SYM]


def outcomes(raw: Node) -> Iterator[Outcome]:
    """The formula's normal and simplified forms, then every derivative there is by each variable."""
    node = normal(raw)
    for word, form in (("normal", node), ("simplified", simplify(node))):
        assert not ill_shaped(form)
        yield Outcome(word, judged(Claim("equal", raw, form)))
    for x in variables(raw):
        yield from _by(raw, node, x)


def _by(raw: Node, node: Node, x: Node) -> Iterator[Outcome]:
    vector = x.is_column and raw.is_column
    if raw.is_scalar:
        yield _asked("gradient", raw, node, x)
        yield _asked("hessian", raw, node, x)
    else:
        yield _asked("map", raw, node, x)
    if vector and not raw.is_scalar:
        yield _asked("jacobian", raw, node, x)


ASK = {"gradient": gradient, "jacobian": jacobian, "hessian": hessian, "map": linear_map}


def _asked(kind: str, raw: Node, node: Node, x: Node) -> Outcome:
    asked = f"{kind} by {x.params[0]}"
    try:
        found: Derived = ASK[kind](node, x)
    except MissingRule as error:
        return Outcome(asked, None, str(error))
    assert not ill_shaped(found.node), asked
    names = tuple(d.params[0] for d in found.directions)
    return Outcome(asked, judged(Claim(kind, raw, found.node, x, differentials=names)))
