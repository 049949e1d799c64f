"""A claim as texts that read back to the same nodes, and back: the short record that a certificate is replayed from."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from closedform.check.certificate import Claim
from closedform.errors import ClosedformError
from closedform.expr.node import Node
from closedform.expr.walk import postorder
from closedform.read.read import read
from closedform.rewrite.display import display
from closedform.write.plain import text

PLAIN = ("kind", "layout", "convention")


def texts_of(claim: Claim, context: Any, answer: str, where: str) -> dict[str, Any] | None:
    """The claim by the texts of its function and its answer; None where they do not read back to its very nodes."""
    variables = {name: node for name in ("variable", "second") if (node := getattr(claim, name)) is not None}
    found: dict[str, Any] = {name: getattr(claim, name) for name in PLAIN}
    found |= {"function": text(display(claim.function, replace(context, as_written=True))), "answer": answer}
    found |= {"where": where, "differentials": list(claim.differentials)}
    found |= {name: node.params[0] for name, node in variables.items()}
    try:
        again = claim_of_texts(found)
    except ClosedformError:
        return None
    same = again.function is claim.function and again.answer is claim.answer
    return found if same and (again.variable, again.second) == (claim.variable, claim.second) else None


def claim_of_texts(found: dict[str, Any]) -> Claim:
    """The claim of such a record. Raises ClosedformError where it does not read."""
    where = str(found["where"])
    function, answer = (read(str(found[name]), where, "text").node for name in ("function", "answer"))
    symbols = {n.params[0]: n for n in postorder([answer, function]) if n.op.name == "sym"}

    def variable(name: str) -> Node | None:
        if name not in found:
            return None
        if found[name] not in symbols:
            raise ClosedformError(f"{found[name]} is not in the formula")
        return symbols[found[name]]

    plain = {name: str(found[name]) for name in PLAIN}
    names = tuple(map(str, found["differentials"]))
    return Claim(
        plain["kind"], function, answer, variable("variable"), variable("second"), names, plain["layout"],
        plain["convention"],
    )  # fmt: skip
