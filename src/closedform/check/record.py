"""A claim as JSON, and back: what a certificate is replayed from."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from closedform.check.core.claim import Claim
from closedform.errors import ClosedformError, LimitError
from closedform.expr.node import Node, make
from closedform.expr.op import registered
from closedform.expr.size import Size
from closedform.expr.walk import postorder

MAX_LENGTH, MAX_NODES = 1_000_000, 20_000
TEXTS = ("kind", "layout", "convention")
ROOTS = ("function", "answer", "variable", "second")


def record(claim: Claim) -> dict[str, Any]:
    """The claim as plain values: its nodes once each, and which of them are its parts."""
    parts = {name: node for name in ROOTS if (node := getattr(claim, name)) is not None}
    places: dict[Node, int] = {}
    nodes = list[list[Any]]()
    for node in postorder(parts.values()):
        places[node] = len(nodes)
        nodes.append([node.op.name, [places[a] for a in node.args], packed(node.params), *map(packed, node.shape)])
    texts = {name: getattr(claim, name) for name in TEXTS}
    roots = {name: places[node] for name, node in parts.items()}
    return {**texts, **roots, "differentials": list(claim.differentials), "nodes": nodes}


def packed(value: Any) -> Any:
    if isinstance(value, Size):
        return {"size": [[list(names), factor] for names, factor in value.terms]}
    if isinstance(value, Fraction):
        return {"number": str(value)}
    return [packed(v) for v in value] if isinstance(value, tuple) else value


def claim_of(text: str, of_texts: Callable[[dict[str, Any]], Claim] | None = None) -> Claim:
    """The claim of a record, or of a certificate that holds one. Raises ClosedformError for anything else.

    ``of_texts`` reads a record that holds texts in place of nodes.
    """
    if len(text) > MAX_LENGTH:
        raise LimitError(f"the record has over {MAX_LENGTH} characters (limit: length)")
    try:
        import json

        found = certificate_in(json.loads(text))
        found = found.get("record") or found
        return of_texts(found) if of_texts and "nodes" not in found else unpacked_claim(found)
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError, ZeroDivisionError):
        raise ClosedformError("this is not the JSON of a certificate") from None


def certificate_in(found: dict[str, Any]) -> dict[str, Any]:
    """The first certificate in what a command printed; what is given where there is none inside."""
    while inner := found.get("derivatives") or found.get("certificate") or found.get("certificates"):
        found = inner[0] if isinstance(inner, list) else inner
    return found


def unpacked_claim(found: dict[str, Any]) -> Claim:
    if len(found["nodes"]) > MAX_NODES:
        raise LimitError(f"the record has over {MAX_NODES} nodes (limit: nodes)")
    nodes: list[Node] = []
    for name, args, params, rows, cols in found["nodes"]:
        if any(not isinstance(k, int) or not 0 <= k < len(nodes) for k in args):
            raise ValueError
        shape = unpacked(rows), unpacked(cols)
        nodes.append(make(registered()[name], [nodes[k] for k in args], tuple(map(unpacked, params)), shape))
    roots = {name: nodes[found[name]] for name in ROOTS if name in found}
    texts = {name: str(found[name]) for name in TEXTS}
    return Claim(**roots, **texts, differentials=tuple(map(str, found["differentials"])))  # type: ignore[arg-type]


def unpacked(value: Any) -> Any:
    if isinstance(value, dict) and "size" in value:
        return Size({tuple(map(str, names)): int(factor) for names, factor in value["size"]})
    if isinstance(value, dict):
        return Fraction(value["number"])
    return tuple(map(unpacked, value)) if isinstance(value, list) else value
