"""Formulas at which a fault was found: a line each in ``tests/data/fuzz_found.jsonl``, tested ever after.

A line holds the formula as text for people and as a structure for the test, as a misread text would hide the fault.
"""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

from closedform.expr.node import Node, make
from closedform.expr.op import op_named
from closedform.expr.size import Size, size
from closedform.expr.walk import postorder
from fuzzing.spelling import declarations, spell

FOUND = Path(__file__).parents[1] / "data/fuzz_found.jsonl"


def line(raw: Node, check: str, said: str, seed: int) -> str:
    return json.dumps(
        {"text": spell(raw), "where": declarations(raw), "check": check, "said": said[:300], "seed": seed,
         "nodes": packed(raw)}, ensure_ascii=False,
    )  # fmt: skip


def save(raw: Node, check: str, said: str, seed: int) -> None:
    with FOUND.open("a", encoding="utf-8") as file:
        file.write(line(raw, check, said, seed) + "\n")


def saved() -> list[dict[str, Any]]:
    return [json.loads(text) for text in FOUND.read_text("utf-8").splitlines()] if FOUND.exists() else []


def packed(root: Node) -> list[Any]:
    """The graph as a list: each node its operation, arguments by place, parameters and shape."""
    nodes = list(postorder(root))
    at = {n: k for k, n in enumerate(nodes)}
    return [
        [n.op.name, [at[a] for a in n.args], [_out(p) for p in n.params], [_out(s) for s in n.shape]] for n in nodes
    ]


def unpacked(rows: list[Any]) -> Node:
    nodes: list[Node] = []
    for name, args, params, (rows_, cols) in rows:
        shape = size(_in(rows_)), size(_in(cols))
        nodes.append(make(op_named(name), [nodes[k] for k in args], tuple(map(_in, params)), shape))
    return nodes[-1]


def _out(p: Any) -> Any:
    if isinstance(p, Size):
        return {"size": [[list(names), c] for names, c in p.terms]}
    if isinstance(p, Fraction):
        return {"number": str(p)}
    if isinstance(p, tuple):
        return {"tuple": [_out(q) for q in p]}
    return p


def _in(p: Any) -> Any:
    if not isinstance(p, dict):
        return p
    if "size" in p:
        return Size({tuple(names): c for names, c in p["size"]})
    return Fraction(p["number"]) if "number" in p else tuple(map(_in, p["tuple"]))
